// SMS at the seam between gateways and the desk, and HTTP as gateways need it.
//
// Several gateways may stand in a row (carriers/sms/switchboard.hpp); what each of them answers must
// therefore tell one thing exactly: whether the SMS can have left. An SMS costs money and wakes people: when
// it may have left, it is not sent again elsewhere unasked.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"
#include "ports/incoming.hpp"

namespace hejnal::ports {

struct OutgoingSms {
  std::string to;    // E.164
  std::string text;  // as it should be read; UTF-8
  std::string
      key;  // names this SMS for ever: a-z 0-9 and dots. The gateway's idempotency key where it has one
  core::NoticeKind kind = core::NoticeKind::answer;
  bool to_desk = false;  // an alert to the person on call: rather twice than never
  bool again = false;    // an earlier attempt may have left
  Instant since;         // when it was first to be sent
  // Until when a network should try to bring it to the telephone, and how long that is from now; 0: as long
  // as it likes.
  Instant useful_until = {};
  Duration valid_for{};
};

struct SmsResult {
  enum class Outcome {
    handed_over,  // the gateway has taken it
    try_later,    // it has not left; the same may work in a while, or elsewhere
    refused,      // this number will never get it: wrong, blocked, opted out
    our_mistake,  // it has not left, and will not until somebody acts: no credit, a bad password
    uncertain,    // it may have left: a lost answer, half a one
  };
  Outcome outcome = Outcome::try_later;
  std::string id;    // the gateway's own
  std::string text;  // what went wrong, for people
};

// What a gateway tells later. States: delivered, failed; handed_over when it only says that it is on its way.
struct SmsReport {
  std::string key;
  core::NoticeState state = core::NoticeState::handed_over;
  std::string text;  // for people
};

struct HttpCall {
  std::string method = "GET", url, body;
  std::vector<std::pair<std::string, std::string>> headers;
  Duration timeout = 30s;
};

struct HttpAnswer {
  int status = 0;  // 0: none came
  std::string content_type, body;
  std::string error;           // for people, when there is no status or the body is cut
  bool may_have_left = false;  // without a status: the request had been sent, at least in part
  bool cut = false;            // the body ended early or was too long
};

// `done` is called exactly once, on any thread, also before call() returns. Redirects are not followed.
// Thread-safe.
class HttpCaller {
 public:
  virtual ~HttpCaller() = default;
  virtual void call(HttpCall call, std::function<void(HttpAnswer)> done) = 0;
};

}  // namespace hejnal::ports
