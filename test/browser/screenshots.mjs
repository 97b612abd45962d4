// script/screenshots: node screenshots.mjs FOLDER
import { join } from 'node:path';
import { Browser, Desk, PAGES, quiet } from './desk.mjs';
import { fill, fillMore } from './example.mjs';

const folder = process.argv[2];

const desk = await Desk.open();
try {
  await fill(desk);
  await fillMore(desk);
  for (const [language, locale] of [['pl', 'pl-PL'], ['en', 'en-GB']]) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1440, 360]) {
        const browser = await Browser.open({ locale, colorScheme, viewport: { width, height: width > 400 ? 900 : 780 } });
        try {
          for (const [name, path] of Object.entries(PAGES)) {
            const page = await browser.page(desk.url + path, [/Failed to load resource/]);
            await page.locator('h1').first().waitFor();
            await quiet(page);
            await page.waitForTimeout(200);
            await page.screenshot({ path: join(folder, `${name}-${language}-${colorScheme}-${width}.png`) });
            await page.close();
          }
        } finally {
          await browser.close();
        }
      }
    }
  }
} finally {
  await desk.close();
}
