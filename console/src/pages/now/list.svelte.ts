// The cases that the page Now shows: loaded page by page, kept up to date by what happens, and never moved under somebody's
// cursor. A row that has changed changes where it stands; what is new, or should stand elsewhere now, waits in `fresh` until
// it is taken, or goes in by itself while nobody is looking at the rows closely (`calm`).
import { get, Problem, query, type Case, type CaseCounts, type CaseList, type WholeCase } from '../../lib/api/client';
import type { Change } from '../../lib/live.svelte';
import { compare, fits, placeOf, type Filter } from './order';

const PAGE = 100;
const TOGETHER_MS = 120; // the first change is read at once; those that come so soon after it are read together
const AT_ONCE = 6;
const MANY = 60; // more changes than this: the list is read again
const MOST = 20_000; // rows are read again; who has scrolled further begins anew

export class CasesNow {
  rows = $state.raw<Case[]>([]);
  fresh = $state.raw<Case[]>([]); // new ones, not shown yet
  moved = $state(false); // a row stands where it would not stand any more
  total = $state<number | null>(null);
  atLeast = $state(false);
  counts = $state.raw<CaseCounts | null>(null); // of all cases, whatever the filter
  loading = $state(false);
  mistake = $state.raw<Problem | null>(null);
  scrollTop = 0; // where one was, for coming back
  cursor = $state(-1); // the row that the keyboard is at
  calm: () => boolean = () => true;

  #filter: Filter = { state: '', class: '', only: '', q: '', order: 'due' };
  #next: string | null = null;
  #stale = false; // rows came or went while nobody heard of it: taken by reading again
  #loaded = false;
  #asking: AbortController | null = null;
  #changed = new Set<number>();
  #counting: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #readAt = -Infinity;

  get complete(): boolean {
    return this.#loaded && this.#next === null;
  }

  // Shows the cases of a filter; those it shows already stay.
  async show(filter: Filter): Promise<void> {
    if (this.#loaded && JSON.stringify(filter) === JSON.stringify(this.#filter)) {
      return this.reload(this.scrollTop < 4); // whoever has just come has begun nothing yet
    }
    this.#filter = filter;
    this.rows = [];
    this.cursor = -1;
    this.scrollTop = 0;
    this.#loaded = false;
    await this.reload();
  }

