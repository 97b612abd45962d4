// What went wrong, in the words of whoever looks at it.
import type { Problem } from './api/client';
import { t, words } from './i18n/index.svelte';
import { reason } from './i18n/reasons';

export function said(problem: Problem): string {
  const wait = Number(problem.more['retry_after_s'] ?? 0);
  if (problem.status === 429) return t('problem.too_often', { n: Math.max(1, Math.ceil(wait / 60)) });
  if (problem.unreachable) return t(problem.status === 503 && wait > 0 ? 'problem.busy' : 'problem.unreachable');
  return reason(words.language, problem.message);
}
