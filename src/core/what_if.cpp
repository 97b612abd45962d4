#include "core/what_if.hpp"

#include <algorithm>

#include "core/decide.hpp"

namespace hejnal::core {

namespace {

constexpr int kAlarmsMax = 10'000;  // of one case; a procedure that rings more often is not rehearsed further

// Reads a journal for what came from outside. What the desk did itself follows from the rules.
class CueReader {
 public:
  explicit CueReader(const std::vector<Entry>& journal) : journal_(journal) {}

  std::vector<Cue> read() && {
    for (at_ = 0; at_ < journal_.size(); ++at_)
      std::visit([this](const auto& body) { entry(body); }, journal_[at_].body);
    return std::move(cues_);
  }

 private:
  const Entry& now() const { return journal_[at_]; }

  void give(Signal signal) { cues_.push_back({now().at, std::move(signal)}); }

  // The first entry of that kind that follows in the same turn, before anything else came from outside.
  template <class Body>
  const Body* follows() const {
    for (std::size_t i = at_ + 1; i < journal_.size() && journal_[i].at == now().at; ++i) {
      if (std::holds_alternative<Received>(journal_[i].body) ||
          std::holds_alternative<Acted>(journal_[i].body))
        return nullptr;
      if (const Body* found = std::get_if<Body>(&journal_[i].body)) return found;
    }
    return nullptr;
  }

  template <class Body>
  void entry(const Body&) {}  // the desk's own

  void entry(const Opened& b) { opened_ = b; }

  void entry(const Received& b) {
    if (b.automatic) return;
    Party from = opened_.client;
    if (!b.phone.empty()) from.phone = b.phone;
    ClassHint hint;
    const Classified* classified = follows<Classified>();
    if (b.relation == Relation::opens && classified && classified->confirmed && !classified->by_agent)
      hint = {classified->class_name, "as it was told"};
    switch (b.channel) {
      case Channel::email: {
        EmailReceived s;
        s.message = b.message;
        s.from = from;
        s.answer_to = s.automatic_to = from.email;
        s.subject = opened_.subject;
        s.sent_at = b.relation == Relation::opens ? opened_.sent_at : now().at;
        s.relation = b.relation;
        s.hint = hint;
        return give(std::move(s));
      }
      case Channel::sms: {
        SmsReceived s;
        s.message = b.message;
        s.from = from;
        s.relation = b.relation;
        // What an SMS alone is taken for is for the procedure to say.
        return give(std::move(s));
      }
      case Channel::call: {
        CallReceived s;
        s.message = b.message;
        s.from = from;
        s.relation = b.relation;
        return give(std::move(s));
      }
      default: {
        Reported s;
        s.message = b.message;
        s.from = from;
        s.channel = b.channel;
        s.subject = opened_.subject;
        s.relation = b.relation;
        s.hint = hint;
        const Became* became = follows<Became>();
        s.resolved = b.relation != Relation::opens && became && became->state == State::settled;
        return give(std::move(s));
      }
    }
  }

  void entry(const Alerted& b) {
    AlertCame s;
    s.message = b.message;
    s.monitor = b.monitor;
    s.key = b.key;
    s.firing = !b.over;
    s.subject = opened_.subject;
    s.text = b.text;
    s.severity = b.severity;
    s.hint = {b.class_name, now().why};
    if (b.quiet_ms > 0) s.settle_after = Duration(b.quiet_ms);
    give(std::move(s));
  }

  AgentActed by_agent(Action action) const {
    AgentActed acted;
    acted.action = action;
    acted.agent = now().by;
    return acted;
  }

  // An answer that can still be cancelled leaves by itself.
  void entry(const Planned& b) {
    if (b.timer != Timer::answer) return;
    AgentActed acted = by_agent(b.question ? Action::ask : Action::answer);
    acted.text = b.text;
    acted.delay = b.due - now().at;
    give(std::move(acted));
  }
  void entry(const Dropped& b) {
    if (b.timer == Timer::answer) left_at_ = now().at;
  }

  void entry(const Acted& b) {
    using enum Action;
    const bool of_others =
        b.action == absorb || b.action == unjoin || b.action == revoke_link || b.action == link;
    const bool leaves_now = (b.action == answer || b.action == ask) && left_at_ == now().at;
    if (of_others || leaves_now) return;
    AgentActed acted = by_agent(b.action);
    acted.text = b.text;
    acted.other = b.other;
    if (b.action == reclassify) {
      const Classified* to = follows<Classified>();
      if (!to) return;
      acted.class_name = to->class_name;
    }
    give(std::move(acted));
  }

  const std::vector<Entry>& journal_;
  std::size_t at_ = 0;
  Opened opened_;
  std::optional<Instant> left_at_;  // when a delayed answer left last
  std::vector<Cue> cues_;
};

struct Stage {
  const Procedure& procedure;
  Facts facts;
  Case c;
  Rehearsal told;
  int alarms = 0;

  void happens(const Signal& signal, Instant at) {
    const auto decision = decide(procedure, facts, c, signal, at);
    if (!decision) {
      ++told.refused;
      return;
    }
    for (const Entry& entry : decision->entries) {
      core::apply(c, entry);
      if (std::holds_alternative<Rang>(entry.body)) told.rings.push_back(at);
    }
  }

  void until(Instant at) {
    while (c.exists() && alarm(c) && *alarm(c) <= at && ++alarms < kAlarmsMax)
      happens(AlarmRang{}, *alarm(c));
  }
};

}  // namespace

std::vector<Cue> cues(const std::vector<Entry>& journal) { return CueReader(journal).read(); }

Rehearsal rehearse(const Procedure& procedure, const std::vector<Entry>& journal, Instant until) {
  Stage stage{procedure, {}, {}, {}};
  if (!journal.empty()) {
    if (const auto* opened = std::get_if<Opened>(&journal.front().body)) {
      stage.facts.number = opened->number;
      stage.facts.short_code = opened->short_code;
      stage.facts.token = opened->token;
    }
  }
  for (const Cue& cue : cues(journal)) {
    if (cue.at > until) break;
    stage.until(cue.at);
    stage.happens(cue.signal, cue.at);
  }
  stage.until(until);
  stage.told.class_name = stage.c.class_name;
  stage.told.kept = stage.c.measured.kept;
  stage.told.broken = broken_so_far(stage.c);
  return std::move(stage.told);
}

void Rehearsed::add(const Rehearsal& one, std::int64_t rings_at_night) {
  for (Row* row : {&total, &by_class[one.class_name]}) {
    ++row->cases;
    row->kept += one.kept;
    row->broken += one.broken;
    row->rings += static_cast<std::int64_t>(one.rings.size());
    row->rings_at_night += rings_at_night;
  }
}

}  // namespace hejnal::core
