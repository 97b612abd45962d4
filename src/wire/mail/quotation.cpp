#include "wire/mail/quotation.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

// All folded: lower case, no diacritics.
constexpr std::string_view kHeaderNames[] = {
    "from",          "sent",       "to",         "cc",         "bcc",
    "subject",       "date",       "reply-to",   "importance", "attachments",
    "sender",        "received",   "od",         "wyslano",    "wyslane",
    "data wyslania", "do",         "dw",         "udw",        "temat",
    "data",          "kopia",      "nadawca",    "adresat",    "odpowiedz do",
    "waznosc",       "zalaczniki", "von",        "gesendet",   "an",
    "kopie",         "betreff",    "datum",      "antwort an", "de",
    "envoye",        "envoye le",  "a",          "objet",      "copie a",
    "від",           "надіслано",  "кому",       "копія",      "тема",
    "дата",          "отправлено", "от",         "копия",      "отправитель",
    "дата отправки", "enviado",    "enviado el", "para",       "asunto",
    "fecha",         "assunto",    "da",         "inviato",    "oggetto",
    "van",           "verzonden",  "aan",        "onderwerp",  "fran",
    "skickat",       "till",       "amne",       "odeslano",   "komu",
    "predmet",       "fra",        "sendt",      "emne",       "til",
};

constexpr std::string_view kWrote[] = {
    "wrote", "writes",   "pisze",   "napisal", "napisala", "napisali", "napisal(a)", "schrieb",
    "ecrit", "пише",     "пишет",   "писал",   "писала",   "написал",  "написала",   "написав",
    "skrev", "escribio", "scritto", "schreef", "escreveu", "napsal",   "napsala",    "kirjoitti",
};

constexpr std::string_view kStarters[] = {
    "on ", "w dniu ", "dnia ", "dn. ", "am ", "le ", "il ",      "el ",      "em ", "op ", "den ",
    "pe ", "pon",     "wt",    "sr",   "czw", "pt",  "sob",      "niedz",    "nd",  "mon", "tue",
    "wed", "thu",     "fri",   "sat",  "sun", "mo",  "di",       "mi",       "fr",  "sa",  "so",
    "lun", "mar",     "mer",   "jeu",  "ven", "sam", "dim",      "пн",       "вт",  "ср",  "чт",
    "пт",  "сб",      "нд",    "вс",   "в ",  "at ", "quoting ", "citando ",
};

constexpr std::string_view kSentFrom[] = {
    "sent from",
    "sent via",
    "sent with",
    "sent by",
    "sent on ",
    "from my iphone",
    "from my ipad",
    "get outlook for",
    "get [outlook for",
    "envoye depuis",
    "envoye de mon",
    "von meinem",
    "gesendet von",
    "gesendet mit",
    "diese nachricht wurde von mein",
    "verzonden met",
    "verzonden vanaf",
    "verstuurd vanaf",
    "wyslane z",
    "wyslano z",
    "wyslane przez",
    "wiadomosc wyslana z",
    "pobierz aplikacje outlook",
    "pobierz outlooka",
    "uzyskaj aplikacje outlook",
    "отправлено с",
    "отправлено из",
    "надіслано з",
    "從我的",
    "发自我的",
    "enviado desde",
    "enviado do meu",
    "inviato da",
    "skickat fran",
};

constexpr std::string_view kOriginal[] = {
    "original message",
    "original appointment",
    "reply message",
    "forwarded message",
    "forwarded by",
    "begin forwarded message",
    "oryginalna wiadomosc",
    "wiadomosc oryginalna",
    "wiadomosc oryginalna",
    "wiadomosc przekazana",
    "przekazana wiadomosc",
    "tresc przekazanej wiadomosci",
    "wiadomosc przeslana",
    "ursprungliche nachricht",
    "ursprungliche mail",
    "originalnachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "message original",
    "message transfere",
    "оригінальне повідомлення",
    "вихідне повідомлення",
    "исходное сообщение",
    "пересылаемое сообщение",
    "перенаправлене повідомлення",
    "пересланное сообщение",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "ursprungligt meddelande",
};

template <std::size_t N>
bool starts_with_any(std::string_view text, const std::string_view (&list)[N]) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](std::string_view s) { return text.starts_with(s); });
}
template <std::size_t N>
bool is_any(std::string_view text, const std::string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

// Whether the folded line begins with a phrase of the list; folds no more of it than it must, for every line
// of a mail is asked.
bool folds_to(std::string_view line, std::string_view phrase) {
  std::size_t at = 0;
  while (!phrase.empty()) {
    if (at >= line.size()) return false;
    if (static_cast<unsigned char>(line[at]) < 0x80) {
      const char c = line[at++];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != phrase[0]) return false;
      phrase.remove_prefix(1);
      continue;
    }
    const std::size_t begin = at;
    next_code_point(line, at);
    const std::string folded = fold(line.substr(begin, at - begin));
    if (!phrase.starts_with(folded)) return false;
    phrase.remove_prefix(folded.size());
  }
  return true;
}
// Which first bytes a line may have that folds to a phrase of the list: nearly every line ends here.
template <std::size_t N>
constexpr std::array<bool, 256> first_bytes(const std::string_view (&list)[N]) {
  std::array<bool, 256> out{};
  for (std::size_t i = 0x80; i < out.size(); ++i) out[i] = true;  // a letter with a mark: only fold() knows
  for (const auto s : list) {
    const auto c = static_cast<unsigned char>(s[0]);
    out[c] = true;
    if (c >= 'a' && c <= 'z') out[static_cast<std::size_t>(c - 'a' + 'A')] = true;
  }
  return out;
}
template <const auto& kList>
bool folds_to_any(std::string_view line) {
  static constexpr auto kFirst = first_bytes(kList);
  return !line.empty() && kFirst[static_cast<unsigned char>(line[0])] &&
         std::any_of(std::begin(kList), std::end(kList),
                     [&](std::string_view s) { return folds_to(line, s); });
}

