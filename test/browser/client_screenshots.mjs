// script/screenshots: node client_screenshots.mjs FOLDER: the pages for clients, whole, as they are read.
import { join } from 'node:path';
import { ANNA, Browser, Desk, HOUR } from './desk.mjs';

const folder = process.argv[2];
const desk = await Desk.open();
const path = async (number) => new URL((await desk.api('GET', `/api/v1/cases/${number}`)).follow_url).pathname;
const act = (number, action, body = {}) => desk.api('POST', `/api/v1/cases/${number}/${action}`, body);
const outage = (public_text, more = {}) => desk.api('POST', '/api/v1/outages', { title: 'x', public_text, ...more });
const tell = (id, action, public_text, more = {}) => desk.api('POST', `/api/v1/outages/${id}/${action}`, { public_text, ...more });
const now = async () => Date.parse((await desk.world()).now);
const in_hours = async (hours) => new Date((await now()) + hours * HOUR * 1000).toISOString();

// Three outages of the past, of an hour, of a night, of a day and more.
const PAST = [
  [20, 1, 'Łącze do centrali telefonicznej nie działa.', 'Łącze działa; przyczyną był operator.'],
  [33, 9, 'Serwer plików jest niedostępny. Dane są bezpieczne.', 'Serwer plików działa od 6:30.'],
  [16, 30, 'Poczta przychodzi z opóźnieniem do kilku godzin.', 'Poczta przychodzi na bieżąco.'],
];
for (const [days, hours, began, ended] of PAST) {
  await desk.advance(days * 24 * HOUR);
  const { id } = await outage(began);
  await desk.advance(hours * HOUR);
  await tell(id, 'end', ended);
}
await desk.advance(5 * 24 * HOUR);

await desk.email(ANNA, 'Nie drukują się faktury', 'Dzień dobry,\n\nod rana nie drukują się faktury, trzy osoby czekają.\n\nAnna Kowalska\ntel. +48 601 234 567');
await desk.advance(2 * HOUR + 300); // 1: may remind
await desk.email('ewa@sklep.example', 'Kasa w sklepie', 'Kasa nie łączy się z terminalem.');
await act(2, 'read');
await act(2, 'start');
await act(2, 'ask', { text: 'Dzień dobry,\n\nktóra to kasa: ta przy wejściu czy ta na zapleczu?\n\nPozdrawiam\nPiotr' }); // 2: a question
await desk.email('jan@biuro.example', 'Nowe konto', 'Proszę o konto dla Ewy Nowak.');
await act(3, 'read');
await act(3, 'answer', { text: 'Konto jest gotowe, hasło wysłaliśmy SMS-em.' });
await act(3, 'settle'); // 3: settled
await desk.lose('email');
await desk.email('z@lekarz.example', 'Rejestracja', 'Stoi.');
await desk.sms('+48605111222', 'Rejestracja stoi, wyslalam maila. Zofia'); // 4: without its email
const { id } = await outage('Serwer poczty nie działa u wszystkich klientów: wysłane wiadomości czekają i nie zginą.', { expected_end: await in_hours(3) });
await desk.advance(2400);
await tell(id, 'update', 'Wymieniamy zasilacz w serwerze, części już są.', { expected_end: await in_hours(2) });
await desk.email('biuro@poczta.example', 'Nie działa poczta', 'Serwer poczty nie odpowiada, wiadomości czekają.'); // 5: looks like the outage
await desk.advance(120);

const preview = async (page) => {
  await page.locator('#class-2').check();
  await page.locator('#text').fill('Od rana nie drukują się faktury.\nTrzy osoby czekają.');
  await page.locator('#name').fill('Anna Kowalska');
  await page.locator('#email').fill(ANNA);
  await page.locator('form[action="/report"] button').click();
  await page.locator('.plan').waitFor();
};
const mistakes = async (page) => {
  await page.locator('form[action="/report"] button').click();
  await page.locator('.bad').first().waitFor();
};
const PAGES = [
  ['procedure', '/'],
  ['report', '/report'],
  ['report-mistakes', '/report', mistakes],
  ['report-preview', '/report', preview],
  ['follow-remind', await path(1)],
  ['follow-question', await path(2)],
  ['follow-settled', await path(3)],
  ['follow-missing', await path(4)],
  ['follow-outage', await path(5)],
  ['lost-text', (await path(4)) + '/text'],
  ['no-case', '/c/nobody'],
  ['status', '/status'],
];
const browser = await Browser.open();
try {
  const page = await browser.context.newPage();
  for (const language of ['pl', 'en']) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1440, 360]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 780 });
        for (const [name, where, then] of PAGES) {
          await page.goto(`${desk.url}${where}?lang=${language}`);
          await then?.(page);
          await page.screenshot({ path: join(folder, `client-${name}-${language}-${colorScheme}-${width}.png`), fullPage: true });
          await page.evaluate(() => localStorage.clear());
        }
      }
    }
  }
  for (const [name, where] of PAGES.filter(([one]) => ['procedure', 'status'].includes(one))) {
    await page.goto(`${desk.url}${where}?lang=pl`);
    await page.pdf({ path: join(folder, `client-${name}.pdf`), format: 'A4' });
  }
} finally {
  await browser.close();
  await desk.close();
}
