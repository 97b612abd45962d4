// What a SIP message of a stranger is to us: which request we take, what an INVITE says, what the others are
// answered at once. No sockets and no state, so that the fuzzer drives it as it is. Everything that leaves
// here is copied.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/detail/re.hpp"
#include "ports/sip.hpp"

namespace hejnal::net {

enum class SipKind { invite, other, malformed, ignored };

struct SipSorted {
  SipKind kind = SipKind::ignored;
  // Of anything but an INVITE to be taken: the answer that is given without any memory of the request.
  int status = 0;  // 0: none
  std::string reason = {};
  std::string headers = {};  // whole lines
};

// A request that belongs to no transaction.
SipSorted sort_request(const sip_msg& msg);
ports::SipInvite copy_invite(const sip_msg& msg);
// A CANCEL whose Reason says that the call was answered at another telephone (RFC 3326); of its bytes, since
// libre tells of a CANCEL without the message.
bool says_answered_elsewhere(std::string_view message);
// Lines for sip_treplyf; nothing of it can break a line.
std::string header_lines(const ports::SipAnswer& answer);

}  // namespace hejnal::net
