#include "wire/mail/safe_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "wire/mail/entities.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxValue = 2000;
constexpr std::size_t kMaxAttributes = 60;
constexpr int kMaxDepth = 200;  // of tags in tags; browsers give up at some hundreds

constexpr std::string_view kTags[] = {
    "a",          "abbr",    "acronym", "address", "article", "aside", "b",     "bdi",      "big",
    "blockquote", "br",      "caption", "center",  "cite",    "code",  "col",   "colgroup", "dd",
    "del",        "details", "dfn",     "dir",     "div",     "dl",    "dt",    "em",       "figcaption",
    "figure",     "font",    "footer",  "h1",      "h2",      "h3",    "h4",    "h5",       "h6",
    "header",     "hr",      "i",       "img",     "ins",     "kbd",   "li",    "main",     "mark",
    "nav",        "ol",      "p",       "pre",     "q",       "s",     "samp",  "section",  "small",
    "span",       "strike",  "strong",  "sub",     "summary", "sup",   "table", "tbody",    "td",
    "tfoot",      "th",      "thead",   "time",    "tr",      "tt",    "u",     "ul",       "var",
    "wbr"};
constexpr std::string_view kEmpty[] = {"br", "col", "hr", "img", "wbr"};
// Their content is no text for readers.
constexpr std::string_view kSkipped[] = {"script",  "style",    "title",     "textarea", "xmp",      "iframe",
                                         "noembed", "noframes", "plaintext", "noscript", "template", "object",
                                         "applet",  "svg",      "math",      "audio",    "video",    "canvas",
                                         "select",  "xml",      "frameset"};
// Of these a missing end takes the rest of the mail with it, as in a browser; of others only the tag goes.
constexpr std::string_view kRaw[] = {"script", "style", "textarea", "xmp", "plaintext"};
constexpr std::string_view kAttributes[] = {
    "align",  "valign",      "width",       "height",  "bgcolor", "color",  "face",   "size",
    "border", "cellpadding", "cellspacing", "colspan", "rowspan", "dir",    "lang",   "title",
    "alt",    "start",       "type",        "nowrap",  "hspace",  "vspace", "summary"};
constexpr std::string_view kProperties[] = {"color",          "background-color",
                                            "background",     "font",
                                            "font-family",    "font-size",
                                            "font-style",     "font-weight",
                                            "font-variant",   "line-height",
                                            "letter-spacing", "word-spacing",
                                            "text-align",     "text-decoration",
                                            "text-indent",    "text-transform",
                                            "vertical-align", "white-space",
                                            "word-break",     "overflow-wrap",
                                            "word-wrap",      "width",
                                            "height",         "max-width",
                                            "min-width",      "max-height",
                                            "min-height",     "display",
                                            "float",          "clear",
                                            "direction",      "list-style-type",
                                            "table-layout",   "border-collapse",
                                            "border-spacing", "box-sizing"};
constexpr std::string_view kPropertyFamilies[] = {"margin", "padding", "border"};  // and "margin-left" ...
constexpr std::string_view kColours[] = {"rgb", "rgba", "hsl", "hsla"};

template <std::size_t N>
bool in(const std::string_view (&list)[N], std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&')
      append_entity(out, text, i);
    else
      out += text[i++];
  }
  return sanitize_utf8(out);
}

// Signs that turn the direction of what follows: with them a word is read as another one than it is.
void drop_turns(std::string& text) {
  for (std::size_t at = text.find('\xE2'); at != std::string::npos; at = text.find('\xE2', at)) {
    const std::string_view sign = std::string_view(text).substr(at, 3);
    const bool turns = (sign >= "\xE2\x80\xAA" && sign <= "\xE2\x80\xAE") ||
                       (sign >= "\xE2\x81\xA6" && sign <= "\xE2\x81\xA9");
    if (turns)
      text.replace(at, 3, 3, ' ');
    else
      ++at;
  }
}

std::string shown(std::string_view text) {
  std::string out = decoded(text);
  drop_turns(out);
  return escape_html(out);
}

// One declaration's value: no address, no escape, no comment, no function but those of colours.
bool is_calm_value(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (static_cast<unsigned char>(c) >= 0x80) continue;
    if (!is_word(c) && !is_space(c) && std::string_view(".,%#()+'\"!/").find(c) == std::string_view::npos)
      return false;
    if (c == '/' && i + 1 < value.size() && (value[i + 1] == '*' || value[i + 1] == '/')) return false;
    if (c != '(') continue;
    std::size_t begin = i;
    while (begin > 0 && is_word(value[begin - 1])) --begin;
    if (!in(kColours, to_lower_ascii(value.substr(begin, i - begin)))) return false;
  }
  return true;
}

bool is_calm_property(std::string_view name) {
  if (in(kProperties, name)) return true;
  for (const std::string_view family : kPropertyFamilies) {
    if (name == family) return true;
    if (name.starts_with(family) && name.substr(family.size()).starts_with('-'))
      return name.find("image") == name.npos;
  }
  return false;
}

