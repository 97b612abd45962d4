// A case's journal and messages as one story: what was said stands there as messages, what a person has done or what went
// wrong as a line, alarms that ring again and again as one line, and the engine's own book-keeping only for those who ask.
import type { Entry, Message, WholeCase } from '../../lib/api/client';

export type Item =
  | { kind: 'message'; id: string; at: string; message: Message; entry: Entry | null; detail: boolean }
  | { kind: 'note'; id: string; at: string; by: string; text: string; detail: false }
  | {
      kind: 'alarms';
      id: string;
      at: string;
      last: string;
      count: number;
      why: string;
      messages: Message[];
      to: string[];
      detail: false;
    }
  | { kind: 'entry'; id: string; at: string; entry: Entry; detail: boolean };

const BOOKKEEPING = new Set([
  'owed',
  'moved',
  'paused',
  'kept',
  'released',
  'planned',
  'dropped',
  'became',
  'fate',
  'opened',
  'offered',
]);

// The message that an entry tells of. Of what the desk has said the journal knows to whom, by which way and when.
function toldBy(entry: Entry, whole: readonly Message[], told: ReadonlySet<number>): Message | undefined {
  if (entry.kind === 'received' || (entry.kind === 'alerted' && entry.message))
    return whole.find((one) => one.id === entry.message);
  if (entry.kind !== 'said') return undefined;
  const fits = (one: Message) =>
    one.direction === 'out' && !told.has(one.id) && one.channel === entry.channel && one.to === entry.to;
  return whole.find((one) => fits(one) && one.at === entry.at) ?? whole.find((one) => fits(one) && one.at > entry.at);
}

export function story(whole: Pick<WholeCase, 'journal' | 'messages'>): Item[] {
  const told = new Set<number>();
  const items: Item[] = [];
  let alarms: Extract<Item, { kind: 'alarms' }> | null = null;

  for (const entry of whole.journal) {
    const id = `e${entry.seq}`;
    if (entry.kind === 'rang') {
      if (alarms) {
        alarms.count += 1;
        alarms.last = entry.at;
        alarms.why = entry.why;
      } else {
        alarms = {
          kind: 'alarms',
          id,
          at: entry.at,
          last: entry.at,
          count: 1,
          why: entry.why,
          messages: [],
          to: [],
          detail: false,
        };
        items.push(alarms);
      }
      continue;
    }
    if (entry.kind === 'said' && entry.what === 'alert' && alarms) {
      const message = toldBy(entry, whole.messages, told);
      if (message) {
        told.add(message.id);
        alarms.messages.push(message);
      }
      if (entry.to && !alarms.to.includes(entry.to)) alarms.to.push(entry.to);
      continue;
    }
    const message = toldBy(entry, whole.messages, told);
    if (message) {
      told.add(message.id);
      items.push({ kind: 'message', id: `m${message.id}`, at: entry.at, message, entry, detail: false });
    } else if (entry.kind === 'acted' && entry.action === 'note') {
      items.push({ kind: 'note', id, at: entry.at, by: entry.by, text: entry.text ?? entry.why, detail: false });
    } else {
      const detail = BOOKKEEPING.has(entry.kind);
      items.push({ kind: 'entry', id, at: entry.at, entry, detail });
      if (detail) continue; // does not come between two alarms
    }
    alarms = null;
  }
  // Of a merged case, say: what the journal does not name stands at its time.
  for (const message of whole.messages) {
    if (told.has(message.id)) continue;
    const item: Item = { kind: 'message', id: `m${message.id}`, at: message.at, message, entry: null, detail: false };
    const later = items.findIndex((one) => one.at > message.at);
    items.splice(later < 0 ? items.length : later, 0, item);
  }
  return items;
}

// The answer that waits to leave, if there is one.
export function pending(journal: readonly Entry[]): Entry | null {
  let found: Entry | null = null;
  for (const entry of journal) {
    if (entry.kind === 'planned' && entry.timer === 'answer') found = entry;
    else if (entry.kind === 'dropped' && entry.timer === 'answer') found = null;
  }
  return found;
}

// What else has happened since, besides the program's own doing?
export function byOthers(before: number, journal: readonly Entry[]): boolean {
  return journal.slice(before).some((entry) => entry.by !== 'desk' && !['fate', 'said'].includes(entry.kind));
}
