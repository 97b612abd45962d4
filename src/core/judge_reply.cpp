// What a mail of a provider is, as far as its words tell: a program's receipt, "away", a person's short word
// or an answer. Only what the reply adds is looked at: not our own subject, nor our own words that it
// repeats.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "core/sent_report.hpp"

namespace hejnal::core {

namespace {

using List = std::initializer_list<std::string_view>;

bool has_any(std::string_view folded, const List& list) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view word) { return folded.find(word) != std::string_view::npos; });
}

// What a ticket system writes by itself. All of these are folded: lower case, without diacritics.
const List kReceipt = {
    // pl
    "zarejestrowa", "nadalismy numer", "nadalismy mu numer", "nadano numer", "nadano mu numer",
    "otrzymalo numer", "otrzymala numer", "nadany numer", "numer zgloszenia", "nr zgloszenia", "numer sprawy",
    "zgloszenie zostalo przyjete", "zgloszenie przyjete", "przyjelismy panstwa", "przyjelismy twoje",
    "przyjelismy zgloszenie", "przyjelismy pana", "otrzymalismy panstwa", "otrzymalismy twoj",
    "otrzymalismy zgloszenie", "otrzymalismy pana", "otrzymalismy wiadomosc", "wiadomosc dotarla",
    "zgloszenie dotarlo", "wplynelo", "dziekujemy za zgloszenie", "dziekujemy za kontakt",
    "dziekujemy za wiadomosc", "dziekujemy za przeslan", "dziekujemy za wyslanie",
    "dziekujemy za zainteresowanie", "automatycz", "prosimy nie odpowiadac", "prosze nie odpowiadac",
    "nie nalezy odpowiadac", "potwierdzenie przyjecia", "potwierdzenie zgloszenia",
    "potwierdzenie otrzymania", "potwierdzamy otrzymanie", "potwierdzamy przyjecie",
    "potwierdzamy rejestracje", "utworzono zgloszenie", "zgloszenie zostalo utworzone", "zostalo dodane",
    "zgloszenie zostalo przekazane",
    // en
    "we have received your", "we received your", "we've received your", "has been received", "was received",
    "have registered your", "has been registered", "was registered", "has been logged", "has been created",
    "was created", "has been opened", "has been assigned", "has been submitted", "ticket number", "ticket no",
    "ticket id", "ticket #", "case number", "case no.", "reference number", "request number",
    "thank you for contacting", "thank you for your email", "thank you for your e-mail",
    "thank you for your message", "thank you for your request", "thank you for your report",
    "thank you for your enquiry", "thank you for your inquiry", "thank you for reaching out",
    "thank you for getting in touch", "thanks for contacting", "thanks for reaching out", "do not reply",
    "don't reply", "automatic", "automated", "auto-reply", "autoreply", "auto reply", "confirms receipt",
    "confirm receipt", "acknowledges receipt", "acknowledge receipt", "confirm that we have received",
    // de
    "eingegangen", "ihre anfrage erhalten", "ihre nachricht erhalten", "ihre meldung erhalten",
    "ihre e-mail erhalten", "ihre mail erhalten", "ticketnummer", "ticket-nummer", "ticket nr",
    "vorgangsnummer", "bearbeitungsnummer", "eingangsbestat", "vielen dank fur ihre", "danke fur ihre",
    "automatisch", "nicht auf diese", "wurde erfasst", "wurde registriert", "wurde angelegt",
    "wurde erstellt"};

