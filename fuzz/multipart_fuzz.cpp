// A form with files. The first line is its Content-Type; what is read of the rest is text, and the bytes are
// all kept.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "carriers/web/form.hpp"

using namespace hejnal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string all(reinterpret_cast<const char*>(data), size);
  const auto line = all.find('\n');
  const std::string body = line == std::string::npos ? std::string() : all.substr(line + 1);
  const auto form = carriers::read_form(all.substr(0, line), body);
  if (!form) {
    if (!is_valid_utf8(form.error().what)) std::abort();
    return 0;
  }
  for (const auto& [name, text] : form->fields) {
    if (!is_valid_utf8(name) || !is_valid_utf8(text) || text.find('\r') != std::string::npos) std::abort();
  }
  std::int64_t files = 0;
  for (const auto& one : form->attachments) {
    if (!is_valid_utf8(one.name) || !is_valid_utf8(one.type) || one.size < 0) std::abort();
    files += one.size;
  }
  if (files != form->files_size) std::abort();
  std::size_t kept = 0;
  for (const auto& piece : form->raw) kept += piece.size;
  if (!form->raw.empty() && kept < body.size()) std::abort();
  return 0;
}
