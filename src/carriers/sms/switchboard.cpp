#include "carriers/sms/switchboard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "carriers/sms/detail.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::carriers {

namespace {

using sms::Outcome;
using Sent = ports::SendResult::Outcome;

constexpr Duration kRestAfterTrouble = 1min, kRestAfterMistake = 5min, kBudgetWindow = 1h;
constexpr std::size_t kLatelyMax = 100'000;

std::string money(std::int64_t hundredths) {
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

// "<hejnal.5.2.abcd@firma.example>" -> "hejnal.5.2.abcd"
std::string key_of(std::string_view message_id) {
  if (message_id.starts_with('<')) message_id.remove_prefix(1);
  return std::string(message_id.substr(0, message_id.find('@')));
}

}  // namespace

struct Switchboard::Attempt {
  ports::OutgoingSms sms;
  std::function<void(ports::SendResult)> done;
  std::vector<std::size_t> lines;  // to be tried, the next one last
  std::vector<std::string> reasons;
  std::int64_t item = 0;
  std::string by;        // the gateway that may have it
  bool pays = false;     // whoever is asked now is paid for it
  std::string paid_by;   // the gateway whose price an earlier attempt has counted
  bool counted = false;  // against the budgets
  bool may_have_left = false, mistake = false;
  int segments = 1;
};

Switchboard::Switchboard(SwitchboardSettings settings, std::vector<Line> lines, ports::Clock& clock,
                         Watch watch)
    : settings_(settings),
      lines_(std::move(lines)),
      clock_(clock),
      watch_(std::move(watch)),
      states_(lines_.size()) {}

std::string Switchboard::month() const { return format_rfc3339(clock_.now()).substr(0, 7); }

void Switchboard::say(const std::string& words) const {
  if (watch_.log) watch_.log(words);
}

Gateway* Switchboard::find(std::string_view name) {
  for (const Line& line : lines_) {
    if (line.gateway->name() == name) return line.gateway.get();
  }
  return nullptr;
}

std::int64_t& Switchboard::spent_now(std::size_t line) {
  State& state = states_[line];
  if (const std::string now = month(); state.month != now) {
    state.month = now;
    state.spent = 0;
  }
  return state.spent;
}

std::string Switchboard::over_budget(const std::string& to, Instant now) {
  while (!lately_.empty() && now - lately_.front().first >= kBudgetWindow) lately_.pop_front();
  const auto of_number =
      std::count_if(lately_.begin(), lately_.end(), [&](const auto& one) { return one.second == to; });
  if (of_number >= settings_.per_number)
    return fmt::format("{} SMS have gone to this number within an hour", of_number);
  if (static_cast<int>(lately_.size()) >= settings_.total)
    return fmt::format("{} automatic SMS have left within an hour", lately_.size());
  return {};
}

// Nothing has left after all.
void Switchboard::give_back(const Attempt& attempt) {
  if (!attempt.counted) return;
  const auto same = [&](const auto& one) { return one.second == attempt.sms.to; };
  const auto last = std::find_if(lately_.rbegin(), lately_.rend(), same);
  if (last != lately_.rend()) lately_.erase(std::next(last).base());
}

// Under the lock: the sums reach who keeps them in the order in which they came about.
void Switchboard::pay(std::size_t line, int segments) {
  const std::int64_t price = lines_[line].tariff.price * segments;
  if (price == 0) return;
  std::int64_t& spent = spent_now(line);
  spent = std::max<std::int64_t>(spent + price, 0);
  if (watch_.keep) watch_.keep(lines_[line].gateway->name(), states_[line].month, spent);
}

std::vector<std::string> Switchboard::recognising_repeats() const {
  std::vector<std::string> out;
  for (const Line& line : lines_) {
    if (line.gateway->recognises_repeats()) out.push_back(line.gateway->name());
  }
  return out;
}

void Switchboard::count_sent(const std::string& to, Instant at) {
  const std::lock_guard lock(mutex_);
  if (lately_.size() < kLatelyMax) lately_.emplace_back(at, to);
}

void Switchboard::ask(const ports::Outgoing& outgoing, const std::function<void(ports::SendResult)>& done) {
  Gateway* gateway = find(outgoing.gateway);
  ports::SendResult nothing;
  if (!gateway || outgoing.gateway_id.empty()) {
    nothing.text = fmt::format("there is no gateway {} any more", outgoing.gateway);
    return done(nothing);
  }
  gateway->ask(outgoing.gateway_id, [done, gateway](const ports::SmsReport& report) {
    ports::SendResult result;
    result.arrived = report.state == core::NoticeState::delivered;
    result.lost = report.state == core::NoticeState::failed;
    result.text = fmt::format("{}: {}", gateway->name(), report.text);
    done(std::move(result));
  });
}

void Switchboard::send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) {
  if (outgoing.ask) return ask(outgoing, done);
  auto attempt = std::make_shared<Attempt>();
  ports::OutgoingSms& sms = attempt->sms;
  sms.to = outgoing.notice.to;
  sms.text = outgoing.words.text;
  sms.key = key_of(outgoing.message_id);
  sms.kind = outgoing.notice.kind;
  sms.to_desk = outgoing.notice.to_desk();
  sms.again = outgoing.attempts > 0;
  attempt->item = outgoing.item;
  sms.useful_until = outgoing.useful_until;
  if (sms.useful_until.ms > 0) sms.valid_for = std::max(sms.useful_until - clock_.now(), Duration(1min));
  sms.since = outgoing.letter.at.ms > 0 ? outgoing.letter.at : clock_.now();
  attempt->segments = wire::sms_size(sms.text).segments;
  if (!sms.to.starts_with('+') || sms.to.size() < 9 || sms.to.size() > 16 ||
      sms.to.find_first_not_of("0123456789", 1) != std::string::npos) {
    return done({Sent::refused, 0,
                 fmt::format("\"{}\" cannot get an SMS: only a number in the form +48… can", sms.to)});
  }
  {
    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    if (outgoing.notice.automatic() && !sms.to_desk) {
      if (const std::string why = over_budget(sms.to, now); !why.empty())
        return done({Sent::try_later, 0, why});
      if (outgoing.gateway.empty() && lately_.size() < kLatelyMax) {  // else an earlier attempt was counted
        lately_.emplace_back(now, sms.to);
        attempt->counted = true;
      }
    }
    std::optional<std::size_t> has_it;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!outgoing.gateway.empty() && lines_[i].gateway->name() == outgoing.gateway) has_it = i;
    }
    if (!outgoing.gateway.empty() && !has_it && !sms.to_desk) {
      ports::SendResult gone;
      gone.outcome = Sent::uncertain;  // and an earlier attempt was counted
      gone.gateway = outgoing.gateway;
      gone.text = fmt::format("{} may have sent it, and is not configured any more", outgoing.gateway);
      return done(std::move(gone));
    }
    if (has_it) sms.again = true;
    if (has_it) attempt->paid_by = outgoing.gateway;
    if (has_it && !sms.to_desk) {
      attempt->lines = {*has_it};
    } else {
      for (const bool resting : {false, true}) {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
          const bool rests = states_[i].resting_until > now;
          if (rests != resting) continue;
          const auto& only = outgoing.only_by;
          if (!only.empty() && std::find(only.begin(), only.end(), lines_[i].gateway->name()) == only.end())
            continue;
          const Tariff& tariff = lines_[i].tariff;
          const std::int64_t cost = tariff.price * attempt->segments;
          if (tariff.monthly_cap > 0 && spent_now(i) + cost > tariff.monthly_cap && !sms.to_desk) {
            attempt->reasons.push_back(fmt::format("{}: the monthly cap of {} is reached",
                                                   lines_[i].gateway->name(), money(tariff.monthly_cap)));
            attempt->mistake = true;
            continue;
          }
          attempt->lines.push_back(i);
        }
      }
      std::reverse(attempt->lines.begin(), attempt->lines.end());
      const auto first =
          has_it ? std::find(attempt->lines.begin(), attempt->lines.end(), *has_it) : attempt->lines.end();
      // An alert goes first where it would be recognised.
      if (first != attempt->lines.end() && lines_[*has_it].gateway->recognises_repeats())
        std::rotate(first, first + 1, attempt->lines.end());
    }
  }
  attempt->done = std::move(done);
  try_next(attempt);
}

