// The desk gives its reasons in English sentences; here they are in Polish. A sentence that is not here is shown as it is.
// {} stands for what the desk fills in. reasons.test.ts looks for the sentences in the desk's source.
import type { Language } from './index.svelte';
import { REFUSALS } from './refusals';

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
  ['it is of the same person', 'to ta sama osoba'],
  ['callback {} is of the same person', 'oddzwonienie {} jest do tej samej osoby'],
  ['callback {} is of the same person and goes on', 'oddzwonienie {} jest do tej samej osoby i trwa dalej'],
  ['{} is not of the person of callback {}', '{} nie należy do osoby z oddzwonienia {}'],
  ['{} is of another person', '{} należy do kogoś innego'],
  ['more is known of this caller', 'o dzwoniącym wiadomo więcej'],
  ['{} has reached the same person: callback {}', '{} porozmawiał(a) z tą samą osobą: oddzwonienie {}'],
  ['the call came {} ago: an SMS would speak of another time', 'telefon był {} temu: SMS mówiłby o innej chwili'],
  ['told late: the client was called back after it', 'zapisane później: do klienta już potem oddzwoniono'],
  [
    'it is the telephone of somebody who is on call: nobody is owed a call',
    'to telefon osoby na dyżurze: nikt nie czeka na oddzwonienie',
  ],
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
  ['the client has no {}', 'klient nie ma {}'],
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
  // Why a case is as it is.
  ['its subject says [{}]', 'w temacie jest [{}]'],
  ['it was sent to {}', 'wysłano na adres {}'],
  ['it lay in the folder "{}"', 'leżało w folderze „{}”'],
  [
    'it was sent {} ago; no automatic mail goes out for mail that old',
    'wysłano {} temu; na tak stare wiadomości nic nie wychodzi samo',
  ],
  ['it refers to a mail of the case', 'odwołuje się do emaila tej sprawy'],
  ['its subject has the tag of the case', 'w temacie jest znacznik sprawy'],
  ['it was sent to the address of the case', 'wysłano na adres tej sprawy'],
  ['it refers to case {}, which it may not join', 'odwołuje się do sprawy {}, do której nie może trafić'],
  ['automatic mail from an address of our own', 'automatyczny email z naszego własnego adresu'],
  ['our own mail, which has come back', 'nasz własny email, który wrócił'],
  ['a test by hejnal check --live', 'próba z „hejnal check --live”'],
  ['a read receipt for what we sent', 'potwierdzenie przeczytania tego, co wysłaliśmy'],
  ["the client's mail program has shown it", 'program pocztowy klienta to pokazał'],
  ['a bounce of what we sent', 'zwrot tego, co wysłaliśmy'],
  ['a report about a mail that we do not know', 'raport o emailu, którego nie znamy'],
  ['{} has answered the alert', '{}: odpowiedź na alarm'],
  ['{} has looked at what was set aside', '{} przegląda odłożone'],
  ['it offers to settle callback {}', 'proponuje zamknięcie oddzwonienia {}'],
  ['{} has said so', 'tak zdecydował(a) {}'],
  ['STOP: no more SMS go to this number', 'STOP: na ten numer nie pójdą już SMS-y'],
  ['START: SMS may go to this number again', 'START: na ten numer znów mogą iść SMS-y'],
  ['HELP: who we are was asked', 'HELP: zapytano, kim jesteśmy'],
  ['{} has answered an alert by SMS: {}', '{}: odpowiedź na alarm SMS-em: {}'],
  ['{} has recorded a rejected call by SMS', '{}: zapisano odrzucone połączenie SMS-em'],
  ['{} is on call: {}', 'dyżuruje {}: {}'],
  [
    "the client's number, and our only open question to it, asked {} before",
    'numer klienta i jedyne nasze otwarte pytanie do niego, zadane {} wcześniej',
  ],
  [
    'an agent has said that SMS of this number are not cases',
    'ktoś z zespołu uznał, że SMS-y z tego numeru nie są sprawami',
  ],
  ['it was set aside ({}); {} has taken it up', 'było odłożone ({}); podjął to {}'],
  ['{} has found it among what was set aside', '{}: znalezione wśród odłożonych'],
  [
    'it was set aside at first: no receipt goes out by itself',
    'najpierw było odłożone: potwierdzenie nie wychodzi samo',
  ],
  ['it may be the email: {}', 'to może być ten email: {}'],
  ['typed on the page instead of the email that has not come', 'wpisano na stronie zamiast emaila, który nie dotarł'],
  ['typed on the page of the case', 'wpisano na stronie sprawy'],
  ['pressed on the page of the case', 'naciśnięto na stronie sprawy'],
  ['{} has taken it out of case {}', '{}: wyłączono ze sprawy {}'],
  ['not a case', 'to nie jest sprawa'],
  ['split off case {} by {}', 'wydzielono ze sprawy {}: {}'],
  ['it has had its receipt in the case that it was split off', 'potwierdzenie było już w sprawie, z której wydzielono'],
  ['told in the SMS of case {}', 'powiedziano w SMS-ie sprawy {}'],
  ['a part of the mail did not go to the client', 'część emaila nie poszła do klienta'],
  ['its email is case {}', 'jej email to sprawa {}'],
  ['case {} is a failure that was read', 'sprawa {} to przeczytana awaria'],
  ['the same client', 'ten sam klient'],
  ['another client, who is answered here from now on', 'inny klient, któremu odtąd odpowiadamy tutaj'],
  ['case {} is owed an answer, too', 'odpowiedź należy się też sprawie {}'],
  ['case {} owed it', 'należało się sprawie {}'],
  ['case {} owed it sooner', 'sprawie {} należało się wcześniej'],
  ['the client of case {}', 'klient sprawy {}'],
  [
    'the client of case {} has left no address, and no number that it can be sent to',
    'klient sprawy {} nie zostawił adresu ani numeru, na który dałoby się to wysłać',
  ],
  ['the client of case {} has written since the last answer', 'klient sprawy {} napisał po ostatniej odpowiedzi'],
  ['no email will come', 'email już nie przyjdzie'],
  ["it belongs elsewhere, and its number is not the client's", 'należy gdzie indziej, a numer nie jest klienta'],
  ['the old link leads nowhere any more', 'stary link już nigdzie nie prowadzi'],
  ['cancelled', 'cofnięto'],
  ['the callback can be made now', 'można już oddzwonić'],
  ['written off', 'odpisano'],
  ['{} is a landline: no SMS goes there', '{} to numer stacjonarny: SMS-y tam nie idą'],
  ['{} got this SMS {} ago', '{}: ten SMS wysłano {} temu'],
  ['nobody has answered', 'nikt nie odebrał'],
  ['the call was rejected', 'połączenie odrzucono'],
  ['tried: {}', 'próba: {}'],
  ['no_answer', 'nikt nie odebrał'],
  ['voicemail', 'poczta głosowa'],
  ['wrong_number', 'zły numer'],
  ['a failure is being repaired', 'trwa naprawa awarii'],
  ['no failure is open', 'nie ma otwartej awarii'],
  ['a new failure is open', 'jest nowa awaria'],
  ['every failure is over', 'wszystkie awarie są usunięte'],
  [
    'a failure is being repaired; we call back when everything works again',
    'trwa naprawa awarii; oddzwonimy, gdy wszystko znów zadziała',
  ],
  ['the company takes no calls; we call back', 'firma nie odbiera telefonów; oddzwonimy'],
  ['no failure is open; it rings at the person on call', 'nie ma otwartej awarii; dzwoni u osoby na dyżurze'],
  [
    'nobody on call has a telephone that it could ring at',
    'nikt na dyżurze nie ma telefonu, na który dałoby się zadzwonić',
  ],
  ['the client says that it works; a person decides', 'klient mówi, że działa; decyduje człowiek'],
  ['{} has taken it and not tried for an hour', '{}: podjęto i od godziny nie próbowano'],
  ['the client has waited for {}', 'klient czeka już {}'],
  ['the announced email was found among what was set aside', 'zapowiedziany email znaleziono wśród odłożonych'],
  ["the client's hejnal has sent its first email once more", 'hejnał klienta jeszcze raz wysłał swój pierwszy email'],
  [
    'the client has said on the page, {} after the report, that there is no answer yet',
    'klient powiedział na stronie, {} po zgłoszeniu, że jeszcze nie ma odpowiedzi',
  ],
  ['the client has said that there is no answer yet', 'klient powiedział, że jeszcze nie ma odpowiedzi'],
  ['the client says that it works again', 'klient mówi, że znów działa'],
  ['the {} to {} did not arrive: {}', 'nie dotarło ({} do {}): {}'],
  ['an SMS has said before that our mail does not arrive', 'już wcześniejszy SMS mówił, że nasza poczta nie dociera'],
  ['case {} is over: its client waits for nothing', 'sprawa {} jest zakończona: jej klient na nic nie czeka'],
  ['the client is told of the outage', 'klient dowiaduje się o awarii'],
  ['it belongs to an outage', 'dotyczy awarii'],
  ['the outage will be answered', 'odpowiedź przyjdzie wraz z końcem awarii'],
  ['the client learns what is known of the outage', 'klient dowiaduje się tego, co wiadomo o awarii'],
  ['there is news of the outage', 'są wieści o awarii'],
  ['its expected end has passed', 'minął jej przewidywany koniec'],
  ['nothing has been said of it for hours', 'od kilku godzin nic o niej nie powiedziano'],
  [
    'an SMS of the same person waits for its email, and both speak of "{}"',
    'SMS tej samej osoby czeka na swój email i w obu jest „{}”',
  ],
  [
    'an SMS of the same person waits for its email, sent {} apart',
    'SMS tej samej osoby czeka na swój email, wysłany w odstępie {}',
  ],
  [
    'an SMS of somebody else waits for its email, and both speak of "{}"',
    'SMS kogoś innego czeka na swój email i w obu jest „{}”',
  ],
  ['an SMS waits for its email; nothing says that it is this one', 'SMS czeka na swój email; nic nie mówi, że to ten'],
  [
    "it has the code of the client's hejnal and names the address that it writes from",
    'ma kod hejnału klienta i podaje adres, z którego on pisze',
  ],
  ['monitoring says that it is over; a person settles it', 'monitoring mówi, że to już koniec; załatwia człowiek'],
  ["it is another report of the client's hejnal", 'to inne zgłoszenie hejnału klienta'],
  ["it is the same report of the client's hejnal", 'to to samo zgłoszenie hejnału klienta'],
  [
    'two announced emails are missing, and this may be either',
    'brakuje dwóch zapowiedzianych emaili, a to może być każdy z nich',
  ],
  ['the first SMS of this number still waits for its email', 'pierwszy SMS z tego numeru nadal czeka na swój email'],
  ['its sender is the client', 'nadawcą jest klient'],
  ['its sender has named the number of the SMS', 'nadawca podał numer, z którego przyszedł SMS'],
  ['it was set aside: {}', 'było odłożone: {}'],
  ['the spam filter has marked it', 'filtr oznaczył to jako spam'],
  ['its sender could not be authenticated (DMARC failed)', 'nie udało się potwierdzić nadawcy (DMARC)'],
  // Pieces of why two things may belong together.
  ['same person', 'ta sama osoba'],
  ['a number that was learnt, not confirmed', 'numer poznany, ale niepotwierdzony'],
  ["an unknown number that names the client's address", 'nieznany numer, który podaje adres klienta'],
  ['same organisation', 'ta sama organizacja'],
  ['same organisation ({})', 'ta sama organizacja ({})'],
  ['somebody else', 'ktoś inny'],
  ['somebody else ({})', 'ktoś inny ({})'],
  ['it speaks of something else', 'mowa o czym innym'],
  ['there is no email in it', 'nie ma w niej emaila'],
  ['both speak of "{}"', 'w obu jest „{}”'],
  ['both speak of "{}" and "{}"', 'w obu jest „{}” i „{}”'],
  ["it names the client's address", 'podaje adres klienta'],
  ['it goes on with something', 'jest dalszym ciągiem'],
  ['but it speaks of an email of its own', 'ale mówi o własnym emailu'],
];

