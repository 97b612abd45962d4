#include "net/detail/sip_message.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/ip_address.hpp"
#include "base/text.hpp"

namespace hejnal::net {

namespace {

constexpr const char* kAllow = "Allow: INVITE, ACK, CANCEL, OPTIONS\r\n";
constexpr std::size_t kAddressMax = 512, kCallIdMax = 1024, kPrivacyMax = 100, kAssertedMax = 4,
                      kUnsupportedMax = 200;

std::string copy(const pl& text, std::size_t max) { return std::string(view_of(text).substr(0, max)); }

std::string one_line_of(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

// By its name: libre's own numbers of headers are hashes, and another name may have the same.
void each_header(const sip_msg& msg, const char* name, const std::function<bool(const pl&)>& take) {
  auto call = [](const sip_hdr* header, const sip_msg*, void* arg) {
    return (*static_cast<const std::function<bool(const pl&)>*>(arg))(header->val);
  };
  sip_msg_xhdr_apply(&msg, true, name, call, const_cast<std::function<bool(const pl&)>*>(&take));
}

std::string first_header(const sip_msg& msg, const char* name, std::size_t max) {
  std::string out;
  each_header(msg, name, [&](const pl& value) {
    out = copy(value, max);
    return true;
  });
  return out;
}

SipSorted malformed(const char* why) { return {SipKind::malformed, 400, why}; }

bool known_method(std::string_view method) {
  constexpr std::array<std::string_view, 11> kKnown = {"REGISTER", "BYE",     "SUBSCRIBE", "NOTIFY",
                                                       "MESSAGE",  "INFO",    "UPDATE",    "PRACK",
                                                       "REFER",    "PUBLISH", "CANCEL"};
  return std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end();
}

bool may_be_asked(const pl& scheme) {
  const std::string_view text = view_of(scheme);
  return iequals(text, "sip") || iequals(text, "sips") || iequals(text, "tel");
}

}  // namespace

std::string re_error(int error) {
  std::array<char, 200> text{};
  const char* words = str_error(error, text.data(), text.size());
  return words ? words : "error " + std::to_string(error);
}

std::string address_of(const sa& where) {
  std::array<char, 64> text{};
  if (sa_ntop(&where, text.data(), static_cast<int>(text.size())) != 0) return {};
  return ip_address(text.data()).value_or(text.data());
}

bool read_sa(std::string_view host_port, sa& out) {
  return sa_decode(&out, host_port.data(), host_port.size()) == 0;
}

SipSorted sort_request(const sip_msg& msg) {
  const std::string_view method = view_of(msg.met);
  if (method == "ACK") return {};  // never answered
  // Without a Via nobody can be answered; one with maddr would have us answer to somebody else.
  pl ignored{};
  if (!pl_isset(&msg.via.sentby) || msg_param_decode(&msg.via.params, "maddr", &ignored) == 0)
    return {SipKind::malformed};
  if (!pl_isset(&msg.from.auri) || !pl_isset(&msg.to.auri) || !pl_isset(&msg.callid) ||
      !pl_isset(&msg.cseq.met))
    return malformed("Missing Header");
  for (const char* single : {"From", "f", "To", "t", "Call-ID", "i", "CSeq"}) {
    // A second one under its short name counts, too: libre keeps both under one number.
    if (sip_msg_xhdr_count(&msg, single) > 1) return malformed("Repeated Header");
  }
  for (const sip_hdrid id : {SIP_HDR_FROM, SIP_HDR_TO, SIP_HDR_CALL_ID, SIP_HDR_CSEQ}) {
    if (sip_msg_hdr_count(&msg, id) > 1) return malformed("Repeated Header");
  }
  if (view_of(msg.cseq.met) != method) return malformed("CSeq Mismatch");
  if (msg.mb && pl_isset(&msg.clen) && pl_u32(&msg.clen) > mbuf_get_left(msg.mb))
    return malformed("Content-Length Too Large");
  if (!may_be_asked(msg.uri.scheme)) return {SipKind::other, 416, "Unsupported URI Scheme"};
  if (method == "OPTIONS") {
    return {SipKind::other, 200, "OK", fmt::format("{}Accept: application/sdp\r\nSupported:\r\n", kAllow)};
  }
  if (method == "INVITE") {
    std::string unsupported;
    each_header(msg, "Require", [&](const pl& value) {
      const std::string_view one = trim(view_of(value));
      if (!one.empty() && unsupported.size() + one.size() < kUnsupportedMax)
        unsupported += fmt::format("{}{}", unsupported.empty() ? "" : ", ", one_line_of(one));
      return false;
    });
    if (!unsupported.empty())
      return {SipKind::other, 420, "Bad Extension", fmt::format("Unsupported: {}\r\n", unsupported)};
    if (pl_isset(&msg.to.tag)) return {SipKind::other, 481, "Call Does Not Exist"};
    return {SipKind::invite};
  }
  if (method == "BYE" || method == "CANCEL") return {SipKind::other, 481, "Call Does Not Exist"};
  if (known_method(method)) return {SipKind::other, 405, "Method Not Allowed", kAllow};
  return {SipKind::other, 501, "Not Implemented", kAllow};
}

bool says_answered_elsewhere(std::string_view message) {
  if (!message.starts_with("CANCEL ")) return false;
  for (std::string_view line : split(message.substr(0, message.find("\r\n\r\n")), '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !iequals(trim(line.substr(0, colon)), "reason")) continue;
    for (const std::string_view reason : split(line.substr(colon + 1), ',')) {
      const auto parts = split(reason, ';');
      const bool by_sip = iequals(trim(parts.front()), "sip");
      const auto is_200 = [](std::string_view part) { return iequals(trim(part), "cause=200"); };
      if (by_sip && std::any_of(parts.begin() + 1, parts.end(), is_200)) return true;
    }
  }
  return false;
}

ports::SipInvite copy_invite(const sip_msg& msg) {
  ports::SipInvite out;
  out.call_id = copy(msg.callid, kCallIdMax);
  out.source = address_of(msg.src);
  out.transport = msg.tp == SIP_TRANSP_TCP ? "tcp" : "udp";
  out.request_uri = copy(msg.ruri, kAddressMax);
  out.from = copy(msg.from.auri, kAddressMax);
  out.to = copy(msg.to.auri, kAddressMax);
  each_header(msg, "P-Asserted-Identity", [&](const pl& value) {
    out.asserted.push_back(copy(value, kAddressMax));
    return out.asserted.size() >= kAssertedMax;
  });
  out.remote_party = first_header(msg, "Remote-Party-ID", kAddressMax);
  out.privacy = first_header(msg, "Privacy", kPrivacyMax);
  return out;
}

std::string header_lines(const ports::SipAnswer& answer) {
  std::string out;
  for (const auto& [name, value] : answer.headers)
    out += fmt::format("{}: {}\r\n", one_line_of(name), one_line_of(value));
  return out;
}

}  // namespace hejnal::net
