// The fold of a callback's journal.
#include "core/callback.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace hejnal::core {

namespace {

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

constexpr Duration kWrittenEarly = 2min;

// "sip:…", "pbx:…": who gives it.
std::string_view kind_of_id(std::string_view call_id) { return call_id.substr(0, call_id.find(':')); }

struct Fold {
  Callback& c;
  const callback::Entry& e;

  void operator()(const callback::Opened& b) {
    c.id = b.id;
    c.person = b.person;
    c.since = e.at;
  }
  void operator()(const callback::Called& b) {
    std::erase(c.phones, b.phone);
    c.phones.insert(c.phones.begin(), b.phone);
    std::erase(c.wrong_phones, b.phone);
    c.person.phone = b.phone;
    c.critical = c.critical || b.critical;
    if (b.number != 0) add_once(c.cases, b.number);
    const Callback::Told told{b.call_id, b.phone, b.result, b.decided, b.came_at};
    if (auto* same = b.nth == 0 ? c.told_of_before(told) : c.call_of(b.nth)) {
      same->result = b.result;
    } else {
      c.calls.push_back({b.came_at, b.phone, b.result, b.number, b.call_id});
      if (c.calls.size() > Callback::kCallsMax) c.calls.erase(c.calls.begin());
      ++c.calls_total;
    }
    if (b.result != CallResult::answered) c.since = std::min(c.since, b.came_at);
    if (const auto known = c.told_at(b.phone); b.told_at.ms != 0 && (!known || *known < b.told_at))
      was_told(b.phone, b.told_at);
    if (b.earlier != 0) add_once(c.earlier, b.earlier);
    c.retry_at.reset();  // who calls can be reached
    c.offered.clear();
  }
  void operator()(const callback::Became& b) {
    const bool is_over = b.state == CallbackState::paid || b.state == CallbackState::written_off;
    if (b.state == CallbackState::due && !c.due_at) c.due_at = e.at;
    if (b.state == CallbackState::waiting) c.due_at.reset();
    c.taken_by = b.state == CallbackState::taken ? e.by : std::string();
    if (is_over) {
      c.ended_at = e.at;
      c.end_reason = e.why;
      c.retry_at.reset();
    }
    if (b.state != c.state) c.rings = 0;
    c.state = b.state;
    c.ring_at = b.ring_at;
    c.lapse_at = if_set(b.lapse_at);
  }
  void operator()(const callback::Tried& b) {
    c.attempts.push_back({e.at, e.by, b.phone, b.result});
    c.retry_at = if_set(b.retry_at);
    if (b.result == AttemptResult::wrong_number) add_once(c.wrong_phones, b.phone);
  }
  void operator()(const callback::Offered& b) { c.offered = b.taken_back ? std::string() : b.text; }
  void operator()(const callback::Rang& b) {
    c.rings = b.n;
    c.ring_at = b.ring_at;
  }
  void operator()(const Said& b) {
    c.notices = b.notice;
    was_told(b.to, e.at);
  }
  void operator()(const Withheld&) {}
  void operator()(const Fate&) {}
  void operator()(const callback::TookOver& b) {
    const bool is_first = c.calls_total == 0;
    c.since = is_first ? b.since : std::min(c.since, b.since);
    c.critical = c.critical || b.critical;
    c.calls_total += b.calls_total;
    c.calls.insert(c.calls.end(), b.calls.begin(), b.calls.end());
    const auto earlier = [](const auto& x, const auto& y) { return x.at < y.at; };
    std::stable_sort(c.calls.begin(), c.calls.end(), earlier);
    if (c.calls.size() > Callback::kCallsMax)
      c.calls.erase(c.calls.begin(), c.calls.end() - static_cast<std::ptrdiff_t>(Callback::kCallsMax));
    c.attempts.insert(c.attempts.end(), b.attempts.begin(), b.attempts.end());
    std::stable_sort(c.attempts.begin(), c.attempts.end(), earlier);
    // One that nobody has tried yet can be tried now, whatever became of the other.
    const bool both_wait = c.retry_at && b.retry_at.ms != 0;
    c.retry_at = is_first    ? if_set(b.retry_at)
                 : both_wait ? std::min(c.retry_at, if_set(b.retry_at))
                             : std::nullopt;
    // The client's word may have been of the one only.
    if (is_first || b.offered.empty()) c.offered = b.offered;
    for (const std::string& phone : b.phones) add_once(c.phones, phone);
    for (const std::string& phone : b.wrong_phones) add_once(c.wrong_phones, phone);
    for (const CaseNumber number : b.cases) add_once(c.cases, number);
    for (const CallbackId id : b.earlier) add_once(c.earlier, id);
    add_once(c.earlier, b.from);
    for (const auto& [phone, at] : b.told) {
      const auto known = c.told_at(phone);
      if (!known || *known < at) was_told(phone, at);
    }
    if (c.person.phone.empty() && !c.phones.empty()) c.person.phone = c.phones.front();
  }
  void operator()(const callback::Joined& b) {
    c.state = CallbackState::joined;
    c.into = b.into;
    c.taken_by.clear();
    c.ended_at = e.at;
    c.end_reason = e.why;
    c.retry_at.reset();
    c.lapse_at.reset();
  }
  void operator()(const callback::Left& b) {
    const auto its = [&](const auto& one) { return one.phone == b.phone; };
    c.calls_total -= static_cast<int>(std::erase_if(c.calls, its));
    std::erase_if(c.attempts, its);
    std::erase(c.phones, b.phone);
    std::erase(c.wrong_phones, b.phone);
    std::erase_if(c.told, [&](const auto& t) { return t.first == b.phone; });
    std::optional<Instant> since;
    for (const auto& call : c.calls) {
      if (call.result != CallResult::answered && (!since || call.at < *since)) since = call.at;
    }
    if (since) c.since = *since;
    if (!c.phones.empty()) c.person.phone = c.phones.front();
  }
  void operator()(const callback::Knew& b) {
    c.person = b.person;
    c.cases = b.cases;
    c.critical = b.critical;
    c.outage = b.outage;
    if (!c.phones.empty()) c.person.phone = c.phones.front();
  }

