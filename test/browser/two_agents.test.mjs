// Two people on one case, each in a browser of their own, against the real program: each sees the other, and the client gets
// one answer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANNA, Browser, Desk, eventually } from './desk.mjs';

const AWAY = [/Failed to load resource/]; // a refused action is an answer

describe('two agents on one case', () => {
  let desk;
  const browsers = [];
  const at = {};
  before(async () => {
    desk = await Desk.open();
    await desk.email(ANNA, 'Drukarka', 'Nie drukuje.');
    await Promise.all(
      ['Ewa', 'Jan'].map(async (name) => {
        const browser = await Browser.open();
        browsers.push(browser);
        at[name] = await browser.page(await desk.invite(name), AWAY);
        await at[name].getByLabel('Nowe hasło', { exact: true }).fill(`hasło którego ${name} nie zapomni`);
        await at[name].keyboard.press('Enter');
        await at[name].getByText('na żywo').waitFor();
      }),
    );
  });
  after(async () => {
    const troubles = Object.values(at).flatMap((page) => page.troubles);
    for (const browser of browsers) await browser.close();
    await desk.close();
    assert.deepEqual(troubles, []);
  });
  const box = (page) => page.getByRole('textbox', { name: 'Odpowiedź' });
  const others = (page) => page.locator('header .others');

  it('who look at it or write see each other', async () => {
    const { Ewa, Jan } = at;
    await Ewa.goto(`${desk.url}/console/case/1`);
    await box(Ewa).waitFor();
    assert.equal((await others(Ewa).innerText()).trim(), '');
    await Jan.goto(`${desk.url}/console/case/1`);
    await others(Ewa).getByText('Jan też ogląda').waitFor();
    await others(Jan).getByText('Ewa też ogląda').waitFor();
    await box(Ewa).pressSequentially('Już ');
    await others(Jan).getByText('Ewa pisze').waitFor();
    await Jan.getByText('Ewa właśnie pisze w tej sprawie.').waitFor();
    assert.ok(!(await Ewa.getByText('właśnie pisze').isVisible()), 'nobody is told of oneself');
    // One who goes elsewhere is gone, and one who comes back is back.
    await Ewa.keyboard.press('Escape');
    await Ewa.keyboard.press('g');
    await Ewa.keyboard.press('n');
    await others(Jan).getByText('Ewa').waitFor({ state: 'detached' });
    await Ewa.goBack();
    await others(Jan).getByText('Ewa').waitFor();
    assert.equal(await box(Ewa).inputValue(), 'Już ');
    await Ewa.close();
    await others(Jan).getByText('Ewa').waitFor({ state: 'detached' });
    at.Ewa = await browsers.find((one) => one.context.pages().every((page) => page !== Jan)).page(`${desk.url}/console/case/1`, AWAY);
    await others(Jan).getByText('Ewa').waitFor();
  });

  it('who answer at the same moment send one answer, and lose no word', async () => {
    const { Ewa, Jan } = at;
    await box(Ewa).fill('Odpowiada Ewa.');
    await box(Jan).fill('Odpowiada Jan.');
    await Promise.all([box(Ewa).press('Control+Enter'), box(Jan).press('Control+Enter')]);
    for (const page of [Ewa, Jan]) await page.getByText('Odpowiedź wyjdzie za').waitFor();
    const kept = await eventually(async () => {
      const left = [await box(Ewa).inputValue(), await box(Jan).inputValue()];
      return left.filter((text) => text === '').length === 1 && left;
    });
    assert.ok(kept, 'one has sent, the other one has the words still');
    const [winner, loser] = kept[0] === '' ? ['Ewa', 'Jan'] : ['Jan', 'Ewa'];
    // As long as it has not left, the other one cannot send a second one beside it.
    assert.ok(await at[loser].getByRole('button', { name: 'Wyślij odpowiedź' }).isDisabled());
    await desk.advance(11);
    await at[loser].locator('.message.out', { hasText: `Odpowiada ${winner}.` }).waitFor();
    const answers = (await desk.world()).emails.filter((one) => one.to === ANNA && one.text.includes('Odpowiada'));
    assert.equal(answers.length, 1);
    assert.equal(await box(at[loser]).inputValue(), `Odpowiada ${loser}.`);
    // The later one meant something else: it is for both to see who has written what.
    await box(at[loser]).fill('I jeszcze jedno.');
    await box(at[loser]).press('Control+Enter');
    await at[winner].getByText('Odpowiedź wyjdzie za').waitFor();
    await at[winner].getByRole('button', { name: 'Cofnij' }).click();
    await at[loser].getByText('Odpowiedź wyjdzie za').waitFor({ state: 'detached' });
  });
});
