// Who works here. A browser signs in by a cookie (GET/POST/DELETE /api/v1/session); a sandbox signs its visitor in by
// itself. A server without sessions answers 404: then the sandbox's token does.
import { ask, Problem, use } from './api/client';

export type Role = 'client' | 'reader' | 'agent' | 'administrator';
const RANK: Record<Role, number> = { client: 0, reader: 1, agent: 2, administrator: 3 };

interface Told {
  name: string;
  role: Role;
  csrf: string;
  sandbox: boolean;
  expires_at: string;
}

// out: nobody has signed in; lost: somebody had, and signs in again on top of the page, which stays as it is.
type Status = 'starting' | 'unreachable' | 'out' | 'in' | 'lost';

class Session {
  status = $state<Status>('starting');
  name = $state('');
  role = $state<Role>('reader');
  sandbox = $state(false);
  codeNeeded = $state(false);
  mistake = $state<Problem | null>(null);
  #csrf = '';
  #token = '';
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #returning: Promise<boolean> | null = null;

  may(role: Role): boolean {
    return RANK[this.role] >= RANK[role];
  }

  headers(unsafe: boolean): Record<string, string> {
    if (this.#token) return { Authorization: `Bearer ${this.#token}` };
    return unsafe && this.#csrf ? { 'X-CSRF-Token': this.#csrf } : {};
  }

  async start(): Promise<void> {
    try {
      this.status = (await this.#enter()) ? 'in' : 'out';
    } catch {
      this.status = 'unreachable';
    }
  }

  // Is somebody signed in, or can that be had without asking?
  async #enter(): Promise<boolean> {
    if (await this.#look()) return true;
    try {
      await ask('/sandbox/session', { method: 'POST', body: {}, anonymous: true });
      return await this.#look();
    } catch (error) {
      if (!(error instanceof Problem) || error.unreachable) throw error;
    }
    return this.#takeToken();
  }

  async #look(): Promise<boolean> {
    try {
      this.#token = '';
      const { data } = await ask<Told>('/api/v1/session', { anonymous: true });
      this.#csrf = data.csrf;
      this.name = data.name;
      this.role = data.role;
      this.sandbox = data.sandbox;
      return true;
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 404)) return false;
      throw error;
    }
  }

  async #takeToken(): Promise<boolean> {
    try {
      const { data } = await ask<{ token: string }>('/sandbox/token', { anonymous: true });
      this.#token = data.token;
      this.name = 'sandbox';
      this.role = 'administrator';
      this.sandbox = true;
      return true;
    } catch (error) {
      if (error instanceof Problem && !error.unreachable) return false;
      throw error;
    }
  }

  async signIn(name: string, password: string, code: string): Promise<void> {
    this.mistake = null;
    try {
      const body = code ? { name, password, code } : { name, password };
      await ask('/api/v1/session', { method: 'POST', body, anonymous: true });
      if (!(await this.#look())) throw new Problem(401, '', '');
      this.codeNeeded = false;
      this.#entered();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const needed = error.more['code_needed'] === true;
      this.mistake = needed && !this.codeNeeded ? null : error;
      this.codeNeeded = needed || this.codeNeeded;
    }
  }

  #entered(): void {
    this.status = 'in';
    for (const one of this.#waiting.splice(0)) one.resolve();
  }

  async signOut(): Promise<void> {
    if (!this.#token) await ask('/api/v1/session', { method: 'DELETE', anonymous: true }).catch(() => {});
    location.assign('/console/');
  }

  // A request was refused for want of a sign-in. A sandbox helps itself; elsewhere the page waits for its person.
  async lost(): Promise<void> {
    this.#returning ??= this.#enter().finally(() => (this.#returning = null));
    if (await this.#returning.catch(() => false)) {
      this.#entered();
      return;
    }
    this.status = 'lost';
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

export const session = new Session();
use({ credentials: session });