  void was_told(const std::string& phone, Instant at) {
    std::erase_if(c.told, [&](const auto& t) { return t.first == phone; });
    c.told.emplace_back(phone, at);
  }
};

}  // namespace

Callback::Call* Callback::call_of(const std::string& call_id) {
  if (call_id.empty()) return nullptr;
  const auto found =
      std::find_if(calls.begin(), calls.end(), [&](const Call& one) { return one.call_id == call_id; });
  return found == calls.end() ? nullptr : &*found;
}

Callback::Call* Callback::call_of(int nth) {
  const int first = calls_total - static_cast<int>(calls.size()) + 1;
  if (nth < first || nth > calls_total) return nullptr;
  return &calls[static_cast<std::size_t>(nth - first)];
}

int Callback::told_of(const Told& heard, Duration within) const {
  const int first = calls_total - static_cast<int>(calls.size()) + 1;
  const Call* latest = nullptr;  // from that number
  int nth_of_latest = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const int nth = first + static_cast<int>(i);
    if (!heard.call_id.empty() && calls[i].call_id == heard.call_id) return nth;
    if (calls[i].phone != heard.phone || (latest && calls[i].at < latest->at)) continue;
    latest = &calls[i];
    nth_of_latest = nth;
  }
  if (heard.decided || heard.result == CallResult::put_through) return 0;
  if (!latest || latest->result != CallResult::put_through) return 0;
  if (heard.call_id.empty() && heard.result != CallResult::answered) return 0;
  if (!latest->call_id.empty() && kind_of_id(latest->call_id) == kind_of_id(heard.call_id)) return 0;
  // A time that somebody writes down may be a little early.
  const bool is_near = heard.at >= latest->at - kWrittenEarly && heard.at - latest->at <= within;
  return is_near ? nth_of_latest : 0;
}

Callback::Call* Callback::told_of_before(const Told& heard) {
  if (Call* same = call_of(heard.call_id)) return same;
  if (heard.decided || heard.result == CallResult::put_through) return nullptr;
  const auto found = std::find_if(calls.rbegin(), calls.rend(), [&](const Call& one) {
    return one.phone == heard.phone && one.result == CallResult::put_through;
  });
  return found == calls.rend() ? nullptr : &*found;
}

