// script/screenshots: node screenshots.mjs FOLDER
import { join } from 'node:path';
import { Browser, Desk } from './desk.mjs';
import { fill } from './example.mjs';

const folder = process.argv[2];
const PAGES = { now: '/console/', unmatched: '/console/unmatched', case: '/console/case/3', missing: '/console/case/4',
  callbacks: '/console/callbacks', outages: '/console/outages', people: '/console/people', person: '/console/people/4',
  channels: '/console/channels', reports: '/console/reports', procedure: '/console/procedure' };

const desk = await Desk.open();
try {
  await fill(desk);
  for (const [language, locale] of [['pl', 'pl-PL'], ['en', 'en-GB']]) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1440, 360]) {
        const browser = await Browser.open({ locale, colorScheme, viewport: { width, height: width > 400 ? 900 : 780 } });
        try {
          for (const [name, path] of Object.entries(PAGES)) {
            const page = await browser.page(desk.url + path, [/Failed to load resource/]);
            await page.locator('li .row, .story, article, .page h1').first().waitFor();
            await page.waitForTimeout(600);
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
