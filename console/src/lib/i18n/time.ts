// Times and durations as people say them, in the browser's zone and the chosen language.
import { t, words, type Language } from './index.svelte';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language === 'pl' ? 'pl-PL' : 'en-GB', options);
    formats.set(key, found);
  }
  return found;
}

export function timeOfDay(at: string | number): string {
  return format(words.language, 'time', { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

export function day(at: string | number, now: number): string {
  const date = new Date(at);
  const today = new Date(now).toDateString();
  if (date.toDateString() === today) return t('time.today');
  if (date.toDateString() === new Date(now - DAY).toDateString()) return t('time.yesterday');
  if (date.toDateString() === new Date(now + DAY).toDateString()) return t('time.tomorrow');
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return format(
    words.language,
    sameYear ? 'day' : 'year',
    sameYear
      ? { weekday: 'short', day: 'numeric', month: 'short' }
      : { day: 'numeric', month: 'short', year: 'numeric' },
  ).format(date);
}

// "14:05", "wczoraj 14:05", "pon., 23 lis 14:05"
export function moment(at: string | number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return timeOfDay(at);
  return `${day(at, now)} ${timeOfDay(at)}`;
}

export function exact(at: string | number): string {
  return format(words.language, 'exact', { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(at));
}

const two = (n: number) => String(n).padStart(2, '0');

// What a countdown shows: "4:59" below an hour, "3 h 05" below two days, then days.
export function countdown(ms: number): string {
  const left = Math.abs(ms);
  if (left < HOUR) return `${Math.floor(left / MINUTE)}:${two(Math.floor((left % MINUTE) / 1000))}`;
  if (left < 2 * DAY) return `${Math.floor(left / HOUR)} h ${two(Math.floor((left % HOUR) / MINUTE))}`;
  return t('time.days', { n: Math.floor(left / DAY) });
}

// How long ago, roughly: for the age of a case.
export function age(ms: number): string {
  if (ms < MINUTE) return t('time.just_now');
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return t('time.days', { n: Math.floor(ms / DAY) });
}

// How long something takes: "0,7 s", "12 min", "3 h 05 min", "4 dni".
export function duration(ms: number): string {
  if (ms < MINUTE) {
    const seconds = ms / 1000;
    return `${seconds.toLocaleString(words.language, { maximumFractionDigits: seconds < 10 ? 1 : 0 })} s`;
  }
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) {
    const minutes = Math.round(ms / MINUTE);
    return minutes % 60 ? `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min` : `${minutes / 60} h`;
  }
  return t('time.days', { n: Math.round(ms / DAY) });
}
