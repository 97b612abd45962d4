import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

const HERE = import.meta.dirname;

it('the types are those of the OpenAPI document (otherwise: script/console types)', async () => {
  const document = join(HERE, '../../../../src/api/pages/openapi.json');
  const wanted = COMMENT_HEADER + astToString(await openapiTS(readFileSync(document)));
  expect(readFileSync(join(HERE, 'types.ts'), 'utf8').trimEnd() === wanted.trimEnd()).toBe(true);
});
