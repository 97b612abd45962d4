import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reason, REASONS } from './reasons';
import { REFUSALS } from './refusals';

const CORE = join(import.meta.dirname, '../../../../src');
const source = ['core', 'api', 'desk', 'app', 'wire', 'carriers']
  .flatMap((room) =>
    readdirSync(join(CORE, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[ch]pp$/.test(name) && !name.endsWith('_test.cpp'))
      .map((name) => readFileSync(join(CORE, room, name), 'utf8')),
  )
  .join('\n')
  .replace(/"\s*\n\s*"/g, '') // a text that the source has cut in two
  .replaceAll('\\"', '"');

it('knows sentences that the desk still says', () => {
  const pieces = (text: string) =>
    text
      .split('{}')
      .map((one) => one.trim().replace(/^: /, ''))
      .filter((one) => one.length > 3);
  const gone = [...REASONS, ...REFUSALS]
    .filter(([english]) =>
      pieces(
        english
          .replace(/^class \w+: /, 'class ')
          .replace(/ the (first reaction|answer) was/, ' the was')
          .replace(', after {}', ''),
      ).some((piece) => !source.includes(piece) && !/^(the (first reaction|answer) was due|class)/.test(piece)),
    )
    .map(([english]) => english);
  expect(gone).toEqual([]);
});

it('fills in what the desk has filled in', () => {
  expect(reason('pl', 'nobody has read it for 10 min')).toBe('nikt nie przeczytał od 10 min');
  expect(reason('pl', 'class critical: an SMS 3 min after the email')).toBe('klasa krytyczna: SMS 3 min po emailu');
  expect(reason('pl', 'Jan is on call')).toBe('dyżuruje Jan');
});

it('leaves what it does not know, and English, as they are', () => {
  expect(reason('pl', 'something new')).toBe('something new');
  expect(reason('en', 'its time has come')).toBe('its time has come');
  expect(reason('pl', '')).toBe('');
});

// Words that are looked for in what people write, keys, and what goes to other programs: nobody reads them in the console.
const NOT_SAID = [
  /^(core\/(judge_reply|callback|what_if)\.|core\/detail\/)/,
  /^(api\/(form|mail_view|pages|page|html|report|text_page|client_page|follow|status|sandbox|strangers|console)\.|desk\/answers)/,
];
const NOT_SENTENCES = new Set([
  // Names for the log, for keys and for metrics.
  ...[
    'start-of-work reply',
    'sending the answer',
    'short codes',
    'the exchange',
    'report {} {}',
    'report_of {}',
    'put through',
  ],
  ...[
    'outcome of a call',
    'answered call',
    'hejnal: case {}: {}',
    'hejnal: {} {}: {}',
    'hejnal totp',
    'hejnal device',
    'totp {}',
  ],
  ...['session {}', 'link {}', 'recovery {} {}', 'Mac OS X', 'it works again'],
  // Pieces of sentences that are there as a whole.
  ...['case {}', 'first reaction', 'the {} was due {} ago', 'class {}: {}', 'the latest email of', 'by SMS'],
  ...[
    'within a minute of {}{}',
    '{} after {}, when step {} of {} is due',
    '; it was set aside:',
    'after the SMS that announced it',
  ],
  ...['has left no address, and no number that it can be sent to', 'has written since the last answer'],
  ...['it has waited {}: too late to be of use{}{}', ', after', 'no report has come; asked for it:'],
  ...[
    'no report has ever come:',
    'it may be the email:',
    'the earliest alarm was due at',
    'is {} bytes long; at most {} are allowed',
  ],
  ...[
    'is empty; expected a text',
    'is missing; expected a text',
    'expected a text',
    'is missing; expected a whole number',
  ],
  ...[
    'expected a whole number',
    'expected true or false',
    'expected a list of texts',
    'expected a list of whole numbers',
  ],
  ...[
    'expected an object',
    'is missing',
    'expected a list of files: name, type, data',
    'at most {} files',
    'at most {} bytes together',
    'the data of {} is not base64',
    'expected an address such as anna@klient.example',
    '"{}" is no telephone number',
  ],
  // Titles of problems, behind which a sentence stands.
  ...[
    'Changed meanwhile',
    'Not now',
    'Not in this state',
    'Not found',
    'Not understood',
    'Damaged data',
    'Not allowed',
  ],
  ...['Unknown token', 'Token needed', 'Method not allowed', 'Too often', 'Not signed in'],
  // Metrics.
  ...['Cases that are not closed.', 'Open cases whose next thing is due already.'],
  ...['Notices that wait to be sent.', 'Notices that failed, bounced, or whose fate is unknown.'],
  ...['Set-aside mail that nobody has looked at.', 'Transactions since the start.', 'Jobs done since the start.'],
  ...['Jobs that wait for the ledger.', '1 while the last transaction could be committed.'],
  // For programs that are being written, never for a page.
  ...['the OpenAPI document is missing', "from another machine, or through a proxy, only with a reader's token"],
]);

function sentences(room: string): [where: string, text: string][] {
  const files = readdirSync(join(CORE, room), { recursive: true, encoding: 'utf8' });
  return (
    files
      .filter(
        (name) =>
          /\.[ch]pp$/.test(name) && !name.endsWith('_test.cpp') && !NOT_SAID.some((one) => one.test(`${room}/${name}`)),
      )
      .flatMap((name) => {
        const text = readFileSync(join(CORE, room, name), 'utf8')
          .replace(/^\s*(\/\/|#).*$/gm, '')
          .replace(/\s\/\/ .*$/gm, '')
          .replace(/"\s*\n\s*"/g, '');
        return [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((found): [string, string] => [
          `${room}/${name}`,
          found[1]!.replaceAll('\\"', '"').replaceAll('\\n', ' ').trim(),
        ]);
      })
      // A sentence has words with spaces between them; HTML and policies of browsers are none.
      .filter(
        ([, text]) =>
          /[a-z]{2,}[,:;]? [a-z{"[]/.test(text) && !/<\w|default-src|charset=|filename=|no-store/.test(text),
      )
  );
}

it('has each sentence that the desk or the API can say', () => {
  const missing = ['core', 'desk', 'api'].flatMap((room) =>
    sentences(room).filter(([, text]) => {
      const said = text.replace(/^; /, '').replace(/\{[^}]*\}/g, '7');
      return !NOT_SENTENCES.has(text) && reason('pl', said) === said;
    }),
  );
  expect(missing.map(([where, text]) => `${where}: ${text}`)).toEqual([]);
});

it('reads several reasons in one sentence', () => {
  expect(reason('pl', 'same person, 3 min after the latest email of case 4; both speak of "skaner; drukarka"')).toBe(
    'ta sama osoba, 3 min po ostatnim emailu: sprawa 4; w obu jest „skaner; drukarka”',
  );
  expect(reason('pl', 'a number that was learnt, not confirmed, within a minute of "Skaner…"')).toBe(
    'numer poznany, ale niepotwierdzony, w ciągu minuty od: "Skaner…"',
  );
  expect(reason('pl', 'subject: is missing; expected a text')).toBe('subject: brakuje; potrzebny jest tekst');
  expect(reason('pl', 'its subject says [pilne]')).toBe('w temacie jest [pilne]');
});
