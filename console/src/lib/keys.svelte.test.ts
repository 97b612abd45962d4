import { flushSync } from 'svelte';
import { expect, it } from 'vitest';
import { keys, written, type Binding } from './keys.svelte';

const binding = (name: string): Binding => ({ keys: name, does: 'key.next', run: () => {} });
const taken = () => keys.bindings.map((one) => one.keys);

it('keeps the keys of a page that comes while the frame changes its own', () => {
  let role = $state('reader');
  let page = $state(false);
  const end = $effect.root(() => {
    $effect(() => {
      if (page) return keys.use([binding('j')]);
    });
    $effect(() => keys.use([binding(role)]));
  });
  flushSync();
  expect(taken()).toEqual(['reader']);
  page = true;
  role = 'agent';
  flushSync();
  expect(taken()).toEqual(['j', 'agent']);
  page = false;
  flushSync();
  expect(taken()).toEqual(['agent']);
  end();
  expect(taken()).toEqual([]);
});

it('knows a letter whatever Caps Lock is', () => {
  const pressed = { key: 'J', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  expect(written(pressed)).toBe('j');
  expect(written({ ...pressed, shiftKey: true })).toBe('J');
  expect(written({ ...pressed, key: '?', shiftKey: true })).toBe('?');
  expect(written({ ...pressed, key: 'Escape' })).toBe('Escape');
});
