// Outages: what is decided of them goes on to the cases that belong to them, in the same transaction.
#include <fmt/core.h>

#include <algorithm>

#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

constexpr int kOpenMax = 1000;
constexpr std::size_t kAttachedAtOnceMax = 500;

}  // namespace

Result<const std::vector<core::Outage>*> Desk::open_outages() {
  if (!open_outages_) {
    HEJNAL_TRY(const auto ids, parts_.store.outages().ids(true, kOpenMax, ports::Archive::kNewest));
    std::vector<core::Outage> list;
    damaged_outages_ = false;
    for (const core::OutageId id : ids) {
      HEJNAL_TRY(auto o, parts_.store.outages().readable(id));
      damaged_outages_ = damaged_outages_ || !o;
      if (o) list.push_back(std::move(*o));
    }
    open_outages_ = std::move(list);
  }
  return &*open_outages_;
}

Result<bool> Desk::failure_open() {
  HEJNAL_TRY(const auto* outages, open_outages());
  if (!outages->empty() || damaged_outages_) return true;  // nobody knows that the damaged one is over
  return parts_.store.failure_open();
}

// What is said of the outage that a case has to do with. A report is new as long as its email is missing.
Status Desk::add_outage(core::Facts& facts, const core::Case& c, const core::Signal& signal) {
  const core::OutageId known = c.outage != 0 ? c.outage : c.like_outage;
  if (known == 0) return !c.exists() || c.email_missing ? add_like_outage(facts, signal) : Status();
  HEJNAL_TRY(const auto* outages, open_outages());
  for (const core::Outage& o : *outages) {
    if (o.id == known) facts.outage_text = o.in_short();
  }
  return {};
}

// A new report that looks like an open outage: its receipt says so, and it is offered for attaching.
Status Desk::add_like_outage(core::Facts& facts, const core::Signal& signal) {
  HEJNAL_TRY(const auto* outages, open_outages());
  if (outages->empty()) return {};
  const auto [subject, text] = std::visit(
      [](const auto& s) -> std::pair<std::string, std::string> {
        if constexpr (requires { s.subject; }) {
          return {s.subject, s.text};
        } else if constexpr (requires {
                               s.from.phone;
                               s.text;
                             }) {
          return {{}, s.text};
        }
        return {};
      },
      signal);
  for (const core::Outage& o : *outages) {
    if (!core::looks_like(o, subject, text)) continue;
    facts.like_outage = o.id;
    facts.outage_text = o.in_short();
    return {};
  }
  return {};
}

Result<core::Outage> Desk::declare_outage(const NewOutage& declared) {
  if (declared.cases.size() > kAttachedAtOnceMax)
    return fail(Fault::malformed, "cases: at most {} can be attached at once", kAttachedAtOnceMax);
  HEJNAL_TRY(const core::OutageId last, parts_.store.outages().last_id());
  const core::outage::Declare declare{last + 1, declared.agent, declared.title, declared.text,
                                      declared.expected_end};
  HEJNAL_TRY(const auto* outages, open_outages());
  const auto before = std::find_if(outages->begin(), outages->end(), [&](const core::Outage& one) {
    return core::is_declared(one, declare, now());
  });
  core::Outage o = before == outages->end() ? core::Outage{} : *before;
  if (!o.exists()) {
    HEJNAL_TRY(o, turn(std::move(o), declare));
  }
  for (const core::CaseNumber number : declared.cases) {
    HEJNAL_TRY(o, act(o.id, core::outage::Attach{declared.agent, number}));
  }
  return o;
}

Result<core::Outage> Desk::act(core::OutageId id, const core::outage::Signal& signal) {
  HEJNAL_TRY(core::Outage o, parts_.store.outages().load(id));
  if (!o.exists()) return fail(Fault::not_found, "there is no outage {}", id);
  if (const auto* attach = std::get_if<core::outage::Attach>(&signal); attach && o.open()) {
    HEJNAL_TRY(const core::CaseNumber known, attached_as(o, attach->number));
    if (known != 0) return o;
  }
  if (const auto* detach = std::get_if<core::outage::Detach>(&signal)) {
    HEJNAL_TRY(const core::CaseNumber known, attached_as(o, detach->number));
    if (known != 0) return turn(std::move(o), core::outage::Detach{detach->agent, known});
  }
  return turn(std::move(o), signal);
}

// The number under which this case was attached: its own, or that of one which was merged into it. 0: it was
// not.
Result<core::CaseNumber> Desk::attached_as(const core::Outage& o, core::CaseNumber number) {
  if (o.has(number)) return number;
  HEJNAL_TRY(const core::CaseNumber lives, living(number));
  for (const core::CaseNumber attached : o.cases) {
    HEJNAL_TRY(const core::CaseNumber same, living(attached));
    if (lives != 0 && same == lives) return attached;
  }
  return 0;
}

