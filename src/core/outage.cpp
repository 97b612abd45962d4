#include "core/outage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "core/matching.hpp"

namespace hejnal::core {

namespace {

using namespace outage;

constexpr Duration kSameFor = 1min;
constexpr Duration kNewsEvery = 4h;
constexpr Duration kAlikeWithin = 15min;
constexpr std::size_t kOrganisations = 3, kWordsAlike = 2;

struct Fold {
  Outage& o;
  const outage::Entry& e;

  void say(const std::string& text, Instant expected_end, Instant ring_at) {
    o.public_text = text;
    o.words.push_back({e.at, e.by, text});
    o.expected_end = expected_end.ms == 0 ? std::nullopt : std::optional(expected_end);
    o.ring_at = ring_at;
    o.rings = 0;
  }
  void operator()(const Declared& b) {
    o.id = b.id;
    o.title = b.title;
    o.declared_at = e.at;
    o.declared_by = e.by;
    say(b.text, b.expected_end, b.ring_at);
  }
  void operator()(const Updated& b) { say(b.text, b.expected_end, b.ring_at); }
  void operator()(const Attached& b) { o.cases.push_back(b.number); }
  void operator()(const Detached& b) { std::erase(o.cases, b.number); }
  void operator()(const outage::Rang& b) {
    o.rings = b.n;
    o.ring_at = b.ring_at;
  }
  void operator()(const Ended& b) {
    say(b.text, {}, {});
    o.ended_at = e.at;
  }
};

Instant next_ring(const std::optional<Instant>& expected_end, Instant now) {
  return expected_end && *expected_end > now ? *expected_end : now + kNewsEvery;
}

// One decision in the making.
struct OutageTurn {
  Outage o;
  Instant now;
  outage::Decision decision = {};

  void add(const std::string& by, outage::Body body, std::string why = {}) {
    outage::Entry entry{now, by, std::move(why), std::move(body)};
    core::apply(o, entry);
    decision.entries.push_back(std::move(entry));
  }
  Status check_open() const {
    if (!o.open()) return fail(Fault::conflict, "this outage is over since {}", format_rfc3339(*o.ended_at));
    return {};
  }
  static Status check_words(const std::string& text) {
    return is_blank(text) ? fail(Fault::malformed, "public_text: the clients need words") : Status();
  }
  static Instant at(const std::optional<Instant>& t) { return t.value_or(Instant{}); }
  Status check_end(const std::optional<Instant>& expected) const {
    return expected && *expected <= now ? fail(Fault::malformed, "expected_end: this time has passed")
                                        : Status();
  }