// What goes with it, and says nothing of the matter itself.
const List kPadding = {
    // pl
    "odpowiemy", "udzielimy odpowiedzi", "skontaktujemy sie", "skontaktuje sie", "zajmiemy sie", "zajmie sie",
    "najszybciej", "niezwlocznie", "wkrotce", "w ciagu", "godzinach pracy", "godziny pracy", "dni robocz",
    "dniach robocz", "w temacie", "status", "sledzic", "szczegoly zgloszenia", "ponizej", "na powyzszy",
    "zalogowa", "portal", "infolini", "dzial wsparcia", "zespol wsparcia", "biuro obslugi",
    "prosimy o zachowanie", "prosimy o podawanie", "prosimy o podanie", "prosimy powolywac", "poufn",
    "administratorem danych", "rodo", "zostanie rozpatrz", "bedzie rozpatrz", "oczekuje na", "przekazano do",
    "przekazane do", "przypisan", "dodatkowe informacje", "w celu uzupelnienia", "aby dodac",
    "tresc zgloszenia",
    // en
    "as soon as possible", "shortly", "get back to you", "will respond", "will reply", "will answer",
    "will contact", "will be in touch", "in touch with you", "within", "business day", "business hour",
    "working day", "working hour", "office hour", "opening hour", "follow your", "track your", "view your",
    "view the", "log in", "login", "above this line", "help center", "help centre", "support team",
    "customer service", "quote this", "quote the", "include this", "keep this", "in the subject",
    "to add additional", "to add comments", "additional information", "reply to this", "replying to this",
    "be reviewed", "will review", "will look into", "confidential", "privacy", "subject", "description",
    "details", "your request", "your ticket", "your message",
    // de
    "so bald wie moglich", "schnellstmoglich", "in kurze", "umgehend", "melden uns", "melden uns bei",
    "werktag", "geschaftszeit", "offnungszeit", "bearbeiten", "bearbeitung", "betreff", "ihr anliegen",
    "vertraulich", "datenschutz"};

const List kGreeting = {"dzien dobry",
                        "witam",
                        "witaj",
                        "szanown",
                        "czesc",
                        "hello",
                        "hi ",
                        "dear ",
                        "good morning",
                        "good afternoon",
                        "guten tag",
                        "hallo",
                        "sehr geehrte",
                        "liebe",
                        "pozdrawiam",
                        "pozdrowieni",
                        "z powazaniem",
                        "dziekuj",
                        "best regards",
                        "kind regards",
                        "regards",
                        "sincerely",
                        "thank you",
                        "thanks",
                        "mit freundlichen",
                        "freundliche grusse",
                        "viele grusse",
                        "danke",
                        "yours",
                        "team",
                        "zespol",
                        "http://",
                        "https://",
                        "www."};

const List kAway = {"out of office", "out of the office", "poza biurem",  "nieobecn",     "urlop",
                    "vacation",      "on leave",          "annual leave", "abwesen",      "away from",
                    "will be back",  "zwolnieni",         "im urlaub",    "nicht im buro"};

// What only a person says who is at it ...
const List kAtIt = {
    "przyjalem",    "przyjelam",   "potwierdzam",  "zajmujemy sie", "zajmuje sie", "sprawdzam",  "sprawdzimy",
    "patrze",       "patrzymy",    "dzialamy",     "rozpoczel",     "rozpoczynam", "wracam z",   "juz jedzie",
    "jedziemy",     "got it",      "looking into", "on it",         "working on",  "will check", "checking",
    "have started", "kummern uns", "kummere mich", "schaue mir",    "schauen uns", "bin dran",   "sind dran"};
// ... and what programs promise, too.
const List kAtItMaybe = {"przyjel",   "odezwe sie",      "odezwiemy", "received",
                         "will look", "get back to you", "melde mich"};

