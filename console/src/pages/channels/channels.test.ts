import { describe, expect, it } from 'vitest';
import type { Carrier } from '../../lib/api/client';
import { silent } from '../../lib/health.svelte';
import { isBack, way, worst } from './channels';

const carrier = (name: string, state: Carrier['state'], stale = state !== 'ok') => ({ name, state, stale }) as Carrier;

describe('channels', () => {
  it('stand with those first that need a look', () => {
    const all = [carrier('a', 'ok'), carrier('b', 'degraded'), carrier('c', 'ok', true), carrier('d', 'failing')];
    expect(worst(all).map((one) => one.name)).toEqual(['d', 'b', 'c', 'a']);
  });
  it('are shown on every page once, when something is wrong with them', () => {
    const all = [carrier('a', 'ok'), carrier('b', 'failing'), carrier('c', 'ok', true)];
    expect(silent(all, [{ name: 'b', state: 'failing' }]).map((one) => one.name)).toEqual(['c']);
    expect(silent(all, []).map((one) => one.name)).toEqual(['b', 'c']);
  });
  it('say which way they go', () => {
    expect([way({ in: true, out: false }), way({ in: false, out: true }), way({ in: true, out: true })]).toEqual([
      'in',
      'out',
      'in_out',
    ]);
  });
  it('have a test back when something new has come in', () => {
    expect(isBack(null, null)).toBe(false);
    expect(isBack(null, '2026-01-01T00:00:00.000Z')).toBe(true);
    expect(isBack('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')).toBe(false);
    expect(isBack('2026-01-01T00:00:00.000Z', null)).toBe(false);
  });
});
