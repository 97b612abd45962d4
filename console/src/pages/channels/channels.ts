// Carriers in the order in which they need a look, and what one says of itself.
import type { Carrier } from '../../lib/api/client';

const STATES: Record<Carrier['state'], number> = { failing: 0, degraded: 1, ok: 3 };

export function worst(carriers: Carrier[]): Carrier[] {
  const rank = (one: Carrier) => Math.min(STATES[one.state], one.stale ? 2 : 3);
  return [...carriers].sort((a, b) => rank(a) - rank(b)); // stable: else as the desk has them
}

export function way(one: Pick<Carrier, 'in' | 'out'>): 'in' | 'out' | 'in_out' {
  return one.in && one.out ? 'in_out' : one.in ? 'in' : 'out';
}

// A test of a way in comes back by it: it has, once something came in that had not at the time of sending.
export function isBack(before: string | null, now: string | null): boolean {
  return now !== null && (before === null || Date.parse(now) > Date.parse(before));
}
