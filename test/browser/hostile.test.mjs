// Mail of somebody who wants to get at the desk through its pages, in a browser against the real program: nothing of it runs,
// nothing is fetched, and nothing can be taken for something that it is not.
//
// What the mails point at is a server of the story's own, so that whatever a browser fetched would be seen there, too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { accessibility, Browser, Desk, eventually, HEJNAL } from './desk.mjs';

const TURNED = '\u202Egpj.exe\u202C'; // reads "exe.jpg"
const MARKS = /[\u202A-\u202E\u2066-\u2069]/;

// Everything that a browser would fetch, run, open or send by itself.
const bait = (url) => `<!DOCTYPE html><html><head>
<base href="${url}/base/"><meta http-equiv="refresh" content="0; url=${url}/refresh">
<link rel="stylesheet" href="${url}/sheet.css"><link rel="prefetch" href="${url}/prefetch"><link rel="icon" href="${url}/icon">
<link rel="dns-prefetch" href="//hostile.example"><link rel="preconnect" href="${url}"><link rel="modulepreload" href="${url}/m.js">
<style>@import url(${url}/import.css); @font-face { font-family: f; src: url(${url}/font) }
  body { background: url(${url}/body.png); font-family: f } .app, header, dialog { display: none !important }
  input[value^="a"] { background: url(${url}/leak) } * { position: fixed; inset: 0; z-index: 2147483647 }</style>
<script>globalThis.taken = true; alert('head'); fetch('${url}/fetch')</script><script src="${url}/outside.js"></script></head>
<body onload="alert('body')" background="${url}/background.png" style="background: url(${url}/style.png); behavior: url(${url}/b)">
<p id="app" class="app">Proszę o pilny przelew.</p>
<img src="${url}/pixel.gif" width="1" height="1"><img srcset="${url}/set.png 2x" src="x" onerror="alert('img')">
<img src="//hostile.example/p.gif"><picture><source srcset="${url}/source.png"><img src=x></picture><input type=image src="${url}/input.png">
<svg onload="alert('svg')"><image href="${url}/image.svg"/><use href="${url}/use.svg#a"/><script>alert('svg script')</script>
<a xlink:href="javascript:alert('svg link')"><text y="20">x</text></a><foreignObject><iframe src="${url}/foreign"></iframe></foreignObject></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert('mutation')&gt;">
</table></math>
<iframe src="${url}/frame" srcdoc="<script>parent.alert('srcdoc')</script>"></iframe><object data="${url}/object"></object><embed src="${url}/embed">
<video src="${url}/video" poster="${url}/poster" autoplay></video><audio src="${url}/audio" autoplay></audio><track src="${url}/track">
<form action="${url}/form" method="post" id="f"><input name="password" autofocus onfocus="alert('focus')" value="a"><button formaction="${url}/steal">Zaloguj się</button></form>
<a href="javascript:alert('link')" ping="${url}/ping" id="script">kliknij</a> <a href="data:text/html,<script>alert('data')</script>" id="data">tu</a>
<a href="${url}/visit" target="_top" id="outside">https://bank.example</a> <a href="java&#10;script:alert('line')" id="line">i tu</a>
<details ontoggle="alert('toggle')" open></details><marquee onstart="alert('marquee')">x</marquee><div onmouseover="alert('over')">x</div>
<template><script>alert('template')</script></template><noscript><p title="</noscript><img src=x onerror=alert('noscript')>"></noscript>
<!--[if gte IE 4]><script>alert('conditional')</script><![endif]--><isindex action="${url}/isindex" type=image></body></html>`;

function mail({ from, subject, html, text = 'Zwykły tekst.', files = [] }) {
  const encoded = (word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`;
  const part = (type, body, more = '') =>
    `--part\r\nContent-Type: ${type}\r\n${more}Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`;
  return [
    `From: ${encoded(from[0])} <${from[1]}>`,
    'To: pomoc@wsparcie.example',
    `Subject: ${encoded(subject)}`,
    `Message-ID: <${Math.random()}@hostile.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=part',
    '',
    '--part\r\nContent-Type: multipart/alternative; boundary=other\r\n',
    [part('text/plain; charset=utf-8', text), html ? part('text/html; charset=utf-8', html) : '']
      .join('')
      .replaceAll('--part', '--other') + '--other--',
    files.map(([name, type, body]) => part(type, body, `Content-Disposition: attachment; filename="${encoded(name)}"\r\n`)).join('') +
      '--part--\r\n',
  ].join('\r\n');
}

