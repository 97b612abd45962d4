import { describe, expect, it } from 'vitest';
import type { Case, LearntNumber } from '../../lib/api/client';
import { called, earlier, phones } from './people';

describe('a person', () => {
  it('is called by the best that is known', () => {
    expect(called({ name: 'Ewa', emails: ['e@x'], phones: ['+1'] })).toBe('Ewa');
    expect(called({ name: '', emails: ['e@x'], phones: ['+1'] })).toBe('e@x');
    expect(called({ name: '', emails: [], phones: ['+1'] })).toBe('+1');
    expect(called({ name: '', emails: [], phones: [] })).toBe('');
  });
  it('has each number once, with what was said of SMS', () => {
    const stop = { phone: '+2', stopped_at: '2026-01-01T00:00:00.000Z', lifted_by: '', note: '' };
    const also = { phone: '+3', stopped_at: null, lifted_by: 'Ela', note: 'asked by phone' };
    expect(phones({ phones: ['+1', '+2'], sms: [stop, also] })).toEqual([
      { phone: '+1', stopped_at: null, lifted_by: '', note: '', learnt: [] },
      { ...stop, learnt: [] },
      { ...also, learnt: [] },
    ]);
  });
  it('has the numbers first that wait for a decision, and those last that are not theirs', () => {
    const one = (phone: string, standing: LearntNumber['standing']) => ({ phone, standing }) as LearntNumber;
    const numbers = [one('+1', 'refused'), one('+2', 'confirmed'), one('+4', 'learnt'), one('+2', 'learnt')];
    const order = phones({ phones: ['+9', '+1', '+2'], sms: [], numbers });
    expect(order.map((number) => number.phone)).toEqual(['+2', '+4', '+9', '+1']);
    expect(order[0]!.learnt).toHaveLength(2);
  });
  it('has no case twice', () => {
    const one = (number: number) => ({ number }) as Case;
    const cases = earlier({ open_cases: [one(3), one(2)], recent_cases: [one(3), one(1)] });
    expect(cases.map((found) => found.number)).toEqual([1]);
  });
});
