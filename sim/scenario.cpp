#include "sim/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>

#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::sim {

namespace {

using Words = std::smatch;

std::optional<core::NoticeKind> kind_of(std::string words) {
  for (char& c : words) c = c == ' ' ? '_' : c;
  return core::parse<core::NoticeKind>(words);
}

core::Action action_of(const std::string& verb) {
  if (verb == "reads") return core::Action::read;
  if (verb == "expects no email") return core::Action::no_email;
  if (verb == "starts") return core::Action::start;
  if (verb == "settles") return core::Action::settle;
  if (verb == "reopens") return core::Action::reopen;
  if (verb == "asks") return core::Action::ask;
  return verb == "answers" ? core::Action::answer : core::Action::close;
}

// The kinds of lines, as script/lint_scenarios.py knows them too.
std::optional<Statement> read_statement(const std::string& line) {
  const std::string address = "([^\\s@:\"]+@[^\\s@:\"]+)", number = "(\\+\\d{8,15})", text = "\"([^\"]+)\"";
  Words w;
  const auto is = [&](const std::string& pattern) { return std::regex_match(line, w, std::regex(pattern)); };
  if (is(number + " belongs to " + address)) return NumberBelongs{w[1], w[2]};
  if (is(address + " emails " + text + " : " + text)) return ClientEmails{w[1], w[2], w[3]};
  if (is(address + " resends")) return ClientResends{w[1]};
  if (is(address + " (auto-)?replies " + text)) return ClientReplies{w[1], w[3], w[2].matched};
  if (is(number + " texts " + text)) return ClientTexts{w[1], w[2]};
  if (is(number + " calls")) return ClientCalls{w[1]};
  if (is(number + " types " + text + " : " + text)) return ClientTypes{w[1], w[2], w[3]};
  if (is(address + " presses (no answer yet|it works again)"))
    return ClientPresses{w[1], w[2] == "it works again"};
  if (is("the next email is marked as spam")) return NextIsSpam{};
  if (is("the next (email|sms) is lost"))
    return NextIsLost{w[1] == "email" ? core::Channel::email : core::Channel::sms};
  if (is("agent (reads|starts|settles|reopens|closes|expects no email)"))
    return AgentActs{action_of(w[1]), {}, {}};
  if (is("agent (answers|asks) " + text)) return AgentActs{action_of(w[1]), w[2], {}};
  if (is("agent reclassifies to (routine|urgent|critical) " + text))
    return AgentActs{core::Action::reclassify, w[2], w[1]};
  if (is("agent declares outage " + text + " : " + text))
    return OutageActs{OutageActs::What::declares, w[1], w[2], 0};
  if (is("agent (updates|ends) the outage " + text))
    return OutageActs{w[1] == "ends" ? OutageActs::What::ends : OutageActs::What::updates, {}, w[2], 0};
  if (is("agent attaches case (\\d+)"))
    return OutageActs{OutageActs::What::attaches, {}, {}, std::stoll(w[1])};
  using enum CallbackActs::What;
  if (is("agent ([A-Z]\\w*) (takes|cannot take|settles) callback (\\d+)"))
    return CallbackActs{w[2] == "takes"     ? takes
                        : w[2] == "settles" ? settles
                                            : cannot_take,
                        w[1],
                        {},
                        std::stoll(w[3])};
  if (is("agent ([A-Z]\\w*) tries callback (\\d+): (reached|no answer|voicemail|wrong number)")) {
    std::string result = w[3];
    std::replace(result.begin(), result.end(), ' ', '_');
    return CallbackActs{tries, w[1], {}, std::stoll(w[2]), *core::parse<core::AttemptResult>(result)};
  }
  if (is("agent ([A-Z]\\w*) writes off callback (\\d+) " + text))
    return CallbackActs{writes_off, w[1], w[3], std::stoll(w[2])};
  if (is("callback (\\d+) is (waiting|due|taken|paid|written off)")) {
    std::string state = w[2];
    std::replace(state.begin(), state.end(), ' ', '_');
    return CallbackIs{std::stoll(w[1]), *core::parse<core::CallbackState>(state)};
  }
  if (is("expect nothing")) return ExpectNothing{};
  if (is("expect (email|sms) to (\\S+): ([a-z ]+?)(?: containing " + text + ")?")) {
    const auto kind = kind_of(w[3]);
    if (!kind) return std::nullopt;
    return ExpectNotice{w[1] == "email" ? core::Channel::email : core::Channel::sms, w[2], *kind, w[4]};
  }
  if (is("case(?: (\\d+))? is ([a-z]+)(?:, class ([a-z]+))?(?:, step (\\d+))?(, email missing)?")) {
    const auto state = core::parse<core::State>(w[2].str());
    if (!state) return std::nullopt;
    return CaseIs{w[1].matched ? std::stoll(w[1]) : 1, *state, w[3], w[4].matched ? std::stoi(w[4]) : 0,
                  w[5].matched};
  }
  return std::nullopt;
}

// Monday, 23 November 2026, in Warsaw, and so many days later.
Result<Instant> instant_of(int days, int hour, int minute) {
  HEJNAL_TRY(const Instant first, from_local(2026, 11, 23, 12, 0, "Europe/Warsaw"));
  HEJNAL_TRY(const LocalTime day, local_time(first + 24h * days, "Europe/Warsaw"));
  return from_local(day.year, day.month, day.day, hour, minute, "Europe/Warsaw");
}

}  // namespace

Result<std::vector<StoryLine>> read_scenario(std::string_view text, const std::string& name) {
  static const std::regex timed("(?:\\+(\\d{1,4})d )?([01]\\d|2[0-3]):([0-5]\\d) (.+)");
  std::vector<StoryLine> out;
  int number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string line(trim(raw));
    if (line.empty() || line.front() == '#' || line.front() == '>') continue;
    Words w;
    if (!std::regex_match(line, w, timed))
      return fail(Fault::malformed, "{}:{}: expected a time, as in 09:00 or +1d 09:00", name, number);
    HEJNAL_TRY(const Instant at,
               instant_of(w[1].matched ? std::stoi(w[1]) : 0, std::stoi(w[2]), std::stoi(w[3])));
    auto statement = read_statement(w[4]);
    if (!statement) return fail(Fault::malformed, "{}:{}: this line cannot be read: {}", name, number, line);
    if (!out.empty() && at < out.back().at)
      return fail(Fault::malformed, "{}:{}: time goes back", name, number);
    out.push_back({number, line, at, std::move(*statement)});
  }
  if (out.empty()) return fail(Fault::malformed, "{}:{}: nothing happens in this story", name, number);
  return out;
}

}  // namespace hejnal::sim