Result<core::Outage> Desk::turn(core::Outage o, const core::outage::Signal& signal) {
  const bool was_open = o.open();
  HEJNAL_TRY(const core::outage::Decision decision, core::decide(o, signal, now()));
  if (decision.entries.empty()) return o;
  for (const core::outage::Entry& entry : decision.entries) core::apply(o, entry);
  record_alarm_.reset();
  open_outages_.reset();
  HEJNAL_TRY_VOID(parts_.store.outages().write(o, now(), decision.entries));
  changes_.push_back({0, 0, "outage", o.id});
  // A case that was merged into another one is told there, and two that were merged once.
  std::vector<core::CaseNumber> told;
  for (const core::CaseNumber number : decision.to_cases) {
    HEJNAL_TRY(const core::CaseNumber lives, living(number));
    if (lives == 0) return fail(Fault::not_found, "there is no case {}", number);
    if (std::find(told.begin(), told.end(), lives) != told.end()) continue;
    told.push_back(lives);
    HEJNAL_TRY_VOID(tell_case(o, signal, lives));
  }
  if (decision.tell_on_call) HEJNAL_TRY_VOID(ring_outage(o));
  if (o.open() != was_open) HEJNAL_TRY_VOID(failure_changed());
  return o;
}

Status Desk::tell_case(const core::Outage& o, const core::outage::Signal& signal, core::CaseNumber number) {
  using What = core::OutageTold::What;
  HEJNAL_TRY(core::Case c, load(number));
  core::OutageTold told{What::updated, o.id, {}, o.title, o.public_text, o.expected_end.value_or(Instant{})};
  if (const auto* attach = std::get_if<core::outage::Attach>(&signal)) {
    told.what = What::attached;
    told.text = o.in_short();
    told.agent = attach->agent;
    HEJNAL_TRY(c, leave_ended_outage(std::move(c), o, attach->agent));
  } else if (const auto* detach = std::get_if<core::outage::Detach>(&signal)) {
    told.what = What::detached;
    told.agent = detach->agent;
  } else if (const auto* update = std::get_if<core::outage::Update>(&signal)) {
    told.agent = update->agent;
  } else if (const auto* end = std::get_if<core::outage::End>(&signal)) {
    told.agent = end->agent;
    // Of another outage as well, since two cases became one: this is news, and the answer is that one's end.
    const bool goes_on = c.outage != 0 && c.outage != o.id;
    if (!goes_on) {
      HEJNAL_TRY(c, answer_at_end(std::move(c), *end, told));
      told.what = What::ended;
    }
  }
  HEJNAL_TRY_VOID(turn(c, told));
  return {};
}

Result<core::OutageId> Desk::open_outage_of(const core::Case& c) {
  if (c.outage == 0) return 0;
  HEJNAL_TRY(const core::Outage o, parts_.store.outages().load(c.outage));
  return o.open() ? o.id : 0;
}

// Attached before the end of an outage let go of its cases.
Result<core::Case> Desk::leave_ended_outage(core::Case c, const core::Outage& joins,
                                            const std::string& agent) {
  HEJNAL_TRY(const core::OutageId open, open_outage_of(c));
  if (c.outage == 0 || c.outage == joins.id || open != 0) return c;
  HEJNAL_TRY(const core::Outage before, parts_.store.outages().load(c.outage));
  return turn(c, core::OutageTold{core::OutageTold::What::detached, before.id, agent, before.title, {}, {}});
}

// The end of the outage is the answer to what its clients have reported.
Result<core::Case> Desk::answer_at_end(core::Case c, const core::outage::End& end,
                                       const core::OutageTold& told) {
  if (c.state == core::State::settled || c.state == core::State::closed) return c;
  core::AgentActed answer;
  answer.agent = end.agent;
  answer.action = core::Action::answer;
  answer.text = end.text;
  HEJNAL_TRY(const core::Procedure* procedure, procedure_of(c));
  const bool by_both = procedure->at(c.class_name).failure && !c.answer_to.empty() && settings_.sms_available;
  if (by_both && core::is_telephone(c.client.phone) && !core::is_landline(c.client.phone))
    answer.channels = {core::Channel::email, core::Channel::sms};
  for (int tries = 0; tries < 2; ++tries) {
    auto answered = turn(c, answer);
    if (answered) return answered;
    const Fault fault = answered.error().fault;
    if (fault != Fault::conflict && fault != Fault::refused) return answered;
    answer.channels.clear();  // the SMS cannot be: the email can
  }
  // Another answer is about to leave, or nothing is known where one could go: the case says so.
  return turn(c, told);
}

// The clients wait for news: whoever is on call is told by email.
Status Desk::ring_outage(const core::Outage& o) {
  core::Notice notice;
  notice.kind = core::NoticeKind::outage_silent;
  notice.id = static_cast<int>(o.id * 10'000 + o.entries);
  notice.subject = o.title;
  notice.outage_text = o.public_text;
  notice.elapsed_ms = (now() - o.words.back().at).count();
  notice.due = o.expected_end.value_or(Instant{});
  return tell_first_on_call(notice, false);
}

Status Desk::tell_first_on_call(core::Notice notice, bool by_sms) {
  if (settings_.on_call.empty()) return {};
  const core::OnCall& person = settings_.on_call.front();
  notice.to_name = person.name;
  notice.channel = core::Channel::email;
  notice.to = person.email;
  if (!notice.to.empty()) HEJNAL_TRY_VOID(queue(notice));
  notice.channel = core::Channel::sms;
  notice.to = person.phone;
  if (by_sms && settings_.sms_available && !notice.to.empty()) return queue(notice);
  return {};
}

}  // namespace hejnal::desk
