// Every order of calls, failures, agents' acts and passing time that a callback can meet, and of words that
// an outage can, to a fixed depth; each step is held against their laws. A broken law prints the way that
// leads to it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/callback.hpp"
#include "core/outage.hpp"
#include "json/entry.hpp"

namespace hejnal {

namespace {

using namespace core;

constexpr Instant kBegin{1'795'424'400'000};
constexpr const char *kFirst = "+48601222333", *kSecond = "+48602222333";

struct World {
  Callback c;
  Instant now = kBegin;
  bool failure_open = false;
  std::vector<callback::Entry> journal;
};

callback::Signal rung(World& w, const char* phone, CallResult result) {
  callback::Rung r;
  r.id = 1;
  r.phone = phone;
  r.at = w.now;
  r.result = result;
  r.person = {"Anna", "a@k.example", phone, {}};
  return r;
}

struct Move {
  const char* name;
  std::optional<callback::Signal> (*make)(World&);
};

const std::vector<Move>& moves() {
  using Maybe = std::optional<callback::Signal>;
  static const std::vector<Move> list = {
      {"a call is rejected", [](World& w) { return Maybe(rung(w, kFirst, CallResult::rejected)); }},
      {"a call from the other number is missed",
       [](World& w) { return Maybe(rung(w, kSecond, CallResult::missed)); }},
      {"a call is answered", [](World& w) { return Maybe(rung(w, kFirst, CallResult::answered)); }},
      {"a call is put through", [](World& w) { return Maybe(rung(w, kFirst, CallResult::put_through)); }},
      {"a failure begins or ends",
       [](World& w) {
         w.failure_open = !w.failure_open;
         return Maybe(callback::FailureChanged{});
       }},
      {"Ola takes it", [](World&) { return Maybe(callback::Take{"Ola"}); }},
      {"Jan takes it", [](World&) { return Maybe(callback::Take{"Jan"}); }},
      {"Ola reaches the client",
       [](World&) {
         return Maybe(callback::Try{"Ola", {}, AttemptResult::reached});
       }},
      {"nobody answers Jan",
       [](World&) {
         return Maybe(callback::Try{"Jan", {}, AttemptResult::no_answer});
       }},
      {"a wrong number",
       [](World&) {
         return Maybe(callback::Try{"Ola", {}, AttemptResult::wrong_number});
       }},
      {"Jan writes it off",
       [](World&) {
         return Maybe(callback::WriteOff{"Jan", "numer nie istnieje"});
       }},
      {"the client says that it works",
       [](World&) {
         return Maybe(callback::SaysItWorks{Channel::sms, "Działa"});
       }},
      {"Ola takes the client's word", [](World&) { return Maybe(callback::Settle{"Ola"}); }},
      {"the alarm rings in time",
       [](World& w) {
         if (alarm(w.c)) w.now = std::max(w.now, *alarm(w.c));
         return alarm(w.c) ? Maybe(callback::AlarmRang{}) : Maybe();
       }},
      {"the alarm rings 26 h late",
       [](World& w) {
         if (alarm(w.c)) w.now = std::max(w.now, *alarm(w.c)) + 26h;
         return alarm(w.c) ? Maybe(callback::AlarmRang{}) : Maybe();
       }},
      {"it is asked before its time",
       [](World& w) {
         w.now = w.now + 45min;
         return alarm(w.c) ? Maybe(callback::AlarmRang{}) : Maybe();
       }},
  };
  return list;
}

std::string broken_law(const World& before, const World& after, const callback::Signal& signal,
                       const Result<callback::Decision>& decision) {
  if (!decision) {
    const bool by_agent = std::holds_alternative<callback::Take>(signal) ||
                          std::holds_alternative<callback::Try>(signal) ||
                          std::holds_alternative<callback::WriteOff>(signal) ||
                          std::holds_alternative<callback::Settle>(signal);
    return by_agent ? std::string() : "only what a person asks can be refused";
  }
  const Callback& c = after.c;
  if (!c.exists()) return {};
  if (c.open() != alarm(c).has_value()) return "an open callback has something due, and no other";
  if (c.state == CallbackState::due && after.failure_open) return "none is due while a failure is open";
  if (c.state == CallbackState::waiting && !after.failure_open) return "none waits after the all-clear";
  if (c.state == CallbackState::ringing && after.now - c.since > 2h + 26h)
    return "nobody waits for ever for word of a call";
  if (c.state == CallbackState::ringing && c.calls.back().result != CallResult::put_through)
    return "what is told of a call that was put through settles it";
  if ((c.state == CallbackState::taken) != !c.taken_by.empty()) return "taken is taken by somebody";
  if (before.c.state == CallbackState::taken && c.state == CallbackState::taken &&
      before.c.taken_by != c.taken_by)
    return "nobody takes it from another";
  if (c.exists() && !c.open() && c.end_reason.empty()) return "it ends by a call, a word or a reason";
  if (before.c.exists() && !before.c.open() && !decision->entries.empty())
    return "what has ended stays as it is";
  for (const Notice& n : decision->notices) {
    const auto last = before.c.told_at(n.to);
    if (last && after.now - *last < 1h) return "one SMS an hour and number";
    if (n.failure_open != after.failure_open) return "a rejection never lies about a repair";
    if (!n.failure_open && n.due <= after.now) return "who waits for no repair learns by when";
  }
  if (std::holds_alternative<callback::AlarmRang>(signal)) {
    if (before.c.open() && *alarm(before.c) > after.now && !decision->entries.empty())
      return "nothing rings early";
    if (alarm(c) && *alarm(c) <= after.now) return "what has rung is not due again at once";
  }
  Callback replayed;
  for (const auto& entry : after.journal) {
    if (!fits(replayed, entry)) return "each entry fits on those before it";
    core::apply(replayed, entry);
  }
  if (!(replayed == c)) return "a callback is its journal";
  const auto again =
      json::decode_entries_of<callback::Body>(json::encode_entries(decision->entries), after.now);
  if (!again || *again != decision->entries) return "a journal row is read as it was written";
  return {};
}

// What a later decision can look at, with times relative to now.
std::string key_of(const World& w) {
  const auto rel = [&](Instant t) { return t.ms == 0 ? 0 : (t - w.now).count() / 60'000; };
  const Callback& c = w.c;
  std::string out = fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", to_string(c.state), c.exists(), w.failure_open,
                                c.taken_by, rel(c.ring_at), c.lapse_at ? rel(*c.lapse_at) : 0,
                                c.due_at ? rel(*c.due_at) : 0, c.offered.empty());
  for (const std::string& phone : c.phones)
    out += fmt::format("|{}:{}", phone, c.told_at(phone) ? rel(*c.told_at(phone)) : 1);
  out += fmt::format("|{}", std::count_if(c.calls.begin(), c.calls.end(), [](const auto& call) {
                       return call.result == CallResult::put_through;
                     }));
  out += fmt::format("|{}|{}", c.wrong_phones.size(), c.retry_at ? rel(*c.retry_at) : 0);
  return out;
}

class Walk {
 public:
  void go(const World& w, int left) {
    if (!broken.empty() || left == 0) return;
    if (!seen_.insert(fmt::format("{} {}", left, key_of(w))).second) return;
    for (const Move& move : moves()) {
      World next = w;
      const auto signal = move.make(next);
      if (!signal) continue;
      // After its end a call opens a new one.
      if (w.c.exists() && !w.c.open() && std::holds_alternative<callback::Rung>(*signal)) continue;
      callback::Facts facts;
      facts.failure_open = next.failure_open;
      const auto decision = decide(facts, next.c, *signal, next.now);
      if (decision) {
        for (const auto& entry : decision->entries) {
          core::apply(next.c, entry);
          next.journal.push_back(entry);
        }
      }
      ++steps;
      path_.push_back(move.name);
      if (const std::string law = broken_law(w, next, *signal, decision); !law.empty() && broken.empty())
        broken = fmt::format("{}: {}", law, fmt::join(path_, ", then "));
      if (next.c.exists() || next.failure_open != w.failure_open) go(next, left - 1);
      path_.pop_back();
      if (!broken.empty()) return;
    }
  }

