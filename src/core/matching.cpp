#include "core/matching.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

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
  return word.size() >= 4 && std::find(kCommon.begin(), kCommon.end(), word) == kCommon.end();
}

std::set<std::string> telling_stems(std::string_view text) {
  std::set<std::string> out;
  for (const std::string& word : words(text)) {
    if (telling(word)) out.insert(stem(word));
  }
  return out;
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

// What a message says of its matter, beside who has sent it.
struct Speech {
  std::set<std::string> stems;      // all that tell something
  std::vector<std::string> shared;  // those that the other one has, too
  bool other_tells = false;         // the other one names its matter at all
  bool of_something_else() const { return other_tells && !stems.empty() && shared.empty(); }
};

Speech compare(std::string_view sms, std::string_view other, const Party& sender) {
  const auto own = telling_stems(sender.name + " " + sender.email);
  const auto there = telling_stems(other);
  Speech speech;
  speech.other_tells = !there.empty();
  for (const std::string& word : words(without_addresses(sms))) {
    if (!telling(word) || own.contains(stem(word)) || !speech.stems.insert(stem(word)).second) continue;
    if (there.contains(stem(word))) speech.shared.push_back(word);
  }
  return speech;
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
  const Speech again = compare(email.words_text, c.words_text, c.client);
  if (again.shared.empty() && !much_the_same(email.words_text, c.words_text) &&
      !much_the_same(email.whole_text, c.words_text))
    return false;
  // "Nie działa drukarka" and "Nie działa internet" are alike in most words, and in none that counts.
  return !again.of_something_else();
}

// Why this email may be the one that the SMS of `c` had announced; empty when nothing but the person fits.
std::string announced_by(const EmailFacts& email, const Candidate& c) {
  if (!open(c) || !c.email_missing) return {};
  const bool same_person = c.client.email == email.from ||
                           (!c.client.phone.empty() && contains(email.phones, c.client.phone)) ||
                           contains(c.participants, email.from);
  if (!same_person) return {};
  const Speech sms = compare(c.words_text, email.base_subject + " " + email.words_text, c.client);
  if (!sms.shared.empty())
    return fmt::format("an SMS of the same person waits for its email, and both speak of \"{}\"",
                       sms.shared.front());
  if (!sms.of_something_else() && distance(c.opened_at, email.sent_at) <= 15min) {
    return fmt::format("an SMS of the same person waits for its email, sent {} apart",
                       format_duration(distance(c.opened_at, email.sent_at)));
  }
  return {};
}

}  // namespace

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
  const auto stems_b = telling_stems(b);
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const std::string& word : words(a)) {
    if (!telling(word)) continue;
    if (stems_b.contains(stem(word)) && seen.insert(stem(word)).second) out.push_back(word);
  }
  return out;
}

Match match_email(const EmailFacts& email, const std::vector<Candidate>& candidates) {
  Match match;
  for (const Candidate& c : candidates) {
    if (!c.referred) continue;
    const std::string why = standing(email, c);
    if (!why.empty() && open(c))
      return {c.number, Relation::reply, c.referred_by + "; " + why, 0, {}, c.through};
    if (match.mentions == 0) match.mentions = c.number;
  }
  const Candidate* resent = nullptr;
  for (const Candidate& c : candidates) {
    if (!is_resend(email, c)) continue;
    if (!resent || std::tie(c.opened_at, c.number) > std::tie(resent->opened_at, resent->number)) resent = &c;
  }
  if (resent) {
    return {resent->number, Relation::resend, "the same sender, subject and words: sent again", 0, {},
            resent->through};
  }
  const Candidate* announced = nullptr;
  for (const Candidate& c : candidates) {
    if (announced_by(email, c).empty()) continue;
    announced = &c;
    match.candidates.push_back(c.number);
  }
  if (match.candidates.size() == 1)
    return {announced->number, Relation::announced, announced_by(email, *announced), 0, {}, 0};
  if (announced) {  // more than one SMS could mean it: a person decides
    match.reason = "two announced emails are missing, and this may be either";
  } else {
    for (const Candidate& c : candidates) {
      if (open(c) && c.email_missing && !c.referred) match.candidates.push_back(c.number);
    }
  }
  std::sort(match.candidates.begin(), match.candidates.end());
  return match;
}

namespace {

struct Scored {
  const Candidate* candidate;
  int score;
  std::string reason;
};

// Points for an open case of the SMS's person. The number itself gives none.
Scored score(const Procedure& procedure, const SmsFacts& sms, const Candidate& c) {
  Scored s{&c, 0, {}};
  const auto add = [&](int points, std::string reason) {
    s.score += points;
    s.reason += (s.reason.empty() ? "" : "; ") + std::move(reason);
  };
  Party sender = c.client;
  sender.name += " " + sms.person.name;
  const Speech speech = compare(sms.text, c.base_subject + " " + c.words_text, sender);
  // It names a matter, and not this one: neither the time nor an address can make it this one.
  if (speech.of_something_else()) return s;
  if (!speech.shared.empty())
    add(std::min<int>(60, 30 + 10 * static_cast<int>(speech.shared.size())),
        fmt::format("both speak of \"{}\"", speech.shared.front()));
  const Duration since = sms.at - c.sent_at;
  if (distance(sms.at, c.sent_at) <= procedure.rules.sms_critical_within) {
    add(40, fmt::format("{} {} it", format_duration(distance(sms.at, c.sent_at)),
                        since < 0ms ? "before" : "after"));
  } else {
    for (const ServiceClass& k : procedure.classes) {
      for (std::size_t i = 1; i < k.steps.size(); ++i) {
        const Duration wait = k.steps[i].wait;
        if (since >= wait - wait / 24 && since <= wait + wait / 4) {
          add(35, fmt::format("{} after it, when the next step is due", format_duration(since)));
          break;
        }
      }
    }
  }
  if (!c.client.email.empty() && contains(sms.emails, c.client.email))
    add(30, "it names the client's address");
  return s;
}

}  // namespace

Match match_sms(const Procedure& procedure, const SmsFacts& sms, const std::vector<Candidate>& candidates) {
  Match match;
  for (const Candidate& c : candidates) {
    if (c.number == sms.case_of_code && sms.case_of_code != 0) {
      if (open(c))
        return {c.number, Relation::reply, "it holds the short code of the case", 0, {}, sms.through_code};
      match.mentions = c.number;
    }
  }
  std::vector<Scored> scored;
  for (const Candidate& c : candidates) {
    if (!open(c)) continue;
    scored.push_back(score(procedure, sms, c));
    match.candidates.push_back(c.number);
  }
  std::sort(match.candidates.begin(), match.candidates.end());
  std::stable_sort(scored.begin(), scored.end(),
                   [](const Scored& a, const Scored& b) { return a.score > b.score; });
  if (scored.empty() || scored.front().score < 30) {
    if (!scored.empty()) match.reason = "the telephone number alone never joins";
    return match;
  }
  if (scored.size() > 1 && scored[0].score - scored[1].score < 15) {
    match.reason = "it may belong to more than one case";
    return match;
  }
  return {scored.front().candidate->number,
          Relation::reply,
          "the same person; " + scored.front().reason,
          0,
          {},
          0};
}

}  // namespace hejnal::core
