// The desk: turns what came in into decisions, and decisions into rows. Sequential code without a lock.
//
// Every function that changes something runs inside a transaction that the caller has opened (Store::begin)
// and commits afterwards; nothing may be told to anybody before that commit. When a call fails the caller
// rolls back to where it was and calls forget(), because what the desk remembers of cases may then be wrong.
// Thread: whichever one calls it, but only one (the ledger).
#pragma once

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/callback.hpp"
#include "core/case_names.hpp"
#include "core/decide.hpp"
#include "core/heartbeat.hpp"
#include "core/matching.hpp"
#include "core/missing_email.hpp"
#include "core/outage.hpp"
#include "desk/budget.hpp"
#include "desk/events.hpp"
#include "ports/clock.hpp"
#include "ports/dispatcher.hpp"
#include "ports/letters.hpp"
#include "ports/store.hpp"

namespace hejnal::desk {

// Settings of the desk in the store.
inline constexpr const char* kReviewAt = "review_at";
inline constexpr const char* kProcedureLog = "procedure_log";  // a line for each: since ms, version, by whom
inline constexpr const char* kMessageKey = "message_key";  // secret: makes Message-IDs that nobody can guess

// A heartbeat as it is kept among the settings of the store. Whatever was kept under a clock that ran ahead
// counts as now: else it would never be missed.
std::string heartbeat_key(const std::string& name);
core::Heartbeat read_heartbeat(std::string_view kept, Instant now);

// Who has to call regularly (heartbeats.cpp).
struct HeartbeatSettings {
  std::string name;
  core::HeartbeatRule rule;
};

struct Settings {
  std::string address;                   // the desk's own, e.g. pomoc@wsparcie.example
  std::vector<std::string> own_domains;  // its domain and others that are ours
  std::vector<core::OnCall> on_call;
  bool sms_available = false;
  // The gateways that recognise what they were given before: safe to give it to them again after a crash.
  // None at all: the way out for SMS does not note which gateway it gives them to.
  std::optional<std::vector<std::string>> sms_repeats_by;
  // A telephone number as people write it, to E.164; empty when it is none.
  std::function<std::string(const std::string&)> normal_number;
  BudgetLimits budget;
  // The telephone.
  bool takes_calls = false;  // they ring through while no failure is open
  Duration told_within{0};  // of those: until when what came of one is told; 0: nobody tells, nothing is owed
  std::vector<std::string> first_called_back{};   // organisations, or the domains of addresses
  int wakes_minute = 0, sleeps_minute = 24 * 60;  // of the day in `zone`
  std::string zone = "UTC";
  std::vector<HeartbeatSettings> heartbeats{};
};

struct Parts {
  ports::Store& store;
  ports::Clock& clock;
  ports::Random& random;
  const ports::Wording& wording;
  // Reads a procedure that a case was opened under (its text comes from the store).
  std::function<Result<core::Procedure>(const std::string& text)> read_procedure;
};

// Where a message went.
struct Filed {
  core::CaseNumber number = 0;  // 0: set aside, or seen before
  core::MessageId message = 0;
  bool duplicate = false;
};

// A form as a browser has sent it: which one it was, what hung on it, and its bytes.
struct WebForm {
  std::string id;  // given out once: the same one twice is one press; empty: none
  std::vector<ports::IncomingAttachment> attachments = {};
  std::vector<ports::RawPiece> raw = {};
};

struct NewReport {
  std::string class_name, subject, text;
  core::Party client;
  core::Channel channel = core::Channel::api;
  std::string by;                // who says so, for the reason
  core::CaseNumber follows = 0;  // a closed case that it goes on with
  WebForm form = {};
};

struct TypedText {
  std::string subject, text;
  std::string email;  // where an answer may go; empty: where we know
  WebForm form = {};
};

class Desk {
 public:
  Desk(Parts parts, Settings settings, core::Procedure procedure, std::string procedure_text);

  // To be called once, first, outside of a transaction: takes up what an earlier run left.
  Status start();

