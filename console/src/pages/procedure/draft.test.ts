import { expect, it } from 'vitest';
import { body, list, parts, percents, same, type Data } from './draft';

it('reads lists as people write them', () => {
  expect(list('pilne, pilna ,,urgent')).toEqual(['pilne', 'pilna', 'urgent']);
  expect(list('')).toEqual([]);
});
it('shows parts of a time as percents, and back', () => {
  expect(percents([0.5, 0.8])).toBe('50, 80');
  expect(parts('50 %, 80')).toEqual([0.5, 0.8]);
  expect(parts('half')).toEqual(['half']);
  expect(percents(undefined)).toBe('');
});
it('sends one of the two', () => {
  expect(body({ text: 'a = 1' })).toEqual({ text: 'a = 1' });
  const data = { title: 'x' } as Data;
  const sent = body({ data });
  expect(sent).toEqual({ data: { title: 'x' } });
  expect(sent.data).not.toBe(data);
  expect(same({ data }, { data: { ...data } })).toBe(true);
  expect(same({ data }, null)).toBe(false);
});
