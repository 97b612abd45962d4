// The laws of two sides, checked against an account of its own: fed by the roads (what was handed over, what
// arrived), by the people (whose word it was) and by the sides' commits (what a report is by now).
//
//   answered_or_known      every report is answered by a person, or its client is told that nobody has
//   steps_are_carried_out  ... every step of its class left on each of its ways, when it was due and no later
//   steps_are_proved       ... and the proof names each of them with the hash of what left, and is signed
//   no_step_after_answer   nothing of a step leaves after a person's word that had arrived
//   answer_is_heard        such a word is taken for what it is, and for the report that it answers
//   no_machine_for_a_person  receipts, absences and bounces are never taken for it
//   resent_in_ten_minutes  two hejnals: an SMS whose email is lost is followed by another within ten minutes
//   one_case_for_a_report  at a hejnal desk all of a report is one case, and nothing else is in it
//   no_sms_twice           an SMS leaves once, unless its gateway recognises it
//   reports_are_kept       what was filed and what came back is there after every crash
//   they_never_loop        no report makes more emails than its steps and its answers can
//   comes_to_rest          when the faults stop, everything ends
//
// A broken law is told once, by name, with the story of its report; the simulation then ends.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/digest.hpp"
#include "sim/two_sided/roads.hpp"
#include "sim/two_sided/side.hpp"

namespace hejnal::sim::two_sided {

// What is known of a report beside what its side knows of it.
struct Matter {
  int id = 0;
  Side* side = nullptr;  // null: a person carries the procedure out by hand
  core::ReportId report = 0;
  core::SentReport r;  // as it was committed last
  std::string class_name, provider;
  Side* desk = nullptr;  // of a provider with a hejnal
  bool receipt_stops = false;
  Instant opened;
  bool filed = false;  // the client was told so
  struct Attempt {
    int n = 0, step = 0, life = 0;
    core::SendingKind kind = core::SendingKind::report;
    core::Channel channel = core::Channel::email;
    core::News news = core::News::none;
    Gate::Went went = Gate::Went::taken;
    Instant at, at_side;  // the world's time, and the side's
    std::string sum;
  };
  std::vector<Attempt> attempts;
  // On the desk: anything of it; an email of it. The world's time.
  std::optional<Instant> known, mailed;
  std::optional<Instant> reached;  // a person's word that can be recognised was taken by the client
  bool person = false;             // ... or one that cannot, or that somebody has read it
  std::set<core::CaseNumber> cases;
  bool told = false;  // the client has got our news that nobody has answered, or that nothing gets through
  bool ended_by_client = false;
  int from_desk = 0;  // emails
  bool proved = false;
};

class ReportLaws {
 public:
  explicit ReportLaws(Scene& scene) : scene_(scene) {}

  Matter& begin(Side* side, core::ReportId report, const std::string& class_name,
                const std::string& provider);
  Matter& at(int id) { return matters_[static_cast<std::size_t>(id) - 1]; }
  Matter* find(const Side& side, core::ReportId report);
  const std::deque<Matter>& matters() const { return matters_; }
  // The report whose case it is; 0: none, or several.
  int matter_of(const Side& desk, core::CaseNumber number) const;
  std::optional<Instant> acted(const Side& desk, core::CaseNumber number) const;

  // -- what happens
  void reported(Side& side, const core::SentReport& r);
  void attempted(Side& side, const ports::Outgoing& outgoing, Gate::Went went);
  void from_desk(const Side& desk, const ports::Outgoing& outgoing);
  void turned(const Side& desk, const WrittenTurn& turn);
  // Whose message the desk is being asked to take: it may be taken although nobody hears that it was.
  const Truth* arriving = nullptr;
  void at_desk(const Side* desk, const Truth& truth, core::Channel channel, core::CaseNumber number);
  // By SMS, and nothing says of which report to that provider.
  void somebody_spoke(const Side& side, const std::string& provider);
  // A client has taken a message in, and its reporter says which report it belongs to (0: to none).
  void at_client(Side& side, const Truth& truth, core::ReportId found);
  void at_rest(Side& side);

  void prove(Side& side, Matter& m);
  void must_be_over(Side& side);

  void broken(const std::string& law, int matter, const std::string& what);
  struct Violation {
    std::string law, what;
    int matter = 0;
  };
  const std::vector<Violation>& violations() const { return violations_; }
  std::vector<std::string> story(int matter);
  Digest& digest() { return digest_; }
  // A mistake on purpose: of the next proof one letter is changed after it was signed.
  bool forge = false;
  std::int64_t proofs = 0, watched_sms = 0;

 private:
  void check_steps(Side& side, Matter& m);
  void check_sms(Side& desk_seen_by, int matter, int attempts, Instant began);

  Scene& scene_;
  std::deque<Matter> matters_;  // references stay good
  std::map<std::pair<int, core::ReportId>, int> by_report_;
  std::map<int, std::set<int>> open_;  // of each side: reports that still wait
  struct CaseOf {
    std::set<int> matters;
    std::optional<Instant> acted;  // by a person of the desk
    bool closed = false;
  };
  std::map<std::pair<int, core::CaseNumber>, CaseOf> cases_;
  std::vector<Violation> violations_;
  Digest digest_;
};

}  // namespace hejnal::sim::two_sided
