// /status: what does not work now, and what did not in the past 90 days; for everybody, also as an Atom feed
// (RFC 4287). Only the sentences that were written for the public are shown: no title, case, client or agent.
#include <algorithm>

#include "api/client_page.hpp"
#include "api/outage_days.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::api {

namespace {

constexpr int kDays = 90;
constexpr int kLookedAtMax = 1000, kTooOldMax = 100;  // outages, of which so many in a row may be too old
constexpr std::size_t kShownMax = 100, kWordsMax = 50, kEntriesMax = 50;
constexpr std::size_t kTitleMax = 80;  // characters

struct Told {
  std::vector<core::Outage> open, over;  // newest first: by its beginning, by its end
};

// Those that lasted at some time since `since`. A long one may be older than others that are over for long,
// so it is looked for a while beyond them.
Result<Told> outages_since(Context& context, Instant since) {
  Told told;
  HEJNAL_TRY(told.open, open_outages(context));
  HEJNAL_TRY(const auto ids, context.archive.outages().ids(false, kLookedAtMax, ports::Archive::kNewest));
  const auto is_told = [&](core::OutageId id) {
    return std::any_of(told.open.begin(), told.open.end(), [&](const core::Outage& o) { return o.id == id; });
  };
  int too_old = 0;
  for (const core::OutageId id : ids) {
    if (too_old >= kTooOldMax) break;
    HEJNAL_TRY(auto o, context.archive.outages().readable(id));
    if (!o || o->open() || is_told(o->id)) continue;  // it may have ended meanwhile
    if (!o->ended_at || *o->ended_at < since) {
      ++too_old;
      continue;
    }
    too_old = 0;
    told.over.push_back(std::move(*o));
  }
  std::sort(told.over.begin(), told.over.end(),
            [](const core::Outage& a, const core::Outage& b) { return *a.ended_at > *b.ended_at; });
  return told;
}

// The days are those of UTC where the desk has no zone.
std::string zone_of(const Parts& parts) { return parts.zone.empty() ? "UTC" : parts.zone; }

// The first moment of the oldest day that is shown.
Instant first_shown(const Parts& parts) {
  const Instant now = parts.clock->now();
  return day_begin(now, zone_of(parts), kDays - 1).value_or(now - 24h * kDays);
}

std::string date_words(const OutageDay& day, std::string_view language) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (language == "pl") return fmt::format("{}.{:02}", day.day, day.month);
  return fmt::format("{} {}", day.day, kMonths[day.month - 1]);
}

// One line of the strip: how high it is.
const char* length_of(Duration out) {
  return out <= 0ms ? "none" : out < 1h ? "short" : out < 4h ? "long" : "longer";
}

void fill_strip(ClientPage& page, const Told& told, std::string_view zone) {
  std::vector<core::Outage> all = told.over;
  all.insert(all.end(), told.open.begin(), told.open.end());
  const auto days = outage_days(all, page.parts.clock->now(), zone, kDays);
  if (days.empty()) return;
  Duration lost(0);
  std::int64_t clear = 0;
  Fill& strip = page.fill.row("STRIP");
  for (const OutageDay& day : days) {
    lost += day.out;
    clear += day.out <= 0ms ? 1 : 0;
    Fill& row = strip.row("DAY");
    row.set("LONG", length_of(day.out));
    if (day.out > 0ms)
      row.row("OUT").set("OUT_TEXT",
                         fmt::format("{}: {}", date_words(day, page.language), format_duration(day.out)));
  }
  std::string sum = text_of(page.language, "status_clear", counted(page.language, "days", clear));
  if (!all.empty())
    sum = text_of(page.language, "status_sum", sum, counted(page.language, "outages", std::ssize(all)),
                  format_duration(lost));
  strip.set("SUM", sum).set("FROM", date_words(days.front(), page.language));
}

bool same_day(Instant a, Instant b, std::string_view zone) {
  const auto x = local_time(a, zone), y = local_time(b, zone);
  return x && y && x->year == y->year && x->month == y->month && x->day == y->day;
}

// "13.12.2026, 15:50"; of the same day as `after` only the time.
std::string short_moment(const ClientPage& page, Instant t, Instant after, std::string_view zone) {
  const auto then = local_time(t, zone);
  return then && same_day(t, after, zone) ? fmt::format("{}:{:02}", then->hour, then->minute) : page.at(t);
}

void fill_word(Fill& into, const core::Outage::Word& word, std::string when) {
  into.row("WORD").set("ISO", format_rfc3339(word.at)).set("WHEN", std::move(when)).set("TEXT", word.text);
}

// What is broken was said first; the news of it, newest first.
void fill_open(ClientPage& page, const core::Outage& o) {
  const Instant now = page.parts.clock->now();
  Fill& row = page.fill.row("OPEN");
  row.set("ID", std::to_string(o.id)).set("SAID", o.words.front().text);
  page.set_time(row, "SINCE", o.declared_at);
  if (o.expected_end && *o.expected_end > now) page.set_time(row.row("UNTIL"), "UNTIL", *o.expected_end);
  row.show("LATE", o.expected_end && *o.expected_end <= now);
  if (o.words.size() < 2) return;
  Fill& news = row.row("NEWS");
  const std::size_t oldest = o.words.size() > kWordsMax ? o.words.size() - kWordsMax : 1;
  for (std::size_t i = o.words.size(); i-- > oldest;) fill_word(news, o.words[i], page.at(o.words[i].at));
}

