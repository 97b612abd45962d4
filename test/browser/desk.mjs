// A hejnal of one's own and a browser in front of it, for a story: starts both, plays clients, and ends both.
//
// HEJNAL names the program (build/release/hejnal), CHROMIUM the browser (/usr/bin/chromium). CONSOLE is a folder of pages
// (script/console build FOLDER makes FOLDER/site) that are shown in place of those in the program. Every server listens on
// 127.0.0.1 on a port that is free. A page that logs an error, or asks any other host for anything, fails its story.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(ROOT, 'console/package.json'));
export const { chromium } = require('playwright-core');
export const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const HEJNAL = process.env.HEJNAL || join(ROOT, 'build/release/hejnal');
// Makes a database with very many cases.
export const FILL = process.env.HEJNAL_FILL || join(ROOT, 'build/release/bench/bench_fill');
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
export const ANNA = 'anna@klient.example';
export const HOUR = 3600;
// Every page of the console, on the day that example.mjs fills.
export const PAGES = {
  now: '/console/', unmatched: '/console/unmatched', case: '/console/case/3', missing: '/console/case/4', outage_case: '/console/case/6',
  callbacks: '/console/callbacks', callbacks_past: '/console/callbacks?state=all', callbacks_of_nobody: '/console/callbacks?state=nobodys', outages: '/console/outages', people: '/console/people', person: '/console/people/4',
  channels: '/console/channels', reports: '/console/reports', sent: '/console/sent', sent_report: '/console/sent/1', procedure: '/console/procedure', settings: '/console/settings',
  answers: '/console/settings?show=templates', users: '/console/settings?show=users', tokens: '/console/settings?show=tokens', audit: '/console/settings?show=audit',
  signin: '/console/signin', link: '/console/link#nothing', nothing: '/console/nothing',
};

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Desk {
  static async open(data) {
    const desk = new Desk();
    desk.data = data ?? mkdtempSync(join(tmpdir(), 'hejnal-browser-'));
    desk.port = await freePort();
    desk.url = `http://127.0.0.1:${desk.port}`;
    await desk.start();
    return desk;
  }

  start() {
    this.token = undefined; // a sandbox makes a new one
    const errors = openSync(join(this.data, 'stderr'), 'a');
    this.process = spawn(
      HEJNAL,
      ['serve', '--sandbox', '--data', this.data, '--http', `127.0.0.1:${this.port}`, '--lmtp', '127.0.0.1:0', '--json'],
      { stdio: ['ignore', 'pipe', errors] },
    );
    return new Promise((resolve, reject) => {
      this.process.stdout.once('data', resolve);
      this.process.once('exit', (code) =>
        reject(new Error(`hejnal did not start (${code}): ${readFileSync(join(this.data, 'stderr'), 'utf8')}`)),
      );
    });
  }

  stop(signal = 'SIGTERM') {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.process.removeAllListeners('exit');
      this.process.once('exit', resolve);
      this.process.kill(signal);
    });
  }

  async close() {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  async ask(method, path, body, headers = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  email(from, subject, text, more = {}) {
    return this.ask('POST', '/sandbox/email', { from, subject, text, ...more });
  }
  sms(from, text) {
    return this.ask('POST', '/sandbox/sms', { from, text });
  }
  // The address of a page where somebody who is invited makes an account.
  async invite(name, role = 'agent') {
    const said = execFileSync(HEJNAL, ['user', 'invite', '--name', name, '--role', role, '--data', this.data], { encoding: 'utf8' });
    return `${this.url}/console/link#${said.trim().split('#')[1]}`;
  }
  lose(channel, next = 1) {
    return this.ask('POST', '/sandbox/lose', { channel, next });
  }
  advance(seconds) {
    return this.ask('POST', '/sandbox/advance', { seconds });
  }
  world() {
    return this.ask('GET', '/sandbox/world');
  }
  // As a program with an API token, beside whoever sits at the browser.
  async api(method, path, body) {
    this.token ??= (await this.ask('GET', '/sandbox/token')).token;
    return this.ask(method, path, body, { Authorization: `Bearer ${this.token}` });
  }
}

// With the policy that the program sends.
async function fromFolder(route) {
  const name = new URL(route.request().url()).pathname.slice('/console/'.length);
  const file = join(process.env.CONSOLE, name);
  const told = await route.fetch({ url: new URL('/console/', route.request().url()).href, headers: {} }).catch(() => null);
  if (!told) return route.abort(); // as it would be
  const path = /\.\w+$/.test(name) && existsSync(file) ? file : join(process.env.CONSOLE, 'index.html');
  await route.fulfill({ path, headers: { 'content-security-policy': told.headers()['content-security-policy'] } });
}

export class Browser {
  static async open(options = {}) {
    const browser = new Browser();
    browser.profile = mkdtempSync(join(tmpdir(), 'hejnal-chromium-'));
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
      locale: 'pl-PL',
      timezoneId: 'Europe/Warsaw',
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    browser.context.setDefaultTimeout(20_000); // other tests run beside
    if (process.env.CONSOLE) await browser.context.route(/\/console\//, fromFolder);
    return browser;
  }

  // A page whose troubles are kept; `allowed` are errors that belong to the story.
  async page(url, allowed = []) {
    const page = await this.context.newPage();
    page.troubles = [];
    const trouble = (text) => {
      if (!allowed.some((pattern) => pattern.test(text))) page.troubles.push(text);
    };
    page.on('console', (message) => message.type() === 'error' && trouble(`console: ${message.text()}`));
    page.on('pageerror', (error) => trouble(`error: ${error.stack ?? error}`));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== new URL(url).origin) trouble(`asks another host: ${request.url()}`);
    });
    page.asked = 0; // and not answered yet; the stream of events is never done
    const counts = (request) => !request.url().endsWith('/events');
    page.on('request', (request) => counts(request) && (page.asked += 1));
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => counts(request) && (page.asked -= 1));
    await page.goto(url);
    return page;
  }

  async close() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

