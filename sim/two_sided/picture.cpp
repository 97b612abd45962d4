// The table as a picture: a row of small heat maps for each class, a column for each look. What is not known
// is what is coloured, the more the darker, so that it reads without colours, too, and the numbers stand in
// it.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "sim/two_sided/table.hpp"

namespace hejnal::sim::two_sided {

namespace {

struct Row {
  bool two_hejnals;
  const char *class_name, *title, *words[3];
};
constexpr Row kRows[] = {
    {false, "critical", "Critical", {"email and SMS", "at once", ""}},
    {false, "urgent", "Urgent", {"email at once,", "again with an SMS", "after 2 hours"}},
    {false, "routine", "Routine", {"email at once,", "again with an SMS", "after 24 hours"}},
    {true, "routine", "Two hejnals", {"routine; no receipt", "in 10 minutes: again,", "and then an SMS"}},
};
constexpr const char* kLooks[] = {"after 10 minutes", "after 2 h 10 min", "after 24 h 10 min"};

constexpr int kCellX = 38, kCellY = 20, kLeft = 226, kTop = 118, kGapX = 26, kGapY = 30;
constexpr int kCells = static_cast<int>(kLossRates.size());
constexpr int kPanelX = kCells * kCellX, kStrip = kCells * kCellY + 5, kPanelY = kStrip + kCellY;

// Light where (nearly) everything is known, dark where half is not.
std::string colour(double unknown) {
  struct Stop {
    double at;
    int r, g, b;
  };
  static constexpr Stop kStops[] = {{0.0, 222, 240, 232},  {0.005, 244, 242, 220}, {0.05, 253, 224, 160},
                                    {0.12, 253, 186, 102}, {0.25, 232, 122, 48},   {0.38, 192, 74, 18},
                                    {0.5, 138, 42, 6}};
  for (std::size_t i = 1; i < std::size(kStops); ++i) {
    const Stop &a = kStops[i - 1], &b = kStops[i];
    if (unknown > b.at && i + 1 < std::size(kStops)) continue;
    const double t = std::min((unknown - a.at) / (b.at - a.at), 1.0);
    const auto mix = [t](int from, int to) { return static_cast<int>(std::lround(from + t * (to - from))); };
    return fmt::format("#{:02x}{:02x}{:02x}", mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b));
  }
  return "#000000";
}

std::string share(int known, int of) {
  const double percent = 100.0 * known / of;
  if (known == of) return "100";
  return percent >= 99 ? fmt::format("{:.1f}", percent) : fmt::format("{:.0f}", percent);
}

std::string cell(int x, int y, int known, int of) {
  const double unknown = 1.0 - static_cast<double>(known) / of;
  return fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/><text x=\"{}\" y=\"{}\" "
      "class=\"n{}\">{}</text>\n",
      x, y, kCellX - 1, kCellY - 1, colour(unknown), x + (kCellX - 1) / 2.0, y + 13.5,
      unknown > 0.24 ? " w" : "", share(known, of));
}

constexpr std::string_view kBegin = "<metadata>\n", kEnd = "</metadata>\n";

std::string numbers(const LossTable& table) {
  std::string out = fmt::format("seed {} reports {}\n", table.seed, table.reports);
  for (const LossCell& c : table.cells)
    out += fmt::format("{} {} {} {} {} {} {}\n", c.two_hejnals ? 1 : 0, c.class_name, c.email_loss,
                       c.sms_loss, c.known[0], c.known[1], c.known[2]);
  return out;
}

}  // namespace

