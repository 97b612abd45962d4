import { live } from '../../lib/live.svelte';

/** Reads anew when reports have changed; changes that come together are read together. For `$effect`: gives its end. */
export function whenReportsChange(read: () => Promise<void>, togetherMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = live.listen(({ what }) => {
    if (what !== 'report' && what !== 'reload') return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void read();
    }, togetherMs);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
