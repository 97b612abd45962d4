// The contact procedure as the console edits it: what is in force, its versions and their differences, a
// draft.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>

#include "api/context.hpp"
#include "api/html.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "core/what_if.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kTextMax = 500'000;

// "draft:4:8: expected ..." as the file's reader says it, one a line.
json::Array mistakes_json(std::string_view lines, std::string_view name) {
  json::Array out;
  for (std::string_view line : split(lines, '\n')) {
    if (line.empty()) continue;
    std::int64_t place[2] = {0, 0};
    if (line.starts_with(name)) {
      std::string_view rest = line.substr(name.size());
      std::size_t found = 0;
      for (; found < 2 && rest.starts_with(':'); ++found) {
        const char* const begin = rest.data() + 1;
        const auto [end, error] = std::from_chars(begin, rest.data() + rest.size(), place[found]);
        if (error != std::errc()) break;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
      }
      if (rest.starts_with(':')) rest.remove_prefix(1);
      line = trim(rest);
    }
    out.push_back(json::Object{{"line", place[0]}, {"column", place[1]}, {"message", line}});
  }
  return out;
}

constexpr const char* kDraft = "draft";

// {"text"} or {"data"}: the draft as a text. A draft that cannot be written at all fails with malformed.
Result<std::string> read_draft(Context& context, Body& body) {
  const std::string text = body.text("text", false, kTextMax);
  const json::Object* data = body.object("data");
  if (text.empty() == (data == nullptr)) body.complain("text", "expected either this or data");
  if (!data) return text;
  return context.parts.procedures.to_text(json::Value(*data));
}

json::Object version_json(const ports::ProcedureVersion& v, const std::string& current) {
  return {{"version", v.version},
          {"since", v.since.ms == 0 ? json::Value(nullptr) : json::Value(format_rfc3339(v.since))},
          {"by", v.by},
          {"current", v.version == current}};
}

Result<json::Object> whole_version(Context& context, const std::string& text) {
  json::Object out{{"text", text}};
  HEJNAL_TRY(out["data"], context.parts.procedures.to_data(text));
  return out;
}

Result<std::string> text_of(Context& context, const std::string& version) {
  HEJNAL_TRY(std::string text, context.archive.procedure_text(version));
  if (text.empty())
    return fail(Fault::not_found, "there is no version \"{}\"", truncate_utf8(one_line(version), 40));
  return text;
}

constexpr std::int64_t kDays = 90, kDaysMax = 366;
constexpr std::size_t kRehearsedMax = 20'000, kListedMax = 50;
constexpr std::size_t kPlayedMax = 2'000'000;  // entries and alerts of one answer: some seconds
constexpr int kFiguresAtOnce = 5000;

// Those opened since then; of more than kRehearsedMax the latest.
Result<std::vector<core::CaseNumber>> cases_since(ports::Archive& archive, Instant from, Instant to) {
  std::vector<core::CaseNumber> out;
  HEJNAL_TRY(core::CaseNumber next, archive.first_case_since(from));
  for (;;) {
    HEJNAL_TRY(const auto some, archive.figures(next, to, kFiguresAtOnce));
    for (const core::Figures& f : some) {
      if (!f.merged) out.push_back(f.number);
    }
    if (some.size() < static_cast<std::size_t>(kFiguresAtOnce)) break;
    next = some.back().number + 1;
  }
  if (out.size() > kRehearsedMax) out.erase(out.begin(), out.end() - kRehearsedMax);
  return out;
}

// From 22 to 6, by the desk's clock.
std::int64_t at_night(const std::vector<Instant>& rings, const std::string& zone) {
  return std::count_if(rings.begin(), rings.end(), [&zone](Instant ring) {
    const auto local = local_time(ring, zone);
    return local && (local->hour >= 22 || local->hour < 6);
  });
}

json::Object row_json(const core::Rehearsed::Row& row) {
  return {{"cases", row.cases},
          {"kept", row.kept},
          {"broken", row.broken},
          {"alerts", row.rings},
          {"alerts_at_night", row.rings_at_night}};
}

