// The MIME tree as views into the original (RFC 2045, 2046); GMime reads the header of each part. A part is
// never copied; only a multipart that was itself transfer-encoded is, once. Depth, parts and fields are
// bounded while the tree is built. Nested messages (message/rfc822) stay leaves: they are attachments, never
// the mail itself.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "wire/mail/fields.hpp"
#include "wire/mail/header_text.hpp"
#include "wire/mail/transfer.hpp"

namespace hejnal::wire {

struct Part {
  Fields fields;
  Parameterized type;         // value is never empty
  Parameterized disposition;  // value may be empty
  Transfer transfer = Transfer::identity;
  std::string_view content;  // encoded
  std::string_view preamble;
  std::vector<Part> children;  // of a multipart
  bool multipart = false;
  bool declared = false;  // it had a Content-Type that could be read
  std::string filename;

  bool is(std::string_view media_type) const { return type.value == media_type; }
  bool is_text() const { return is("text/plain") || is("text/html"); }
  std::string decoded() const { return decode_transfer(content, transfer); }
};

struct PartLimits {
  std::size_t max_depth, max_parts;
};

struct Tree {
  Part root;
  std::deque<std::string> owned;  // decoded multiparts that views point into
  std::vector<std::string> notes;
};

Tree read_parts(std::string_view raw, PartLimits limits);

}  // namespace hejnal::wire
