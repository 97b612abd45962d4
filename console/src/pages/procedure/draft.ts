// A draft of the procedure while it is edited: its data as a form, or its text as in the file.
export type Draft = { data: Data; text?: undefined } | { text: string; data?: undefined };

export interface Step {
  wait: string;
  wait_text: string;
  means: string[];
  means_text: string;
  note: string;
}
export interface ServiceClass {
  id: string;
  title: string;
  short: string;
  situation?: string;
  examples?: string;
  failure: boolean;
  addresses: string[];
  tags: string[];
  step: Step[];
  phone: { wait_text: string; means_text: string; note: string };
  promise: Record<string, string | boolean>;
  alert: Record<string, string | boolean | number | string[] | number[]>;
}
export interface Data {
  language: string;
  title: string;
  columns: string[];
  rules: Record<string, string>;
  class: ServiceClass[];
  prolonged?: { title: string; text: string };
}

export const RULES = ['settle_after', 'close_after', 'sms_critical_within', 'sms_urgent_within', 'email_missing_after'];
export const PROMISES = ['react_within', 'answer_within', 'start_of_work_after', 'grace'];
export const ALERTS = ['repeat', 'repeat_slow', 'remind'];

// As the API wants it: one of the two, and a data object that shares nothing with the form.
export const body = (draft: Draft) =>
  draft.data ? { data: JSON.parse(JSON.stringify(draft.data)) as Record<string, never> } : { text: draft.text };

export const same = (a: Draft | null, b: Draft | null) => JSON.stringify(a) === JSON.stringify(b);

// "a, b , " is a list of two.
export const list = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

// "50 %, 80" are the parts 0.5 and 0.8; what is no number is left as it is, for the server to name.
export const parts = (text: string): (number | string)[] =>
  list(text.replace(/%/g, '')).map((one) => (Number.isFinite(Number(one)) ? Number(one) / 100 : one));
export const percents = (of: unknown): string =>
  Array.isArray(of)
    ? of.map((one) => (typeof one === 'number' ? `${Math.round(one * 100)}` : String(one))).join(', ')
    : '';

export const KEPT = 'hejnal.procedure';

export function kept(): Draft | null {
  try {
    const text = localStorage.getItem(KEPT);
    if (text === null) return null;
    const draft = JSON.parse(text) as unknown;
    if (typeof draft !== 'object' || draft === null) return null;
    return 'data' in draft || 'text' in draft ? (draft as Draft) : null;
  } catch {
    return null; // no storage, or something else is there
  }
}

export function keep(draft: Draft | null): void {
  try {
    if (draft === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, JSON.stringify(draft));
  } catch {
    // no storage: until the page is loaded again
  }
}
