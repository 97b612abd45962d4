// Where a case stands in the list, as the server orders it: GET /api/v1/cases?order=
import type { Case } from '../../lib/api/client';

export interface Filter {
  state: string; // "" is open
  class: string;
  only: '' | 'unmatched' | 'email_missing';
  q: string;
  order: 'due' | 'newest';
}

const NOTHING_DUE = 9e15;

function dueOf(one: Case): number {
  return one.next ? Date.parse(one.next.due_at) : NOTHING_DUE;
}

export function compare(a: Case, b: Case, order: Filter['order']): number {
  if (order === 'newest') return b.number - a.number;
  return dueOf(a) - dueOf(b) || a.number - b.number;
}

// Does it belong into the list? Of a search only the server can say.
export function fits(one: Case, filter: Filter): boolean | 'unknown' {
  if (one.merged_into !== null) return false;
  const state = filter.state || 'open';
  const right = state === 'all' || (state === 'open' ? one.state !== 'closed' : state.split(',').includes(one.state));
  if (!right || (filter.class && one.class !== filter.class)) return false;
  if (filter.only === 'unmatched' && one.candidates.length === 0) return false;
  if (filter.only === 'email_missing' && !one.email_missing) return false;
  return filter.q ? 'unknown' : true;
}

// The place of a case in a sorted list: behind all that come before it.
export function placeOf(rows: readonly Case[], one: Case, order: Filter['order']): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(rows[middle]!, one, order) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