// How far apart they are, behind who it is: "same person, 3 min after the latest email of case 4".
const WHO = REASONS.map(([english]) => english).filter((one) =>
  /^(same |a number that|an unknown number|somebody else)/.test(one),
);
const APART: readonly [english: string, polish: string][] = [
  ['{} after {}, when step {} of {} is due', '{} po: {}, gdy wypada krok {} (klasa {})'],
  ['within a minute of the latest email of {}', 'w ciągu minuty od ostatniego emaila: {}'],
  ['within a minute of {}', 'w ciągu minuty od: {}'],
  ['{} before the latest email of {}', '{} przed ostatnim emailem: {}'],
  ['{} after the latest email of {}', '{} po ostatnim emailu: {}'],
  ['{} before {}', '{} przed: {}'],
  ['{} after {}', '{} po: {}'],
];

interface Rule {
  pattern: RegExp;
  polish: string;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

// The more of a sentence stands firm, the sooner it is tried.
function rulesOf(pairs: readonly (readonly [string, string])[]): Rule[] {
  return [...pairs]
    .sort((a, b) => b[0].replaceAll('{}', '').length - a[0].replaceAll('{}', '').length)
    .map(([english, polish]) => ({
      pattern: new RegExp(`^${english.split('{}').map(escaped).join('(.+)')}$`, 's'),
      polish,
    }));
}

let rules: Rule[] | null = null;
let apart: Rule[] | null = null;
let who: RegExp[] | null = null;

function put(list: readonly Rule[], english: string): string | null {
  for (const { pattern, polish } of list) {
    const found = pattern.exec(english);
    if (!found) continue;
    let i = 0;
    return polish.replaceAll('{}', () => reason('pl', found[++i] ?? ''));
  }
  return null;
}

// Several reasons in one sentence.
function pieces(english: string): string | null {
  const parts = english.split(/; (?=(?:[^"]*"[^"]*")*[^"]*$)/); // none inside of what is quoted
  if (parts.length > 1) return parts.map((one) => reason('pl', one)).join('; ');
  who ??= WHO.map((one) => new RegExp(`^(${one.split('{}').map(escaped).join('[^)]+')}), (.+)$`, 's'));
  apart ??= rulesOf(APART);
  for (const pattern of who) {
    const found = pattern.exec(english);
    const distance = found && put(apart, found[2]!);
    if (found && distance) return `${reason('pl', found[1]!)}, ${distance.replace(/(?<=: )case (?=\d+$)/, 'sprawa ')}`;
  }
  return null;
}

export function reason(language: Language, english: string): string {
  if (language === 'en' || english === '') return english;
  rules ??= rulesOf([...REASONS, ...REFUSALS]);
  return put(rules, english) ?? pieces(english) ?? english;
}
