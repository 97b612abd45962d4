// One company with a hejnal: the real desk and ledger on a store, as in the one-sided world (node.hpp), and
// with providers the real reporter on the same ledger. It has a clock and a disk of its own, dies and starts
// again.
//
// What stands between reporter and ledger in production is a thread (app/reporting.hpp); here it is round():
// take what was heard, ring what is due, commit, and only then hand over.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "carriers/email/report_composer.hpp"
#include "reporter/reporter.hpp"
#include "sim/node.hpp"
#include "sim/two_sided/scene.hpp"

namespace hejnal::sim::two_sided {

class Side final : public StoreWatcher {
 public:
  struct Watch {  // who looks on
    std::function<void(const WrittenTurn&)> turned;
    std::function<void(Side&, const core::SentReport&)> reported;  // committed: a report is so now
    std::function<void(Side&)> at_rest;                            // nothing is due any more
  };

  // `gate`: its way out. `providers`: empty where it only answers.
  Side(Scene& scene, int index, House house, StoreKind store, ports::Dispatcher& gate,
       reporter::Settings providers, Watch watch);
  ~Side() override;

  void start();
  void plan_troubles();
  bool running() const { return node_.running(); }
  int life() const { return node_.lives(); }
  int index() const { return index_; }
  Instant now() { return node_.desk().now(); }  // by its own clock
  core::SentReport report(core::ReportId id);
  const reporter::Settings& providers() const { return providers_; }
  Node& node() { return node_; }

  // One job, to its commit, and what follows from it. Empty: it is down, or dies meanwhile.
  std::optional<Status> ask(desk::Ledger::Work work);
  // One job alone, as those who hand over do.
  std::optional<Status> job(desk::Ledger::Work work);
  reporter::Reporter& reporter() { return *reporter_; }
  void settle();
  std::optional<Instant> next();  // when it has something to do, in the world's time
  void look_at_clock() { clock_.real = scene_.now; }

  // The last moment at which it could not do what it should: it was down, its disk was ill, its clock had
  // just been set, or stands until time has caught up with it.
  Instant troubled();
  void stop_faults();
  void sleep_until(Instant until) { asleep_until_ = until; }  // a mistake on purpose: nothing rings

 private:
  void before_commit(const std::vector<WrittenTurn>& turns) override;
  void after_commit(std::vector<WrittenTurn> turns) override;
  void commit_failed(std::vector<WrittenTurn> turns) override;
  bool round();
  void tell_of_changes();
  void die();

  struct Heard {
    core::ReportId report = 0;
    int n = 0;
    std::string sum;
    bool asked = false;
    ports::SendResult result;
  };

  Scene& scene_;
  const int index_;
  VirtualClock clock_;
  Dice codes_;
  ports::Dispatcher& gate_;
  const reporter::Settings providers_;
  Watch watch_;
  Node node_;
  carriers::EmailReportComposer composer_{"Europe/Warsaw"};
  std::unique_ptr<reporter::Reporter> reporter_;
  std::deque<Heard> heard_;
  std::set<core::ReportId> changed_;
  std::optional<Instant> next_alarm_;  // of the reporter
  bool nudged_ = true, taken_up_ = false;
  std::optional<Instant> ill_until_;
  Instant trouble_, asleep_until_;
  int commits_ = 0;
};

}  // namespace hejnal::sim::two_sided
