import { describe, expect, it, vi } from 'vitest';
import type { Entry, Message } from '../../lib/api/client';
import { OpenCase } from './case.svelte';
import { fieldOf, read, recalled, tidy, write, type Shelf } from './draft';
import { byOthers, pending, story } from './story';

let seq = 0;
const at = (minute: number) => `2026-01-01T12:${String(minute).padStart(2, '0')}:00.000Z`;
const entry = (kind: Entry['kind'], minute: number, more: Partial<Entry> = {}): Entry => ({
  seq: ++seq,
  at: at(minute),
  kind,
  by: 'desk',
  why: '',
  ...more,
});
const message = (id: number, minute: number, more: Partial<Message> = {}): Message => ({
  id,
  direction: 'in',
  channel: 'email',
  from: 'anna@klient.example',
  to: '',
  subject: '',
  text: 'x',
  at: at(minute),
  automatic: false,
  state: 'opened',
  attachments: [],
  html: false,
  join_reason: '',
  deliveries: 1,
  delivered_again_at: null,
  ...more,
});

describe('the story', () => {
  it('shows what monitoring has said as a message, and that it is over as a line', () => {
    const items = story({
      journal: [
        entry('opened', 0),
        entry('alerted', 0, { by: 'prometheus', monitor: 'prometheus', message: 1 }),
        entry('alerted', 3, { by: 'prometheus', monitor: 'prometheus', over: true }),
      ],
      messages: [message(1, 0, { channel: 'api', from: 'prometheus', automatic: true })],
    });
    expect(items.filter((one) => !one.detail).map((one) => one.kind)).toEqual(['message', 'entry']);
  });

  it('shows messages where the journal tells of them, and notes', () => {
    const items = story({
      journal: [
        entry('opened', 0),
        entry('received', 0, { message: 41 }),
        entry('said', 0, { notice: 1, what: 'receipt', channel: 'email', to: 'anna@klient.example' }),
        entry('acted', 3, { by: 'ela', action: 'note', text: 'Kabel.' }),
      ],
      messages: [message(41, 0), message(42, 0, { direction: 'out', to: 'anna@klient.example', state: 'handed_over' })],
    });
    expect(items.map((item) => item.kind)).toEqual(['entry', 'message', 'message', 'note']);
    expect(items[2]).toMatchObject({ kind: 'message', message: { id: 42 }, entry: { what: 'receipt' } });
  });

  it('makes one line of alarms that ring again and again, and ends it when a person does something', () => {
    const ring = (minute: number) => [
      entry('rang', minute, { n: minute }),
      entry('said', minute, { what: 'alert', channel: 'sms', to: '+48600000001' }),
    ];
    const items = story({
      journal: [
        ...ring(0),
        entry('planned', 1, { timer: 'close' }),
        ...ring(5),
        ...ring(10),
        entry('acted', 12, { by: 'ela', action: 'read' }),
        ...ring(20),
      ],
      messages: [0, 5, 10, 20].map((minute, i) =>
        message(i + 1, minute, { direction: 'out', channel: 'sms', to: '+48600000001' }),
      ),
    }).filter((item) => !item.detail);
    expect(items.map((item) => item.kind)).toEqual(['alarms', 'entry', 'alarms']);
    expect(items[0]).toMatchObject({ count: 3, last: at(10), to: ['+48600000001'] });
    expect(items[0]?.kind === 'alarms' && items[0].messages.map((one) => one.id)).toEqual([1, 2, 3]);
  });

  it('leaves no message out', () => {
    const items = story({ journal: [entry('opened', 0)], messages: [message(5, 3), message(4, 1)] });
    expect(items.filter((item) => item.kind === 'message').map((item) => item.id)).toEqual(['m4', 'm5']);
  });

  it('knows the answer that can still be taken back', () => {
    const planned = entry('planned', 0, { timer: 'answer', text: 'x', due: at(1) });
    expect(pending([planned])).toBe(planned);
    expect(pending([planned, entry('dropped', 1, { timer: 'answer' })])).toBeNull();
    expect(pending([entry('planned', 0, { timer: 'close' })])).toBeNull();
  });

  it('tells what others did from what the program did', () => {
    const before = [entry('opened', 0)];
    expect(byOthers(1, [...before, entry('fate', 1), entry('said', 1)])).toBe(false);
    expect(byOthers(1, [...before, entry('acted', 1, { by: 'jan', action: 'read' })])).toBe(true);
    expect(byOthers(1, [...before, entry('received', 1, { by: 'client' })])).toBe(true);
  });
});

