// Stories played in a browser against the real program: what a person at the desk sees and does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANNA, eventually, HOUR, stage } from './desk.mjs';
import { fill } from './example.mjs';

// What the browser itself says of a server that is away, or of a sign-in that is asked for and not there.
const AWAY = [/net::ERR_/, /Failed to load resource/];

let desk, browser, page;
stage((on) => ({ desk, browser } = on));

async function open(path = '/console/') {
  // localStorage belongs to an address with its port: each desk has its own.
  page = await browser.page(desk.url + path, AWAY);
  await page.getByText('na żywo').waitFor();
}
const row = (number) => page.locator('li .row', { has: page.locator(`[data-number="${number}"]`) });
const numbers = () =>
  page.locator('li .row a').evaluateAll((links) => links.map((link) => Number(link.dataset.number)));

describe('the console', () => {
  it('shows the urgent way of a report, to its end', async () => {
    await open();
    await page.getByText('Nic nie jest otwarte').waitFor();
    await desk.email(ANNA, 'Drukarka nie drukuje', 'Od rana nie drukuje.\n\nAnna\ntel. +48 601 234 567');
    await row(1).waitFor(); // without anybody's doing
    assert.match(await row(1).innerText(), /w terminie/);
    // The desk is warned before the client has to remind it, then it is near, then late; in words.
    await desk.advance(HOUR + 45 * 60);
    await row(1).getByText('wkrótce').waitFor();
    await desk.advance(HOUR);
    await row(1).getByText('po terminie').waitFor();
    const { short_code } = await desk.api('GET', '/api/v1/cases/1');
    await desk.sms('+48601234567', `${short_code} drukarka dalej nie drukuje`);
    await row(1).getByText('pilna').waitFor();
    // The case: read by being looked at, then answered; the answer can be taken back for ten seconds.
    await row(1).locator('a').click();
    await page.getByRole('heading', { name: 'Drukarka nie drukuje' }).waitFor();
    assert.equal(await page.title(), '1 Drukarka nie drukuje – hejnal'); // of three open ones one can tell them apart
    await page.locator('.line', { hasText: 'Przeczytane (' }).waitFor({ timeout: 8000 });
    const box = page.getByRole('textbox', { name: 'Odpowiedź' });
    await box.fill('Proszę spróbować teraz.');
    await page.getByRole('button', { name: 'Wyślij odpowiedź' }).click();
    await page.getByText('Odpowiedź wyjdzie za').waitFor();
    await box.fill('I dać znać.');
    await page.getByRole('button', { name: 'Cofnij' }).click();
    await page.getByText('Odpowiedź wyjdzie za').waitFor({ state: 'detached' });
    assert.equal(await box.inputValue(), 'Proszę spróbować teraz.\n\nI dać znać.');
    const sent = async () => (await desk.world()).emails.filter((one) => one.to === ANNA && one.text.includes('spróbować'));
    assert.equal((await sent()).length, 0);
    await box.press('Control+Enter');
    await page.getByText('Odpowiedź wyjdzie za').waitFor();
    await desk.advance(11);
    assert.equal((await sent()).length, 1);
    await page.locator('.message.out', { hasText: 'Proszę spróbować teraz.' }).waitFor();
    await page.getByRole('button', { name: 'Załatwione' }).click();
    await page.locator('header .tag', { hasText: 'załatwiona' }).waitFor();
  });

  it('shows the lost email from the SMS to the day it comes', async () => {
    await open();
    await desk.lose('email');
    await desk.email(ANNA, 'Rejestracja', 'Serwer rejestracji stoi.');
    await desk.sms('+48601234567', 'Serwer rejestracji stoi, anna@klient.example');
    await row(1).getByText('brak emaila').waitFor();
    await row(1).getByText('krytyczna').waitFor();
    await page.getByRole('button', { name: /^Brak emaila/ }).click();
    assert.match(page.url(), /only=email_missing/);
    await row(1).locator('a').click();
    await page.locator('aside .trouble', { hasText: 'brak emaila' }).waitFor();
    await page.locator('aside').getByText('sam SMS jest traktowany jako krytyczny').first().waitFor();
    // Email is in doubt, so the answer goes by SMS; how many it takes is said before it is sent.
    assert.ok(await page.getByRole('checkbox', { name: 'SMS' }).isChecked());
    assert.ok(!(await page.getByRole('checkbox', { name: 'Email' }).isChecked()));
    await page.getByRole('textbox', { name: 'Odpowiedź' }).fill('Państwa email nie dotarł, już działamy. '.repeat(5).trim());
    const said = await page.locator('.size').innerText();
    await page.getByRole('button', { name: 'Wyślij odpowiedź' }).click();
    await page.getByText('Odpowiedź wyjdzie za').waitFor();
    await desk.advance(11);
    const left = (await desk.world()).sms.filter((one) => one.text.includes('juz dzialamy') || one.text.includes('już działamy'));
    assert.equal(left.length, 1);
    assert.match(said, new RegExp(`^${left[0].segments} SMS`));
    await desk.email(ANNA, 'Rejestracja', 'Serwer rejestracji stoi.');
    await page.locator('aside .trouble').waitFor({ state: 'detached' });
  });

  it('can be worked with by the keyboard alone', async () => {
    await fill(desk);
    await open();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Klawiatura' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const order = await numbers();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const focused = () => page.evaluate(() => Number(document.activeElement?.getAttribute('data-number')));
    assert.equal(await focused(), order[0]);
    // Two are chosen and marked as read.
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('Wybrano 2').waitFor();
    await page.keyboard.press('r');
    await page.getByText('Przeczytano 2 sprawy.').waitFor();
    // A search is in the address, and survives a reload.
    await page.keyboard.press('/');
    await page.keyboard.type('drukarka');
    await page.keyboard.press('Enter'); // at once
    assert.ok(await eventually(async () => (await focused()) === 2));
    assert.ok(page.url().includes('q=drukarka'));
    await page.reload();
    await eventually(async () => (await numbers()).join() === '2');
    assert.deepEqual(await numbers(), [2]);
    // The field says what the list shows, also when the menu has taken the search away.
    const field = page.getByRole('searchbox');
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await eventually(async () => (await field.inputValue()) === '');
    assert.equal(await field.inputValue(), '');
    await page.keyboard.press('/');
    await page.keyboard.type('skaner');
    await eventually(() => page.url().includes('q=skaner'));
    await page.keyboard.press('Escape');
    await eventually(() => !page.url().includes('q='));
    // Into a case, a note, back to the same row.
    await eventually(async () => (await numbers()).length === 8);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.locator('.story').waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('Dzwoniłem, oddzwonią.');
    await page.keyboard.press('Control+Enter');
    await page.locator('.note', { hasText: 'Dzwoniłem' }).waitFor();
    // A second one right after it is a note, too, and what is written for colleagues is in no other field.
    await page.keyboard.type('Ten klient zawsze przesadza.');
    await page.keyboard.press('Control+Enter');
    await page.locator('.note', { hasText: 'przesadza' }).waitFor();
    await page.keyboard.type('Tego nie wysyłać.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    assert.equal(await page.getByRole('textbox', { name: 'Odpowiedź' }).inputValue(), '');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    assert.equal(await page.getByRole('textbox', { name: 'Notatka' }).inputValue(), 'Tego nie wysyłać.');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    await desk.advance(15);
    assert.deepEqual((await desk.world()).emails.filter((one) => /przesadza|nie wysyłać/.test(one.text)), []);
    // An answer out of a template, taken back before it leaves.
    await page.keyboard.press('t');
    const templates = page.locator('.templates li');
    await templates.first().waitFor();
    const titles = await templates.locator('b').allInnerTexts();
    assert.ok(titles.length > 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const box = page.getByRole('textbox', { name: 'Odpowiedź' });
    assert.ok((await box.inputValue()).length > 20);
    await page.keyboard.type(' Do usłyszenia.');
    assert.match(await box.inputValue(), / Do usłyszenia\.$/);
    await page.keyboard.press('Control+Enter');
    await page.getByText('Odpowiedź wyjdzie za').waitFor();
    await page.getByRole('button', { name: 'Cofnij' }).press('Enter');
    await page.getByText('Odpowiedź wyjdzie za').waitFor({ state: 'detached' });
    // What asks first: Escape is no.
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('u');
    await row(1).waitFor();
    // To every page, and each says where one is.
    for (const [key, title] of Object.entries({
      u: 'Niedopasowane', c: 'Oddzwonienia', o: 'Awarie', p: 'Ludzie', k: 'Kanały', r: 'Raporty', d: 'Procedura', s: 'Ustawienia', n: 'Teraz',
    })) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      assert.equal(await page.locator('nav [aria-current=page]').first().innerText().then((text) => text.replace(/\s*\d+.*$/s, '')), title);
    }
    // Past the menu with one key.
    const inPage = () => page.waitForFunction(() => document.activeElement.id === 'page');
    await inPage(); // of a page that was opened by a key
    await page.reload();
    await row(1).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await inPage();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { name: 'Now' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { name: 'Teraz' }).waitFor();
  });

  it('puts right by the keyboard alone: a class, two cases that are one, what was set aside', async () => {
    await fill(desk);
    await desk.email('gazetka@sklep.example', 'Promocje tygodnia', 'Tylko dziś taniej.', { headers: { Precedence: 'bulk' } });
    await open();
    // Tab until something of that name has the keyboard.
    const tabTo = async (name) => {
      for (let i = 0; i < 60; ++i) {
        await page.keyboard.press('Tab');
        const found = await page.evaluate(() => {
          const one = document.activeElement;
          return (one?.getAttribute('aria-label') || one?.labels?.[0]?.textContent || one?.textContent || '').trim();
        });
        if (name.test(found)) return;
      }
      assert.fail(`no Tab leads to ${name}`);
    };
    await page.goto(`${desk.url}/console/case/1`);
    await page.locator('.story .message').first().waitFor();
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await tabTo(/^(rutynowa|pilna|krytyczna)/);
    const critical = () => page.evaluate(() => document.activeElement.value === 'critical');
    for (let i = 0; i < 3 && !(await critical()); ++i) await page.keyboard.press('ArrowDown');
    assert.ok(await critical());
    await tabTo(/^Dlaczego/);
    await page.keyboard.type('cała firma stoi');
    await page.keyboard.press('Enter');
    await page.locator('header .tag', { hasText: 'krytyczna' }).waitFor();
    assert.equal((await desk.api('GET', '/api/v1/cases/1')).class_reason.includes('cała firma stoi'), true);
    // Another case of the same matter: found by a word, chosen with Enter.
    await page.keyboard.press('m');
    await dialog.waitFor();
    await tabTo(/^Druga sprawa/);
    await page.keyboard.type('drukarka');
    await dialog.locator('li button').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await tabTo(/^Scal/);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await eventually(async () => (await desk.api('GET', '/api/v1/cases/1')).merged_into === 2);
    await page.waitForURL('**/case/2');
    // Two cases that have to do with each other, and a message that is a matter of its own.
    const ours = (await desk.world()).emails.find((one) => one.to === 'j.nowak@hurtownia.example');
    await desk.email(ours.to, `Re: ${ours.subject}`, 'Przy okazji: potrzebujemy jeszcze jednego konta.', {
      headers: { 'In-Reply-To': ours.headers['Message-ID'] },
    });
    await tabTo(/^Więcej działań/);
    await page.keyboard.press('Enter');
    await tabTo(/^Powiąż/);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await tabTo(/^Druga sprawa/);
    await page.keyboard.type('3');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const kinds = async (number) => (await desk.api('GET', `/api/v1/cases/${number}`)).journal.map((one) => one.kind);
    assert.ok(await eventually(async () => (await kinds(2)).includes('linked')));
    await page.locator('.message.in', { hasText: 'jeszcze jednego konta' }).last().waitFor();
    const before = (await desk.api('GET', '/api/v1/cases?state=all')).total;
    await page.locator('.message.in', { hasText: 'jeszcze jednego konta' }).last().getByRole('button', { name: 'Wydziel' }).press('Enter');
    await page.waitForURL(/case\/(?!2$)\d+$/);
    await page.locator('.message.in', { hasText: 'jeszcze jednego konta' }).waitFor();
    assert.equal((await desk.api('GET', '/api/v1/cases?state=all')).total, before + 1);
    // Mail that was set aside becomes part of a case.
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.getByRole('heading', { level: 1, name: 'Niedopasowane' }).waitFor();
    const aside = async () => (await desk.api('GET', '/api/v1/set-aside')).items.length;
    const waiting = await aside();
    assert.ok(waiting > 0);
    await page.locator('section[aria-labelledby=aside] article').first().waitFor();
    await tabTo(/^Otwórz jako sprawę/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await tabTo(/^Druga sprawa/);
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    assert.ok(await eventually(async () => (await aside()) === waiting - 1));
  });

  it('lets who is woken say "read" and "started" with one thumb', async () => {
    await desk.email(ANNA, 'Serwer stoi', 'Nikt nie może pracować.\n\nAnna\ntel. +48 601 234 567');
    await desk.sms('+48601234567', 'Serwer stoi, anna@klient.example');
    await desk.advance(60);
    const alert = (await desk.world()).sms.find((one) => one.to === '+48600000001');
    const [link] = /\/console\/case\/\d+/.exec(alert.text) ?? assert.fail(alert.text);
    page = await browser.page(desk.url + link, AWAY);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const [name, state] of [['Przeczytane', 'read'], ['Zaczynam', 'working']]) {
      const button = page.getByRole('button', { name, exact: true });
      await button.waitFor();
      const box = await button.boundingBox();
      assert.ok(box.height >= 44 && box.width >= 88, JSON.stringify(box));
      assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740, 'it is in view without scrolling');
      await button.tap().catch(() => button.click());
      assert.ok(await eventually(async () => (await desk.api('GET', '/api/v1/cases/1')).state === state), name);
    }
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  });

  it('comes back by itself when the server was away, and loses nothing that was typed', async () => {
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    await open('/console/case/1');
    const box = page.getByRole('textbox', { name: 'Odpowiedź' });
    await box.fill('Już sprawdzamy, ');
    const other = await browser.page(desk.url + '/console/', AWAY);
    await other.getByText('na żywo').waitFor();
    await page.bringToFront();
    await desk.stop('SIGKILL');
    await page.getByText('Serwer nie odpowiada. To, co widać').waitFor();
    // A page that was not loaded yet is not there, and comes when the server is back.
    await other.getByRole('link', { name: 'Raporty' }).click();
    await other.getByRole('heading', { name: 'Serwer nie odpowiada.' }).waitFor();
    assert.equal(await other.getByText('nowszą wersję').count(), 0);
    await box.press('End');
    await box.pressSequentially('proszę chwilę poczekać.');
    await page.getByRole('button', { name: 'Wyślij odpowiedź' }).click();
    await page.getByText('być może nic się nie stało').waitFor();
    assert.equal(await box.inputValue(), 'Już sprawdzamy, proszę chwilę poczekać.');
    await other.getByText(/za [4-9] sekund/).waitFor();
    await desk.start();
    // From the other tab, too: it counts the same seconds, and its button works.
    await other.getByRole('button', { name: 'Spróbuj teraz' }).click();
    await page.getByText('na żywo').waitFor({ timeout: 3000 });
    await other.getByRole('heading', { level: 1, name: 'Raporty' }).waitFor();
    await other.close();
    await desk.email(ANNA, 'Re: Drukarka', 'Dalej nie drukuje.');
    await page.getByText('Dalej nie drukuje.').first().waitFor();
    await page.reload();
    await eventually(async () => (await box.inputValue()) !== '');
    assert.equal(await box.inputValue(), 'Już sprawdzamy, proszę chwilę poczekać.');
    await box.press('Control+Enter');
    await page.getByText('Odpowiedź wyjdzie za').waitFor();
  });

  it('holds still under the pointer, and says what is new', async () => {
    await fill(desk);
    await open();
    await row(1).waitFor();
    const order = await numbers();
    await row(order[2]).hover();
    await desk.email('nowy@klient.example', 'Coś nowego', 'Proszę o kontakt.');
    await page.getByRole('button', { name: '1 nowa' }).waitFor();
    assert.deepEqual(await numbers(), order);
    await page.getByRole('button', { name: '1 nowa' }).click();
    await row(9).waitFor();
    // Neither when the server was away, and everything is read again.
    const now = await numbers();
    await row(now[2]).hover();
    await desk.stop();
    await desk.start();
    await desk.email('inny@klient.example', 'Coś jeszcze', 'Proszę o kontakt.', { to: 'awaria@wsparcie.example' });
    await page.getByText('na żywo').waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: '1 nowa' }).waitFor();
    assert.deepEqual(await numbers(), now);
    await page.mouse.move(700, 20);
    await row(10).waitFor();
    // What was chosen is settled, and the keyboard goes on where it was.
    await row(10).getByRole('checkbox').check();
    await page.locator('.bulk').getByRole('button', { name: 'Załatwione' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Załatwione' }).click();
    await page.getByText('Załatwiono 1 sprawę').waitFor();
    assert.ok(await eventually(() => page.evaluate(() => document.activeElement !== document.body)));
    // A report that we sent is no case of ours: nobody asks for one.
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await desk.api('POST', '/api/v1/sent-reports', { class: 'routine', subject: 'Nowy telefon', text: 'Do końca tygodnia.' });
    await desk.email('trzeci@klient.example', 'I jeszcze', 'Proszę o kontakt.');
    await eventually(() => asked.includes('/api/v1/cases/11'));
    assert.ok(!asked.includes('/api/v1/cases/0'), asked.join());
  });

  it('lets two agents not both answer', async () => {
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    await open('/console/case/1');
    await page.getByRole('textbox', { name: 'Odpowiedź' }).fill('Moja odpowiedź.');
    // The other one is quicker, and this page does not hear of it in time.
    let deaf = true;
    await page.route('**/api/v1/cases/1', (route) => (deaf ? route.abort() : route.continue()));
    page.on('request', (request) => {
      if (request.url().endsWith('/answer')) deaf = false;
    });
    await desk.api('POST', '/api/v1/cases/1/answer', { text: 'Szybsza odpowiedź.' });
    await page.getByRole('button', { name: 'Wyślij odpowiedź' }).click();
    await page.getByText('Ktoś był szybszy').waitFor();
    await page.getByText('Szybsza odpowiedź.').first().waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Odpowiedź' }).inputValue(), 'Moja odpowiedź.');
    assert.equal((await desk.world()).emails.filter((one) => one.text.includes('Moja')).length, 0);
  });
});