json::Object rehearsed_json(const core::Rehearsed& all) {
  json::Object classes;
  for (const auto& [id, row] : all.by_class) classes[id] = row_json(row);
  return {{"total", row_json(all.total)}, {"classes", std::move(classes)}};
}

json::Object one_json(const core::Rehearsal& one) {
  return {
      {"class", one.class_name}, {"kept", one.kept}, {"broken", one.broken}, {"alerts", one.rings.size()}};
}

// Every value by its place; tables of a list by their id where they have one:
// "class.urgent.promise.react_within".
void flatten(const json::Value& value, const std::string& path, std::map<std::string, json::Value>& out) {
  const auto below = [&](std::string_view name) {
    return path.empty() ? std::string(name) : path + '.' + std::string(name);
  };
  if (value.is_object()) {
    for (const auto& field : value.as_object()) flatten(field.value(), below(field.key()), out);
    return;
  }
  const bool tables = value.is_array() && !value.as_array().empty() && value.as_array().front().is_object();
  if (!tables) {
    out[path] = value;
    return;
  }
  std::size_t n = 0;
  for (const json::Value& one : value.as_array()) {
    ++n;
    const auto* id = one.is_object() ? one.as_object().if_contains("id") : nullptr;
    flatten(one, below(id && id->is_string() ? std::string(id->as_string()) : std::to_string(n)), out);
  }
}

json::Array differences(const json::Value& before, const json::Value& after) {
  std::map<std::string, json::Value> a, b;
  flatten(before, {}, a);
  flatten(after, {}, b);
  for (const auto& [path, value] : a) b.try_emplace(path, nullptr);
  json::Array out;
  for (const auto& [path, value] : b) {
    const auto old = a.find(path);
    const json::Value was = old == a.end() ? json::Value(nullptr) : old->second;
    if (was != value) out.push_back(json::Object{{"path", path}, {"before", was}, {"after", value}});
  }
  return out;
}

}  // namespace

Result<ports::Response> get_procedure(Context& context) {
  const core::Procedure& now = context.parts.procedure;
  HEJNAL_TRY(const std::string text, text_of(context, now.version));
  HEJNAL_TRY(json::Object out, whole_version(context, text));
  out["version"] = now.version;
  out["language"] = now.language;
  HEJNAL_TRY(const auto versions, context.archive.procedure_versions());
  json::Array list;
  for (const auto& v : versions) list.push_back(version_json(v, now.version));
  out["versions"] = std::move(list);
  return json_response(std::move(out));
}

Result<ports::Response> get_procedure_version(Context& context) {
  const std::string& version = context.segments.at(0);
  HEJNAL_TRY(const std::string text, text_of(context, version));
  HEJNAL_TRY(json::Object out, whole_version(context, text));
  out["version"] = version;
  // From the one in force to this one, or from any other.
  const std::string from = context.request.has_parameter("from")
                               ? std::string(context.request.parameter("from"))
                               : context.parts.procedure.version;
  HEJNAL_TRY(const std::string before_text, text_of(context, from));
  HEJNAL_TRY(const json::Value before, context.parts.procedures.to_data(before_text));
  out["from"] = from;
  out["differences"] = differences(before, out["data"]);
  return json_response(std::move(out));
}

Result<ports::Response> preview_procedure(Context& context) {
  context.audit.reset();  // changes nothing
  HEJNAL_TRY(Body body, Body::read(context.request));
  const auto text = read_draft(context, body);
  HEJNAL_TRY_VOID(body.finish());
  json::Object out{
      {"good", false},   {"mistakes", json::Array()}, {"version", nullptr},          {"text", nullptr},
      {"data", nullptr}, {"html", nullptr},           {"differences", json::Array()}};
  if (!text) {
    out["mistakes"] = mistakes_json(text.error().what, kDraft);
    return json_response(std::move(out));
  }
  out["text"] = *text;
  const auto draft = context.parts.procedures.read(*text, kDraft);
  if (!draft) {
    out["mistakes"] = mistakes_json(draft.error().what, kDraft);
    return json_response(std::move(out));
  }
  const Parts& parts = context.parts;
  out["good"] = true;
  out["version"] = draft->version;
  HEJNAL_TRY(out["data"], parts.procedures.to_data(*text));
  out["html"] = procedure_html(*draft, parts.desk_name, parts.desk_address, parts.sms_number);
  HEJNAL_TRY(const std::string now, text_of(context, parts.procedure.version));
  HEJNAL_TRY(const json::Value before, parts.procedures.to_data(now));
  out["differences"] = differences(before, out["data"]);
  return json_response(std::move(out));
}