  // Looks at the clock; to be called when a transaction begins. Time never runs backwards: it is the later of
  // the clock and what was committed before, also by an earlier run.
  Instant tick();
  // What tick() said last: one instant for everything in a transaction.
  Instant now() const { return last_now_; }
  Status before_commit();  // notes the time, so that a later run does not begin before it

  // -- in
  // ---------------------------------------------------------------------------------------------------------
  Result<Filed> receive(const ports::IncomingMail& mail);
  Result<Filed> receive(const ports::IncomingSms& sms);
  // One that is no case, and that nobody knows where to put: somebody owes it one look a day.
  Result<Filed> set_aside(const ports::IncomingSms& sms, const std::string& why);
  // A telephone call. What it is owed for is a callback; it is noted in the caller's latest open case.
  struct PhoneCall {
    std::string from;
    core::CallResult result = core::CallResult::rejected;
    std::optional<Instant> at{};   // empty: now
    std::string by = "client";     // who says so
    std::string id = {};           // of the exchange: the same call twice is one
    std::string to = {};           // which number was called, as it was told
    bool hung_up = false;          // of a missed one: the caller did not wait for the answer
    std::string answered_by = {};  // which person of ours, if that is known
    // Of an empty `from`: what stands there instead of a number; empty: the caller withholds it.
    std::string given = {};
    bool decided = false;  // by us, as it comes in; else somebody tells what became of it
  };
  struct Phoned {
    core::CallDecision decision;  // what a call of now gets
    Filed filed;                  // number 0: it is noted in no case
    core::CallbackId callback = 0;
  };
  Result<Phoned> call(const PhoneCall& call);
  struct AskedCall {
    std::string from;  // empty: withheld
    std::string id = {}, to = {};
    // Nobody will tell what becomes of it: then it is kept also when it is put through, in the caller's
    // latest open case or as a message of none.
    bool last_word = false;
    std::string given = {};  // as of PhoneCall
  };
  Result<Phoned> answer_call(const AskedCall& asked);
  // A call wants to come in: what shall be done with it. Rejected ones are kept; `from` empty: withheld.
  Result<Phoned> answer_call(const std::string& from, const std::string& id = {});
  Result<Filed> report(const NewReport& report);
  // What a monitoring system says of an alert (alerts.cpp). Number 0: nothing follows from it.
  struct MonitorAlert {
    std::string monitor, key;  // its name among the settings, and the alert's own key
    bool firing = true;
    std::string subject, text, severity;
    std::string class_name, why;             // that its severity means; empty: the calmest
    std::optional<Duration> settle_after{};  // of one that is over; empty: a person settles it
    Duration back_within{};  // of one that comes back after its case was settled: the same case
  };
  Result<Filed> alert(const MonitorAlert& alert);
  // A call of a heartbeat: it is well, it begins a piece of work, or that has failed. Fail with not_found.
  Status beat(const std::string& name);
  Status began(const std::string& name);
  Status failed(const std::string& name, const std::string& words);
  struct HeartbeatState {
    std::string name;
    core::HeartbeatRule rule;
    core::Heartbeat beat;
    std::string failure = {};  // what it says of it; empty: it is silent
  };
  const std::vector<HeartbeatState>& heartbeats() const { return heartbeats_; }
  // Who is told of silence and of its end; inside the transaction, and called by whatever rings. Set once,
  // before the first ring.
  using TellSilence = std::function<Status(Desk&, const HeartbeatState&, bool silent)>;
  void on_silence(TellSilence tell) { tell_silence_ = std::move(tell); }
  // On the client's page; `link` is the case that its link names. What stands for an email that has not come
  // is taken once, however often it is sent.
  Result<Filed> type_text(core::CaseNumber link, const TypedText& typed);
  // There: no answer yet (the client's second step; conflict: it is not time for it), and: it works again
  // (conflict: it is settled). `words` stand for it in the conversation.
  Result<Filed> remind(core::CaseNumber link, const std::string& words);
  Result<Filed> works_again(core::CaseNumber link, const std::string& words);

