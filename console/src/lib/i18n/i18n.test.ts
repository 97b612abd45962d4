import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { fill, number, size, words } from './index.svelte';
import { pl } from './pl';

const SOURCE = join(import.meta.dirname, '../..');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !/\.test\.ts$|i18n\/(en|pl)\.ts$/.test(name))
  .map((name) => readFileSync(join(SOURCE, name), 'utf8'));
const all = files.join('\n');
const keys = Object.keys(en);

describe('the two dictionaries', () => {
  it('have the same keys', () => {
    expect(Object.keys(pl).sort()).toEqual([...keys].sort());
  });

  it('name the same things in their texts', () => {
    const named = (entry: unknown) => [...new Set(JSON.stringify(entry).match(/\{\w+\}/g) ?? [])].sort();
    for (const key of keys) {
      expect(named(pl[key as keyof typeof en]), key).toEqual(named(en[key as keyof typeof en]));
    }
  });

  it('have every plural form of their language', () => {
    for (const [language, dictionary] of [
      ['en', en],
      ['pl', pl],
    ] as const) {
      for (const [key, entry] of Object.entries(dictionary)) {
        if (typeof entry === 'string' || new Set(Object.values(entry)).size === 1) continue;
        const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        expect(Object.keys(entry).sort(), `${language} ${key}`).toEqual([...forms].sort());
      }
    }
  });

  it('have no key that nothing uses', () => {
    // A key is used by its whole name, or by a template that begins as it does: t(`state.${…}`), named('class', …).
    const beginnings = [...all.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{/g), ...all.matchAll(/named\(\s*'([a-z_]+)'/g)].map(
      (found) => (found[1]!.includes('.') ? found[1]! : `${found[1]}.`),
    );
    const unused = keys.filter(
      (key) => !all.includes(`'${key}'`) && !beginnings.some((begin) => key.startsWith(begin)),
    );
    expect(unused).toEqual([]);
  });
});

describe('plurals', () => {
  const forms = { one: '{n} zgłoszenie', few: '{n} zgłoszenia', many: '{n} zgłoszeń', other: '{n} zgłoszenia' };
  it.each([
    [0, '0 zgłoszeń'],
    [1, '1 zgłoszenie'],
    [2, '2 zgłoszenia'],
    [4, '4 zgłoszenia'],
    [5, '5 zgłoszeń'],
    [12, '12 zgłoszeń'],
    [21, '21 zgłoszeń'],
    [22, '22 zgłoszenia'],
    [112, '112 zgłoszeń'],
  ])('of %i', (n, text) => {
    expect(fill('pl', forms, { n })).toBe(text);
  });
  it('fill in names and numbers', () => {
    expect(fill('en', 'case {number} of {who}', { number: 12, who: 'Ela' })).toBe('case 12 of Ela');
  });
});

it('writes figures in the chosen language, whatever the browser’s is', () => {
  const spaced = (text: string) => text.replace(/\s/g, ' ');
  words.language = 'pl';
  expect([number(12000), size(1_550_000), size(48_700), size(999)].map(spaced)).toEqual([
    '12 000',
    '1,6 MB',
    '49 kB',
    '999 B',
  ]);
  words.language = 'en';
  expect([number(12000), size(1_550_000)].map(spaced)).toEqual(['12,000', '1.6 MB']);
});
