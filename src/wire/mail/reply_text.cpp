// Each line gets a kind, then the sequence is looked at. The shape follows discourse/email_reply_trimmer and
// mailgun/talon; the rules where a support desk differs: an answer between quotations is kept, and so is a
// forward.
#include "wire/mail/reply_text.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "wire/mail/quotation.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxLines = 20000;
constexpr std::size_t kMaxSignature = 4000;
constexpr std::size_t kLongAnswer = 7;  // so many lines below a quotation are an answer, not a signature

enum class Kind { empty, text, quote, opening, device, dropped };

struct Lines {
  std::vector<std::string_view> text;
  std::vector<Kind> kind;
};

bool is_signature_mark(std::string_view line) {
  const std::string_view bare = trim(line);
  return bare == "--" || bare == "\xE2\x80\x94" || line == "-- ";
}

// An Outlook block: three header lines within five, the first of them at `at`.
bool is_header_block(const std::vector<std::string_view>& lines, std::size_t at) {
  if (!is_header_line(lines[at])) return false;
  std::size_t found = 0, seen = 0;
  for (std::size_t i = at; i < lines.size() && seen < 6; ++i) {
    if (trim(lines[i]).empty()) {
      if (found < 3 && i > at && i + 1 < lines.size() && is_header_line(lines[i + 1]))
        continue;  // lines set apart
      break;
    }
    ++seen;
    if (is_header_line(lines[i])) ++found;
  }
  return found >= 3;
}

Lines classify(std::string_view text) {
  Lines out;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (out.text.size() == kMaxLines) break;
    out.text.push_back(line);
  }
  out.kind.assign(out.text.size(), Kind::text);
  bool opened = false;
  for (std::size_t i = 0; i < out.text.size(); ++i) {
    const auto line = out.text[i];
    if (trim(line).empty()) {
      out.kind[i] = Kind::empty;
    } else if (is_quoted_line(line) || (opened && is_alias_quoted_line(line))) {
      out.kind[i] = Kind::quote;
    } else if (const std::size_t n = wrote_lines(out.text, i); n > 0) {
      for (std::size_t k = i; k < i + n; ++k) out.kind[k] = Kind::opening;
      i += n - 1;
      opened = true;
    } else if (is_sent_from_line(line)) {
      out.kind[i] = Kind::device;
    }
  }
  return out;
}

std::string join(const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    out += lines[i];
    out += '\n';
  }
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ' || out.back() == '\t')) out.pop_back();
  const auto first = out.find_first_not_of("\r\n");
  return first == std::string::npos ? std::string() : out.substr(first);
}

bool has_text(const Lines& lines, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (lines.kind[i] == Kind::text && !is_delimiter_line(lines.text[i])) return true;
  }
  return false;
}

// A mail that begins with somebody else's: a forward without a word of its own.
bool is_forward(const Lines& lines) {
  for (std::size_t i = 0; i < lines.text.size(); ++i) {
    if (lines.kind[i] == Kind::empty || is_delimiter_line(lines.text[i])) continue;
    return lines.kind[i] == Kind::text &&
           (is_original_message_line(lines.text[i]) || is_header_block(lines.text, i));
  }
  return false;
}

// Where the quoted mail begins that goes on to the end, or the number of lines.
std::size_t find_cut(const Lines& lines) {
  const std::size_t size = lines.text.size();
  bool text_before = false;
  int openings = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!text_before) {
      text_before = has_text(lines, i, i + 1);
      continue;
    }
    if (lines.kind[i] == Kind::text &&
        (is_original_message_line(lines.text[i]) || is_header_block(lines.text, i)))
      return i;
    if (lines.kind[i] != Kind::opening) continue;
    if (i > 0 && lines.kind[i - 1] == Kind::opening) continue;
    if (++openings > 50) return i;  // bounds the look below
    // What stands below: a quotation and nothing more, or an answer in it.
    std::size_t answers = 0, runs = 0;
    bool in_quote = false, quoted = false;
    for (std::size_t k = i; k < size; ++k) {
      if (lines.kind[k] == Kind::quote) {
        if (!in_quote && quoted && answers > 0) ++runs;
        in_quote = quoted = true;
      } else if (lines.kind[k] == Kind::text) {
        if (is_signature_mark(lines.text[k])) break;
        if (quoted && !is_delimiter_line(lines.text[k])) ++answers;
        in_quote = false;
      }
    }
    if (!quoted || (answers < kLongAnswer && runs == 0)) return i;
  }
  return size;
}

// A signature mark in [0, end): its line, or `end`.
std::size_t find_signature(const Lines& lines, std::size_t end) {
  for (std::size_t i = 0; i < end; ++i) {
    if (lines.kind[i] != Kind::text || !is_signature_mark(lines.text[i]) || !has_text(lines, 0, i)) continue;
    std::size_t below = 0;
    for (std::size_t k = i + 1; k < end && lines.kind[k] != Kind::opening; ++k)
      below += lines.kind[k] == Kind::text ? 1 : 0;
    if (below <= (lines.text[i] == "-- " ? 40u : 15u)) return i;
  }
  return end;
}

}  // namespace

std::string reply_text(std::string_view text, std::string* signature) {
  if (signature != nullptr) signature->clear();
  Lines lines = classify(text);
  if (is_forward(lines)) return join(lines.text, 0, lines.text.size());
  const std::size_t cut = find_cut(lines);
  const std::size_t mark = find_signature(lines, cut);
  std::size_t end = mark;
  if (mark < cut) {
    std::size_t stop = mark + 1;
    while (stop < cut && lines.kind[stop] != Kind::opening && lines.kind[stop] != Kind::quote) ++stop;
    if (signature != nullptr) *signature = truncate_utf8(join(lines.text, mark + 1, stop), kMaxSignature);
    // Somebody who writes the signature first and answers below the quotation, inline: keep what is behind
    // it.
    if (stop < cut && has_text(lines, stop, cut)) {
      for (std::size_t i = mark; i < stop; ++i) lines.kind[i] = Kind::dropped;
      end = cut;
    }
  }
  const bool any_text = has_text(lines, 0, end);
  if (!any_text) {
    const std::string whole = join(lines.text, 0, lines.text.size());
    return whole;
  }
  // "Sent from my phone" is one only at the end; before more words it is a sentence.
  std::size_t tail = end;
  while (tail > 0 && (lines.kind[tail - 1] != Kind::text || is_delimiter_line(lines.text[tail - 1]))) --tail;
  for (std::size_t i = 0; i < tail; ++i) {
    if (lines.kind[i] == Kind::device) lines.kind[i] = Kind::text;
  }
  // Quotations and their openings go; the answers between them stay.
  std::vector<std::string_view> kept;
  for (std::size_t i = 0; i < end; ++i) {
    if (lines.kind[i] == Kind::text)
      kept.push_back(lines.text[i]);
    else if (lines.kind[i] == Kind::empty && !(kept.empty() || trim(kept.back()).empty()))
      kept.push_back(lines.text[i]);
  }
  while (!kept.empty() && (trim(kept.back()).empty() || is_delimiter_line(kept.back()))) kept.pop_back();
  std::string out = join(kept, 0, kept.size());
  return out.empty() ? join(lines.text, 0, lines.text.size()) : out;
}

}  // namespace hejnal::wire
