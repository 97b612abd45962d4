#include "api/case_view.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "base/zone.hpp"
#include "core/case_names.hpp"
#include "json/entry.hpp"

namespace hejnal::api {

namespace {

std::optional<core::State> state_named(std::string_view name) { return core::parse<core::State>(name); }

}  // namespace

Result<std::vector<core::State>> read_states(std::string_view text) {
  using core::State;
  if (text.empty() || text == "open")
    return std::vector{State::fresh, State::read, State::working, State::waiting, State::settled};
  std::vector<State> out;
  if (text == "all") return out;
  for (const std::string_view name : split(text, ',')) {
    const auto state = state_named(name);
    if (!state) {
      return fail(Fault::malformed,
                  "state: expected open, all, or some of new, read, working, waiting, settled and closed by "
                  "comma, found \"{}\"",
                  sanitize_utf8(name));
    }
    out.push_back(*state);
  }
  return out;
}

std::string without_keys(std::string text) {
  constexpr std::string_view kPage = "/c/";
  for (std::size_t at = text.find(kPage); at != std::string::npos; at = text.find(kPage, at + 1)) {
    const std::size_t begin = at + kPage.size();
    const std::size_t end = std::min(text.find_first_not_of(core::kTokenAlphabet, begin), text.size());
    if (end - begin > core::kTokenSecret) text.replace(begin, end - begin, "…");
  }
  return text;
}

json::Object case_json(const ports::CaseRow& row, Links links, json::Storage in) {
  const ports::CaseSummary& s = row.summary;
  json::Array candidates(in);
  for (const core::CaseNumber n : row.candidates) candidates.push_back(n);
  json::Object out({{"number", s.number},
                    {"class", row.class_name},
                    {"class_reason", row.class_reason},
                    {"state", to_string(s.state)},
                    {"email_missing", s.email_missing},
                    {"candidates", std::move(candidates)},
                    {"step", row.step},
                    {"subject", s.subject},
                    {"client",
                     {{"name", s.client.name},
                      {"email", s.client.email},
                      {"phone", s.client.phone},
                      {"organisation", s.client.organisation}}},
                    {"opened_at", format_rfc3339(s.opened_at)},
                    {"read_at", json::time_or_null(row.read_at)},
                    {"answered_at", json::time_or_null(row.answered_at)},
                    {"settled_at", json::time_or_null(row.settled_at)},
                    {"next", nullptr},
                    {"merged_into", s.merged_into == 0 ? json::Value(nullptr) : json::Value(s.merged_into)},
                    {"channels",
                     {{"email", s.client.email.empty() ? "none"
                                : row.mail_lost        ? "bounced"
                                                       : "ok"},
                      {"sms", s.client.phone.empty() ? "none"
                              : row.sms_stopped      ? "stopped"
                                                     : "ok"}}},
                    {"last_word", nullptr},
                    {"short_code", s.short_code},
                    {"follow_url", nullptr}},
                   in);
  if (links) out["follow_url"] = std::string(*links) + "/c/" + row.token;
  if (row.next) {
    out["next"] = json::Value({{"what", row.next->what},
                               {"owed_by", row.next->by_desk ? "desk" : "client"},
                               {"due_at", format_rfc3339(row.next->due)},
                               {"why", row.next->why}},
                              in);
  }
  if (const auto& word = row.last_word) {
    out["last_word"] = json::Value({{"by", word->outgoing ? "desk" : "client"},
                                    {"channel", to_string(word->channel)},
                                    {"from", word->from},
                                    {"at", format_rfc3339(word->at)},
                                    {"text", links ? word->text : without_keys(word->text)}},
                                   in);
  }
  return out;
}

json::Object message_json(const ports::Message& m, const Segments& segments) {
  json::Array attachments;
  for (const auto& a : m.attachments)
    attachments.push_back(
        json::Object{{"index", attachments.size()}, {"name", a.name}, {"type", a.type}, {"size", a.size}});
  // Of mail from before it was noted, nobody knows without reading it.
  json::Value html(false);
  if (!m.outgoing && m.channel == core::Channel::email)
    html = m.html ? json::Value(*m.html) : json::Value(nullptr);
  json::Object out{{"id", m.id},
                   {"direction", m.outgoing ? "out" : "in"},
                   {"channel", to_string(m.channel)},
                   {"from", m.from},
                   {"to", m.to},
                   {"subject", m.subject},
                   {"text", m.text},
                   {"at", format_rfc3339(m.at)},
                   {"automatic", m.automatic},
                   {"state", m.state},
                   {"attachments", std::move(attachments)},
                   {"html", std::move(html)},
                   {"join_reason", m.join_reason},
                   {"deliveries", m.outgoing ? json::Value(nullptr) : json::Value(1 + m.again)},
                   {"delivered_again_at", json::time_or_null(m.again_at)}};
  if (m.channel == core::Channel::sms && segments) out["segments"] = segments(m.text);
  return out;
}

namespace {

// What matching has said of a case and its messages, as its journal has kept it.
class Evidence {
 public:
  explicit Evidence(const std::vector<core::Entry>& journal) {
    for (const core::Entry& entry : journal) {
      if (const auto* opened = std::get_if<core::Opened>(&entry.body)) suggestions_ = opened->suggestions;
      if (const auto* received = std::get_if<core::Received>(&entry.body); received && received->score != 0)
        scores_[received->message] = received->score;
    }
  }
  json::Value score_of(core::MessageId message) const {
    const auto found = scores_.find(message);
    return found == scores_.end() ? json::Value(nullptr) : json::Value(found->second);
  }
  json::Array suggestions(const std::vector<core::CaseNumber>& candidates) const {
    json::Array out;
    for (const core::Suggestion& s : suggestions_) {
      if (std::find(candidates.begin(), candidates.end(), s.number) == candidates.end()) continue;
      out.push_back(json::Object{{"case", s.number}, {"score", s.score}, {"why", s.why}});
    }
    return out;
  }

