#include "core/case.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace hejnal::core {

namespace {

template <class T>
void keep_known(T& known, const T& told) {
  if (!told.empty()) known = told;
}

void learn(Party& known, const Party& told) {
  keep_known(known.name, told.name);
  keep_known(known.email, told.email);
  keep_known(known.phone, told.phone);
  keep_known(known.organisation, told.organisation);
}

// Takes only what was not known.
void complete(Party& known, const Party& told) {
  Party all = told;
  learn(all, known);
  known = std::move(all);
}

template <class T>
bool contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

constexpr std::size_t kListenersMax = 20;
constexpr std::size_t kOfferedMax = 5;
constexpr std::size_t kAlertsMax = 50;  // of merged cases

bool is_monitor(const Case& c, const Party& p) {
  return p.email.empty() && p.phone.empty() &&
         std::any_of(c.alerts.begin(), c.alerts.end(),
                     [&](const Alert& alert) { return alert.monitor == p.name; });
}

// One function for each kind of entry, nothing but what the entry says.
struct Fold {
  Case& c;
  const Entry& e;

  std::optional<Debt>& debt(Promise p) { return c.debts[static_cast<std::size_t>(p)]; }
  Debt& owed(Promise p) {
    HEJNAL_CHECK(debt(p).has_value());
    return *debt(p);
  }

