// What changes at the desk, as it happens: one stream of events for the whole console. It comes back by itself, from where it
// was, when the server was away, and says so meanwhile.
//
// It reads the stream by fetch, not by EventSource: that one can carry no token, and says neither why it ended nor when it
// tries again. Browsers open few connections to one host, so of several tabs only one has the stream (Web Locks) and passes
// on what it hears; where there are no locks each has its own.
import { authorization, signInLost } from './api/client';
import { backoff, EventParser } from './sse';

export interface Change {
  what: 'opened' | 'changed' | 'message' | 'notice' | 'presence' | 'outage' | 'callback' | 'report' | 'reload';
  case: number; // 0 of what is no case's: an outage, a callback, a reload (everything may be different)
}
type Listener = (change: Change) => void;
type Passed = { change: Change } | { status: Status; retryAt: number } | { hello: true } | { wake: true };
export type Status = 'connecting' | 'open' | 'retrying';

const SILENCE_MS = 50_000; // the server says something every 15 s
const KNOWN = new Set<string>([
  'opened',
  'changed',
  'message',
  'notice',
  'presence',
  'outage',
  'callback',
  'report',
  'reload',
]);
const LOCK = 'hejnal.live';

class Live {
  status = $state<Status>('connecting');
  retryAt = $state(0); // by this machine's clock
  #listeners = new Set<Listener>();
  #lastId = '';
  #attempt = 0;
  #wake: (() => void) | null = null;
  #started = false;
  #leads = false;
  #tabs: BroadcastChannel | null = null;

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    addEventListener('online', () => this.retry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.retry());
    if (!navigator.locks || typeof BroadcastChannel === 'undefined') {
      void this.#run();
      return;
    }
    this.#tabs = new BroadcastChannel(LOCK);
    this.#tabs.onmessage = ({ data }: MessageEvent<Passed>) => {
      if ('hello' in data) {
        if (this.#leads) this.#pass({ status: this.status, retryAt: this.retryAt });
      } else if ('wake' in data) {
        if (this.#leads) this.#wake?.();
      } else if (!this.#leads && 'change' in data) {
        this.#tell(data.change);
      } else if (!this.#leads && 'status' in data) {
        const back = this.status === 'retrying' && data.status === 'open';
        this.status = data.status;
        this.retryAt = data.retryAt;
        if (back) this.#tell({ what: 'reload', case: 0 });
      }
    };
    this.#pass({ hello: true });
    void navigator.locks.request(LOCK, async () => {
      this.#leads = true;
      // Whatever the tab before has not passed on any more.
      if (this.status === 'open') this.#tell({ what: 'reload', case: 0 });
      await this.#run();
    });
  }

  retry(): void {
    if (this.#tabs && !this.#leads) this.#pass({ wake: true });
    else this.#wake?.();
  }

  #pass(passed: Passed): void {
    this.#tabs?.postMessage(passed);
  }

  #become(status: Status): void {
    this.status = status;
    this.#pass({ status, retryAt: this.retryAt });
  }

  #hear(change: Change): void {
    this.#pass({ change });
    this.#tell(change);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  async #run(): Promise<never> {
    for (;;) {
      try {
        await this.#once();
      } catch {
        // Said by the status; the next try comes.
      }
      this.#attempt += 1;
      const wait = backoff(this.#attempt);
      this.retryAt = Date.now() + wait;
      this.#become('retrying');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
  }

  async #once(): Promise<void> {
    const abort = new AbortController();
    let silence = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream', ...authorization() };
      if (this.#lastId) headers['Last-Event-ID'] = this.#lastId;
      const response = await fetch('/api/v1/events', { headers, signal: abort.signal, cache: 'no-store' });
      if (response.status === 401) await signInLost();
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      this.#attempt = 0;
      this.#become('open');
      // Nothing was heard before: what a page has read until now may be old.
      if (!this.#lastId) this.#hear({ what: 'reload', case: 0 });
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE_MS);
        for (const event of parser.push(value)) {
          this.#lastId = event.id || this.#lastId;
          if (!KNOWN.has(event.name)) continue; // of a newer server
          const number = Number((JSON.parse(event.data) as { case?: number }).case ?? 0);
          this.#hear({ what: event.name as Change['what'], case: event.name === 'reload' ? 0 : number });
        }
      }
    } finally {
      clearTimeout(silence);
      abort.abort();
    }
  }
}

export const live = new Live();
