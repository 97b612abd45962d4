import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deed, DEEDS } from './audit';

it('says in words what each request that changes something has done', () => {
  const routes = readFileSync(join(import.meta.dirname, '../../../../src/api/routes.cpp'), 'utf8');
  const changing = [...routes.matchAll(/\{"(POST|DELETE)", "(\/api\/v1\/[^"]+)", Role::(\w+)/g)]
    .filter(([, , , role]) => role !== 'nobody')
    .map(([, method, pattern]) => `${method} ${pattern}`);
  expect(changing.length).toBeGreaterThan(60);
  for (const language of ['pl', 'en'] as const)
    expect(changing.filter((one) => deed(language, one, '7') === null)).toEqual([]);
  const known = Object.keys(DEEDS).filter((one) => !['session', 'link'].includes(one));
  expect(known.filter((one) => !routes.includes(`"/api/v1/${one}"`))).toEqual([]);
});

it('names what it was done to', () => {
  expect(deed('pl', 'POST /api/v1/outages/{id}/end', '1')).toBe('zakończenie awarii 1');
  expect(deed('en', 'POST /api/v1/tokens', 'monitoring')).toBe('made a token: monitoring');
  expect(deed('en', 'POST /api/v1/calls', '')).toBe('recorded a call');
  expect(deed('pl', 'user invite', 'Ewa')).toBe(null);
});
