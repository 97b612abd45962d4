// One action of a page that needs no more than its word: what came of it is told at the edge of the page.
import { post, Problem } from './api/client';
import { t } from './i18n/index.svelte';
import { said } from './said';
import { toasts } from './toasts.svelte';

export function tell(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  toasts.show({ kind: 'bad', text: error.unreachable ? t('problem.not_done') : said(error) });
}

// What the desk has answered; null: it was not done, and that was said.
export async function act<T>(path: string, body: Record<string, unknown>, done: string): Promise<T | null> {
  try {
    const { data } = await post<T>(path, body);
    toasts.show({ kind: 'good', text: done });
    return data;
  } catch (error) {
    tell(error);
    return null;
  }
}

// j and k: from one `[data-row]` of a list to the next.
export function step(list: HTMLElement | undefined, by: 1 | -1): void {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}
