// What a store in memory has kept: it outlives the process that writes to it, as a disk would. The writer is
// made by open_store (store.hpp); those who look on between two transactions (the simulation's laws) look
// here.
//
// It can be made to fail, as a disk does: the n-th operation from now, once or from then on, with
// retry_later.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/store.hpp"
#include "store/memory/table.hpp"

namespace hejnal::store::memory {

struct CaseRow {
  core::Case c;
  std::optional<Instant> alarm;
  bool failure = false;  // denies the all-clear
};

struct TurnRow {
  Instant at;
  std::vector<core::Entry> entries;
};

struct MessageRow {
  ports::Message m;  // its state is what was written first; of an outgoing one see `fates`
  std::optional<Instant> looked_at;
};

struct FateRow {  // where a notice of the outbox stands
  core::NoticeState state = core::NoticeState::queued;
  int attempts = 0;
  Instant created_at, next_try_at;
  std::string last_error;
};

struct PersonRow {
  std::string name, organisation;
};

struct RefusalRow {
  std::string by;
  Instant at;
};

// Addresses, or numbers, and whose they are.
struct Identifiers {
  ByText<std::int64_t> known;
  Index<std::int64_t, std::string> by_person;
};

template <class Thing>
struct RecordRow {
  Thing thing;
  std::optional<Instant> alarm;
};
template <class Thing>
struct RecordTurn {
  Instant at;
  ports::JournalOf<Thing> entries;
};

// Outages, callbacks, or sent reports.
template <class Thing>
struct RecordTables {
  InOrder<std::int64_t, RecordRow<Thing>> things;
  InOrder<std::pair<std::int64_t, std::int64_t>, RecordTurn<Thing>>
      journal;  // by the number of its first entry
  Index<Instant, std::int64_t> alarms;
  Index<bool, std::int64_t> open;  // the first half is always true
  ByText<std::int64_t> phones;     // the latest of a number, or of an alert's key
};

struct ReportMessageRow {
  ports::ReportMessage message;
  std::string raw;
};

struct Tables {
  InOrder<core::CaseNumber, CaseRow> cases;
  InOrder<std::pair<core::CaseNumber, std::int64_t>, TurnRow> journal;  // by the number of its first entry
  InOrder<core::CaseNumber, core::Announcement> announcements;
  Index<Instant, core::CaseNumber> alarms;
  Index<bool, core::CaseNumber> failures, without_email;  // open ones; the first half is always true
  Index<std::string, core::CaseNumber> open_by_email, merged_by_email, open_by_phone;
  Index<core::CaseNumber, std::string> participants;

  ById<MessageRow> messages;               // 1 to their count: none ever goes
  ById<std::vector<ports::RawPiece>> raw;  // the frames of named pieces lie in `blobs`
  ByText<std::string> blobs;
  // What a case has said, also where it lies with a merged one; what came to it.
  Index<core::CaseNumber, core::MessageId> said, heard;
  ByText<std::vector<core::MessageId>> by_message_id;  // in their order
  Index<std::string, core::MessageId> told;            // by the number that an SMS went to
  Index<bool, core::MessageId> not_looked_at;

  ById<core::Notice> notices;
  ById<FateRow> fates;
  Index<Instant, std::int64_t> queued;
  Index<core::NoticeState, std::int64_t> pending;

  InOrder<std::int64_t, PersonRow> people;
  Identifiers emails, phones;
  InOrder<std::int64_t, ports::NumberRow> numbers;
  Index<std::string, std::int64_t> numbers_by_phone, numbers_by_email;
  InOrder<std::pair<std::string, core::CaseNumber>, RefusalRow> refused;
  Index<std::string, core::CaseNumber> by_domain;

  RecordTables<core::Outage> outages;
  RecordTables<core::Callback> callbacks;
  RecordTables<core::SentReport> reports;
  InOrder<std::int64_t, ReportMessageRow> report_messages;
  InOrder<core::ReportId, std::vector<ports::ReportFile>> report_files;

  ByText<ports::SmsContact> sms_contacts;
  InOrder<std::pair<std::string, int>, core::AlertCode> alert_codes;  // by number and slot
  InOrder<std::int64_t, ports::SmsHanded> sms_handed;
  Index<Instant, std::int64_t> sms_to_ask;

  ByText<std::string> settings, procedures;
  ByText<ports::TokenRow> tokens;

  InOrder<std::int64_t, ports::UserRow> users;
  InOrder<std::int64_t, ports::SessionRow> sessions;
  InOrder<std::int64_t, ports::LinkRow> links;
  Index<std::int64_t, std::string> recovery_codes;
  InOrder<std::int64_t, ports::AuditRow> audit;

  template <class Do>
  void each(const Do& what) {
    const auto all = [&what](auto&... table) { (what(table), ...); };
    all(cases, journal, announcements, alarms, failures, without_email, open_by_email, merged_by_email,
        open_by_phone, participants, messages, raw, blobs, said, heard, by_message_id, told, not_looked_at,
        notices, fates, queued, pending, people, emails.known, emails.by_person, phones.known,
        phones.by_person, numbers, numbers_by_phone, numbers_by_email, refused, by_domain, sms_contacts,
        alert_codes, sms_handed, sms_to_ask, settings, procedures, tokens, outages.things, outages.journal,
        outages.alarms, outages.open, outages.phones, callbacks.things, callbacks.journal, callbacks.alarms,
        callbacks.open, callbacks.phones, reports.things, reports.journal, reports.alarms, reports.open,
        reports.phones, report_messages, report_files, users, sessions, links, recovery_codes, audit);
  }
};

class Memory {
 public:
  Tables tables;

  // -- those who look on
  Result<std::vector<core::Entry>> journal(core::CaseNumber number) const;  // empty: no such case
  Result<std::string> raw(core::MessageId id) const;                        // not_found, corrupt
  // Replays every journal and compares, looks for every message and its original: corrupt at the first
  // difference.
  Status verify() const;

  // -- faults
  void fail_after(std::int64_t n, bool full, bool stays);
  void heal() { countdown_ = 0; }
  bool has_failed() const { return has_failed_; }
  Status operation();  // one is about to happen

 private:
  std::int64_t countdown_ = 0;  // 0: healthy
  bool full_ = false, stays_ = false, has_failed_ = false;
};

}  // namespace hejnal::store::memory
