// Heartbeats: kept as a line among the settings, so that a restart neither forgets a silence nor tells it
// twice.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

std::optional<Instant> time_of(std::string_view text) {
  Instant t;
  std::from_chars(text.data(), text.data() + text.size(), t.ms);
  return t.ms == 0 ? std::nullopt : std::optional(t);
}

// "LAST SILENT" or "LAST SILENT STARTED", in milliseconds; 0: none.
std::string written(const Desk::HeartbeatState& one) {
  const auto ms = [](const std::optional<Instant>& t) { return t ? t->ms : 0; };
  const std::string out = fmt::format("{} {}", ms(one.beat.last), ms(one.beat.silent_since));
  return one.beat.started ? fmt::format("{} {}", out, one.beat.started->ms) : out;
}

}  // namespace

std::string heartbeat_key(const std::string& name) { return "heartbeat " + name; }

core::Heartbeat read_heartbeat(std::string_view kept, Instant now) {
  core::Heartbeat out;
  const auto space = kept.find(' ');
  out.last = time_of(kept.substr(0, space));
  if (space != std::string_view::npos) out.silent_since = time_of(kept.substr(space + 1));
  const auto second = space == std::string_view::npos ? space : kept.find(' ', space + 1);
  if (second != std::string_view::npos) out.started = time_of(kept.substr(second + 1));
  for (std::optional<Instant>* t : {&out.last, &out.silent_since, &out.started}) {
    if (*t && **t > now) *t = now;
  }
  return out;
}

Status Desk::take_up_heartbeats() {
  heartbeats_.clear();
  for (const HeartbeatSettings& one : settings_.heartbeats) {
    heartbeats_.push_back({one.name, one.rule, {}, {}});
    heartbeats_.back().beat.watched_from = now();
  }
  HEJNAL_TRY_VOID(read_heartbeats());
  for (const HeartbeatState& one : heartbeats_) {
    HEJNAL_TRY(const std::string kept, parts_.store.setting(heartbeat_key(one.name)));
    if (!kept.empty() && kept != written(one)) HEJNAL_TRY_VOID(keep(one));  // of a clock that ran ahead
  }
  return {};
}

Status Desk::read_heartbeats() {
  for (HeartbeatState& one : heartbeats_) {
    HEJNAL_TRY(const std::string kept, parts_.store.setting(heartbeat_key(one.name)));
    const Instant watched_from = one.beat.watched_from;
    one.beat = read_heartbeat(kept, now());
    one.beat.watched_from = watched_from;
  }
  return {};
}

Status Desk::keep(const HeartbeatState& one) {
  return parts_.store.set_setting(heartbeat_key(one.name), written(one));
}

Result<Desk::HeartbeatState*> Desk::heartbeat(const std::string& name) {
  const auto found = std::find_if(heartbeats_.begin(), heartbeats_.end(),
                                  [&](const HeartbeatState& one) { return one.name == name; });
  if (found == heartbeats_.end()) return fail(Fault::not_found, "there is no heartbeat {}", name);
  return &*found;
}

Status Desk::beat(const std::string& name) {
  HEJNAL_TRY(HeartbeatState* const found, heartbeat(name));
  if (found->beat.silent_since && tell_silence_) HEJNAL_TRY_VOID(tell_silence_(*this, *found, false));
  found->beat.last = now();
  found->beat.silent_since.reset();
  found->beat.started.reset();
  return keep(*found);
}

Status Desk::began(const std::string& name) {
  HEJNAL_TRY(HeartbeatState* const found, heartbeat(name));
  found->beat.started = now();
  return keep(*found);
}

Status Desk::failed(const std::string& name, const std::string& words) {
  HEJNAL_TRY(HeartbeatState* const found, heartbeat(name));
  found->beat.last = now();
  found->beat.started.reset();
  if (!found->beat.silent_since) found->beat.silent_since = now();
  if (tell_silence_) {
    HeartbeatState told = *found;
    told.failure = words.empty() ? "-" : words;
    HEJNAL_TRY_VOID(tell_silence_(*this, told, true));
  }
  return keep(*found);
}

Status Desk::ring_heartbeats() {
  for (HeartbeatState& one : heartbeats_) {
    const auto silent_at = core::due(one.rule, one.beat);
    if (!silent_at || *silent_at > now()) continue;
    one.beat.silent_since = core::nothing_since(one.beat);
    if (tell_silence_) HEJNAL_TRY_VOID(tell_silence_(*this, one, true));
    HEJNAL_TRY_VOID(keep(one));
  }
  return {};
}

}  // namespace hejnal::desk
