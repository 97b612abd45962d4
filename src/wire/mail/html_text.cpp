// HTML to text that a person can read: paragraphs and list items as lines, <blockquote> as "> ", links with
// their target, nothing of scripts and styles. It is no HTML parser; it never fails and takes linear time.
// Strangers' bytes: all of it. The result is plain text and is never put back into a page unescaped.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "wire/mail/entities.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxText = 1u << 20;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-';
}

// Puts words into lines: white space collapses, wished-for line ends are merged, quoting is repeated on each
// line.
class Writer {
 public:
  void text(std::string_view piece) {
    for (const char c : piece) {
      if (is_space(c)) {
        space_ = true;
        continue;
      }
      put_breaks();
      if (space_ && !at_line_start_) out_ += ' ';
      space_ = false;
      at_line_start_ = false;
      out_ += c;
    }
  }
  void preformatted(std::string_view piece) {
    for (const char c : piece) {
      if (c == '\n') {
        line();
        continue;
      }
      if (c == '\r') continue;
      put_breaks();
      space_ = false;
      at_line_start_ = false;
      out_ += c;
    }
  }
  void line() {
    ++breaks_;
    space_ = false;
  }
  void block() { want(1); }
  void paragraph() { want(2); }
  void quote(int change) {
    block();
    quote_wanted_ = std::max(0, quote_wanted_ + change);
  }
  std::size_t size() const { return out_.size(); }
  std::string_view since(std::size_t at) const {
    return std::string_view(out_).substr(std::min(at, out_.size()));
  }
  std::string take() { return std::move(out_); }

 private:
  void want(int breaks) {
    soft_ = std::max(soft_, breaks);
    space_ = false;
  }
  void put_breaks() {
    int breaks =
        std::min(breaks_ > 0 && !at_line_start_ && soft_ > breaks_ ? soft_ : std::max(breaks_, soft_), 3);
    if (out_.empty()) breaks = 0;
    breaks_ = soft_ = 0;
    if (breaks == 0 && !out_.empty()) return;
    for (int i = 0; i < breaks; ++i) {
      if (i > 0) out_.append(static_cast<std::size_t>(std::min(quote_, quote_wanted_)), '>');
      out_ += '\n';
    }
    quote_ = std::min(quote_wanted_, 20);
    if (quote_ > 0) {
      out_.append(static_cast<std::size_t>(quote_), '>');
      out_ += ' ';
    }
    at_line_start_ = true;
  }

  std::string out_;
  int breaks_ = 0, soft_ = 0;
  int quote_ = 0, quote_wanted_ = 0;
  bool space_ = false, at_line_start_ = true;
};

struct Tag {
  std::string name;  // lower case
  std::string_view attributes;
  bool closing = false;
};

std::string attribute(std::string_view attributes, std::string_view name) {
  std::size_t at = 0;
  while (at < attributes.size()) {
    while (at < attributes.size() && !is_name(attributes[at])) ++at;
    const std::size_t begin = at;
    while (at < attributes.size() && is_name(attributes[at])) ++at;
    const bool wanted = iequals(attributes.substr(begin, at - begin), name);
    while (at < attributes.size() && is_space(attributes[at])) ++at;
    if (at >= attributes.size() || attributes[at] != '=') continue;
    ++at;
    while (at < attributes.size() && is_space(attributes[at])) ++at;
    std::string_view value;
    if (at < attributes.size() && (attributes[at] == '"' || attributes[at] == '\'')) {
      const auto end = attributes.find(attributes[at], at + 1);
      value = attributes.substr(at + 1, end == attributes.npos ? end : end - at - 1);
      at = end == attributes.npos ? attributes.size() : end + 1;
    } else {
      const std::size_t first = at;
      while (at < attributes.size() && !is_space(attributes[at])) ++at;
      value = attributes.substr(first, at - first);
    }
    if (!wanted) continue;
    std::string out;
    value = value.substr(0, 4000);
    for (std::size_t i = 0; i < value.size();) {
      if (value[i] == '&')
        append_entity(out, value, i);
      else
        out += value[i++];
    }
    return out;
  }
  return {};
}

