import { describe, expect, it } from 'vitest';
import { filledIn, nameOf, strangers } from './templates';

const values = {
  client: 'Anna {desk}',
  number: '12',
  subject: 'Drukarka',
  follow: 'https://x/c/1',
  agent: 'Ola',
  desk: 'Pomoc',
};

describe('a text for answers', () => {
  it('is filled in once', () => {
    expect(filledIn('Dzień dobry, {client}: {number}, {nazwa}', values)).toBe('Dzień dobry, Anna {desk}: 12, {nazwa}');
  });
  it('tells what the desk knows nothing of', () => {
    expect(strangers('{client} {nazwa} {liczbą} {nazwa} {} { x }')).toEqual(['nazwa', 'liczbą']);
  });
  it('gets a name that is free', () => {
    expect(nameOf('Już działa!', [])).toBe('juz-dziala');
    expect(nameOf('Już działa!', ['juz-dziala', 'juz-dziala-2'])).toBe('juz-dziala-3');
    expect(nameOf('???', [])).toBe('text');
    expect(nameOf('a'.repeat(100), [])).toMatch(/^a{36}$/);
  });
});