describe('hostile mail', () => {
  let desk, browser, page, server, url;
  const asked = [];
  const alarms = [];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${server.address().port}`;
    desk = await Desk.open();
    browser = await Browser.open({ acceptDownloads: false });
    browser.context.on('page', (one) => {
      if (page) alarms.push(`a window: ${one.url()}`);
    });
    page = await browser.page(desk.url + '/console/', [/Failed to load resource/, /^console: Blocked (script execution|opening)/]);
    page.on('dialog', (dialog) => {
      alarms.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('download', (download) => alarms.push(`a download: ${download.url()}`));
    page.on('framenavigated', (frame) => {
      if (!frame.url().startsWith(desk.url) && frame.url() !== 'about:blank') alarms.push(`a frame goes to ${frame.url()}`);
    });
  });
  after(async () => {
    await browser.close();
    await desk.close();
    server.close();
  });

  const send = (parts) =>
    execFileSync(HEJNAL, ['deliver', '--data', desk.data, '--from', parts.from[1], '--to', 'pomoc@wsparcie.example'], {
      input: mail(parts),
      maxBuffer: 1 << 26,
    });
  const row = (number) => page.locator('li .row', { has: page.locator(`[data-number="${number}"]`) });
  async function unharmed() {
    assert.deepEqual(alarms, []);
    assert.deepEqual(asked, []);
    assert.deepEqual(page.troubles, []);
    for (const frame of page.frames()) assert.equal(await frame.evaluate(() => globalThis.taken), undefined, frame.url());
  }
  const formatted = async () => {
    await page.getByRole('button', { name: 'Tak, jak wysłano' }).last().click();
    const frame = await (await page.locator('iframe').last().elementHandle()).contentFrame();
    await frame.waitForLoadState('load');
    return frame;
  };

  it('runs nothing, fetches nothing, and cannot leave its frame', async () => {
    send({
      from: ["<script>alert('from')</script>", 'anna@klient.example'],
      subject: "<img src=x onerror=alert('subject')> {constructor}",
      text: `<script>alert('text')</script> <img src="${url}/text.gif"> javascript:alert('text') ${url}/plain`,
      html: bait(url),
      files: [
        ['<img src=x onerror=alert(1)>.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" onload="alert('file')"/>`],
        ['umowa.html', 'text/html', `<script>alert('file')</script>`],
      ],
    });
    await row(1).getByText("<img src=x onerror=alert('subject')> {constructor}").waitFor();
    await unharmed();
    await row(1).locator('a').click();
    await page.getByRole('heading', { name: "<img src=x onerror=alert('subject')> {constructor}" }).waitFor();
    await page.locator('article.message .text', { hasText: "<script>alert('text')</script>" }).waitFor();
    await unharmed();

    const frame = await formatted();
    await frame.getByText('Proszę o pilny przelew.').waitFor();
    const held = await frame.evaluate(() => ({
      elements: document.querySelectorAll(
        'script, form, input, button, iframe, object, embed, video, audio, source, track, svg, math, link, base, body style, meta[http-equiv], template',
      ).length,
      handlers: [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes].filter((a) => a.name.startsWith('on'))).length,
      ids: document.querySelectorAll('[id], [class], [name]').length,
      addresses: [...document.querySelectorAll('[src], [href], [background], [poster], [srcset], [style]')]
        .flatMap((one) => ['src', 'background', 'poster', 'srcset', 'style'].map((name) => one.getAttribute(name)))
        .filter((one) => one && /url\(|http|\/\//.test(one)),
      links: [...document.links].map((one) => one.href),
      over: document.elementFromPoint(2, 2) !== null,
    }));
    assert.deepEqual({ ...held, links: [], over: true }, { elements: 0, handlers: 0, ids: held.ids, addresses: [], links: [], over: true });
    assert.ok(held.links.every((one) => /^(https?|mailto|tel):/.test(one)), held.links.join());
    // Not by a click either: the frame opens nothing, and goes nowhere.
    for (const link of await frame.locator('a').all()) await link.click({ timeout: 1000 }).catch(() => {});
    await page.mouse.move(300, 400);
    await unharmed();
    assert.match(page.url(), /\/console\/case\/1$/);
    assert.equal(await page.locator('iframe').getAttribute('sandbox'), '');

    // The files are bytes to save, whatever they call themselves.
    for (const n of [0, 1]) {
      const told = await page.evaluate(async (path) => {
        const list = (await (await fetch('/api/v1/cases/1')).json()).messages[0];
        const response = await fetch(`/api/v1/messages/${list.id}/attachments/${list.attachments[path].index}`);
        return Object.fromEntries(response.headers);
      }, n);
      assert.match(told['content-disposition'], /^attachment;/);
      assert.equal(told['content-type'], 'application/octet-stream');
      assert.match(told['content-security-policy'], /sandbox/);
      assert.equal(told['x-content-type-options'], 'nosniff');
    }
    assert.deepEqual(await accessibility(page), []);
    // The same mail on the client's own page, and in the search.
    const { follow_url } = await desk.api('GET', '/api/v1/cases/1');
    await page.goto(new URL(new URL(follow_url).pathname, desk.url).href);
    await page.getByText("<script>alert('text')</script>").waitFor();
    await unharmed();
    await page.goto(`${desk.url}/console/people`);
    await page.getByText("<script>alert('from')</script>").first().waitFor();
    await unharmed();
  });

  it('cannot turn what stands beside it', async () => {
    send({
      from: [`Bank ${TURNED}`, 'bank@hostile.example'],
      subject: `Faktura ${TURNED}`,
      text: `Otwórz ${TURNED} \u2067proszę\n`,
      files: [[`faktura${TURNED}`, 'application/octet-stream', 'MZ']],
    });
    await page.goto(`${desk.url}/console/`);
    await row(2).waitFor();
    const turned = () =>
      page.evaluate((source) => {
        const marks = new RegExp(source);
        const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
          if (!marks.test(node.data)) continue;
          // Text in a box of its own turns only itself.
          let box = node.parentElement;
          while (box && getComputedStyle(box).display === 'inline' && !/isolate/.test(getComputedStyle(box).unicodeBidi)) box = box.parentElement;
          const alone = /isolate|plaintext/.test(getComputedStyle(box).unicodeBidi) || box.textContent.trim() === node.data.trim();
          if (!alone) found.push(`${box.className || box.localName}: ${JSON.stringify(box.textContent.trim().slice(0, 80))}`);
        }
        return found;
      }, MARKS.source);
    assert.deepEqual(await turned(), []);
    await row(2).locator('a').click();
    await page.locator('article.message').waitFor();
    assert.deepEqual(await turned(), []);
    const name = await page.locator('.attachments a').innerText();
    assert.doesNotMatch(name, MARKS);
    assert.match(name, /gpj\.exe/);
    assert.doesNotMatch(await page.title(), MARKS);
    await unharmed();
  });

  it('of 10 MB is a page like any other', async (t) => {
    const line = `<p onclick="alert(1)"><b><i>Tekst</i></b> <img src="${url}/x.gif"> &amp; dalej <a href="javascript:alert(1)">tu</a></p>\n`;
    const html = `<html><body>${'<div><table><tr><td>'.repeat(3000)}${line.repeat(Math.ceil(10_000_000 / line.length))}</body></html>`;
    const begin = performance.now();
    send({ from: ['Anna', 'anna@klient.example'], subject: 'Dziesięć megabajtów', text: '', html });
    const kept = performance.now() - begin;
    await page.goto(`${desk.url}/console/`);
    await row(3).locator('a').click();
    await page.getByRole('heading', { name: 'Dziesięć megabajtów' }).waitFor();
    // The page answers at once, with the beginning of the text.
    const shown = await page.locator('article.message .text').innerText();
    assert.ok(shown.length > 1000 && shown.length < 10_000, `${shown.length} signs`);
    const asking = performance.now();
    const frame = await formatted();
    await frame.getByText('za długa, żeby pokazać ją w całości').waitFor({ timeout: 20_000 });
    const seen = performance.now() - asking;
    t.diagnostic(`10 MB: kept after ${kept.toFixed(0)} ms, shown with its looks after ${seen.toFixed(0)} ms`);
    assert.ok(seen < 30_000); // 2 s where nothing else runs
    await eventually(async () => (await frame.evaluate(() => document.readyState)) === 'complete');
    await page.keyboard.press('n');
    await page.keyboard.type('Podejrzane.');
    assert.equal(await page.getByRole('textbox', { name: 'Notatka' }).inputValue(), 'Podejrzane.');
    await unharmed();
  });
});
