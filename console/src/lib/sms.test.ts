import { describe, expect, it } from 'vitest';
import { plainText, smsSize, smsText } from './sms';

const of = (text: string) => {
  const { gsm7, units, segments } = smsSize(text);
  return [gsm7, units, segments];
};

describe('SMS', () => {
  it.each([
    ['', true, 0, 1],
    ['a'.repeat(160), true, 160, 1],
    ['a'.repeat(161), true, 161, 2],
    ['a'.repeat(306), true, 306, 2],
    ['a'.repeat(307), true, 307, 3],
    ['ą'.repeat(70), false, 70, 1],
    ['ą'.repeat(71), false, 71, 2],
    ['ą'.repeat(134), false, 134, 2],
    ['ą'.repeat(135), false, 135, 3],
    ['€'.repeat(80), true, 160, 1],
    ['€'.repeat(81), true, 162, 2],
    // Nothing is cut inside a sign of two: 152 septets and half a euro make room for one less.
    ['a'.repeat(152) + '€' + 'a'.repeat(152), true, 306, 3],
    ['😀'.repeat(35), false, 70, 1],
    ['😀'.repeat(36), false, 72, 2],
  ])('%#', (text, gsm7, units, segments) => {
    expect(of(text)).toEqual([gsm7, units, segments]);
  });

  it('leave plainly where that saves a segment', () => {
    expect(plainText('Zażółć gęślą jaźń – „tak”…')).toBe('Zazolc gesla jazn - "tak"...');
    expect(smsText('Zażółć gęślą jaźń')).toBe('Zażółć gęślą jaźń'); // one segment as it is
    expect(smsText('ż'.repeat(71))).toBe('z'.repeat(71));
    expect(smsText('Привет '.repeat(20))).toBe('Привет '.repeat(20));
  });
});
