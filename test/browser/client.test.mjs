// Stories played in a browser against the real program: what a client sees and does, and what the console shows of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, eventually, HOUR, stage, weigh } from './desk.mjs';

// What the browser itself says of a server that is away, or of a page that there is none of.
const AWAY = [/net::ERR_/, /Failed to load resource/];
const PHONE = '+48601234567', ON_CALL = '+48600000001';
const MINUTE = 60, DAY = 24 * HOUR;
const PICTURE = { name: 'zdjęcie ekranu.png', mimeType: 'image/png', buffer: Buffer.alloc(5000, 7) };

let desk, browser, plain, page, console_;
stage((on) => ({ desk, browser, plain } = on), { kinds: { browser: {}, plain: { javaScriptEnabled: false } } });

const open = async (path, by = browser) => (page = await by.page(desk.url + path, AWAY));
const main = () => page.locator('main');
const has = (words) => main().getByText(words).first().waitFor();
const shows = async (words) => (await main().innerText()).includes(words);
// The page asks by itself every 15 s, and when the network comes back: which is sooner, for a test.
const refresh = () => page.evaluate(() => dispatchEvent(new Event('online')));
const becomes = async (words) => {
  await eventually(async () => {
    await refresh();
    return shows(words);
  });
  assert.ok(await shows(words), `${words}\n--- is not on\n${await main().innerText()}`);
};
const path = async (number = 1) => new URL((await desk.api('GET', `/api/v1/cases/${number}`)).follow_url).pathname;
const act = (action, body = {}, number = 1) => desk.api('POST', `/api/v1/cases/${number}/${action}`, body);
const state = async (number = 1) => (await desk.api('GET', `/api/v1/cases/${number}`)).state;
const emails = async (to) => (await desk.world()).emails.filter((one) => one.to === to);
const texts = async (to) => (await desk.world()).sms.filter((one) => one.to === to);
// The team sees the same case beside it, live.
const watch = async (number = 1) => {
  console_ = await browser.page(`${desk.url}/console/case/${number}`, AWAY);
  await console_.getByText('na żywo').waitFor();
  await page.bringToFront();
};
const team = (words) => console_.getByText(words).first().waitFor();
const fillReport = async (words = 'Nie drukują się faktury.\nOd rana, trzy osoby.') => {
  await page.getByText('Ktoś nie może pracować').click();
  await page.getByLabel('Proszę opisać').fill(words);
  await page.getByLabel('Imię i nazwisko').fill('Anna Kowalska');
  await page.getByLabel('Adres email').fill(ANNA);
  await page.getByLabel('Telefon').fill('601 234 567');
};

