// The procedure is read, drafted and put in force: in a browser against the real program.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, HOUR, stage } from './desk.mjs';

let desk, browser, page;
stage((on) => ({ desk, browser } = on));

describe('the procedure', () => {
  it('is drafted, looked at and put in force', async () => {
    // A case that is not looked at in time.
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    await desk.advance(3 * HOUR);
    page = await browser.page(desk.url + '/console/procedure', [/Failed to load resource/]);
    await page.getByText('Obowiązuje', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Zacznij szkic' }).click();
    await page.getByRole('button', { name: 'Edytuj jako tekst' }).click();
    const box = page.getByRole('textbox', { name: 'Szkic' });
    const text = await box.inputValue();
    // A mistake is said, with its line, and cannot be put in force.
    await box.fill(text.replace('settle_after = "7d"', 'settle_after = "soon"'));
    await page.getByRole('button', { name: 'Podgląd' }).click();
    await page.getByText(/^Wiersz \d+:/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Wprowadź' }).isDisabled());
    // A draft outlives the page.
    await box.fill(text.replace('settle_after = "7d"', 'settle_after = "5d"'));
    await page.reload();
    await page.getByRole('button', { name: 'Podgląd' }).click();
    await page.getByRole('rowheader', { name: 'rules.settle_after' }).waitFor();
    await page.getByRole('region', { name: 'Co zobaczą klienci' }).getByText('telefon').first().waitFor();
    // What it would have been like: more time, fewer promises broken.
    await page.getByRole('button', { name: 'Odtwórz je' }).click();
    await page.getByText('Nic innego: 1 sprawa potoczyłaby się tak samo.').waitFor();
    await box.fill(text.replaceAll('react_within = "2h"', 'react_within = "6h"').replaceAll('wait = "2h"', 'wait = "6h"'));
    await page.getByRole('button', { name: 'Podgląd' }).click();
    await page.getByRole('button', { name: 'Odtwórz je' }).click();
    await page.getByText('Inaczej potoczyłaby się 1 sprawa z 1.').waitFor();
    const figures = page.getByRole('region', { name: 'Co by było w ostatnich 90 dniach' }).getByRole('row', { name: /^Razem/ });
    assert.match(await figures.innerText(), /→/);
    await page.getByText('Które sprawy').click();
    await page.getByRole('link', { name: 'sprawa 1' }).waitFor();
    await box.fill(text.replace('settle_after = "7d"', 'settle_after = "5d"'));
    await page.getByRole('button', { name: 'Podgląd' }).click();
    await page.getByRole('rowheader', { name: 'rules.settle_after' }).waitFor();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await accessibility(page), [], `${colorScheme} ${width}`);
        const wide = await page.evaluate(() => document.querySelector('.page').scrollWidth);
        assert.ok(wide <= width, `${wide} wide on ${width}`);
      }
    }
    await page.getByRole('button', { name: 'Wprowadź' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Wprowadź' }).click();
    await page.getByText('Nowa procedura obowiązuje.').waitFor();
    assert.match((await desk.api('GET', '/api/v1/procedure')).text, /settle_after = "5d"/);
    await page.getByRole('button', { name: /^Porównaj z obowiązującą/ }).click();
    await page.getByRole('rowheader', { name: 'rules.settle_after' }).waitFor();
  });

  it('is written as a form, and tried on what has happened', async () => {
    await desk.email('anna@klient.example', '[pilne] Serwer stoi', 'Nic nie działa.');
    await desk.advance(90 * 60);
    const number = (await desk.api('GET', '/api/v1/cases')).items.find((one) => one.subject.includes('Serwer stoi')).number;
    await desk.api('POST', `/api/v1/cases/${number}/read`, {});
    page = await browser.page(desk.url + '/console/procedure', [/Failed to load resource/]);
    await page.getByRole('button', { name: 'Zacznij szkic' }).click();
    const urgent = page.getByRole('group', { name: 'Awarie zwykłe oraz sprawy rutynowe' });
    await urgent.getByLabel('Człowiek reaguje w ciągu').fill('1h');
    await urgent.getByLabel('Krótka nazwa').fill('pilniutka');
    await urgent.getByRole('button', { name: 'Dodaj krok' }).click();
    await urgent.getByRole('button', { name: 'Usuń krok 3' }).click();
    await page.getByRole('button', { name: 'Podgląd' }).click();
    await page.getByRole('rowheader', { name: 'class.urgent.promise.react_within' }).waitFor();
    await page.getByRole('button', { name: 'Odtwórz je' }).click();
    await page.getByText('Inaczej potoczyłaby się 1 sprawa z 1.').waitFor();
    const table = page.getByRole('region', { name: 'Co by było w ostatnich 90 dniach' });
    await table.getByRole('row', { name: /^pilna/ }).waitFor();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await accessibility(page), [], `${colorScheme} ${width}`);
        const wide = await page.evaluate(() => document.querySelector('.page').scrollWidth);
        assert.ok(wide <= width, `${wide} wide on ${width}`);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/procedure-${colorScheme}-${width}.png` });
      }
    }
    // The form and the text say the same.
    await page.getByRole('button', { name: 'Edytuj jako tekst' }).click();
    assert.match(await page.getByRole('textbox', { name: 'Szkic' }).inputValue(), /react_within = "1h"/);
    await page.getByRole('button', { name: 'Edytuj jako formularz' }).click();
    assert.equal(await urgent.getByLabel('Krótka nazwa').inputValue(), 'pilniutka');
    await page.getByRole('button', { name: 'Wprowadź' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Wprowadź' }).click();
    await page.getByText('Nowa procedura obowiązuje.').waitFor();
    assert.match((await desk.api('GET', '/api/v1/procedure')).text, /short = "pilniutka"/);
  });
});
