// Texts for answers are changed in the settings: in a browser against the real program.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessibility, ANNA, eventually, stage } from './desk.mjs';

const REFUSED = [/Failed to load resource/];

let desk, browser, page;
stage((on) => ({ desk, browser } = on));

const row = (title) => page.locator('ul.rows > li', { has: page.getByText(title, { exact: true }) });
const dialog = () => page.getByRole('dialog');
const edited = async (name) => (await desk.api('GET', '/api/v1/templates/edit')).items.find((one) => one.name === name);

describe('texts for answers', () => {
  it('are written beside what a client would read, and are there for the next answer', async () => {
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    page = await browser.page(`${desk.url}/console/settings?show=templates`, REFUSED);
    await page.setViewportSize({ width: 360, height: 780 });
    await page.getByRole('button', { name: 'Nowy szablon' }).click();
    await dialog().getByRole('textbox', { name: 'Tytuł' }).fill('Już działa!');
    const text = dialog().getByRole('textbox', { name: 'Treść' });
    await text.fill('Dzień dobry, ');
    await text.press('End');
    await dialog().getByRole('button', { name: '{client}' }).click();
    await page.keyboard.type(': sprawa {nr} działa.');
    await dialog().getByText('W miejsce {nr} nic nie zostanie wstawione').waitFor();
    const preview = dialog().getByRole('region', { name: 'Tak przeczyta to klient' });
    await preview.getByText('Dzień dobry, Anna Nowak: sprawa {nr} działa.').waitFor();
    assert.match(await preview.innerText(), /1 SMS/);
    assert.deepEqual(await accessibility(page), []);
    await text.fill('Dzień dobry, {client}: sprawa {number} działa.');
    await dialog().getByRole('button', { name: 'Zapisz' }).click();
    await row('Już działa!').waitFor();
    assert.equal((await edited('juz-dziala')).text, 'Dzień dobry, {client}: sprawa {number} działa.');
    const [noted] = (await desk.api('GET', '/api/v1/audit')).items;
    assert.deepEqual([noted.who, noted.object, noted.after], ['sandbox', 'juz-dziala', 'Dzień dobry, {client}: sprawa {number} działa.']);
    await page.goto(`${desk.url}/console/case/1`);
    await page.locator('.story .message').first().waitFor();
    await page.getByRole('button', { name: 'Szablony' }).click();
    await page.getByRole('button', { name: 'Już działa!' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Odpowiedź' }).inputValue(), `Dzień dobry, ${ANNA}: sprawa 1 działa.`);
  });

  it('are not overwritten by who has not seen what somebody else has changed', async () => {
    page = await browser.page(`${desk.url}/console/settings?show=templates`, REFUSED);
    const title = (await edited('later')).title;
    await row(title).getByRole('button', { name: /^Zmień/ }).click();
    await desk.api('POST', '/api/v1/templates/later', { title, text: 'Ich słowa.', version: 0 });
    await dialog().getByRole('textbox', { name: 'Treść' }).fill('Moje słowa.');
    await dialog().getByRole('button', { name: 'Zapisz' }).click();
    await dialog().getByRole('region', { name: 'Obecna treść' }).getByText('Ich słowa.').waitFor();
    assert.equal((await edited('later')).text, 'Ich słowa.');
    assert.deepEqual(await accessibility(page), []);
    await dialog().getByRole('button', { name: 'Zapisz' }).click();
    await dialog().waitFor({ state: 'detached' });
    assert.equal((await edited('later')).text, 'Moje słowa.');
    // Taken away after a question, and put back as its file has it.
    await row(title).getByRole('button', { name: /^Usuń/ }).click();
    await dialog().getByRole('button', { name: 'Usuń' }).click();
    await row(title).getByText('usunięty').waitFor();
    await row(title).getByRole('button', { name: /^Przywróć/ }).click();
    await row(title).getByText('usunięty').waitFor({ state: 'detached' });
    const back = await edited('later');
    assert.deepEqual([back.text, back.changed_by], [back.file.text, null]);
  });

  it('are for administrators to change and for everybody to see', async () => {
    page = await browser.page(await desk.invite('Ola'), REFUSED);
    await page.getByLabel('Nowe hasło', { exact: true }).fill('cztery zielone żaby śpią');
    await page.keyboard.press('Enter');
    await page.getByText('na żywo').waitFor();
    await page.goto(`${desk.url}/console/settings?show=templates`);
    assert.ok(await eventually(() => page.locator('ul.rows > li').count()));
    assert.equal(await page.getByRole('button', { name: /^Zmień|Nowy szablon/ }).count(), 0);
    await browser.context.clearCookies();
  });
});
