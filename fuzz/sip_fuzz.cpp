// What reaches us from SIP: libre's decoding of a message, what we make of the request, and what the desk is
// told of an INVITE. No byte of the stranger may break a line of our answer.
#include <cstdint>
#include <cstdlib>

#include "carriers/phone/sip.hpp"
#include "net/detail/sip_message.hpp"

namespace {

void must(bool good) {
  if (!good) std::abort();
}

bool one_line(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

}  // namespace

extern "C" int re_fprintf(std::FILE*, const char*, ...) { return 0; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hejnal;
  net::RePtr<mbuf> bytes(mbuf_alloc(size + 1));
  if (!bytes || mbuf_write_mem(bytes.get(), data, size) != 0) return 0;
  bytes->pos = 0;
  sip_msg* decoded = nullptr;
  if (sip_msg_decode(&decoded, bytes.get()) != 0) return 0;
  const net::RePtr<sip_msg> msg(decoded);
  if (!msg->req) return 0;
  msg->tp = SIP_TRANSP_UDP;
  static_cast<void>(sa_set_str(&msg->src, "192.0.2.1", 5060));
  const net::SipSorted sorted = net::sort_request(*msg);
  must(one_line(sorted.reason));
  if (!sorted.headers.empty()) must(sorted.headers.find("\r\n\r\n") == std::string::npos);
  const ports::SipInvite invite = net::copy_invite(*msg);
  must(invite.source == "192.0.2.1" && invite.asserted.size() <= 4);
  carriers::phone::SipSettings settings;
  settings.trusted = {"192.0.2.1"};
  const auto caller = carriers::phone::read_invite(settings, invite);
  must(caller.from.empty() || caller.from.front() == '+');
  must(one_line(caller.id) && one_line(caller.to) && caller.id.size() <= 104);
  for (const bool redirect : {false, true}) {
    const core::CallDecision decision{redirect, "+48600000001", core::CallReason::repairing, ""};
    const ports::SipAnswer answer = carriers::phone::sip_answer(settings, invite, caller, decision);
    must(one_line(answer.reason));
    const std::string lines = net::header_lines(answer);
    must(lines.find("\r\n\r\n") == std::string::npos && lines.ends_with("\r\n"));
  }
  return 0;
}