  std::string broken;
  std::int64_t steps = 0;

 private:
  std::set<std::string> seen_;
  std::vector<const char*> path_;
};

}  // namespace

TEST(ExplorePhone, EveryOrderOfWhatACallbackMeets) {
  Walk walk;
  walk.go(World{}, 7);
  EXPECT_EQ(walk.broken, "");
  EXPECT_GT(walk.steps, 10'000);
  fmt::print("{} steps\n", walk.steps);
}

TEST(ExplorePhone, EveryOrderOfWhatAnOutageMeets) {
  struct Node {
    Outage o;
    Instant now = kBegin;
  };
  std::vector<Node> level = {Node{}};
  const std::vector<outage::Signal> signals = {outage::Declare{1, "Ola", "Poczta", "Stoi.", kBegin + 2h},
                                               outage::Update{"Ola", "Wciąż stoi.", {}},
                                               outage::Attach{"Jan", 3},
                                               outage::Attach{"Jan", 4},
                                               outage::Detach{"Ola", 3},
                                               outage::End{"Ola", "Działa."},
                                               outage::AlarmRang{}};
  std::int64_t steps = 0;
  for (int depth = 0; depth < 6; ++depth) {
    std::vector<Node> next_level;
    for (const Node& node : level) {
      for (const outage::Signal& signal : signals) {
        const bool declares = std::holds_alternative<outage::Declare>(signal);
        if (declares == node.o.exists()) continue;
        Node next = node;
        const bool rings = std::holds_alternative<outage::AlarmRang>(signal);
        if (rings && alarm(next.o)) next.now = std::max(next.now, *alarm(next.o));
        const auto decision = decide(next.o, signal, next.now);
        ++steps;
        if (!decision) continue;
        for (const auto& entry : decision->entries) {
          ASSERT_TRUE(fits(next.o, entry));
          core::apply(next.o, entry);
        }
        ASSERT_EQ(alarm(next.o).has_value(), next.o.open());
        if (rings && next.o.open()) {
          ASSERT_GT(*alarm(next.o), next.now);
        }
        if (!decision->entries.empty() && node.o.exists()) {
          ASSERT_TRUE(node.o.open());
        }
        for (const CaseNumber number : decision->to_cases)
          ASSERT_TRUE(node.o.has(number) || next.o.has(number));
        const std::set<CaseNumber> each(next.o.cases.begin(), next.o.cases.end());
        ASSERT_EQ(each.size(), next.o.cases.size());
        next_level.push_back(std::move(next));
      }
    }
    level = std::move(next_level);
  }
  fmt::print("{} steps\n", steps);
}

}  // namespace hejnal
