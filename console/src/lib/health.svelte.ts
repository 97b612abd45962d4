// How the desk's channels are: asked for from time to time, and after the connection was away. A broken one is shown on every page.
import { get, Problem, type Health } from './api/client';
import { live } from './live.svelte';

class Wellness {
  told = $state.raw<Health | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    void this.look();
    live.listen((change) => change.what === 'reload' && void this.look());
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.told = await get<Health>('/api/v1/health');
    } catch (error) {
      // A desk that fails answers 503, and says what of it. That the server is away is said by the live stream.
      if (error instanceof Problem && Array.isArray(error.more['channels'])) {
        this.told = { ...(error.more as unknown as Health), status: 'failing' };
      }
    }
    this.#timer = setTimeout(() => void this.look(), 20_000);
  }

  get broken(): Health['channels'] {
    return (this.told?.channels ?? []).filter((one) => one.state !== 'ok');
  }
}

export const health = new Wellness();
