import { describe, expect, it } from 'vitest';
import type { ReportRow, ReportTimes } from '../../lib/api/client';
import { dayIn, filled, groups, isoWeek, share, unitOf } from './reports';

describe('reports', () => {
  it('know the weeks of ISO 8601', () => {
    const week = (day: string) => isoWeek(Date.parse(day));
    expect(week('2026-11-23')).toBe('2026-W48');
    expect(week('2026-01-01')).toBe('2026-W01');
    expect(week('2027-01-01')).toBe('2026-W53');
    expect(week('2024-12-30')).toBe('2025-W01');
    expect(week('2024-12-29')).toBe('2024-W52');
  });
  it('have a place for each week, day or month', () => {
    expect(groups('week', '2026-12-20', '2027-01-05')).toEqual(['2026-W51', '2026-W52', '2026-W53', '2027-W01']);
    expect(groups('day', '2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
    expect(groups('month', '2026-11-30', '2027-01-01')).toEqual(['2026-11', '2026-12', '2027-01']);
  });
  it('fill what has no cases, but not classes', () => {
    const row = { group: '2026-W48', cases: 3 } as ReportRow;
    expect(filled([row], 'week', '2026-11-16', '2026-11-30').map((one) => [one.group, one.cases])).toEqual([
      ['2026-W47', 0],
      ['2026-W48', 3],
      ['2026-W49', 0],
    ]);
    expect(filled([row], 'class', '2026-11-16', '2026-11-30')).toEqual([row]);
  });
  it('say times in a unit that one can read', () => {
    const times = (p90_ms: number, count = 1): ReportTimes => ({ count, median_ms: 0, p90_ms });
    expect(unitOf([times(700)]).unit).toBe('s');
    expect(unitOf([times(700), times(150_000)]).unit).toBe('min');
    expect(unitOf([times(7_200_000)]).unit).toBe('h');
    expect(unitOf([times(7_200_000, 0), times(5_000)]).unit).toBe('s');
    expect(unitOf([]).unit).toBe('s');
  });
  it('divide nothing by nothing', () => {
    expect(share(1, 4)).toBe(0.25);
    expect(share(0, 0)).toBeNull();
  });
  it('know the day where the desk is', () => {
    expect(dayIn('Europe/Warsaw', '2026-11-22T23:30:00.000Z')).toBe('2026-11-23');
  });
});
