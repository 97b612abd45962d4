// Who writes to the desk, and by which ways they can be reached: played in a browser against the real program.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, eventually, stage } from './desk.mjs';

const MISSING = [/Failed to load resource/];

let desk, browser, page;
stage((on) => ({ desk, browser } = on));

async function open(path) {
  page = await browser.page(desk.url + path, MISSING);
  await page.getByText('na żywo').waitFor();
}
// Nothing against WCAG, in both themes, and nothing beside the edge of a small telephone.
async function well() {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await accessibility(page), [], `${page.url()} ${colorScheme} ${width}`);
      const wide = await page.evaluate(() =>
        Math.max(document.documentElement.scrollWidth, document.querySelector('.page')?.scrollWidth ?? 0),
      );
      assert.ok(wide <= width, `${page.url()} is ${wide} wide on ${width}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

describe('people', () => {
  it('are found, and an uncertain number is decided', async () => {
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.\n\nAnna\ntel. +48 601 234 567');
    await desk.sms('+48601234567', `${ANNA} drukarka dalej stoi`);
    await desk.email('jan@inny.example', 'Skaner', 'Nie skanuje.');
    await open('/console/people');
    await page.getByRole('link', { name: 'jan@inny.example' }).waitFor();
    await well();
    // By the keyboard: search, to the first one found, in.
    await page.keyboard.press('/');
    await page.keyboard.type('anna');
    await page.getByRole('link', { name: 'jan@inny.example' }).waitFor({ state: 'detached' });
    assert.match(page.url(), /q=anna/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: ANNA }).waitFor();
    await page.getByText('niepewny').waitFor();
    await page.getByRole('link', { name: /Drukarka/ }).waitFor();
    await well();
    await page.getByRole('button', { name: /^To nie ten numer/ }).click();
    await page.getByText('nie ta osoba').waitFor();
    await page.getByRole('button', { name: /^To ten numer/ }).click();
    await page.getByText('potwierdzony', { exact: true }).waitFor();
    const { items } = await desk.api('GET', '/api/v1/numbers?standing=confirmed');
    assert.deepEqual(items.map((one) => one.phone), ['+48601234567']);
  });

  it('get SMS again, belong to an organisation, and turn out to be one', async () => {
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    await desk.sms('+48605111222', 'Dzien dobry, skaner nie dziala');
    await desk.sms('+48605111222', 'STOP');
    const { items } = await desk.api('GET', '/api/v1/people');
    const anna = items.find((one) => one.emails.includes(ANNA));
    const unknown = items.find((one) => one.phones.includes('+48605111222'));
    await open(`/console/people/${unknown.id}`);
    await page.getByText('bez SMS-ów: STOP').waitFor();
    await page.getByRole('button', { name: 'Pozwól znów na SMS-y' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('Prosił o SMS-y przez telefon.');
    await dialog.getByRole('button', { name: 'Pozwól znów na SMS-y' }).click();
    await page.getByText('SMS-y znów dozwolone przez').waitFor();
    // The organisation, and its page.
    await page.getByRole('button', { name: 'Zmień' }).click();
    await page.getByRole('combobox').fill('Klient Sp. z o.o.');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Klient Sp. z o.o.' }).click();
    await page.getByRole('heading', { level: 1, name: 'Klient Sp. z o.o.' }).waitFor();
    await page.getByText('1 osoba').waitFor();
    await well();
    await page.getByRole('link', { name: '+48 605 111 222' }).click();
    // The same person as Anna.
    await page.getByRole('button', { name: 'To ta sama osoba co' }).click();
    await dialog.getByRole('searchbox').fill('anna');
    await dialog.getByRole('radio', { name: ANNA }).check();
    await well();
    await dialog.getByRole('button', { name: 'Scal' }).click();
    await eventually(() => page.url().endsWith(`/console/people/${anna.id}`));
    await page.getByRole('heading', { level: 1, name: ANNA }).waitFor();
    await page.getByRole('link', { name: '+48 605 111 222' }).waitFor();
    await page.goto(`${desk.url}/console/people/999`);
    await page.getByRole('heading', { name: 'Nie ma osoby 999.' }).waitFor();
  });
});