  void operator()(const Opened& b) {
    c.number = b.number;
    c.procedure = b.procedure;
    c.channel = b.channel;
    c.client = b.client;
    c.subject = b.subject;
    c.short_code = b.short_code;
    c.token = b.token;
    c.opened_at = e.at;
    c.sent_at = b.sent_at;
    c.email_missing = b.email_missing;
    if (b.email_missing) c.announced_at = e.at;
    c.candidates = b.candidates;
  }
  void operator()(const Received& b) {
    if (b.automatic) return;
    if (b.channel == Channel::web && b.relation == Relation::resend) c.reminded_at = e.at;
    // Who texts before anybody of the desk has reacted speaks of the email, which is here.
    const bool speaks_of_email = b.channel == Channel::sms && b.through == 0 && !c.human_reaction;
    if (speaks_of_email && c.channel == Channel::email && !c.announced_at) {
      c.announced_at = e.at;
      c.email_late_ms = 0;
    }
    if (!b.also_to.empty()) {
      const Listener listener{b.also_to, b.through};
      if (!contains(c.also_to, listener) && c.also_to.size() < kListenersMax) c.also_to.push_back(listener);
    }
    for (TookOver& other : c.others) {
      if (!contains(other.cases, b.through)) continue;
      other.last_message = b.message;
      keep_known(other.answer_to, b.answer_to);
      keep_known(other.automatic_to, b.automatic_to);
      keep_known(other.client.phone, b.phone);
      return;
    }
    c.last_message = b.message;
    keep_known(c.answer_to, b.answer_to);
    keep_known(c.automatic_to, b.automatic_to);
    keep_known(c.client.phone, b.phone);
  }
  void operator()(const TookOver& b) {
    if (b.own) {
      if (is_monitor(c, c.client) && !is_monitor(c, b.client)) c.client.name.clear();
      c.own_cases.insert(c.own_cases.end(), b.cases.begin(), b.cases.end());
      complete(c.client, b.client);
      if (c.answer_to.empty()) c.answer_to = b.answer_to;
      if (c.automatic_to.empty()) c.automatic_to = b.automatic_to;
      return;
    }
    for (TookOver& other : c.others) {
      if (!same_person(other.client, b.client)) continue;
      other.cases.insert(other.cases.end(), b.cases.begin(), b.cases.end());
      complete(other.client, b.client);
      if (other.answer_to.empty()) other.answer_to = b.answer_to;
      if (other.automatic_to.empty()) other.automatic_to = b.automatic_to;
      return;
    }
    c.others.push_back(b);
  }
  void operator()(const Classified& b) {
    c.class_name = b.class_name;
    c.class_reason = e.why;
    c.class_confirmed = b.confirmed;
    c.class_by_agent = b.by_agent;
  }
  void operator()(const StepTaken& b) { c.step = b.step; }
  void operator()(const EmailFound& b) {
    c.email_missing = false;
    if (b.channel == Channel::email && !c.email_late_ms) c.email_late_ms = b.late_ms;
    c.offered.clear();
    learn(c.client, b.client);
    if (c.answer_to.empty()) c.answer_to = b.client.email;
    keep_known(c.subject, b.subject);
  }
  void operator()(const Offered& b) {
    for (const Offered& o : c.offered) {
      if (o.message == b.message) return;
    }
    if (c.offered.size() < kOfferedMax) c.offered.push_back(b);
  }
  void operator()(const Owed& b) {
    debt(b.promise) = Debt{b.since, b.due, b.ring_at, 0, false, std::nullopt};
  }
  void operator()(const Moved& b) {
    Debt& d = owed(b.promise);
    d.due = b.due;
    d.ring_at = b.ring_at;
    d.paused_left_ms.reset();
    d.breached = d.breached && b.due <= e.at;
  }
  void operator()(const Paused& b) { owed(b.promise).paused_left_ms = b.left_ms; }
  void operator()(const Kept& b) {
    debt(b.promise).reset();
    ++(b.late_ms == 0 ? c.measured.kept : c.measured.broken);
    auto& first = b.promise == Promise::react ? c.measured.reacted_at : c.measured.answered_at;
    if (!first) first = e.at;
  }
  void operator()(const Released& b) {
    if (debt(b.promise) && debt(b.promise)->breached) ++c.measured.broken;
    debt(b.promise).reset();
  }
  void operator()(const Breached& b) { owed(b.promise).breached = true; }
  void operator()(const Rang& b) {
    owed(b.promise).rings = b.n;
    owed(b.promise).ring_at = b.ring_at;
  }
  void operator()(const Planned& b) {
    c.timers[static_cast<std::size_t>(b.timer)] = b.due;
    if (b.timer != Timer::answer) return;
    c.taken_up = true;
    c.taken_by = e.by;
    c.delayed = DelayedAnswer{b.text, e.by, b.question, b.channels};
    c.human_reaction = true;
    if (!c.read_at) c.read_at = e.at;
  }
  void operator()(const Dropped& b) {
    c.timers[static_cast<std::size_t>(b.timer)].reset();
    if (b.timer == Timer::answer) c.delayed.reset();
  }
  void operator()(const Acted& b) {
    using enum Action;
    if (b.action == start || b.action == answer || b.action == ask || b.action == reopen ||
        b.action == note || b.action == absorb) {
      c.taken_up = true;
      c.taken_by = e.by;
    }
    switch (b.action) {
      case Action::note:
      case Action::link:
      case Action::cancel:
      case Action::unjoin:
      case Action::revoke_link:
        return;
      case Action::merge:
        c.merged_into = b.other;
        break;
      case Action::no_email:
        c.email_missing = false;
        c.offered.clear();
        break;
      case Action::absorb:
        std::erase(c.candidates, b.other);
        break;
      case Action::answer:
        c.answered_at = e.at;
        c.also_to.clear();
        break;
      case Action::ask:
        c.asked_at = e.at;
        c.also_to.clear();
        break;
      default:
        break;
    }
    if (b.action == Action::merge || b.action == Action::absorb) return;
    c.human_reaction = true;
    const bool implies_reading =
        b.action != Action::reclassify && b.action != Action::reopen && b.action != Action::close;
    if (implies_reading && !c.read_at) c.read_at = e.at;
  }
  void operator()(const Became& b) {
    c.state = b.state;
    if (b.state == State::settled) {
      c.settled_at = e.at;
    } else if (b.state != State::closed) {
      c.settled_at.reset();
    }
  }
  // It lies in another case now: what we write is no reply to it any more.
  void left(MessageId message) {
    if (message == 0) return;
    if (c.last_message == message) c.last_message = 0;
    for (TookOver& other : c.others) {
      if (other.last_message == message) other.last_message = 0;
    }
  }
  void operator()(const Linked& b) {
    left(b.message);
    if (std::find(c.links.begin(), c.links.end(), b.other) == c.links.end()) c.links.push_back(b.other);
  }
  void operator()(const Unjoined& b) {
    left(b.message);
    if (std::find(c.links.begin(), c.links.end(), b.other) == c.links.end()) c.links.push_back(b.other);
    if (b.phone.empty()) return;
    if (c.client.phone == b.phone) c.client.phone.clear();
    for (TookOver& other : c.others) {
      if (other.client.phone == b.phone) other.client.phone.clear();
    }
  }
  void operator()(const LinkChanged& b) {
    if (b.number == c.number) c.token = b.token;
    for (TookOver& other : c.others) {
      if (other.cases.front() == b.number) other.token = b.token;
    }
  }
  void operator()(const Said& b) {
    c.notices = b.notice;
    if (b.channel == Channel::email && !is_for_desk(b.what)) c.mails.push_back(b.notice);
    if ((b.what == NoticeKind::receipt || b.what == NoticeKind::receipt_by_sms) && !c.measured.receipt_at)
      c.measured.receipt_at = e.at;
    if (b.what == NoticeKind::start_of_work) c.start_of_work_said = true;
    if (b.what == NoticeKind::acknowledgement || b.what == NoticeKind::start_of_work) c.acknowledged = true;
    if (b.what == NoticeKind::outage_update) c.start_of_work_said = c.acknowledged = true;
    if (b.what == NoticeKind::receipt_by_sms && !contains(c.told_of_loss, b.to))
      c.told_of_loss.push_back(b.to);
  }
  void operator()(const Withheld&) {}
  void operator()(const InOutage& b) {
    c.like_outage = b.offered ? b.outage : 0;
    if (!b.offered) c.outage = b.outage;
  }
  void operator()(const Alerted& b) {
    if (b.message != 0) c.last_message = b.message;
    auto found = std::find_if(c.alerts.begin(), c.alerts.end(), [&](const Alert& alert) {
      return alert.monitor == b.monitor && alert.key == b.key;
    });
    if (found == c.alerts.end() && c.alerts.size() >= kAlertsMax) {  // the place of one that is over
      const auto over =
          std::find_if(c.alerts.begin(), c.alerts.end(), [](const Alert& a) { return !a.firing; });
      if (over == c.alerts.end()) return;
      c.alerts.erase(over);
      found = c.alerts.end();
    }
    if (found == c.alerts.end())
      found = c.alerts.insert(c.alerts.end(), Alert{b.monitor, b.key, {}, {}, {}, true, 0, 0, 0, e.at, {}});
    ++found->told;
    found->firing = !b.over;
    found->over_at = b.over ? std::optional(e.at) : std::nullopt;
    if (b.message != 0) ++found->kept;
    if (b.over) return;
    if (b.again) ++found->fired;
    found->severity = b.severity;
    found->text = b.text;
    found->class_name = b.class_name;
  }
  void operator()(const Fate& b) {
    const bool lost = b.state == NoticeState::bounced || b.state == NoticeState::failed;
    if (lost) c.lost_notices.push_back({b.of, b.notice});
    if (!contains(c.mails, b.notice)) return;
    if (lost) c.mail_lost = true;
    if (b.state == NoticeState::delivered || b.state == NoticeState::seen) c.mail_lost = false;
  }
};

// Whether an entry can follow: nothing comes before the opening, and only what is owed can be moved or
// broken.
struct Look {
  const Case& c;

