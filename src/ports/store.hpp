// Where everything that has happened is kept. Two seams: `Store` is written by one thread (the ledger),
// `Archive` is read by any, each thread with one of its own, and never waits for the writer.
//
// Failures: Fault::retry_later (disk full, locked: nothing was stored, the same call may work later) and
// Fault::corrupt (damaged: stop). After a failure inside a transaction the caller rolls back.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "core/case.hpp"
#include "core/mail_health.hpp"
#include "core/notice.hpp"
#include "core/sms_command.hpp"
#include "ports/accounts.hpp"
#include "ports/incoming.hpp"
#include "ports/records.hpp"
#include "ports/reports.hpp"

namespace hejnal::ports {

enum class MessageState { joined, opened, set_aside };  // of an incoming message

struct Message {
  core::MessageId id = 0;
  core::CaseNumber number = 0;  // 0: set aside
  bool outgoing = false;
  core::Channel channel = core::Channel::email;
  std::string from, to, subject, text;
  Instant at;
  bool automatic = false;
  bool internal = false;  // the desk's own business: no client ever sees it
  std::string state;      // in: MessageState; out: core::NoticeState, by their names
  std::string join_reason;
  std::string message_id, content_key, base_subject;
  int notice = 0;  // of an outgoing one
  std::vector<IncomingAttachment> attachments;
  std::optional<bool> html = std::nullopt;         // an email has an HTML version; empty: it was not noted
  int again = 0;                                   // how often it has come once more
  std::optional<Instant> again_at = std::nullopt;  // the last time
};

struct OutboxItem {
  std::int64_t id = 0;
  core::MessageId message = 0;  // its row among the messages: subject, text, Message-ID
  core::Notice notice;
  core::NoticeState state = core::NoticeState::queued;
  int attempts = 0;
  Instant created_at, next_try_at;
  std::string last_error;
};

// What matching needs to know of a case without replaying it.
struct CaseSummary {
  core::CaseNumber number = 0;
  core::State state = core::State::fresh;
  std::string subject, short_code;
  core::Party client;
  bool email_missing = false;
  core::CaseNumber merged_into = 0;
  Instant opened_at, sent_at;
};

struct ClientWords {
  std::string base_subject, text;  // of its first messages from the client; of calls nothing
};

// A number that was seen beside an address.
struct NumberRow {
  std::int64_t id = 0;
  std::string phone, email;
  std::string source;           // signature, sms, agent
  core::MessageId message = 0;  // where it was seen first; 0: unknown
  Instant at;
  core::Standing standing = core::Standing::learnt;
  std::string decided_by;
};

// An address that a number may belong to.
struct AddressOfNumber {
  std::string email;
  core::Standing standing = core::Standing::learnt;
};

// What a case's client has written lately by email.
struct LatestEmails {
  std::optional<Instant> at;  // of the last one; empty: there is none
  std::string text;
};

// What a number has said about SMS to it.
struct SmsContact {
  std::string phone;
  std::optional<Instant> stopped_at;               // since when none may go there
  std::optional<Instant> confirmed_at, helped_at;  // when STOP or START, and HELP, was last answered
  std::string changed_by, note;                    // who has lifted it, and why

  bool operator==(const SmsContact&) const = default;
};

// Which gateway an SMS was given to, and when its report is to be asked for.
struct SmsHanded {
  std::int64_t item = 0;  // of the outbox
  std::string gateway, gateway_id;
  int asked = 0;
  std::optional<Instant> ask_at;

  bool operator==(const SmsHanded&) const = default;
};

// An automatic message to somebody outside, for the budgets.
struct AutomaticWord {
  core::Channel channel = core::Channel::email;
  std::string to;
  core::CaseNumber number = 0;
  Instant at;

  bool operator==(const AutomaticWord&) const = default;
};

struct TokenRow {
  std::string name, role;
  Instant created_at;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Status begin() = 0;
  virtual Status commit() = 0;  // durable when it returns success
  virtual void rollback() = 0;
  virtual Status savepoint() = 0;  // one level
  virtual Status release() = 0;
  virtual void rollback_to_savepoint() = 0;

