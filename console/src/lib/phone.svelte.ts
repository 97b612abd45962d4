// What the telephone owes: open callbacks and outages. Read once for the menu and the pages together, and again when the desk
// says that something of it has changed.
import { get, Problem, query, type Callback, type CallbackList, type Outage, type OutageList } from './api/client';
import { live } from './live.svelte';

const TOGETHER_MS = 120;
const MOST = 200;
const MOST_OF_ALL = 5000; // who works that many off reads the rest afterwards

class Phone {
  callbacks = $state.raw<Callback[] | null>(null); // open ones, in the order in which they are to be worked off
  callOut = $state.raw<CallbackList['call_out']>(null); // null: no exchange calls
  outages = $state.raw<Outage[] | null>(null); // open ones, newest first
  allClear = $state(true);
  suggestions = $state.raw<OutageList['suggestions']>([]);
  mistake = $state.raw<Problem | null>(null);
  #callbacksTimer: ReturnType<typeof setTimeout> | undefined;
  #outagesTimer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    void this.readCallbacks();
    void this.readOutages();
    live.listen(({ what }) => {
      const all = what === 'reload';
      if (all || what === 'callback' || what === 'outage') {
        this.#callbacksTimer ??= setTimeout(() => {
          this.#callbacksTimer = undefined;
          void this.readCallbacks();
        }, TOGETHER_MS);
      }
      // A critical case that is settled may be the all-clear; a new one may look like an outage.
      if (what !== 'callback' && what !== 'notice' && what !== 'message' && what !== 'report') {
        this.#outagesTimer ??= setTimeout(
          () => {
            this.#outagesTimer = undefined;
            void this.readOutages();
          },
          all || what === 'outage' ? TOGETHER_MS : 1000,
        );
      }
    });
  }

  async readCallbacks(): Promise<void> {
    await this.#try(async () => {
      const all: Callback[] = [];
      let told: CallbackList;
      let cursor: string | null = null;
      do {
        told = await get<CallbackList>(`/api/v1/callbacks${query({ limit: MOST, ...(cursor ? { cursor } : {}) })}`);
        all.push(...told.items);
        cursor = told.next;
      } while (cursor && all.length < MOST_OF_ALL);
      this.callbacks = all;
      this.callOut = told.call_out;
    });
  }

  async readOutages(): Promise<void> {
    await this.#try(async () => {
      const told = await get<OutageList>(`/api/v1/outages${query({ limit: MOST })}`);
      this.outages = told.items;
      this.allClear = told.all_clear;
      this.suggestions = told.suggestions;
    });
  }

  async #try(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.mistake = null;
    } catch (error) {
      // That the server is away is said by the live stream; then this is read again.
      if (error instanceof Problem) this.mistake = error;
    }
  }
}

export const phone = new Phone();