describe('a client', () => {
  it('goes the routine way to its end', async () => {
    await desk.email(ANNA, 'Nowe konto', 'Proszę o konto dla Ewy.');
    const receipt = (await emails(ANNA))[0].text;
    await open(new URL(receipt.match(/http\S+\/c\/\w+/)[0]).pathname);
    await has('Zgłoszenie dotarło i czeka na przeczytanie.');
    await has('Odpowiedź najpóźniej:');
    await has('Na razie nic: zgłoszenie jest u nas.');
    await watch();
    await team('nowa');
    await act('read');
    await becomes('Ktoś z nas przeczytał zgłoszenie.');
    await team('przeczytana');
    await desk.advance(6 * MINUTE);
    await becomes('Pracujemy nad tym.');
    await becomes('Praca rozpoczęta');
    assert.equal((await emails(ANNA)).length, 2, 'that work has begun is said by email, too');
    await act('answer', { text: 'Konto jest: ewa, hasło wysłaliśmy SMS-em.' });
    await becomes('Odpowiedzieliśmy.');
    await has('Konto jest: ewa');
    await has('Proszę sprawdzić, czy już działa.');
    await team('Konto jest: ewa');
    await page.getByRole('button', { name: 'Już działa' }).click();
    await has('Dziękujemy za wiadomość, że działa.');
    await has('Sprawa jest załatwiona.');
    await team('załatwiona');
    await desk.advance(8 * DAY);
    await becomes('Sprawa jest zamknięta.');
    await has('otworzymy nową sprawę');
    await team('zamknięta');
    // What still does not work goes on in a case of its own.
    await page.getByLabel('Dopisz coś do sprawy').fill('Ewa nie może się zalogować.');
    await page.getByRole('button', { name: 'Wyślij' }).click();
    await has('Dziękujemy. Wiadomość dotarła.');
    assert.equal(page.url().includes(await path(2)), true);
  });

  it('goes the urgent way: no answer comes, one press, and somebody is told', async () => {
    await desk.email(ANNA, 'Faktury', 'Nie drukują się faktury.');
    await open(await path());
    await watch();
    const remind = page.getByRole('button', { name: 'Nadal czekam na odpowiedź' });
    await desk.advance(2 * HOUR - 2 * MINUTE);
    await refresh();
    await has('pojawi się tutaj przycisk');
    assert.equal(await remind.count(), 0, 'too early');
    const before = (await texts(ON_CALL)).length;
    await desk.advance(3 * MINUTE);
    await becomes('Nie ma odpowiedzi?');
    const alerts = (await texts(ON_CALL)).length;
    await remind.click();
    await has('Dyżurny właśnie dostał wiadomość');
    assert.equal(await remind.count(), 0, 'once is enough');
    // The page says it as long as it is so, whatever its address was when it was closed.
    await desk.advance(10 * MINUTE);
    await becomes('Dyżurny wie, że czekają Państwo na odpowiedź.');
    assert.equal(await shows('właśnie dostał'), false);
    assert.ok((await texts(ON_CALL)).length > Math.max(before, alerts - 1));
    await team('pilna');
    await act('read');
    await act('start');
    await becomes('Pracujemy nad tym.');
    await page.getByText('Problem zniknął?').waitFor();
    await act('ask', { text: 'Która drukarka?' });
    await becomes('Mamy do Państwa pytanie.');
    await page.getByLabel('Odpowiedź na pytanie').fill('Ta w kadrach.');
    await page.getByLabel('Załączniki').setInputFiles(PICTURE);
    await page.getByRole('button', { name: 'Wyślij' }).click();
    await has('Dziękujemy. Wiadomość dotarła.');
    await has('zdjęcie ekranu.png');
    await has('(5 kB)');
    await team('Ta w kadrach.');
    await team('zdjęcie ekranu.png');
    await act('answer', { text: 'Wymieniliśmy sterownik.' });
    await becomes('Odpowiedzieliśmy.');
    await act('settle');
    await becomes('Sprawa jest załatwiona.');
    await team('załatwiona');
  });

  it('goes the critical way: email and SMS at once', async () => {
    await desk.email(ANNA, 'Serwer stoi', 'Nikt nie może pracować.\n\nAnna\ntel. +48 601 234 567');
    const { short_code } = await desk.api('GET', '/api/v1/cases/1');
    await desk.sms(PHONE, `${short_code} serwer stoi`);
    await open(await path());
    await watch();
    await team('krytyczna');
    await has('pojawi się tutaj przycisk');
    assert.ok((await texts(ON_CALL)).length > 0);
    await act('read');
    await becomes('Ktoś z nas przeczytał zgłoszenie.');
    assert.equal((await emails(ANNA)).length, 2, 'the acknowledgement');
    await act('start');
    await becomes('Pracujemy nad tym.');
    await desk.advance(5 * HOUR);
    await becomes('spóźniamy się, przepraszamy');
    await act('answer', { text: 'Serwer działa.', channels: ['email', 'sms'] });
    await becomes('Odpowiedzieliśmy.');
    await act('settle');
    await becomes('Sprawa jest załatwiona.');
    await team('załatwiona');
  });

  it('types the text of the lost email', async () => {
    await desk.lose('email');
    await desk.email(ANNA, 'Rejestracja', 'Serwer rejestracji stoi.');
    await desk.sms(PHONE, 'Serwer rejestracji stoi, wyslalam maila');
    await open(await path());
    await has('Email jeszcze nie dotarł.');
    await page.getByRole('link', { name: 'Wpisz treść emaila' }).click();
    await has('Serwer rejestracji stoi, wyslalam maila');
    await page.getByLabel('Co się stało?').fill('Od ósmej nie ma rejestracji.');
    await page.getByRole('button', { name: 'Wyślij' }).click();
    await has('Treść zgłoszenia dotarła');
    await page.getByRole('link', { name: 'Stan sprawy' }).click();
    await has('Od ósmej nie ma rejestracji.');
    assert.equal(await shows('Email jeszcze nie dotarł.'), false);
  });

  it('reports on the page, with files, and thanks come when it is kept', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Zgłoś sprawę na tej stronie' }).click();
    await page.getByRole('button', { name: 'Dalej' }).click();
    await has('Proszę wybrać jedno zdanie.');
    await has('Proszę napisać, co się stało.');
    await fillReport();
    // What was typed is still there after the window was closed.
    await page.reload();
    await page.getByText('To pisali Państwo wcześniej').waitFor();
    assert.equal(await page.getByLabel('Imię i nazwisko').inputValue(), 'Anna Kowalska');
    assert.ok(await page.getByLabel('Ktoś nie może pracować').isChecked());
    await page.getByRole('button', { name: 'Dalej' }).click();
    await page.getByRole('heading', { name: 'Co się stanie po wysłaniu' }).waitFor();
    await has(`wyślemy potwierdzenie na adres ${ANNA}`);
    await has('ktoś z nas przeczyta zgłoszenie.');
    assert.equal((await desk.api('GET', '/api/v1/cases')).total, 0, 'nothing is sent yet');
    await page.getByLabel('Załączniki').setInputFiles([PICTURE, { name: 'błąd.txt', mimeType: 'text/plain', buffer: Buffer.from('0x4') }]);
    await page.getByRole('button', { name: 'Wyślij zgłoszenie' }).click();
    await has('Dziękujemy. Zgłoszenie jest u nas i już nie zginie.');
    await desk.stop('SIGKILL');
    await desk.start();
    await page.reload();
    await has('Nie drukują się faktury.');
    await has('błąd.txt');
    // The draft was for this report, and is gone with it.
    await page.goto(desk.url + '/report');
    assert.equal(await page.getByLabel('Proszę opisać').inputValue(), '');
  });

  it('loses nothing to a lost connection', async () => {
    await open('/report');
    await fillReport('Internet znika.');
    await browser.context.setOffline(true);
    await page.getByRole('button', { name: 'Dalej' }).click();
    await page.getByText('Nie ma połączenia').waitFor();
    assert.equal(await page.getByLabel('Proszę opisać').inputValue(), 'Internet znika.');
    await browser.context.setOffline(false);
    await page.getByRole('button', { name: 'Dalej' }).click();
    await page.getByRole('heading', { name: 'Co się stanie po wysłaniu' }).waitFor();
    // What could never arrive is not tried for ever.
    await page.getByLabel('Załączniki').setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(21e6) });
    await page.getByRole('button', { name: 'Wyślij zgłoszenie' }).click();
    await page.getByText('Załączniki są za duże').waitFor();
    await page.getByLabel('Załączniki').setInputFiles(PICTURE);
    await browser.context.setOffline(true);
    await page.getByRole('button', { name: 'Wyślij zgłoszenie' }).click();
    await page.getByText('Nie ma połączenia. Tekst jest bezpieczny').waitFor();
    assert.equal((await desk.api('GET', '/api/v1/cases')).total, 0);
    await browser.context.setOffline(false);
    await has('Dziękujemy. Zgłoszenie jest u nas i już nie zginie.');
    await has('zdjęcie ekranu.png');
    // The same for a reply while the server itself is away.
    await page.getByLabel('Dopisz coś').fill('Już wrócił, ale wolno.');
    await desk.stop('SIGKILL');
    await page.getByRole('button', { name: 'Wyślij', exact: true }).click();
    await page.getByText('Nie ma połączenia. Tekst jest bezpieczny').waitFor();
    // What is typed while it waits goes, too.
    await page.getByLabel('Dopisz coś').fill('Już wrócił, ale wolno. I drukarka też.');
    await desk.start();
    await refresh();
    await has('Dziękujemy. Wiadomość dotarła.');
    await has('Już wrócił, ale wolno. I drukarka też.');
    assert.equal((await desk.api('GET', '/api/v1/cases')).total, 1);
    assert.equal(await page.getByLabel('Dopisz coś').inputValue(), '', 'what was sent is no draft any more');
    // The thanks are for that one: the next draft outlives the page.
    await page.getByLabel('Dopisz coś').fill('Jeszcze jedno.');
    await page.reload();
    assert.equal(await page.getByLabel('Dopisz coś').inputValue(), 'Jeszcze jedno.');
    assert.equal(await page.getByText('Wiadomość dotarła').count(), 0);
    // A button, too, waits for the connection, and who only reads is told that it may be old.
    await browser.context.setOffline(true);
    await page.getByText('To, co widać, może być nieaktualne').waitFor();
    await page.getByRole('button', { name: 'Już działa' }).click();
    await page.getByText('Wyślemy to sami').waitFor();
    assert.deepEqual(await accessibility(page), []);
    await browser.context.setOffline(false);
    await has('Dziękujemy za wiadomość, że działa.');
    assert.equal(await state(), 'settled');
    assert.equal(await page.getByText('nieaktualne').count(), 0);
  });

  it('sees by itself what has changed, without losing a word that is being typed', async () => {
    await desk.email(ANNA, 'Kasa', 'Kasa nie drukuje.');
    const where = await path();
    page = await browser.context.newPage();
    page.troubles = [];
    await page.clock.install();
    await page.goto(desk.url + where);
    await page.getByLabel('Dopisz coś').fill('Dodam jeszcze, że ');
    await act('read');
    await page.clock.fastForward(16_000);
    await has('Ktoś z nas przeczytał zgłoszenie.');
    assert.equal(await page.getByLabel('Dopisz coś').inputValue(), 'Dodam jeszcze, że ');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'text');
    assert.match(await page.locator('#aloud').innerText(), /Sprawa 1: Ktoś z nas przeczytał/);
    // An outage is told above it, and goes by itself, too.
    const { id } = await desk.api('POST', '/api/v1/outages', { title: 'Łącze', public_text: 'Łącze do centrali nie działa.' });
    await page.clock.fastForward(16_000);
    await page.locator('#banner').getByText('Łącze do centrali nie działa.').waitFor();
    await desk.api('POST', `/api/v1/outages/${id}/end`, { public_text: 'Działa.' });
    await page.clock.fastForward(16_000);
    await page.locator('#banner aside').waitFor({ state: 'detached' });
  });

  it('says that it works again, and changes the language', async () => {
    await desk.email(ANNA, 'Kasa', 'Kasa nie drukuje.');
    await open(await path());
    await page.getByRole('link', { name: 'English' }).click();
    await has('Your report has arrived and waits to be read.');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.goto(desk.url + '/report');
    await has('Which sentence describes it best?');
    await page.goto(desk.url + (await path()));
    await page.getByRole('button', { name: 'It works again' }).click();
    await has('Thank you for telling us that it works.');
    assert.equal(await state(), 'settled');
    await page.getByLabel('Add something').fill('No, it does not.');
    await page.getByRole('button', { name: 'Send' }).click();
    await has('We are working on it.');
    await page.goto(desk.url + '/?lang=pl');
    await page.getByRole('heading', { name: 'Procedura kontaktu' }).waitFor();
  });

  it('is led on by a link that was taken back', async () => {
    await desk.email(ANNA, 'Kasa', 'Kasa nie drukuje.');
    await open(await path());
    await act('revoke-link', { reason: 'wysłany dalej' });
    // An open page does not go on showing what is no longer its reader's.
    await refresh();
    await eventually(async () => !(await page.locator('body').innerText()).includes('Kasa nie drukuje.'));
    assert.equal((await page.locator('body').innerText()).includes('Kasa nie drukuje.'), false);
    await page.reload();
    await has('Pod tym adresem nie ma sprawy');
    await page.getByRole('link', { name: 'Zgłoś sprawę' }).click();
    await has('Które zdanie najlepiej opisuje sytuację?');
  });

  it('needs no JavaScript for reading, reporting and replying', async () => {
    await open('/', plain);
    await page.getByRole('link', { name: 'Zgłoś sprawę na tej stronie' }).click();
    await page.getByRole('button', { name: 'Dalej' }).click();
    await has('Proszę wybrać jedno zdanie.');
    await fillReport();
    await page.getByRole('button', { name: 'Dalej' }).click();
    await page.getByLabel('Załączniki').setInputFiles(PICTURE);
    await page.getByRole('button', { name: 'Wróć i popraw' }).click();
    assert.equal(await page.getByLabel('Adres email').inputValue(), ANNA);
    await page.getByLabel('Proszę opisać').fill('Nie drukują się faktury. Żadne.');
    await page.getByRole('button', { name: 'Dalej' }).click();
    await page.getByLabel('Załączniki').setInputFiles(PICTURE);
    await page.getByRole('button', { name: 'Wyślij zgłoszenie' }).click();
    await has('Dziękujemy. Zgłoszenie jest u nas i już nie zginie.');
    await has('zdjęcie ekranu.png');
    await page.getByLabel('Dopisz coś').fill('Jednak drukują się, ale krzywo.');
    await page.getByLabel('Załączniki').setInputFiles(PICTURE);
    await page.getByRole('button', { name: 'Wyślij', exact: true }).click();
    await has('Dziękujemy. Wiadomość dotarła.');
    await has('Jednak drukują się, ale krzywo.');
    await desk.advance(2 * HOUR + MINUTE);
    await page.reload();
    await page.getByRole('button', { name: 'Nadal czekam na odpowiedź' }).click();
    await has('Dyżurny właśnie dostał wiadomość');
    await act('answer', { text: 'Rolki wyczyszczone.' });
    await page.reload();
    await page.getByRole('button', { name: 'Już działa' }).click();
    await has('Sprawa jest załatwiona.');
    await page.getByRole('link', { name: 'English' }).click();
    await has('The case is settled.');
    await page.goto(desk.url + '/status');
    await has('We know of no outage at the moment.');
  });

  it('reads what does not work, and what did not', async () => {
    const outage = (public_text, more = {}) => desk.api('POST', '/api/v1/outages', { title: 'x', public_text, ...more });
    const first = await outage('Poczta nie działa.');
    await open('/status');
    await has('Poczta nie działa.');
    await desk.advance(3 * HOUR);
    await desk.api('POST', `/api/v1/outages/${first.id}/end`, { public_text: 'Poczta działa.' });
    await becomes('W tej chwili nie wiemy o żadnej awarii.');
    await has('1 awaria, razem 3 h');
    const lines = page.locator('.days i');
    assert.equal(await lines.count(), 90);
    // Readable without colour: a day with an outage is higher than one without.
    const height = async (one) => (await one.boundingBox()).height;
    assert.ok((await height(page.locator('.days i[title]').last())) > 3 * (await height(lines.first())));
  });

  it('is answered from a phone: the link of the alert, and one thumb', async () => {
    await desk.email(ANNA, 'Serwer', 'Stoi.', { to: 'awaria@wsparcie.example' });
    const link = (await texts(ON_CALL))[0].text.match(/http\S+$/)[0];
    page = await browser.context.newPage();
    await page.setViewportSize({ width: 360, height: 640 });
    await page.goto(link);
    for (const [name, becomes_] of [['Przeczytane', 'read'], ['Zaczynam', 'working']]) {
      const button = page.getByRole('button', { name, exact: true });
      await button.waitFor();
      const box = await button.boundingBox();
      assert.ok(box.y + box.height <= 640, `${name} is below the first screen: ${JSON.stringify(box)}`);
      assert.ok(box.height >= 36 && box.width >= 44, `${name} is too small for a thumb: ${JSON.stringify(box)}`);
      await button.click();
      await eventually(async () => (await state()) === becomes_);
      assert.equal(await state(), becomes_);
    }
  });

  it('meets nothing against WCAG 2.2 AA, no other host, and no heavy page', async (t) => {
    await desk.email(ANNA, 'Kasa fiskalna w sklepie nie łączy się z drukarką', 'Kasa nie drukuje.\n\n' + 'Opis '.repeat(200));
    await act('read');
    await act('ask', { text: 'Która kasa? Proszę o zdjęcie: https://klient.example/bardzo/dlugi/adres/' + 'x'.repeat(120) });
    await desk.lose('email');
    await desk.email('ewa@inny.example', 'Serwer', 'Serwer stoi.');
    await desk.sms('+48605111222', 'Serwer stoi, wyslalam maila');
    await desk.email('jan@trzeci.example', 'Faktury', 'Nie drukują się.');
    const past = await desk.api('POST', '/api/v1/outages', { title: 'x', public_text: 'Łącze nie działało.' });
    await desk.advance(2 * HOUR + MINUTE);
    await desk.api('POST', `/api/v1/outages/${past.id}/end`, { public_text: 'Działa.' });
    const late = new Date(Date.now() + 5 * HOUR * 1000).toISOString();
    const now = await desk.api('POST', '/api/v1/outages', { title: 'x', public_text: 'Poczta nie działa u wszystkich.', expected_end: late });
    await desk.api('POST', `/api/v1/outages/${now.id}/update`, { public_text: 'Wymieniamy zasilacz.', expected_end: late });
    const press = async (name) => {
      await page.locator('form[action="/report"] button').first().click();
      await page.locator(name).first().waitFor();
    };
    const pages = [
      ['the procedure', '/'],
      ['a report', '/report'],
      ['mistakes', '/report', () => press('.bad')],
      ['the preview', '/report', async () => {
        await page.locator('#class-3').check();
        await page.locator('#text').fill('Nie drukują się faktury.');
        await page.locator('#email').fill(ANNA);
        await press('.plan');
      }],
      ['a case with a question', await path(1)],
      ['a case without its email', await path(2)],
      ['a case without an answer', await path(3)],
      ['the lost text', (await path(2)) + '/text'],
      ['no case', '/c/nobody'],
      ['outages', '/status'],
    ];
    let heaviest = 0;
    for (const language of ['pl', 'en']) {
      for (const [name, where, then] of pages) {
        page = await browser.context.newPage();
        const troubles = [];
        page.on('request', (request) => {
          if (new URL(request.url()).origin !== desk.url) troubles.push(request.url());
        });
        page.on('console', (message) => message.type() === 'error' && !AWAY[1].test(message.text()) && troubles.push(message.text()));
        const weighed = weigh(page);
        await page.goto(`${desk.url}${where}?lang=${language}`);
        const weight = weighed().bytes;
        assert.ok(weight > 5_000, `${name}: ${weight} B`);
        heaviest = Math.max(heaviest, weight);
        assert.ok(weight < 30_000, `${name}: ${weight} B`);
        await then?.();
        // Each theme on each width, and each language on each width.
        const themes = language === 'pl' ? { light: 1440, dark: 360 } : { dark: 1440, light: 360 };
        for (const [colorScheme, width] of Object.entries(themes)) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          assert.deepEqual(await accessibility(page), [], `${name} ${language} ${colorScheme} ${width}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${name} is ${wide} wide on ${width}`);
        }
        assert.deepEqual(troubles, [], name);
        await page.evaluate(() => localStorage.clear());
        await page.close();
      }
    }
    page = undefined;
    await browser.context.clearCookies();
    t.diagnostic(`the heaviest page, with all that it needs, as it is sent: ${heaviest} B`);
  });
});
