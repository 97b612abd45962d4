// The writer: ports::Store on SQLite. One object, one thread (the ledger). WAL with synchronous=FULL: what
// commit() has returned success for survives a power cut. Checkpoints run off the commit path (tidy(),
// Checkpointer).
#pragma once

#include <memory>
#include <string>

#include "ports/store.hpp"
#include "store/sqlite/accounts.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/records.hpp"
#include "store/sqlite/reports.hpp"

namespace hejnal::store::sqlite {

// Opens (or creates) the database and brings its schema up to date.
// Fails: retry_later (cannot be opened or written), corrupt (says what to do), conflict (made by a newer
// program).
Result<std::unique_ptr<ports::Store>> open_store(const std::string& path, const std::string& vfs = {});

class SqliteStore final : public ports::Store {
 public:
  explicit SqliteStore(Database db) : db_(std::move(db)) {}

  Status begin() override;
  Status commit() override;
  void rollback() override;
  Status savepoint() override;
  Status release() override;
  void rollback_to_savepoint() override;

  Result<core::CaseNumber> last_case_number() override;
  Result<std::vector<core::Entry>> journal(core::CaseNumber number) override;
  Status write_turn(const core::Case& after, Instant at, const std::vector<core::Entry>& entries) override;
  Result<std::vector<core::CaseNumber>> due_cases(Instant now, int limit) override;
  Result<std::optional<Instant>> next_alarm() override;
  Status postpone_alarm(core::CaseNumber number, Instant to) override;
  Result<bool> failure_open() override;
  Status set_failure(core::CaseNumber number, bool open) override;
  Status note_announcement(core::CaseNumber number,
                           const std::optional<core::Announcement>& announcement) override;
  Result<std::optional<core::Announcement>> announcement(core::CaseNumber number) override;
  Result<std::optional<ports::CaseSummary>> summary(core::CaseNumber number) override;
  Result<std::vector<ports::CaseSummary>> open_cases_of_email(std::string_view address, int limit) override;
  Result<std::vector<ports::CaseSummary>> merged_cases_of_email(std::string_view address, int limit) override;
  Result<std::vector<ports::CaseSummary>> open_cases_of_phone(std::string_view phone, int limit) override;
  Result<core::CaseNumber> case_by_early_code(std::string_view short_code) override;
  Result<core::CaseNumber> case_by_message_id(std::string_view message_id) override;
  Result<std::vector<std::string>> participants(core::CaseNumber number) override;
  Status add_participants(core::CaseNumber number, const std::vector<std::string>& addresses) override;
  Result<ports::ClientWords> client_words(core::CaseNumber number) override;
  Result<std::vector<ports::CaseSummary>> cases_without_email(int limit) override;
  Result<ports::LatestEmails> latest_emails(core::CaseNumber number) override;
  Result<std::vector<ports::CaseSummary>> open_cases_of_domain(std::string_view domain, int limit) override;

  ports::Records<core::Outage>& outages() override { return outages_; }
  ports::Records<core::Callback>& callbacks() override { return callbacks_; }
  ports::Reports& reports() override { return reports_; }

  Result<std::optional<Earlier>> seen(std::string_view message_id, std::string_view content_key) override;
  Result<std::int64_t> messages_from_clients(core::CaseNumber number) override;
  Result<core::MessageId> add_message(const ports::Message& message,
                                      const std::vector<ports::RawPiece>& raw) override;
  Status set_raw(core::MessageId id, const std::vector<ports::RawPiece>& raw) override;
  Status set_message_state(core::MessageId id, std::string_view state) override;
  Status move_message(core::MessageId id, core::CaseNumber to) override;
  Status merge_participants(core::CaseNumber from, core::CaseNumber to) override;
  Result<std::optional<ports::Message>> message(core::MessageId id) override;
  Result<std::string> message_id_of_email(core::MessageId id) override;
  Status set_message_text(core::MessageId id, std::string_view text) override;
  Status came_again(core::MessageId id, Instant now) override;
  Status set_looked_at(core::MessageId id, Instant now) override;
  Result<std::vector<ports::Message>> not_looked_at(int limit) override;
  Result<std::vector<core::MessageId>> ids_not_looked_at(int limit) override;
  Result<core::CaseNumber> last_case_told(std::string_view phone) override;
  Result<int> index_some(int limit) override;

  Status learn_person(const core::Party& party) override;
  Result<core::Party> person_by_phone(std::string_view phone) override;
  Result<std::vector<std::string>> phones_of_email(std::string_view address) override;
  Result<std::vector<std::string>> own_phones_of(const core::Party& party) override;
  Status merge_people(std::int64_t from, std::int64_t into) override;
  Status name_organisation(std::int64_t person, std::string_view organisation) override;
  Result<std::vector<std::string>> addresses_of_organisation(std::string_view name, int limit) override;

