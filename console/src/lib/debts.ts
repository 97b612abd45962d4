// Callbacks as they are worked off: what can be dialled now, what comes later, what waits for the all-clear. The desk gives
// the order; here is only where a row stands.
import type { Callback } from './api/client';

export type Group = 'now' | 'later' | 'waiting' | 'ringing';
export const GROUPS: readonly Group[] = ['now', 'later', 'waiting', 'ringing'];

export function group(one: Pick<Callback, 'state' | 'retry_at'>, now: number): Group {
  if (one.state === 'waiting' || one.state === 'ringing') return one.state;
  if (one.state === 'due' && one.retry_at && Date.parse(one.retry_at) > now) return 'later';
  return 'now';
}

export function isOpen(one: Pick<Callback, 'state'>): boolean {
  return ['waiting', 'due', 'taken', 'ringing'].includes(one.state);
}

// How many somebody should dial now: those that a colleague has taken are in good hands.
export function ready(list: readonly Pick<Callback, 'state' | 'retry_at'>[], now: number): number {
  return list.filter((one) => one.state === 'due' && group(one, now) === 'now').length;
}

export interface Place {
  id: number;
  group: Group;
}

// Where the rows stand. While they are held (somebody points at them, or is on the telephone) they stay, and what is new
// waits: nothing moves under a thumb.
export function arrange(
  before: readonly Place[],
  list: readonly Callback[],
  now: number,
  held: boolean,
): { places: readonly Place[]; fresh: number } {
  const wanted = list.map((one) => ({ id: one.id, group: group(one, now) }));
  if (!held) return { places: wanted, fresh: 0 };
  const known = new Set(before.map((one) => one.id));
  return { places: before, fresh: wanted.filter((one) => !known.has(one.id)).length };
}

// A number as people read it: +48 601 222 333.
export function spoken(phone: string): string {
  const found = /^(\+48)(\d{3})(\d{3})(\d{3})$/.exec(phone);
  return found ? found.slice(1).join(' ') : phone;
}

// What `tel:` takes: digits, and the plus before them.
export function dialled(phone: string): string {
  return `tel:${phone.replace(/(?!^\+)[^\d*#]/g, '')}`;
}

// At most one of them is in one's own hands: the last one that was taken.
export function mine(list: readonly Callback[], name: string): Callback[] {
  return list.filter((one) => one.state === 'taken' && one.taken_by === name);
}
