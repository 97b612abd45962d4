import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
  describe('read again', () => {
    let desk: Case[];
    let asked: string[];
    beforeEach(async () => {
      desk = Array.from({ length: 30 }, (_, i) => one(i + 1, i + 1));
      asked = [];
      vi.stubGlobal('fetch', async (path: string) => {
        asked.push(path);
        const parameters = new URL(path, 'http://x').searchParams;
        const from = Number(parameters.get('cursor') ?? 0);
        const until = from + Number(parameters.get('limit') ?? 50);
        const next = until < desk.length ? String(until) : null;
        return new Response(JSON.stringify({ items: desk.slice(from, until), next, total: desk.length }));
      });
      await list.show(filter);
    });
    afterEach(() => vi.unstubAllGlobals());

    it('moves nothing under a pointer, and says what is new', async () => {
      list.calm = () => false;
      const order = numbers();
      desk = [one(40, 0), ...desk.filter((row) => row.number !== 5)].map((row) => ({ ...row, state: 'read' }));
      await list.reload(false);
      expect(numbers()).toEqual(order);
      expect(list.rows[0]!.state).toBe('read');
      expect(list.fresh.map((row) => row.number)).toEqual([40]);
      expect(list.moved).toBe(true);
      list.take();
      await vi.waitFor(() => expect(numbers()).toEqual(desk.map((row) => row.number)));
      expect(list.moved).toBe(false);
    });
    it('moves nothing where there is nothing', async () => {
      list.rows = [];
      list.calm = () => false;
      list.put(whole(one(7, 15)));
      expect(numbers()).toEqual([7]);
    });
    it('says nothing where nothing has changed', async () => {
      list.calm = () => false;
      await list.reload(false);
      expect(list.moved || list.fresh.length > 0).toBe(false);
    });
    it('puts everything in its place while nobody looks closely', async () => {
      desk = [one(40, 0), ...desk];
      await list.reload(false);
      expect(numbers()[0]).toBe(40);
    });
    it('keeps all that was loaded', async () => {
      desk = Array.from({ length: 5000 }, (_, i) => one(i + 1, null));
      list = new CasesNow();
      await list.show(filter);
      while (list.rows.length < 3100) await list.more();
      const loaded = list.rows.length;
      await list.show({ ...filter });
      expect(list.rows).toHaveLength(loaded);
    });
    it('asks for no case when a report, an outage or a callback has changed', async () => {
      vi.useFakeTimers();
      asked = [];
      for (const what of ['report', 'outage', 'callback'] as const) list.heard({ what, case: 0 });
      await vi.advanceTimersByTimeAsync(1000);
      vi.useRealTimers();
      expect(asked).toEqual([]);
    });
  });
  it('stays quick with 10,000 rows', () => {
    list.rows = Array.from({ length: 10_000 }, (_, i) => one(i + 1, 30));
    const begin = performance.now();
    for (let i = 0; i < 50; ++i) list.put(whole(one(20_000 + i, 15)));
    expect(list.rows).toHaveLength(10_050);
    expect((performance.now() - begin) / 50).toBeLessThan(20); // milliseconds for one change
  });
});
