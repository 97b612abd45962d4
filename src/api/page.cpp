#include "api/page.hpp"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>

#include <array>
#include <map>
#include <span>

#include "base/check.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_page_templates();
}

namespace hejnal::api {

namespace {

constexpr std::array<const char*, 2> kLanguages = {"pl", "en"};
std::size_t index_of(std::string_view language) { return language == "pl" ? 0 : 1; }

std::string file(const std::string& name) {
  for (const EmbeddedFile& one : embedded_page_templates()) {
    if (one.name == name) return std::string(one.bytes);
  }
  return {};
}

using Texts = std::map<std::string, std::array<std::string, 2>, std::less<>>;

Texts read_texts(std::string_view all) {
  Texts out;
  std::array<std::string, 2>* current = nullptr;
  for (const std::string_view line : split(all, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with('[')) {
      HEJNAL_CHECK(line.ends_with(']'));
      const auto [place, is_new] = out.emplace(line.substr(1, line.size() - 2), std::array<std::string, 2>());
      HEJNAL_CHECK(is_new);
      current = &place->second;
      continue;
    }
    HEJNAL_CHECK(current && line.size() > 5 && line.substr(2, 3) == " = ");
    std::string& text = (*current)[index_of(line.substr(0, 2))];
    HEJNAL_CHECK(text.empty() && (line.starts_with("pl") || line.starts_with("en")));
    text = line.substr(5);
  }
  for (const auto& [name, both] : out) HEJNAL_CHECK(!both[0].empty() && !both[1].empty());
  return out;
}

constexpr std::string_view kHtml = ".html", kAtom = ".atom";

std::string in_layout(const std::string& page) {
  std::string out = file("_layout.html");
  const std::string body = "[[>body]]";
  const auto place = out.find(body);
  HEJNAL_CHECK(place != std::string::npos);
  return out.replace(place, body.size(), trim(page));
}

// A page as ctemplate reads it: inside the layout, with the words of one language. The words are ours, but
// they are text, and not HTML. A feed is XML, and whole as it stands.
std::string source_of(std::string_view of, const std::string& page, std::size_t language,
                      const Texts& texts) {
  const bool is_feed = of.ends_with(kAtom);
  std::string out = is_feed ? page : in_layout(page);
  for (std::size_t at = out.find("[["); at != std::string::npos; at = out.find("[[", at)) {
    const std::size_t end = out.find("]]", at);
    HEJNAL_CHECK(end != std::string::npos);
    const auto found = texts.find(std::string_view(out).substr(at + 2, end - at - 2));
    HEJNAL_CHECK(found != texts.end());
    const std::string words = escape_html(found->second[language]);
    out.replace(at, end + 2 - at, words);
    at += words.size();
  }
  // A value is escaped for where it stands. Of what can be said behind a name, ":pre_escape" keeps white
  // space and escapes all the same; anything else could undo it.
  for (std::size_t at = out.find("{{"); at != std::string::npos; at = out.find("{{", at + 2)) {
    const std::string name = out.substr(at + 2, out.find("}}", at) - at - 2);
    const auto colon = name.find(':');
    HEJNAL_CHECK(colon == std::string::npos || name.substr(colon) == ":pre_escape");
    HEJNAL_CHECK(!name.empty() && name.find_first_of("!%=>{") == std::string::npos);
  }
  return fmt::format("{{{{%AUTOESCAPE context=\"{}\"}}}}", is_feed ? "XML" : "HTML") + out;
}

struct Pages {
  Texts texts = read_texts(file("texts.txt"));
  mutable ctemplate::TemplateCache cache;