  // -- people of the desk
  // -----------------------------------------------------------------------------------------
  Result<core::Case> look(core::CaseNumber number) { return load(number); }  // as it is; changes nothing
  Result<core::Case> act(core::CaseNumber number, core::AgentActed act);
  Result<core::Case> merge(core::CaseNumber from, core::CaseNumber into, const std::string& agent);
  Result<core::CaseNumber> split(core::CaseNumber number, core::MessageId message, const std::string& agent);

  // -- outages and callbacks (outages.cpp, callbacks.cpp)
  struct NewOutage {
    std::string agent, title, text;
    std::optional<Instant> expected_end;
    std::vector<core::CaseNumber> cases;  // to attach at once
  };
  Result<core::Outage> declare_outage(const NewOutage& declared);
  Result<core::Outage> act(core::OutageId id, const core::outage::Signal& signal);
  Result<core::Callback> act(core::CallbackId id, const core::callback::Signal& signal);

  // A number that has sent STOP may get SMS again; `note` says why.
  Status allow_sms(const std::string& phone, const std::string& agent, const std::string& note);

  // Corrects what matching has done with SMS, and remembers it for the number (corrections.cpp).
  // The SMS case `from` belongs to `into`; `same_person`: the number is that client's own.
  Result<core::Case> join(core::CaseNumber from, core::CaseNumber into, bool same_person,
                          const std::string& agent);
  // An SMS does not belong to the case that it has joined: it opens one of its own, as if no case had been
  // near. `same_person` false: the number is not this client's either.
  Result<core::CaseNumber> unjoin(core::CaseNumber number, core::MessageId message, bool same_person,
                                  const std::string& agent);
  // The link to the client's page leads nowhere any more; what the new one is, is told to nobody by itself.
  Result<core::Case> revoke_link(core::CaseNumber number, const std::string& reason,
                                 const std::string& agent);
  // It is no case at all: closed, and later SMS of its number are set aside.
  Result<core::Case> not_a_case(core::CaseNumber number, const std::string& agent);
  // A learnt number is the person's own, or is not.
  Result<ports::NumberRow> judge_number(std::int64_t id, core::Standing standing, const std::string& agent);
  Status judge_number(const ports::NumberRow& row);  // also where nobody has learnt it before

  // Two people are one; and so are their callbacks.
  Status merge_people(std::int64_t from, std::int64_t into);

  // Set-aside mail: becomes a case (`into` 0) or part of one, or was looked at and is neither.
  Result<core::CaseNumber> take_up(core::MessageId message, core::CaseNumber into, const std::string& agent);
  Status dismiss(core::MessageId message);

  // Another procedure for the cases that are opened from now on; each other keeps its own. In two steps, so
  // that what is in force is always what is stored: first keep_procedure, and once that is committed
  // adopt_procedure.
  Status keep_procedure(const core::Procedure& procedure, const std::string& text, const std::string& by);
  void adopt_procedure(core::Procedure procedure, std::string text);

  // -- time
  // -------------------------------------------------------------------------------------------------------
  Result<int> ring(int limit);                  // rings what is due; how many cases
  Result<std::optional<Instant>> next_alarm();  // or daily look at what was set aside
  Result<std::optional<Instant>> next_event();  // the next alarm or attempt to send

  // -- out
  // --------------------------------------------------------------------------------------------------------
  // Lets up to `room` notices leave with this transaction: first those that were queued and are due, then
  // those that come up in the work that follows. They are marked as handing_over.
  Status let_out(int room);
  // What was marked; to be given to the dispatcher after the commit, not before.
  std::vector<ports::Outgoing> leaving() { return std::exchange(leaving_, {}); }

  struct Handed {
    std::int64_t item = 0;
    core::CaseNumber number = 0;
    int attempts = 0;  // before
    bool sms = false;
    bool asked = false;  // nothing was sent, only asked after
  };
  Status sent(const Handed& handed, const ports::SendResult& result);
  // An SMS is about to be given to this gateway.
  Status given_to(std::int64_t item, const std::string& gateway);
  // A gateway says what became of an SMS; `key` is the local part of its Message-ID. False: we know of none.
  Result<bool> heard_of_sms(const std::string& key, core::NoticeState state, const std::string& text);

  Result<bool> failure_open();  // no all-clear

