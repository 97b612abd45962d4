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
    "zalogowa", "ta skrzynka", "portal", "infolini", "dzial wsparcia", "zespol wsparcia", "biuro obslugi",
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
    "details", "this mailbox", "your request", "your ticket", "your message",
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
const List kAtIt = {"przyjalem",  "przyjelam",   "potwierdzam",  "zajmujemy sie", "zajmuje sie",
                    "sprawdzam",  "sprawdzimy",  "naprawiam",    "patrze",        "patrzymy",
                    "dzialamy",   "rozpoczel",   "rozpoczynam",  "wracam z",      "juz jedzie",
                    "jedziemy",   "got it",      "looking into", "on it",         "working on",
                    "will check", "checking",    "have started", "kummern uns",   "kummere mich",
                    "schaue mir", "schauen uns", "bin dran",     "sind dran"};
// ... and what programs promise, too.
const List kAtItMaybe = {"przyjel",   "odezwe sie",      "odezwiemy", "received",
                         "will look", "get back to you", "melde mich"};

// What somebody asks of us, or wants to be tried: an answer, whatever else stands beside it.
const List kAsks = {
    "prosze sprobowac",        "prosze sprawdzic", "prosimy sprobowac", "prosimy sprawdzic", "prosze podac",
    "prosze o podanie numeru", "prosze zrestart",  "prosimy zrestart",  "please try",        "please check",
    "please restart",          "you need to",      "you will need",     "you have to",       "musza panstwo",
    "bitte versuchen",         "bitte prufen"};
// What only an answer says, also beside what looks like a receipt, where it is not yet to come ...
const List kDone = {"naprawil",         "naprawion",       "juz dziala",      "znow dziala",
                    "teraz dziala",     "wszystko dziala", "powinno dzialac", "zrestartowa",
                    "uruchomil",        "wymienil",        "wymienion",       "usunelismy",
                    "usunalem",         "usunelam",        "usunieto",        "wlaczyl",
                    "odblokowa",        "zaktualizowa",    "replaced",        "restarted",
                    "restart the",      "repaired",        "is fixed",        "was fixed",
                    "been fixed",       "have fixed",      "fixed it",        "fixed the",
                    "works now",        "works again",     "working now",     "working again",
                    "everything works", "should work",     "been resolved",   "was resolved",
                    "is resolved",      "been solved",     "was solved",      "try again",
                    "ausgetauscht",     "behoben",         "repariert",       "funktioniert wieder",
                    "geht wieder"};
// ... and by itself.
const List kDoneShort = {"naprawion", "zrobion",  "gotowe", "dziala",   "fixed",   "done",
                         "solved",    "resolved", "works",  "erledigt", "behoben", "funktioniert"};
// A word that tells of what is done does not where one of these stands shortly before it, in the same clause:
// it is to come, or hoped for ...
constexpr std::string_view kToCome[] = {
    // pl
    "bedzie", "beda", "bede", "bedziemy", "zostanie", "zostana", "gdy", "gdyby", "kiedy", "jak", "tylko",
    "dopoki", "zanim", "jesli", "jezeli", "zeby", "aby", "by", "trzeba", "musimy", "musze", "musi", "nalezy",
    "mozna", "postaramy", "sprobujemy", "sprobuje", "moze", "chcemy", "planujemy", "ma", "maja",
    // en
    "will", "we'll", "i'll", "he'll", "she'll", "they'll", "it'll", "be", "would", "should", "must", "need",
    "needs", "going", "once", "until", "when", "if", "unless", "before", "after", "soon", "try", "plan",
    "cannot", "can't",
    // de
    "wird", "werden", "werde", "sobald", "wenn", "bis", "muss", "mussen", "soll"};
// ... or it is denied.
constexpr std::string_view kDenied[] = {"nie",    "not",     "isn't", "wasn't", "hasn't", "haven't",
                                        "didn't", "doesn't", "never", "nicht",  "noch",   "kein"};
// What a person promises. It has been read; nothing has been answered.
const List kPromise = {
    // pl
    "naprawimy", "naprawie", "naprawi ", "zrobimy", "zrobie", "wymienimy", "wymienie ", "zrestartujemy",
    "zrestartuje", "uruchomimy", "uruchomie ", "usuniemy", "usune ", "wlaczymy", "wlacze ", "odblokujemy",
    "odblokuje", "zaktualizujemy", "zaktualizuje", "przyjedziemy", "przyjedzie", "przyjade", "postaramy sie",
    "postaram sie", "bedzie naprawion", "bedzie zrobion", "zostanie naprawion", "zostanie wymienion",
    "damy znac", "dam znac",
    // en
    "we will", "we'll", "i will", "i'll", "going to", "be fixed", "be repaired", "be replaced", "be resolved",
    "be restarted", "be solved", "be done", "will fix", "will repair", "will replace", "will restart",
    // de
    "wir werden", "ich werde", "wird morgen", "wird heute", "wird repariert", "wird behoben",
    "wird ausgetauscht"};
