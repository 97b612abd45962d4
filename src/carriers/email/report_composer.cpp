#include "carriers/email/report_composer.hpp"

#include "base/zone.hpp"
#include "wire/mail/compose.hpp"

namespace hejnal::carriers {

std::string EmailReportComposer::compose(const ports::ReportLetter& r) const {
  wire::MailDraft draft;
  draft.from = {r.from.name, r.from.email};
  draft.to = {r.letter.to_name, r.letter.to};
  draft.subject = r.letter.subject;
  draft.text = r.letter.text;
  draft.date = format_mail_date(r.letter.at, zone_);
  draft.message_id = r.letter.message_id;
  draft.in_reply_to = r.letter.in_reply_to;
  draft.references = r.letter.references;
  draft.headers = r.headers;
  if (r.letter.automatic) draft.headers.emplace_back("Auto-Submitted", "auto-generated");
  for (const ports::ReportFile& file : r.files)
    draft.attachments.push_back({file.name, file.type, file.bytes});
  return wire::compose_mail(draft);
}

}  // namespace hejnal::carriers
