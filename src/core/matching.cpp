#include "core/matching.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_set>

#include "base/text.hpp"

namespace hejnal::core {

namespace {

constexpr std::array<std::string_view, 46> kFreemail = {
    "gmail.com",   "googlemail.com", "wp.pl",          "o2.pl",        "onet.pl",     "onet.eu",
    "op.pl",       "vp.pl",          "interia.pl",     "interia.eu",   "poczta.fm",   "gazeta.pl",
    "tlen.pl",     "go2.pl",         "autograf.pl",    "buziaczek.pl", "outlook.com", "hotmail.com",
    "live.com",    "msn.com",        "yahoo.com",      "icloud.com",   "me.com",      "aol.com",
    "proton.me",   "protonmail.com", "gmx.net",        "gmx.de",       "gmx.com",     "web.de",
    "t-online.de", "freenet.de",     "mail.ru",        "yandex.ru",    "yandex.com",  "ukr.net",
    "seznam.cz",   "centrum.cz",     "azet.sk",        "laposte.net",  "orange.fr",   "free.fr",
    "libero.it",   "outlook.de",     "poczta.onet.pl", "spoko.pl"};

// A stranger's email may be what an SMS waits for if they came about together; else each one would.
constexpr Duration kStrangersNear = 2h;

// Words that stand in every second SMS and tell nothing of the matter.
constexpr std::array<std::string_view, 119> kCommon = {
    "prosze",     "prosimy",   "dzien",       "dobry",     "witam",       "pozdrawiam", "dziekuje",
    "bardzo",     "wyslalem",  "wyslalam",    "wyslano",   "maila",       "email",      "emaila",
    "mail",       "pilne",     "pilnie",      "nadal",     "dalej",       "problem",    "pomoc",
    "pomocy",     "jest",      "mamy",        "nasz",      "nasza",       "nasze",      "panstwo",
    "panstwa",    "sprawa",    "sprawie",     "sprawy",    "please",      "hello",      "thanks",
    "thank",      "regards",   "still",       "urgent",    "sent",        "have",       "with",
    "dziala",     "dzialaja",  "wysylam",     "wysle",     "wyslac",      "wyslany",    "ponawiam",
    "ponowilem",  "ponowilam", "ponowiony",   "ponowic",   "ponownie",    "wczoraj",    "wczorajszy",
    "dzisiaj",    "dzis",      "zaraz",       "teraz",     "czekam",      "czekamy",    "odpowiedz",
    "odpowiedzi", "pisze",     "piszemy",     "krytyczne", "krytyczna",   "awaria",     "awarii",
    "poczta",     "poczte",    "wiadomosc",   "sprawdzic", "again",       "resent",     "pilna",
    "pilny",      "pilnej",    "reakcje",     "reakcja",   "reakcji",     "kontakt",    "kontaktu",
    "spojrzec",   "napisze",   "telefon",     "telefonu",  "wiadomosci",  "zgloszenie", "zgloszenia",
    "zglosilam",  "zglosilem", "zglosilismy", "dostali",   "dotarl",      "dotarla",    "przeczytac",
    "odczytac",   "szybka",    "szybko",      "szybkie",   "natychmiast", "krytyczny",  "halo",
    "czemu",      "dlaczego",  "kiedy",       "bedzie",    "nikt",        "reaguje",    "odpisal",
    "odpisuje",   "odpowiada", "asap",        "reply",     "answer",      "received",   "waiting"};

std::string stem(const std::string& word) { return truncate_utf8(word, 5); }

bool telling(const std::string& word) {
  static const std::unordered_set<std::string_view> common(kCommon.begin(), kCommon.end());
  return word.size() >= 4 && !common.contains(word);
}

// The text without addresses and numbers: they say who writes, not about what.
std::string without_addresses(std::string_view text) {
  std::string out;
  for (const std::string_view word : split(text, ' ')) {
    const bool digits = word.find_first_not_of("+0123456789-()./ ") == std::string_view::npos;
    if (digits || word.find('@') != std::string_view::npos) continue;
    out += word;
    out += ' ';
  }
  return out;
}

bool has(const Stems& stems, const std::string& stem) {
  return std::binary_search(stems.begin(), stems.end(), stem);
}

// What a message says of its matter, beside who has sent it.
struct Speech {
  std::size_t stems = 0;            // how many different ones tell something
  std::vector<std::string> shared;  // words that the other one has, too
  bool other_tells = false;         // the other one names its matter at all
  bool of_something_else() const { return other_tells && stems > 0 && shared.empty(); }
};

// An SMS is compared with many cases, an email with many SMS: of each its words are taken once.
struct Sms {
  std::vector<std::string> words;
  explicit Sms(std::string_view text) : words(hejnal::words(without_addresses(text))) {}
};
struct Other {
  Stems stems;
  explicit Other(std::string_view text) : stems(telling_stems(without_addresses(text))) {}
};

// `no_proof`: words that say nothing when both have them.
Speech compare(const Sms& sms, const Other& other, const Party& sender, std::string_view no_proof = {}) {
  const Stems own = telling_stems(sender.name + " " + sender.email);
  const Stems proves_nothing = telling_stems(no_proof);
  Speech speech;
  speech.other_tells = !other.stems.empty();
  std::set<std::string> seen;
  for (const std::string& word : sms.words) {
    if (!telling(word)) continue;
    const std::string cut = stem(word);
    // The last word of an SMS that was cut off may be the beginning of one.
    const bool last = &word == &sms.words.back();
    const auto in = [&](const Stems& stems) {
      const auto like = std::lower_bound(stems.begin(), stems.end(), cut);
      return like != stems.end() && (*like == cut || (last && like->starts_with(word)));
    };
    if (in(own) || !seen.insert(cut).second) continue;
    ++speech.stems;
    if (in(other.stems) && !has(proves_nothing, cut)) speech.shared.push_back(word);
  }
  return speech;
}

// Who writes an SMS often says so in it: "Tu Jan Nowak: ...", "... Pozdrawiam Anna".
struct Names {
  std::string own;    // certainly names
  std::string maybe;  // "Jan Nowak nie ma internetu", but also "Serwer Optima stoi"
};

Names names_in(std::string_view text) {
  Names out;
  const std::string one_line = collapse_space(text);
  const std::vector<std::string_view> list = split(one_line, ' ');
  if (one_line.empty()) return out;
  const auto capital = [](std::string_view word) {
    constexpr std::string_view kPolish = "ĄĆĘŁŃÓŚŹŻ";
    const bool plain = word.front() >= 'A' && word.front() <= 'Z';
    return plain || (word.size() > 1 && kPolish.find(word.substr(0, 2)) % 2 == 0);
  };
  const auto take = [&](std::size_t from, std::size_t most, std::string& into) {
    std::size_t i = from;
    for (; i < list.size() && i < from + most && capital(list[i]); ++i) {
      into.append(list[i]).append(" ");
      if (std::string_view(".,:;!?").find(list[i].back()) != std::string_view::npos) return i + 1;
    }
    return i;
  };
  for (std::size_t i = 0; i + 1 < list.size(); ++i) {
    const std::string word = fold(list[i]);
    if (word == "tu" || word == "tutaj" || word == "strony" || word.starts_with("pozdrawiam") ||
        word == "regards")
      take(i + 1, 3, out.own);
  }
  // At the end, after a full stop: "... nie działa. Anna Nowak"
  for (std::size_t i = list.size(); i-- > 1 && i + 3 > list.size() && capital(list[i]);) {
    if (std::string_view(".!?,").find(list[i - 1].back()) == std::string_view::npos) continue;
    take(i, 3, out.own);
    break;
  }
  std::string leading;
  if (take(0, 3, leading) > 1) out.maybe = leading;
  return out;
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Duration distance(Instant a, Instant b) { return a < b ? b - a : a - b; }

bool open(const Candidate& c) { return c.state != State::closed; }

// Who may join a thread: somebody of its conversation, or the same organisation's own domain.
std::string standing(const EmailFacts& email, const Candidate& c) {
  if (contains(c.participants, email.from)) return "its sender has taken part in the case";
  const std::string_view domain = domain_of(email.from);
  if (domain.empty() || is_freemail(domain) || contains(email.own_domains, domain)) return {};
  if (domain_of(c.client.email) == domain)
    return fmt::format("its sender is of the client's organisation ({})", domain);
  return {};
}

// Neither has much that the other one has not.
bool much_the_same(std::string_view a, std::string_view b) {
  const auto list_a = words(a), list_b = words(b);
  const std::set<std::string> set_a(list_a.begin(), list_a.end()), set_b(list_b.begin(), list_b.end());
  std::size_t common = 0;
  for (const std::string& word : set_a) common += set_b.count(word);
  return 10 * common >= 8 * std::max(set_a.size(), set_b.size());
}

// From and subject are easily forged, and a greeting is alike in all mails. So what is said to be sent again
// has to have words that tell something, or to be the first one as a whole.
bool is_resend(const EmailFacts& email, const Candidate& c) {
  if (!open(c) || c.client.email != email.from || c.email_missing) return false;
  if (fold(c.base_subject) != fold(email.base_subject) || likeness(c.words_text, email.words_text) < 60)
    return false;
  const Speech again = compare(Sms(email.words_text), Other(c.words_text), c.client);
  if (again.shared.empty() && !much_the_same(email.words_text, c.words_text) &&
      !much_the_same(email.whole_text, c.words_text))
    return false;
  // "Nie działa drukarka" and "Nie działa internet" are alike in most words, and in none that counts.
  return !again.of_something_else();
}

}  // namespace

std::string announced_by(const EmailFacts& email, const Candidate& c) {
  if (!open(c) || !c.email_missing) return {};
  const bool same_person = c.client.email == email.from ||
                           (!c.client.phone.empty() && contains(email.phones, c.client.phone)) ||
                           contains(c.participants, email.from);
  if (!same_person) return {};
  const Speech sms = compare(Sms(c.words_text), Other(email.base_subject + " " + email.words_text), c.client);
  if (!sms.shared.empty())
    return fmt::format("an SMS of the same person waits for its email, and both speak of \"{}\"",
                       sms.shared.front());
  if (!sms.of_something_else() && distance(c.opened_at, email.sent_at) <= 15min) {
    return fmt::format("an SMS of the same person waits for its email, sent {} apart",
                       format_duration(distance(c.opened_at, email.sent_at)));
  }
  return {};
}

Stems telling_stems(std::string_view text) {
  Stems out;
  for (const std::string& word : words(text)) {
    if (telling(word)) out.push_back(stem(word));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool is_freemail(std::string_view domain) {
  return std::find(kFreemail.begin(), kFreemail.end(), domain) != kFreemail.end();
}

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

int likeness(std::string_view a, std::string_view b) {
  const auto list_a = words(a), list_b = words(b);
  const std::set<std::string> set_a(list_a.begin(), list_a.end()), set_b(list_b.begin(), list_b.end());
  if (set_a.empty() && set_b.empty()) return 100;
  std::size_t common = 0;
  for (const std::string& word : set_a) common += set_b.count(word);
  const std::size_t smaller = std::min(set_a.size(), set_b.size());
  // A re-send often gets a line on top ("I sent this yesterday"), so what counts is how much of the shorter
  // one is there.
  return smaller == 0 ? 0 : static_cast<int>(100 * common / smaller);
}

std::vector<std::string> shared_words(std::string_view a, std::string_view b) {
  return shared_words(a, telling_stems(b));
}

std::vector<std::string> shared_words(std::string_view a, const Stems& stems_b) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const std::string& word : words(a)) {
    if (!telling(word)) continue;
    if (has(stems_b, stem(word)) && seen.insert(stem(word)).second) out.push_back(word);
  }
  return out;
}

namespace {

void best_first(std::vector<Suggestion>& list) {
  std::sort(list.begin(), list.end(), [](const Suggestion& a, const Suggestion& b) {
    return std::tie(b.score, a.number, a.why) < std::tie(a.score, b.number, b.why);
  });
  std::set<CaseNumber> seen;
  std::vector<Suggestion> once;  // of a case that is there by two ways the better one
  for (Suggestion& s : list) {
    if (seen.insert(s.number).second) once.push_back(std::move(s));
  }
  list = std::move(once);
  if (list.size() > kSuggestionsMax) list.resize(kSuggestionsMax);
}

bool begins_with_one_of(const std::string& word, std::initializer_list<std::string_view> stems) {
  return std::any_of(stems.begin(), stems.end(), [&](std::string_view s) { return word.starts_with(s); });
}

// "Dalej nie działa": it goes on with something that we know already.
bool goes_on(std::string_view text) {
  for (const std::string& word : words(text)) {
    if (begins_with_one_of(word, {"dalej", "nadal", "wciaz", "ciagle", "ponaw", "ponow", "przypom", "czekam",
                                  "still", "again", "resen", "resend", "remind", "waiting"}))
      return true;
  }
  return false;
}

bool speaks_of_email(std::string_view text) {
  const auto all = words(text);
  return std::any_of(all.begin(), all.end(), [](const std::string& word) {
    return begins_with_one_of(word, {"email", "mail", "mejl", "wiadomosc"});
  });
}

}  // namespace

bool announces_email(std::string_view text) {
  bool sent = false;
  for (const std::string& word : words(text)) {
    sent = sent || begins_with_one_of(word, {"wysl", "wysyl", "posl", "posyl", "przesl", "przesyl", "sent",
                                             "send", "napisal"});
  }
  return sent && speaks_of_email(text) && !goes_on(text);
}

// Written by the reporter (reporter/words.cpp) in either language; at the end, so that the last one counts.
std::string report_code_in(std::string_view text) {
  constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::size_t kLength = 6;
  std::string out;
  for (const std::string_view mark : {"Znak ", "Ref. "}) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
      const std::string_view word = text.substr(at + mark.size(), kLength);
      const auto end = at + mark.size() + kLength;
      const bool whole = word.size() == kLength && word.find_first_not_of(kAlphabet) == word.npos &&
                         (end >= text.size() || text[end] == '.' || text[end] == ' ');
      if (whole) out = std::string(word);
    }
  }
  return out;
}

