// Reports that we have sent to providers: filed, answered, settled, proved; in a browser against the real program.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accessibility, Browser, Desk, HOUR, quiet } from './desk.mjs';

const SUBJECT = 'Łącze w oddziale zrywa się co kilka minut';

async function fits(page, where) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await accessibility(page), [], `${where} ${colorScheme} ${width}`);
      const wide = await page.evaluate(() =>
        Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('main > *, dialog')].map((one) => one.scrollWidth)),
      );
      assert.ok(wide <= width, `${where} is ${wide} wide on ${width}`);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${where}-${colorScheme}-${width}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

for (const language of ['pl', 'en']) {
  const says = (polish, english) => (language === 'pl' ? polish : english);
  describe(`reports we sent, ${language}`, () => {
    let desk, browser, page;
    before(async () => {
      desk = await Desk.open();
      browser = await Browser.open();
      page = await browser.page(desk.url + '/console/sent', [/Failed to load resource/]);
      await page.evaluate((chosen) => localStorage.setItem('hejnal.language', chosen), language);
      await page.reload();
    });
    after(async () => {
      const troubles = page?.troubles ?? [];
      await browser.close();
      await desk.close();
      assert.deepEqual(troubles, []);
    });

    it('files one, and shows what leaves and what comes next', async () => {
      await page.getByText(says('Żadne nasze zgłoszenie nie jest otwarte.', 'Nothing that we have reported is open.')).waitFor();
      await page.getByRole('button', { name: says('Nowe zgłoszenie', 'New report') }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio').nth(1).check();
      await dialog.getByLabel(says('Temat', 'Subject')).fill(SUBJECT);
      await dialog.getByLabel(says('Czego oczekujemy', 'What is expected')).fill('Od rana, na obu łączach. Router był wyłączany.');
      const files = dialog.getByLabel(says('Pliki wysyłane z emailem', 'Files that go with the email'));
      await files.setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(15_000_001) });
      await dialog.getByText(says('Te pliki mają razem ponad 15 MB.', 'These files are larger than 15 MB together.')).waitFor();
      await files.setInputFiles({ name: 'łącze.log', mimeType: 'text/plain', buffer: Buffer.from('link down\n') });
      await quiet(page);
      await fits(page, `sent-new-${language}`);
      await dialog.getByRole('button', { name: says('Zgłoś', 'Report'), exact: true }).click();
      await page.getByRole('heading', { name: SUBJECT }).waitFor();
      assert.match(page.url(), /\/console\/sent\/1$/);
      await page.getByText(says('czeka na człowieka', 'waiting for a person')).waitFor();
      await page.getByText(says('przyjęte przez następny serwer', 'taken by the next server')).first().waitFor();
      await page.getByText(says('Krok 2', 'Step 2')).waitFor();
      await page.getByText('serwis@centrala.example').waitFor();
      const { messages } = await desk.api('GET', '/api/v1/sent-reports/1');
      const { id } = messages.find((one) => one.direction === 'out' && one.channel === 'email');
      const raw = await page.evaluate(async (path) => (await fetch(path)).text(), `/api/v1/sent-reports/1/messages/${id}/raw`);
      assert.match(raw, /bGluayBkb3duCg==|link down/);
    });

    it('takes the second step, and shows it and the answer as they come', async () => {
      await desk.advance(3 * HOUR);
      await page.getByText(says('krótki SMS', 'short SMS')).waitFor();
      const { code } = await desk.api('GET', '/api/v1/sent-reports/1');
      await desk.email('helpdesk@centrala.example', `Re: ${SUBJECT} [#${code}]`, 'Zarejestrowaliśmy Państwa zgłoszenie pod numerem 55.');
      await page.getByText(says('potwierdzenie automatu', "a program's receipt")).waitFor();
      await desk.email('ola@centrala.example', `Re: ${SUBJECT} [#${code}]`, 'Wymieniliśmy przełącznik w węźle. Proszę sprawdzić, czy łącze się trzyma.\n\nOla');
      await page.getByText('Wymieniliśmy przełącznik').waitFor();
      await page.getByText(says('jest odpowiedź', 'answered')).first().waitFor();
      await quiet(page);
      await fits(page, `sent-report-${language}`);
    });

    it('remembers a rejected call, settles it, and has the proof', async () => {
      await page.getByRole('button', { name: says('Dzwoniliśmy, odrzucono', 'We phoned and were rejected') }).click();
      await page.getByText(says('Są nam winni telefon', 'They owe us a callback')).waitFor();
      await page.getByRole('button', { name: says('Oddzwonili', 'They have called back') }).click();
      await page.getByRole('button', { name: says('Dzwoniliśmy, odrzucono', 'We phoned and were rejected') }).waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: says('Dowód z podpisem', 'Signed proof') }).click(),
      ]);
      assert.match(await (await import('node:fs/promises')).readFile(await file.path(), 'utf8'), /BEGIN HEJNAL PROOF/);
      const printed = await browser.page(desk.url + '/api/v1/sent-reports/1/proof.html', [/Failed to load resource/]);
      await printed.getByText(SUBJECT).first().waitFor();
      await fits(printed, `sent-proof-${language}`);
      assert.deepEqual(printed.troubles, []);
      await printed.close();
      await page.getByRole('button', { name: says('Załatwione', 'Settled'), exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(says('Dlaczego', 'Why')).fill(says('działa', 'works'));
      await dialog.getByLabel(says('Powiadom też usługodawcę', 'Tell the provider, too')).check();
      await dialog.getByRole('button', { name: says('Załatwione', 'Settled'), exact: true }).click();
      await page.getByText(says('ostatnie słowo', 'last word')).waitFor();
      await page.getByRole('link', { name: says('Wszystkie zgłoszenia', 'All reports') }).click();
      await page.getByRole('button', { name: says('Wszystkie', 'All'), exact: true }).click();
      await page.getByRole('link', { name: SUBJECT }).waitFor();
      await desk.api('POST', '/api/v1/sent-reports', { class: 'critical', subject: 'Brak prądu w serwerowni', text: 'UPS ma kwadrans.' });
      await desk.api('POST', '/api/v1/sent-reports', { class: 'routine', subject: 'Nowy telefon w recepcji', text: 'Do końca tygodnia.' });
      await page.getByRole('link', { name: 'Nowy telefon w recepcji' }).waitFor();
      await fits(page, `sent-list-${language}`);
    });
  });
}
