// The telephone in the team's pages: an outage, two rejected calls, the all-clear, and callbacks that are worked off.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, eventually, stage } from './desk.mjs';

const EWA = '+48604555666';
const JAN = '+48605777888';
const AWAY = [/net::ERR_/, /Failed to load resource/];

let desk, page, browsers;
stage((on) => ({ desk, ...browsers } = on), { kinds: { pl: {}, en: { locale: 'en-GB' } } });

const call = (from) => desk.ask('POST', '/sandbox/call', { from });
const declare = (more = {}) =>
  desk.api('POST', '/api/v1/outages', { title: 'Serwer poczty', public_text: 'Serwer poczty nie działa.', ...more });
const over = (id) => desk.api('POST', `/api/v1/outages/${id}/end`, { public_text: 'Poczta działa.' });
const callbacks = async (state = 'open') => (await desk.api('GET', `/api/v1/callbacks?state=${state}`)).items;
const texts = async (to) => (await desk.world()).sms.filter((one) => one.to === to);
const card = (number) => page.locator('article', { hasText: number });

async function open(path, { language = 'pl', width = 1440 } = {}) {
  page = await browsers[language].page(desk.url + path, AWAY);
  await page.setViewportSize({ width, height: width > 400 ? 900 : 780 });
  await page.locator('h1').first().waitFor();
}
async function fine(what) {
  assert.deepEqual(await accessibility(page), [], what);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= page.viewportSize().width, `${what} is ${wide} wide`);
}

const WORDS = {
  pl: {
    declare: 'Ogłoś awarię', title: 'Co nie działa', text: 'Zdanie dla klientów', send: 'Ogłoś i powiadom',
    update: 'Co nowego: Serwer poczty', tell: 'Powiadom', end: 'Koniec awarii: Serwer poczty', all: 'Koniec: powiadom wszystkich',
    clear: 'Wszystko działa: żadna awaria nie trwa.', preview: 'Co przeczytają klienci', cases: 'Numery spraw, które jej dotyczą',
    callbacks: 'Oddzwonienia', waits: 'Po końcu awarii: 2 osoby', due: 'Teraz: 2 osoby', badge: '2 osoby do oddzwonienia',
    take: 'Biorę', none: 'Nie odbiera', later: 'Później: 1 osoba', reached: 'Rozmowa odbyta', now: 'Teraz: 1 osoba',
    nobody: 'Nikt nie czeka na oddzwonienie.', every: 'Wszystkie', paid: 'oddzwoniono', outages: 'Awarie',
  },
  en: {
    declare: 'Declare an outage', title: 'What is broken', text: 'Sentence for the clients', send: 'Declare and tell',
    update: 'What is new: Serwer poczty', tell: 'Tell', end: 'All clear: Serwer poczty', all: 'It is over: tell everybody',
    clear: 'All clear: no failure is open.', preview: 'What clients read', cases: 'Numbers of cases that belong to it',
    callbacks: 'Callbacks', waits: '2 waiting for the all-clear', due: '2 to call now', badge: '2 to be called',
    take: 'Take', none: 'No answer', later: '1 later', reached: 'Reached', now: '1 to call now',
    nobody: 'Nobody waits to be called back.', every: 'All', paid: 'called back', outages: 'Outages',
  },
};

