import { beforeEach, describe, expect, it } from 'vitest';
import type { Case, WholeCase } from '../../lib/api/client';
import { CasesNow } from './list.svelte';
import { compare, fits, placeOf, type Filter } from './order';

const filter: Filter = { state: '', class: '', only: '', q: '', order: 'due' };

function one(number: number, minute: number | null, more: Partial<Case> = {}): Case {
  return {
    number,
    class: 'routine',
    class_reason: '',
    state: 'new',
    email_missing: false,
    candidates: [],
    step: 1,
    subject: `case ${number}`,
    client: { name: '', email: '', phone: '', organisation: '' },
    opened_at: '2026-01-01T12:00:00.000Z',
    read_at: null,
    answered_at: null,
    settled_at: null,
    next:
      minute === null
        ? null
        : {
            what: 'answer',
            owed_by: 'desk',
            due_at: `2026-01-01T12:${String(minute).padStart(2, '0')}:00.000Z`,
            why: '',
          },
    merged_into: null,
    channels: { email: 'ok', sms: 'none' },
    last_word: null,
    short_code: '',
    follow_url: '',
    ...more,
  };
}

describe('the order', () => {
  it('is by what is due, then by number; what owes nothing is last', () => {
    const rows = [one(1, null), one(2, 30), one(3, 10), one(4, 10)];
    expect(rows.toSorted((a, b) => compare(a, b, 'due')).map((row) => row.number)).toEqual([3, 4, 2, 1]);
    expect(rows.toSorted((a, b) => compare(a, b, 'newest')).map((row) => row.number)).toEqual([4, 3, 2, 1]);
  });
  it('has a place for each', () => {
    const rows = [one(1, 10), one(2, 20), one(3, 30)];
    expect(placeOf(rows, one(9, 5), 'due')).toBe(0);
    expect(placeOf(rows, one(9, 20), 'due')).toBe(2);
    expect(placeOf(rows, one(9, null), 'due')).toBe(3);
  });
  it('knows what belongs into a list', () => {
    expect(fits(one(1, 1), filter)).toBe(true);
    expect(fits(one(1, 1, { state: 'closed' }), filter)).toBe(false);
    expect(fits(one(1, 1, { merged_into: 4 }), filter)).toBe(false);
    expect(fits(one(1, 1, { state: 'read' }), { ...filter, state: 'read,working' })).toBe(true);
    expect(fits(one(1, 1), { ...filter, class: 'urgent' })).toBe(false);
    expect(fits(one(1, 1), { ...filter, q: 'x' })).toBe('unknown');
  });
});

describe('the list', () => {
  let list: CasesNow;
  const numbers = () => list.rows.map((row) => row.number);
  const whole = (row: Case) => row as unknown as WholeCase;
  beforeEach(() => {
    list = new CasesNow();
    list.rows = [one(1, 10), one(2, 20), one(3, 30)];
    list.total = 3;
  });

  it('keeps a changed row where it is while somebody looks', () => {
    list.calm = () => false;
    list.put(whole(one(3, 5, { state: 'read' })));
    expect(numbers()).toEqual([1, 2, 3]);
    expect(list.rows[2]!.state).toBe('read');
    expect(list.moved).toBe(true);
    list.take();
    expect(numbers()).toEqual([3, 1, 2]);
  });
  it('announces new ones, and takes them in when asked', () => {
    list.calm = () => false;
    list.put(whole(one(7, 15)));
    expect(numbers()).toEqual([1, 2, 3]);
    expect(list.fresh).toHaveLength(1);
    expect(list.total).toBe(4);
    list.cursor = 1;
    list.take();
    expect(numbers()).toEqual([1, 7, 2, 3]);
    expect(list.cursor).toBe(2); // still at case 2
    expect(list.total).toBe(4);
  });
  it('puts everything in its place while nobody looks closely', () => {
    list.put(whole(one(7, 15)));
    list.put(whole(one(2, 20, { state: 'closed' })));
    expect(numbers()).toEqual([1, 7, 3]);
    expect(list.total).toBe(3);
  });
  it('lets a case that is closed under the cursor stay until it is let go', () => {
    list.calm = () => false;
    list.put(whole(one(2, null, { state: 'closed' })));
    expect(numbers()).toEqual([1, 2, 3]);
    list.take();
    expect(numbers()).toEqual([1, 3]);
  });
  it('stays quick with 10,000 rows', () => {
    list.rows = Array.from({ length: 10_000 }, (_, i) => one(i + 1, 30));
    const begin = performance.now();
    for (let i = 0; i < 50; ++i) list.put(whole(one(20_000 + i, 15)));
    expect(list.rows).toHaveLength(10_050);
    expect((performance.now() - begin) / 50).toBeLessThan(20); // milliseconds for one change
  });
});
