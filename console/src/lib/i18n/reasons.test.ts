import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reason, REASONS } from './reasons';

const CORE = join(import.meta.dirname, '../../../../src');
const source = ['core', 'api', 'desk', 'app', 'wire']
  .flatMap((room) =>
    readdirSync(join(CORE, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp'))
      .map((name) => readFileSync(join(CORE, room, name), 'utf8')),
  )
  .join('\n')
  .replace(/"\s*\n\s*"/g, ''); // a text that the source has cut in two

it('knows sentences that the desk still says', () => {
  const pieces = (text: string) =>
    text
      .split('{}')
      .map((one) => one.trim())
      .filter((one) => one.length > 3);
  const gone = REASONS.filter(([english]) =>
    pieces(english.replace(/^class \w+: /, 'class ').replace(/ the (first reaction|answer) was/, ' the was')).some(
      (piece) => !source.includes(piece) && !/^(the (first reaction|answer) was due|class)/.test(piece),
    ),
  ).map(([english]) => english);
  expect(gone).toEqual([]);
});

it('fills in what the desk has filled in', () => {
  expect(reason('pl', 'nobody has read it for 10 min')).toBe('nikt nie przeczytał od 10 min');
  expect(reason('pl', 'class critical: an SMS 3 min after the email')).toBe('klasa krytyczna: SMS 3 min po emailu');
  expect(reason('pl', 'Jan is on call')).toBe('dyżuruje Jan');
});

it('leaves what it does not know, and English, as they are', () => {
  expect(reason('pl', 'something new')).toBe('something new');
  expect(reason('en', 'its time has come')).toBe('its time has come');
  expect(reason('pl', '')).toBe('');
});
