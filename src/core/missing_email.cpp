#include "core/missing_email.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "base/text.hpp"

namespace hejnal::core {

namespace {

constexpr std::size_t kFoundMax = 3;
constexpr int kWorthALook = 50;
constexpr Duration kJoinsWithin = 25h;  // the longest step and a little
constexpr Duration kTooFar = 24h * 7;

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Duration distance(Instant a, Instant b) { return a < b ? b - a : a - b; }

FoundMail score(const Candidate& waiting, const SetAsideMail& one) {
  FoundMail found{one.message, false, 0, {}};
  const auto add = [&found](int points, std::string reason) {
    found.score += points;
    found.reason += (found.reason.empty() ? "" : "; ") + std::move(reason);
  };
  const EmailFacts& mail = one.mail;
  const Duration apart = distance(mail.sent_at, waiting.opened_at);
  const std::string_view domain = domain_of(mail.from);
  const bool own_domain = !domain.empty() && !is_freemail(domain) && !contains(mail.own_domains, domain);
  if (!mail.from.empty() &&
      (mail.from == waiting.client.email || contains(waiting.participants, mail.from))) {
    add(50, "its sender is the client");
  } else if (!waiting.client.phone.empty() && contains(mail.phones, waiting.client.phone)) {
    add(40, "its sender has named the number of the SMS");
  } else if (own_domain && domain == domain_of(waiting.client.email)) {
    add(20, fmt::format("its sender is of the client's organisation ({})", domain));
  }
  const auto shared = one.stems.empty()
                          ? shared_words(waiting.words_text, mail.base_subject + " " + mail.words_text)
                          : shared_words(waiting.words_text, one.stems);
  if (one.automatic && shared.empty()) return {one.message, false, 0, {}};  // every newsletter of the client
  if (!shared.empty())
    add(10 + 10 * static_cast<int>(std::min<std::size_t>(shared.size(), 4)),
        fmt::format("both speak of \"{}\"", shared.front()));
  if (apart <= 6h) add(apart <= 15min ? 20 : 10, fmt::format("{} apart", format_duration(apart)));
  return found;
}

}  // namespace

bool may_be_awaited(const Candidate& c, const EmailFacts& email) {
  // What was typed is long, so that one word of it says little.
  if (shared_words(c.words_text, email.base_subject + " " + email.words_text).size() < 2) return false;
  if (email.sent_at >= c.opened_at - 24h && email.sent_at <= c.opened_at + 15min) return true;
  return likeness(c.words_text, email.words_text) >= 60;
}

std::vector<FoundMail> search_set_aside(const Candidate& waiting, const std::vector<SetAsideMail>& mails) {
  std::vector<FoundMail> out;
  std::string subject_of_joining;
  bool one_matter = true;
  for (const SetAsideMail& one : mails) {
    if (distance(one.mail.sent_at, waiting.opened_at) > kTooFar) continue;
    FoundMail found = score(waiting, one);
    std::string announced = announced_by(one.mail, waiting);
    const bool near = distance(one.mail.sent_at, waiting.opened_at) <= kJoinsWithin;
    if (!announced.empty() && near && !one.automatic && one.why != kNotAuthenticated) {
      const std::string subject = fold(one.mail.base_subject);
      one_matter = one_matter && (subject_of_joining.empty() || subject == subject_of_joining);
      subject_of_joining = subject;
      found.joins = true;
      found.reason = std::move(announced);
    } else if (found.score < kWorthALook) {
      continue;
    }
    found.reason += "; it was set aside: " + one.why;
    out.push_back(std::move(found));
  }
  std::sort(out.begin(), out.end(), [](const FoundMail& a, const FoundMail& b) {
    return std::tie(a.joins, a.score, a.message) > std::tie(b.joins, b.score, b.message);
  });
  // The same one sent twice is one find; of two different ones a person has to choose.
  for (std::size_t i = one_matter ? 1 : 0; i < out.size(); ++i) out[i].joins = false;
  if (out.size() > kFoundMax) out.resize(kFoundMax);
  return out;
}

}  // namespace hejnal::core