// What only an answer says, also beside what looks like a receipt ...
const List kDone = {"naprawi",
                    "naprawion",
                    "juz dziala",
                    "znow dziala",
                    "teraz dziala",
                    "wszystko dziala",
                    "powinno dzialac",
                    "zrestart",
                    "uruchomil",
                    "wymienil",
                    "wymienion",
                    "usunelismy",
                    "usunalem",
                    "usunelam",
                    "wlaczyl",
                    "odblokowa",
                    "zaktualizowa",
                    "prosze sprobowac",
                    "prosze sprawdzic",
                    "prosimy sprobowac",
                    "prosimy sprawdzic",
                    "prosze podac",
                    "prosze o podanie numeru",
                    "replaced",
                    "restart",
                    "repaired",
                    "is fixed",
                    "was fixed",
                    "been fixed",
                    "have fixed",
                    "fixed it",
                    "fixed the",
                    "works now",
                    "works again",
                    "working now",
                    "working again",
                    "everything works",
                    "should work",
                    "been resolved",
                    "was resolved",
                    "is resolved",
                    "been solved",
                    "was solved",
                    "please try",
                    "try again",
                    "please check",
                    "ausgetauscht",
                    "behoben",
                    "repariert",
                    "funktioniert wieder",
                    "geht wieder",
                    "bitte versuchen",
                    "bitte prufen"};
// ... and by itself.
const List kDoneShort = {"naprawion", "zrobion",  "gotowe", "dziala",   "fixed",   "done",
                         "solved",    "resolved", "works",  "erledigt", "behoben", "funktioniert"};
// Questions that are none.
const List kInvitation = {"masz pytani",      "maja panstwo pytani", "pytania?",  "have a question",
                          "any question",     "questions?",          "need help", "need more help",
                          "haben sie fragen", "noch fragen",         "fragen?"};

// Without numbers.
std::size_t words_in(std::string_view text) {
  const auto list = words(text);
  return static_cast<std::size_t>(std::count_if(list.begin(), list.end(), [](const std::string& word) {
    return word.find_first_not_of("0123456789") != std::string::npos;
  }));
}

// Lines and sentences, folded.
std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view line : split(text, '\n')) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool ends = line[i] == '.' || line[i] == '!' || line[i] == '?' || line[i] == ';';
      if (!ends || (i + 1 < line.size() && line[i + 1] != ' ')) continue;
      out.push_back(collapse_space(fold(line.substr(begin, i + 1 - begin))));
      begin = i + 1;
    }
    if (begin < line.size()) out.push_back(collapse_space(fold(line.substr(begin))));
  }
  return out;
}

// "Priorytet: normalny", "Ticket: 55"
bool is_label(const std::string& line) {
  const auto colon = line.find(':');
  return colon != std::string::npos && colon > 0 && words_in(line.substr(0, colon)) <= 3;
}

std::string without(const std::string& text, const std::string& part) {
  if (part.size() < 3) return text;
  std::string out;
  std::size_t begin = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, begin)) {
    out.append(text, begin, at - begin);
    out += ' ';
    begin = at + part.size();
  }
  return out.append(text, begin);
}

// What a reply says that was not said by us.
struct Added {
  std::string all;                     // folded
  std::vector<std::string> sentences;  // of its text
};

Added added_by(const ReplyMail& mail) {
  const std::string own_subject = collapse_space(fold(mail.own_subject));
  const std::string own_text = collapse_space(fold(mail.own_text));
  Added out;
  out.all = without(collapse_space(fold(mail.subject)), own_subject);
  // Line by line: a sentence of ours that it repeats says nothing, nor does what is ours as a whole.
  for (std::string& one : sentences(mail.text)) {
    const bool ours = own_text.size() >= 3 && words_in(one) >= 2 && own_text.find(one) != std::string::npos;
    if (ours || one.empty()) continue;
    one = without(one, own_subject);
    out.all += "\n" + one;
    out.sentences.push_back(std::move(one));
  }
  return out;
}

// A sentence, folded, that no program writes by itself.
bool tells(const std::string& one) {
  constexpr std::size_t kTelling = 3;  // words
  const std::size_t length = words_in(one);
  if (has_any(one, kAtIt) || has_any(one, kDone)) return true;  // also beside a thank-you
  if (one.ends_with('?')) return length >= kTelling && !has_any(one, kInvitation);
  if (length <= kTelling && has_any(one, kDoneShort)) return true;
  if (length < kTelling || has_any(one, kReceipt) || has_any(one, kPadding) || is_label(one)) return false;
  return !has_any(one, kGreeting);
}

