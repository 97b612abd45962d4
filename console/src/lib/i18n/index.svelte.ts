// The words of the console in both languages. Keys are typed; {name} in a text is filled in; where a text depends on a
// number `n` it has one form for each plural of its language (1 sprawa, 2 sprawy, 5 spraw).
import { en } from './en';
import { pl } from './pl';

export type Language = 'pl' | 'en';
export type Key = keyof typeof en;
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Dictionary = Record<Key, string | Forms>;

const DICTIONARIES: Record<Language, Dictionary> = { pl, en };
const RULES: Record<Language, Intl.PluralRules> = { pl: new Intl.PluralRules('pl'), en: new Intl.PluralRules('en') };

function stored(): Language {
  if (typeof document === 'undefined') return 'en';
  try {
    const chosen = localStorage.getItem('hejnal.language');
    if (chosen === 'pl' || chosen === 'en') return chosen;
  } catch {
    // no storage
  }
  return navigator.language.startsWith('pl') ? 'pl' : 'en';
}

class Words {
  language = $state<Language>(stored());

  choose(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
    try {
      localStorage.setItem('hejnal.language', language);
    } catch {
      // no storage: until the page is loaded again
    }
  }
}

export const words = new Words();

export function fill(language: Language, entry: string | Forms, parameters: Record<string, string | number>): string {
  const text =
    typeof entry === 'string' ? entry : (entry[RULES[language].select(Number(parameters['n'] ?? 0))] ?? entry.other);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    return typeof value === 'number' ? value.toLocaleString(language) : String(value ?? '');
  });
}

export function t(key: Key, parameters: Record<string, string | number> = {}): string {
  return fill(words.language, DICTIONARIES[words.language][key], parameters);
}

// A figure in the chosen language, whatever the browser's own is.
export function number(n: number): string {
  return n.toLocaleString(words.language);
}

// How large a file is, as the clients' pages say it, too.
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  const megabytes = (bytes / 1e6).toLocaleString(words.language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return `${megabytes} MB`;
}

// A key that is made of a name from the API; what the dictionary does not know is shown as it is.
export function named(prefix: string, name: string, parameters: Record<string, string | number> = {}): string {
  const key = `${prefix}.${name}`;
  return key in en ? t(key as Key, parameters) : name;
}