Match match_email(const EmailFacts& email, const std::vector<Candidate>& candidates) {
  Match match;
  for (const Candidate& c : candidates) {
    if (!c.same_report || !open(c)) continue;
    const Relation relation = c.email_missing      ? Relation::announced
                              : email.report_again ? Relation::resend
                                                   : Relation::reply;
    return {c.number, relation, "it is the same report of the client's hejnal", 0, {}, c.through, 100};
  }
  for (const Candidate& c : candidates) {
    if (!c.referred) continue;
    const std::string why = standing(email, c);
    if (!why.empty() && open(c))
      return {c.number, Relation::reply, c.referred_by + "; " + why, 0, {}, c.through, 100};
    if (match.mentions == 0) match.mentions = c.number;
  }
  const Candidate* resent = nullptr;
  for (const Candidate& c : candidates) {
    if (c.other_report || !is_resend(email, c)) continue;
    if (!resent || std::tie(c.opened_at, c.number) > std::tie(resent->opened_at, resent->number)) resent = &c;
  }
  if (resent) {
    return {resent->number,
            Relation::resend,
            "the same sender, subject and words: sent again",
            0,
            {},
            resent->through,
            80};
  }
  const Candidate* announced = nullptr;
  const auto might_be = [&match](const Candidate& c, int points, std::string why) {
    match.candidates.push_back(c.number);
    match.suggestions.push_back({c.number, points, std::move(why)});
  };
  for (const Candidate& c : candidates) {
    if (c.other_report) continue;  // else it would hide that that one's email is lost
    std::string why = announced_by(email, c);
    if (why.empty()) continue;
    announced = &c;
    might_be(c, 70, std::move(why));
  }
  if (match.candidates.size() == 1)
    return {announced->number, Relation::announced, match.suggestions.front().why, 0, {}, 0, 70};
  if (announced) {  // more than one SMS could mean it: a person decides
    match.reason = "two announced emails are missing, and this may be either";
  } else {
    std::optional<Other> said;
    for (const Candidate& c : candidates) {
      if (!open(c) || !c.email_missing || c.referred) continue;
      if (!said) said.emplace(email.base_subject + " " + email.words_text);
      const Speech sms = compare(Sms(c.words_text), *said, c.client);
      if (!sms.shared.empty()) {
        might_be(c, 30,
                 fmt::format("an SMS of somebody else waits for its email, and both speak of \"{}\"",
                             sms.shared.front()));
      } else if (!sms.of_something_else() && distance(c.opened_at, email.sent_at) <= kStrangersNear) {
        might_be(c, 10, "an SMS waits for its email; nothing says that it is this one");
      }
    }
  }
  std::sort(match.candidates.begin(), match.candidates.end());
  best_first(match.suggestions);
  return match;
}