 private:
  std::vector<core::Suggestion> suggestions_;
  std::map<core::MessageId, int> scores_;
};

}  // namespace

Result<json::Object> whole_case(ports::Archive& archive, core::CaseNumber number, Links links,
                                const Segments& segments) {
  HEJNAL_TRY(const auto row, archive.find(number));
  if (!row) return fail(Fault::not_found, "there is no case {}", number);
  json::Object out = case_json(*row, links);
  HEJNAL_TRY(const auto journal, archive.journal(number));
  const Evidence evidence(journal);
  json::Array entries;
  std::int64_t seq = 0;
  for (const core::Entry& entry : journal) {
    json::Object e{{"seq", ++seq}, {"at", format_rfc3339(entry.at)}};
    for (auto& field : json::entry_object(entry)) e.emplace(field.key(), std::move(field.value()));
    // Times in fields of a kind are milliseconds in the journal and RFC 3339 for readers.
    for (const char* name : {"due", "since", "ring_at", "sent_at"}) {
      if (json::Value* t = e.if_contains(name); t && t->is_int64())
        *t = format_rfc3339(Instant{t->as_int64()});
    }
    if (!e.contains("why")) e["why"] = "";
    e.erase("token");  // the client's key to the case
    entries.push_back(std::move(e));
  }
  HEJNAL_TRY(const auto messages, archive.messages(number));
  json::Array list;
  for (const ports::Message& m : messages) {
    json::Object message = message_json(m, segments);
    if (!m.outgoing) message["join_score"] = evidence.score_of(m.id);
    if (!links) message["text"] = without_keys(m.text);
    list.push_back(std::move(message));
  }
  out["suggestions"] = evidence.suggestions(row->candidates);
  const core::Case c = core::replay(journal);
  out["outage"] = c.outage == 0 ? json::Value(nullptr) : json::Value(c.outage);
  out["looks_like_outage"] = c.like_outage == 0 ? json::Value(nullptr) : json::Value(c.like_outage);
  json::Array alerts;
  for (const core::Alert& one : c.alerts) {
    alerts.push_back(json::Object{{"monitor", one.monitor},
                                  {"key", one.key},
                                  {"state", one.firing ? "firing" : "over"},
                                  {"severity", one.severity},
                                  {"since", format_rfc3339(one.since)},
                                  {"over_at", json::time_or_null(one.over_at)},
                                  {"came_back", one.fired}});
  }
  out["alerts"] = std::move(alerts);
  // Monitoring says that it is over, and somebody has taken it up: that person says whether it is settled.
  out["offers_to_settle"] = core::alerts_over(c).has_value() && c.state != core::State::settled &&
                            c.state != core::State::closed && !c.timer(core::Timer::alert_over);
  if (c.announced_at) {
    json::Array offered;
    for (const core::Offered& mail : c.offered)
      offered.push_back(
          json::Object{{"message", mail.message}, {"from", mail.from}, {"subject", mail.subject}});
    const auto came_at = core::email_came_at(c);
    out["announced"] = json::Object{
        {"at", format_rfc3339(*c.announced_at)},
        {"email_came_at", json::time_or_null(came_at)},
        {"late_ms", c.email_late_ms ? json::Value(*c.email_late_ms) : json::Value(nullptr)},
        {"late",
         c.email_late_ms && *c.email_late_ms > 0
             ? json::Value(format_duration(Duration(*c.email_late_ms)) + " after the SMS that announced it")
             : json::Value("")},
        {"set_aside", std::move(offered)}};
  } else {
    out["announced"] = nullptr;
  }
  out["journal"] = std::move(entries);
  out["messages"] = std::move(list);
  return out;
}

namespace {

constexpr int kAtOnce = 5000;

std::string day_of(Instant t, const std::string& zone) {
  const auto local = local_time(t, zone);
  if (!local) return format_rfc3339(t).substr(0, 10);
  return fmt::format("{:04}-{:02}-{:02}", local->year, local->month, local->day);
}

// Midnight, so many days before the day of `now`; today counts as one.
Instant first_of(Instant now, int days, const std::string& zone) {
  const auto begin = local_time(now - 24h * (days - 1), zone);
  const auto midnight = begin ? from_local(begin->year, begin->month, begin->day, 0, 0, zone)
                              : Result<Instant>(now - 24h * days);
  return midnight ? *midnight : now - 24h * days;
}

json::Object count_json(const core::MailHealth::Count& count) {
  return {{"announced", count.announced},
          {"in_time", count.in_time},
          {"late", count.late},
          {"missing", count.missing},
          {"waiting", count.waiting},
          {"late_ms_median", count.late_ms_median()},
          {"late_ms_max", count.late_ms_max()}};
}

}  // namespace

Result<core::MailHealth> mail_health_of(ports::Archive& archive, const core::Rules& rules, Instant now,
                                        int days, const std::string& zone) {
  core::MailHealth health(rules.email_missing_after, now);
  const Instant from = first_of(now, days, zone), to = now + 1ms;
  std::optional<core::Announcement> last;
  for (;;) {
    HEJNAL_TRY(const auto some, archive.announcements(from, to, last ? &*last : nullptr, kAtOnce));
    for (const core::Announcement& a : some) health.add(a, day_of(a.at, zone));
    if (some.size() < static_cast<std::size_t>(kAtOnce)) return health;
    last = some.back();
  }
}

json::Object mail_count_json(const std::string& domain, const core::MailHealth::Count& count) {
  json::Object row{{"domain", domain}};
  for (auto& field : count_json(count)) row.emplace(field.key(), field.value());
  return row;
}

json::Object mail_health_json(const core::MailHealth& health, int days, const std::string& zone) {
  json::Array by_day, by_domain;
  for (auto at = health.by_day().rbegin(); at != health.by_day().rend(); ++at) {  // the latest first
    json::Object row{{"day", at->first.first}, {"domain", at->first.second}};
    for (auto& field : count_json(at->second)) row.emplace(field.key(), field.value());
    by_day.push_back(std::move(row));
  }
  for (const auto& [domain, count] : health.by_domain()) by_domain.push_back(mail_count_json(domain, count));
  return {{"days", days},
          {"zone", zone},
          {"total", count_json(health.total())},
          {"domains", std::move(by_domain)},
          {"items", std::move(by_day)}};
}

}  // namespace hejnal::api