// Nothing but what ticket systems say by themselves.
bool reads_like_a_receipt(const Added& added) {
  return has_any(added.all, kReceipt) && std::none_of(added.sentences.begin(), added.sentences.end(), tells);
}

}  // namespace

std::string notice_of_sms(std::string_view text) {
  // As templates/pl and templates/en begin, folded.
  static constexpr std::pair<std::string_view, std::string_view> kBegins[] = {
      {"przeczytalismy zgloszenie i potwierdzamy", "acknowledgement"},
      {"we have read your report and acknowledge", "acknowledgement"},
      {"zaczelismy rozwiazywac problem, sprawa", "start_of_work"},
      {"we have started to solve the problem, case", "start_of_work"},
      {"mamy sms, ale nie dotarl", "missing_email"},
      {"we have your sms, but no email", "missing_email"},
      {"zgloszenie dotarlo, sprawa", "receipt"},
      {"your report has arrived: case", "receipt"},
      {"ponowiony email dotarl, sprawa", "resend_receipt"},
      {"the email that you sent again has arrived", "resend_receipt"},
      {"nasz email do panstwa nie dotarl. sprawa", "receipt"},
      {"our email to you did not arrive. case", "receipt"},
      {"nadal czekamy na odpowiedz na nasze pytanie", "receipt"},
      {"we still wait for an answer to our question", "receipt"},
      {"odrzucone: naprawiamy", "receipt"},
      {"rejected: we repair", "receipt"},
      {"nie odbieramy telefonow. oddzwonimy", "receipt"},
      {"we take no calls now and call you back", "receipt"},
      {"nie odebralismy: naprawiamy", "receipt"},
      {"we did not take your call: we repair", "receipt"},
      {"nie odebralismy telefonu. oddzwonimy", "receipt"},
      {"we did not take your call and will call", "receipt"},
      {"znow wysylamy sms-y na ten numer", "receipt"},
      {"we send sms to this number again", "receipt"},
      {"nie bedziemy wysylac sms-ow na ten numer", "receipt"},
      {"we will send no more sms to this number", "receipt"}};
  const std::string folded = collapse_space(fold(text));
  for (const auto& [begin, notice] : kBegins) {
    if (folded.starts_with(begin)) return std::string(notice);
  }
  const bool pl = folded.starts_with("sprawa ") && folded.find("zostala zalatwiona.") != std::string::npos;
  const bool en = folded.starts_with("case ") && folded.find("has been settled.") != std::string::npos;
  return pl || en ? "settled" : "";
}

Heard judge_reply(const ReplyMail& mail) {
  // Another hejnal says what it sends (docs/protocol.md).
  if (mail.notice == "receipt" || mail.notice == "resend_receipt" || mail.notice == "missing_email" ||
      mail.notice == "outage_update")
    return Heard::receipt;
  if (mail.notice == "acknowledgement" || mail.notice == "start_of_work") return Heard::acknowledgement;
  if (mail.notice == "answer" || mail.notice == "question") return Heard::answer;
  if (mail.notice == "settled") return Heard::settled;
  const Added added = added_by(mail);
  if (mail.automatic) return has_any(added.all, kAway) ? Heard::absence : Heard::receipt;
  if (reads_like_a_receipt(added)) return Heard::receipt;
  // A short note that somebody is at it. In doubt it is an answer: both stop the steps.
  constexpr std::size_t kShort = 300;
  std::size_t length = 0;
  for (const std::string& one : added.sentences) length += one.size() + 1;
  const bool at_it = has_any(added.all, kAtIt) || has_any(added.all, kAtItMaybe);
  const bool done = std::any_of(added.sentences.begin(), added.sentences.end(),
                                [](const std::string& one) { return has_any(one, kDone); });
  return at_it && !done && length <= kShort ? Heard::acknowledgement : Heard::answer;
}

}  // namespace hejnal::core
