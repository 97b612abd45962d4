// How well the desk keeps what it has promised (core/report.hpp), as JSON and as CSV.
#include <fmt/format.h>

#include <charconv>

#include "api/context.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "core/report.hpp"

namespace hejnal::api {

namespace {

constexpr int kAtOnce = 5000, kCasesMax = 500'000, kDays = 90, kDaysMax = 3700;

enum class By { week, day, month, class_name, organisation };

// "2026-11-23": its midnight in the desk's zone.
Result<Instant> read_day(std::string_view text, std::string_view name, const std::string& zone) {
  int parts[3] = {};
  const auto pieces = split(text, '-');
  bool good = pieces.size() == 3 && text.size() == 10;
  for (std::size_t i = 0; good && i < 3; ++i) {
    const auto [end, error] =
        std::from_chars(pieces[i].data(), pieces[i].data() + pieces[i].size(), parts[i]);
    good = error == std::errc() && end == pieces[i].data() + pieces[i].size();
  }
  good = good && parts[0] >= 1970 && parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 && parts[2] <= 31;
  if (!good)
    return fail(Fault::malformed, "{}: expected a day such as 2026-11-23, found \"{}\"", name,
                truncate_utf8(sanitize_utf8(text), 40));
  return from_local(parts[0], parts[1], parts[2], 0, 0, zone);
}

std::string group_of(const core::Figures& f, By by, const std::string& zone) {
  if (by == By::class_name) return f.class_name;
  if (by == By::organisation) return f.organisation;
  const auto local = local_time(f.opened_at, zone);
  if (!local) return format_rfc3339(f.opened_at).substr(0, 10);
  if (by == By::week) return core::iso_week(local->year, local->month, local->day);
  if (by == By::month) return fmt::format("{:04}-{:02}", local->year, local->month);
  return fmt::format("{:04}-{:02}-{:02}", local->year, local->month, local->day);
}

json::Object times_json(const core::Report::Times& times) {
  return {{"count", times.ms.size()}, {"median_ms", times.median()}, {"p90_ms", times.p90()}};
}

json::Object row_json(const core::Report::Row& row) {
  const auto share = row.share_kept();
  return {{"cases", row.cases},
          {"step_twos", row.step_twos},
          {"kept", row.kept},
          {"broken", row.broken},
          {"share_kept", share ? json::Value(*share) : json::Value(nullptr)},
          {"receipt", times_json(row.receipt)},
          {"reaction", times_json(row.reaction)},
          {"answer", times_json(row.answer)}};
}

// What a spreadsheet would take for a formula is a text.
std::string csv_text(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_row(std::string_view group, const core::Report::Row& row) {
  const auto share = row.share_kept();
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_text(group), row.cases, row.step_twos,
                     row.kept, row.broken, share ? fmt::format("{:.4f}", *share) : "", row.receipt.median(),
                     row.receipt.p90(), row.reaction.median(), row.reaction.p90(), row.answer.median(),
                     row.answer.p90());
}

Result<By> read_by(std::string_view name) {
  if (name.empty() || name == "week") return By::week;
  if (name == "day") return By::day;
  if (name == "month") return By::month;
  if (name == "class") return By::class_name;
  if (name == "organisation") return By::organisation;
  return fail(Fault::malformed, "by: expected day, week, month, class or organisation");
}

Result<ports::Response> report(Context& context, bool csv) {
  const Parts& parts = context.parts;
  HEJNAL_TRY(const By by, read_by(context.request.parameter("by")));
  Instant to = parts.clock->now() + 1ms, from = to - 24h * kDays;
  if (context.request.has_parameter("from")) {
    HEJNAL_TRY(from, read_day(context.request.parameter("from"), "from", parts.zone));
  }
  if (context.request.has_parameter("to")) {  // this day, too
    HEJNAL_TRY(const Instant last, read_day(context.request.parameter("to"), "to", parts.zone));
    const auto local = local_time(last + 26h, parts.zone);  // within the next day, also when clocks change
    HEJNAL_TRY(to, local ? from_local(local->year, local->month, local->day, 0, 0, parts.zone)
                         : Result<Instant>(last + 24h));
  }
  if (to <= from || to - from > 24h * kDaysMax)
    return fail(Fault::malformed, "from, to: expected a time of one day to ten years");
  core::Report sums;
  int read = 0;
  HEJNAL_TRY(core::CaseNumber next, context.archive.first_case_since(from));
  for (;;) {
    HEJNAL_TRY(const auto some, context.archive.figures(next, to, kAtOnce));
    for (const core::Figures& f : some) {
      if (!f.merged) sums.add(f, group_of(f, by, parts.zone));
    }
    if (some.size() < static_cast<std::size_t>(kAtOnce)) break;
    next = some.back().number + 1;
    if ((read += kAtOnce) > kCasesMax)
      return fail(Fault::refused, "there are more than {} cases in this time; ask for less", kCasesMax);
  }
  if (csv) {
    std::string out =
        "group,cases,step_twos,kept,broken,share_kept,receipt_ms_median,receipt_ms_p90,reaction_ms_median,"
        "reaction_ms_p90,answer_ms_median,answer_ms_p90\r\n";
    for (const auto& [group, row] : sums.rows()) out += csv_row(group, row);
    out += csv_row("total", sums.total());
    ports::Response response{200, "text/csv; charset=utf-8", std::move(out), {}};
    response.headers.emplace_back("Content-Disposition", content_disposition("report.csv"));
    return response;
  }
  json::Array items;
  for (const auto& [group, row] : sums.rows()) {
    json::Object item = row_json(row);
    item["group"] = group;
    items.push_back(std::move(item));
  }
  return json_response(json::Object{{"from", format_rfc3339(from)},
                                    {"to", format_rfc3339(to)},
                                    {"zone", parts.zone},
                                    {"total", row_json(sums.total())},
                                    {"items", std::move(items)}});
}

}  // namespace

Result<ports::Response> get_report(Context& context) {
  const std::string accept = to_lower_ascii(context.request.header("accept"));
  return report(context, accept.starts_with("text/csv"));
}

Result<ports::Response> get_report_csv(Context& context) { return report(context, true); }

}  // namespace hejnal::api