  // -- what the caller does around
  // ----------------------------------------------------------------------------------
  // Where the desk stands before a piece of work; undo() goes back there after its savepoint was rolled back.
  struct Mark {
    std::size_t changes = 0, spent = 0, leaving = 0;
  };
  // Something beside the desk has changed in this transaction: whoever watches is told after the commit.
  void note_change(std::string what, std::int64_t of) { changes_.push_back({0, 0, std::move(what), of}); }
  Mark mark() const { return {changes_.size(), spent_.size(), leaving_.size()}; }
  void undo(Mark mark);
  void forget() { undo({}); }      // after the rollback of a whole transaction
  void committed(Events& events);  // after a commit: tells those who watch
  ports::Store& store() { return parts_.store; }
  std::string random_text(std::string_view alphabet, std::size_t length);
  const core::Procedure& procedure() const { return procedure_; }
  const Settings& settings() const { return settings_; }

 private:
  friend class MailFiler;
  friend class SmsFiler;

  Result<core::Case> load(core::CaseNumber number);
  Result<const core::Procedure*> procedure_of(const core::Case& c);
  Result<core::Facts> facts(const core::Case& c);
  Status prepare_opening(core::Facts& facts);
  // What clients' hejnals call their reports: by that and its sender a report is known again, exactly.
  Result<core::CaseNumber> case_of_report(const std::string& sender, const std::string& code);
  Status note_report(const std::string& sender, const std::string& code, core::CaseNumber number);
  struct ReportName {  // of a client's hejnal
    std::string code, sender;
  };
  Result<std::vector<ReportName>> reports_of(core::CaseNumber number);
  Result<std::string> report_code_of(core::CaseNumber number);
  Status forget_reports(const core::Case& c);
  Result<core::CaseNumber> case_of_code(std::string_view short_code);  // upper case; 0: none
  // Decides, applies, stores; the one way in which a case changes.
  Result<core::Case> turn(core::Case c, const core::Signal& signal, core::Facts facts);
  Result<core::Case> turn(const core::Case& c, const core::Signal& signal);  // with facts(c)
  Status add_limits_of_sms(core::Facts& facts, const core::Case& c, const core::Signal& signal);
  Status queue(core::Notice notice);
  Status tell_the_other(core::CaseNumber number, std::string& words);
  Result<ports::Outgoing> outgoing(std::int64_t item, const core::Notice& notice,
                                   const ports::Message& message, int attempts);
  void remember(const core::Case& c);
  void forget_case(core::CaseNumber number);
  Result<core::CaseNumber> living(core::CaseNumber number);  // follows merges
  Result<core::Candidate> candidate(const ports::CaseSummary& summary);
  Status read_set_aside();
  // What of the mail that was set aside may be the email that `waiting` waits for.
  Result<std::vector<core::FoundMail>> found_for(const core::Candidate& waiting);
  Result<std::vector<core::MailOffered>> offers_of(const std::vector<core::FoundMail>& found);
  Status join_set_aside(core::MessageId id, core::CaseNumber into, const std::string& reason);
  // A mail that has just been set aside: is there an SMS that waits for it? The case that it has joined, or
  // 0.
  Result<core::CaseNumber> look_for_waiting(const core::SetAsideMail& mail);
  struct Fit {
    core::CaseNumber number = 0;
    core::FoundMail found;
  };
  Result<std::vector<Fit>> who_waits_for(const core::SetAsideMail& mail);
  Result<bool> somebody_waits_for(const core::SetAsideMail& mail);
  Status plan_review();  // somebody owes set-aside mail one look a day
  Status review_if_due();
  Status take_up_heartbeats();
  Result<HeartbeatState*> heartbeat(const std::string& name);
  Status read_heartbeats();
  Status ring_heartbeats();
  Status keep(const HeartbeatState& one);
  std::string message_id_of(const core::Notice& notice) const;
  Result<Filed> pressed(core::CaseNumber link, core::Reported signal, const std::string& words);
  core::Notice with_words_of_client(const core::Notice& alert);
  Status bundle_alerts();  // alerts that ring together share one SMS
  // Which case it belongs to (match_sms.cpp); `id` as messages know it.
  Result<Filed> file_sms(const ports::IncomingSms& sms, const std::string& id);