void Switchboard::try_next(const std::shared_ptr<Attempt>& attempt) {
  if (attempt->lines.empty()) {
    std::string why = fmt::format("{}", fmt::join(attempt->reasons, "; "));
    if (why.empty()) why = "no SMS gateway is configured";
    // It may have left by one of them: only an alert comes here then.
    if (attempt->may_have_left) {
      ports::SendResult result{Sent::try_later, 0, why + " (it may arrive twice)"};
      result.gateway = attempt->by;
      return attempt->done(std::move(result));
    }
    {
      const std::lock_guard lock(mutex_);
      give_back(*attempt);
    }
    return attempt->done({attempt->mistake ? Sent::our_mistake : Sent::try_later, 0, why});
  }
  const std::size_t line = attempt->lines.back();
  attempt->lines.pop_back();
  const bool pays = attempt->paid_by != lines_[line].gateway->name();
  if (pays) {  // before it leaves: a crash loses no price
    const std::lock_guard lock(mutex_);
    pay(line, attempt->segments);
  }
  attempt->pays = pays;
  const auto give = [this, attempt, line](bool noted) {
    // Rather an alert twice than never; everything else waits until it can be written down.
    if (!noted && !attempt->sms.to_desk) {
      {
        const std::lock_guard lock(mutex_);
        give_back(*attempt);
        if (attempt->pays) pay(line, -attempt->segments);
      }
      return attempt->done({Sent::try_later, 0, "it could not be written down which gateway gets it"});
    }
    lines_[line].gateway->send(attempt->sms, [this, attempt, line](const ports::SmsResult& result) {
      heard(attempt, line, result);
    });
  };
  if (!watch_.note) return give(true);
  watch_.note(attempt->item, attempt->sms.key, lines_[line].gateway->name(), give);
}

