// The reporter: files reports with providers and carries out their contact procedures. The rules are the
// core's (core/sent_report.hpp); this is the loop around them, as the desk is around cases.
//
// Every function runs inside a transaction that the caller has opened and commits afterwards; what is to
// leave is given back and handed over after that commit, not before. It remembers nothing between two calls,
// so that after a rollback there is nothing to forget. Thread: whichever one calls it, but only one (the
// ledger).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/sent_report.hpp"
#include "ports/clock.hpp"
#include "ports/dispatcher.hpp"
#include "ports/incoming.hpp"
#include "ports/report_mail.hpp"
#include "ports/sms.hpp"
#include "ports/store.hpp"

namespace hejnal::reporter {

struct Provider {
  std::string name, title, email, sms_number, language, tell;
  core::Party from;                                            // of us: to it the provider answers
  std::vector<std::pair<std::string, std::string>> addresses;  // of single classes
  std::vector<std::string> answers_from;                       // other addresses and domains of its people
  std::vector<std::string> gateways = {};                      // of SMS to it; empty: all
  bool receipt_stops = false;
  Duration callback_after{24h};
  int storm = 10;  // so many new reports of a class within an hour; more are held. 0: any number
  core::Procedure procedure;
  std::string procedure_text;
};

struct Settings {
  std::vector<Provider> providers;
  bool sms_available = false;
  std::string zone = "UTC";
  std::vector<std::string> repeats_by = {};  // gateways that recognise an SMS which is given to them again
  std::string tell;  // who hears of reports whose provider is not among the settings any more
};

inline constexpr const char* kOfNoReport = "a provider's program has sent it, and no report of ours is known";

struct Parts {
  ports::Store& store;
  ports::Random& random;
  const ports::ReportComposer& composer;
  std::function<Result<core::Procedure>(const std::string& text)> read_procedure;
  std::function<void(core::ReportId)> changed = {};  // in the transaction; empty: nobody wants to know
};

struct NewReport {
  std::string provider;  // by its name; empty: the first one
  std::string class_name, subject, text;
  std::vector<ports::ReportFile> files = {};
  std::string by = "client", why = {};
  std::string key = {},
              alert = {};  // of the alert that it comes from: its own key, and what it says in short
};

struct Leaving {
  core::ReportId report = 0;
  int n = 0;
  std::string sum;  // of the bytes
  ports::Outgoing outgoing;
};

class Reporter {
 public:
  Reporter(Parts parts, Settings settings) : parts_(parts), settings_(std::move(settings)) {}

  const Settings& settings() const { return settings_; }

  // Fails with malformed (no such provider or class, nothing said).
  Result<core::SentReport> file(const NewReport& report, Instant now);
  Result<core::SentReport> act(core::ReportId id, const core::sent::Signal& signal, Instant now);
  // The alert that report `r` came from fires, once more or still. A class graver than the report's begins
  // that one's procedure, with what the alert says now.
  Result<core::SentReport> fires(const core::SentReport& r, core::sent::Fires alert,
                                 const std::string& whole_text, Instant now);
  // Is the mail an answer to a report, or a bounce of one? Then it is kept there, and the report's id
  // returned; 0: it is something else.
  Result<core::ReportId> take(const ports::IncomingMail& mail, Instant now);
  // The same of an SMS from the provider's number. What a desk's program says, and nobody knows of which
  // report, is kept with each that it may mean; the newest one's id is returned.
  Result<core::ReportId> take(const ports::IncomingSms& sms, Instant now);
  // What a provider's hejnal says by itself is never a new case of ours.
  bool is_notice_of_provider(const ports::IncomingSms& sms) const;
  // The latest report of an alert, if it is still open or was withdrawn and stays so; one that does not exist
  // if not.
  Result<core::SentReport> of_key(const std::string& key, Instant now);
  // Is the alert graver than the report is?
  Result<bool> is_graver(const core::SentReport& r, const std::string& class_name) const;

  Status take_up(Instant now);  // once, first: what an earlier run was about to hand over
  // Rings what is due; what it lets out is to be handed over after the commit.
  Result<std::vector<Leaving>> ring(Instant now, int limit);
  Result<std::optional<Instant>> next_alarm() { return parts_.store.reports().records().next_alarm(); }
  Status sent(core::ReportId id, int n, const std::string& sum, const ports::SendResult& result, Instant now);
  // A gateway is about to get the SMS of this key ("report.12.1.secret"): fails when it must not.
  Status given_to(const std::string& key, const std::string& gateway, Instant now);
  // What a gateway has said that was asked (Leaving::outgoing.ask).
  Status heard_when_asked(core::ReportId id, int n, const ports::SendResult& result, Instant now);
  // A gateway's report of an SMS whose key is ours ("report.12.1.secret"); false: it is not.
  Result<bool> heard_of_sms(const ports::SmsReport& report, Instant now);

 private:
  const Provider* find(const std::string& name) const;
  Result<core::Procedure> procedure_of(const core::SentReport& r) const;
  // Empty: it is damaged, and must not keep the others from what is theirs.
  Result<std::optional<core::SentReport>> readable(core::ReportId id);
  Result<core::SentReport> turn(core::SentReport r, const core::sent::Signal& signal, Instant now,
                                core::sent::Decision* decided = nullptr);
  Status write_down(const core::SentReport& r, int n, const core::Procedure& procedure, Instant now);
  Result<Leaving> leaving(const core::SentReport& r, int n);
  Result<bool> is_a_peer(const std::string& provider);
  struct Room {
    Instant from;        // when there is room for one more; 0: now
    bool first = false;  // the first that has to wait
  };
  Result<Room> room_in_a_storm(const Provider& provider, const std::string& class_name, bool of_alert,
                               core::ReportId itself, Instant now);
  struct Found {
    core::SentReport report;
    std::string how;
    bool by_id = false;  // by a Message-ID of ours, which nobody can guess
  };
  Result<Found> find(const ports::IncomingMail& mail);
  Result<core::ReportId> keep_sms(const core::SentReport& r, const ports::IncomingSms& sms,
                                  const std::string& how, bool unclear, Instant now);
  Result<std::optional<Found>> by_reference(const std::string& message_id);
  Result<std::optional<core::SentReport>> by_name(const ports::IncomingSms& sms);
  bool is_of(const core::SentReport& r, const std::string& address) const;
  std::string random_letters(std::string_view alphabet, std::size_t length);

  Parts parts_;
  Settings settings_;
};

}  // namespace hejnal::reporter
