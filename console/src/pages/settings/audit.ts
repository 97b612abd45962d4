// What somebody has done, in words; the audit log itself keeps the request.
import type { Language } from '../../lib/i18n/index.svelte';

// {} stands for what it was done to. Of an address that is not here the request is shown.
export const DEEDS: Record<string, [english: string, polish: string]> = {
  cases: ['reported a case', 'zgłoszenie sprawy'],
  'cases/{number}/presence': ['looked at case {}', 'obejrzenie sprawy {}'],
  'cases/{number}/read': ['read case {}', 'przeczytanie sprawy {}'],
  'cases/{number}/start': ['began work on case {}', 'rozpoczęcie prac w sprawie {}'],
  'cases/{number}/settle': ['settled case {}', 'załatwienie sprawy {}'],
  'cases/{number}/reopen': ['reopened case {}', 'ponowne otwarcie sprawy {}'],
  'cases/{number}/close': ['closed case {}', 'zamknięcie sprawy {}'],
  'cases/{number}/answer': ['answered case {}', 'odpowiedź w sprawie {}'],
  'cases/{number}/ask': ['asked back in case {}', 'pytanie w sprawie {}'],
  'cases/{number}/cancel': ['called back an answer in case {}', 'cofnięcie odpowiedzi w sprawie {}'],
  'cases/{number}/note': ['wrote a note to case {}', 'notatka w sprawie {}'],
  'cases/{number}/reclassify': ['changed the class of case {}', 'zmiana klasy sprawy {}'],
  'cases/{number}/merge': ['merged case {}', 'scalenie sprawy {}'],
  'cases/{number}/split': ['split case {}', 'podział sprawy {}'],
  'cases/{number}/link': ['linked case {}', 'powiązanie sprawy {}'],
  'cases/{number}/join': ['joined case {} to another one', 'dołączenie sprawy {} do innej'],
  'cases/{number}/unjoin': ['took a message out of case {}', 'wyłączenie wiadomości ze sprawy {}'],
  'cases/{number}/not-a-case': ['said that case {} is none', 'uznanie, że {} nie jest sprawą'],
  'cases/{number}/no-email': ['said that no email comes to case {}', 'uznanie, że w sprawie {} nie będzie emaila'],
  'cases/{number}/revoke-link': ['took back the client’s link to case {}', 'unieważnienie linku klienta do sprawy {}'],
  'set-aside/{id}/open': ['opened set-aside message {} as a case', 'otwarcie odłożonej wiadomości {} jako sprawy'],
  'set-aside/{id}/join': ['joined set-aside message {} to a case', 'dołączenie odłożonej wiadomości {} do sprawy'],
  'set-aside/{id}/dismiss': ['dismissed set-aside message {}', 'odrzucenie odłożonej wiadomości {}'],
  'templates/{name}': ['changed the text {}', 'zmiana tekstu {}'],
  'templates/{name}/put-back': ['put the text {} back', 'przywrócenie tekstu {}'],
  procedure: ['adopted another procedure', 'przyjęcie nowej procedury'],
  'procedure/preview': ['previewed a procedure', 'podgląd procedury'],
  'procedure/what-if': ['tried a procedure', 'próba procedury'],
  'channels/{name}/test': ['tested the channel {}', 'próba kanału {}'],
  'people/{id}/merge': ['merged person {}', 'scalenie osoby {}'],
  'people/{id}/organisation': ['changed the organisation of person {}', 'zmiana organizacji osoby {}'],
  'people/{id}/allow-sms': ['allowed SMS to person {} again', 'ponowna zgoda na SMS-y do osoby {}'],
  'numbers/{id}/confirm': ['confirmed number {}', 'potwierdzenie numeru {}'],
  'numbers/{id}/refuse': ['refused number {}', 'odrzucenie numeru {}'],
  calls: ['recorded a call', 'zapisanie połączenia'],
  outages: ['declared an outage', 'ogłoszenie awarii'],
  'outages/{id}/update': ['told news of outage {}', 'wieści o awarii {}'],
  'outages/{id}/end': ['ended outage {}', 'zakończenie awarii {}'],
  'outages/{id}/attach': ['attached a case to outage {}', 'przypisanie sprawy do awarii {}'],
  'outages/{id}/detach': ['detached a case from outage {}', 'odłączenie sprawy od awarii {}'],
  'callbacks/{id}/take': ['took callback {}', 'podjęcie oddzwonienia {}'],
  'callbacks/{id}/attempt': ['tried callback {}', 'próba oddzwonienia {}'],
  'callbacks/{id}/call': ['had callback {} rung', 'zestawienie połączenia dla oddzwonienia {}'],
  'callbacks/{id}/settle': ['settled callback {}', 'zamknięcie oddzwonienia {}'],
  'callbacks/{id}/write-off': ['wrote off callback {}', 'odpisanie oddzwonienia {}'],
  'sent-reports': ['reported to a provider', 'zgłoszenie do usługodawcy'],
  'sent-reports/{id}/settle': ['settled our report {}', 'załatwienie naszego zgłoszenia {}'],
  'sent-reports/{id}/cancel': ['withdrew our report {}', 'wycofanie naszego zgłoszenia {}'],
  'sent-reports/{id}/call-rejected': ['noted a rejected call to report {}', 'odrzucone połączenie do zgłoszenia {}'],
  'sent-reports/{id}/called-back': ['noted a call back to report {}', 'oddzwonienie do zgłoszenia {}'],
  'sent-reports/{id}/release': ['let our report {} go', 'zwolnienie naszego zgłoszenia {}'],
  tokens: ['made a token', 'utworzenie tokenu'],
  'tokens/revoke': ['revoked a token', 'unieważnienie tokenu'],
  session: ['sign-in of {}', 'logowanie: {}'],
  'session/password': ['changed the own password', 'zmiana własnego hasła'],
  'session/totp/begin': ['began to set up the second factor', 'początek konfiguracji drugiego składnika'],
  'session/totp/confirm': ['set up the second factor', 'włączenie drugiego składnika'],
  'session/totp/off': ['took the second factor away', 'wyłączenie drugiego składnika'],
  'session/recovery-codes': ['made new recovery codes', 'nowe kody zapasowe'],
  'sessions/end-others': ['ended all other sessions', 'zakończenie pozostałych sesji'],
  'sessions/{id}/end': ['ended session {}', 'zakończenie sesji {}'],
  link: ['used the link of {}', 'użycie linku: {}'],
  users: ['invited {}', 'zaproszenie: {}'],
  'users/{id}/role': ['changed the role of user {}', 'zmiana roli użytkownika {}'],
  'users/{id}/disable': ['closed the account of user {}', 'zamknięcie konta użytkownika {}'],
  'users/{id}/enable': ['opened the account of user {} again', 'ponowne otwarcie konta użytkownika {}'],
  'users/{id}/reset': ['made a link for user {} to begin anew', 'link do nowego początku dla użytkownika {}'],
  'invitations/{id}/revoke': ['revoked invitation {}', 'unieważnienie zaproszenia {}'],
};

const API = /^(POST|DELETE) \/api\/v1\//;

export function deed(language: Language, action: string, object: string): string | null {
  if (action === 'DELETE /api/v1/session') return language === 'pl' ? 'wylogowanie' : 'signed out';
  const words = API.test(action) ? DEEDS[action.replace(API, '')] : undefined;
  if (!words) return null;
  const said = words[language === 'pl' ? 1 : 0];
  return said.includes('{}') ? said.replace('{}', object).trim() : object ? `${said}: ${object}` : said;
}