describe('a draft', () => {
  function shelf(): Shelf & { kept: Map<string, string> } {
    const kept = new Map<string, string>();
    return {
      kept,
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
  const nothing = { client: '', note: '' };
  it('keeps what stays among ourselves apart from what the client gets', () => {
    expect(fieldOf('answer')).toBe(fieldOf('ask'));
    expect(fieldOf('note')).not.toBe(fieldOf('answer'));
    const one = shelf();
    one.setItem('hejnal.draft.ela.3', '{"mode":"note","text":"Znowu on.","channels":null}'); // as it was kept before
    expect(read(one, 'ela', 3).texts).toEqual({ client: '', note: 'Znowu on.' });
  });
  it('that was called back loses no word that was typed meanwhile', () => {
    expect(recalled('Proszę spróbować.', '')).toBe('Proszę spróbować.');
    expect(recalled('Proszę spróbować.', 'Proszę spróbować.')).toBe('Proszę spróbować.');
    expect(recalled('Proszę spróbować.', 'I jeszcze:')).toBe('Proszę spróbować.\n\nI jeszcze:');
  });
  it('is each person’s and each case’s own', () => {
    const one = shelf();
    write(one, 'ela', 3, { mode: 'ask', texts: { client: 'Który?', note: 'Pewnie stary.' }, channels: ['sms'] });
    expect(read(one, 'ela', 3)).toEqual({
      mode: 'ask',
      texts: { client: 'Który?', note: 'Pewnie stary.' },
      channels: ['sms'],
    });
    expect(read(one, 'jan', 3).texts).toEqual(nothing);
    expect(read(one, 'ela', 4).texts).toEqual(nothing);
  });
  it('goes when it is empty', () => {
    const one = shelf();
    write(one, 'ela', 3, { mode: 'answer', texts: { client: 'x', note: '' }, channels: null });
    write(one, 'ela', 3, { mode: 'answer', texts: { client: '  ', note: 'y' }, channels: null });
    expect(one.kept.size).toBe(1);
    write(one, 'ela', 3, { mode: 'answer', texts: { client: '  ', note: ' ' }, channels: null });
    expect(one.kept.size).toBe(0);
  });
  it('survives a storage that is full, forbidden or broken', () => {
    const full: Shelf = {
      getItem: () => '{"text": 3',
      setItem: () => {
        throw new Error('full');
      },
      removeItem: () => {},
    };
    write(full, 'ela', 3, { mode: 'answer', texts: { client: 'x', note: '' }, channels: null });
    expect(read(full, 'ela', 3)).toEqual({ mode: 'answer', texts: nothing, channels: null });
  });
  it('that nobody has touched for a month goes, and nothing else does', () => {
    const store: Record<string, string> = {
      'hejnal.draft.ela.1': JSON.stringify({ text: 'x', at: 0 }),
      'hejnal.draft.ela.2': JSON.stringify({ text: 'y', at: 40 * 86_400_000 }),
      'hejnal.theme': 'dark',
    };
    const like = Object.assign(
      Object.create({
        getItem: (key: string) => store[key] ?? null,
        removeItem: (key: string) => {
          delete store[key];
          delete (like as unknown as Record<string, string>)[key];
        },
      }) as Storage,
      store,
    );
    tidy(like, 41 * 86_400_000);
    expect(Object.keys(store)).toEqual(['hejnal.draft.ela.2', 'hejnal.theme']);
  });
});

describe('an action', () => {
  it('is not sent again when a colleague was quicker, also when the page hears of it first', async () => {
    const journal = [entry('opened', 0)];
    const posts: string[] = [];
    const tell = (etag: string, status = 200) =>
      new Response(JSON.stringify(status === 200 ? { number: 1, journal } : { title: 'changed' }), {
        status,
        headers: { ETag: etag },
      });
    const open = new OpenCase(1);
    vi.stubGlobal('fetch', async (path: string, asked: RequestInit) => {
      if (asked.method !== 'POST') return tell(`"${journal.length}"`);
      posts.push(path);
      journal.push(entry('acted', 5, { by: 'ela', action: 'answer' }));
      await open.load(); // the news comes before the refusal
      return tell('', 412);
    });
    try {
      await open.load();
      expect(await open.say('answer', 'Tekst', ['email'], 10)).toBeNull();
      expect(posts).toHaveLength(1);
      expect(open.whole?.journal).toHaveLength(2);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
