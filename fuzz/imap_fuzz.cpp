// The bytes of an IMAP server, whole and one at a time: no crash, bounded memory, the same responses.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/imap/response.hpp"

namespace {

std::string read_all(std::string_view input, std::size_t piece) {
  hejnal::wire::ImapLimits limits;
  limits.line_bytes = 200;
  limits.literal_bytes = 50;
  hejnal::wire::ImapReader reader(limits);
  std::string record;
  while (!input.empty()) {
    const bool fine = static_cast<bool>(reader.feed(input.substr(0, piece)));
    while (auto response = reader.next()) {
      record += response->tag + "|" + response->text + hejnal::wire::imap_kind(*response).word;
      for (const std::string& literal : response->literals) record += "|" + literal;
      record += std::to_string(hejnal::wire::imap_search(*response).size());
      record += std::to_string(hejnal::wire::imap_code_number(*response, "UIDNEXT").value_or(0));
      if (const auto fetch = hejnal::wire::imap_fetch(std::move(*response)))
        record += fetch->body.value_or("-");
    }
    if (!fine) break;
    input.remove_prefix(std::min(piece, input.size()));
  }
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  if (read_all(input, input.size() + 1) != read_all(input, 1)) std::abort();
  return 0;
}