  // -- cases
  // ----------------------------------------------------------------------------------------------------
  virtual Result<core::CaseNumber> last_case_number() = 0;
  virtual Result<std::vector<core::Entry>> journal(core::CaseNumber number) = 0;  // empty: no such case
  // Appends the entries of one decision and stores what the case is after them. Its client becomes a person,
  // where the address is of none yet.
  virtual Status write_turn(const core::Case& after, Instant at, const std::vector<core::Entry>& entries) = 0;
  virtual Result<std::vector<core::CaseNumber>> due_cases(Instant now,
                                                          int limit) = 0;  // by alarm, then number
  virtual Result<std::optional<Instant>> next_alarm() = 0;
  virtual Status postpone_alarm(core::CaseNumber number, Instant to) = 0;  // of a case that is damaged
  virtual Result<bool> failure_open() = 0;
  virtual Status set_failure(core::CaseNumber number, bool open) = 0;
  // An SMS has announced an email (core/mail_health.hpp); empty: it is not counted here any more.
  virtual Status note_announcement(core::CaseNumber number,
                                   const std::optional<core::Announcement>& announcement) = 0;
  virtual Result<std::optional<core::Announcement>> announcement(core::CaseNumber number) = 0;

  virtual Result<std::optional<CaseSummary>> summary(core::CaseNumber number) = 0;
  virtual Result<std::vector<CaseSummary>> open_cases_of_email(std::string_view address, int limit) = 0;
  // Of this client, and merged into another one since; newest first.
  virtual Result<std::vector<CaseSummary>> merged_cases_of_email(std::string_view address, int limit) = 0;
  virtual Result<std::vector<CaseSummary>> open_cases_of_phone(std::string_view phone,
                                                               int limit) = 0;  // also by the person
  // Of a short code from before they came from the number (core/case_names.hpp); 0: none.
  virtual Result<core::CaseNumber> case_by_early_code(std::string_view short_code) = 0;
  virtual Result<core::CaseNumber> case_by_message_id(std::string_view message_id) = 0;
  virtual Result<std::vector<std::string>> participants(core::CaseNumber number) = 0;
  virtual Status add_participants(core::CaseNumber number, const std::vector<std::string>& addresses) = 0;
  virtual Result<ClientWords> client_words(core::CaseNumber number) = 0;
  virtual Result<std::vector<CaseSummary>> cases_without_email(int limit) = 0;  // open, newest first
  // The last three, each shortened.
  virtual Result<LatestEmails> latest_emails(core::CaseNumber number) = 0;
  // Whose client writes from a domain: open ones among the latest hundred, newest first. A case is found here
  // when its messages have been indexed (index_some).
  virtual Result<std::vector<CaseSummary>> open_cases_of_domain(std::string_view domain, int limit) = 0;

  // -- outages and callbacks
  // -------------------------------------------------------------------------------------------------
  virtual Records<core::Outage>& outages() = 0;
  virtual Records<core::Callback>& callbacks() = 0;
  virtual Reports& reports() = 0;  // that we have sent to providers

  // -- messages
  // -------------------------------------------------------------------------------------------------
  // An earlier delivery of the same message: one that has become part of a case comes before one that was
  // only set aside.
  struct Earlier {
    core::MessageId message = 0;
    bool set_aside = false;
  };
  virtual Result<std::optional<Earlier>> seen(std::string_view message_id, std::string_view content_key) = 0;
  virtual Status came_again(core::MessageId id, Instant now) = 0;  // the very same one; nothing else happens
  virtual Result<core::MessageId> add_message(const Message& message, const std::vector<RawPiece>& raw) = 0;
  virtual Status set_raw(core::MessageId id, const std::vector<RawPiece>& raw) = 0;  // of an outgoing one
  virtual Status set_message_state(core::MessageId id, std::string_view state) = 0;
  virtual Status move_message(core::MessageId id, core::CaseNumber to) = 0;  // of a split
  virtual Status merge_participants(core::CaseNumber from, core::CaseNumber to) = 0;
  virtual Result<std::optional<Message>> message(core::MessageId id) = 0;
  virtual Result<std::string> message_id_of_email(core::MessageId id) = 0;  // empty: none
  virtual Status set_message_text(core::MessageId id, std::string_view text) = 0;
  // How many messages of a case came from outside, of this number alone.
  virtual Result<std::int64_t> messages_from_clients(core::CaseNumber number) = 0;
  virtual Status set_looked_at(core::MessageId id, Instant now) = 0;  // a set-aside one
  virtual Result<std::vector<Message>> not_looked_at(int limit) = 0;  // set-aside ones, newest first
  virtual Result<std::vector<core::MessageId>> ids_not_looked_at(int limit) = 0;  // of the same ones
  virtual Result<core::CaseNumber> last_case_told(
      std::string_view phone) = 0;  // the latest SMS to it; 0: none
  virtual Result<int> index_some(
      int limit) = 0;  // full-text search follows behind the commit; how many were done

