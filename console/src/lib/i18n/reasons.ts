// The desk gives its reasons in English sentences; here they are in Polish. A sentence that is not here is shown as it is.
// {} stands for what the desk fills in. reasons.test.ts looks for the sentences in the desk's source.
import type { Language } from './index.svelte';

export const REASONS: readonly [english: string, polish: string][] = [
  ['a person has to read the report and react', 'ktoś musi przeczytać zgłoszenie i zareagować'],
  ['a person has to read it', 'ktoś musi to przeczytać'],
  ['an answer is promised', 'obiecana jest odpowiedź'],
  ['what monitoring has reported is to be settled by then', 'zgłoszenie monitoringu ma być do tego czasu załatwione'],
  ['it is to be settled', 'ma to być załatwione'],
  ['the alert fires', 'pojawił się alert'],
  ['the alert fires again', 'alert wrócił'],
  ['the alert still fires, though it was settled', 'alert nadal trwa, choć sprawę uznano za załatwioną'],
  ['the alert says something else', 'treść alertu się zmieniła'],
  ['the alert is over', 'alert ustał'],
  ['the alert has become graver', 'alert stał się poważniejszy'],
  ['nothing says how grave the alert is', 'nic nie mówi, jak poważny jest alert'],
  ['an alert of monitoring', 'alert monitoringu'],
  ['an alert of monitoring, severity {}', 'alert monitoringu, waga: {}'],
  ['if it stays over, it counts as settled', 'jeśli nie wróci, sprawa będzie uznana za załatwioną'],
  ['nobody is told again while the alert is over', 'póki alert nie wróci, nikt nie jest już budzony'],
  [
    'the alert has stayed over, and nobody had begun to work on it',
    'alert nie wrócił, a nikt nie zaczął nad nim pracować',
  ],
  ['unless it comes back, it is closed then', 'jeśli nie wróci, zostanie wtedy zamknięta'],
  ['the same alert has opened case {} before', 'ten sam alert otworzył wcześniej sprawę {}'],
  ['it is the same alert', 'to ten sam alert'],
  ['it has opened case {}', 'otworzył sprawę {}'],
  ['the procedure promises an answer', 'procedura obiecuje odpowiedź'],
  ['it was read and takes more than a few minutes', 'przeczytano, a praca trwa dłużej niż kilka minut'],
  ['the answer can still be cancelled', 'odpowiedź można jeszcze cofnąć'],
  ['without a word from the client it then counts as settled', 'bez słowa od klienta będzie uznana za załatwioną'],
  ['without a reply it is then closed', 'bez odpowiedzi zostanie zamknięta'],
  ['without an objection it is then closed', 'bez sprzeciwu zostanie zamknięta'],
  ['without an objection it is closed then', 'bez sprzeciwu zostanie wtedy zamknięta'],
  ['without a reply it is closed then', 'bez odpowiedzi zostanie wtedy zamknięta'],
  ['silence until then means that it is settled', 'cisza do tego czasu oznacza, że sprawa jest załatwiona'],
  [
    'an SMS alone is handled as critical until its email is here',
    'sam SMS jest traktowany jako krytyczny, dopóki nie ma jego emaila',
  ],
  ['an email alone cannot tell how urgent the matter is', 'sam email nie mówi, jak pilna jest sprawa'],
  ['an SMS {} after the email', 'SMS {} po emailu'],
  ['{} between the email and the SMS', '{} między emailem a SMS-em'],
  ['{} has decided so', 'decyzja: {}'],
  ['class critical: {}', 'klasa krytyczna: {}'],
  ['class urgent: {}', 'klasa pilna: {}'],
  ['class routine: {}', 'klasa rutynowa: {}'],
  ['the class is now {}', 'klasa to teraz {}'],
  ['the class is now acknowledged on reading', 'w tej klasie potwierdza się już przy przeczytaniu'],
  ['nobody has read it for {}', 'nikt nie przeczytał od {}'],
  ['no reaction for {}; the first reaction is due in {}', 'brak reakcji od {}; termin pierwszej reakcji za {}'],
  ['the first reaction was due {} ago', 'termin pierwszej reakcji minął {} temu'],
  ['the answer was due {} ago', 'termin odpowiedzi minął {} temu'],
  ['nobody has reacted in time', 'nikt nie zareagował w terminie'],
  ['no answer was given in time', 'nie odpowiedziano w terminie'],
  ['in time', 'w terminie'],
  ['{} late', '{} po terminie'],
  ['{} is on call', 'dyżuruje {}'],
  ['nobody is on call', 'nikt nie dyżuruje'],
  ['nothing leaves this computer', 'nic nie opuszcza tego komputera'],
  ['listens on {}', 'czeka na {}'],
  ['a person has read the report', 'zgłoszenie przeczytał człowiek'],
  ['work has started', 'prace rozpoczęto'],
  ['work has started again', 'prace rozpoczęto ponownie'],
  [
    'if it takes longer than that, the client is told that work has started',
    'jeśli potrwa dłużej, klient dowie się o rozpoczęciu prac',
  ],
  ['it was read and is not settled yet', 'przeczytano, a sprawa nie jest jeszcze załatwiona'],
  ['it takes more than a few minutes', 'trwa dłużej niż kilka minut'],
  ['its time has come', 'nadszedł czas'],
  ['it has arrived', 'dotarło'],
  ['the announced email has arrived', 'zapowiedziany email dotarł'],
  ['the email is here', 'email już jest'],
  ['the email that the SMS announced has not come', 'email zapowiedziany SMS-em nie nadszedł'],
  ['the email may only be slower than the SMS', 'email może być po prostu wolniejszy niż SMS'],
  ['the email came {} after the SMS that announced it', 'email nadszedł {} po SMS-ie, który go zapowiedział'],
  ['the email was here before the SMS that announced it', 'email był tu przed SMS-em, który go zapowiedział'],
  ['{} after the SMS that announced it', '{} po SMS-ie, który go zapowiedział'],
  ['the email was sent again after {}', 'email wysłano ponownie po {}'],
  ['the client has sent it again', 'klient wysłał zgłoszenie ponownie'],
  ['the client has written', 'klient napisał'],
  ['the client has sent an SMS', 'klient wysłał SMS'],
  ['the client has answered our question by SMS', 'klient odpowiedział na nasze pytanie SMS-em'],
  ['the client has phoned', 'klient zadzwonił'],
  ['the client has written on the page', 'klient napisał na swojej stronie'],
  ['the client has spoken', 'klient się odezwał'],
  ['the client has to say more first', 'najpierw klient musi powiedzieć więcej'],
  ['the client had nothing more to say', 'klient nie miał nic do dodania'],
  ['the client has not answered our question', 'klient nie odpowiedział na nasze pytanie'],
  ['the client has typed the text {} after the SMS', 'klient wpisał treść {} po SMS-ie'],
  ['the text is here', 'treść już jest'],
  ['the page itself has said that the text has arrived', 'strona sama powiedziała, że treść dotarła'],
  ['the text has arrived instead of the email', 'zamiast emaila dotarła sama treść'],
  ['Precedence: {}', 'poczta masowa lub automatyczna (Precedence: {})'],
  ['Auto-Submitted: {}', 'napisał to automat (Auto-Submitted: {})'],
  ['the call was answered', 'połączenie odebrano'],
  ['the caller hung up before the answer', 'dzwoniący rozłączył się przed odebraniem'],
  ['the caller withholds the number: nobody can be called back', 'dzwoniący zastrzegł numer: nie ma dokąd oddzwonić'],
  ['"{}" is no number that can be called back', 'na „{}” nie da się oddzwonić: to nie jest numer telefonu'],
  ['the client says that it does not work after all', 'klient pisze, że jednak nie działa'],
  [
    '{} has taken callback {} of the same person and may be on the telephone now',
    '{} prowadzi oddzwonienie {} do tej samej osoby i może z nią właśnie rozmawiać',
  ],
  ['the call was rejected or missed', 'połączenie odrzucono lub nie odebrano'],
  ['the latest open case of this caller', 'najnowsza otwarta sprawa osoby, która dzwoniła'],
  ['the caller learns what the rejected call means', 'dzwoniący dowiaduje się, co znaczy odrzucone połączenie'],
  ['it speaks of the same things as an outage', 'mowa o tym samym co w awarii'],
  ['the outage is being repaired', 'awaria jest naprawiana'],
  ['it belongs to the outage {}', 'dotyczy awarii {}'],
  ['it does not belong to the outage {}', 'nie dotyczy awarii {}'],
  ['the outage {} is over', 'awaria {} jest zakończona'],
  ['case {} belongs to it', 'należy do niej sprawa {}'],
  ['case {} is not settled', 'sprawa {} nie jest załatwiona'],
  ['so was case {}, where it came', 'taka była sprawa {}, do której trafiło'],
  ['it was read in case {}', 'przeczytano to w sprawie {}'],
  ['the client was reached', 'rozmowa odbyta'],
  ['the call was put through and answered', 'połączono z dyżurem i odebrano'],
  ['the call was put through to the person on call', 'połączenie przekazano osobie na dyżurze'],
  ['what came of the call is told when it is over', 'co z niego wyszło, okaże się po rozmowie'],
  ['nobody has answered the call that was put through', 'nikt nie odebrał przekazanego połączenia'],
  [
    'nobody has told what came of the call that was put through',
    'nikt nie powiedział, co wyszło z przekazanego połączenia',
  ],
  [
    'agent: expected the number to ring at first; nobody on call is named {}, and the account has none',
    'Podaj numer, na który najpierw zadzwonić: {} nie ma go ani na dyżurze, ani w koncie',
  ],
  ['the client has phoned again and was answered', 'klient zadzwonił ponownie i odebrano'],
  ["by the client's own word: {}", 'słowem klienta: {}'],
  ['case {} does not belong to this outage', 'sprawa {} nie dotyczy tej awarii'],
  ['this outage is over since {}', 'ta awaria jest już zakończona: {}'],
  ['there is no case {}', 'nie ma sprawy {}'],
  ['an answer is on its way', 'odpowiedź jest w drodze'],
  ['an answer was given', 'odpowiedziano'],
  ['an answer is still to leave', 'odpowiedź dopiero wyjdzie'],
  ['it can be cancelled until then', 'do tego czasu można ją cofnąć'],
  ['the answer was cancelled', 'odpowiedź cofnięto'],
  ['the answer did not arrive', 'odpowiedź nie dotarła'],
  ['settled without an answer', 'załatwiono bez odpowiedzi'],
  ['settled: the answer leaves now', 'załatwione: odpowiedź wychodzi teraz'],
  ['opened again', 'otwarto ponownie'],
  ['closed by hand', 'zamknięto ręcznie'],
  ['no reply came to our question', 'nie było odpowiedzi na nasze pytanie'],
  ['no objection came', 'nie było sprzeciwu'],
  ['merged into case {}', 'scalono ze sprawą {}'],
  ['case {} was merged into this one', 'włączono sprawę {}'],
  ['a merged case is still owed something', 'włączonej sprawie jeszcze coś się należy'],
  ['linked by {}', 'powiązano: {}'],
  ['it belongs elsewhere', 'należy gdzie indziej'],
  ['it was written by a program', 'napisał to program'],
  ['the envelope sender is empty', 'nadawca koperty jest pusty'],
  ['no SMS gateway is configured', 'nie skonfigurowano bramki SMS'],
  ['{} has had enough automatic mail for now', '{} dostał już dość automatycznej poczty'],
  ['{} has had enough automatic SMS for now', '{} dostał już dość automatycznych SMS-ów'],
  ['{} has sent STOP: no SMS goes there', '{}: przysłano STOP, SMS-y tam nie idą'],
  [
    'there is no address that automatic mail may go to, and no telephone number is known',
    'nie ma adresu dla automatycznej poczty ani numeru telefonu',
  ],
  ['{}: the clock of the answer goes on', '{}: zegar odpowiedzi idzie dalej'],
  ['the same sender, subject and words: sent again', 'ten sam nadawca, temat i słowa: wysłano ponownie'],
  ['its sender has taken part in the case', 'nadawca brał udział w sprawie'],
  ["its sender is of the client's organisation ({})", 'nadawca jest z organizacji klienta ({})'],
  ['it holds the short code of the case', 'zawiera krótki kod sprawy'],
  ['the telephone number alone never joins', 'sam numer telefonu nigdy nie wystarcza'],
  ['it may belong to more than one case', 'może należeć do więcej niż jednej sprawy'],
  ['{} is the only administrator; make another one first', '{} to jedyny administrator; najpierw ustanów drugiego'],
  [
    '{} links are open already; revoke some of them first',
    'Otwartych linków jest już {}; najpierw unieważnij niektóre',
  ],
  ['name: expected a line of 1 to {} bytes', 'Nazwa musi mieć od 1 do {} bajtów, w jednym wierszu'],
  ['name: {} is kept for the server itself', 'Nazwa {} jest zastrzeżona dla samego serwera'],
  [
    'new_password: expected at least {} characters; several words are a good one',
    'Hasło musi mieć co najmniej {} znaków; dobre jest kilka słów',
  ],
  ['new_password: expected more than the same few signs', 'Hasło nie może się składać z tych samych kilku znaków'],
  ['new_password: expected one that is not made of the name', 'Hasło nie może być zrobione z nazwy'],
  [
    'email: expected an address such as jan@firma.example',
    'Email: potrzebny jest adres, na przykład jan@firma.example',
  ],
  ['{} has an account already', '{} ma już konto'],
  ['{} has an account already; choose another name', '{} ma już konto; wybierz inną nazwę'],
  ['the account was changed meanwhile', 'konto zmieniono w międzyczasie'],
  ['{} has changed this text meanwhile', '{} ma już zapisaną inną wersję tego tekstu'],
  [
    'this desk requires a second factor; set up another one instead',
    'tutaj drugi składnik jest obowiązkowy; zamiast tego skonfiguruj nowy',
  ],
  // Why something was not done.
  ['case {} is closed; reopen it first', 'sprawa {} jest zamknięta; najpierw trzeba ją otworzyć'],
  ['an answer is waiting to be sent; cancel that one first', 'odpowiedź czeka na wysłanie; najpierw trzeba ją cofnąć'],
  ['a question is waiting to be sent; cancel it first', 'pytanie czeka na wysłanie; najpierw trzeba je cofnąć'],
  ['no answer is waiting to be sent', 'żadna odpowiedź nie czeka na wysłanie'],
  [
    'an answer by SMS has at most {} characters, this one has {}; send it by email',
    'odpowiedź SMS-em ma najwyżej {} znaków, ta ma {}; proszę wysłać ją emailem',
  ],
  [
    'case {} belongs to outage {}, and case {} to outage {}; detach one first',
    'sprawa {} należy do awarii {}, a sprawa {} do awarii {}; najpierw trzeba jedną odłączyć',
  ],
  ['case {} belongs to outage {}; detach it first', 'sprawa {} należy do awarii {}; najpierw trzeba ją odłączyć'],
  ['case {} does not belong to this outage', 'sprawa {} nie należy do tej awarii'],
  ['case {} cannot be merged into itself', 'sprawy {} nie da się połączyć z nią samą'],
  ['a case cannot be linked with itself', 'sprawy nie da się powiązać z nią samą'],
  ['case {} is not without its email', 'sprawie {} nie brakuje emaila'],
  ['case {} is open ({})', 'sprawa {} jest otwarta ({})'],
  ['case {} is {} already', 'sprawa {}: już {}'],
  ['case {} was merged into case {}; work there', 'sprawa {} jest połączona ze sprawą {}; proszę pracować tam'],
  [
    'message {} is the only one of case {}: nothing would be left of it',
    'wiadomość {} jest jedyna w sprawie {}: nic by z niej nie zostało',
  ],
  [
    "message {} was sent by the desk; only a client's message can become a case of its own",
    'wiadomość {} wysłaliśmy my; osobną sprawą może być tylko wiadomość klienta',
  ],
  ['the client has no {}', 'klient nie ma: {}'],
  [
    'the client has not said that it works; write it off with a reason',
    'klient nie powiedział, że działa; proszę odpisać z podaniem powodu',
  ],
  ['this callback is {} since {}: {}', 'to oddzwonienie jest już zamknięte ({} od {}: {})'],
  ['this outage is over since {}', 'ta awaria skończyła się {}'],
  ['{} has taken this callback and may be on the telephone now', 'oddzwania {} i być może właśnie rozmawia'],
  [
    'no exchange that calls is configured ([phone.originate]); dial the number by hand',
    'nie ma centrali, która by zadzwoniła ([phone.originate]); proszę wybrać numer ręcznie',
  ],
  [
    'another call is being set up; try again in a moment',
    'właśnie zestawiane jest inne połączenie; proszę spróbować za chwilę',
  ],
  [
    'somebody else tries a draft just now; try again in a moment',
    'ktoś inny właśnie sprawdza szkic; proszę spróbować za chwilę',
  ],
  [
    'there are more than {} cases in this time; ask for less',
    'w tym czasie jest ponad {} spraw; proszę wybrać krótszy',
  ],
  ['another test is running', 'trwa inna próba'],
  ['{} cannot be tested from here', '{}: nie da się stąd sprawdzić'],
  ['{} was tested a moment ago; wait half a minute', '{}: próba była przed chwilą; proszę poczekać pół minuty'],
  ['nobody on call has a telephone number', 'nikt na dyżurze nie ma numeru telefonu'],
  ['nobody on call has an address', 'nikt na dyżurze nie ma adresu'],
  [
    '{} has sent STOP: no SMS goes there until the client sends START or agrees',
    '{}: STOP; SMS-y tam nie pójdą, aż klient przyśle START albo się zgodzi',
  ],
  ['{} has not sent STOP', '{}: nie było STOP'],
];

interface Rule {
  pattern: RegExp;
  polish: string;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

let rules: Rule[] | null = null;
function all(): Rule[] {
  // The more of a sentence stands firm, the sooner it is tried.
  rules ??= [...REASONS]
    .sort((a, b) => b[0].replaceAll('{}', '').length - a[0].replaceAll('{}', '').length)
    .map(([english, polish]) => ({
      pattern: new RegExp(`^${english.split('{}').map(escaped).join('(.+)')}$`, 's'),
      polish,
    }));
  return rules;
}

export function reason(language: Language, english: string): string {
  if (language === 'en' || english === '') return english;
  for (const { pattern, polish } of all()) {
    const found = pattern.exec(english);
    if (!found) continue;
    let i = 0;
    return polish.replaceAll('{}', () => reason('pl', found[++i] ?? ''));
  }
  return english;
}