  bool operator()(const Opened& b) const { return !c.exists() && b.number != 0; }
  bool operator()(const Moved& b) const { return c.debt(b.promise).has_value(); }
  bool operator()(const Paused& b) const { return c.debt(b.promise).has_value(); }
  bool operator()(const Breached& b) const { return c.debt(b.promise).has_value(); }
  bool operator()(const Rang& b) const { return c.debt(b.promise).has_value(); }
  template <class Body>
  bool operator()(const Body&) const {
    return c.exists();
  }
};

constexpr Timer kTimers[] = {Timer::start_of_work, Timer::email_missing, Timer::settle,
                             Timer::close,         Timer::answer,        Timer::alert_over};
constexpr Promise kPromises[] = {Promise::react, Promise::answer};

}  // namespace

bool same_person(const Party& a, const Party& b) {
  if (!a.phone.empty() && a.phone == b.phone) return true;
  if (!a.email.empty() && !b.email.empty()) return a.email == b.email;
  return a.phone.empty() || b.phone.empty();
}

const TookOver* client_through(const Case& c, CaseNumber through) {
  for (const TookOver& other : c.others) {
    if (through != 0 && contains(other.cases, through)) return &other;
  }
  return nullptr;
}

std::optional<Instant> open_question(const Case& c) {
  const auto& answer = c.debt(Promise::answer);
  return c.state == State::waiting && answer && !answer->running() ? c.asked_at : std::nullopt;
}

CaseNumber speaks_through(const Case& c, const std::string& from, CaseNumber hint) {
  if (from == c.client.email) return 0;
  for (const TookOver& other : c.others) {
    if (other.client.email == from) return other.cases.front();
  }
  return client_through(c, hint) ? hint : 0;
}

std::vector<TookOver> clients_of(const Case& c) {
  TookOver own{false,   {c.number},  c.client,       c.subject,     c.short_code,
               c.token, c.answer_to, c.automatic_to, c.last_message};
  own.cases.insert(own.cases.end(), c.own_cases.begin(), c.own_cases.end());
  std::vector<TookOver> out = {std::move(own)};
  out.insert(out.end(), c.others.begin(), c.others.end());
  return out;
}