  // -- people
  // ---------------------------------------------------------------------------------------------------
  // Whatever of a party is told together is surely of one person. What anybody may have claimed, as a number
  // in a signature is, goes to note_number instead.
  virtual Status learn_person(const core::Party& party) = 0;
  virtual Result<core::Party> person_by_phone(std::string_view phone) = 0;  // empty fields: unknown
  // The numbers that are surely of who has this address, or else this number.
  virtual Result<std::vector<std::string>> own_phones_of(const core::Party& party) = 0;
  // These, and those that were only seen beside the address: weak evidence.
  virtual Result<std::vector<std::string>> phones_of_email(std::string_view address) = 0;
  virtual Status merge_people(std::int64_t from, std::int64_t into) = 0;
  virtual Status name_organisation(std::int64_t person, std::string_view organisation) = 0;

  virtual Result<std::vector<std::string>> addresses_of_organisation(std::string_view name, int limit) = 0;

  // -- numbers
  // --------------------------------------------------------------------------------------------------
  // Keeps what was seen, unless the pair is known already, whatever its standing.
  virtual Status note_number(const NumberRow& row) = 0;
  virtual Result<std::optional<NumberRow>> number(std::int64_t id) = 0;
  // Everything that speaks for or against an address, also of people; the same one may come twice.
  virtual Result<std::vector<AddressOfNumber>> addresses_of_phone(std::string_view phone) = 0;
  // What an agent has decided. A confirmed number is from now on that of the person with this address, a
  // refused one is not.
  virtual Status judge_number(const NumberRow& row) = 0;
  // SMS of this number belong neither by themselves in this case nor among its suggestions; 0: in no case.
  virtual Status refuse_case(std::string_view phone, core::CaseNumber number, std::string_view by,
                             Instant now) = 0;
  virtual Status forget_refusal(std::string_view phone, core::CaseNumber number) = 0;
  virtual Result<std::vector<core::CaseNumber>> refused_cases(std::string_view phone) = 0;

  // -- outbox
  // ---------------------------------------------------------------------------------------------------
  // `state`: queued, or handing_over when it leaves right after the commit.
  virtual Status queue(const core::Notice& notice, core::MessageId message, core::NoticeState state,
                       Instant now) = 0;
  virtual Result<std::vector<OutboxItem>> due_notices(Instant now, int limit) = 0;
  virtual Result<std::optional<Instant>> next_try() = 0;
  virtual Result<std::vector<OutboxItem>> notices_in(core::NoticeState state) = 0;
  virtual Status set_notice(std::int64_t id, core::NoticeState state, int attempts, Instant next_try_at,
                            std::string_view error) = 0;
  virtual Result<std::optional<OutboxItem>> notice(std::int64_t id) = 0;
  virtual Result<std::optional<OutboxItem>> notice_by_message_id(std::string_view message_id) = 0;

