// Alerts of monitoring systems as cases. Which case an alert belongs to is known by its key: each message
// that holds its words carries the key's sum as its id.
#include <fmt/core.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {
constexpr std::size_t kBeginningMax = 2000;  // of the text, to know whether it has changed
}

Result<Filed> Desk::alert(const MonitorAlert& alert) {
  core::AlertCame signal;
  signal.monitor = alert.monitor;
  signal.key = alert.key;
  signal.firing = alert.firing;
  signal.subject = truncate_characters(collapse_space(sanitize_utf8(alert.subject)), 200);
  signal.text = truncate_utf8(sanitize_utf8(alert.text), kBeginningMax);
  signal.severity = alert.severity;
  signal.hint = {alert.class_name, alert.why};
  signal.settle_after = alert.settle_after;
  const std::string id =
      "alert:" + keyed_hash(message_key_, fmt::format("{} {}", alert.monitor, alert.key)).substr(0, 32);
  HEJNAL_TRY(const core::CaseNumber before, parts_.store.case_by_message_id(id));
  HEJNAL_TRY(core::CaseNumber number, living(before));
  core::Case c;
  if (number != 0) {
    HEJNAL_TRY(c, load(number));
  }
  if (!core::alert_goes_on(c, signal, alert.back_within, now())) {
    if (!alert.firing) return Filed{};  // of nothing that we know: it never opens anything
    c = {};
    signal.before = before;
  }
  const bool opens = !c.exists();
  HEJNAL_TRY(core::Facts facts_now, facts(c));
  if (opens) HEJNAL_TRY_VOID(prepare_opening(facts_now));
  Filed filed;
  filed.number = opens ? facts_now.number : c.number;
  if (opens || core::alert_says_more(c, signal)) {
    ports::Message message;
    message.number = filed.number;
    message.channel = core::Channel::api;
    message.from = alert.monitor;
    message.subject = message.base_subject = signal.subject;
    message.text = alert.text.empty() ? alert.subject : alert.text;
    message.at = now();
    message.automatic = true;
    message.internal = true;  // who has a link to the case, after a merge, does not read it
    message.state = opens ? "opened" : "joined";
    message.join_reason = opens ? "" : "it is the same alert";
    message.message_id = id;
    message.content_key = "alert";
    HEJNAL_TRY(filed.message, parts_.store.add_message(message, {}));
    signal.message = filed.message;
  }
  HEJNAL_TRY_VOID(turn(std::move(c), signal, std::move(facts_now)));
  return filed;
}

}  // namespace hejnal::desk