  // Whatever an SMS can be beside a report (receive_sms_command.cpp). Nothing: a report.
  Result<std::optional<Filed>> sms_command(const ports::IncomingSms& sms);
  Result<Filed> contact_word_came(const ports::IncomingSms& sms, core::ContactWord word);
  Result<std::optional<Filed>> colleague_texted(const ports::IncomingSms& sms, const core::OnCall& who);
  Result<std::optional<Filed>> act_by_code(const ports::IncomingSms& sms, const core::OnCall& who,
                                           core::CaseNumber number, core::AgentActed act);
  Result<Filed> call_by_sms(const ports::IncomingSms& sms, const core::OnCall& who,
                            const std::string& number);
  Result<Filed> not_followed(const ports::IncomingSms& sms, const core::OnCall& who, core::AlertReason reason,
                             bool needs_a_look);
  Result<std::optional<Filed>> answers_question(const ports::IncomingSms& sms);
  Result<core::MessageId> keep_sms(const ports::IncomingSms& sms, core::CaseNumber number, bool internal,
                                   std::string why);
  Status say_about_sms(core::Notice notice, core::MessageId because);
  Result<std::vector<core::AlertCode>> open_codes(const std::string& phone);
  Result<std::vector<core::AlertCode>> open_among(const std::vector<core::AlertCode>& printed);
  Status add_code(core::Notice& alert);
  Result<bool> too_late_or_stopped(const ports::OutboxItem& item);
  Status ask_for_reports(int room);
  Status heard_when_asked(const Handed& handed, const ports::SendResult& result);
  Status note_gateway(std::int64_t item, const ports::SendResult& result);
  Result<bool> put_fate(const ports::OutboxItem& item, core::NoticeState state, const std::string& text);

  // Outages and callbacks.
  Result<const std::vector<core::Outage>*> open_outages();
  Result<const std::map<core::CallbackId, core::Callback>*> open_callbacks();
  Status failure_changed();  // the all-clear has come or gone: every open callback hears of it
  Result<core::Outage> turn(core::Outage o, const core::outage::Signal& signal);
  Status tell_case(const core::Outage& o, const core::outage::Signal& signal, core::CaseNumber number);
  Result<core::OutageId> open_outage_of(const core::Case& c);  // 0: none
  Result<core::CaseNumber> attached_as(const core::Outage& o, core::CaseNumber number);
  Result<core::Case> leave_ended_outage(core::Case c, const core::Outage& joins, const std::string& agent);
  Result<core::Case> answer_at_end(core::Case c, const core::outage::End& end, const core::OutageTold& told);
  Status ring_outage(const core::Outage& o);
  Result<core::Callback> turn(core::Callback c, const core::callback::Signal& signal,
                              core::callback::Facts facts);
  Result<core::callback::Facts> callback_facts();
  Result<core::Callback> callback_of(const std::string& phone, const core::Party& person);  // open or none
  Result<std::vector<core::Case>> cases_of_caller(const std::string& from);
  Result<std::vector<std::string>> own_addresses_of(const std::string& phone);
  Status note_claimed_number(const std::string& phone, const std::string& email, core::MessageId message);
  Result<Filed> note_call(const PhoneCall& call, const core::Party& person, core::Case c, std::string text);
  Result<Filed> keep_call(const PhoneCall& call, std::string text, std::string why, const char* key = "call");
  Result<Filed> keep_unknown(const PhoneCall& call, std::string text);
  Result<core::CallbackId> callback_that_knows(const PhoneCall& call, const core::Party& person);
  Result<core::MessageId> message_of_answered(const PhoneCall& call);
  Result<std::vector<core::CallbackId>> latest_callbacks(const std::string& phone, const core::Party& person);
  // Whose the callbacks are (callback_people.cpp).
  Result<core::Callback> living_callback(core::CallbackId id);  // follows those that were joined
  Result<std::vector<core::OwnerOfNumber>> owners_of(const std::string& phone);
  Result<core::callback::IsKnown> known_of(const core::Callback& c);
  Status tell_what_is_known(core::Callback c, const core::callback::Facts& facts);
  Status tell_callbacks_of(const core::Case& c);  // its class, its outage or its client has changed
  Result<bool> comes_first(const core::Party& person, const std::vector<core::Case>& cases);
  Status follow_number(const std::string& phone);
  Status follow_people();
  Status join_callbacks(core::Callback c, const core::callback::Facts& facts);
  Result<bool> is_of_person(const core::Callback& c, const core::Party& person);
  Result<std::optional<Instant>> settled_of(const std::string& phone, const core::Party& person);
  Status add_siblings(core::callback::Facts& facts, const core::Callback& c);
  Result<core::CallbackId> owe_callback(const PhoneCall& call, const core::Party& person,
                                        const std::vector<core::Case>& cases,
                                        const core::CallDecision& means);
  Status add_limits_of_caller(core::callback::Facts& facts, const std::string& phone);
  Status tell_of_callbacks();
  Result<int> ring_records(int limit);
  Result<std::optional<Instant>> next_record_alarm();
  // A client's own word that everything works. Which callback it offers to settle; 0: none.
  Result<core::CallbackId> offer_to_settle(core::Channel channel, const std::string& phone,
                                           const std::string& email, const std::string& text);
  Result<core::Callback> callback_of_client(const std::string& phone, const std::string& email);
  Status take_back_offer(core::Channel channel, const std::string& phone, const std::string& email,
                         const std::string& text);
  Result<core::CallbackId> client_says(core::Channel channel, const std::string& phone,
                                       const std::string& email, const std::string& text);
  core::Waking waking() const;
  std::vector<std::string> phones_on_call() const;
  Status add_outage(core::Facts& facts, const core::Case& c, const core::Signal& signal);
  Status add_like_outage(core::Facts& facts, const core::Signal& signal);
  Status tell_first_on_call(core::Notice notice, bool by_sms);

