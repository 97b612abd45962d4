// Which page is shown is the address below /console/, and what a page shows of its things is the query: both survive a reload
// and can be sent to a colleague.
const BASE = '/console/';

export interface Match {
  page: string; // a page's path in pages/index.ts
  id: string;
}

export function match(path: string, pages: readonly string[]): Match | null {
  const [first = '', id = '', ...more] = path.slice(BASE.length).split('/');
  if (more.length > 0) return null;
  const wanted = id ? `${first}/:id` : first;
  return pages.includes(wanted) ? { page: wanted, id: decodeURIComponent(id) } : null;
}

class Router {
  path = $state(BASE);
  query = $state.raw(new URLSearchParams());
  #before: string | null = null;

  start(): void {
    this.#read();
    addEventListener('popstate', () => this.#read());
    // A link to a page of ours changes the page; opening it in a tab of its own stays what it is.
    document.addEventListener('click', (event) => {
      if (
        event.defaultPrevented ||
        event.button !== 0 ||
        event.metaKey ||
        event.ctrlKey ||
        event.shiftKey ||
        event.altKey
      )
        return;
      const link = (event.target as Element).closest?.('a');
      if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
      if (!link.pathname.startsWith(BASE)) return;
      event.preventDefault();
      this.go(link.pathname + link.search);
    });
  }

  #read(): void {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  go(to: string, how: { replace?: boolean } = {}): void {
    if (to === location.pathname + location.search) return;
    if (!how.replace) this.#before = location.pathname + location.search;
    history[how.replace ? 'replaceState' : 'pushState']({ inside: true }, '', to);
    this.#read();
  }

  // Back to where one was inside the console, else to `otherwise`.
  back(otherwise: string): void {
    if (this.#before !== null && (history.state as { inside?: boolean } | null)?.inside) history.back();
    else this.go(otherwise);
  }

  // Changes the query of this page; null removes.
  ask(changes: Record<string, string | null>): void {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    this.go(this.path + (text ? `?${text}` : ''), { replace: true });
  }
}

export const router = new Router();
export const href = {
  now: BASE,
  case: (number: number) => `${BASE}case/${number}`,
  person: (id: number) => `${BASE}people/${id}`,
  organisation: (name: string) => `${BASE}people?organisation=${encodeURIComponent(name)}`,
  page: (path: string) => BASE + path,
};
