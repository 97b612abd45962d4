// How well promises are kept, as plots, figures and a file: in a browser against the real program.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, HOUR, stage } from './desk.mjs';

let desk, browser, page;
stage((on) => ({ desk, browser } = on));

describe('reports', () => {
  it('have first how many clients had to remind us', async () => {
    page = await browser.page(desk.url + '/console/reports', [/Failed to load resource/]);
    await page.getByText('W tym czasie nie otwarto żadnej sprawy.').waitFor();
    await desk.email('jan@inny.example', 'Skaner', 'Nie skanuje.');
    await desk.email(ANNA, 'Drukarka', 'Od rana nie drukuje.');
    await desk.advance(25 * HOUR);
    await desk.email(ANNA, 'Drukarka', 'Od rana nie drukuje.');
    const { total } = await desk.api('GET', '/api/v1/reports');
    assert.equal(total.step_twos, 1);
    await page.reload();
    await page.locator('.figure').first().getByText('1', { exact: true }).waitFor();
    await page.locator('.figure').first().getByText('na 2 sprawy').waitFor();
    assert.equal(await page.locator('.plot canvas').count(), 5);
    // By client; the address has it, and the file has the same.
    await page.getByLabel('Według').selectOption('organisation');
    await page.getByRole('rowheader', { name: 'inny.example' }).waitFor();
    assert.match(page.url(), /by=organisation/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Jako CSV' }).click(),
    ]);
    assert.match(await (await import('node:fs/promises')).readFile(await file.path(), 'utf8'), /inny\.example/);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await accessibility(page), [], `${colorScheme} ${width}`);
        const wide = await page.evaluate(() =>
        Math.max(document.documentElement.scrollWidth, document.querySelector('.page')?.scrollWidth ?? 0),
      );
        assert.ok(wide <= width, `${wide} wide on ${width}`);
      }
    }
  });
});
