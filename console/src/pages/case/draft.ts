// What is being written to a case, kept on this device until it is sent: a lost connection, a closed tab or an ended sign-in
// takes nothing away.
import type { Channel } from '../../lib/api/client';

export type Mode = 'answer' | 'ask' | 'note';
export interface Draft {
  mode: Mode;
  text: string;
  channels: Channel[] | null; // null: as the desk chooses
}

const MODES: readonly string[] = ['answer', 'ask', 'note'];
const DAYS_KEPT = 30;

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

function key(who: string, number: number): string {
  return `hejnal.draft.${who}.${number}`;
}

export function read(shelf: Shelf, who: string, number: number): Draft {
  const none: Draft = { mode: 'answer', text: '', channels: null };
  try {
    const found = JSON.parse(shelf.getItem(key(who, number)) ?? 'null') as Partial<Draft> | null;
    if (!found || typeof found.text !== 'string') return none;
    return {
      mode: MODES.includes(found.mode ?? '') ? found.mode! : 'answer',
      text: found.text,
      channels: Array.isArray(found.channels) ? found.channels : null,
    };
  } catch {
    return none;
  }
}

export function write(shelf: Shelf, who: string, number: number, draft: Draft, now = Date.now()): void {
  try {
    if (draft.text.trim() === '') shelf.removeItem(key(who, number));
    else shelf.setItem(key(who, number), JSON.stringify({ ...draft, at: now }));
  } catch {
    // a full or forbidden storage takes nothing: the text is still on the page
  }
}

// Drafts that nobody has touched for long go.
export function tidy(shelf: Storage, now = Date.now()): void {
  for (const name of Object.keys(shelf)) {
    if (!name.startsWith('hejnal.draft.')) continue;
    try {
      const { at } = JSON.parse(shelf.getItem(name) ?? '{}') as { at?: number };
      if (!at || now - at > DAYS_KEPT * 86_400_000) shelf.removeItem(name);
    } catch {
      shelf.removeItem(name);
    }
  }
}
