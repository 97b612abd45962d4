import { describe, expect, it } from 'vitest';
import type { Case } from './api/client';
import { query } from './api/client';
import { corrected } from './clock.svelte';
import { urgency } from './due';
import { countdown } from './i18n/time';
import { written } from './keys.svelte';
import { match } from './router.svelte';
import { backoff, EventParser } from './sse';

describe('the event stream', () => {
  const stream =
    ': ping\n\nid: 7\nevent: changed\ndata: {"case":3}\n\nid: 8\r\nevent: opened\r\ndata: {"case":4}\r\n\r\n';
  it('is read whole and byte by byte alike', () => {
    const whole = new EventParser().push(stream);
    expect(whole).toEqual([
      { id: '7', name: 'changed', data: '{"case":3}' },
      { id: '8', name: 'opened', data: '{"case":4}' },
    ]);
    const parser = new EventParser();
    expect([...stream].flatMap((c) => parser.push(c))).toEqual(whole);
  });
  it('keeps half an event until the rest is here', () => {
    const parser = new EventParser();
    expect(parser.push('event: changed\ndata: {"ca')).toEqual([]);
    expect(parser.push('se":1}\n\n')).toHaveLength(1);
  });
  it('is waited for ever longer, but never long', () => {
    expect(backoff(1, 1)).toBe(500);
    expect(backoff(3, 1)).toBe(2000);
    expect(backoff(40, 1)).toBe(15_000);
    expect(backoff(40, 0)).toBe(7500);
  });
});

describe('the clock', () => {
  it('follows the desk when it is elsewhere, and does not tremble', () => {
    expect(corrected(0, 10_000, 9_800)).toBe(0);
    expect(corrected(0, 7_210_000, 10_000)).toBe(7_200_000);
    expect(corrected(7_200_000, 7_210_300, 10_000)).toBe(7_200_000);
  });
});

describe('what is due', () => {
  const next = (owed_by: 'desk' | 'client', due_at: string): Case['next'] => ({
    what: 'answer',
    owed_by,
    due_at,
    why: '',
  });
  const now = Date.parse('2026-01-01T12:00:00.000Z');
  it('is late, near, fine, or not ours', () => {
    expect(urgency(next('desk', '2026-01-01T12:00:00.000Z'), now)).toBe('late');
    expect(urgency(next('desk', '2026-01-01T12:30:00.000Z'), now)).toBe('near');
    expect(urgency(next('desk', '2026-01-01T12:30:00.001Z'), now)).toBe('fine');
    expect(urgency(next('client', '2026-01-01T11:00:00.000Z'), now)).toBe('theirs');
    expect(urgency(null, now)).toBe('none');
  });
  it('is counted down', () => {
    expect(countdown(5_000)).toBe('0:05');
    expect(countdown(-65_000)).toBe('1:05');
    expect(countdown(3_600_000)).toBe('1 h 00');
    expect(countdown(86_400_000 * 3)).toBe('3 days');
  });
});

describe('addresses', () => {
  const pages = ['', 'case/:id', 'people'];
  it('lead to pages', () => {
    expect(match('/console/', pages)).toEqual({ page: '', id: '' });
    expect(match('/console/case/12', pages)).toEqual({ page: 'case/:id', id: '12' });
    expect(match('/console/people', pages)).toEqual({ page: 'people', id: '' });
    expect(match('/console/nothing', pages)).toBeNull();
    expect(match('/console/case/1/2', pages)).toBeNull();
  });
  it('carry only what is asked for', () => {
    expect(query({ state: '', class: 'urgent', q: 'ł &', cursor: null })).toBe('?class=urgent&q=%C5%82+%26');
    expect(query({})).toBe('');
  });
});

it('names keys by what they write', () => {
  expect(written({ key: '?', ctrlKey: false, metaKey: false, altKey: false })).toBe('?');
  expect(written({ key: 'Enter', ctrlKey: true, metaKey: false, altKey: false })).toBe('Ctrl+Enter');
});