std::string picture(const LossTable& table) {
  constexpr int kRowCount = static_cast<int>(std::size(kRows));
  const int width = kLeft + 3 * kPanelX + 2 * kGapX + 16;
  const int bottom = kTop + kRowCount * (kPanelY + kGapY) - kGapY;
  const int height = bottom + 96;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "role=\"img\" "
      "aria-labelledby=\"t d\">\n"
      "<title id=\"t\">What a second channel is for</title>\n"
      "<desc id=\"d\">Share of reports that the desk knows of, by how many emails and how many SMS get lost, "
      "with "
      "the SMS of the contact procedure and without.</desc>\n",
      width, height);
  out += kBegin;
  out += numbers(table);
  out += kEnd;
  out +=
      "<style>\n"
      "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#24292f}\n"
      ".h{font-size:20px;font-weight:600}.b{font-weight:600}.s{font-size:12px;fill:#57606a}\n"
      ".a{font-size:11px;fill:#57606a}.e{text-anchor:end}.m{text-anchor:middle}\n"
      ".n{font-size:11px;text-anchor:middle;fill:#2b1c10;font-variant-numeric:tabular-nums}.w{fill:#fff}\n"
      "@media "
      "(prefers-color-scheme:dark){text{fill:#e6edf3}.s,.a{fill:#9da7b3}.n{fill:#2b1c10}.w{fill:#fff}}\n"
      "</style>\n";
  out += fmt::format(
      "<text x=\"16\" y=\"32\" class=\"h\">Of 100 reports, how many does the desk know of?</text>\n"
      "<text x=\"16\" y=\"55\" class=\"s\">An email can be lost without either side knowing. Across: emails "
      "that get "
      "lost. Down: SMS that get lost.</text>\n"
      "<text x=\"16\" y=\"73\" class=\"s\">The lowest row of each is email alone: the same steps without any "
      "SMS.</text>\n");
  for (int look = 0; look < 3; ++look)
    out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"b m\">{}</text>\n",
                       kLeft + look * (kPanelX + kGapX) + kPanelX / 2, kTop - 14, kLooks[look]);
  for (int row = 0; row < kRowCount; ++row) {
    const Row& r = kRows[row];
    const int top = kTop + row * (kPanelY + kGapY);
    out += fmt::format("<text x=\"16\" y=\"{}\" class=\"b\">{}</text>\n", top + 14, r.title);
    for (int line = 0; line < 3; ++line)
      if (r.words[line][0] != 0)
        out += fmt::format("<text x=\"16\" y=\"{}\" class=\"s\">{}</text>\n", top + 33 + line * 16,
                           r.words[line]);
    for (int i = 0; i < kCells; ++i)
      out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"a e\">{}{} %</text>\n", kLeft - 8,
                         top + i * kCellY + 13, i == 0 ? "SMS lost: " : "",
                         kLossRates[static_cast<std::size_t>(i)]);
    out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"a e\">email alone</text>\n", kLeft - 8,
                       top + kStrip + 13);
    if (row + 1 == kRowCount)
      out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"a e\">emails lost:</text>\n", kLeft - 8,
                         top + kPanelY + 14);
    for (int look = 0; look < 3; ++look) {
      const int left = kLeft + look * (kPanelX + kGapX);
      const auto at = static_cast<std::size_t>(look);
      for (int x = 0; x < kCells; ++x) {
        const int email = kLossRates[static_cast<std::size_t>(x)];
        for (int y = 0; y < kCells; ++y) {
          const auto* c =
              table.find(r.two_hejnals, r.class_name, email, kLossRates[static_cast<std::size_t>(y)]);
          if (c) out += cell(left + x * kCellX, top + y * kCellY, c->known[at], table.reports);
        }
        const auto* alone = table.find(r.two_hejnals, r.class_name, email, LossCell::kNoSms);
        if (alone) out += cell(left + x * kCellX, top + kStrip, alone->known[at], table.reports);
        if (row + 1 == kRowCount)
          out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"a m\">{} %</text>\n",
                             left + x * kCellX + kCellX / 2, top + kPanelY + 14, email);
      }
    }
  }
  out += fmt::format(
      "<text x=\"16\" y=\"{}\" class=\"s\">Each number: {} reports, carried out by the program itself in a "
      "simulation (hejnal simulate --table --svg). Losses are independent of each other, and</text>\n"
      "<text x=\"16\" y=\"{}\" class=\"s\">what has arrived counts as known. Steps follow the built-in "
      "contact "
      "procedure; a critical report has no second step, so email alone stays lost.</text>\n",
      bottom + 50, table.reports, bottom + 68);
  return out + "</svg>\n";
}

Result<LossTable> read_picture(std::string_view svg) {
  const auto begin = svg.find(kBegin), end = svg.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
    return fail(Fault::malformed, "there are no numbers in it");
  LossTable table;
  const auto number = [](std::string_view word, auto& out) {
    return std::from_chars(word.data(), word.data() + word.size(), out).ec == std::errc();
  };
  bool first = true;
  for (const std::string_view line :
       split(svg.substr(begin + kBegin.size(), end - begin - kBegin.size()), '\n')) {
    if (line.empty()) continue;
    const auto w = split(line, ' ');
    LossCell c;
    if (first) {
      first = false;
      if (w.size() != 4 || !number(w[1], table.seed) || !number(w[3], table.reports))
        return fail(Fault::malformed, "its first line cannot be read");
      continue;
    }
    int two = 0;
    if (w.size() != 7 || !number(w[0], two) || !number(w[2], c.email_loss) || !number(w[3], c.sms_loss) ||
        !number(w[4], c.known[0]) || !number(w[5], c.known[1]) || !number(w[6], c.known[2]))
      return fail(Fault::malformed, "a line of it cannot be read");
    c.two_hejnals = two != 0;
    c.class_name = std::string(w[1]);
    table.cells.push_back(std::move(c));
  }
  return table;
}

}  // namespace hejnal::sim::two_sided