namespace {

struct Scored {
  const Candidate* candidate;
  int score;
  std::string why;
};

struct Ties {
  int points;
  std::string words;
};

// Of the sender alone: none of them joins by itself.
Ties ties(const SmsFacts& sms, const Candidate& c) {
  switch (c.kin) {
    case Kin::code:
    case Kin::person:
      return {30, "same person"};
    case Kin::learnt:
      return {20, "a number that was learnt, not confirmed"};
    case Kin::claimed:
      return {20, "an unknown number that names the client's address"};
    case Kin::organisation: {
      const std::string_view of = domain_of(c.client.email);
      return {10, of.empty() || is_freemail(of) ? "same organisation"
                                                : fmt::format("same organisation ({})", of)};
    }
    case Kin::stranger:
      break;
  }
  return {0,
          sms.person.email.empty() ? "somebody else" : fmt::format("somebody else ({})", sms.person.email)};
}

// What people call the case: its subject, or what an SMS has said.
std::string title_of(const Candidate& c) {
  const std::string text = collapse_space(c.base_subject.empty() ? c.words_text : c.base_subject);
  const std::string title = truncate_characters(text, 60);
  return title.empty() ? fmt::format("case {}", c.number)
                       : fmt::format("\"{}{}\"", title, title.size() < text.size() ? "…" : "");
}

constexpr int kAtOnce = 40;

// "3 min after "Serwer nie działa"", and the points for it: by the client's email that is nearest, else by
// the step of each class that is due at such a distance.
Ties nearness(const Procedure& procedure, const SmsFacts& sms, const Candidate& c) {
  const Instant again = c.last_email_at.value_or(c.sent_at);
  const Duration at_once = procedure.rules.sms_critical_within;
  const bool by_last = distance(sms.at, c.sent_at) > at_once;
  const Instant nearest = by_last ? again : c.sent_at;
  const Duration from_email = distance(sms.at, nearest);
  if (from_email < 1min)
    return {kAtOnce,
            fmt::format("within a minute of {}{}", by_last ? "the latest email of " : "", title_of(c))};
  if (from_email <= at_once) {
    return {kAtOnce,
            fmt::format("{} {} {}{}", format_duration(from_email), sms.at < nearest ? "before" : "after",
                        by_last ? "the latest email of " : "", title_of(c))};
  }
  const Duration since = sms.at - c.sent_at;
  for (const ServiceClass& k : procedure.classes) {
    for (std::size_t i = 1; i < k.steps.size(); ++i) {
      const Duration wait = k.steps[i].wait;
      if (since >= wait - wait / 24 && since <= wait + wait / 4)
        return {35, fmt::format("{} after {}, when step {} of {} is due", format_duration(since), title_of(c),
                                i + 1, k.id)};
    }
  }
  return {0, fmt::format("{} {} {}", format_duration(distance(sms.at, c.sent_at)),
                         since < 0ms ? "before" : "after", title_of(c))};
}

Scored weigh(const Procedure& procedure, const SmsFacts& sms, const Sms& said, const Candidate& c) {
  constexpr std::size_t kWordsMax = 4000;  // bytes: what somebody texts about stands at the beginning
  const Ties kin = ties(sms, c), time = nearness(procedure, sms, c);
  Scored s{&c, kin.points, fmt::format("{}, {}", kin.words, time.words)};
  const auto add = [&s](int points, const std::string& why) {
    s.score += points;
    s.why += "; " + why;
  };
  Party sender = c.client;
  sender.name += " " + sms.person.name;
  const Names names = names_in(sms.text);
  sender.name += " " + names.own;
  const Other told(c.base_subject + " " + truncate_utf8(c.words_text, kWordsMax) + " " + c.latest_text);
  const Speech speech = compare(said, told, sender, names.maybe);
  // It names a matter, and not this one: neither the time nor an address can make it this one.
  if (speech.of_something_else()) {
    s.why += "; it speaks of something else";
    return s;
  }
  // Where only the SMS names a matter, only an email of that very moment can be meant; or one that is known
  // to have come, if the SMS goes on with something.
  const bool names_alone = speech.stems > 0 && !speech.other_tells;
  // After a mere call there is no email that it could be near to.
  const bool mere_call = !c.last_email_at && !c.email_missing && !speech.other_tells;
  if (mere_call && speaks_of_email(sms.text)) {
    s.why += "; there is no email in it";
    return s;
  }
  if (!names_alone || time.points == kAtOnce || (goes_on(sms.text) && !c.email_missing))
    s.score += time.points;
  if (!speech.shared.empty()) {
    add(std::min<int>(60, 30 + 10 * static_cast<int>(speech.shared.size())),
        speech.shared.size() == 1
            ? fmt::format("both speak of \"{}\"", speech.shared.front())
            : fmt::format("both speak of \"{}\" and \"{}\"", speech.shared[0], speech.shared[1]));
  }
  // An SMS that speaks of an email just sent may be all that is left of it: who has sent it says nothing of
  // the matter then.
  const bool announces = announces_email(sms.text);
  if (!announces && !c.client.email.empty() && contains(sms.emails, c.client.email))
    add(30, "it names the client's address");
  if (goes_on(sms.text)) add(10, "it goes on with something");
  const bool soon = distance(sms.at, c.opened_at) <= procedure.rules.sms_urgent_within;
  if (soon && c.email_missing && c.kin == Kin::person && speech.stems == 0 && c.client.phone == sms.from)
    add(30, "the first SMS of this number still waits for its email");
  // A colleague's email that was lost, and lost again, must not be taken for the one that is here.
  if (c.kin == Kin::organisation && speaks_of_email(sms.text)) {
    s.score = kin.points;
    s.why += "; but it speaks of an email of its own";
  }
  if (c.kin == Kin::stranger) s.score = 0;
  return s;
}

}  // namespace

