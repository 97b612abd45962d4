// What the report's rows are as plots: every day, week or month of the time has its place, also one without cases.
import type { ReportRow, ReportTimes } from '../../lib/api/client';

export const BY = ['week', 'day', 'month', 'class', 'organisation'] as const;
export type By = (typeof BY)[number];
export const STAGES = ['receipt', 'reaction', 'answer'] as const;

const DAY = 86_400_000;

// "2026-W48" of a day, by ISO 8601: a week belongs to the year of its Thursday.
export function isoWeek(at: number): string {
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  const thursday = new Date(at + (3 - weekday) * DAY);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = 1 + Math.floor((thursday.getTime() - first) / (7 * DAY));
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

function group(by: By, at: number): string {
  const day = new Date(at).toISOString();
  return by === 'week' ? isoWeek(at) : by === 'month' ? day.slice(0, 7) : day.slice(0, 10);
}

// All groups from one day to another, both included ("2026-11-23").
export function groups(by: By, from: string, to: string): string[] {
  const found = new Set<string>();
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY) found.add(group(by, at));
  return [...found];
}

const NONE: ReportTimes = { count: 0, median_ms: 0, p90_ms: 0 };
export function filled(items: ReportRow[], by: By, from: string, to: string): ReportRow[] {
  if (by === 'class' || by === 'organisation') return items;
  const rows = new Map(items.map((one) => [one.group ?? '', one]));
  return [...new Set([...groups(by, from, to), ...rows.keys()])].sort().map(
    (name) =>
      rows.get(name) ?? {
        group: name,
        cases: 0,
        step_twos: 0,
        kept: 0,
        broken: 0,
        share_kept: null,
        receipt: NONE,
        reaction: NONE,
        answer: NONE,
      },
  );
}

export type Unit = 's' | 'min' | 'h' | 'd';
const UNITS: [Unit, number][] = [
  ['d', DAY],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

// The unit in which the longest of these is a number that one can read.
export function unitOf(times: ReportTimes[]): { unit: Unit; ms: number } {
  const longest = Math.max(0, ...times.map((one) => (one.count > 0 ? one.p90_ms : 0)));
  const [unit, ms] = UNITS.find(([, size]) => longest >= 2 * size) ?? UNITS.at(-1)!;
  return { unit, ms };
}

export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

// The day of a time where the desk is, as date fields have it.
export function dayIn(zone: string, at: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at),
  );
}
