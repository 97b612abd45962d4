import { describe, expect, it } from 'vitest';
import type { Callback } from './api/client';
import { arrange, dialled, group, mine, ready, spoken } from './debts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const one = (id: number, more: Partial<Callback> = {}): Callback => ({
  id,
  state: 'due',
  person: { name: '', email: '', phone: '', organisation: '' },
  phone: '+48601222333',
  phones: ['+48601222333'],
  wrong_phones: [],
  critical: false,
  calls: [],
  calls_total: 1,
  cases: [],
  since: '2026-11-23T10:00:00Z',
  due_at: null,
  retry_at: null,
  rings_at: null,
  taken_by: null,
  attempts: [],
  says_it_works: null,
  outage: null,
  joined_into: null,
  ended_at: null,
  end_reason: null,
  ...more,
});
const later = { retry_at: '2026-11-23T12:30:00Z' };
const past = { retry_at: '2026-11-23T11:30:00Z' };

describe('a callback', () => {
  it('stands where it can be worked off', () => {
    expect(group(one(1), NOW)).toBe('now');
    expect(group(one(1, past), NOW)).toBe('now');
    expect(group(one(1, later), NOW)).toBe('later');
    expect(group(one(1, { state: 'waiting' }), NOW)).toBe('waiting');
    expect(group(one(1, { state: 'ringing' }), NOW)).toBe('ringing');
    expect(group(one(1, { state: 'taken', taken_by: 'Ola', ...later }), NOW)).toBe('now');
  });
  it('counts for the menu only when somebody should dial it now', () => {
    const list = [one(1), one(2, later), one(3, past), one(4, { state: 'waiting' }), one(5, { state: 'taken' })];
    expect(ready(list, NOW)).toBe(2);
    expect(ready(list, NOW + 3_600_000)).toBe(3);
  });
  it('is mine only while I have taken it', () => {
    const list = [one(1, { state: 'taken', taken_by: 'Ola' }), one(2, { state: 'taken', taken_by: 'Jan' }), one(3)];
    expect(mine(list, 'Ola').map((c) => c.id)).toEqual([1]);
  });
});

describe('the list', () => {
  it('is as the desk orders it', () => {
    expect(arrange([], [one(3), one(1, later)], NOW, false)).toEqual({
      places: [
        { id: 3, group: 'now' },
        { id: 1, group: 'later' },
      ],
      fresh: 0,
    });
  });
  it('holds still, and counts what is new', () => {
    const { places } = arrange([], [one(1), one(2)], NOW, false);
    const held = arrange(places, [one(5, { critical: true }), one(2, later)], NOW, true);
    expect(held.places).toBe(places);
    expect(held.fresh).toBe(1);
    expect(arrange(held.places, [one(5), one(2, later)], NOW, false).places.map((p) => p.id)).toEqual([5, 2]);
  });
});

describe('a number', () => {
  it('is read in groups and dialled without them', () => {
    expect(spoken('+48601222333')).toBe('+48 601 222 333');
    expect(spoken('+4930123456')).toBe('+4930123456');
    expect(dialled('+48 601-222 333')).toBe('tel:+48601222333');
    expect(dialled('112')).toBe('tel:112');
  });
});