bool has_date_or_address(std::string_view text) {
  if (text.find('@') != text.npos) return true;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto digit = [&](std::size_t k) { return k < text.size() && text[k] >= '0' && text[k] <= '9'; };
    if (digit(i) && text[i + 1] == ':' && digit(i + 2) && digit(i + 3)) return true;
    if (digit(i) && digit(i + 1) && digit(i + 2) && digit(i + 3)) return true;
  }
  return false;
}

bool has_wrote(std::string_view folded) {
  std::string word;
  for (const char c : folded) {
    if (c == ' ' || c == '\n' || c == ',' || c == ':' || c == '>') {
      if (is_any(word, kWrote)) return true;
      word.clear();
    } else {
      word += c;
    }
  }
  return is_any(word, kWrote);
}

}  // namespace

bool is_quoted_line(std::string_view line) {
  line = trim(line);
  return line.starts_with('>') && !line.starts_with(">>>>>>>");  // a merge conflict is content
}

bool is_alias_quoted_line(std::string_view line) {
  line = trim(line);
  if (line.starts_with("|") && line.size() > 1 && line[1] == ' ' && line.find('|', 1) == line.npos)
    return true;
  std::size_t i = 0;
  while (i < line.size() && i < 16 &&
         ((line[i] >= 'A' && line[i] <= 'Z') || (line[i] >= 'a' && line[i] <= 'z')))
    ++i;
  return i > 0 && line[0] >= 'A' && line[0] <= 'Z' && i + 1 < line.size() && line[i] == '>' &&
         line[i + 1] == ' ';
}

bool is_delimiter_line(std::string_view line) {
  line = trim(line);
  if (line == "\xE1\x90\xA7" || line == "\xE2\x80\x94") return true;  // Mailtrack's mark, an em dash
  return line.size() >= 2 && line.find_first_not_of("-_=+*#~ ") == line.npos;
}

bool is_original_message_line(std::string_view line) {
  line = trim(line);
  if (line.size() > 160) return false;
  const auto begin = std::min(line.find_first_not_of("-_* ="), line.size());
  const std::string_view rest = line.substr(begin);
  if (begin == 0 && !rest.ends_with(':')) return false;  // "Begin forwarded message:"
  return folds_to_any<kOriginal>(rest);
}

bool is_sent_from_line(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.size() > 160) return false;
  while (!line.empty() &&
         (line.front() == '<' || line.front() == '(' || line.front() == '*' || line.front() == '_'))
    line.remove_prefix(1);
  if (folds_to_any<kSentFrom>(line)) {
    // "Sent from the server room I can see..." is a sentence: what follows must be short or a product.
    return line.size() <= 80 || fold(line).find("http") != std::string::npos;
  }
  if (line.size() > 60 || line.size() < 10 || (line.back() != 'e' && line.back() != 'E')) return false;
  const std::string folded = fold(line);
  return folded.size() <= 40 && (folded.ends_with("from mobile") || folded.ends_with("via mobile"));
}

bool is_header_line(std::string_view line) {
  line = trim(line);
  while (line.starts_with('>') || line.starts_with('*') || line.starts_with(' ')) line.remove_prefix(1);
  const auto colon = line.find(':');
  if (colon == line.npos || colon == 0 || colon > 30) return false;
  std::string_view name = line.substr(0, colon);
  while (name.ends_with('*') || name.ends_with(' ') || name.ends_with("\xC2\xA0"))
    name.remove_suffix(name.ends_with("\xC2\xA0") ? 2 : 1);
  return is_any(fold(name), kHeaderNames);
}

std::size_t wrote_lines(const std::vector<std::string_view>& lines, std::size_t at) {
  const std::string_view first = trim(lines[at]);
  if (first.empty() || first.size() > 300 || is_quoted_line(first)) return 0;
  // What follows looks for a line that ends with a colon; nearly always there is none near.
  std::size_t seen = 0;
  bool colon = false;
  for (std::size_t i = at; i < lines.size() && i - at < 8 && seen < 5 && !colon; ++i) {
    const std::string_view line = trim(lines[i]);
    seen += line.empty() ? 0 : 1;
    colon = line.ends_with(':');
  }
  if (!colon) return 0;
  const std::string opening = fold(first.substr(0, 40));
  const bool starter = starts_with_any(opening, kStarters) || (opening[0] >= '0' && opening[0] <= '9');
  std::string joined;
  std::size_t words = 0;
  for (std::size_t i = at; i < lines.size() && i - at < 8 && words < 5; ++i) {
    const std::string_view line = trim(lines[i]);
    if (line.empty()) continue;
    if (i > at && !starter && first.find('@') == first.npos) return 0;
    ++words;
    joined += line;
    if (joined.size() > 500) return 0;
    if (line.ends_with(':')) {
      if (!has_date_or_address(joined)) return 0;
      const std::string folded = fold(joined);
      if (has_wrote(folded)) return i - at + 1;
      // "2015-07-14 0:25 GMT+02:00 Jan Kowalski <jan@firma.pl>:"
      const bool bare =
          joined.ends_with(">:") && joined[0] >= '0' && joined[0] <= '9' && joined.find('@') != joined.npos;
      return bare ? i - at + 1 : 0;
    }
    joined += ' ';
  }
  return 0;
}

}  // namespace hejnal::wire
