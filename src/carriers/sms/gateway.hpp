// One SMS gateway: its protocol, without sockets. send() may be called on any thread; its `done` comes on a
// thread of the HttpCaller, or at once. hear() is called on the network thread and does not wait.
//
// What hear() reads comes from strangers: anybody can call a URL that he has guessed. It believes nothing
// until the secret of the URL (checked by the caller) or the gateway's own signature (checked here) is right.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/http.hpp"
#include "ports/sms.hpp"
#include "wire/form/form.hpp"
#include "wire/sms/joining.hpp"

namespace hejnal::carriers {

struct GatewaySettings {
  std::string name;
  std::string kind;  // kannel, smsapi, twilio, http, gammu
  std::string url, user, password;
  std::string from;      // a number or a registered name; empty: the gateway's own
  std::string hook_url;  // where it calls in, without the last word: https://…/hooks/sms/NAME[/SECRET]
  std::string country;   // for numbers as it writes them
  Duration timeout = 30s;
  // of kind http
  std::string method, body, success;
  std::vector<std::string> headers;
  // of kind gammu
  std::string spool;
  // (key, data) -> 20 bytes; of kind twilio
  std::function<std::string(std::string_view, std::string_view)> hmac_sha1;
};

struct HeardSms {
  ports::IncomingSms sms;  // the id with the gateway's name in front
  std::string to;
  std::optional<wire::SmsPart> part;  // the gateway does not join
};

struct Heard {
  std::vector<HeardSms> messages;
  std::vector<ports::SmsReport> reports;
  ports::Response answer = {200, "text/plain", {}, {}};  // to be given when all of this is stored
};

class Gateway {
 public:
  virtual ~Gateway() = default;
  virtual const std::string& name() const = 0;
  // The same key twice is one SMS, or it can find out whether it has sent it.
  virtual bool recognises_repeats() const = 0;
  // Its calls carry a signature, so their URL needs no secret.
  virtual bool signs() const { return false; }
  virtual void send(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) = 0;
  // What has become of an SMS that it has taken, by its own id: for a report that did not come. The state
  // handed_over: it is on its way, or nobody knows, as the text says.
  virtual bool can_be_asked() const { return false; }
  virtual void ask(const std::string&, std::function<void(ports::SmsReport)> done) { done({}); }
  // `what`: "in" or "report". Fault::refused: not from this gateway (403); malformed: 400.
  virtual Result<Heard> hear(const ports::Request& request, std::string_view what) = 0;
};

// `http` must outlive it. Fails with malformed when settings do not fit the kind.
Result<std::unique_ptr<Gateway>> make_gateway(GatewaySettings settings, ports::HttpCaller& http);

}  // namespace hejnal::carriers