constexpr std::string_view kSkipped[] = {"script",   "style",  "title", "head", "template",
                                         "noscript", "object", "svg",   "xml"};
constexpr std::string_view kParagraphs[] = {"p",  "h1", "h2", "h3", "h4",    "h5",
                                            "h6", "ul", "ol", "dl", "table", "pre"};
constexpr std::string_view kBlocks[] = {
    "div",    "tr",     "li",     "dt",     "dd",    "form",    "address", "article", "section",
    "header", "footer", "center", "thead",  "tbody", "caption", "body",    "html",    "fieldset",
    "main",   "nav",    "aside",  "figure", "hr",    "option",  "o:p"};

template <std::size_t N>
bool in(const std::string_view (&list)[N], std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

class Html {
 public:
  explicit Html(std::string_view html) : html_(html), budget_(4 * html.size() + 1) {}

  std::string run() {
    std::size_t at = 0;
    while (at < html_.size() && writer_.size() < kMaxText) {
      const auto open = html_.find('<', at);
      write(html_.substr(at, open == html_.npos ? open : open - at));
      if (open == html_.npos) break;
      at = after_markup(open);
    }
    return std::string(trim(writer_.take()));
  }

 private:
  std::size_t after_markup(std::size_t at) {
    const std::string_view rest = html_.substr(at);
    if (rest.starts_with("<!--")) {
      const auto end = html_.find("-->", at + 4);
      return end == html_.npos ? html_.size() : end + 3;
    }
    if (rest.size() < 2 || !(is_name(rest[1]) || rest[1] == '/' || rest[1] == '!' || rest[1] == '?')) {
      write("<");
      return at + 1;
    }
    const std::size_t end = tag_end(at);
    if (end == html_.npos) {
      write("<");
      return at + 1;
    }
    Tag tag;
    std::string_view inner = html_.substr(at + 1, end - at - 2);
    if (inner.starts_with('/')) {
      tag.closing = true;
      inner.remove_prefix(1);
    }
    // "<adam@firma.example>" and "<https://...>" that nobody escaped are text, not tags.
    if (const auto first = inner.substr(0, inner.find_first_of(" \t\r\n\"'="));
        !tag.closing && (first.find('@') != first.npos || first.find("://") != first.npos)) {
      write(html_.substr(at, end - at));
      return end;
    }
    std::size_t length = 0;
    while (length < inner.size() && length < 20 && is_name(inner[length])) ++length;
    tag.name = to_lower_ascii(inner.substr(0, length));
    tag.attributes = inner.substr(length);
    if (!tag.closing && in(kSkipped, tag.name) && !inner.ends_with('/')) return skip(tag.name, end);
    apply(tag);
    return end;
  }

  // Behind the ">" that ends the tag at `at` ("<"); quotes may hold a ">". A quote that stays open is no
  // quote. What was looked at in vain is charged to a budget, so that no pattern of quotes costs more than
  // linear time.
  std::size_t tag_end(std::size_t at) {
    constexpr std::size_t kMaxTag = 16u << 10;
    if (next_close_ != html_.npos && next_close_ <= at) next_close_ = html_.find('>', at);
    if (next_close_ == html_.npos || next_close_ - at > kMaxTag) return html_.npos;
    char quote = 0;
    std::size_t i = at + 1;
    for (; i < html_.size() && i - at < kMaxTag && budget_ > 0; ++i, --budget_) {
      const char c = html_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if ((c == '"' || c == '\'') && (html_[i - 1] == '=' || is_space(html_[i - 1]))) {
        quote = c;
      } else if (c == '>') {
        budget_ += i - at;  // not in vain
        return i + 1;
      }
    }
    return next_close_ + 1;
  }

  // Behind </name>. A <head> that is never closed ends at <body>; any other unclosed one takes the rest with
  // it.
  std::size_t skip(std::string_view name, std::size_t at) {
    if (std::find(unclosed_.begin(), unclosed_.end(), name) != unclosed_.end()) return at;
    for (std::size_t i = html_.find('<', at); i != html_.npos; i = html_.find('<', i + 1)) {
      std::string_view rest = html_.substr(i + 1, 24);
      if (name == "head" && rest.size() >= 4 && iequals(rest.substr(0, 4), "body")) return i;
      if (!rest.starts_with('/')) continue;
      rest.remove_prefix(1);
      if (rest.size() > name.size() && iequals(rest.substr(0, name.size()), name) &&
          !is_name(rest[name.size()])) {
        const auto end = html_.find('>', i);
        return end == html_.npos ? html_.size() : end + 1;
      }
    }
    if (name != "head" && name != "object" && name != "noscript") return html_.size();
    unclosed_.emplace_back(name);
    return at;
  }

  void write(std::string_view piece) {
    if (piece.empty()) return;
    if (piece.find('&') == piece.npos) {
      pre_ > 0 ? writer_.preformatted(piece) : writer_.text(piece);
      return;
    }
    std::string decoded;
    for (std::size_t i = 0; i < piece.size();) {
      if (piece[i] == '&')
        append_entity(decoded, piece, i);
      else
        decoded += piece[i++];
    }
    for (std::size_t i = decoded.find("\xC2\xA0"); i != decoded.npos; i = decoded.find("\xC2\xA0", i)) {
      decoded.erase(i, 1);
      decoded[i] = ' ';
    }
    pre_ > 0 ? writer_.preformatted(decoded) : writer_.text(decoded);
  }

  void apply(const Tag& tag) {
    if (tag.name == "br") {
      writer_.line();
    } else if (tag.name == "blockquote") {
      writer_.quote(tag.closing ? -1 : 1);
    } else if (tag.name == "pre") {
      writer_.paragraph();
      pre_ = std::max(0, pre_ + (tag.closing ? -1 : 1));
    } else if (tag.name == "a") {
      link(tag);
    } else if (tag.name == "img") {
      if (const std::string alt = attribute(tag.attributes, "alt"); !alt.empty() && alt.size() < 200)
        writer_.text(alt);
    } else if (tag.name == "td" || tag.name == "th") {
      writer_.text(" ");
    } else if (in(kParagraphs, tag.name)) {
      writer_.paragraph();
    } else if (in(kBlocks, tag.name)) {
      writer_.block();
      if (tag.name == "li" && !tag.closing) writer_.text("- ");
      if (tag.name == "hr" && !tag.closing) {
        writer_.text("________________________________");
        writer_.block();
      }
    }
  }

  // The target behind the words, unless the words say it already.
  void link(const Tag& tag) {
    if (!tag.closing) {
      href_ = attribute(tag.attributes, "href");
      link_at_ = writer_.size();
      return;
    }
    const std::string href = std::exchange(href_, {});
    if (href.size() > 300 || !(href.starts_with("http://") || href.starts_with("https://"))) return;
    const std::string_view shown = writer_.since(link_at_);
    const auto bare = [](std::string_view url) {
      if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
      while (url.ends_with('/')) url.remove_suffix(1);
      return url;
    };
    if (trim(shown).empty() || shown.find(bare(href)) != shown.npos) return;
    writer_.text(" <");
    writer_.text(href);
    writer_.text(">");
  }

  std::string_view html_;
  std::size_t next_close_ = 0;  // the next ">" at or behind where we are, or npos
  std::size_t budget_;
  std::vector<std::string> unclosed_;
  Writer writer_;
  std::string href_;
  std::size_t link_at_ = 0;
  int pre_ = 0;
};

}  // namespace

std::string html_to_text(std::string_view html_utf8) { return sanitize_utf8(Html(html_utf8).run()); }

}  // namespace hejnal::wire
