// The fold of a callback's journal.
#include "core/callback.hpp"

#include <algorithm>

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

bool before(const Callback& a, const Callback& b) {
  const auto rings = [](const Callback& c) { return c.state == CallbackState::ringing; };
  if (rings(a) != rings(b)) return rings(b);  // nothing can be done about it yet
  if (a.critical != b.critical) return a.critical;
  return a.since != b.since ? a.since < b.since : a.id < b.id;
}

bool says_it_fails(std::string_view text) {
  const std::string words = fold(text);
  for (const std::string_view no : {"nie dziala", "not work", "n't work", "nadal nie", "still not",
                                    "przestalo dzialac", "stopped working"}) {
    if (words.find(no) != std::string::npos) return true;
  }
  return false;
}

bool says_it_works(std::string_view text) {
  const std::string words = fold(text);
  if (words.size() > 300 || says_it_fails(text)) return false;  // a longer text is a matter of its own
  for (const std::string_view no : {"kiedy", "when"}) {
    if (words.find(no) != std::string::npos) return false;
  }
  for (const std::string_view yes :
       {"juz dziala", "wszystko dziala", "dziala, dziekuj", "dziala dziekuj", "juz wszystko ok",
        "nie trzeba oddzwaniac", "prosze nie oddzwaniac", "already works", "works again", "works now",
        "working again", "no need to call"}) {
    if (words.find(yes) != std::string::npos) return true;
  }
  return false;
}

}  // namespace hejnal::core
