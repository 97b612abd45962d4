// Every request of the console goes through here: it carries who asks, turns errors into `Problem`s, tells the clock what
// time it is at the desk, and waits for a new sign-in when the old one has ended, so that nothing typed is lost.
import type { components } from './types';

export type Schema = components['schemas'];
type Schemas = Schema;
export type Case = Schemas['Case'];
export type WholeCase = Schemas['WholeCase'];
export type CaseList = Schemas['CaseList'];
export type Message = Schemas['Message'];
export type MessageList = Schemas['MessageList'];
export type Entry = Schemas['Entry'];
export type Health = Schemas['Health'];
export type CaseCounts = Schemas['CaseCounts'];
export type State = Schemas['State'];
export type Channel = Schemas['Channel'];
export type NoticeState = Schemas['NoticeState'];
export type NoticeKind = Schemas['NoticeKind'];
export type Person = Schemas['Person'];
export type PersonList = Schemas['PersonList'];
export type Party = Schemas['Party'];
export type Outage = Schemas['Outage'];
export type OutageList = Schemas['OutageList'];
export type Callback = Schemas['Callback'];
export type CallbackList = Schemas['CallbackList'];
export type Present = Schemas['Present'];
export type PresentList = Schemas['PresentList'];
export type AnswerTemplate = Schemas['AnswerTemplateList']['items'][number];
export type AnswerTemplateList = Schemas['AnswerTemplateList'];
export type EditedTemplate = Schemas['EditedTemplate'];
export type EditedTemplateList = Schemas['EditedTemplateList'];
export type WholePerson = Schemas['WholePerson'];
export type Organisation = Schemas['Organisation'];
export type OrganisationList = Schemas['OrganisationList'];
export type LearntNumber = Schemas['Number'];
export type MailCount = Schemas['MailCount'];
export type Carrier = Schemas['Carrier'];
export type ChannelList = Schemas['ChannelList'];
export type Procedure = Schemas['Procedure'];
export type ProcedureVersion = Schemas['ProcedureVersion'];
export type ProcedureRehearsal = Schemas['ProcedureRehearsal'];
export type RehearsedRow = Schemas['RehearsedRow'];
export type ProcedurePreview = Schemas['ProcedurePreview'];
export type Difference = Schemas['Difference'];
export type Report = Schemas['Report'];
export type ReportRow = Schemas['ReportRow'];
export type Provider = Schemas['ProviderList']['items'][number];
export type ProviderList = Schemas['ProviderList'];
export type SentReport = Schemas['SentReport'];
export type SentReportList = Schemas['SentReportList'];
export type WholeSentReport = Schemas['WholeSentReport'];
export type ReportTimes = Schemas['ReportTimes'];

// An error as RFC 9457 describes it. Status 0: no answer came at all.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly more: Record<string, unknown> = {},
  ) {
    super(detail || title);
    this.name = 'Problem';
  }
  get unreachable(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}

export interface Asked {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  etag?: string | null; // sent as If-Match: only if it is still as we have seen it
  signal?: AbortSignal;
  anonymous?: boolean; // a 401 is then an answer, not a lost sign-in
  keepalive?: boolean; // goes out also when the page is just being left
}

// What the client needs of the session; set once by session.svelte.ts (the other way round would be a cycle).
export interface Credentials {
  headers(unsafe: boolean): Record<string, string>;
  // The sign-in is no longer valid. Resolves when somebody has signed in again, rejects when that is given up.
  lost(): Promise<void>;
  // Another tab may have signed in: true if the request is worth a second try.
  renewed(): Promise<boolean>;
}

let credentials: Credentials = {
  headers: () => ({}),
  lost: () => Promise.reject(new Error('nobody is signed in')),
  renewed: () => Promise.resolve(false),
};
let tellTime: (deskTime: string) => void = () => {};

export function use(parts: { credentials?: Credentials; tellTime?: (deskTime: string) => void }): void {
  credentials = parts.credentials ?? credentials;
  tellTime = parts.tellTime ?? tellTime;
}

export async function problemOf(response: Response): Promise<Problem> {
  try {
    const { title, detail, status: _status, type: _type, ...more } = (await response.json()) as Record<string, unknown>;
    const wait = Number(response.headers.get('Retry-After'));
    if (wait > 0) more['retry_after_s'] = wait;
    return new Problem(response.status, String(title ?? ''), String(detail ?? ''), more);
  } catch {
    return new Problem(response.status, response.statusText, '');
  }
}

export async function ask<T>(path: string, asked: Asked = {}): Promise<Answer<T>> {
  const method = asked.method ?? 'GET';
  for (let attempt = 0; ; ++attempt) {
    const headers: Record<string, string> = { Accept: 'application/json', ...credentials.headers(method !== 'GET') };
    if (asked.body !== undefined) headers['Content-Type'] = 'application/json';
    if (asked.etag) headers['If-Match'] = asked.etag;
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers,
        body: asked.body === undefined ? undefined : JSON.stringify(asked.body),
        signal: asked.signal,
        keepalive: asked.keepalive,
        credentials: 'same-origin',
        cache: 'no-store',
      });
    } catch (error) {
      if (asked.signal?.aborted) throw error;
      throw new Problem(0, 'unreachable', '');
    }
    const time = response.headers.get('Desk-Time');
    if (time) tellTime(time);
    if (response.status === 401 && !asked.anonymous && attempt < 2) {
      await credentials.lost();
      continue;
    }
    if (response.status === 403 && method !== 'GET' && !asked.anonymous && attempt === 0) {
      const refused = await problemOf(response);
      if (await credentials.renewed()) continue;
      throw refused;
    }
    if (!response.ok) throw await problemOf(response);
    const text = await response.text();
    return { data: (text ? JSON.parse(text) : null) as T, etag: response.headers.get('ETag') };
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask<T>(path, { signal })).data;
}

export async function post<T>(path: string, body: unknown = {}, etag?: string | null): Promise<Answer<T>> {
  return ask<T>(path, { method: 'POST', body, etag });
}

// For streams and downloads, which are no JSON.
export function authorization(): Record<string, string> {
  return credentials.headers(false);
}
export function signInLost(): Promise<void> {
  return credentials.lost();
}

export function query(parameters: Record<string, string | number | null | undefined>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') out.set(name, String(value));
  }
  const text = out.toString();
  return text ? `?${text}` : '';
}
