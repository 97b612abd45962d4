#include "carriers/email/composer.hpp"

#include <algorithm>

#include "base/zone.hpp"
#include "wire/mail/compose.hpp"

namespace hejnal::carriers {

namespace {

// <hejnal.12.3.SECRET@…> -> pomoc+b-12-3-SECRET@…
std::string verp(const std::string& address, const std::string& delimiter, const std::string& message_id) {
  const auto at = address.rfind('@');
  const auto end = message_id.rfind('@');
  constexpr std::string_view kBegin = "<hejnal.";
  if (delimiter.empty() || at == std::string::npos || end == std::string::npos ||
      !message_id.starts_with(kBegin))
    return {};
  std::string id = message_id.substr(kBegin.size(), end - kBegin.size());
  std::replace(id.begin(), id.end(), '.', '-');
  return address.substr(0, at) + delimiter + "b-" + id + address.substr(at);
}

}  // namespace

std::string EmailComposer::envelope_from(const ports::Letter& letter) const {
  std::string named = verp(settings_.address, settings_.delimiter, letter.message_id);
  if (!named.empty()) return named;
  return letter.automatic ? std::string() : settings_.address;
}

ports::ComposedMail EmailComposer::compose(const ports::Letter& letter) const {
  wire::MailDraft draft;
  draft.from = {settings_.name, settings_.address};
  draft.to = {letter.to_name, letter.to};
  draft.subject = letter.subject;
  draft.text = letter.text;
  draft.date = format_mail_date(letter.at, settings_.zone);
  draft.message_id = letter.message_id;
  draft.in_reply_to = letter.in_reply_to;
  draft.references = letter.references;
  if (letter.automatic) {
    // RFC 3834, 3.1.7 and 5; the second keeps Exchange's out-of-office silent.
    draft.headers.emplace_back("Auto-Submitted", letter.answers_a_mail ? "auto-replied" : "auto-generated");
    draft.headers.emplace_back("X-Auto-Response-Suppress", "All");
  }
  if (!letter.notice.empty()) draft.headers.emplace_back("Hejnal-Notice", letter.notice);
  ports::ComposedMail out;
  out.envelope_from = envelope_from(letter);
  out.bytes = wire::compose_mail(draft);
  return out;
}

}  // namespace hejnal::carriers