  Pages() {
    for (const EmbeddedFile& one : embedded_page_templates()) {
      const std::string name(one.name);
      if (name.starts_with('_') || (!name.ends_with(kHtml) && !name.ends_with(kAtom))) continue;
      for (std::size_t i = 0; i < kLanguages.size(); ++i) {
        const std::string source = source_of(name, std::string(one.bytes), i, texts);
        const std::string_view called =
            name.ends_with(kHtml) ? std::string_view(name).substr(0, name.size() - kHtml.size()) : name;
        const bool is_good = cache.StringToTemplateCache(key(called, i), source.data(), source.size(),
                                                         ctemplate::DO_NOT_STRIP);
        HEJNAL_CHECK(is_good);
      }
    }
    cache.Freeze();  // no file is ever looked for
  }
  static std::string key(std::string_view name, std::size_t language) {
    return fmt::format("{}.{}", name, kLanguages[language]);
  }
};

const Pages& pages() {
  static const Pages all;
  return all;
}

void put(const Fill& fill, ctemplate::TemplateDictionary& dictionary) {
  for (const auto& [name, value] : fill.values()) dictionary.SetValue(name, value);
  for (const Fill::Row& row : fill.rows()) put(*row.fill, *dictionary.AddSectionDictionary(row.section));
}

std::string clock_of(const LocalTime& t) { return fmt::format("{:02}:{:02}", t.hour, t.minute); }

// How many midnights lie between now and then; nullopt: more than one. Counted from noon, because the night
// in which the clocks change makes a day longer or shorter than 24 h.
std::optional<int> days_ahead(const LocalTime& then, Instant now, std::string_view zone) {
  const auto today = local_time(now, zone);
  if (!today) return std::nullopt;
  const auto noon = from_local(today->year, today->month, today->day, 12, 0, zone);
  if (!noon) return std::nullopt;
  for (const int days : {0, 1, -1}) {
    const auto day = local_time(*noon + 24h * days, zone);
    if (day && day->year == then.year && day->month == then.month && day->day == then.day) return days;
  }
  return std::nullopt;
}

}  // namespace

void load_pages() { static_cast<void>(pages()); }

Fill& Fill::set(std::string name, std::string value) {
  values_.emplace_back(std::move(name), std::move(value));
  return *this;
}

Fill& Fill::row(const std::string& section) {
  rows_.push_back({section, std::make_unique<Fill>()});
  return *rows_.back().fill;
}

std::string fill_page(std::string_view name, std::string_view language, const Fill& fill) {
  ctemplate::TemplateDictionary dictionary("page");
  put(fill, dictionary);
  std::string out;
  const bool is_good = pages().cache.ExpandNoLoad(Pages::key(name, index_of(language)),
                                                  ctemplate::DO_NOT_STRIP, &dictionary, nullptr, &out);
  HEJNAL_CHECK(is_good);
  return out;
}

const std::string& text_of(std::string_view language, std::string_view name) {
  const auto found = pages().texts.find(name);
  HEJNAL_CHECK(found != pages().texts.end());
  return found->second[index_of(language)];
}

std::string counted(std::string_view language, std::string_view name, std::int64_t number) {
  const std::string& text = text_of(language, name);
  const auto forms = split(text, '|');
  const std::int64_t last = number % 10, last_two = number % 100;
  std::size_t form = number == 1 ? 0 : 1;
  if (language == "pl" && number != 1)
    form = last >= 2 && last <= 4 && (last_two < 12 || last_two > 14) ? 1 : 2;
  HEJNAL_CHECK(form < forms.size());
  return fmt::format(fmt::runtime(std::string(trim(forms[form]))), number);
}

std::string moment(Instant t, Instant now, std::string_view zone, std::string_view language) {
  const auto then = local_time(t, zone);
  const auto days = then ? days_ahead(*then, now, zone) : std::nullopt;
  if (!days) return format_local(t, zone, language);
  return text_of(language, *days == 0 ? "today" : *days == 1 ? "tomorrow" : "yesterday", clock_of(*then));
}

std::string limit(Instant t, Instant now, std::string_view zone, std::string_view language) {
  const auto then = local_time(t, zone);
  const auto days = then ? days_ahead(*then, now, zone) : std::nullopt;
  if (!days || *days < 0) return text_of(language, "until_day", format_local(t, zone, language));
  return text_of(language, *days == 0 ? "until_today" : "until_tomorrow", clock_of(*then));
}

}  // namespace hejnal::api
