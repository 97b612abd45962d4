// Who else looks at the case, or is writing in it: told to the desk while the page is in front, and heard from it. The desk
// forgets what is not said again for half a minute, so nothing here has to arrive.
import { ask, get, type Present, type PresentList } from '../../lib/api/client';
import { clock } from '../../lib/clock.svelte';
import type { Change } from '../../lib/live.svelte';
import { session } from '../../lib/session.svelte';

type State = Present['state'] | 'gone';

const AWAY_MS = 10 * 60_000; // a page that nobody has touched for so long is looked at by nobody
const AGAIN_MS = 12_000;
const WRITES_MS = 8_000; // so long after the last key somebody still writes

export class Presence {
  #people = $state.raw<Present[]>([]);
  #state: State = 'gone';
  #told: State = 'gone';
  #telling = false;
  #again: ReturnType<typeof setInterval> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly number: number) {}

  get others(): Present[] {
    return this.#people.filter((one) => one.who !== session.name && Date.parse(one.until) > clock.now);
  }

  // In front or not. What it returns ends it.
  start(): () => void {
    let touched = performance.now();
    const shown = () => {
      const here = document.visibilityState === 'visible' && performance.now() - touched < AWAY_MS;
      if (!here) this.#be('gone');
      else if (this.#state === 'gone') this.#be('looking');
    };
    const touch = () => {
      touched = performance.now();
      if (this.#state === 'gone') shown();
    };
    const TOUCHES = ['keydown', 'pointermove', 'pointerdown', 'wheel'] as const;
    for (const one of TOUCHES) document.addEventListener(one, touch, { passive: true, capture: true });
    const left = () => this.#be('gone');
    document.addEventListener('visibilitychange', shown);
    addEventListener('pagehide', left);
    this.#again = setInterval(() => {
      shown();
      if (this.#state !== 'gone') void this.#tell();
    }, AGAIN_MS);
    shown();
    return () => {
      document.removeEventListener('visibilitychange', shown);
      removeEventListener('pagehide', left);
      for (const one of TOUCHES) document.removeEventListener(one, touch, { capture: true });
      clearInterval(this.#again);
      left();
    };
  }

  wrote(): void {
    if (this.#state === 'gone') return;
    this.#be('typing');
    this.#pause = setTimeout(() => this.#be('looking'), WRITES_MS);
  }
  // What was written has left, or was put away.
  rested(): void {
    if (this.#state === 'typing') this.#be('looking');
  }

  async heard(change: Change): Promise<void> {
    if (change.what !== 'reload' && (change.what !== 'presence' || change.case !== this.number)) return;
    const told = await get<PresentList>(`/api/v1/cases/${this.number}/presence`).catch(() => null);
    if (told) this.#people = told.items;
  }

  #be(state: State): void {
    clearTimeout(this.#pause);
    if (state === this.#state) return;
    this.#state = state;
    void this.#tell();
  }

  // One at a time, so that the last word is the last to arrive.
  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    try {
      do {
        this.#told = this.#state;
        const body = { state: this.#told };
        const path = `/api/v1/cases/${this.number}/presence`;
        const { data } = await ask<PresentList>(path, { method: 'POST', body, keepalive: body.state === 'gone' });
        this.#people = data.items;
      } while (this.#told !== this.#state);
    } catch {
      // It is said again soon.
    } finally {
      this.#telling = false;
    }
  }
}