void Switchboard::heard(const std::shared_ptr<Attempt>& attempt, std::size_t line,
                        const ports::SmsResult& result) {
  const Gateway& gateway = *lines_[line].gateway;
  bool repaired = false, broken = false;
  {
    const std::lock_guard lock(mutex_);
    State& state = states_[line];
    if (result.outcome == Outcome::handed_over || result.outcome == Outcome::refused) {
      repaired = !state.trouble.empty();
      state.trouble.clear();
      state.ours = false;
      state.resting_until = {};
    } else {
      broken = state.trouble != result.text;
      state.trouble = result.text;
      state.ours = result.outcome == Outcome::our_mistake;
      state.resting_until = clock_.now() + (state.ours ? kRestAfterMistake : kRestAfterTrouble);
    }
    const bool may_have_it = result.outcome == Outcome::handed_over || result.outcome == Outcome::uncertain;
    if (result.outcome == Outcome::handed_over) ++state.sent;
    if (!may_have_it && attempt->pays) pay(line, -attempt->segments);
    if (result.outcome == Outcome::refused && !attempt->may_have_left) give_back(*attempt);
  }
  if (broken) say(fmt::format("sms: {}: {}", gateway.name(), result.text));
  if (repaired) say(fmt::format("sms: {} works again", gateway.name()));

  if (result.outcome == Outcome::handed_over) {
    std::string note = result.text;
    if (!attempt->reasons.empty())
      note = fmt::format("{} took it, because {}", gateway.name(), fmt::join(attempt->reasons, "; "));
    ports::SendResult taken{Sent::handed_over, 0, note};
    taken.gateway = gateway.name();
    taken.gateway_id = result.id;
    taken.can_be_asked = gateway.can_be_asked() && !result.id.empty();
    return attempt->done(std::move(taken));
  }
  const std::string why = fmt::format("{}: {}", gateway.name(), result.text);
  if (result.outcome == Outcome::refused) return attempt->done({Sent::refused, 0, why});
  attempt->reasons.push_back(why);
  if (result.outcome == Outcome::our_mistake) attempt->mistake = true;
  if (result.outcome == Outcome::uncertain) {
    if (!attempt->sms.to_desk) {
      ports::SendResult unsure;
      unsure.outcome = gateway.recognises_repeats() ? Sent::try_later : Sent::uncertain;
      unsure.text = fmt::format("{}; it may have left", fmt::join(attempt->reasons, "; "));
      unsure.gateway = gateway.name();
      return attempt->done(std::move(unsure));
    }
    attempt->may_have_left = true;
    attempt->by = gateway.name();
  }
  if (!attempt->lines.empty())
    say(fmt::format("sms: case {}: {}; trying {}", attempt->sms.key, why,
                    lines_[attempt->lines.back()].gateway->name()));
  try_next(attempt);
}

void Switchboard::set_spent(std::string_view gateway, const std::string& month_of, std::int64_t spent) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].gateway->name() != gateway) continue;
    states_[i].month = month_of;
    states_[i].spent = spent;
  }
}

void Switchboard::count_refused_call(std::string_view gateway, const std::string& why) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].gateway->name() != gateway) continue;
    ++states_[i].refused_calls;
    states_[i].refused_why = why;
  }
}

void Switchboard::count_received(std::string_view gateway) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].gateway->name() == gateway) ++states_[i].received;
  }
}

std::vector<Switchboard::Counts> Switchboard::counts() {
  const std::lock_guard lock(mutex_);
  std::vector<Counts> out;
  for (std::size_t i = 0; i < lines_.size(); ++i)
    out.push_back(
        {lines_[i].gateway->name(), states_[i].sent, states_[i].received, states_[i].refused_calls});
  return out;
}

std::vector<GatewayHealth> Switchboard::health() {
  const std::lock_guard lock(mutex_);
  const bool one_works =
      std::any_of(states_.begin(), states_.end(), [](const State& s) { return s.trouble.empty(); });
  std::vector<GatewayHealth> out;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const State& state = states_[i];
    const Tariff& tariff = lines_[i].tariff;
    GatewayHealth health{"sms " + lines_[i].gateway->name(), "ok",
                         fmt::format("{} sent, {} received since the start", state.sent, state.received)};
    if (tariff.price > 0) {
      const std::int64_t spent = spent_now(i);
      health.detail += fmt::format("; {} spent this month", money(spent));
      if (tariff.monthly_cap > 0) {
        health.detail += fmt::format(" of {}", money(tariff.monthly_cap));
        if (spent + tariff.price > tariff.monthly_cap) {
          health.state = "degraded";
          health.detail += ": only alerts still leave by it";
        } else if (spent * 5 >= tariff.monthly_cap * 4) {
          health.state = "degraded";
          health.detail += ", more than 80 %";
        }
      }
    }
    if (state.refused_calls > 0)
      health.detail += fmt::format("; {} calls were not believed, the last because {}", state.refused_calls,
                                   state.refused_why);
    if (!state.trouble.empty()) {
      health.state = state.ours && !one_works ? "failing" : "degraded";
      health.detail = state.trouble + "; " + health.detail;
    }
    out.push_back(std::move(health));
  }
  return out;
}

}  // namespace hejnal::carriers