  // -- SMS
  // ------------------------------------------------------------------------------------------------------
  virtual Result<std::optional<SmsContact>> sms_contact(std::string_view phone) = 0;
  virtual Status set_sms_contact(const SmsContact& contact) = 0;
  // The codes that were printed for a person on call, by slot.
  virtual Result<std::vector<core::AlertCode>> alert_codes(std::string_view phone) = 0;
  virtual Status set_alert_code(std::string_view phone, const core::AlertCode& code) = 0;
  virtual Result<std::optional<SmsHanded>> sms_handed(std::int64_t item) = 0;
  virtual Status set_sms_handed(const SmsHanded& handed) = 0;
  virtual Result<std::vector<SmsHanded>> sms_to_ask(Instant now, int limit) = 0;
  virtual Result<std::optional<Instant>> next_ask() = 0;
  // What was said to people outside since then, oldest first; among the latest messages only.
  virtual Result<std::vector<AutomaticWord>> automatic_since(Instant since) = 0;

  // -- odds and ends
  // --------------------------------------------------------------------------------------------
  virtual Result<std::string> setting(std::string_view key) = 0;                 // empty: not set
  virtual Status set_setting(std::string_view key, std::string_view value) = 0;  // empty: it goes
  virtual Status keep_procedure(std::string_view version, std::string_view text) = 0;
  virtual Result<std::string> procedure_text(std::string_view version) = 0;  // empty: unknown
  virtual Status add_token(std::string_view name, std::string_view role, std::string_view hash,
                           Instant now) = 0;
  virtual Result<std::vector<TokenRow>> tokens() = 0;                     // by name
  virtual Result<std::int64_t> remove_tokens(std::string_view name) = 0;  // how many there were
  virtual Accounts& accounts() = 0;  // in the same transaction as everything else
  // Puts the store's own things in order, outside of a transaction; takes milliseconds.
  virtual void tidy() = 0;
};

// Who spoke last in a case: a client or the desk's people, no program.
struct LastWord {
  Instant at;
  bool outgoing = false;
  core::Channel channel = core::Channel::email;
  std::string from;  // of the client: an address or a number
  std::string text;  // one line, its first 120 characters
};

struct CaseRow {
  CaseSummary summary;
  std::string class_name, class_reason;
  std::vector<core::CaseNumber> candidates;
  int step = 1;
  std::optional<Instant> read_at, answered_at, settled_at;
  std::optional<core::Next> next;
  std::string token;
  std::optional<LastWord> last_word;  // empty: nobody has, or before this was kept
  bool mail_lost = false;             // our last email to the client did not arrive, as far as is known
  bool sms_stopped = false;           // the client's number has sent STOP
};

struct CaseQuery {
  std::vector<core::State> states;  // empty: all
  std::string class_name, text;
  enum class Only { all, unmatched, email_missing } only = Only::all;  // of the open ones
  bool newest = false;                                                 // else by what is due next
  int limit = 50;
  std::string cursor;
};

struct CasePage {
  std::vector<CaseRow> items;
  std::string next_cursor;  // empty: the last page
  std::int64_t total = 0;
  bool total_is_exact = true;  // false: at least `total`
};

struct PersonRow {
  std::int64_t id = 0;
  std::string name, organisation;
  std::vector<std::string> emails, phones;
  std::vector<SmsContact> sms = {};  // of those numbers that have sent STOP, also when it was lifted
};

// When a procedure came into force.
struct ProcedureVersion {
  std::string version;
  Instant since;
  std::string by;  // empty: by the file, at a start
};

struct OrganisationRow {
  std::string name;
  std::int64_t people = 0;
};

class Archive {
 public:
  virtual ~Archive() = default;
  virtual Result<CasePage> cases(const CaseQuery& query) = 0;  // malformed: bad cursor
  virtual Result<std::optional<CaseRow>> find(core::CaseNumber number) = 0;
  virtual Result<core::CaseNumber> by_token(std::string_view token) = 0;
  virtual Result<std::vector<core::Entry>> journal(core::CaseNumber number) = 0;
  virtual Result<std::vector<Message>> messages(
      core::CaseNumber number) = 0;  // oldest first, with those of merged cases
  virtual Result<std::optional<Message>> message(core::MessageId id) = 0;
  virtual Result<std::string> raw(core::MessageId id) = 0;               // not_found, corrupt
  virtual Result<bool> has_message_id(std::string_view message_id) = 0;  // of one that came in
  // Lists whose newest comes first; only ids below `before`.
  static constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  virtual Result<std::vector<Message>> set_aside(int limit, std::int64_t before = kNewest) = 0;
  virtual Result<std::vector<Message>> calls_of_no_case(int limit, std::int64_t before = kNewest) = 0;
  virtual Result<std::vector<OutboxItem>> notices(std::optional<core::NoticeState> state, int limit,
                                                  std::int64_t before = kNewest) = 0;
  virtual Result<std::vector<PersonRow>> people(std::string_view text, int limit,
                                                std::int64_t before = kNewest) = 0;
  virtual Result<std::vector<NumberRow>> numbers(std::optional<core::Standing> standing, int limit,
                                                 std::int64_t before = kNewest) = 0;
  virtual Result<std::optional<PersonRow>> person(std::int64_t id) = 0;
  virtual Result<std::vector<NumberRow>> numbers_of(const PersonRow& person, int limit) = 0;
  virtual Result<std::vector<core::CaseNumber>> open_cases_of(std::int64_t person, int limit) = 0;
  // By name, those behind `after`.
  virtual Result<std::vector<OrganisationRow>> organisations(std::string_view text, int limit,
                                                             std::string_view after) = 0;
  virtual Result<std::vector<PersonRow>> people_of(std::string_view organisation, int limit) = 0;
  // What went in and out of a channel lately: looked for among the latest messages only.
  struct Traffic {
    core::Channel channel = core::Channel::email;
    std::optional<Instant> last_in, last_out;  // out: taken by a relay or gateway
    std::int64_t queued = 0;
    std::optional<Instant> oldest_queued;
    std::int64_t failed_lately = 0;  // in the last 24 h: failed, bounced, or nobody knows
    std::string last_error;          // of these
  };
  virtual Result<std::vector<Traffic>> traffic(Instant now) = 0;
  virtual Result<std::string> procedure_text(std::string_view version) = 0;  // empty: unknown
  virtual Result<std::vector<ProcedureVersion>> procedure_versions() = 0;    // the latest first
  // For reports: the first case that was opened then or later, and the figures of those from a number on that
  // were opened before `to`, by number.
  virtual Result<core::CaseNumber> first_case_since(Instant from) = 0;
  virtual Result<std::vector<core::Figures>> figures(core::CaseNumber from, Instant to, int limit) = 0;
  virtual Result<std::string> token_role(std::string_view hash) = 0;  // "role:name", empty when unknown
  struct Counts {
    std::int64_t open = 0, queued = 0, failed = 0, set_aside = 0, overdue = 0;
    std::int64_t adrift = 0;       // open cases with nothing due next: there must be none
    std::optional<Instant> alarm;  // the earliest
    std::optional<Instant>
        oldest_deferred;  // of the notices that could not be handed over yet: when it was made
  };
  virtual Result<Counts> counts(Instant now) = 0;
  // For the chips of a list. No number but `items` is counted beyond kCounted + 1.
  static constexpr std::int64_t kCounted = 10'000;
  struct CaseCounts {
    struct Item {
      core::State state = core::State::fresh;
      std::string class_name;
      std::int64_t cases = 0;
    };
    std::vector<Item> items;  // exact
    std::int64_t unmatched = 0, email_missing = 0, overdue = 0, set_aside = 0, failed_notices = 0;
  };
  virtual Result<CaseCounts> case_counts(Instant now) = 0;
  // Emails announced in [from, to), oldest first, after the one of `after` (its time and its case).
  virtual Result<std::vector<core::Announcement>> announcements(Instant from, Instant to,
                                                                const core::Announcement* after,
                                                                int limit) = 0;
  virtual Result<bool> failure_open() = 0;  // of cases alone: an open outage is one, too
  virtual RecordReader<core::Outage>& outages() = 0;
  virtual RecordReader<core::Callback>& callbacks() = 0;
  virtual ReportsReader& reports() = 0;
  virtual AccountsReader& accounts() = 0;
  virtual Result<std::string> setting(std::string_view key) = 0;  // empty: not set
  virtual std::int64_t version() = 0;                             // changes when something was committed
};

}  // namespace hejnal::ports
