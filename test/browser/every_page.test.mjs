// What holds for every page of the console, looked at in a browser against the real program: nothing against WCAG 2.2 AA, nothing
// beside the edge of a small telephone, in both themes and both languages; and that it can be installed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accessibility, PAGES, quiet, stage, weigh } from './desk.mjs';
import { fill, fillMore } from './example.mjs';

describe('every page', () => {
  let desk, browser;
  stage((on) => ({ desk, browser } = on), { per: 'file' });
  before(async () => {
    await fill(desk);
    await fillMore(desk);
  });

  let heaviest = 0;
  after(() => heaviest && console.log(`# the heaviest page of the console, with all that it needs, as it is sent: ${heaviest} B`));
  for (const [name, path] of Object.entries(PAGES)) {
    it(`${name}: ${path}`, async () => {
      const page = await browser.page(desk.url + path, [/Failed to load resource/]);
      try {
        // The first load of the console, on a telephone's connection; from a folder nothing is compressed.
        if (!process.env.CONSOLE) {
          const weighed = weigh(page);
          await page.reload();
          await quiet(page);
          const { bytes, questions } = weighed();
          assert.ok(bytes > 20_000 && bytes < 150_000, `${path}: ${bytes} B`);
          assert.ok(questions < 40, `${path} asks ${questions} times`); // each once, and not on and on
          heaviest = Math.max(heaviest, bytes);
        }
        for (const language of ['en', 'pl']) {
          await page.evaluate((chosen) => localStorage.setItem('hejnal.language', chosen), language);
          await page.reload();
          await page.locator('h1').first().waitFor();
          await quiet(page);
          for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            for (const width of [1440, 360]) {
              await page.setViewportSize({ width, height: 800 });
              const where = `${path} ${language} ${colorScheme} ${width}`;
              // Each two of language, theme and width meet; ALL=1 for each three.
              const meets = (language === 'pl') === ((colorScheme === 'light') === (width === 1440));
              if (meets || process.env.ALL) assert.deepEqual(await accessibility(page), [], where);
              const wide = await page.evaluate(() =>
                Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('main > *')].map((one) => one.scrollWidth)),
              );
              assert.ok(wide <= width, `${where} is ${wide} wide`);
              const outside = await page.evaluate(() =>
                [...document.querySelectorAll('header nav a, dialog > *')]
                  .filter((one) => one.getClientRects().length > 0)
                  .filter((one) => one.getBoundingClientRect().right > one.closest('header, dialog').getBoundingClientRect().right || one.scrollWidth > one.clientWidth + 1)
                  .map((one) => one.textContent.trim()),
              );
              assert.deepEqual(outside, [], `${where}: cut off`);
              if (name === 'now' && width === 360) {
                const who = page.locator('li .client').first();
                assert.ok((await who.boundingBox()).width >= 100, 'who it is can be read');
                assert.ok(await page.locator('li .word').first().isVisible() && await page.locator('li .ways').first().isVisible());
                assert.match(await page.locator('.live .label').innerText(), /\S/);
              }
            }
          }
        }
        if (name === 'case') {
          await page.setViewportSize({ width: 1440, height: 800 });
          await page.getByRole('button', { name: 'Więcej' }).click();
          assert.deepEqual(await accessibility(page), [], 'with its menu');
        }
        assert.deepEqual(page.troubles, []);
      } finally {
        await page.close();
      }
    });
  }

  it('can be installed', async () => {
    const page = await browser.page(`${desk.url}/console/`);
    const chrome = await browser.context.newCDPSession(page);
    const { url, errors, data } = await chrome.send('Page.getAppManifest');
    assert.equal(url, `${desk.url}/console/manifest.webmanifest`);
    assert.deepEqual(errors, []);
    for (const { src, sizes, type } of JSON.parse(data).icons) {
      const answer = await fetch(desk.url + src);
      assert.equal(answer.status, 200, src);
      assert.equal(answer.headers.get('content-type'), type);
      if (type !== 'image/png') continue;
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
    }
    const { installabilityErrors } = await chrome.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.filter((one) => one.errorId !== 'in-incognito'), []);
    await page.close();
  });
});
