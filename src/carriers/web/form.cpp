#include "carriers/web/form.hpp"

#include "carriers/email/intake.hpp"
#include "wire/form/multipart.hpp"

namespace hejnal::carriers {

Result<ports::IncomingForm> read_form(std::string_view content_type, std::string_view body) {
  const std::string entity = wire::multipart_entity(content_type, body);
  if (entity.empty()) return fail(Fault::malformed, "expected a form (multipart/form-data)");
  auto fields = wire::multipart_fields(entity);
  if (!fields) return fail(Fault::malformed, "the form is cut, or has too many parts");
  ports::IncomingForm out;
  out.fields = std::move(*fields);
  wire::Mail mail = wire::parse_mail(entity);
  // A browser sends a file without a name where none was chosen.
  std::erase_if(mail.attachments, [](const wire::Attachment& a) { return a.name.empty() && a.size == 0; });
  for (const wire::Attachment& a : mail.attachments) {
    out.attachments.push_back({wire::multipart_filename(a.name), a.type, static_cast<std::int64_t>(a.size)});
    out.files_size += static_cast<std::int64_t>(a.size);
  }
  if (!out.attachments.empty()) out.raw = raw_pieces(entity, mail);
  return out;
}

}  // namespace hejnal::carriers
