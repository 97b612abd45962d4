// The ways in and out, and what every page says when one of them is silent: in a browser against the real program.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, stage } from './desk.mjs';

let desk, browser, page;
stage((on) => ({ desk, browser } = on));
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
}

describe('channels', () => {
  it('say when they were last used, and are tried', async () => {
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    page = await browser.page(desk.url + '/console/channels', [/Failed to load resource/]);
    const sms = page.getByRole('article', { name: 'sms' });
    await sms.getByText('działa', { exact: true }).waitFor();
    await sms.getByText('jeszcze żadnej').first().waitFor();
    await sms.getByRole('button', { name: 'Wyślij próbę' }).click();
    await sms.getByText('Przyjęte').or(sms.getByText('Nie wysłano')).waitFor();
    await well();
  });

  it('are a line on every page when one is silent', async () => {
    const told = await desk.api('GET', '/api/v1/channels');
    const silent = { ...told.items[0], name: 'modem', stale: true, heard_at: new Date(Date.now() - 40 * 60_000).toISOString() };
    page = await browser.page(`${desk.url}/console/nothing`, [/Failed to load resource/]);
    await page.route('**/api/v1/channels', (route) => route.fulfill({ json: { items: [silent], stale: ['modem'] } }));
    for (const path of ['/console/', '/console/unmatched']) {
      await page.goto(desk.url + path);
      await page.locator('.banner', { hasText: /modem: milczy od/ }).waitFor();
    }
    await well();
    await page.locator('.banner a').click();
    await page.getByRole('article', { name: 'modem' }).getByText('milczy zbyt długo').waitFor();
  });
});
