// What is being written to a case, kept on this device until it is sent: a lost connection, a closed tab or an ended sign-in
// takes nothing away.
import type { Channel } from '../../lib/api/client';

export type Mode = 'answer' | 'ask' | 'note';
// An answer that should be a question keeps its words. What stays among ourselves is never one keystroke from the client.
export interface Texts {
  client: string;
  note: string;
}
export interface Draft {
  mode: Mode;
  texts: Texts;
  channels: Channel[] | null; // null: as the desk chooses
}

export function fieldOf(mode: Mode): keyof Texts {
  return mode === 'note' ? 'note' : 'client';
}

// What was called back comes first; what was typed after it follows.
export function recalled(back: string, typed: string): string {
  if (typed.trim() === '' || typed.trim() === back.trim()) return back;
  return `${back.trimEnd()}\n\n${typed}`;
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
  const none: Draft = { mode: 'answer', texts: { client: '', note: '' }, channels: null };
  try {
    const found = JSON.parse(shelf.getItem(key(who, number)) ?? 'null') as
      (Partial<Draft> & { text?: unknown; note?: unknown }) | null;
    if (!found) return none;
    const mode = MODES.includes(found.mode ?? '') ? found.mode! : 'answer';
    const words = (one: unknown) => (typeof one === 'string' ? one : '');
    // Drafts that were kept before had one text, of whatever the mode was.
    const texts = found.texts
      ? { client: words(found.texts.client), note: words(found.texts.note) }
      : { client: '', note: '', [fieldOf(mode)]: words(found.text) };
    return { mode, texts, channels: Array.isArray(found.channels) ? found.channels : null };
  } catch {
    return none;
  }
}

export function write(shelf: Shelf, who: string, number: number, draft: Draft, now = Date.now()): void {
  try {
    if (draft.texts.client.trim() === '' && draft.texts.note.trim() === '') shelf.removeItem(key(who, number));
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
