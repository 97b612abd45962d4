// A form with files (multipart/form-data, RFC 7578) as browsers send it: HTML 4.10.22.8. It is a MIME entity,
// so the reader of mails reads it, within that reader's bounds. Strangers' bytes: all of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/form/form.hpp"

namespace hejnal::wire {

// The same as one entity: what a mail reader makes of it, it makes of a form. Empty: no such form is meant by
// this Content-Type.
std::string multipart_entity(std::string_view content_type, std::string_view body);

// The fields that are no files, in order; text is valid UTF-8 with bare LF. nullopt: it is cut, or has more
// parts than a form of ours.
std::optional<FormFields> multipart_fields(std::string_view entity);

// A file's name as its sender's browser has written it: `%22` was a quotation mark.
std::string multipart_filename(std::string_view name);

constexpr std::size_t kMultipartPartsMax = 60;

}  // namespace hejnal::wire