// The cases of the last days, played again under what is in force and under the draft.
Result<ports::Response> rehearse_procedure(Context& context) {
  context.audit.reset();  // changes nothing
  HEJNAL_TRY(Body body, Body::read(context.request));
  const auto text = read_draft(context, body);
  const std::int64_t asked = body.integer("days");
  HEJNAL_TRY_VOID(body.finish());
  const std::int64_t days = asked == 0 ? kDays : asked;
  if (days < 1 || days > kDaysMax)
    return fail(Fault::malformed, "days: expected 1 to {}, found {}", kDaysMax, days);
  if (!text) return tl::make_unexpected(text.error());
  const Parts& parts = context.parts;
  HEJNAL_TRY(const core::Procedure draft, parts.procedures.read(*text, kDraft));
  const Instant now = parts.clock->now();
  // It keeps one of the few threads of the API busy, so there is one at a time.
  static std::mutex one_at_a_time;
  const std::unique_lock running(one_at_a_time, std::try_to_lock);
  if (!running) return fail(Fault::conflict, "somebody else tries a draft just now; try again in a moment");
  HEJNAL_TRY(auto numbers, cases_since(context.archive, now - 24h * days, now + 1ms));
  std::reverse(numbers.begin(), numbers.end());  // where it becomes too much, the oldest are left out
  core::Rehearsed before, after;
  json::Array changed;
  std::int64_t changed_total = 0, refused = 0;
  std::size_t played = 0;
  for (const core::CaseNumber number : numbers) {
    if (played >= kPlayedMax) break;
    HEJNAL_TRY(const auto journal, context.archive.journal(number));
    const core::Rehearsal was = core::rehearse(parts.procedure, journal, now);
    const core::Rehearsal is = core::rehearse(draft, journal, now);
    played += journal.size() + was.rings.size() + is.rings.size();
    before.add(was, at_night(was.rings, parts.zone));
    after.add(is, at_night(is.rings, parts.zone));
    refused += is.refused > was.refused;
    if (was.class_name == is.class_name && was.broken == is.broken && was.rings.size() == is.rings.size())
      continue;
    if (++changed_total > static_cast<std::int64_t>(kListedMax)) continue;
    HEJNAL_TRY(const auto row, context.archive.find(number));
    changed.push_back(json::Object{{"number", number},
                                   {"subject", row ? row->summary.subject : std::string()},
                                   {"before", one_json(was)},
                                   {"after", one_json(is)}});
  }
  return json_response(json::Object{{"days", days},
                                    {"cases", before.total.cases},
                                    {"cut", numbers.size() >= kRehearsedMax || played >= kPlayedMax},
                                    {"before", rehearsed_json(before)},
                                    {"after", rehearsed_json(after)},
                                    {"changed", std::move(changed)},
                                    {"changed_total", changed_total},
                                    {"not_allowed", refused}});
}

// Takes effect for new cases; each other one keeps the version that it was opened under.
Result<ports::Response> adopt_procedure(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const auto text = read_draft(context, body);
  const std::string replaces = body.line("replaces", true, 100);
  HEJNAL_TRY_VOID(body.finish());
  if (!text) return tl::make_unexpected(text.error());
  if (replaces != context.parts.procedure.version)
    return fail(Fault::conflict, "version {} is in force now, not \"{}\": look at it first",
                context.parts.procedure.version, replaces);
  HEJNAL_TRY(const core::Procedure draft, context.parts.procedures.read(*text, kDraft));
  HEJNAL_TRY_VOID(context.parts.procedures.adopt(*text, context.who));
  return json_response(json::Object{{"version", draft.version}});
}

}  // namespace hejnal::api