  // The whole list once more, as far as it was loaded. While somebody looks closely (`now` is false) every row stays where it
  // is: what is in it is new, and that others came or went is only said.
  async reload(now = true): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.loading = true;
    this.count();
    try {
      const wanted = Math.max(PAGE, Math.min(this.rows.length, MOST));
      let rows: Case[] = [];
      let next: string | null = null;
      do {
        const page: CaseList = await this.#page(next, Math.min(200, wanted - rows.length), asking.signal);
        rows = rows.concat(page.items);
        next = page.next;
        this.total = page.total ?? page.total_at_least ?? null;
        this.atLeast = page.total === undefined;
      } while (next !== null && rows.length < wanted);
      this.mistake = null;
      if (!now && this.#loaded && this.rows.length > 0 && !this.calm()) this.#refresh(rows, next);
      else this.#replace(rows, next);
    } catch (error) {
      if (error instanceof Problem) this.mistake = error;
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.loading = false;
      }
    }
  }

  #replace(rows: Case[], next: string | null): void {
    const at = this.rows[this.cursor]?.number;
    this.rows = rows;
    this.cursor = at === undefined ? this.cursor : rows.findIndex((one) => one.number === at);
    this.#next = next;
    this.#loaded = true;
    this.#stale = false;
    this.fresh = [];
    this.moved = false;
  }

  #refresh(rows: Case[], next: string | null): void {
    const found = new Map(rows.map((one) => [one.number, one]));
    const shown = new Set(this.rows.map((one) => one.number));
    this.fresh = rows.filter((one) => !shown.has(one.number));
    const left = rows.filter((one) => shown.has(one.number));
    const same = left.length === this.rows.length && left.every((one, i) => one.number === this.rows[i]!.number);
    this.rows = this.rows.map((one) => found.get(one.number) ?? one);
    this.#stale = !same;
    this.moved = !same;
    // What was at the end may have been pushed out by new ones: then it comes again, and is known.
    this.#next = next;
  }

  async more(): Promise<void> {
    if (this.loading || this.#next === null) return;
    const asking = (this.#asking = new AbortController());
    this.loading = true;
    try {
      const page = await this.#page(this.#next, 200, asking.signal);
      const known = new Set(this.rows.map((one) => one.number));
      this.rows = this.rows.concat(page.items.filter((one) => !known.has(one.number)));
      this.#next = page.next;
    } catch (error) {
      if (error instanceof Problem) this.mistake = error;
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.loading = false;
      }
    }
  }

  #page(cursor: string | null, limit: number, signal: AbortSignal): Promise<CaseList> {
    const { state, class: name, only, q, order } = this.#filter;
    return get<CaseList>(`/api/v1/cases${query({ state, class: name, only, q, order, limit, cursor })}`, signal);
  }

  // How many there are of each kind: not for every change, but soon after the last one.
  count(): void {
    this.#counting ??= setTimeout(async () => {
      this.counts = await get<CaseCounts>('/api/v1/counts').catch(() => this.counts);
      this.#counting = undefined;
    }, 400);
  }

  heard(change: Change): void {
    if (change.what === 'reload') {
      this.count();
      void this.reload(false);
      return;
    }
    if (change.what === 'presence' || change.case === 0) return; // what is no case's
    this.count();
    this.#changed.add(change.case);
    this.#timer ??= setTimeout(() => void this.#read(), Math.max(0, this.#readAt + TOGETHER_MS - performance.now()));
  }

  async #read(): Promise<void> {
    const numbers = [...this.#changed];
    this.#changed.clear();
    if (numbers.length > MANY) {
      this.#timer = undefined;
      this.#readAt = performance.now();
      if (this.calm()) await this.reload();
      else this.#stale = this.moved = true;
      return;
    }
    while (numbers.length > 0) {
      await Promise.all(
        numbers.splice(0, AT_ONCE).map(async (number) => {
          try {
            this.put(await get<WholeCase>(`/api/v1/cases/${number}`));
          } catch {
            // It comes with the next change, or with the reload after the connection was away.
          }
        }),
      );
    }
    this.#readAt = performance.now();
    this.#timer = this.#changed.size > 0 ? setTimeout(() => void this.#read(), TOGETHER_MS) : undefined;
  }

  // A case as it is now.
  put(whole: WholeCase | Case): void {
    const { journal: _journal, messages: _messages, ...one } = whole as WholeCase;
    const row: Case = one;
    const at = this.rows.findIndex((old) => old.number === row.number);
    const right = fits(row, this.#filter);
    if (at >= 0) {
      const old = this.rows[at]!;
      this.rows = this.rows.with(at, row);
      // It stays where it is, also when it should not be here any more: nobody's click shall hit another one.
      if (right === false || compare(old, row, this.#filter.order) !== 0) this.moved = true;
    } else if (right === true) {
      const last = this.rows.at(-1);
      if (this.#next !== null && last && compare(last, row, this.#filter.order) < 0) return; // comes when one scrolls
      if (this.fresh.every((old) => old.number !== row.number) && this.total !== null) this.total += 1;
      this.fresh = [...this.fresh.filter((old) => old.number !== row.number), row];
    } else if (right === false && this.fresh.some((old) => old.number === row.number)) {
      this.fresh = this.fresh.filter((old) => old.number !== row.number);
    }
    if (this.calm() || this.rows.length === 0) this.take();
  }

  // Everything where it belongs.
  take(): void {
    if (this.fresh.length === 0 && !this.moved) return;
    if (this.#stale) {
      void this.reload();
      return;
    }
    const at = this.rows[this.cursor]?.number;
    const { order } = this.#filter;
    let rows = this.rows.filter((one) => fits(one, this.#filter) !== false);
    if (this.moved) rows = rows.toSorted((a, b) => compare(a, b, order));
    for (const one of this.fresh) rows = rows.toSpliced(placeOf(rows, one, order), 0, one);
    if (this.total !== null) this.total -= this.rows.length + this.fresh.length - rows.length;
    this.rows = rows;
    this.cursor = at === undefined ? -1 : rows.findIndex((one) => one.number === at);
    this.fresh = [];
    this.moved = false;
  }
}

export const casesNow = new CasesNow();
