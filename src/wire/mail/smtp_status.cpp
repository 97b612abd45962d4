#include "wire/mail/smtp_status.hpp"

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Phrase {
  std::string_view words;  // folded
  std::string_view detail;
};
constexpr Phrase kPhrases[] = {
    {"user unknown", "1.1"},
    {"unknown user", "1.1"},
    {"no such user", "1.1"},
    {"user not found", "1.1"},
    {"mailbox not found", "1.1"},
    {"no mailbox here", "1.1"},
    {"does not exist", "1.1"},
    {"doesn't exist", "1.1"},
    {"unknown recipient", "1.1"},
    {"recipient unknown", "1.1"},
    {"no such recipient", "1.1"},
    {"not a known user", "1.1"},
    {"invalid recipient", "1.1"},
    {"address couldn't be found", "1.1"},
    {"unrouteable address", "1.1"},
    {"unknown address", "1.1"},
    {"mailbox unavailable", "1.1"},
    {"nie istnieje", "1.1"},
    {"nieznany uzytkownik", "1.1"},
    {"doesn't have a", "1.1"},
    {"not listed in", "1.1"},
    {"is not found", "1.1"},
    {"over quota", "2.2"},
    {"mailbox full", "2.2"},
    {"mailbox is full", "2.2"},
    {"quota exceeded", "2.2"},
    {"exceeded storage", "2.2"},
    {"out of storage", "2.2"},
    {"mailbox disabled", "2.1"},
    {"account disabled", "2.1"},
    {"account has been disabled", "2.1"},
    {"account inactive", "2.1"},
    {"host not found", "1.2"},
    {"host unknown", "1.2"},
    {"domain not found", "1.2"},
    {"name or service not known", "1.2"},
    {"couldn't find any host", "1.2"},
    {"no such domain", "1.2"},
    {"too large", "3.4"},
    {"size limit", "3.4"},
    {"exceeds maximum", "3.4"},
    {"message size", "3.4"},
    {"timed out", "4.7"},
    {"timeout exceeded", "4.7"},
    {"retry time", "4.7"},
    {"connection refused", "4.1"},
    {"too long in the queue", "4.7"},
    {"in the queue too long", "4.7"},
    {"spam", "7.1"},
    {"blocked", "7.1"},
    {"blacklist", "7.1"},
    {"access denied", "7.1"},
    {"relaying denied", "7.1"},
    {"relay access denied", "7.1"},
    {"policy", "7.1"},
    {"not permitted", "7.1"},
};

}  // namespace

namespace {

std::string find_status(std::string_view text, bool success_too) {
  for (std::size_t i = 0; i + 4 < text.size(); ++i) {
    if ((text[i] != '2' || !success_too) && text[i] != '4' && text[i] != '5') continue;
    if (i > 0 && (is_word(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '[')) continue;
    std::size_t at = i + 1;
    std::string out(1, text[i]);
    bool good = true;
    for (int part = 0; part < 2 && good; ++part) {
      good = at < text.size() && text[at] == '.';
      std::size_t digits = 0;
      if (good) out += text[at++];
      while (good && at < text.size() && is_digit(text[at]) && digits < 4) {
        out += text[at++];
        ++digits;
      }
      good = good && digits >= 1 && digits <= 3;
    }
    if (!good) continue;
    if (at < text.size() && (is_word(text[at]) || text[at] == ']' || text[at] == '_')) continue;
    if (at + 1 < text.size() && text[at] == '.' && is_word(text[at + 1])) continue;
    return out;
  }
  return {};
}

}  // namespace

std::string enhanced_status(std::string_view text) { return find_status(text, true); }
std::string failure_status(std::string_view text) { return find_status(text, false); }

int reply_code(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if ((text[i] != '4' && text[i] != '5') || !is_digit(text[i + 1]) || !is_digit(text[i + 2])) continue;
    if (text[i + 1] > '7') continue;
    if (i > 0 && (is_word(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '-' || text[i - 1] == '/'))
      continue;
    const char next = i + 3 < text.size() ? text[i + 3] : ' ';
    if (next != ' ' && next != '-' && next != '\n' && next != '\r' && next != ':' && next != ')' &&
        next != '#')
      continue;
    // A number in prose ("in 500 words") stands in no line of a server: what follows a code is a status, "<"
    // or a word.
    const bool begins = i == 0 || text[i - 1] == '\n' || text[i - 1] == ' ' || text[i - 1] == '(' ||
                        text[i - 1] == '<' || text[i - 1] == ':' || text[i - 1] == '\t' || text[i - 1] == '#';
    if (begins) return (text[i] - '0') * 100 + (text[i + 1] - '0') * 10 + (text[i + 2] - '0');
  }
  return 0;
}

std::string derive_status(std::string_view text) {
  const int code = reply_code(text);
  if (std::string status = failure_status(text); !status.empty()) return status;
  const std::string folded = fold(text.substr(0, 8000));
  for (const auto& phrase : kPhrases) {
    if (folded.find(phrase.words) == folded.npos) continue;
    const bool temporary = code / 100 == 4 || (code == 0 && phrase.detail == "4.7");
    return (temporary ? "4." : "5.") + std::string(phrase.detail);
  }
  if (code != 0) return code >= 500 ? "5.0.0" : "4.0.0";
  return {};
}

}  // namespace hejnal::wire
