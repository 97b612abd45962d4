// Texts for answers, as they are edited: what stands for what, and the names of new ones. The desk fills them in
// (src/api/answer_templates.cpp); here an example shows what will come of it.

export const PLACEHOLDERS = ['client', 'number', 'subject', 'follow', 'agent', 'desk'] as const;
export type Values = Record<(typeof PLACEHOLDERS)[number], string>;

// What is put in is not looked through again.
export function filledIn(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name as keyof Values] ?? all);
}

// Words in braces that the desk knows nothing of: they would reach the client as they stand.
export function strangers(text: string): string[] {
  const known = new Set<string>(PLACEHOLDERS);
  return [...new Set([...text.matchAll(/\{([\p{L}\w]+)\}/gu)].map((one) => one[1]!))].filter((one) => !known.has(one));
}

// A name out of a title: "Już działa!" becomes "juz-dziala".
export function nameOf(title: string, taken: readonly string[]): string {
  const plain = title
    .toLowerCase()
    .replaceAll('ł', 'l')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 36)
    .replace(/^-+|-+$/g, '');
  const first = plain || 'text';
  for (let n = 1; ; ++n) {
    const name = n === 1 ? first : `${first}-${n}`;
    if (!taken.includes(name)) return name;
  }
}