describe('the telephone', () => {
  for (const [language, width] of [['pl', 360], ['en', 1440], ['en', 360], ['pl', 1440]]) {
    it(`keeps what a rejected call promises (${language}, ${width} px)`, async () => {
      const w = WORDS[language];
      await desk.email(ANNA, 'Poczta stoi', 'Serwer poczty nie odpowiada.');
      await open('/console/outages', { language, width });
      await page.getByText(w.clear).waitFor();
      // Declared, with what clients will read of it before they do.
      await page.getByRole('button', { name: w.declare }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: w.title }).fill('Serwer poczty');
      await dialog.getByRole('textbox', { name: w.text }).fill('Serwer poczty\nnie działa.');
      await dialog.getByRole('textbox', { name: w.cases }).fill('1');
      await dialog.getByRole('region', { name: w.preview }).getByText('Serwer poczty nie działa.').waitFor();
      await fine('declare');
      await dialog.getByRole('button', { name: w.send }).click();
      const outage = page.getByRole('region', { name: 'Serwer poczty' });
      await outage.getByText('Serwer poczty nie działa.').waitFor();
      await outage.locator('.cases a').waitFor();

      // Two callers are rejected, and learn what that means.
      await call(EWA);
      await call(JAN);
      await call(EWA);
      for (const number of [EWA, JAN]) {
        const told = await texts(number);
        assert.equal(told.length, 1);
        assert.match(told[0].text, /Serwer poczty nie dziala/);
      }
      await outage.getByRole('button', { name: w.update }).click();
      await dialog.getByRole('textbox', { name: w.text }).fill('Wymieniamy zasilacz.');
      await dialog.getByRole('button', { name: w.tell, exact: true }).click();
      await outage.getByText('Wymieniamy zasilacz.').waitFor();
      await fine('outages');

      await page.getByRole('link', { name: w.callbacks }).click();
      await page.getByRole('heading', { name: w.waits }).waitFor();
      assert.equal(await page.locator('a[href^="tel:"]').count(), 0, 'a number to press before it was taken');
      await fine('waiting callbacks');

      // The all-clear: two presses.
      await page.getByRole('link', { name: w.outages }).first().click();
      await outage.getByRole('button', { name: w.end }).click();
      await dialog.getByRole('button', { name: w.all }).click();
      await page.getByText(w.clear).waitFor();
      const heard = (await desk.world()).emails.filter((one) => one.to === ANNA).map((one) => one.text);
      for (const words of ['Serwer poczty nie działa.', 'Wymieniamy zasilacz.', /usunięta|repaired/]) {
        assert.equal(heard.filter((text) => text.search(words) >= 0).length, 1, `${words}`);
      }
      await page.getByRole('link', { name: w.badge }).click();
      await page.getByRole('heading', { name: w.due }).waitFor();

      // Taken, tried in vain, and later reached; the other at once.
      const ewa = card('604 555 666');
      await ewa.getByRole('button', { name: w.take }).click();
      const dial = ewa.locator('a[href="tel:+48604555666"]');
      await dial.waitFor();
      const size = await dial.boundingBox();
      assert.ok(size.height >= 48 && size.width >= 250, JSON.stringify(size));
      for (const button of await ewa.locator('.results button').all()) assert.ok((await button.boundingBox()).height >= 44);
      await fine('a taken callback');
      await ewa.getByRole('button', { name: w.none }).click();
      await page.getByRole('heading', { name: w.later }).waitFor();
      const jan = card('605 777 888');
      await jan.getByRole('button', { name: w.take }).click();
      await jan.locator('a[href="tel:+48605777888"]').waitFor();
      await jan.getByRole('button', { name: w.reached }).click();
      await jan.waitFor({ state: 'detached' });
      await desk.advance(31 * 60);
      await page.reload();
      await page.getByRole('heading', { name: w.now }).waitFor();
      await ewa.getByRole('button', { name: w.take }).click();
      await ewa.getByRole('button', { name: w.reached }).click();
      await page.getByText(w.nobody).waitFor();
      assert.deepEqual((await callbacks('all')).map((one) => one.state), ['paid', 'paid']);
      await page.getByRole('button', { name: w.every, exact: true }).click();
      await eventually(async () => (await page.getByText(w.paid, { exact: true }).count()) === 2);
      await fine('all callbacks');
    });
  }

  it('never has two agents dial the same person', async () => {
    await call(EWA);
    await call(JAN);
    await open('/console/callbacks', { width: 360 });
    const other = await desk.api('POST', '/api/v1/tokens', { name: 'Ola', role: 'agent' });
    const as = (path, body = {}) => desk.ask('POST', path, body, { Authorization: `Bearer ${other.token}` });
    const [first, second] = await callbacks();
    const one = card(first.phone === EWA ? '604 555 666' : '605 777 888');
    await one.getByRole('button', { name: 'Biorę' }).waitFor();
    // Live: what Ola takes has no button any more, and no number to press.
    await as(`/api/v1/callbacks/${first.id}/take`);
    await one.getByText('Zajmuje się tym').waitFor();
    assert.equal(await one.getByRole('button', { name: 'Biorę' }).count(), 0);
    assert.equal(await one.locator('a[href^="tel:"]').count(), 0);
    // Not in time: the page does not hear of it, and the desk says who was quicker.
    const two = card(second.phone === EWA ? '604 555 666' : '605 777 888');
    let deaf = true;
    await page.route('**/api/v1/callbacks?*', (route) => (deaf ? route.abort() : route.continue()));
    page.on('request', (request) => {
      if (request.url().endsWith('/take')) deaf = false;
    });
    await as(`/api/v1/callbacks/${second.id}/take`);
    await two.getByRole('button', { name: 'Biorę' }).click();
    await page.locator('.toast', { hasText: 'Ola' }).waitFor();
    await two.getByText('Zajmuje się tym').waitFor();
    assert.equal(await page.locator('a[href^="tel:"]').count(), 0);
  });

  it('takes the word of a client who writes that it works, and asks why when one is written off', async () => {
    await call(EWA);
    await desk.sms(EWA, 'Już działa, dziękuję');
    await call(JAN);
    await open('/console/callbacks', { width: 360 });
    const ewa = card('604 555 666');
    await ewa.getByText('Już działa, dziękuję').waitFor();
    await fine('a client’s word');
    await ewa.getByRole('button', { name: 'Uznaj słowo klienta' }).click();
    await ewa.waitFor({ state: 'detached' });
    await card('605 777 888').getByRole('button', { name: 'Zrezygnuj z oddzwonienia' }).click();
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Zrezygnuj z oddzwonienia' });
    assert.ok(await send.isDisabled());
    await dialog.getByRole('textbox').fill('pomyłka');
    await fine('writing off');
    await send.click();
    await page.getByText('Nikt nie czeka na oddzwonienie.').waitFor();
    const [jan] = (await callbacks('all')).filter((one) => one.phone === JAN);
    assert.deepEqual([jan.state, jan.end_reason], ['written_off', 'pomyłka']);
  });

  it('is worked off by the keyboard alone', async () => {
    await call(EWA);
    await call(JAN);
    await open('/console/');
    await page.getByText('na żywo').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Teraz: 2 osoby' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('t');
    await eventually(() => page.evaluate(() => document.activeElement?.getAttribute('href')?.startsWith('tel:')));
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('href')), /^tel:\+48/);
    await page.keyboard.press('v');
    await page.getByRole('heading', { name: 'Później: 1 osoba' }).waitFor();
    // The next one is at hand already.
    assert.ok(await eventually(() => page.evaluate(() => document.activeElement?.matches('[data-callback]'))));
    await page.keyboard.press('t');
    await page.locator('a[href^="tel:"]').waitFor();
    await page.keyboard.press('r');
    await eventually(async () => (await callbacks()).length === 1);
    assert.deepEqual((await callbacks()).map((one) => one.attempts.map((tried) => tried.result)), [['voicemail']]);
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Awarie' }).waitFor();
    await page.keyboard.press('d');
    await page.getByRole('dialog', { name: 'Ogłoś awarię' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('holds still while somebody is on the telephone', async () => {
    await call(EWA);
    await open('/console/callbacks', { width: 360 });
    await card('604 555 666').getByRole('button', { name: 'Biorę' }).click();
    await card('604 555 666').locator('a[href^="tel:"]').waitFor();
    await call(JAN);
    await page.getByRole('button', { name: '1 nowa' }).waitFor();
    assert.equal(await page.locator('article').count(), 1);
    await page.getByRole('button', { name: '1 nowa' }).click();
    await card('605 777 888').waitFor();
  });

  it('has the exchange ring at the agent first', async () => {
    await call(EWA);
    await open('/console/callbacks', { width: 360 });
    const ewa = card('604 555 666');
    await ewa.getByRole('button', { name: 'Biorę' }).click();
    // The sandbox does not know the visitor's telephone; it is typed once.
    const ring = ewa.getByRole('button', { name: 'Zadzwoń najpierw do mnie' });
    await ring.click();
    await ewa.getByRole('textbox', { name: 'Twój telefon' }).fill('600 111 222');
    await fine('calling out');
    await ring.click();
    await page.getByText('Za chwilę zadzwoni Twój telefon').waitFor();
    const dialled = (await desk.world()).calls.at(-1);
    assert.deepEqual([dialled.from, dialled.result], ['+48600111222', `dialled ${EWA}`]);
    await page.reload();
    await ewa.getByRole('button', { name: 'Zadzwoń najpierw do mnie 600 111 222' }).waitFor();
    await ewa.getByRole('button', { name: 'Rozmowa odbyta' }).click();
    await page.getByText('Nikt nie czeka na oddzwonienie.').waitFor();
  });

  it('lists the calls of those who withhold their number', async () => {
    await open('/console/callbacks?state=nobodys', { width: 360 });
    await page.getByText('Nie ma żadnych.').waitFor();
    await desk.ask('POST', '/sandbox/call', {});
    await page.getByText('numer zastrzeżony').waitFor(); // without anybody's doing
    await fine('calls of no case');
    await page.getByRole('button', { name: 'Otwarte' }).click();
    await page.getByText('Nikt nie czeka na oddzwonienie.').waitFor();
  });

  it('shows what was put through and nobody has told anything of', async () => {
    await call(EWA);
    await call(JAN);
    let [one] = await callbacks();
    await desk.api('POST', `/api/v1/callbacks/${one.id}/take`);
    page = await browsers.pl.page(`${desk.url}/status`, AWAY);
    // A sandbox has no exchange that puts calls through.
    await page.route('**/api/v1/callbacks?limit=*', async (route) => {
      const told = await (await route.fetch()).json();
      for (const item of told.items) if (item.phone === EWA) Object.assign(item, { state: 'ringing', taken_by: null });
      await route.fulfill({ json: told });
    });
    await page.setViewportSize({ width: 360, height: 780 });
    await page.goto(`${desk.url}/console/callbacks`);
    await page.getByRole('heading', { name: 'Połączono z dyżurem: 1 osoba' }).waitFor();
    await fine('a call that was put through');
    await card('604 555 666').getByRole('button', { name: 'Odebrano' }).waitFor();
  });

  it('suggests an outage, and moves cases in and out of one', async () => {
    for (const n of [1, 2, 3]) await desk.email(`x@firma${n}.example`, 'Serwer poczty', 'Od rana nie działa serwer poczty.');
    await open('/console/outages', { width: 360 });
    await page.getByRole('region', { name: 'Wygląda na awarię' }).waitFor();
    await fine('a suggestion');
    await page.getByRole('button', { name: 'Ogłoś z tymi sprawami' }).click();
    const dialog = page.getByRole('dialog');
    assert.equal(await dialog.getByRole('textbox', { name: 'Numery spraw' }).inputValue(), '1, 2, 3');
    await dialog.getByRole('textbox', { name: 'Co nie działa' }).fill('Serwer poczty');
    await dialog.getByRole('textbox', { name: 'Zdanie dla klientów' }).fill('Serwer poczty nie działa.');
    await dialog.getByRole('button', { name: 'Ogłoś i powiadom' }).click();
    const outage = page.getByRole('region', { name: 'Serwer poczty' });
    await outage.getByRole('button', { name: 'Odłącz sprawę 2' }).click();
    await eventually(async () => (await desk.api('GET', '/api/v1/outages/1')).cases.join() === '1,3');
    await outage.getByRole('button', { name: 'Odłącz sprawę 2' }).waitFor({ state: 'detached' });
    await outage.getByRole('textbox').fill('2');
    await outage.getByRole('button', { name: 'Dołącz' }).click();
    await outage.getByRole('button', { name: 'Odłącz sprawę 2' }).waitFor();
    assert.deepEqual((await desk.api('GET', '/api/v1/outages/1')).cases.toSorted(), [1, 2, 3]);
    // What is typed stays when the form is left.
    await outage.getByRole('button', { name: 'Co nowego: Serwer poczty' }).click();
    await dialog.getByRole('textbox', { name: 'Zdanie dla klientów' }).fill('Nowy zasilacz');
    await page.keyboard.press('Escape');
    await outage.getByRole('button', { name: 'Co nowego: Serwer poczty' }).click();
    assert.equal(await dialog.getByRole('textbox', { name: 'Zdanie dla klientów' }).inputValue(), 'Nowy zasilacz');
    await page.keyboard.press('Escape');
    await over(1);
    await page.locator('summary', { hasText: 'Serwer poczty' }).click();
    await page.getByText('Poczta działa.').waitFor();
  });

  it('offers a report to the outage that it looks like', async () => {
    await declare();
    await desk.email('jan@inny.example', 'Serwer poczty', 'Nie działa nam serwer poczty.');
    await open('/console/case/1');
    await page.getByRole('heading', { name: 'Wygląda na awarię' }).waitFor();
    await fine('a case that looks like an outage');
    await page.getByRole('button', { name: 'Dołącz', exact: true }).click();
    await page.getByRole('heading', { name: 'Dotyczy awarii' }).waitFor();
    assert.deepEqual((await desk.api('GET', '/api/v1/outages/1')).cases, [1]);
  });
});
