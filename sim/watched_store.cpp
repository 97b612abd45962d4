#include "sim/watched_store.hpp"

#include <utility>

namespace hejnal::sim {

namespace {

using core::CaseNumber;
using core::MessageId;
using ports::CaseSummary;
using ports::OutboxItem;
using std::string_view;
template <class T>
using List = std::vector<T>;

constexpr std::uint64_t kIndexEach = 32;

class WatchedStore final : public ports::Store {
 public:
  WatchedStore(std::unique_ptr<ports::Store> store, StoreWatcher& watcher)
      : store_(std::move(store)), watcher_(watcher) {}

  Status begin() override {
    turns_.clear();
    return store_->begin();
  }
  Status commit() override {
    watcher_.before_commit(turns_);
    Status done = store_->commit();
    if (done) {
      watcher_.after_commit(std::exchange(turns_, {}));
    } else {
      watcher_.commit_failed(std::exchange(turns_, {}));
    }
    return done;
  }
  void rollback() override {
    turns_.clear();
    store_->rollback();
  }
  Status savepoint() override {
    at_savepoint_ = turns_.size();
    return store_->savepoint();
  }
  Status release() override { return store_->release(); }
  void rollback_to_savepoint() override {
    turns_.resize(std::min(at_savepoint_, turns_.size()));
    store_->rollback_to_savepoint();
  }
  Status write_turn(const core::Case& after, Instant at, const List<core::Entry>& entries) override {
    Status done = store_->write_turn(after, at, entries);
    if (!done) return done;
    turns_.push_back(
        {{after.number, after.state, core::alarm(after), after.debt(core::Promise::react).has_value(),
          after.notices, after.step, after.entries, after.class_name},
         at,
         entries});
    return done;
  }

  // Everything else is only passed on.
  Result<CaseNumber> last_case_number() override { return store_->last_case_number(); }
  Result<List<core::Entry>> journal(CaseNumber n) override { return store_->journal(n); }
  Result<List<CaseNumber>> due_cases(Instant now, int limit) override {
    return store_->due_cases(now, limit);
  }
  Result<std::optional<Instant>> next_alarm() override { return store_->next_alarm(); }
  ports::Records<core::Outage>& outages() override { return store_->outages(); }
  ports::Records<core::Callback>& callbacks() override { return store_->callbacks(); }
  ports::Reports& reports() override { return store_->reports(); }
  Status note_announcement(CaseNumber n, const std::optional<core::Announcement>& a) override {
    return store_->note_announcement(n, a);
  }
  Result<std::optional<core::Announcement>> announcement(CaseNumber n) override {
    return store_->announcement(n);
  }
  Result<bool> failure_open() override { return store_->failure_open(); }
  Status set_failure(CaseNumber n, bool open) override { return store_->set_failure(n, open); }
  Result<std::optional<CaseSummary>> summary(CaseNumber n) override { return store_->summary(n); }
  Result<List<CaseSummary>> open_cases_of_email(string_view a, int limit) override {
    return store_->open_cases_of_email(a, limit);
  }
  Result<List<CaseSummary>> merged_cases_of_email(string_view a, int limit) override {
    return store_->merged_cases_of_email(a, limit);
  }
  Result<List<CaseSummary>> open_cases_of_phone(string_view p, int limit) override {
    return store_->open_cases_of_phone(p, limit);
  }
  Result<CaseNumber> case_by_early_code(string_view code) override {
    return store_->case_by_early_code(code);
  }
  Result<CaseNumber> case_by_message_id(string_view id) override { return store_->case_by_message_id(id); }
  Result<List<std::string>> participants(CaseNumber n) override { return store_->participants(n); }
  Status add_participants(CaseNumber n, const List<std::string>& a) override {
    return store_->add_participants(n, a);
  }
  Result<ports::ClientWords> client_words(CaseNumber n) override { return store_->client_words(n); }
  Result<List<CaseSummary>> cases_without_email(int limit) override {
    return store_->cases_without_email(limit);
  }

  Result<std::optional<Earlier>> seen(string_view id, string_view key) override {
    return store_->seen(id, key);
  }
  Result<std::int64_t> messages_from_clients(CaseNumber n) override {
    return store_->messages_from_clients(n);
  }
  Result<MessageId> add_message(const ports::Message& m, const List<ports::RawPiece>& raw) override {
    return store_->add_message(m, raw);
  }
  Status set_raw(MessageId id, const List<ports::RawPiece>& raw) override { return store_->set_raw(id, raw); }
  Status set_message_state(MessageId id, string_view state) override {
    return store_->set_message_state(id, state);
  }
  Status move_message(MessageId id, CaseNumber to) override { return store_->move_message(id, to); }
  Status merge_participants(CaseNumber from, CaseNumber to) override {
    return store_->merge_participants(from, to);
  }
  Result<std::optional<ports::Message>> message(MessageId id) override { return store_->message(id); }
  Status postpone_alarm(CaseNumber number, Instant to) override { return store_->postpone_alarm(number, to); }
  Result<std::string> message_id_of_email(MessageId id) override { return store_->message_id_of_email(id); }
  Status set_message_text(MessageId id, string_view text) override {
    return store_->set_message_text(id, text);
  }
  Status came_again(MessageId id, Instant now) override { return store_->came_again(id, now); }
  Status set_looked_at(MessageId id, Instant now) override { return store_->set_looked_at(id, now); }
  Result<std::vector<ports::Message>> not_looked_at(int limit) override {
    return store_->not_looked_at(limit);
  }
  Result<std::vector<MessageId>> ids_not_looked_at(int limit) override {
    return store_->ids_not_looked_at(limit);
  }
  Result<CaseNumber> last_case_told(string_view phone) override { return store_->last_case_told(phone); }
  // No law looks at the index, and it is dear to write for one message alone: it may be some commits behind.
  Result<int> index_some(int limit) override {
    if (++index_calls_ % kIndexEach != 0) return 0;
    return store_->index_some(limit);
  }

