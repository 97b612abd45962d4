// The reporter put together from the settings, what commands ask of it, and its thread in a server.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/api.hpp"
#include "carriers/email/report_composer.hpp"
#include "config/settings.hpp"
#include "desk/ledger.hpp"
#include "ports/http.hpp"
#include "reporter/reporter.hpp"

namespace hejnal::app {

struct Reporting {
  std::unique_ptr<carriers::EmailReportComposer> composer;
  std::unique_ptr<reporter::Reporter> engine;
};

// Reads the providers' procedures. Mistakes name the provider.
struct ReportWiring {
  std::vector<std::string> repeats_by = {};  // gateways that recognise an SMS which is given to them again
  std::function<void(core::ReportId)> changed = {};  // in the transaction
  bool sms_available = false;                        // also without a gateway: a sandbox
};
Result<Reporting> make_reporting(const config::Settings& settings, ports::Store& store, ports::Random& random,
                                 ReportWiring wiring = {});
// `check`: the same without a store.
Result<reporter::Settings> reporter_settings(const config::Settings& settings);

// What a command asks of the reporter, through the socket of a server or without one.
struct ReportCommand {
  std::string verb;  // file, settle, cancel, call-rejected, called-back, release
  core::ReportId id = 0;
  std::string by, reason;
  reporter::NewReport report;  // of file

  std::string path() const { return "/report/" + verb; }
  std::string body() const;  // a line of JSON, and behind it the text and the files
  static Result<ReportCommand> of(const ports::Request& request);
};
// Inside a transaction; answers with the report's number.
Result<std::string> do_report_command(reporter::Reporter& reporter, const ReportCommand& command,
                                      Instant now);

// The key that signs proofs; it is made from the one beside the database.
Result<std::string> signing_seed(const config::Settings& settings);
// The proof of a report, signed. Any thread, with an archive of its own.
Result<api::Proof> prove(const config::Settings& settings, ports::Archive& archive, core::ReportId id,
                         Instant now);

// Rings what is due and hands over what leaves, on a thread of its own ("hejnal-report"): the ledger only
// decides and stores.
class ReportLoop {
 public:
  ReportLoop(reporter::Reporter& reporter, desk::Ledger& ledger, ports::Dispatcher& carrier,
             ports::Clock& clock)
      : reporter_(reporter), ledger_(ledger), carrier_(carrier), clock_(clock) {}
  ~ReportLoop() { stop(); }

  void start();
  void stop();   // while the ledger still runs: nothing more leaves
  void keep();   // and once the ways out have ended: what they have said last
  void nudge();  // something may be due. Thread-safe

 private:
  struct Heard {
    core::ReportId report = 0;
    int n = 0;
    std::string sum;
    bool asked = false;
    ports::SendResult result;
  };
  Status take(const std::deque<Heard>& heard, Instant now);
  void loop();
  bool round();  // false: the store does not take anything
  void hand_over(std::vector<reporter::Leaving> leaving);

  reporter::Reporter& reporter_;
  desk::Ledger& ledger_;
  ports::Dispatcher& carrier_;
  ports::Clock& clock_;
  // Shared with those that are handing over, who may outlive the loop.
  struct State {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Heard> heard;  // bounded by what is let out at once
    bool nudged = true, stopping = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::optional<Instant> next_;
  std::size_t in_flight_ = 0;
  std::thread thread_;
};

}  // namespace hejnal::app