  Parts parts_;
  Settings settings_;
  core::Procedure procedure_;
  std::string procedure_text_;
  std::map<std::string, core::Procedure> older_procedures_;  // by version
  Budget budget_;
  std::string message_key_;
  std::optional<core::ShortCodes> short_codes_;  // once started
  Instant last_now_;
  core::CaseNumber last_number_ = 0;
  std::vector<Change> changes_;  // since the last commit
  struct Spent {
    std::string address;
    core::CaseNumber number = 0;
  };
  std::vector<Spent> spent_;  // of the budget, since the last commit
  int room_ = 0;
  std::vector<ports::Outgoing> leaving_;  // since the last commit
  std::optional<Instant> review_at_;
  std::vector<HeartbeatState> heartbeats_;
  TellSilence tell_silence_;
  std::optional<std::optional<Instant>>
      store_alarm_;  // the earliest of all cases; asked again after a change
  std::optional<std::optional<Instant>> record_alarm_;  // the same of outages and callbacks
  struct RungBySms {
    core::Notice notice;
    core::MessageId message = 0;
  };
  std::vector<RungBySms> rung_;                            // during ring()
  std::optional<std::vector<core::Outage>> open_outages_;  // asked again after a change
  bool damaged_outages_ = false;                           // one is open, and cannot be read
  std::optional<std::map<core::CallbackId, core::Callback>> open_callbacks_;  // kept up to date
  struct ToldCallback {
    core::AlertReason reason;
    core::Callback c;
    bool after_failure = false;
  };
  std::vector<ToldCallback> told_callbacks_;  // whose news on call is still to get
  bool ringing_ = false;

  struct Remembered {
    core::Case c;
    std::list<core::CaseNumber>::iterator place;
  };
  // Set-aside mail, as far as the search for an announced one looks through it.
  std::vector<core::SetAsideMail> set_aside_;
  std::vector<core::MessageId> set_aside_ids_;  // of those, and of what is no mail

  std::unordered_map<core::CaseNumber, Remembered> cases_;  // the latest 2,000, as they are in the store
  std::list<core::CaseNumber> recent_;
};

}  // namespace hejnal::desk
