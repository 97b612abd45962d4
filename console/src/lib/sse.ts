// Server-sent events (WHATWG HTML, 9.2) out of pieces of text, as a stream of fetch brings them.
export interface ServerEvent {
  id: string;
  name: string;
  data: string;
}

export class EventParser {
  #rest = '';
  #id = '';
  #name = '';
  #data: string[] = [];

  push(piece: string): ServerEvent[] {
    const out: ServerEvent[] = [];
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (this.#data.length > 0)
          out.push({ id: this.#id, name: this.#name || 'message', data: this.#data.join('\n') });
        this.#name = '';
        this.#data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue; // a ping
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id' && !value.includes('\0')) this.#id = value;
      if (field === 'event') this.#name = value;
      if (field === 'data') this.#data.push(value);
    }
    return out;
  }
}

// How long to wait before the n-th try (1, 2 …): at once again, soon, then ever later; with chance, so that 200 pages do not
// come back in the same instant when the server does.
export function backoff(attempt: number, chance = Math.random()): number {
  const longest = Math.min(500 * 2 ** (attempt - 1), 15_000);
  return Math.round(longest * (0.5 + chance / 2));
}