std::optional<Instant> Callback::told_at(const std::string& phone) const {
  for (const auto& [number, at] : told) {
    if (number == phone) return at;
  }
  return std::nullopt;
}

std::string Callback::number_to_call() const {
  const auto right = std::find_if(phones.begin(), phones.end(), [this](const std::string& phone) {
    return std::find(wrong_phones.begin(), wrong_phones.end(), phone) == wrong_phones.end();
  });
  return right != phones.end() ? *right : phones.empty() ? std::string() : phones.front();
}

void apply(Callback& c, const callback::Entry& entry) {
  std::visit(Fold{c, entry}, entry.body);
  ++c.entries;
}

bool fits(const Callback& c, const callback::Entry& entry) {
  if (const auto* opened = std::get_if<callback::Opened>(&entry.body)) return !c.exists() && opened->id != 0;
  if (std::holds_alternative<Fate>(entry.body)) return c.exists();  // of words that were said before its end
  return c.open();
}

std::optional<Instant> alarm(const Callback& c) {
  if (!c.open()) return std::nullopt;
  return c.lapse_at ? std::min(*c.lapse_at, c.ring_at) : c.ring_at;
}

bool tells_by_sms(AlertReason reason, bool awake, bool critical, bool after_failure) {
  return awake || reason != AlertReason::callbacks_due || critical || after_failure;
}

bool before(const Callback& a, const Callback& b) {
  const auto rings = [](const Callback& c) { return c.state == CallbackState::ringing; };
  if (rings(a) != rings(b)) return rings(b);  // nothing can be done about it yet
  if (a.critical != b.critical) return a.critical;
  return a.since != b.since ? a.since < b.since : a.id < b.id;
}

bool is_of(const Callback& c, const std::vector<OwnerOfNumber>& owners) {
  if (c.person.email.empty()) return true;  // whoever it is
  bool is_refused = false, is_of_another = false;
  for (const OwnerOfNumber& owner : owners) {
    const bool same = owner.email == c.person.email;
    if (same && owner.standing == Standing::confirmed) return true;
    is_refused = is_refused || (same && owner.standing == Standing::refused);
    is_of_another = is_of_another || owner.standing == Standing::confirmed;
  }
  return !is_refused && !is_of_another;
}

std::optional<Callback::Attempt> reached_by(const Callback& c) {
  const bool reached = c.state == CallbackState::paid && !c.attempts.empty() &&
                       c.attempts.back().result == AttemptResult::reached;
  return reached ? std::optional(c.attempts.back()) : std::nullopt;
}

bool may_join(const Callback& a, const Callback& b) {
  const auto is_held = [](const Callback& c) { return c.state == CallbackState::taken; };
  return a.open() && b.open() && a.id != b.id && !(is_held(a) && is_held(b) && a.taken_by != b.taken_by);
}

