// How many SMS a text takes: the rules of src/wire/sms (3GPP TS 23.038 and 23.040), so that the composer says before sending
// what the desk will say after it. src/lib/sms.test.ts compares both.

// The basic alphabet takes one septet a sign, its extension two.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';
const SEPTETS = new Map<string, number>([
  ...[...BASIC].map((c) => [c, 1] as const),
  ...[...EXTENSION].map((c) => [c, 2] as const),
]);

// Letters with marks and signs of typography that the alphabet lacks, written plainly.
const PLAIN = new Map<string, string>();
for (const [signs, plain] of [
  ['\t\u00a0\u2009\u202f', ' '],
  ['`´‘’‚′', "'"],
  ['«»“”„', '"'],
  ['\u00ad\u200b\ufeff', ''],
  ['‐‑‒–—−', '-'],
  ['•', '*'],
  ['…', '...'],
  ['→', '->'],
  ['ÀÁÂÃĄ', 'A'],
  ['ÈÊËĘĚ', 'E'],
  ['ÌÍÎÏ', 'I'],
  ['ÒÓÔÕŐ', 'O'],
  ['ÙÚÛŮŰ', 'U'],
  ['Ý', 'Y'],
  ['áâãą', 'a'],
  ['çćč', 'c'],
  ['ĆČ', 'C'],
  ['êëęě', 'e'],
  ['íîï', 'i'],
  ['óôõő', 'o'],
  ['úûůű', 'u'],
  ['ýÿ', 'y'],
  ['Ď', 'D'],
  ['ď', 'd'],
  ['Ł', 'L'],
  ['ł', 'l'],
  ['ŃŇ', 'N'],
  ['ńň', 'n'],
  ['Ř', 'R'],
  ['ř', 'r'],
  ['ŚŠ', 'S'],
  ['śš', 's'],
  ['Ť', 'T'],
  ['ť', 't'],
  ['ŹŻŽ', 'Z'],
  ['źżž', 'z'],
] as const) {
  for (const sign of signs) PLAIN.set(sign, plain);
}

export interface SmsSize {
  gsm7: boolean; // else UCS-2
  units: number; // septets, or UTF-16 units
  segments: number;
  room: number; // units that so many segments hold
}

function segments(sizes: number[], total: number, single: number, joined: number): number {
  if (total <= single) return 1;
  let count = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > joined) {
      count += 1;
      used = 0;
    }
    used += size;
  }
  return count;
}

export function smsSize(text: string): SmsSize {
  const signs = [...text];
  const septets = signs.map((sign) => SEPTETS.get(sign) ?? 0);
  const gsm7 = septets.every((size) => size > 0);
  const sizes = gsm7 ? septets : signs.map((sign) => sign.length);
  const [single, joined] = gsm7 ? [160, 153] : [70, 67];
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const count = segments(sizes, units, single, joined);
  return { gsm7, units, segments: count, room: count === 1 ? single : count * joined };
}

export function plainText(text: string): string {
  return [...text].map((sign) => PLAIN.get(sign) ?? sign).join('');
}

// As it leaves: plain where that saves a segment.
export function smsText(text: string): string {
  const plain = plainText(text);
  return smsSize(plain).segments < smsSize(text).segments ? plain : text;
}