Match match_sms(const Procedure& procedure, const SmsFacts& sms, const std::vector<Candidate>& candidates) {
  Match match;
  for (const Candidate& c : candidates) {
    if (c.number == sms.case_of_code && sms.case_of_code != 0) {
      if (open(c) && sms.code_of_report)
        return {c.number,
                Relation::reply,
                "it has the code of the client's hejnal and names the address that it writes from",
                0,
                {},
                sms.through_code,
                100,
                Kin::claimed};
      if (open(c))
        return {c.number, Relation::reply, "it holds the short code of the case", 0, {}, sms.through_code,
                100,      Kin::code};
      match.mentions = c.number;
    }
  }
  std::vector<Scored> scored;
  const Sms said(sms.text);
  for (const Candidate& c : candidates) {
    if (!open(c) || c.refused) continue;
    Scored s = weigh(procedure, sms, said, c);
    match.candidates.push_back(c.number);
    match.suggestions.push_back({c.number, s.score, s.why});
    scored.push_back(std::move(s));
  }
  std::sort(match.candidates.begin(), match.candidates.end());
  match.candidates.erase(std::unique(match.candidates.begin(), match.candidates.end()),
                         match.candidates.end());
  best_first(match.suggestions);
  if (sms.of_a_report) {  // its words are those of every such SMS, and its email may be lost
    match.reason = "it is another report of the client's hejnal";
    return match;
  }
  // Whoever is nearer comes first, and of two equals nobody.
  std::sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
    return std::tuple(-a.score, a.candidate->number, a.candidate->through) <
           std::tuple(-b.score, b.candidate->number, b.candidate->through);
  });
  if (scored.empty() || scored.front().score < kJoins) {
    if (!scored.empty()) match.reason = "the telephone number alone never joins";
    return match;
  }
  const Scored& best = scored.front();
  // One that a case was merged into stands there twice.
  const auto second = std::find_if(scored.begin(), scored.end(), [&](const Scored& s) {
    return s.candidate->number != best.candidate->number;
  });
  if (second != scored.end() && best.score - second->score < kNear) {
    match.reason = "it may belong to more than one case";
    return match;
  }
  return {best.candidate->number,  Relation::reply, best.why,           0, {},
          best.candidate->through, best.score,      best.candidate->kin};
}

}  // namespace hejnal::core
