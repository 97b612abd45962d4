#include "store/memory/store.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "base/check.hpp"
#include "base/text.hpp"
#include "core/matching.hpp"
#include "store/memory/accounts.hpp"
#include "store/memory/records.hpp"
#include "store/memory/reports.hpp"

namespace hejnal::store::memory {

namespace {

using core::CaseNumber;
using core::MessageId;
using core::NoticeState;
using ports::CaseSummary;
using ports::OutboxItem;
using std::string_view;
template <class T>
using List = std::vector<T>;

CaseSummary summary_of(const core::Case& c) {
  return {c.number,        c.state,       c.subject,   c.short_code, c.client,
          c.email_missing, c.merged_into, c.opened_at, c.sent_at};
}

bool is_open(const core::Case& c) { return c.state != core::State::closed; }

// Where a case stands in an index: empty where it does not.
std::optional<std::string> if_known(bool stands_there, const std::string& what) {
  return stands_there && !what.empty() ? std::optional(what) : std::nullopt;
}
std::optional<bool> if_so(bool so) { return so ? std::optional(true) : std::nullopt; }

template <class What, class Id>
void move_in(Index<What, Id>& index, const Id& id, const std::optional<What>& from,
             const std::optional<What>& to) {
  if (from == to) return;
  if (from) index.remove(*from, id);
  if (to) index.insert(*to, id);
}

std::optional<CaseNumber> if_heard(const ports::Message& m) {
  return !m.outgoing ? std::optional(m.number) : std::nullopt;
}

bool waits_for_a_look(const MessageRow& row) {
  return row.m.number == 0 && row.m.state == "set_aside" && !row.looked_at;
}

std::optional<Instant> when_queued(const FateRow& fate) {
  return fate.state == NoticeState::queued ? std::optional(fate.next_try_at) : std::nullopt;
}

std::optional<NoticeState> when_pending(const FateRow& fate) {
  using enum NoticeState;
  const bool pending =
      fate.state == handing_over || fate.state == unknown || fate.state == failed || fate.state == bounced;
  return pending ? std::optional(fate.state) : std::nullopt;
}

class MemoryStore final : public ports::Store {
 public:
  explicit MemoryStore(Memory& memory) : memory_(memory), t_(memory.tables) {}
  ~MemoryStore() override { MemoryStore::rollback(); }

  ports::Records<core::Outage>& outages() override { return outages_; }
  ports::Records<core::Callback>& callbacks() override { return callbacks_; }
  ports::Reports& reports() override { return reports_; }

  // -- transactions
  Status begin() override {
    HEJNAL_CHECK(!in_transaction_);
    HEJNAL_TRY_VOID(memory_.operation());
    t_.each([](auto& table) { table.keep(); });
    in_transaction_ = true;
    return {};
  }
  Status commit() override {
    HEJNAL_CHECK(in_transaction_);
    HEJNAL_TRY_VOID(memory_.operation());
    t_.each([](auto& table) { table.keep(); });
    in_transaction_ = false;
    return {};
  }
  void rollback() override {
    if (in_transaction_) t_.each([](auto& table) { table.undo(); });
    in_transaction_ = false;
  }
  Status savepoint() override {
    HEJNAL_CHECK(in_transaction_);
    t_.each([](auto& table) { table.savepoint(); });
    return {};
  }
  Status release() override { return {}; }
  void rollback_to_savepoint() override {
    if (in_transaction_) t_.each([](auto& table) { table.undo_to_savepoint(); });
  }

  // -- cases
  Result<CaseNumber> last_case_number() override {
    return t_.cases.empty() ? 0 : t_.cases.rows().rbegin()->first;
  }
  Result<List<core::Entry>> journal(CaseNumber number) override {
    HEJNAL_TRY_VOID(memory_.operation());
    return memory_.journal(number);
  }

