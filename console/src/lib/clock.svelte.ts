// The one clock of the console: it ticks once a second for all that count down, and shows the desk's time, which in a sandbox
// is ahead of this machine's and elsewhere may differ because this machine's clock is wrong.
import { use } from './api/client';

const TOLERANCE_MS = 1500; // an answer takes time to arrive; less than this is no difference

// The offset to go on with, when the desk said `told` at our `here`.
export function corrected(offset: number, told: number, here: number): number {
  const seen = told - here;
  return Math.abs(seen - offset) > TOLERANCE_MS ? seen : offset;
}

class Clock {
  now = $state(Date.now());
  #offset = 0;

  constructor() {
    const tick = () => {
      this.now = Date.now() + this.#offset;
      setTimeout(tick, 1000 - (this.now % 1000) + 5); // when the seconds change
    };
    tick();
  }

  told(time: string): void {
    const offset = corrected(this.#offset, Date.parse(time), Date.now());
    if (offset === this.#offset) return;
    this.#offset = offset;
    this.now = Date.now() + offset;
  }
}

export const clock = new Clock();
use({ tellTime: (time) => clock.told(time) });
