// Signing in, played in a browser: from the one-time link to a session that ends while somebody types.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { accessibility, ANNA, Browser, Desk, eventually, HEJNAL, quiet } from './desk.mjs';

// A refused sign-in is an answer; the browser notes it as a failed request.
const REFUSED = [/Failed to load resource: the server responded with a status of (400|401|404|412|422)/];
const PASSWORD = 'cztery zielone żaby śpią';
const OTHER = 'pięć niebieskich wielorybów';

// RFC 6238, written a second time.
function totp(secret, at) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((one) => letters.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((one) => parseInt(one, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(step).digest();
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('signing in', () => {
  let desk, browser, page;
  before(async () => {
    desk = await Desk.open();
    browser = await Browser.open();
  });
  after(async () => {
    const troubles = page?.troubles ?? [];
    await browser.close();
    await desk.close();
    assert.deepEqual(troubles, []);
  });
  const invite = (name, role = 'agent') =>
    execFileSync(HEJNAL, ['user', 'invite', '--name', name, '--role', role, '--data', desk.data], { encoding: 'utf8' })
      .trim()
      .split('#')[1];
  const now = async () => Date.parse((await desk.world()).now);
  const at = (selector, options) => page.locator(selector, options);
  const clean = async () => assert.deepEqual(await accessibility(page), []);
  const code = async (secret) => {
    const right = totp(secret, await now());
    return { right, wrong: right === '123456' ? '654321' : '123456' };
  };

  it('goes from the link over the second factor to a session that ends while somebody types', async () => {
    // The link: a short password is refused, in Polish, then she is in.
    page = await browser.page(`${desk.url}/console/link#${invite('Zofia')}`, REFUSED);
    await page.getByRole('heading', { name: 'Witaj! Załóż swoje konto' }).waitFor();
    await clean();
    const password = page.getByLabel('Nowe hasło', { exact: true });
    assert.equal(await page.getByLabel('Nazwa').inputValue(), 'Zofia');
    await password.fill('krótkie');
    await password.press('Enter');
    await page.getByText('Hasło musi mieć co najmniej 12 znaków').waitFor();
    await password.fill(PASSWORD);
    await password.press('Enter');
    await page.getByText('na żywo').waitFor();
    assert.equal(new URL(page.url()).hash, '');
    assert.match(await at('.who').innerText(), /Zofia\s*agent/);

    // The second factor, by the keyboard.
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Skonfiguruj …' }).click();
    await page.getByLabel('Twoje hasło, jeszcze raz', { exact: true }).fill(OTHER);
    await page.keyboard.press('Enter');
    await page.getByText('Hasło się nie zgadza.').waitFor();
    await page.getByLabel('Twoje hasło, jeszcze raz', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'Kod QR dla aplikacji' }).waitFor();
    const secret = (await at('dialog code').innerText()).replaceAll(' ', '');
    await clean();
    await page.keyboard.type((await code(secret)).wrong);
    await page.keyboard.press('Enter');
    await page.getByText('Kod się nie zgadza').waitFor();
    await page.keyboard.type((await code(secret)).right);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Kody zapasowe', level: 3 }).waitFor();
    const recovery = await at('dialog li code').allInnerTexts();
    assert.equal(recovery.length, 10);
    await page.getByRole('button', { name: 'Mam je w bezpiecznym miejscu' }).click();
    await page.getByText('Włączony: przy każdym logowaniu').waitFor();
    await clean();

    // She types, and her session ends.
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await at('li .row a').first().click();
    await at('.line', { hasText: 'Przeczytane (' }).waitFor();
    const box = page.getByRole('textbox', { name: 'Odpowiedź' });
    await box.pressSequentially('Proszę wyłączyć i ');
    // What the page asks meanwhile waits: by asking for each thing that rings in those hours it would stay signed in.
    let over;
    const hours = new Promise((resolve) => (over = resolve));
    await page.route('**/api/**', (route) => hours.then(() => route.continue()));
    await Promise.all([
      desk.advance(12 * 3600 + 60).then(over),
      box.pressSequentially('włączyć drukarkę.', { delay: 60 }),
    ]);
    assert.equal(await box.inputValue(), 'Proszę wyłączyć i włączyć drukarkę.');
    await page.keyboard.press('Control+Enter');
    const dialog = page.getByRole('dialog', { name: 'Zaloguj się ponownie' });
    await dialog.waitFor();
    await clean();
    // It cannot be closed, only answered or left.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Zaloguj się jako ktoś inny' }).waitFor();
    assert.equal(await dialog.getByLabel('Nazwa').inputValue(), 'Zofia');
    const again = dialog.getByLabel('Hasło', { exact: true });
    await again.fill(OTHER);
    await again.press('Enter');
    await page.getByText('Nazwa lub hasło się nie zgadza.').waitFor();
    await again.fill(PASSWORD);
    await again.press('Enter');
    await dialog.getByLabel('Kod z aplikacji').waitFor();
    await clean();
    await page.keyboard.type((await code(secret)).wrong);
    await page.keyboard.press('Enter');
    await page.getByText('Kod się nie zgadza.').waitFor();
    await page.keyboard.type((await code(secret)).right);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    // What she had sent goes out now, whole.
    const sent = async () =>
      (await desk.world()).emails.some((one) => one.to === ANNA && one.text.includes('Proszę wyłączyć i włączyć drukarkę.'));
    await page.getByText('Odpowiedź wyjdzie za').waitFor();
    await desk.advance(11);
    assert.ok(await eventually(sent));

    // Out, and in again by a recovery code.
    await page.getByRole('button', { name: 'Wyloguj' }).first().click();
    await page.getByLabel('Nazwa').fill('zofia');
    await page.getByLabel('Hasło', { exact: true }).fill(PASSWORD);
    await clean();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Nie masz telefonu? Użyj kodu zapasowego' }).click();
    await page.getByLabel('Kod zapasowy').fill(recovery[0]);
    await page.keyboard.press('Enter');
    await page.getByText('na żywo').waitFor();
    assert.deepEqual(page.troubles, []);
  });

  it('leaves nobody before a link that is used up', async () => {
    await page.close();
    const secret = invite('Jan');
    page = await browser.page(`${desk.url}/console/link#${secret.slice(0, -1)}x`, REFUSED);
    await page.getByRole('heading', { name: 'Ten link jest nieważny' }).waitFor();
    await clean();
    // The right one, put into the same tab.
    await page.evaluate((hash) => (location.hash = hash), secret);
    await page.getByRole('heading', { name: 'Witaj! Załóż swoje konto' }).waitFor();
    assert.deepEqual(page.troubles, []);
  });

  it('lets an administrator invite, change and close, at 360 px', async () => {
    await page.close();
    page = await browser.page(`${desk.url}/console/link#${invite('Adam', 'administrator')}`, REFUSED);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByLabel('Nowe hasło', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await at('nav').first().waitFor();
    await page.goto(`${desk.url}/console/settings?show=users`);
    await page.getByRole('button', { name: 'Zaproś osobę' }).click();
    await page.getByRole('dialog').getByLabel('Nazwa (pusta').fill('Ewa');
    await clean();
    await page.keyboard.press('Enter');
    assert.match(await page.getByRole('textbox', { name: 'Link' }).inputValue(), /\/console\/link#\w+$/);
    // It is shown only this once: where the browser does not copy, the page says so.
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
      document.execCommand = () => false;
    });
    await page.getByRole('dialog').getByRole('button', { name: 'Kopiuj' }).click();
    await page.getByText('Nie udało się skopiować').waitFor();
    await page.evaluate(() => delete document.execCommand);
    await page.getByRole('dialog').getByRole('button', { name: 'Kopiuj' }).click();
    await page.getByText('Skopiowano').waitFor();
    await clean();
    await page.getByRole('dialog').getByRole('button', { name: 'Zamknij' }).click();
    await page.getByRole('button', { name: 'Unieważnij: Ewa' }).waitFor();
    await page.getByLabel('Rola: Zofia').selectOption('reader');
    await page.getByRole('dialog').getByRole('button', { name: 'Zmień rolę' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.ok(await eventually(async () => (await page.getByLabel('Rola: Zofia').inputValue()) === 'reader'));
    await page.getByRole('button', { name: 'Zamknij konto: Zofia' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Zamknij konto' }).click();
    await page.getByRole('button', { name: 'Otwórz ponownie: Zofia' }).waitFor();
    for (const show of ['users', 'tokens', 'audit', '']) {
      await page.goto(`${desk.url}/console/settings?show=${show}`);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      await eventually(() => at('li, tr').count());
      await clean();
      const wide = await page.evaluate(() => Math.max(...[...document.querySelectorAll('.page, .page *')].map((one) => one.getBoundingClientRect().right)));
      assert.ok(wide <= 361, `${show} is ${wide} wide`);
    }
    assert.deepEqual(page.troubles, []);
  });

  it('shows an account that may only report no more than that, and does not call the server dead', async () => {
    await page?.close();
    page = await browser.page(`${desk.url}/console/link#${invite('Program', 'client')}`, REFUSED);
    const refused = [];
    page.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));
    await page.getByLabel('Nowe hasło', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Twoja rola nie obejmuje tej strony.').waitFor();
    await page.goto(`${desk.url}/console/`);
    await page.getByText('Służy tylko do zgłaszania').waitFor();
    await clean();
    await page.getByRole('link', { name: 'Ustawienia' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Ustawienia' }).waitFor();
    await quiet(page);
    assert.equal(await page.getByText('Serwer nie odpowiada').count(), 0);
    assert.deepEqual(refused, []);
    assert.deepEqual(page.troubles, []);
  });
});
