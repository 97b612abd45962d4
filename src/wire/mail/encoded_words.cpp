#include "base/text.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/header_text.hpp"
#include "wire/mail/transfer.hpp"

namespace hejnal::wire {

// Ours and not GMime's: g_mime_utils_header_decode_text of 3.2.13 joins the words of a charset and then stops
// at the first "=" of base64, so that of "=?utf-8?B?xYE=?= =?utf-8?B?w7Nkxbo=?=" ("Łódź", as nearly every
// program writes a long subject) only "Ł" is left. It also leaves a word without its "?=" as it stands, and
// hands line ends through that a word has encoded.
namespace {

struct Word {
  std::string_view charset, text;
  bool base64 = false;
  std::size_t end = 0;  // behind the closing ?=
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// An encoded word at `at` ("=?"), or one with end == 0. The text may hold spaces, and the closing ?= may be
// missing.
Word read_word(std::string_view value, std::size_t at) {
  Word word;
  std::size_t i = at + 2;
  const std::size_t charset_begin = i;
  while (i < value.size() && i - charset_begin < 80 && value[i] != '?' && !is_space(value[i])) ++i;
  if (i + 2 >= value.size() || value[i] != '?' || i == charset_begin) return word;
  word.charset = value.substr(charset_begin, i - charset_begin);
  const char encoding = value[i + 1];
  if ((encoding != 'B' && encoding != 'b' && encoding != 'Q' && encoding != 'q') || value[i + 2] != '?')
    return word;
  word.base64 = encoding == 'B' || encoding == 'b';
  const std::size_t begin = i + 3;
  std::size_t end = value.find("?=", begin);
  // "a?=3D" in a Q word that forgot to encode its "?": take the later end, if the word has one.
  if (!word.base64 && end != value.npos && end + 3 < value.size() && hex_value(value[end + 2]) >= 0 &&
      hex_value(value[end + 3]) >= 0) {
    const std::size_t later = value.find("?=", end + 2);
    const std::size_t space = value.find_first_of(" \t\r\n", end);
    if (later != value.npos && (space == value.npos || later < space)) end = later;
  }
  if (end == value.npos) {
    end = begin;
    while (end < value.size() && !is_space(value[end])) ++end;
    word.text = value.substr(begin, end - begin);
    if (word.text.ends_with("?")) word.text.remove_suffix(1);
    word.end = end;
    return word;
  }
  word.text = value.substr(begin, end - begin);
  word.end = end + 2;
  return word;
}

void append_q(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
               hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
}

std::string tidy(std::string text) {
  for (char& c : text) {
    if (c == '\r' || c == '\n' || c == '\t') c = ' ';  // an encoded line end must not become one
  }
  return text;
}

// Words of one charset that stand side by side.
class Run {
 public:
  explicit Run(std::string& out) : out_(out) {}
  void add(const Word& word) {
    if (open_ && !iequals(charset_, word.charset)) flush();
    charset_ = word.charset;
    open_ = true;
    if (!word.base64) {
      flush_base64();
      append_q(bytes_, word.text);
      return;
    }
    base64_ += word.text;
    // A word that ends inside a quantum goes on in the next one.
    std::size_t digits = 0;
    for (const char c : base64_) digits += is_space(c) ? 0 : 1;
    if (digits % 4 == 0 || base64_.ends_with("=")) flush_base64();
  }
  void flush() {
    if (!open_) return;
    flush_base64();
    out_ += tidy(to_utf8(bytes_, charset_));
    bytes_.clear();
    open_ = false;
  }
  bool open() const { return open_; }

 private:
  void flush_base64() {
    bytes_ += decode_transfer(base64_, Transfer::base64);
    base64_.clear();
  }
  std::string& out_;
  std::string_view charset_;
  std::string bytes_, base64_;
  bool open_ = false;
};

// "a b" as it may stand between quotes, or in a comment.
std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '(' || c == ')') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string decode_words_inside(std::string_view value, std::string_view hint) {
  std::string utf8;
  if (clean_utf8_length(value) != value.size()) {
    utf8 = tidy(to_utf8(value, {}, hint));
    value = utf8;
  }
  if (value.find("=?") == value.npos) return std::string(value);
  std::string out;
  bool quoted = false;
  std::size_t comments = 0;
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    std::size_t end = 0;
    for (std::size_t next = at; value.substr(next).starts_with("=?");) {  // adjacent words
      const Word word = read_word(value, next);
      if (word.end == 0) break;
      end = next = word.end;
      while (next < value.size() && is_space(value[next])) ++next;
    }
    if (end > 0) {
      const std::string text = escape(decode_header_text(value.substr(at, end - at), hint));
      out += quoted || comments > 0 ? text : '"' + text + '"';
      at = end;
      continue;
    }
    if (c == '\\' && at + 1 < value.size())
      out += value[at++];
    else if (c == '"' && comments == 0)
      quoted = !quoted;
    else if (c == '(' && !quoted)
      ++comments;
    else if (c == ')' && !quoted && comments > 0)
      --comments;
    out += value[at++];
  }
  return out;
}

std::string decode_header_text(std::string_view value, std::string_view hint) {
  if (value.find("=?") == value.npos) {
    return tidy(clean_utf8_length(value) == value.size() ? std::string(value) : to_utf8(value, {}, hint));
  }
  std::string out, plain;
  Run run(out);
  std::size_t i = 0;
  const auto flush_plain = [&] {
    if (plain.empty()) return;
    out += tidy(to_utf8(plain, {}, hint));
    plain.clear();
  };
  while (i < value.size()) {
    const std::size_t start = value.find("=?", i);
    if (start == value.npos) {
      run.flush();
      plain += value.substr(i);
      break;
    }
    const Word word = read_word(value, start);
    const std::string_view between = value.substr(i, start - i);
    if (word.end == 0) {
      run.flush();
      plain += between;
      plain += "=?";
      i = start + 2;
      continue;
    }
    if (!(run.open() && trim(between).empty())) {
      run.flush();
      plain += between;
      flush_plain();
    }
    run.add(word);
    i = word.end;
  }
  run.flush();
  flush_plain();
  return out;
}

}  // namespace hejnal::wire