  Status operator()(const Declare& s) {
    if (is_blank(s.title)) return fail(Fault::malformed, "title: an outage needs a title");
    HEJNAL_TRY_VOID(check_words(s.text));
    HEJNAL_TRY_VOID(check_end(s.expected_end));
    add(s.agent, Declared{s.id, s.title, s.text, at(s.expected_end), next_ring(s.expected_end, now)});
    return {};
  }
  Status operator()(const Update& s) {
    HEJNAL_TRY_VOID(check_open());
    HEJNAL_TRY_VOID(check_words(s.text));
    if (!s.keeps_end) HEJNAL_TRY_VOID(check_end(s.expected_end));
    const std::optional<Instant> end = s.keeps_end ? o.expected_end : s.expected_end;
    // The same twice, as from a form that is sent again, is told once.
    const Outage::Word& last = o.words.back();
    if (last.text == s.text && now - last.at < kSameFor && end == o.expected_end) return {};
    add(s.agent, Updated{s.text, at(end), next_ring(end, now)});
    decision.to_cases = o.cases;
    return {};
  }
  Status operator()(const End& s) {
    HEJNAL_TRY_VOID(check_open());
    HEJNAL_TRY_VOID(check_words(s.text));
    decision.to_cases = o.cases;
    add(s.agent, Ended{s.text});
    return {};
  }
  Status operator()(const Attach& s) {
    HEJNAL_TRY_VOID(check_open());
    if (o.has(s.number)) return {};
    add(s.agent, Attached{s.number});
    decision.to_cases = {s.number};
    return {};
  }
  Status operator()(const Detach& s) {
    HEJNAL_TRY_VOID(check_open());
    if (!o.has(s.number)) return fail(Fault::conflict, "case {} does not belong to this outage", s.number);
    add(s.agent, Detached{s.number});
    decision.to_cases = {s.number};
    return {};
  }
  Status operator()(const outage::AlarmRang&) {
    if (!o.open() || o.ring_at > now) return {};
    const bool over = o.expected_end && *o.expected_end <= now;
    // Missed ones collapse into one.
    add("desk", outage::Rang{o.rings + 1, (now - o.ring_at).count(), now + kNewsEvery},
        over ? "its expected end has passed" : "nothing has been said of it for hours");
    decision.tell_on_call = true;
    return {};
  }
};

}  // namespace

bool Outage::has(CaseNumber number) const {
  return std::find(cases.begin(), cases.end(), number) != cases.end();
}

std::string Outage::in_short() const {
  if (words.size() < 2 || words.back().text == words.front().text) return public_text;
  return words.front().text + " " + words.back().text;
}

void apply(Outage& o, const outage::Entry& entry) {
  std::visit(Fold{o, entry}, entry.body);
  ++o.entries;
}

bool fits(const Outage& o, const outage::Entry& entry) {
  if (const auto* declared = std::get_if<Declared>(&entry.body)) return !o.exists() && declared->id != 0;
  return o.open();
}

std::optional<Instant> alarm(const Outage& o) { return o.open() ? std::optional(o.ring_at) : std::nullopt; }

Result<outage::Decision> decide(const Outage& o, const outage::Signal& signal, Instant now) {
  OutageTurn turn{o, now};
  HEJNAL_TRY_VOID(std::visit(turn, signal));
  return std::move(turn.decision);
}

bool is_declared(const Outage& o, const outage::Declare& again, Instant now) {
  return o.open() && o.declared_by == again.agent && o.title == again.title &&
         now - o.declared_at < kSameFor && o.words.front().text == again.text;
}

bool looks_like(const Outage& o, const std::string& subject, const std::string& text) {
  std::string told = o.title;
  for (const Outage::Word& word : o.words) told += "\n" + word.text;
  return shared_words(told, subject + "\n" + text).size() >= kWordsAlike;
}

std::vector<OutageSuggestion> suggest_outages(std::vector<FreshReport> reports) {
  std::sort(reports.begin(), reports.end(), [](const FreshReport& a, const FreshReport& b) {
    return a.at != b.at ? a.at < b.at : a.number < b.number;
  });
  std::vector<OutageSuggestion> out;
  std::set<CaseNumber> taken;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const FreshReport& first = reports[i];
    if (taken.contains(first.number)) continue;
    OutageSuggestion found{{first.number}, {}, first.at};
    std::set<std::string> who = {first.who};
    bool failure_fires = first.failure_fires;
    for (std::size_t j = i + 1; j < reports.size() && reports[j].at - first.at <= kAlikeWithin; ++j) {
      const auto common = shared_words(first.words, reports[j].words);
      if (common.size() < kWordsAlike || taken.contains(reports[j].number)) continue;
      if (found.words.empty()) found.words = common;
      found.cases.push_back(reports[j].number);
      who.insert(reports[j].who);
      failure_fires = failure_fires || reports[j].failure_fires;
    }
    if (who.size() < kOrganisations && !failure_fires) continue;
    if (found.words.empty()) found.words = {first.words.substr(0, first.words.find('\n'))};
    taken.insert(found.cases.begin(), found.cases.end());
    out.push_back(std::move(found));
  }
  return out;
}

}  // namespace hejnal::core