bool goes_on(const Callback& a, const Callback& b) {
  // What somebody holds is not taken away, and what only rings may come to nothing.
  const auto rank = [](const Callback& c) {
    return c.state == CallbackState::taken ? 0 : c.state == CallbackState::ringing ? 2 : 1;
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : a.id < b.id;
}

namespace {

// The words of a text without accents, each between two spaces.
std::string words_of(std::string_view text) {
  std::string out = " ";
  for (const char c : fold(text)) {
    const bool is_word =
        std::isalnum(static_cast<unsigned char>(c)) || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
    if (is_word) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

bool has_word(const std::string& words, std::string_view word) {
  return words.find(" " + std::string(word) + " ") != std::string::npos;
}

constexpr auto kItWorks = std::to_array<std::string_view>({"juz dziala",
                                                           "dziala juz",
                                                           "wszystko dziala",
                                                           "dziala wszystko",
                                                           "dziala dziekuj",
                                                           "juz wszystko ok",
                                                           "znow dziala",
                                                           "znowu dziala",
                                                           "dziala ponownie",
                                                           "juz dzialaja",
                                                           "dzialaja juz",
                                                           "juz jest ok",
                                                           "already works",
                                                           "works again",
                                                           "works now",
                                                           "working again",
                                                           "working now",
                                                           "everything works",
                                                           "all works",
                                                           "is back",
                                                           "no need to call",
                                                           "nie trzeba oddzwaniac",
                                                           "prosze nie oddzwaniac",
                                                           "nie musicie oddzwaniac"});

// What speaks of something else as well: then it is for a person to read.
constexpr auto kDoubts = std::to_array<std::string_view>(
    {"nie",     "nic",     "ani",      "zaden",  "zadna",    "zadne",   "nikt",   "ale",    "lecz",
     "jednak",  "jedynie", "tylko",    "prawie", "oprocz",   "poza",    "procz",  "nadal",  "wciaz",
     "jeszcze", "czy",     "kiedy",    "dopoki", "gdy",      "jesli",   "jezeli", "chyba",  "moze",
     "bez",     "zamiast", "czasem",   "znikad", "stoi",     "stoja",   "lezy",   "padlo",  "padl",
     "padla",   "padly",   "awaria",   "no",     "not",      "nothing", "none",   "never",  "but",
     "except",  "almost",  "only",     "still",  "until",    "when",    "if",     "unless", "cannot",
     "however", "though",  "although", "hardly", "sometimes"});

// What may stand beside it in a text that says nothing else.
constexpr auto kBeside = std::to_array<std::string_view>(
    {"juz",        "wszystko", "dziala",  "dzialaja",   "ok",           "dziekuje", "dzieki",
     "dziekujemy", "dziekuj",  "bardzo",  "pozdrawiam", "pozdrowienia", "dzien",    "dobry",
     "witam",      "czesc",    "u",       "nas",        "mnie",         "teraz",    "znow",
     "znowu",      "ponownie", "jest",    "w",          "porzadku",     "prosze",   "trzeba",
     "oddzwaniac", "dzwonic",  "za",      "pomoc",      "tak",          "super",    "to",
     "it",         "it's",     "all",     "everything", "works",        "again",    "now",
     "already",    "is",       "working", "fine",       "back",         "thanks",   "thank",
     "you",        "very",     "much",    "need",       "call",         "me",       "us",
     "hi",         "hello",    "regards", "best",       "yes",          "for",      "here",
     "help"});

template <std::size_t N>
bool contains_word(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The refusal of a call, taken out: its "nie" is no doubt.
std::string without_refusal(std::string words) {
  for (const std::string_view phrase :
       {" nie trzeba oddzwaniac", " prosze nie oddzwaniac", " nie musicie oddzwaniac", " nie trzeba dzwonic",
        " no need to call", " jeszcze raz"}) {
    for (auto at = words.find(phrase); at != std::string::npos; at = words.find(phrase))
      words.erase(at, phrase.size());
  }
  return words;
}

}  // namespace

bool says_it_fails(std::string_view text) {
  const std::string words = words_of(text);
  for (const std::string_view no :
       {" nie dziala", " not work", "n't work", " nadal nie ", " still not", " przestalo dzialac",
        " stopped working", " nic nie ", " nie wszystko dziala", " nothing works", " nothing is working"}) {
    if (words.find(no) != std::string::npos) return true;
  }
  return false;
}

bool says_it_works(std::string_view text) {
  // A longer text is a matter of its own, and a question is none of the answers.
  if (text.size() > 300 || text.find('?') != std::string_view::npos || says_it_fails(text)) return false;
  const std::string words = words_of(text), rest = without_refusal(words);
  for (const std::string_view doubt : kDoubts) {
    if (has_word(rest, doubt)) return false;
  }
  return std::any_of(kItWorks.begin(), kItWorks.end(), [&](std::string_view yes) {
    return words.find(" " + std::string(yes)) != std::string::npos;
  });
}

bool says_only_that_it_works(std::string_view text) {
  if (!says_it_works(text)) return false;
  const std::string words = without_refusal(words_of(text));
  bool has_thanked = false;
  int unknown = 0;  // a name at the end
  for (const std::string_view word : split(words, ' ')) {
    if (word.empty()) continue;
    const bool is_thanks = word.starts_with("dziek") || word.starts_with("pozdr") ||
                           word.starts_with("thank") || word == "regards";
    has_thanked = has_thanked || is_thanks;
    if (is_thanks || contains_word(kBeside, word)) continue;
    if (!has_thanked || ++unknown > 2) return false;
  }
  return true;
}

}  // namespace hejnal::core
