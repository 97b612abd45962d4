// What is typed of an outage, and how it comes to the clients.

export const TEXT_BYTES = 1000; // what the desk takes of a public sentence
export const SMS_CHARACTERS = 160; // what an SMS has of it

// One line, as the desk keeps it.
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function tooLong(text: string): boolean {
  return new TextEncoder().encode(oneLine(text)).length > TEXT_BYTES;
}

export function inSms(text: string): string {
  const characters = [...oneLine(text)];
  return characters.length > SMS_CHARACTERS
    ? `${characters.slice(0, SMS_CHARACTERS).join('').trimEnd()}...`
    : characters.join('');
}

// "12, 13 #14" as numbers of cases, each once; null where something else stands among them.
export function caseNumbers(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter((one) => one !== '');
  const numbers = words.map((one) => Number(/^#?([1-9]\d{0,14})$/.exec(one)?.[1] ?? 0));
  return numbers.includes(0) ? null : [...new Set(numbers)];
}

const two = (n: number) => String(n).padStart(2, '0');

// What <input type="datetime-local"> takes, in the browser's zone.
export function toField(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

export function fromField(text: string): string | null {
  const at = text ? new Date(text).getTime() : NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}