std::string calm_style(std::string_view style) {
  std::string out;
  for (const std::string_view declaration : split(style, ';')) {
    const auto colon = declaration.find(':');
    if (colon == declaration.npos) continue;
    const std::string name = to_lower_ascii(trim(declaration.substr(0, colon)));
    const std::string_view value = trim(declaration.substr(colon + 1));
    if (value.empty() || value.size() > 300 || !is_calm_property(name) || !is_calm_value(value)) continue;
    out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", name, value);
  }
  return out;
}

struct Given {
  std::string name;        // lower case
  std::string_view value;  // as written
};

class Writer {
 public:
  Writer(std::string_view html, const PictureOf& picture) : html_(html), picture_(picture) {}

  SafeHtml run() {
    std::size_t at = 0;
    while (at < html_.size()) {
      if (out_.html.size() - pictures_ > kSafeHtmlMax) {
        out_.cut = true;
        break;
      }
      const auto open = html_.find('<', at);
      text(html_.substr(at, open == html_.npos ? open : open - at));
      if (open == html_.npos) break;
      at = after_markup(open);
    }
    return std::move(out_);
  }

 private:
  // In pieces, so that the bound holds; none ends inside of a character or a reference.
  void text(std::string_view all) {
    constexpr std::size_t kPiece = 16u << 10;
    while (!all.empty() && out_.html.size() - pictures_ <= kSafeHtmlMax) {
      std::size_t end = std::min(all.size(), kPiece);
      if (end < all.size()) {
        if (const auto and_sign = all.substr(0, end).rfind('&'); and_sign != all.npos && end - and_sign < 40)
          end = and_sign > 0 ? and_sign : end;
        while (end > 1 && (static_cast<unsigned char>(all[end]) & 0xC0) == 0x80) --end;
      }
      out_.html += shown(all.substr(0, end));
      all.remove_prefix(end);
    }
    if (!all.empty()) out_.cut = true;
  }

  std::size_t behind(std::string_view end, std::size_t from) const {
    const auto found = html_.find(end, from);
    return found == html_.npos ? html_.size() : found + end.size();
  }

  std::size_t after_markup(std::size_t at) {
    const std::string_view rest = html_.substr(at);
    if (rest.starts_with("<!--")) return behind("-->", at + 4);
    if (rest.starts_with("<!") || rest.starts_with("<?")) return behind(">", at + 2);
    const bool closing = rest.starts_with("</");
    std::size_t i = at + (closing ? 2 : 1);
    const std::size_t begin = i;
    if (i >= html_.size() || !is_letter(html_[i])) {
      if (closing) return behind(">", i);  // a comment, as browsers see it
      out_.html += "&lt;";
      return at + 1;
    }
    while (i < html_.size() && (is_word(html_[i]) || html_[i] == ':')) ++i;
    const std::string_view written = html_.substr(begin, i - begin);
    // "<adam@firma.example>" and "<https://...>" that nobody escaped are text, not tags.
    if (!closing && (written.ends_with(':') || (i < html_.size() && html_[i] == '@'))) {
      out_.html += "&lt;";
      return at + 1;
    }
    const std::string name = to_lower_ascii(written.substr(0, 20));
    std::vector<Given> given;
    const std::size_t end = read_attributes(i, given);
    if (!closing && in(kSkipped, name)) return skip(name, end);
    if (in(kTags, name)) closing ? close(name) : open(name, given);
    if (name == "body" && !closing) open_body(given);
    return end;
  }

  // As the HTML standard reads them: a quote that stays open takes the rest.
  std::size_t read_attributes(std::size_t at, std::vector<Given>& out) const {
    while (at < html_.size() && html_[at] != '>') {
      if (is_space(html_[at]) || html_[at] == '/') {
        ++at;
        continue;
      }
      const std::size_t begin = at++;
      while (at < html_.size() && !is_space(html_[at]) && html_[at] != '=' && html_[at] != '>' &&
             html_[at] != '/')
        ++at;
      Given one{to_lower_ascii(html_.substr(begin, std::min<std::size_t>(at - begin, 30))), {}};
      while (at < html_.size() && is_space(html_[at])) ++at;
      if (at < html_.size() && html_[at] == '=') {
        ++at;
        while (at < html_.size() && is_space(html_[at])) ++at;
        if (at < html_.size() && (html_[at] == '"' || html_[at] == '\'')) {
          const auto end = html_.find(html_[at], at + 1);
          one.value = html_.substr(at + 1, end == html_.npos ? end : end - at - 1);
          at = end == html_.npos ? html_.size() : end + 1;
        } else {
          const std::size_t first = at;
          while (at < html_.size() && !is_space(html_[at]) && html_[at] != '>') ++at;
          one.value = html_.substr(first, at - first);
        }
      }
      if (out.size() < kMaxAttributes) out.push_back(std::move(one));
    }
    return std::min(at + 1, html_.size());
  }

