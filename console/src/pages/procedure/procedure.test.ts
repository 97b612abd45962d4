import { expect, it } from 'vitest';
import { shown, tables } from './procedure';

it('shows values as one reads them', () => {
  expect([shown('2h'), shown(true), shown(['email', 'sms']), shown(null), shown({ a: 1 })]).toEqual([
    '2h',
    'true',
    'email, sms',
    null,
    '{"a":1}',
  ]);
});
it('makes the public table of the data', () => {
  const step = { wait: '0h', wait_text: '0 hours', means_text: 'email', note: 'Write.' };
  const data = { columns: ['Wait'], class: [{ title: 'Routine', step: [step], phone: { means_text: 'phone' } }] };
  expect(tables(data)).toEqual({
    columns: ['Wait'],
    classes: [
      {
        title: 'Routine',
        rows: [
          { wait_text: '0 hours', means_text: 'email', note: 'Write.' },
          { wait_text: '', means_text: 'phone', note: '' },
        ],
      },
    ],
  });
  expect(tables(null)).toEqual({ columns: [], classes: [] });
});
