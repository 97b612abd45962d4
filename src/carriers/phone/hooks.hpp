// Telephone exchanges that call in by HTTP: they ask what to do with a call, and tell what became of one.
// Pure: a request in, what it says and how it is to be answered out. Bytes of strangers: the whole request;
// whoever does not know the secret, or cannot sign, is refused.
//
//   GET|POST /hooks/call/SECRET          ?from= &id= &to= [&format=json]   → "reject REASON" or "dial NUMBER"
//   GET|POST /hooks/call/SECRET/event    ?from= &id= &result= [&by=]       answered, missed, busy, rejected
//   POST     /hooks/call/twilio          Twilio Voice, signed              → TwiML
//   POST     /hooks/call/twilio/event    what became of <Dial>             → TwiML
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/phone.hpp"
#include "ports/http.hpp"

namespace hejnal::carriers::phone {

inline constexpr std::string_view kHooks = "/hooks/call/";

struct HookSettings {
  std::string secret;        // of a PBX; empty: none may call
  std::string twilio_token;  // signs Twilio's calls; empty: none may call
  std::string public_url;    // how Twilio knows us
  std::string country = "48";
  std::function<std::string(std::string_view key, std::string_view data)> hmac_sha1;  // the bytes
};

enum class Format { text, json, twiml };

struct HeardCall {
  bool asks = true;                                    // what to do with it; else it tells what became of it
  std::string id;                                      // the exchange's own: the same one twice is one call
  std::string from;                                    // E.164; empty: withheld, or no number
  std::string given = {};                              // what stands there that is no number
  core::CallResult result = core::CallResult::missed;  // of one that is told
  std::string by;                                      // who says so, or who has answered
  std::string person;                                  // of ours who has answered; empty: unknown
  Format format = Format::text;
};

// Fails: not_found (no such address), refused (wrong secret or signature), malformed.
Result<HeardCall> hear(const HookSettings& settings, const ports::Request& request);

// `base`: of the address that tells what became of a <Dial>.
ports::Response answer(const HeardCall& heard, const core::CallDecision& decision,
                       const std::string& public_url);
ports::Response thanks(const HeardCall& heard);

}  // namespace hejnal::carriers::phone
