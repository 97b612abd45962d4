// What SMS gateways call in with: SMS of clients, and what became of ours.
//
//   /hooks/sms/NAME/SECRET/in       /hooks/sms/NAME/SECRET/report
//   /hooks/sms/NAME/in              /hooks/sms/NAME/report           of gateways that sign their calls
//
// Called on the network thread; answers after the commit, never before: what is not answered with 200 the
// gateway brings again. Parts of a long SMS wait for each other unanswered, at most kPatience.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/sms_out.hpp"
#include "desk/ledger.hpp"
#include "ports/http.hpp"

namespace hejnal::app {

class SmsHooks {
 public:
  static constexpr Duration kPatience = 30s;  // less than the HTTP server's for a handler

  // Looks at each delivery report before the desk does, in the transaction: true when it is somebody else's.
  using First = std::function<Result<bool>(const ports::SmsReport&, Instant now)>;
  using FirstSms = std::function<Result<bool>(const ports::IncomingSms&, Instant now)>;

  SmsHooks(SmsOut& sms, desk::Ledger& ledger, ports::Clock& clock, First first = {}, FirstSms first_sms = {});
  ~SmsHooks();  // stop()

  static bool wants(const ports::Request& request) { return request.path.starts_with(kSmsHooks); }
  void answer(ports::Request request, ports::Reply reply);
  // Parts that wait are filed as they are, and answered; what comes later is to be brought again.
  void stop();

 private:
  struct Waiting {
    std::shared_ptr<ports::Reply> reply;
    ports::Response good;
    ports::IncomingSms sms;
  };

  void take(carriers::HeardSms heard, ports::Response good, std::shared_ptr<ports::Reply> reply);
  void file(std::vector<wire::SmsJoiner::Joined> joined);
  void loop();

  SmsOut& sms_;
  desk::Ledger& ledger_;
  const First first_;
  const FirstSms first_sms_;
  ports::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  wire::SmsJoiner joiner_{kPatience};
  std::map<std::uint64_t, Waiting> waiting_;  // parts that have not been filed
  std::uint64_t next_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hejnal::app
