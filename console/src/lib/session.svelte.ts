// Who works here: a browser signs in by a cookie (GET/POST/DELETE /api/v1/session). A sandbox signs its visitor in by itself,
// but never instead of a person: whoever had an account there signs in again.
import { ask, Problem, use, type Schema } from './api/client';

export type Role = 'client' | 'reader' | 'agent' | 'administrator';
const RANK: Record<Role, number> = { client: 0, reader: 1, agent: 2, administrator: 3 };
const SANDBOX = 'sandbox'; // the account of whoever looks at one; nobody else can have the name

// out: nobody has signed in; setup: a second factor has to be set up before anything else; lost: somebody had signed in, and
// does so again on top of the page, which stays as it is.
type Status = 'starting' | 'unreachable' | 'out' | 'setup' | 'in' | 'lost';

class Session {
  status = $state<Status>('starting');
  name = $state('');
  role = $state<Role>('reader');
  sandbox = $state(false);
  totp = $state(false);
  other = $state(''); // who has signed in in this browser meanwhile, by another tab
  #csrf = '';
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #returning: Promise<boolean> | null = null;

  may(role: Role): boolean {
    return RANK[this.role] >= RANK[role];
  }
  // Nobody's account: no password, no second factor.
  get visitor(): boolean {
    return this.sandbox && this.name === SANDBOX;
  }

  headers(unsafe: boolean): Record<string, string> {
    return unsafe && this.#csrf ? { 'X-CSRF-Token': this.#csrf } : {};
  }

  async start(): Promise<void> {
    try {
      if (!(await this.#enter(() => true))) this.status = 'out';
      addEventListener('focus', () => void this.#lookAgain());
      document.addEventListener('visibilitychange', () => void this.#lookAgain());
    } catch {
      this.status = 'unreachable';
    }
  }

  // Takes the session that this browser has, if it is the right one; in a sandbox makes one for the visitor.
  async #enter(right: (name: string) => boolean): Promise<boolean> {
    let { told, sandbox } = await this.#look();
    if (!told && sandbox && right(SANDBOX)) {
      await ask('/sandbox/session', { method: 'POST', body: {}, anonymous: true });
      ({ told } = await this.#look());
    }
    if (!told) return false;
    if (!right(told.name)) {
      this.other = told.name;
      return false;
    }
    this.take(told);
    return true;
  }

  async #look(): Promise<{ told: Schema['Session'] | null; sandbox: boolean }> {
    try {
      const { data } = await ask<Schema['Session']>('/api/v1/session', { anonymous: true });
      return { told: data, sandbox: data.sandbox };
    } catch (error) {
      if (error instanceof Problem && error.status === 401)
        return { told: null, sandbox: error.more['sandbox'] === true };
      throw error;
    }
  }

  take(told: Schema['Session']): void {
    this.#csrf = told.csrf;
    this.name = told.name;
    this.role = told.role;
    this.sandbox = told.sandbox;
    this.totp = told.totp;
    this.other = '';
    this.status = told.totp_needed ? 'setup' : 'in';
    for (const one of this.#waiting.splice(0)) one.resolve();
  }

  // Throws a Problem; `code_needed` in it asks for the second factor.
  async signIn(name: string, password: string, code: string): Promise<void> {
    const body = code ? { name, password, code } : { name, password };
    this.take((await ask<Schema['Session']>('/api/v1/session', { method: 'POST', body, anonymous: true })).data);
  }

  async signOut(): Promise<void> {
    const end = () => ask('/api/v1/session', { method: 'DELETE', anonymous: true });
    try {
      await end().catch(async (error: unknown) => {
        // By another tab there is another session meanwhile; it ends, whosever it is.
        const told = error instanceof Problem && error.status === 403 ? (await this.#look()).told : null;
        if (!told) throw error;
        this.#csrf = told.csrf;
        await end();
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
    }
    this.leave();
  }

  // To the empty sign-in page. Drafts stay on the device, each with its writer.
  leave(): void {
    location.assign('/console/signin');
  }

  // A request was refused for want of a sign-in. A sandbox helps its visitor; elsewhere the page waits for its person.
  async lost(): Promise<void> {
    if (await this.#comeBack().catch(() => false)) return;
    this.status = 'lost';
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  // A request was refused as if another site had sent it: another tab may have signed in since.
  async renewed(): Promise<boolean> {
    const before = this.#csrf;
    if (await this.#comeBack()) return this.#csrf !== before;
    await this.lost();
    return true;
  }

  #comeBack(): Promise<boolean> {
    const name = this.name;
    return (this.#returning ??= this.#enter((one) => one === name).finally(() => (this.#returning = null)));
  }

  // Has its person signed in again in another tab?
  async #lookAgain(): Promise<void> {
    if (this.status === 'lost' && document.visibilityState === 'visible') await this.#comeBack().catch(() => false);
  }
}

export const session = new Session();
use({ credentials: session });