  Status note_number(const ports::NumberRow& row) override;
  Result<std::optional<ports::NumberRow>> number(std::int64_t id) override;
  Result<std::vector<ports::AddressOfNumber>> addresses_of_phone(std::string_view phone) override;
  Status judge_number(const ports::NumberRow& row) override;
  Status refuse_case(std::string_view phone, core::CaseNumber number, std::string_view by,
                     Instant now) override;
  Status forget_refusal(std::string_view phone, core::CaseNumber number) override;
  Result<std::vector<core::CaseNumber>> refused_cases(std::string_view phone) override;

  Status queue(const core::Notice& notice, core::MessageId message, core::NoticeState state,
               Instant now) override;
  Result<std::vector<ports::OutboxItem>> due_notices(Instant now, int limit) override;
  Result<std::optional<Instant>> next_try() override;
  Result<std::vector<ports::OutboxItem>> notices_in(core::NoticeState state) override;
  Status set_notice(std::int64_t id, core::NoticeState state, int attempts, Instant next_try_at,
                    std::string_view error) override;
  Result<std::optional<ports::OutboxItem>> notice(std::int64_t id) override;
  Result<std::optional<ports::OutboxItem>> notice_by_message_id(std::string_view message_id) override;

  Result<std::optional<ports::SmsContact>> sms_contact(std::string_view phone) override;
  Status set_sms_contact(const ports::SmsContact& contact) override;
  Result<std::vector<core::AlertCode>> alert_codes(std::string_view phone) override;
  Status set_alert_code(std::string_view phone, const core::AlertCode& code) override;
  Result<std::optional<ports::SmsHanded>> sms_handed(std::int64_t item) override;
  Status set_sms_handed(const ports::SmsHanded& handed) override;
  Result<std::vector<ports::SmsHanded>> sms_to_ask(Instant now, int limit) override;
  Result<std::optional<Instant>> next_ask() override;
  Result<std::vector<ports::AutomaticWord>> automatic_since(Instant since) override;

  Result<std::string> setting(std::string_view key) override;
  Status set_setting(std::string_view key, std::string_view value) override;
  Status keep_procedure(std::string_view version, std::string_view text) override;
  Result<std::string> procedure_text(std::string_view version) override;
  Status add_token(std::string_view name, std::string_view role, std::string_view hash, Instant now) override;
  Result<std::vector<ports::TokenRow>> tokens() override;
  Result<std::int64_t> remove_tokens(std::string_view name) override;
  ports::Accounts& accounts() override { return accounts_; }
  void tidy() override;

 private:
  Result<core::CaseNumber> number_of(Result<Rows> rows);
  Result<std::int64_t> person_of(std::string_view kind, std::string_view value);
  Result<std::int64_t> person_of_client(const core::Party& client);
  Result<int> measure_some(int limit);  // of cases from before their figures were kept
  Status note_last_word(const ports::Message& message, core::MessageId id);
  Status find_last_word(core::CaseNumber number);  // anew, of a case that a message has left
  Status hand_last_word(core::CaseNumber from, core::CaseNumber into);
  Result<core::CaseNumber> living(core::CaseNumber number);  // follows merges

  Database db_;
  SqliteRecords<core::Outage> outages_{db_};
  SqliteRecords<core::Callback> callbacks_{db_};
  SqliteReports reports_{db_};
  SqliteAccounts accounts_{db_};
  std::int64_t indexed_upto_ = -1;   // -1: not read yet
  std::int64_t measured_from_ = -1;  // likewise; 0: all are measured
  struct Met {
    std::string email;
    std::int64_t person = 0;
  };
  Met met_;  // who was asked for last: several steps of one mail ask for the same
};

// Shared by the writer and the readers.
Result<ports::Message> read_message(Database& db, const Rows& rows);
// What a search looks in: sender, recipient, subject, text, the client's name and organisation, in columns
// from `first` on; of each the first 20,000 bytes.
std::string indexed_text(const Rows& rows, int first);
std::string seal_of(std::string_view from, std::string_view to, std::string_view subject,
                    std::string_view text);
ports::CaseSummary read_summary(const Rows& rows);
core::Announcement read_announcement(const Rows& rows);
Result<std::vector<ports::CaseSummary>> read_summaries(Result<Rows> rows);
ports::NumberRow read_number(const Rows& rows);
Result<ports::OutboxItem> read_outbox(const Rows& rows);
Result<std::vector<core::Entry>> read_journal(Database& db, core::CaseNumber number);

}  // namespace hejnal::store::sqlite