  Status write_turn(const core::Case& after, Instant at, const List<core::Entry>& entries) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const std::int64_t first = after.entries - static_cast<std::int64_t>(entries.size()) + 1;
    if (!t_.journal.add({after.number, first}, {at, entries}))
      return fail(Fault::conflict, "case {} has an entry {} already", after.number, first);
    const CaseRow* before = t_.cases.find(after.number);
    const core::Party& client = after.client;  // who has a case is known
    if (!client.email.empty() && !t_.emails.known.find(client.email))
      HEJNAL_TRY_VOID(learn_person({client.name, client.email, {}, client.organisation}));
    CaseRow row{after, core::alarm(after), before && before->failure};
    index(after.number, before, row);
    t_.cases.put(after.number, std::move(row));
    return {};
  }

  Result<List<CaseNumber>> due_cases(Instant now, int limit) override {
    List<CaseNumber> out;
    for (const auto& [alarm, nothing] : t_.alarms.rows()) {
      if (alarm.first > now || std::ssize(out) >= limit) break;
      out.push_back(alarm.second);
    }
    return out;
  }
  Result<std::optional<Instant>> next_alarm() override {
    return t_.alarms.empty() ? std::nullopt : std::optional(t_.alarms.rows().begin()->first.first);
  }
  Status postpone_alarm(CaseNumber number, Instant to) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (CaseRow* row = t_.cases.edit(number)) {
      move_in(t_.alarms, number, row->alarm, std::optional(to));
      row->alarm = to;
    }
    return {};
  }
  Status note_announcement(CaseNumber number, const std::optional<core::Announcement>& told) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (told) {
      t_.announcements.put(number, *told);
    } else {
      t_.announcements.erase(number);
    }
    return {};
  }
  Result<std::optional<core::Announcement>> announcement(CaseNumber number) override {
    const core::Announcement* found = t_.announcements.find(number);
    return found ? std::optional(*found) : std::nullopt;
  }
  Result<bool> failure_open() override {
    HEJNAL_TRY_VOID(memory_.operation());
    return !t_.failures.empty();
  }
  Status set_failure(CaseNumber number, bool open) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (CaseRow* row = t_.cases.edit(number)) {
      move_in(t_.failures, number, if_so(row->failure), if_so(open));
      row->failure = open;
    }
    return {};
  }

  Result<std::optional<CaseSummary>> summary(CaseNumber number) override {
    const CaseRow* row = t_.cases.find(number);
    return row ? std::optional(summary_of(row->c)) : std::nullopt;
  }
  Result<List<CaseSummary>> open_cases_of_email(string_view address, int limit) override {
    return newest(t_.open_by_email, address, limit);
  }
  Result<List<CaseSummary>> merged_cases_of_email(string_view address, int limit) override {
    return newest(t_.merged_by_email, address, limit);
  }
  Result<List<CaseSummary>> open_cases_of_phone(string_view phone, int limit) override {
    std::set<CaseNumber, std::greater<>> found;
    const auto take = [&found](CaseNumber number) {
      found.insert(number);
      return true;
    };
    t_.open_by_phone.ascending(phone, take);
    if (const std::int64_t* whose = t_.phones.known.find(phone)) {
      t_.emails.by_person.ascending(*whose, [&](const std::string& address) {
        t_.open_by_email.ascending(address, take);
        return true;
      });
    }
    List<CaseSummary> out;
    for (const CaseNumber number : found) {
      if (std::ssize(out) < limit) out.push_back(summary_of(t_.cases.find(number)->c));
    }
    return out;
  }
  Result<CaseNumber> case_by_early_code(string_view) override { return 0; }
  Result<CaseNumber> case_by_message_id(string_view message_id) override {
    CaseNumber out = 0;
    for (const MessageId id : named(message_id)) {
      const CaseNumber number = t_.messages.find(id)->m.number;
      if (number != 0) out = number;
    }
    return out;
  }
  Result<List<std::string>> participants(CaseNumber number) override {
    List<std::string> out;
    t_.participants.ascending(number, [&out](const std::string& address) {
      out.push_back(address);
      return true;
    });
    return out;
  }
  Status add_participants(CaseNumber number, const List<std::string>& addresses) override {
    HEJNAL_TRY_VOID(memory_.operation());
    for (const std::string& address : addresses) t_.participants.insert(number, address);
    return {};
  }
  Status merge_participants(CaseNumber from, CaseNumber to) override {
    HEJNAL_TRY(const auto addresses, participants(from));
    return add_participants(to, addresses);
  }
  Result<ports::ClientWords> client_words(CaseNumber number) override {
    constexpr int kMessages = 3;
    constexpr std::size_t kEnough = 20'000;
    ports::ClientWords out;
    int taken = 0;
    t_.heard.ascending(number, [&](MessageId id) {
      const ports::Message& m = t_.messages.find(id)->m;
      if (m.automatic || m.channel == core::Channel::call) return true;
      if (out.base_subject.empty()) out.base_subject = m.base_subject;
      out.text += m.text;
      out.text += '\n';
      return ++taken < kMessages && out.text.size() <= kEnough;
    });
    return out;
  }
  Result<ports::LatestEmails> latest_emails(CaseNumber number) override {
    constexpr int kMessages = 3;
    constexpr std::size_t kShort = 1000;  // characters
    ports::LatestEmails out;
    int taken = 0;
    t_.heard.descending(number, [&](MessageId id) {
      const ports::Message& m = t_.messages.find(id)->m;
      if (m.channel != core::Channel::email || m.automatic || m.internal) return true;
      if (!out.at) out.at = m.at;
      out.text += truncate_characters(m.text, kShort);
      out.text += '\n';
      return ++taken < kMessages;
    });
    return out;
  }
  Result<List<CaseSummary>> open_cases_of_domain(string_view domain, int limit) override {
    constexpr int kLatest = 100;
    List<CaseSummary> out;
    int seen = 0;
    t_.by_domain.descending(domain, [&](CaseNumber number) {
      const core::Case& c = t_.cases.find(number)->c;
      if (is_open(c) && std::ssize(out) < limit) out.push_back(summary_of(c));
      return ++seen < kLatest;
    });
    return out;
  }
  Result<List<CaseSummary>> cases_without_email(int limit) override {
    return newest(t_.without_email, true, limit);
  }

  // -- messages
  Result<std::optional<Earlier>> seen(string_view message_id, string_view content_key) override {
    std::optional<Earlier> out;
    for (const MessageId id : named(message_id)) {
      const ports::Message& m = t_.messages.find(id)->m;
      if (m.outgoing || m.content_key != content_key) continue;
      if (m.number != 0) return Earlier{id, false};
      if (!out) out = Earlier{id, true};
    }
    return out;
  }
  Result<std::int64_t> messages_from_clients(CaseNumber number) override {
    std::int64_t count = 0;
    t_.heard.ascending(number, [&](MessageId id) {
      count += t_.messages.find(id)->m.internal ? 0 : 1;
      return true;
    });
    return count;
  }
  Result<MessageId> add_message(const ports::Message& message, const List<ports::RawPiece>& raw) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const MessageId id = last_message() + 1;
    MessageRow row{message, std::nullopt};
    row.m.id = id;
    move_in(t_.heard, id, {}, if_heard(row.m));
    if (!message.message_id.empty() && !t_.by_message_id.add(message.message_id, {id}))
      t_.by_message_id.edit(message.message_id)->push_back(id);
    if (message.outgoing && message.channel == core::Channel::sms) t_.told.insert(message.to, id);
    if (waits_for_a_look(row)) t_.not_looked_at.insert(true, id);
    t_.messages.put(id, std::move(row));
    HEJNAL_TRY_VOID(set_raw(id, raw));
    return id;
  }
  Status set_raw(MessageId id, const List<ports::RawPiece>& raw) override {
    if (raw.empty()) return {};
    HEJNAL_TRY_VOID(memory_.operation());
    List<ports::RawPiece> pieces = raw;
    for (ports::RawPiece& piece : pieces) {
      if (!piece.hash.empty()) t_.blobs.add(piece.hash, std::exchange(piece.frame, {}));
    }
    t_.raw.put(id, std::move(pieces));
    return {};
  }
  Status set_message_state(MessageId id, string_view state) override {
    return change(id, [&](MessageRow& row) { row.m.state = state; });
  }
  Status move_message(MessageId id, CaseNumber to) override {
    return change(id, [&](MessageRow& row) { row.m.number = to; });
  }
  Status set_message_text(MessageId id, string_view text) override {
    if (!t_.messages.find(id)) return fail(Fault::not_found, "there is no message {}", id);
    return change(id, [&](MessageRow& row) { row.m.text = text; });
  }
  Status came_again(MessageId id, Instant now) override {
    return change(id, [&](MessageRow& row) {
      ++row.m.again;
      row.m.again_at = now;
    });
  }
  Status set_looked_at(MessageId id, Instant now) override {
    return change(id, [&](MessageRow& row) { row.looked_at = now; });
  }
  Result<std::optional<ports::Message>> message(MessageId id) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const MessageRow* row = t_.messages.find(id);
    return row ? std::optional(told(*row)) : std::nullopt;
  }
  Result<std::string> message_id_of_email(MessageId id) override {
    const MessageRow* row = t_.messages.find(id);
    return row && row->m.channel == core::Channel::email ? row->m.message_id : std::string();
  }
  Result<List<ports::Message>> not_looked_at(int limit) override {
    List<ports::Message> out;
    t_.not_looked_at.descending(true, [&](MessageId id) {
      if (std::ssize(out) < limit) out.push_back(told(*t_.messages.find(id)));
      return std::ssize(out) < limit;
    });
    return out;
  }
  Result<List<MessageId>> ids_not_looked_at(int limit) override {
    List<MessageId> out;
    t_.not_looked_at.descending(true, [&](MessageId id) {
      if (std::ssize(out) < limit) out.push_back(id);
      return std::ssize(out) < limit;
    });
    return out;
  }
  Result<CaseNumber> last_case_told(string_view phone) override {
    // Among the latest messages only: an answer to an older SMS means nothing any more.
    const MessageId oldest = last_message() - 5000;
    CaseNumber out = 0;
    t_.told.descending(phone, [&](MessageId id) {
      if (id > oldest) out = t_.messages.find(id)->m.number;
      return out == 0 && id > oldest;
    });
    return out;
  }
  Result<int> index_some(int limit) override {  // there is no search here, but cases are found by a domain
    const std::string* kept = t_.settings.find("indexed_upto");
    const MessageId before = kept ? std::atoll(kept->c_str()) : 0;
    const MessageId upto = std::min(last_message(), before + limit);
    if (upto == before) return 0;
    HEJNAL_TRY_VOID(memory_.operation());
    for (MessageId id = before + 1; id <= upto; ++id) {
      const ports::Message& m = t_.messages.find(id)->m;
      const CaseRow* row = m.outgoing ? nullptr : t_.cases.find(m.number);
      const std::string_view domain = row ? core::domain_of(row->c.client.email) : std::string_view();
      if (!domain.empty()) t_.by_domain.insert(std::string(domain), m.number);
    }
    t_.settings.put("indexed_upto", std::to_string(upto));
    return static_cast<int>(upto - before);
  }

  // -- people
  Status learn_person(const core::Party& party) override {
    HEJNAL_TRY_VOID(memory_.operation());
    std::int64_t person = owner_of(party);
    if (person == 0) {
      if (party.email.empty() && party.phone.empty()) return {};
      person = t_.people.empty() ? 1 : t_.people.rows().rbegin()->first + 1;
      t_.people.put(person, {party.name, party.organisation});
    } else if (!party.name.empty() && t_.people.find(person)->name.empty()) {
      t_.people.edit(person)->name = party.name;
    }
    learn(t_.emails, party.email, person);
    learn(t_.phones, party.phone, person);
    return {};
  }
  Result<core::Party> person_by_phone(string_view phone) override {
    const std::int64_t* known = t_.phones.known.find(phone);
    core::Party out;
    if (!known) return out;
    const PersonRow& person = *t_.people.find(*known);
    out = {person.name, {}, std::string(phone), person.organisation};
    t_.emails.by_person.ascending(*known, [&](const std::string& address) {
      out.email = address;
      return false;
    });
    return out;
  }
  Result<List<std::string>> own_phones_of(const core::Party& party) override {
    List<std::string> out;
    const Identifiers& told = party.email.empty() ? t_.phones : t_.emails;
    if (const std::int64_t* person = told.known.find(party.email.empty() ? party.phone : party.email))
      add_phones_of(*person, out);
    return out;
  }
  Result<List<std::string>> phones_of_email(string_view address) override {
    List<std::string> out;
    if (const std::int64_t* person = t_.emails.known.find(address)) add_phones_of(*person, out);
    t_.numbers_by_email.ascending(address, [&](std::int64_t id) {
      const ports::NumberRow& row = *t_.numbers.find(id);
      const bool is_new = std::find(out.begin(), out.end(), row.phone) == out.end();
      if (is_new && row.standing != core::Standing::refused) out.push_back(row.phone);
      return out.size() < kPhonesMost;
    });
    std::sort(out.begin(), out.end());
    return out;
  }
  Status merge_people(std::int64_t from, std::int64_t into) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (from == into) return fail(Fault::conflict, "person {} cannot be merged into itself", from);
    if (!t_.people.find(from) || !t_.people.find(into))
      return fail(Fault::not_found, "there is no person {} or no person {}", from, into);
    for (Identifiers* identifiers : {&t_.emails, &t_.phones}) {
      List<std::string> moving;
      identifiers->by_person.ascending(from, [&moving](const std::string& value) {
        moving.push_back(value);
        return true;
      });
      for (const std::string& value : moving) {
        identifiers->by_person.remove(from, value);
        identifiers->by_person.insert(into, value);
        *identifiers->known.edit(value) = into;
      }
    }
    t_.people.erase(from);
    return {};
  }
  Status name_organisation(std::int64_t person, string_view organisation) override {
    HEJNAL_TRY_VOID(memory_.operation());
    PersonRow* row = t_.people.edit(person);
    if (!row) return fail(Fault::not_found, "there is no person {}", person);
    row->organisation = organisation;
    return {};
  }

  Result<List<std::string>> addresses_of_organisation(string_view name, int limit) override {
    List<std::string> out;
    for (const auto& [id, person] : t_.people.rows()) {
      if (person.organisation.empty() || person.organisation != name) continue;
      t_.emails.by_person.ascending(id, [&out](const std::string& address) {
        out.push_back(address);
        return true;
      });
    }
    std::sort(out.begin(), out.end());
    if (std::ssize(out) > limit) out.resize(static_cast<std::size_t>(limit));
    return out;
  }

  // -- numbers
  Status note_number(const ports::NumberRow& row) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (number_id(row.phone, row.email) == 0) add_number(row);
    return {};
  }
  Result<std::optional<ports::NumberRow>> number(std::int64_t id) override {
    const ports::NumberRow* row = t_.numbers.find(id);
    return row ? std::optional(*row) : std::nullopt;
  }
  Result<List<ports::AddressOfNumber>> addresses_of_phone(string_view phone) override {
    constexpr std::size_t kMost = 40;
    List<ports::AddressOfNumber> out;
    List<ports::NumberRow> rows;
    t_.numbers_by_phone.ascending(phone, [&](std::int64_t id) {
      rows.push_back(*t_.numbers.find(id));
      return true;
    });
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.email < b.email; });
    for (const ports::NumberRow& row : rows) out.push_back({row.email, row.standing});
    if (const std::int64_t* person = t_.phones.known.find(phone)) {
      t_.emails.by_person.ascending(*person, [&](const std::string& address) {
        out.push_back({address, core::Standing::confirmed});
        return true;
      });
    }
    if (out.size() > kMost) out.resize(kMost);
    return out;
  }
  Status judge_number(const ports::NumberRow& row) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const std::int64_t id = number_id(row.phone, row.email);
    if (id == 0) {
      add_number(row);
    } else {
      ports::NumberRow& known = *t_.numbers.edit(id);
      known.standing = row.standing;
      known.decided_by = row.decided_by;
    }
    const std::int64_t* whose = t_.phones.known.find(row.phone);
    if (row.standing == core::Standing::confirmed) {
      HEJNAL_TRY_VOID(learn_person({{}, row.email, {}, {}}));
      const std::int64_t person = *t_.emails.known.find(row.email);
      if (whose) t_.phones.by_person.remove(*whose, row.phone);
      t_.phones.by_person.insert(person, row.phone);
      t_.phones.known.put(row.phone, person);
      return {};
    }
    const std::int64_t* person = t_.emails.known.find(row.email);
    if (!whose || !person || *whose != *person) return {};
    t_.phones.by_person.remove(*whose, row.phone);
    t_.phones.known.erase(row.phone);
    return {};
  }
  Status refuse_case(string_view phone, CaseNumber number, string_view by, Instant now) override {
    HEJNAL_TRY_VOID(memory_.operation());
    t_.refused.add({std::string(phone), number}, {std::string(by), now});
    return {};
  }
  Status forget_refusal(string_view phone, CaseNumber number) override {
    HEJNAL_TRY_VOID(memory_.operation());
    t_.refused.erase({std::string(phone), number});
    return {};
  }
  Result<List<CaseNumber>> refused_cases(string_view phone) override {
    List<CaseNumber> out;
    for (auto at = t_.refused.rows().lower_bound({std::string(phone), 0});
         at != t_.refused.rows().end() && at->first.first == phone; ++at)
      out.push_back(at->first.second);
    return out;
  }

  // -- outbox
  Status queue(const core::Notice& notice, MessageId message, NoticeState state, Instant now) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const FateRow fate{state, 0, now, now, {}};
    if (!t_.notices.add(message, notice))
      return fail(Fault::conflict, "message {} is queued already", message);
    t_.fates.put(message, fate);
    t_.said.insert(notice.number, message);
    move_in(t_.queued, message, {}, when_queued(fate));
    move_in(t_.pending, message, {}, when_pending(fate));
    return {};
  }
  Result<List<OutboxItem>> due_notices(Instant now, int limit) override {
    HEJNAL_TRY_VOID(memory_.operation());
    List<OutboxItem> out;
    for (const auto& [next_try, nothing] : t_.queued.rows()) {
      if (next_try.first > now || std::ssize(out) >= limit) break;
      out.push_back(item(next_try.second));
    }
    return out;
  }
  Result<std::optional<Instant>> next_try() override {
    return t_.queued.empty() ? std::nullopt : std::optional(t_.queued.rows().begin()->first.first);
  }
  Result<List<OutboxItem>> notices_in(NoticeState state) override {
    constexpr std::size_t kMost = 1000;
    List<OutboxItem> out;
    t_.pending.ascending(state, [&](std::int64_t id) {
      out.push_back(item(id));
      return out.size() < kMost;
    });
    return out;
  }
  Status set_notice(std::int64_t id, NoticeState state, int attempts, Instant next_try_at,
                    string_view error) override {
    HEJNAL_TRY_VOID(memory_.operation());
    FateRow* fate = t_.fates.edit(id);
    if (!fate) return {};
    const FateRow after{state, attempts, fate->created_at, next_try_at, std::string(error)};
    move_in(t_.queued, id, when_queued(*fate), when_queued(after));
    move_in(t_.pending, id, when_pending(*fate), when_pending(after));
    *fate = after;
    return {};
  }
  Result<std::optional<OutboxItem>> notice(std::int64_t id) override {
    return t_.notices.find(id) ? std::optional(item(id)) : std::nullopt;
  }
  Result<std::optional<OutboxItem>> notice_by_message_id(string_view message_id) override {
    const List<MessageId>& ids = named(message_id);
    const auto found =
        std::find_if(ids.begin(), ids.end(), [this](MessageId id) { return t_.notices.find(id); });
    return found == ids.end() ? std::nullopt : std::optional(item(*found));
  }

  // -- SMS
  Result<std::optional<ports::SmsContact>> sms_contact(string_view phone) override {
    const ports::SmsContact* row = t_.sms_contacts.find(phone);
    return row ? std::optional(*row) : std::nullopt;
  }
  Status set_sms_contact(const ports::SmsContact& contact) override {
    HEJNAL_TRY_VOID(memory_.operation());
    t_.sms_contacts.put(contact.phone, contact);
    return {};
  }
  Result<List<core::AlertCode>> alert_codes(string_view phone) override {
    List<core::AlertCode> out;
    const auto& rows = t_.alert_codes.rows();
    for (auto at = rows.lower_bound({std::string(phone), 0}); at != rows.end() && at->first.first == phone;
         ++at)
      out.push_back(at->second);
    return out;
  }
  Status set_alert_code(string_view phone, const core::AlertCode& code) override {
    HEJNAL_TRY_VOID(memory_.operation());
    t_.alert_codes.put({std::string(phone), code.slot}, code);
    return {};
  }
  Result<std::optional<ports::SmsHanded>> sms_handed(std::int64_t id) override {
    const ports::SmsHanded* row = t_.sms_handed.find(id);
    return row ? std::optional(*row) : std::nullopt;
  }
  Status set_sms_handed(const ports::SmsHanded& handed) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const ports::SmsHanded* before = t_.sms_handed.find(handed.item);
    move_in(t_.sms_to_ask, handed.item, before ? before->ask_at : std::nullopt, handed.ask_at);
    t_.sms_handed.put(handed.item, handed);
    return {};
  }
  Result<List<ports::SmsHanded>> sms_to_ask(Instant now, int limit) override {
    List<ports::SmsHanded> out;
    for (const auto& [ask, nothing] : t_.sms_to_ask.rows()) {
      if (ask.first > now || std::ssize(out) >= limit) break;
      out.push_back(*t_.sms_handed.find(ask.second));
    }
    return out;
  }
  Result<std::optional<Instant>> next_ask() override {
    return t_.sms_to_ask.empty() ? std::nullopt : std::optional(t_.sms_to_ask.rows().begin()->first.first);
  }
  Result<List<ports::AutomaticWord>> automatic_since(Instant since) override {
    constexpr MessageId kLatest = 20'000;
    List<ports::AutomaticWord> out;
    for (MessageId id = std::max<MessageId>(last_message() - kLatest, 0) + 1; id <= last_message(); ++id) {
      const MessageRow* row = t_.messages.find(id);
      if (!row || !row->m.outgoing || !row->m.automatic || row->m.internal || row->m.at < since) continue;
      out.push_back({row->m.channel, row->m.to, row->m.number, row->m.at});
    }
    return out;
  }

  // -- odds and ends
  Result<std::string> setting(string_view key) override { return text_of(t_.settings.find(key)); }
  Status set_setting(string_view key, string_view value) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (value.empty()) {
      t_.settings.erase(std::string(key));
    } else {
      t_.settings.put(std::string(key), std::string(value));
    }
    return {};
  }
  Status keep_procedure(string_view version, string_view text) override {
    HEJNAL_TRY_VOID(memory_.operation());
    t_.procedures.add(std::string(version), std::string(text));
    return {};
  }
  Result<std::string> procedure_text(string_view version) override {
    return text_of(t_.procedures.find(version));
  }
  Status add_token(string_view name, string_view role, string_view hash, Instant now) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (!t_.tokens.add(std::string(hash), {std::string(name), std::string(role), now}))
      return fail(Fault::conflict, "there is such a token already");
    return {};
  }
  Result<List<ports::TokenRow>> tokens() override {
    List<ports::TokenRow> out;
    for (const auto& [hash, token] : t_.tokens.rows()) out.push_back(token);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      return std::tie(a.name, a.created_at) < std::tie(b.name, b.created_at);
    });
    return out;
  }
  Result<std::int64_t> remove_tokens(string_view name) override {
    HEJNAL_TRY_VOID(memory_.operation());
    List<std::string> gone;
    for (const auto& [hash, token] : t_.tokens.rows()) {
      if (token.name == name) gone.push_back(hash);
    }
    for (const std::string& hash : gone) t_.tokens.erase(hash);
    return std::ssize(gone);
  }
  ports::Accounts& accounts() override { return accounts_; }
  void tidy() override {}

 private:
  MessageId last_message() const { return static_cast<MessageId>(t_.messages.rows().size()); }
  const List<MessageId>& named(string_view message_id) const {
    static const List<MessageId> kNone;
    const List<MessageId>* found = t_.by_message_id.find(message_id);
    return found ? *found : kNone;
  }
  static CaseNumber number_of(const CaseNumber* found) { return found ? *found : 0; }
  static std::string text_of(const std::string* found) { return found ? *found : std::string(); }

  std::int64_t number_id(string_view phone, string_view email) const {
    std::int64_t out = 0;
    t_.numbers_by_phone.ascending(phone, [&](std::int64_t id) {
      if (t_.numbers.find(id)->email == email) out = id;
      return out == 0;
    });
    return out;
  }
  void add_number(ports::NumberRow row) {
    row.id = t_.numbers.empty() ? 1 : t_.numbers.rows().rbegin()->first + 1;
    const std::int64_t id = row.id;
    t_.numbers_by_phone.insert(row.phone, id);
    t_.numbers_by_email.insert(row.email, id);
    t_.numbers.put(id, std::move(row));
  }

  void index(CaseNumber number, const CaseRow* row_before, const CaseRow& row_after) {
    static const CaseRow kNone;  // stands nowhere
    const CaseRow& before = row_before ? *row_before : kNone;
    const core::Case &b = before.c, &a = row_after.c;
    move_in(t_.alarms, number, before.alarm, row_after.alarm);
    move_in(t_.without_email, number, if_so(is_open(b) && b.email_missing),
            if_so(is_open(a) && a.email_missing));
    move_in(t_.open_by_email, number, if_known(is_open(b), b.client.email),
            if_known(is_open(a), a.client.email));
    move_in(t_.open_by_phone, number, if_known(is_open(b), b.client.phone),
            if_known(is_open(a), a.client.phone));
    move_in(t_.merged_by_email, number, if_known(b.merged_into != 0, b.client.email),
            if_known(a.merged_into != 0, a.client.email));
  }

  template <class What, class W>
  List<CaseSummary> newest(const Index<What, CaseNumber>& index, const W& what, int limit) const {
    List<CaseSummary> out;
    index.descending(what, [&](CaseNumber number) {
      if (std::ssize(out) < limit) out.push_back(summary_of(t_.cases.find(number)->c));
      return std::ssize(out) < limit;
    });
    return out;
  }

  ports::Message told(const MessageRow& row) const {
    ports::Message out = row.m;
    if (const FateRow* fate = t_.fates.find(out.id)) out.state = to_string(fate->state);
    return out;
  }

  template <class Do>
  Status change(MessageId id, const Do& what) {
    HEJNAL_TRY_VOID(memory_.operation());
    MessageRow* row = t_.messages.edit(id);
    if (!row) return {};
    const auto heard = if_heard(row->m);
    const bool waited = waits_for_a_look(*row);
    what(*row);
    move_in(t_.heard, id, heard, if_heard(row->m));
    move_in(t_.not_looked_at, id, if_so(waited), if_so(waits_for_a_look(*row)));
    return {};
  }

  static constexpr std::size_t kPhonesMost = 20;

  std::int64_t owner_of(const core::Party& party) const {
    const std::int64_t* known = t_.emails.known.find(party.email);
    if (!known) known = t_.phones.known.find(party.phone);
    return known ? *known : 0;
  }
  void add_phones_of(std::int64_t person, List<std::string>& out) const {
    t_.phones.by_person.ascending(person, [&](const std::string& phone) {
      out.push_back(phone);
      return out.size() < kPhonesMost;
    });
  }
  // Nothing changes hands.
  static void learn(Identifiers& identifiers, const std::string& value, std::int64_t person) {
    if (value.empty() || identifiers.known.find(value)) return;
    identifiers.by_person.insert(person, value);
    identifiers.known.put(value, person);
  }

  OutboxItem item(std::int64_t id) const {
    const FateRow& fate = *t_.fates.find(id);
    return {id,
            id,
            *t_.notices.find(id),
            fate.state,
            fate.attempts,
            fate.created_at,
            fate.next_try_at,
            fate.last_error};
  }

  Memory& memory_;
  Tables& t_;
  MemoryRecords<core::Outage> outages_{memory_, t_.outages};
  MemoryRecords<core::Callback> callbacks_{memory_, t_.callbacks};
  MemoryReports reports_{memory_};
  MemoryAccounts accounts_{memory_};
  bool in_transaction_ = false;
};

}  // namespace

Result<std::unique_ptr<ports::Store>> open_store(Memory& memory) {
  HEJNAL_TRY_VOID(memory.operation());
  return std::unique_ptr<ports::Store>(std::make_unique<MemoryStore>(memory));
}

}  // namespace hejnal::store::memory