  std::size_t skip(const std::string& name, std::size_t at) {
    if (std::find(unclosed_.begin(), unclosed_.end(), name) != unclosed_.end()) return at;
    for (std::size_t i = html_.find("</", at); i != html_.npos; i = html_.find("</", i + 2)) {
      const std::string_view found = html_.substr(i + 2, name.size() + 1);
      if (found.size() == name.size() + 1 && iequals(found.substr(0, name.size()), name) &&
          !is_word(found.back()))
        return behind(">", i);
    }
    if (in(kRaw, name)) return html_.size();
    unclosed_.push_back(name);
    return at;
  }

  void close(const std::string& name) {
    if (in(kEmpty, name)) return;
    if (depth_ > 0) --depth_;
    if (depth_ < kMaxDepth) out_.html += fmt::format("</{}>", name);
  }

  void open(const std::string& name, const std::vector<Given>& given) {
    const bool empty = in(kEmpty, name);
    if (depth_ >= kMaxDepth) {
      if (!empty) ++depth_;
      return;
    }
    std::string tag = '<' + name;
    for (const Given& one : given) {
      if (in(kAttributes, one.name)) attribute(tag, one.name, plain(one.value));
      if (one.name == "style") attribute(tag, "style", calm_style(plain(one.value)));
      if (one.name == "href" && name == "a") link(tag, one.value);
    }
    if (name == "img") add_picture(tag, given);
    out_.html += tag + '>';
    if (!empty) ++depth_;
  }

  // The colours of the page.
  void open_body(const std::vector<Given>& given) {
    std::string style;
    for (const Given& one : given) {
      if (one.name == "bgcolor") style += ";background-color:" + plain(one.value);
      if (one.name == "text") style += ";color:" + plain(one.value);
      if (one.name == "style") style += ';' + plain(one.value);
    }
    style = calm_style(style);
    if (style.empty() || body_) return;
    body_ = true;  // its end is the end of everything
    std::string tag = "<div";
    attribute(tag, "style", style);
    out_.html += tag + '>';
  }

  static std::string plain(std::string_view value) {
    std::string out = decoded(value.substr(0, kMaxValue));
    drop_turns(out);
    return out;
  }

  static void attribute(std::string& tag, std::string_view name, std::string_view value) {
    if (!value.empty() || name == "alt" || name == "nowrap")
      tag += fmt::format(" {}=\"{}\"", name, escape_html(value));
  }

  static std::string address(std::string_view value) {
    std::string out;
    for (const char c : plain(value)) {
      if (static_cast<unsigned char>(c) > ' ' && c != '\x7F') out += c;
    }
    return out;
  }

  static void link(std::string& tag, std::string_view value) {
    const std::string to = address(value), lower = to_lower_ascii(to.substr(0, 8));
    if (!lower.starts_with("http://") && !lower.starts_with("https://") && !lower.starts_with("mailto:") &&
        !lower.starts_with("tel:"))
      return;
    attribute(tag, "href", to);
    attribute(tag, "title", to);  // where it really leads
    tag += " rel=\"noopener noreferrer nofollow\" target=\"_blank\"";
  }

  void add_picture(std::string& tag, const std::vector<Given>& given) {
    for (const Given& one : given) {
      if (one.name == "srcset") ++out_.left_out;
      if (one.name != "src") continue;
      std::string own;
      std::string_view data;
      if (iequals(trim(one.value).substr(0, 5), "data:")) {
        own = data_url(trim(one.value));
        data = own;
      } else {
        const std::string from = address(one.value);
        if (iequals(from.substr(0, 4), "cid:") && picture_) data = picture_(from.substr(4));
      }
      if (data.empty() || pictures_ + data.size() > kSafePicturesMax) {
        ++out_.left_out;
        continue;
      }
      tag += fmt::format(" src=\"{}\"", escape_html(data));
      pictures_ += data.size();
    }
  }

  static std::string data_url(std::string_view value) {
    const auto comma = value.find(',');
    if (comma == value.npos || comma > 60) return {};
    const std::string head = to_lower_ascii(value.substr(5, comma - 5));
    if (!head.ends_with(";base64") || !is_plain_picture(head.substr(0, head.size() - 7))) return {};
    std::string out = "data:" + head + ',';
    for (const char c : value.substr(comma + 1)) {
      if (is_space(c)) continue;
      if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '/' && c != '=') return {};
      out += c;
    }
    return out;
  }

  std::string_view html_;
  const PictureOf& picture_;
  SafeHtml out_;
  std::size_t pictures_ = 0;
  int depth_ = 0;
  bool body_ = false;
  std::vector<std::string> unclosed_;
};

}  // namespace

bool is_plain_picture(std::string_view type) {
  return type == "image/png" || type == "image/jpeg" || type == "image/gif" || type == "image/webp";
}

SafeHtml safe_html(std::string_view html_utf8, const PictureOf& picture) {
  return Writer(html_utf8, picture).run();
}

}  // namespace hejnal::wire