// ... and what somebody says who will not: an answer, too, but programs say such words as well.
const List kRefuses = {"nie naprawimy",     "nie zrobimy",      "nie wymienimy",
                       "nie zajmujemy sie", "nie zajmiemy sie", "nie mozemy",
                       "nie moge ",         "will not",         "won't",
                       "unable to",         "we cannot",        "we can't",
                       "konnen wir nicht",  "konnen nicht",     "leider nicht"};
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

// "we’ll" as "we'll".
std::string with_plain_apostrophes(std::string_view text) {
  constexpr std::string_view kCurly = "\u2019";
  std::string out;
  for (auto at = text.find(kCurly); at != std::string_view::npos; at = text.find(kCurly)) {
    out.append(text.substr(0, at)).push_back('\'');
    text.remove_prefix(at + kCurly.size());
  }
  return out.append(text);
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
  for (std::string& one : sentences(with_plain_apostrophes(mail.text))) {
    const bool ours = own_text.size() >= 3 && words_in(one) >= 2 && own_text.find(one) != std::string::npos;
    if (ours || one.empty()) continue;
    one = without(one, own_subject);
    out.all += "\n" + one;
    out.sentences.push_back(std::move(one));
  }
  return out;
}

// Is the word at `begin` of the sentence one of something done? Its own clause says whether it is still to
// come.
bool is_done(std::string_view one, std::size_t begin, std::size_t length) {
  // "naprawilibyśmy": we would have.
  const auto end = std::min(one.find(' ', begin + length), one.size());
  const std::string_view whole = one.substr(begin, end - begin);
  for (const std::string_view would : {"lby", "liby", "laby", "loby"}) {
    if (whole.find(would) != std::string_view::npos) return false;
  }
  std::string_view before = one.substr(0, begin);
  for (const std::string_view cut :
       {",", ":", ";", "(", " - ", " ale ", " bo ", " but ", " and ", " aber "}) {
    const auto at = before.rfind(cut);
    if (at != std::string_view::npos) before.remove_prefix(at + cut.size());
  }
  constexpr std::size_t kNear = 5, kDeniedNear = 3;  // words
  const auto is_among = [](std::string_view word, const auto& list) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
  };
  // The words of "have been fixed" that belong to it come first: from the nearest on.
  for (std::size_t n = 0; n < kNear; ++n) {
    before = trim(before);
    if (before.empty()) return true;
    const auto space = before.rfind(' ');
    const std::string_view word = space == std::string_view::npos ? before : before.substr(space + 1);
    if (is_among(word, kToCome) || (n < kDeniedNear && is_among(word, kDenied))) return false;
    before.remove_suffix(word.size());
  }
  return true;
}

bool has_done(std::string_view one, const List& list) {
  for (const std::string_view word : list) {
    for (auto at = one.find(word); at != std::string_view::npos; at = one.find(word, at + 1)) {
      if (is_done(one, at, word.size())) return true;
    }
  }
  return false;
}

// It speaks of it, and it is all still to come.
bool has_to_come(std::string_view one, const List& list) {
  return !has_done(one, list) && has_any(one, list);
}

bool asks(const std::string& one) {
  constexpr std::size_t kQuestion = 3;  // words
  return one.ends_with('?') && words_in(one) >= kQuestion && !has_any(one, kInvitation);
}

bool answers(const std::string& one) { return has_any(one, kAsks) || has_done(one, kDone) || asks(one); }

bool promises(const std::string& one) {
  std::string whole = one;
  whole += ' ';  // of words that are beginnings of others
  return has_any(whole, kPromise) || has_to_come(one, kDone);
}

// A sentence, folded, that no program writes by itself.
bool tells(const std::string& one) {
  constexpr std::size_t kTelling = 3;  // words
  const std::size_t length = words_in(one);
  if (has_any(one, kAtIt) || answers(one)) return true;  // also beside a thank-you
  if (one.ends_with('?')) return false;
  if (length <= kTelling && has_done(one, kDoneShort)) return true;
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
      {"not answered: we repair", "receipt"},
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
  const bool at_it = has_any(added.all, kAtIt) || has_any(added.all, kAtItMaybe) ||
                     std::any_of(added.sentences.begin(), added.sentences.end(), promises);
  const bool done =
      has_any(added.all, kRefuses) || std::any_of(added.sentences.begin(), added.sentences.end(), answers);
  return at_it && !done && length <= kShort ? Heard::acknowledgement : Heard::answer;
}

}  // namespace hejnal::core
