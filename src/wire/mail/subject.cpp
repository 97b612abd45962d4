// Subjects: prefixes that programs and people put before them, in the languages met in the field. RFC
// 5256 2.1.
#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::wire {

namespace {

// Folded (base/text.hpp): lower case without diacritics.
constexpr std::string_view kPrefixes[] = {
    "re",       "odp",        "aw",        "sv",         "vs",       "antw",       "bls",
    "rif",      "ynt",        "res",       "r",          "va",       "atb",        "ang",
    "ref",      "ответ",      "отв",       "ha",         "fwd",      "fw",         "pd",
    "wg",       "tr",         "rv",        "enc",        "vb",       "i",          "vl",
    "doorst",   "przekazane", "przeslane", "пересл",     "转发",     "回复",       "答复",
    "返信",     "転送",       "ponawiam",  "ponowienie", "ponownie", "ponaglenie", "przypomnienie",
    "powtorka",
};
// A repeat that people type is often set apart by a dash: "PONAWIAM - awaria".
constexpr std::string_view kRepeats[] = {"ponawiam",   "ponowienie",    "ponownie",
                                         "ponaglenie", "przypomnienie", "powtorka"};

constexpr std::string_view kAutoPrefixes[] = {
    "automatyczna odpowiedz",
    "odpowiedz automatyczna",
    "autoodpowiedz",
    "auto odpowiedz",
    "poza biurem",
    "nieobecnosc",
    "automatic reply",
    "automated reply",
    "automatic response",
    "out of office",
    "out of office autoreply",
    "out of office reply",
    "out of the office",
    "auto",
    "autoreply",
    "auto reply",
    "auto-reply",
    "auto response",
    "autoresponse",
    "auto-response",
    "vacation",
    "automatische antwort",
    "automatische ruckantwort",
    "abwesenheitsnotiz",
    "abwesenheit",
    "abwesend",
    "abwesenheitsmeldung",
    "reponse automatique",
    "absence du bureau",
    "absent du bureau",
    "respuesta automatica",
    "risposta automatica",
    "automatisch antwoord",
    "автоматический ответ",
    "автоматична вiдповiдь",
    "автоматична відповідь",
    "automaticka odpoved",
    "autosvar",
};

template <std::size_t N>
bool contains(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::string_view skip_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

// "Re: ", "RE[2]: ", "Odp (3) : "; the length with what follows the colon, or 0.
std::size_t prefix_length(std::string_view text) {
  const std::size_t limit = std::min<std::size_t>(text.size(), 60);
  std::size_t word = 0;
  while (word < limit && text[word] != ':' && text[word] != '[' && text[word] != '(' && text[word] != ' ' &&
         text[word] != '^' && text[word] != '-' && !text.substr(word).starts_with("：")) {
    ++word;
  }
  if (word == 0 || word == limit) return 0;
  const std::string folded = fold(text.substr(0, word));
  if (!contains(kPrefixes, folded)) return 0;
  std::string_view rest = skip_space(text.substr(word));
  if (!rest.empty() && (rest[0] == '[' || rest[0] == '(' || rest[0] == '^')) {
    std::size_t i = 1;
    while (i < rest.size() && rest[i] >= '0' && rest[i] <= '9') ++i;
    if (i == 1) return 0;
    if (rest[0] != '^') {
      if (i >= rest.size() || (rest[i] != ']' && rest[i] != ')')) return 0;
      ++i;
    }
    rest = skip_space(rest.substr(i));
  }
  std::size_t mark = 0;
  if (rest.starts_with(':'))
    mark = 1;
  else if (rest.starts_with("："))
    mark = 3;
  else if (contains(kRepeats, folded) && rest.starts_with("- "))
    mark = 1;
  else if (contains(kRepeats, folded) && rest.starts_with("– "))
    mark = 3;
  if (mark == 0) return 0;
  rest = skip_space(rest.substr(mark));
  return text.size() - rest.size();
}

// Our own tag "[#123 ABCDE]" or "[#123]", wherever it stands.
std::string without_tag(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("[#")) {
      std::size_t j = i + 2;
      while (j < text.size() && text[j] >= '0' && text[j] <= '9') ++j;
      bool good = j > i + 2;
      if (good && j < text.size() && text[j] == ' ') {
        const std::size_t code = ++j;
        while (j < text.size() && j - code < 16 &&
               ((text[j] >= '0' && text[j] <= '9') || (text[j] >= 'A' && text[j] <= 'Z') ||
                (text[j] >= 'a' && text[j] <= 'z') || text[j] == '-')) {
          ++j;
        }
        good = j > code;
      }
      if (good && j < text.size() && text[j] == ']') {
        out += ' ';
        i = j + 1;
        continue;
      }
    }
    out += text[i++];
  }
  return out;
}

}  // namespace

std::string base_subject(std::string_view subject) {
  std::string text = collapse_space(without_tag(sanitize_utf8(subject.substr(0, 4000))));
  for (bool changed = true; changed;) {
    changed = false;
    if (text.size() >= 5 && iequals(std::string_view(text).substr(text.size() - 5), "(fwd)")) {
      text = trim(std::string_view(text).substr(0, text.size() - 5));
      changed = true;
    }
    if (const std::size_t length = prefix_length(text); length > 0) {
      text.erase(0, length);
      changed = true;
      continue;
    }
    if (text.size() > 6 && text.front() == '[' && text.back() == ']' &&
        (iequals(std::string_view(text).substr(0, 5), "[fwd:") ||
         iequals(std::string_view(text).substr(0, 4), "[fw:"))) {
      const auto colon = text.find(':');
      text = trim(std::string_view(text).substr(colon + 1, text.size() - colon - 2));
      changed = true;
      continue;
    }
    if (text.starts_with('[')) {  // a list's name; never the whole subject
      const auto close = text.find_first_of("[]", 1);
      if (close != std::string::npos && text[close] == ']' &&
          !trim(std::string_view(text).substr(close + 1)).empty()) {
        text = trim(std::string_view(text).substr(close + 1));
        changed = true;
      }
    }
  }
  return text;
}

bool is_out_of_office_subject(std::string_view subject) {
  subject = trim(subject);
  const auto colon = std::min(subject.find(':'), subject.find("："));
  if (colon == subject.npos || colon > 80) return false;
  return contains(kAutoPrefixes, trim(fold(subject.substr(0, colon))));
}

}  // namespace hejnal::wire
