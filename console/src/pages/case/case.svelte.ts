// The case that is open: read, kept up to date, and worked on. Every action says which state of the case it was meant for
// (If-Match); when somebody was quicker, nothing happens and the page shows what has changed.
import { ask, post, Problem, type Channel, type WholeCase } from '../../lib/api/client';
import { t } from '../../lib/i18n/index.svelte';
import type { Change } from '../../lib/live.svelte';
import { said } from '../../lib/said';
import { toasts } from '../../lib/toasts.svelte';
import { byOthers } from './story';

const TOGETHER_MS = 60;

export class OpenCase {
  whole = $state.raw<WholeCase | null>(null);
  mistake = $state.raw<Problem | null>(null);
  busy = $state(false);
  #etag: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = -Infinity;
  #seq = 0;

  constructor(readonly number: number) {}

  async load(): Promise<void> {
    const seq = ++this.#seq;
    try {
      const { data, etag } = await ask<WholeCase>(`/api/v1/cases/${this.number}`);
      if (seq !== this.#seq) return; // a later one was quicker
      this.whole = data;
      this.#etag = etag;
      this.mistake = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (seq === this.#seq && !this.whole) this.mistake = error;
    }
  }

  heard(change: Change): void {
    if (change.what === 'presence' || (change.what !== 'reload' && change.case !== this.number)) return;
    // The first word at once; what comes right after it together.
    const wait = Math.max(0, this.#heardAt + TOGETHER_MS - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#heardAt = performance.now();
      void this.load();
    }, wait);
  }

  // The answered case (another one after a merge or split), or null when nothing was done: that has been said then.
  async act(action: string, body: Record<string, unknown> = {}, quietly = false): Promise<WholeCase | null> {
    this.busy = true;
    // What was on the screen when it was meant. The page may hear of a colleague while the desk is still refusing.
    const before = this.whole?.journal.length ?? 0;
    try {
      for (let attempt = 0; ; ++attempt) {
        try {
          const { data, etag } = await post<WholeCase>(`/api/v1/cases/${this.number}/${action}`, body, this.#etag);
          if (data.number === this.number) {
            ++this.#seq;
            this.whole = data;
            this.#etag = etag;
          } else {
            void this.load();
          }
          return data;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.status !== 412) throw error;
          await this.load();
          if (attempt === 0 && this.whole && !byOthers(before, this.whole.journal)) continue;
          throw new Problem(412, '', t('case.changed_meanwhile'));
        }
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!quietly) toasts.show({ kind: 'bad', text: error.unreachable ? t('problem.not_done') : said(error) });
      return null;
    } finally {
      this.busy = false;
    }
  }

  say(kind: 'answer' | 'ask', text: string, channels: Channel[], delay: number): Promise<WholeCase | null> {
    return this.act(kind, { text, channels, delay_s: delay });
  }
}