void fill_past(ClientPage& page, const core::Outage& o, std::string_view zone) {
  Fill& row = page.fill.row("PAST");
  row.set("ID", std::to_string(o.id)).set("LASTED", format_duration(*o.ended_at - o.declared_at));
  row.set("FROM_ISO", format_rfc3339(o.declared_at)).set("FROM_WHEN", page.at(o.declared_at));
  row.set("TO_ISO", format_rfc3339(*o.ended_at));
  row.set("TO_WHEN", short_moment(page, *o.ended_at, o.declared_at, zone));
  for (std::size_t i = 0; i < o.words.size(); ++i) {
    if (i == 0 || i + kWordsMax > o.words.size())
      fill_word(row, o.words[i], short_moment(page, o.words[i].at, o.declared_at, zone));
  }
}

std::string etag_of_body(const std::string& body) { return "\"" + content_hash(body).substr(0, 20) + "\""; }

// Asked again and again, and mostly the same.
void keep_until_changed(const ports::Request& request, ports::Response& response, const char* caching) {
  std::erase_if(response.headers, [](const ports::Header& h) { return h.first == "Cache-Control"; });
  const std::string etag = etag_of_body(response.body);
  response.headers.emplace_back("Cache-Control", caching);
  response.headers.emplace_back("ETag", etag);
  if (trim(request.header("if-none-match")) != etag) return;
  response.status = 304;
  response.body.clear();
}

// XML knows fewer characters than Unicode has, and its escaping does not help these.
std::string xml_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if ((c >= 0x20 && c != 0xFFFE && c != 0xFFFF) || c == '\n' || c == '\t') append_utf8(out, c);
  }
  return out;
}

struct Entry {
  const core::Outage* outage;
  std::size_t n;  // which of its words
  const core::Outage::Word& word() const { return outage->words[n]; }
};

const char* entry_title(const Entry& entry) {
  if (entry.n == 0) return "feed_began";
  const bool last = entry.n + 1 == entry.outage->words.size();
  return last && entry.outage->ended_at ? "feed_ended" : "feed_went_on";
}

std::vector<Entry> entries_of(const Told& told) {
  std::vector<Entry> out;
  for (const auto* some : {&told.open, &told.over}) {
    for (const core::Outage& o : *some) {
      for (std::size_t n = 0; n < o.words.size(); ++n) out.push_back({&o, n});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) {
    return a.word().at != b.word().at ? a.word().at > b.word().at : a.n > b.n;
  });
  if (out.size() > kEntriesMax) out.resize(kEntriesMax);
  return out;
}

}  // namespace

Result<ports::Response> status_page(Context& context) {
  ClientPage page(context);
  const std::string zone = zone_of(page.parts);
  HEJNAL_TRY(const Told told, outages_since(context, first_shown(page.parts)));
  page.fill.set("TITLE", page.say(told.open.empty() ? "status_title_fine" : "status_title_open"));
  page.fill.set("SAID_LANG", page.parts.procedure.language).set("FEED", "/status.atom?lang=" + page.language);
  page.fill.show("FEED_LINK");
  page.fill.show("FINE", told.open.empty());
  for (const core::Outage& o : told.open) fill_open(page, o);
  fill_strip(page, told, zone);
  for (std::size_t i = 0; i < std::min(told.over.size(), kShownMax); ++i) fill_past(page, told.over[i], zone);
  page.fill.show("MORE", told.over.size() > kShownMax);
  ports::Response response = page.done("status");
  // What it says depends on the reader's language, so no cache in between may keep it for others.
  keep_until_changed(context.request, response, "private, no-cache");
  return response;
}

// In the desk's language, or in that of ?lang=: never by what a browser prefers, so that any cache may keep
// it.
Result<ports::Response> status_feed(Context& context) {
  const Parts& parts = context.parts;
  const std::string_view asked = context.request.parameter("lang");
  const std::string language(asked == "pl" || asked == "en" ? asked
                                                            : std::string_view(parts.procedure.language));
  HEJNAL_TRY(const Told told, outages_since(context, first_shown(parts)));
  const auto entries = entries_of(told);
  const std::string page = parts.public_url + "/status";
  Fill fill;
  fill.set("LANG", language)
      .set("SAID_LANG", parts.procedure.language)
      .set("DESK", xml_text(parts.desk_name));
  fill.set("SELF", fmt::format("{}.atom?lang={}", page, language)).set("PAGE", page);
  fill.set("TITLE", text_of(language, "feed_title", xml_text(parts.desk_name)));
  fill.set("UPDATED", format_rfc3339(entries.empty() ? Instant{} : entries.front().word().at));
  for (const Entry& entry : entries) {
    const std::string text = xml_text(entry.word().text);
    const std::string line = one_line(text);
    fill.row("ENTRY")
        .set("ID", std::to_string(entry.outage->id))
        .set("N", std::to_string(entry.n + 1))
        .set("AT", format_rfc3339(entry.word().at))
        .set("ENTRY_TITLE",
             text_of(
                 language, entry_title(entry),
                 count_characters(line) <= kTitleMax ? line : truncate_characters(line, kTitleMax - 1) + "…"))
        .set("TEXT", text);
  }
  ports::Response response{
      200, "application/atom+xml; charset=utf-8", fill_page("status.atom", language, fill), {}};
  keep_until_changed(context.request, response, "public, max-age=60");
  return response;
}

}  // namespace hejnal::api