// What the stories of a file are played on: a browser of each kind for all of them, and a desk for each (`per: 'file'`: one
// for all). `set` is called with them whenever there are new ones; `data` makes the folder of a desk, where it is to be no
// empty one. A page that has logged an error, or has asked another host, fails its story, whoever has opened it.
export function stage(set, { kinds = { browser: {} }, per = 'story', data = () => undefined } = {}) {
  const on = {};
  const browsers = () => Object.keys(kinds).map((kind) => on[kind]);
  const begin = async () => {
    on.desk = await Desk.open(data());
    set(on);
  };
  const end = async () => {
    const pages = browsers().flatMap((one) => one.context.pages());
    const troubles = pages.flatMap((one) => one.troubles ?? []);
    for (const one of browsers()) await one.context.setOffline(false);
    // The last one of a browser would take it along.
    for (const one of pages) if (one.url() !== 'about:blank') await one.close();
    await on.desk.close();
    assert.deepEqual(troubles, []);
  };
  before(async () => {
    const opened = await Promise.all(Object.values(kinds).map((options) => Browser.open(options)));
    Object.keys(kinds).forEach((kind, i) => (on[kind] = opened[i]));
    if (per === 'file') await begin();
  });
  if (per === 'story') {
    beforeEach(begin);
    afterEach(end);
  }
  after(async () => {
    if (per === 'file') await end();
    for (const one of browsers()) await one.close();
  });
}

// What axe says against the page, for WCAG 2.2 AA. It is evaluated, since the page's policy forbids added scripts.
export async function accessibility(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  return violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).slice(0, 4).join(' | ')}`);
}

// The bytes of a page and of its parts, as the server sends them, also of what the browser has kept; and how often it asks the
// API. From now on; what it gives tells them.
export function weigh(page) {
  const told = { bytes: 0, questions: 0 };
  page.on('response', (answer) => {
    if (new URL(answer.url()).pathname.startsWith('/api/')) told.questions += 1;
    else told.bytes += Number(answer.headers()['content-length'] ?? 0);
  });
  return () => told;
}

// Everything that the page wants to show is here.
export async function quiet(page) {
  for (let calm = 0; calm < 3; calm = page.asked === 0 ? calm + 1 : 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

// Looks again until it is so; no fixed waits.
export async function eventually(look, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found || Date.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
