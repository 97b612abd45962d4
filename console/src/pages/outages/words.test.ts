import { describe, expect, it } from 'vitest';
import { caseNumbers, fromField, inSms, oneLine, toField, tooLong } from './words';

describe('the public sentence', () => {
  it('is one line', () => {
    expect(oneLine('  Poczta\nnie  działa. ')).toBe('Poczta nie działa.');
  });
  it('is measured as the desk measures it', () => {
    expect(tooLong('a'.repeat(1000))).toBe(false);
    expect(tooLong('ą'.repeat(501))).toBe(true);
  });
  it('is cut in an SMS', () => {
    expect(inSms('ż'.repeat(160))).toBe('ż'.repeat(160));
    expect(inSms('ż'.repeat(161))).toBe(`${'ż'.repeat(160)}...`);
  });
});

describe('the numbers of cases', () => {
  it.each([
    ['', []],
    ['12', [12]],
    ['12, #13;14  12', [12, 13, 14]],
    ['12 drukarka', null],
    ['0', null],
    ['-1', null],
  ])('are read from "%s"', (text, numbers) => {
    expect(caseNumbers(text)).toEqual(numbers);
  });
});

describe('the expected end', () => {
  it('comes back from the field as it went there', () => {
    const at = Date.parse('2026-11-23T14:30:00Z');
    expect(fromField(toField(at))).toBe('2026-11-23T14:30:00Z');
  });
  it('may be unknown', () => {
    expect(fromField('')).toBeNull();
    expect(fromField('soon')).toBeNull();
  });
});
