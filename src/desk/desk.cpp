#include "desk/desk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "core/mail_health.hpp"

namespace hejnal::desk {

namespace {

constexpr const char* kLastNow = "last_now_ms";  // the time of the last commit
constexpr core::CaseNumber kUnknown = -1;
constexpr std::size_t kRememberedCases = 2000;
constexpr std::size_t kTextInAlertMax = 4000;  // characters

}  // namespace

Desk::Desk(Parts parts, Settings settings, core::Procedure procedure, std::string procedure_text)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      procedure_(std::move(procedure)),
      procedure_text_(std::move(procedure_text)),
      budget_(settings_.budget) {}

Status Desk::start() {
  ports::Store& store = parts_.store;
  HEJNAL_TRY(const std::string last, store.setting(kLastNow));
  std::from_chars(last.data(), last.data() + last.size(), last_now_.ms);
  tick();
  HEJNAL_TRY_VOID(store.begin());
  const auto take_up = [&]() -> Status {
    HEJNAL_TRY_VOID(keep_procedure(procedure_, procedure_text_, {}));
    HEJNAL_TRY(last_number_, store.last_case_number());
    HEJNAL_TRY(message_key_, store.setting(kMessageKey));
    if (message_key_.empty()) {
      message_key_ = random_text(core::kTokenAlphabet, 40);
      HEJNAL_TRY_VOID(store.set_setting(kMessageKey, message_key_));
    }
    short_codes_.emplace(keyed_hash(message_key_, "short codes"));
    HEJNAL_TRY(const std::string review, store.setting(kReviewAt));
    if (!review.empty()) review_at_ = Instant{std::atoll(review.c_str())};
    HEJNAL_TRY_VOID(take_up_heartbeats());
    // An hour's budget is not given twice because of a restart.
    HEJNAL_TRY(const auto lately, store.automatic_since(Instant{now().ms - now().ms % 3'600'000}));
    for (const ports::AutomaticWord& word : lately) budget_.spend(word.to, word.number, word.at);
    // What was being handed over when the last run ended: an email goes again with the same Message-ID; of
    // SMS alerts do (they may arrive twice), the others where the gateway recognises a repeat; the rest is
    // for a person to decide. The attempt that was cut counts, so that an SMS is known to be a repeat.
    HEJNAL_TRY(const auto pending, store.notices_in(core::NoticeState::handing_over));
    for (const ports::OutboxItem& item : pending) {
      bool again = item.notice.channel == core::Channel::email || item.notice.to_desk();
      if (!again && settings_.sms_repeats_by) {
        // Which gateway was to get it was written down first: with none, it has certainly not left.
        HEJNAL_TRY(const auto handed, store.sms_handed(item.id));
        const auto& repeats = *settings_.sms_repeats_by;
        again = !handed || handed->gateway.empty() ||
                std::find(repeats.begin(), repeats.end(), handed->gateway) != repeats.end();
      }
      HEJNAL_TRY_VOID(
          store.set_notice(item.id, again ? core::NoticeState::queued : core::NoticeState::unknown,
                           item.attempts + 1, now(), "the program ended while it was being handed over"));
    }
    return {};
  };
  Status done = take_up();
  if (done) done = store.commit();
  if (!done) store.rollback();
  return done;
}

Instant Desk::tick() {
  last_now_ = std::max(last_now_, parts_.clock.now());
  return last_now_;
}

Status Desk::before_commit() { return parts_.store.set_setting(kLastNow, std::to_string(last_now_.ms)); }

void Desk::undo(Mark mark) {
  for (std::size_t i = mark.changes; i < changes_.size(); ++i) {
    forget_case(changes_[i].number);
    if (changes_[i].what == "callback") open_callbacks_.reset();
  }
  changes_.resize(mark.changes);
  leaving_.resize(mark.leaving);
  for (std::size_t i = mark.spent; i < spent_.size(); ++i)
    budget_.give_back(spent_[i].address, spent_[i].number);
  spent_.resize(mark.spent);
  store_alarm_.reset();
  open_outages_.reset();
  record_alarm_.reset();
  told_callbacks_.clear();
  last_number_ = kUnknown;  // numbers that the undone work had taken are free again
  set_aside_.clear();       // and so are those of messages
  set_aside_ids_.clear();
  // What the store says of heartbeats; since when they are watched is this run's own.
  static_cast<void>(read_heartbeats());
  if (const auto review = parts_.store.setting(kReviewAt)) {
    review_at_ = review->empty() ? std::nullopt : std::optional(Instant{std::atoll(review->c_str())});
  }
}

void Desk::committed(Events& events) {
  spent_.clear();
  events.publish(std::exchange(changes_, {}));
}

void Desk::forget_case(core::CaseNumber number) {
  const auto found = cases_.find(number);
  if (found == cases_.end()) return;
  recent_.erase(found->second.place);
  cases_.erase(found);
}

void Desk::remember(const core::Case& c) {
  const auto found = cases_.find(c.number);
  if (found != cases_.end()) {
    found->second.c = c;
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return;
  }
  recent_.push_front(c.number);
  cases_.emplace(c.number, Remembered{c, recent_.begin()});
  if (cases_.size() > kRememberedCases) {
    cases_.erase(recent_.back());
    recent_.pop_back();
  }
}

Result<core::Case> Desk::load(core::CaseNumber number) {
  if (const auto found = cases_.find(number); found != cases_.end()) return found->second.c;
  HEJNAL_TRY(const auto journal, parts_.store.journal(number));
  if (journal.empty()) return fail(Fault::not_found, "there is no case {}", number);
  core::Case c;
  for (const core::Entry& entry : journal) {
    if (!core::fits(c, entry))
      return fail(Fault::corrupt, "entry {} of its journal cannot follow on those before it", c.entries + 1);
    core::apply(c, entry);
  }
  remember(c);
  return c;
}

Result<core::CaseNumber> Desk::living(core::CaseNumber number) {
  for (int hops = 0; number != 0 && hops < 20; ++hops) {
    HEJNAL_TRY(const auto summary, parts_.store.summary(number));
    if (!summary) return 0;
    if (summary->merged_into == 0) return number;
    number = summary->merged_into;
  }
  return number;
}

Status Desk::keep_procedure(const core::Procedure& procedure, const std::string& text,
                            const std::string& by) {
  constexpr std::size_t kLogMax = 20'000;  // bytes
  ports::Store& store = parts_.store;
  HEJNAL_TRY_VOID(store.keep_procedure(procedure.version, text));
  HEJNAL_TRY(std::string log, store.setting(kProcedureLog));
  const auto last = log.rfind('\n');
  const std::string_view latest = std::string_view(log).substr(last == std::string::npos ? 0 : last + 1);
  const auto pieces = hejnal::split(latest, ' ');
  if (pieces.size() > 1 && pieces[1] == procedure.version) return {};
  log += fmt::format("{}{} {} {}", log.empty() ? "" : "\n", now().ms, procedure.version, one_line(by));
  while (log.size() > kLogMax) log.erase(0, log.find('\n') + 1);
  return store.set_setting(kProcedureLog, log);
}

void Desk::adopt_procedure(core::Procedure procedure, std::string text) {
  if (procedure.version == procedure_.version) return;
  older_procedures_.emplace(procedure_.version, std::move(procedure_));
  procedure_ = std::move(procedure);
  procedure_text_ = std::move(text);
}

Result<const core::Procedure*> Desk::procedure_of(const core::Case& c) {
  if (!c.exists() || c.procedure == procedure_.version) return &procedure_;
  if (const auto found = older_procedures_.find(c.procedure); found != older_procedures_.end())
    return &found->second;
  HEJNAL_TRY(const std::string text, parts_.store.procedure_text(c.procedure));
  HEJNAL_TRY(core::Procedure older, parts_.read_procedure(text));
  return &older_procedures_.emplace(c.procedure, std::move(older)).first->second;
}

Result<core::Facts> Desk::facts(const core::Case& c) {
  core::Facts facts;
  facts.on_call = settings_.on_call;
  facts.sms_available = settings_.sms_available;
  // Not to know is no all-clear.
  HEJNAL_TRY(facts.failure_open, failure_open());
  if (c.exists() && !c.automatic_to.empty())
    facts.automatic_budget = budget_.refusal(c.automatic_to, c.number, now());
  for (const core::TookOver& other : c.others) {
    if (!other.automatic_to.empty() && !budget_.refusal(other.automatic_to, c.number, now()).empty())
      facts.over_budget.push_back(other.automatic_to);
  }
  return facts;
}

std::string Desk::random_text(std::string_view alphabet, std::size_t length) {
  std::string out;
  while (out.size() < length) {
    std::uint64_t bits = parts_.random.next();
    for (int i = 0; i < 10 && out.size() < length; ++i, bits >>= 6)
      out += alphabet[(bits & 63) % alphabet.size()];
  }
  return out;
}

Status Desk::prepare_opening(core::Facts& facts) {
  // Asked now and not in forget(): a store that is ill could not have told it.
  if (last_number_ == kUnknown) {
    HEJNAL_TRY(last_number_, parts_.store.last_case_number());
  }
  facts.number = last_number_ + 1;
  facts.token = core::token_of(facts.number, random_text(core::kTokenAlphabet, core::kTokenSecret));
  facts.short_code = short_codes_->of(facts.number);
  last_number_ = facts.number;
  return {};
}

Result<core::CaseNumber> Desk::case_of_report(const std::string& sender, const std::string& code) {
  if (sender.empty() || code.empty()) return core::CaseNumber{0};
  HEJNAL_TRY(const std::string number, parts_.store.setting(fmt::format("report {} {}", code, sender)));
  return living(std::atoll(number.c_str()));
}

Status Desk::note_report(const std::string& sender, const std::string& code, core::CaseNumber number) {
  if (sender.empty() || code.empty()) return {};
  HEJNAL_TRY_VOID(
      parts_.store.set_setting(fmt::format("report {} {}", code, sender), std::to_string(number)));
  // Whom the code was told by, so that both rows can go together with the case.
  HEJNAL_TRY(const auto known, reports_of(number));
  std::string row;
  for (const ReportName& one : known) {
    const bool same = one.code == code && one.sender == sender;
    if (!one.sender.empty() && !same) row += fmt::format("{} {} ", one.code, one.sender);
  }
  return parts_.store.set_setting(fmt::format("report_of {}", number),
                                  fmt::format("{}{} {}", row, code, sender));
}

// "CODE SENDER CODE SENDER"; an old row has a code alone. The last one is the latest.
Result<std::vector<Desk::ReportName>> Desk::reports_of(core::CaseNumber number) {
  HEJNAL_TRY(const std::string row, parts_.store.setting(fmt::format("report_of {}", number)));
  std::vector<ReportName> out;
  if (row.empty()) return out;
  const auto words = hejnal::split(row, ' ');
  for (std::size_t i = 0; i < words.size(); i += 2)
    out.push_back({std::string(words[i]), i + 1 < words.size() ? std::string(words[i + 1]) : std::string()});
  return out;
}

Result<std::string> Desk::report_code_of(core::CaseNumber number) {
  HEJNAL_TRY(const auto all, reports_of(number));
  return all.empty() ? std::string() : all.back().code;
}

// A closed case is joined by nothing any more: what a client's hejnal called it is of no use.
Status Desk::forget_reports(const core::Case& c) {
  std::vector<core::CaseNumber> numbers = {c.number};
  numbers.insert(numbers.end(), c.own_cases.begin(), c.own_cases.end());
  for (const core::TookOver& other : c.others)
    numbers.insert(numbers.end(), other.cases.begin(), other.cases.end());
  for (const core::CaseNumber number : numbers) {
    HEJNAL_TRY(const auto all, reports_of(number));
    for (const ReportName& one : all)
      HEJNAL_TRY_VOID(parts_.store.set_setting(fmt::format("report {} {}", one.code, one.sender), ""));
    if (!all.empty()) HEJNAL_TRY_VOID(parts_.store.set_setting(fmt::format("report_of {}", number), ""));
  }
  return {};
}

Result<core::CaseNumber> Desk::case_of_code(std::string_view short_code) {
  HEJNAL_TRY(const core::CaseNumber early, parts_.store.case_by_early_code(short_code));
  const core::CaseNumber first = early != 0 ? early : short_codes_->number_of(short_code);
  if (first == 0) return 0;
  HEJNAL_TRY(const core::CaseNumber last, parts_.store.last_case_number());
  core::CaseNumber number = first;
  while (number + core::ShortCodes::kCount <= last) number += core::ShortCodes::kCount;
  HEJNAL_TRY(const auto summary, parts_.store.summary(number));
  return summary && summary->short_code == short_code ? number : 0;
}

// Who has sent STOP, or has had enough, is asked in one place, for every decision that could say something by
// SMS.
Status Desk::add_limits_of_sms(core::Facts& facts, const core::Case& c, const core::Signal& signal) {
  if (!facts.sms_available) return {};
  const auto add = [&](const std::string& phone) -> Status {
    if (phone.empty()) return {};
    HEJNAL_TRY(const auto contact, parts_.store.sms_contact(phone));
    if (contact && contact->stopped_at) facts.sms_stopped.push_back(phone);
    if (!budget_.refusal(phone, c.number, now()).empty()) facts.sms_over_budget.push_back(phone);
    return {};
  };
  HEJNAL_TRY_VOID(add(c.client.phone));
  HEJNAL_TRY_VOID(add(facts.known_phone));
  for (const core::TookOver& other : c.others) HEJNAL_TRY_VOID(add(other.client.phone));
  const std::string from = std::visit(
      [](const auto& s) {
        if constexpr (requires { s.from.phone; }) return s.from.phone;
        return std::string();
      },
      signal);
  return from == c.client.phone ? Status() : add(from);
}

Result<core::Case> Desk::turn(const core::Case& c, const core::Signal& signal) {
  HEJNAL_TRY(core::Facts now_known, facts(c));
  return turn(c, signal, std::move(now_known));
}

Result<core::Case> Desk::turn(core::Case c, const core::Signal& signal, core::Facts facts) {
  HEJNAL_TRY(const core::Procedure* procedure, procedure_of(c));
  HEJNAL_TRY_VOID(add_limits_of_sms(facts, c, signal));
  const bool is_new = !c.exists();
  HEJNAL_TRY_VOID(add_outage(facts, c, signal));
  const bool failed_before = !is_new && core::failure_open(*procedure, c);
  HEJNAL_TRY(const core::Decision decision, core::decide(*procedure, facts, c, signal, now()));
  if (decision.entries.empty()) return c;
  const auto announced_before = core::announcement(c);
  const auto for_callbacks = [&c] {
    return std::tuple(c.class_name, c.outage, c.merged_into, c.state == core::State::closed, c.client.phone,
                      c.client.email);
  };
  const auto known_before = for_callbacks();
  for (const core::Entry& entry : decision.entries) core::apply(c, entry);
  store_alarm_.reset();
  // The law that every open case has something due next, looked at with every change.
  HEJNAL_CHECK((c.state == core::State::closed) == !core::alarm(c).has_value());
  if (c.state == core::State::closed && c.merged_into == 0) HEJNAL_TRY_VOID(forget_reports(c));
  HEJNAL_TRY_VOID(parts_.store.write_turn(c, now(), decision.entries));
  if (const auto announced = core::announcement(c); announced != announced_before)
    HEJNAL_TRY_VOID(parts_.store.note_announcement(c.number, announced));
  if (const bool fails = core::failure_open(*procedure, c); fails != failed_before) {
    HEJNAL_TRY_VOID(parts_.store.set_failure(c.number, fails));
  }
  for (const core::Notice& notice : decision.notices) HEJNAL_TRY_VOID(queue(notice));
  changes_.push_back({0, c.number, is_new ? "opened" : "changed"});  // undo() forgets what stands there
  remember(c);
  if (is_new || for_callbacks() != known_before) HEJNAL_TRY_VOID(tell_callbacks_of(c));
  if (is_new ? core::failure_open(*procedure, c) : core::failure_open(*procedure, c) != failed_before)
    HEJNAL_TRY_VOID(failure_changed());
  return c;
}

Status Desk::queue(core::Notice notice) {
  if (notice.kind == core::NoticeKind::alert && notice.channel == core::Channel::sms)
    HEJNAL_TRY_VOID(add_code(notice));
  // By an SMS alone a client's hejnal could not tell which of its reports is meant.
  if (notice.channel == core::Channel::sms && !notice.to_desk() && notice.number != 0) {
    const core::CaseNumber meant = notice.through != 0 ? notice.through : notice.number;
    HEJNAL_TRY(notice.client_code, report_code_of(meant));
  }
  const bool tells = notice.kind == core::NoticeKind::alert && notice.channel == core::Channel::email;
  const ports::Words words = parts_.wording.words(tells ? with_words_of_client(notice) : notice, now());
  ports::Message message;
  // It belongs to the case that its reader knows: the client of a merged one sees nothing of the other.
  message.number = notice.through != 0 ? notice.through : notice.number;
  message.outgoing = true;
  message.channel = notice.channel;
  message.from = notice.channel == core::Channel::email ? settings_.address : std::string();
  message.to = notice.to;
  message.subject = words.subject;
  message.text = words.text;
  message.at = now();
  message.automatic = notice.automatic();
  message.internal = notice.to_desk();
  message.state = to_string(core::NoticeState::queued);
  message.message_id = message_id_of(notice);
  message.notice = notice.id;
  HEJNAL_TRY(const core::MessageId id, parts_.store.add_message(message, {}));
  if (!notice.held_back.empty()) {
    HEJNAL_TRY_VOID(parts_.store.queue(notice, id, core::NoticeState::failed, now()));
    return parts_.store.set_notice(id, core::NoticeState::failed, 0, now(), notice.held_back);
  }
  if (notice.automatic() && !notice.to_desk()) {
    budget_.spend(notice.to, notice.number, now());
    spent_.push_back({notice.to, notice.number});
  }
  if (ringing_ && notice.kind == core::NoticeKind::alert && notice.channel == core::Channel::sms) {
    rung_.push_back({notice, id});
  }
  // An alert by SMS waits for the others that ring with it.
  if (room_ <= 0 || (ringing_ && notice.channel == core::Channel::sms)) {
    return parts_.store.queue(notice, id, core::NoticeState::queued, now());
  }
  --room_;
  HEJNAL_TRY(ports::Outgoing leaves, outgoing(id, notice, message, 0));
  leaving_.push_back(std::move(leaves));
  return parts_.store.queue(notice, id, core::NoticeState::handing_over, now());
}

// An alert says what the client has written last, so that who is woken need not look elsewhere. Only its text
// does: the outbox does not keep it twice.
core::Notice Desk::with_words_of_client(const core::Notice& alert) {
  core::Notice out = alert;
  const auto message = parts_.store.message(alert.in_reply_to);
  if (!message || !*message) return out;  // the alert matters more than its words
  out.text = truncate_characters(trim((*message)->text), kTextInAlertMax);
  if (out.text.size() < trim((*message)->text).size()) out.text += " [...]";
  return out;
}

std::string Desk::message_id_of(const core::Notice& notice) const {
  if (notice.callback != 0 || notice.kind == core::NoticeKind::outage_silent) {  // of no case
    const std::string what = fmt::format("{}.{}.{} {} {}", to_string(notice.kind), notice.callback, notice.id,
                                         to_string(notice.channel), notice.to);
    const std::string_view own = core::domain_of(settings_.address);
    return core::message_id_of({0, 0, notice.id}, keyed_hash(message_key_, what).substr(0, 16),
                               own.empty() ? "hejnal.invalid" : own);
  }
  // Deterministic, so that a second sending is recognised; not guessable by anybody, not even by who has the
  // case's link, so that a reference proves that the mail was read.
  const std::string secret =
      keyed_hash(message_key_, fmt::format("{}.{}", notice.number, notice.id)).substr(0, 16);
  const std::string_view domain = core::domain_of(settings_.address);
  const core::SentName name{notice.through != 0 ? notice.through : notice.number, notice.number, notice.id};
  return core::message_id_of(name, secret, domain.empty() ? "hejnal.invalid" : domain);
}

// -- people of the desk
// ---------------------------------------------------------------------------------------------

Result<core::Case> Desk::act(core::CaseNumber number, core::AgentActed act) {
  HEJNAL_TRY(const core::Case c, load(number));
  if (act.action == core::Action::link) {
    if (act.other == number) return fail(Fault::conflict, "a case cannot be linked with itself");
    HEJNAL_TRY(const core::Case other, load(act.other));
    core::AgentActed back = act;
    back.other = number;
    HEJNAL_TRY_VOID(turn(other, back));
  }
  return turn(c, act);
}

Result<core::Case> Desk::merge(core::CaseNumber from, core::CaseNumber into, const std::string& agent) {
  if (from == into) return fail(Fault::conflict, "case {} cannot be merged into itself", from);
  HEJNAL_TRY(const core::Case source, load(from));
  HEJNAL_TRY(const core::Case target, load(into));
  HEJNAL_TRY(core::Facts target_facts, facts(target));
  core::Facts::Other other;
  other.number = from;
  other.class_name = source.class_name;
  if (const auto& react = source.debt(core::Promise::react)) other.react_due = react->due;
  if (const auto& answer = source.debt(core::Promise::answer); answer && answer->running())
    other.answer_due = answer->due;
  HEJNAL_TRY(const core::Procedure* procedure, procedure_of(source));
  other.failure_open = core::failure_open(*procedure, source);
  HEJNAL_TRY(other.outage, open_outage_of(source));
  other.acknowledged = source.acknowledged;
  other.email_missing = source.email_missing;
  other.email_came_at = core::email_came_at(source);
  other.client = source.client;
  other.clients = core::clients_of(source);
  for (const core::Alert& a : source.alerts) {
    other.alerts.push_back({a.monitor, a.key, !a.firing, false, 0, a.severity, a.text, a.class_name, 0});
  }
  target_facts.other = other;
  core::AgentActed absorb{.action = core::Action::absorb,
                          .agent = agent,
                          .text = {},
                          .class_name = {},
                          .channels = {},
                          .delay = {},
                          .other = from};
  core::AgentActed merged = absorb;
  merged.action = core::Action::merge;
  merged.other = into;
  HEJNAL_TRY(core::Facts source_facts, facts(source));
  source_facts.other = core::Facts::Other{};
  source_facts.other->number = into;
  HEJNAL_TRY(source_facts.other->outage, open_outage_of(target));
  source_facts.other->email_missing = target.email_missing;
  source_facts.other->email_came_at = core::email_came_at(target);
  source_facts.other->client = target.client;
  HEJNAL_TRY_VOID(turn(source, merged, source_facts));
  HEJNAL_TRY(const core::Case after, turn(target, absorb, target_facts));
  HEJNAL_TRY_VOID(parts_.store.merge_participants(from, into));
  return after;
}

namespace {

// Who has written a message, as far as its sender says: the case's client, or somebody else who joined in.
core::Party writer_of(const ports::Message& message, const core::Case& c) {
  for (const core::TookOver& client : core::clients_of(c)) {
    const core::Party& p = client.client;
    if (message.from.empty() || message.from == p.email || message.from == p.phone) return p;
  }
  const bool by_phone = message.channel == core::Channel::sms || message.channel == core::Channel::call;
  core::Party writer;
  (by_phone ? writer.phone : writer.email) = message.from;
  return writer;
}

}  // namespace

Result<core::CaseNumber> Desk::split(core::CaseNumber number, core::MessageId message_id,
                                     const std::string& agent) {
  HEJNAL_TRY(const auto message, parts_.store.message(message_id));
  HEJNAL_TRY(const core::CaseNumber lives, living(message ? message->number : 0));
  if (!message || (message->number != number && lives != number) || message->internal)
    return fail(Fault::not_found, "case {} has no message {}", number, message_id);
  if (message->outgoing)
    return fail(Fault::refused,
                "message {} was sent by the desk; only a client's message can become a case of its own",
                message_id);
  HEJNAL_TRY(const core::Case source, load(number));
  if (source.state == core::State::closed)
    return fail(Fault::conflict, "case {} is closed; reopen it first", number);
  HEJNAL_TRY(const std::int64_t messages, parts_.store.messages_from_clients(number));
  if (message->number == number && messages < 2)
    return fail(Fault::conflict, "message {} is the only one of case {}: nothing would be left of it",
                message_id, number);
  HEJNAL_TRY(core::Facts opening, facts(core::Case{}));
  opening.mentions = number;
  HEJNAL_TRY_VOID(prepare_opening(opening));
  core::Reported split_off;
  split_off.message = message_id;
  split_off.from = writer_of(*message, source);
  split_off.channel = message->channel;
  split_off.subject = message->subject.empty() ? source.subject : message->subject;
  split_off.text = message->text;
  split_off.join_reason = fmt::format("split off case {} by {}", number, agent);
  if (message->number != number) {  // out of a case that was merged: it is again what it was there
    HEJNAL_TRY(const core::Case came, load(message->number));
    split_off.hint = {came.class_name, fmt::format("so was case {}, where it came", came.number)};
    if (came.human_reaction) split_off.read_before = fmt::format("it was read in case {}", came.number);
  }
  opening.automatic_budget = "it has had its receipt in the case that it was split off";
  HEJNAL_TRY(const core::Case opened, turn(core::Case{}, split_off, opening));
  HEJNAL_TRY_VOID(parts_.store.move_message(message_id, opened.number));
  HEJNAL_TRY_VOID(parts_.store.merge_participants(number, opened.number));
  core::AgentActed link{.action = core::Action::link,
                        .agent = agent,
                        .text = {},
                        .class_name = {},
                        .channels = {},
                        .delay = {},
                        .other = opened.number};
  link.message = message_id;
  HEJNAL_TRY_VOID(turn(source, link));
  return opened.number;
}

// -- time
// -------------------------------------------------------------------------------------------------------------

Result<int> Desk::ring(int limit) {
  HEJNAL_TRY(const auto due, parts_.store.due_cases(now(), limit));
  ringing_ = true;
  rung_.clear();
  const auto ring_all = [&]() -> Status {
    for (const core::CaseNumber number : due) {
      const auto c = load(number);
      if (!c && c.error().fault == Fault::corrupt) {
        // One damaged case must not keep all others from ringing: it is told, and looked at again in an hour.
        fmt::print(stderr, "hejnal: case {}: {}\n", number, c.error().what);
        HEJNAL_TRY_VOID(parts_.store.postpone_alarm(number, now() + 1h));
        store_alarm_.reset();
        continue;
      }
      if (!c) return tl::make_unexpected(c.error());
      HEJNAL_TRY_VOID(turn(*c, core::AlarmRang{}));
    }
    return {};
  };
  const Status rang = ring_all();
  ringing_ = false;
  if (!rang) return tl::make_unexpected(rang.error());
  HEJNAL_TRY_VOID(bundle_alerts());
  HEJNAL_TRY_VOID(review_if_due());
  HEJNAL_TRY_VOID(ring_heartbeats());
  HEJNAL_TRY(const int records, ring_records(limit));
  return static_cast<int>(due.size()) + records;
}

// Cases that ring together share one SMS to each person: the first one names them all, the others have left
// with it.
Status Desk::bundle_alerts() {
  std::map<std::string, std::vector<RungBySms>> by_phone;
  for (RungBySms& r : rung_) by_phone[r.notice.to].push_back(std::move(r));
  rung_.clear();
  for (const auto& [phone, list] : by_phone) {
    if (list.size() < 2) continue;
    std::vector<core::Notice> notices;
    for (const RungBySms& r : list) notices.push_back(r.notice);
    HEJNAL_TRY_VOID(parts_.store.set_message_text(list.front().message, parts_.wording.together(notices)));
    for (std::size_t i = 1; i < list.size(); ++i) {
      HEJNAL_TRY_VOID(
          parts_.store.set_notice(list[i].message, core::NoticeState::handed_over, 0, now(),
                                  fmt::format("told in the SMS of case {}", list.front().notice.number)));
    }
  }
  return {};
}

Result<std::optional<Instant>> Desk::next_alarm() {
  if (!store_alarm_) {
    HEJNAL_TRY(store_alarm_, parts_.store.next_alarm());
  }
  HEJNAL_TRY(const auto of_records, next_record_alarm());
  std::optional<Instant> earliest = review_at_;
  for (const auto& alarm : {*store_alarm_, of_records}) {
    if (alarm && (!earliest || *alarm < *earliest)) earliest = alarm;
  }
  for (const HeartbeatState& one : heartbeats_) {
    const auto silent_at = core::due(one.rule, one.beat);
    if (silent_at && (!earliest || *silent_at < *earliest)) earliest = silent_at;
  }
  return earliest;
}

Result<std::optional<Instant>> Desk::next_event() {
  HEJNAL_TRY(const auto alarm, next_alarm());
  HEJNAL_TRY(auto attempt, parts_.store.next_try());
  if (!settings_.sms_repeats_by) return attempt && (!alarm || *attempt < *alarm) ? attempt : alarm;
  HEJNAL_TRY(const auto ask, parts_.store.next_ask());
  if (ask && (!attempt || *ask < *attempt)) attempt = ask;
  return attempt && (!alarm || *attempt < *alarm) ? attempt : alarm;
}

}  // namespace hejnal::desk
