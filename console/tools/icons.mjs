// The pictures that a telephone wants of an installed page, out of public/icon.svg: `script/console node console/tools/icons.mjs`,
// to be run when that one has changed. They are kept, so that a build needs no browser.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const folder = join(import.meta.dirname, '../public');
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
// A mask may take away all but the middle four fifths: the ground goes to the edge there, the picture stays inside.
const whole = svg
  .replace(' rx="7"', '')
  .replace(/(<rect[^>]*>)(.*)<\/svg>/s, '$1<g transform="translate(2.4 2.4) scale(.85)">$2</g></svg>');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
for (const [name, size, picture] of [
  ['icon-192.png', 192, svg],
  ['icon-512.png', 512, svg],
  ['icon-maskable-512.png', 512, whole],
  ['icon-apple-180.png', 180, whole],
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>* { margin: 0 } svg { display: block; width: ${size}px }</style>${picture}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
}
await browser.close();