  Status learn_person(const core::Party& p) override { return store_->learn_person(p); }
  Result<core::Party> person_by_phone(string_view phone) override { return store_->person_by_phone(phone); }
  Result<List<std::string>> own_phones_of(const core::Party& p) override { return store_->own_phones_of(p); }
  Result<List<std::string>> phones_of_email(string_view a) override { return store_->phones_of_email(a); }
  Status merge_people(std::int64_t from, std::int64_t into) override {
    return store_->merge_people(from, into);
  }
  Status name_organisation(std::int64_t person, string_view name) override {
    return store_->name_organisation(person, name);
  }
  Result<List<std::string>> addresses_of_organisation(string_view name, int limit) override {
    return store_->addresses_of_organisation(name, limit);
  }

  Status note_number(const ports::NumberRow& row) override { return store_->note_number(row); }
  Result<std::optional<ports::NumberRow>> number(std::int64_t id) override { return store_->number(id); }
  Result<List<ports::AddressOfNumber>> addresses_of_phone(string_view phone) override {
    return store_->addresses_of_phone(phone);
  }
  Status judge_number(const ports::NumberRow& row) override { return store_->judge_number(row); }
  Status refuse_case(string_view phone, CaseNumber number, string_view by, Instant now) override {
    return store_->refuse_case(phone, number, by, now);
  }
  Status forget_refusal(string_view phone, CaseNumber number) override {
    return store_->forget_refusal(phone, number);
  }
  Result<List<CaseNumber>> refused_cases(string_view phone) override { return store_->refused_cases(phone); }
  Result<ports::LatestEmails> latest_emails(CaseNumber number) override {
    return store_->latest_emails(number);
  }
  Result<List<ports::CaseSummary>> open_cases_of_domain(string_view domain, int limit) override {
    return store_->open_cases_of_domain(domain, limit);
  }

  Status queue(const core::Notice& n, MessageId m, core::NoticeState state, Instant now) override {
    return store_->queue(n, m, state, now);
  }
  Result<List<OutboxItem>> due_notices(Instant now, int limit) override {
    return store_->due_notices(now, limit);
  }
  Result<std::optional<Instant>> next_try() override { return store_->next_try(); }
  Result<List<OutboxItem>> notices_in(core::NoticeState state) override { return store_->notices_in(state); }
  Status set_notice(std::int64_t id, core::NoticeState state, int attempts, Instant next_try_at,
                    string_view error) override {
    return store_->set_notice(id, state, attempts, next_try_at, error);
  }
  Result<std::optional<ports::SmsContact>> sms_contact(string_view phone) override {
    return store_->sms_contact(phone);
  }
  Status set_sms_contact(const ports::SmsContact& c) override { return store_->set_sms_contact(c); }
  Result<List<core::AlertCode>> alert_codes(string_view phone) override { return store_->alert_codes(phone); }
  Status set_alert_code(string_view phone, const core::AlertCode& code) override {
    return store_->set_alert_code(phone, code);
  }
  Result<std::optional<ports::SmsHanded>> sms_handed(std::int64_t id) override {
    return store_->sms_handed(id);
  }
  Status set_sms_handed(const ports::SmsHanded& h) override { return store_->set_sms_handed(h); }
  Result<List<ports::SmsHanded>> sms_to_ask(Instant now, int limit) override {
    return store_->sms_to_ask(now, limit);
  }
  Result<std::optional<Instant>> next_ask() override { return store_->next_ask(); }
  Result<List<ports::AutomaticWord>> automatic_since(Instant since) override {
    return store_->automatic_since(since);
  }
  Result<std::optional<OutboxItem>> notice(std::int64_t id) override { return store_->notice(id); }
  Result<std::optional<OutboxItem>> notice_by_message_id(string_view id) override {
    return store_->notice_by_message_id(id);
  }

  Result<std::string> setting(string_view key) override { return store_->setting(key); }
  Status set_setting(string_view key, string_view value) override { return store_->set_setting(key, value); }
  Status keep_procedure(string_view version, string_view text) override {
    return store_->keep_procedure(version, text);
  }
  Result<std::string> procedure_text(string_view version) override { return store_->procedure_text(version); }
  Status add_token(string_view name, string_view role, string_view hash, Instant now) override {
    return store_->add_token(name, role, hash, now);
  }
  Result<std::vector<ports::TokenRow>> tokens() override { return store_->tokens(); }
  Result<std::int64_t> remove_tokens(string_view name) override { return store_->remove_tokens(name); }
  ports::Accounts& accounts() override { return store_->accounts(); }
  void tidy() override { store_->tidy(); }

 private:
  std::unique_ptr<ports::Store> store_;
  StoreWatcher& watcher_;
  List<WrittenTurn> turns_;
  std::size_t at_savepoint_ = 0;
  std::uint64_t index_calls_ = 0;
};

}  // namespace

std::unique_ptr<ports::Store> watched(std::unique_ptr<ports::Store> store, StoreWatcher& watcher) {
  return std::make_unique<WatchedStore>(std::move(store), watcher);
}

}  // namespace hejnal::sim