std::optional<TookOver> client_with_number(const Case& c, std::string_view phone,
                                           const std::vector<std::string>& own_addresses) {
  for (TookOver& client : clients_of(c)) {
    if (!client.client.email.empty() && contains(own_addresses, client.client.email))
      return std::move(client);
  }
  const bool from_there = c.channel == Channel::sms || c.channel == Channel::call;
  if (from_there && c.client.phone == phone) return std::move(clients_of(c).front());
  return std::nullopt;
}

bool may_see(const Case& c, CaseNumber link, CaseNumber of) {
  if (link == of) return true;
  for (const TookOver& client : clients_of(c)) {
    if (contains(client.cases, link)) return contains(client.cases, of);
  }
  return false;  // it was merged before it was known whose it is
}

const Alert* alert_of(const Case& c, const std::string& monitor, const std::string& key) {
  for (const Alert& alert : c.alerts) {
    if (alert.monitor == monitor && alert.key == key) return &alert;
  }
  return nullptr;
}

std::optional<Instant> alerts_over(const Case& c) {
  std::optional<Instant> last;
  for (const Alert& alert : c.alerts) {
    if (!alert.over_at) return std::nullopt;
    if (!last || *last < *alert.over_at) last = alert.over_at;
  }
  return last;
}

bool has_room_for_alert(const Case& c) {
  return c.alerts.size() < kAlertsMax ||
         std::any_of(c.alerts.begin(), c.alerts.end(), [](const Alert& a) { return !a.firing; });
}

bool speaks_to_nobody(const Case& c) {
  return is_monitor(c, c.client) && c.answer_to.empty() && c.automatic_to.empty() && c.others.empty();
}

int broken_so_far(const Case& c) {
  int out = c.measured.broken;
  for (const auto& debt : c.debts) out += debt && debt->breached ? 1 : 0;
  return out;
}

bool awaits_email(const Case& c) { return c.announced_at && !c.email_late_ms; }

std::optional<Instant> email_came_at(const Case& c) {
  if (c.channel == Channel::email) return c.opened_at;
  if (!c.announced_at || !c.email_late_ms) return std::nullopt;
  return *c.announced_at + Duration(*c.email_late_ms);
}

bool fits(const Case& c, const Entry& entry) { return std::visit(Look{c}, entry.body); }

void apply(Case& c, const Entry& entry) {
  std::visit(Fold{c, entry}, entry.body);
  ++c.entries;
}

Case replay(const std::vector<Entry>& journal) {
  Case c;
  for (const Entry& entry : journal) core::apply(c, entry);
  return c;
}

std::optional<Instant> alarm(const Case& c) {
  std::optional<Instant> earliest;
  const auto consider = [&](Instant t) {
    if (!earliest || t < *earliest) earliest = t;
  };
  for (const Promise p : kPromises) {
    const auto& debt = c.debt(p);
    if (!debt || !debt->running()) continue;
    consider(debt->ring_at);
    if (!debt->breached) consider(debt->due);
  }
  for (const Timer t : kTimers) {
    if (c.timer(t)) consider(*c.timer(t));
  }
  return earliest;
}

std::optional<Next> next(const Case& c) {
  std::optional<Next> earliest;
  const auto consider = [&](Next n) {
    if (!earliest || n.due < earliest->due) earliest = std::move(n);
  };
  if (const auto& react = c.debt(Promise::react)) {
    consider({"reaction", true, react->due, "a person has to read the report and react"});
  }
  if (const auto& answer = c.debt(Promise::answer); answer && answer->running()) {
    if (speaks_to_nobody(c)) {
      consider({"settlement", true, answer->due, "what monitoring has reported is to be settled by then"});
    } else {
      consider({"answer", true, answer->due, "an answer is promised"});
    }
  }
  if (const auto& start = c.timer(Timer::start_of_work)) {
    consider({"start-of-work reply", true, *start, "it was read and takes more than a few minutes"});
  }
  if (const auto& delayed = c.timer(Timer::answer)) {
    consider({"sending the answer", true, *delayed, "the answer can still be cancelled"});
  }
  if (earliest) return earliest;
  if (const auto& settle = c.timer(Timer::settle)) {
    return Next{"reply", false, *settle, "without a word from the client it then counts as settled"};
  }
  if (const auto& close = c.timer(Timer::close)) {
    if (c.state == State::waiting) return Next{"reply", false, *close, "without a reply it is then closed"};
    return Next{"objection", false, *close, "without an objection it is then closed"};
  }
  return std::nullopt;
}

}  // namespace hejnal::core
