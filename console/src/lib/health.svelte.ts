// How the desk's channels are: asked for from time to time, and after the connection was away. A broken one is shown on every page.
import { get, Problem, type Carrier, type ChannelList, type Health } from './api/client';
import { live } from './live.svelte';

export function silent(carriers: Carrier[], broken: Health['channels']): Carrier[] {
  return carriers.filter((one) => one.stale && !broken.some((other) => other.name === one.name));
}

class Wellness {
  told = $state.raw<Health | null>(null);
  carriers = $state.raw<Carrier[] | null>(null);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    void this.look();
    live.listen((change) => change.what === 'reload' && void this.look());
  }

  // `all`: the carriers, too, whose figures cost the desk more.
  async look(all = true): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.told = await get<Health>('/api/v1/health');
    } catch (error) {
      // A desk that fails answers 503, and says what of it. That the server is away is said by the live stream.
      if (error instanceof Problem && Array.isArray(error.more['channels'])) {
        this.told = { ...(error.more as unknown as Health), status: 'failing' };
      }
    }
    // Health is for machines, too; who has been silent, and since when, only the team learns.
    if (all) this.carriers = (await get<ChannelList>('/api/v1/channels').catch(() => null))?.items ?? this.carriers;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(++this.#turn % 3 === 0), 20_000);
  }

  // Those that health calls well, or does not know, and that have been silent for too long all the same.
  get silent(): Carrier[] {
    return silent(this.carriers ?? [], this.broken);
  }

  get broken(): Health['channels'] {
    return (this.told?.channels ?? []).filter((one) => one.state !== 'ok');
  }
}

export const health = new Wellness();
