import { describe, expect, it } from 'vitest';
import { Problem, problemOf } from '../../lib/api/client';
import { words } from '../../lib/i18n/index.svelte';
import { said } from '../../lib/said';
import { secretOf } from '../link/secret';
import { inFours, readQr } from './qr';

describe('a QR code', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 45 45" shape-rendering="crispEdges">' +
    '<rect width="45" height="45" fill="#fff"/><path d="M4 4h7v1h-7zM12 4h1v1h-1z" fill="#000"/></svg>';
  it('is taken from the drawing of the server', () => {
    expect(readQr(svg)).toEqual({ side: 45, path: 'M4 4h7v1h-7zM12 4h1v1h-1z' });
  });
  it.each(['', '<svg/>', svg.replace('M4 4h7', 'M4"onload="4h7'), `${svg}<script>`])('is none in %j', (text) => {
    expect(readQr(text)).toBeNull();
  });
  it('has a secret that can be typed', () => {
    expect(inFours('ABCDEFGHIJ')).toBe('ABCD EFGH IJ');
    expect(inFours('ABCDEFGH')).toBe('ABCD EFGH');
  });
});

describe('the secret of a link', () => {
  it.each([
    ['#abc', 'abc'],
    ['', ''],
    ['#', ''],
    ['#ab%20c\n', 'abc'],
    ['#https://pomoc.example/console/link#abc', 'abc'],
    ['#%', ''],
  ])('in %j is %j', (hash, secret) => {
    expect(secretOf(hash)).toBe(secret);
  });
});

describe('what went wrong', () => {
  const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
    problemOf(new Response(JSON.stringify(body), { status, headers }));
  it('says how long to wait', async () => {
    words.language = 'pl';
    expect(said(await answer(429, { title: 'Too often', detail: 'too many' }, { 'Retry-After': '179' }))).toMatch(
      /za 3 minuty\.$/,
    );
    expect(said(await answer(429, { title: 'Too often', detail: 'too many' }))).toMatch(/za 1 minutę\.$/);
    expect(said(await answer(503, { title: 'Busy', detail: '' }, { 'Retry-After': '2' }))).toMatch(/zajęty/);
    expect(said(new Problem(0, 'unreachable', ''))).toBe('Serwer nie odpowiada.');
  });
  it('is said in the chosen language', async () => {
    const short = { detail: 'new_password: expected at least 12 characters; several words are a good one' };
    words.language = 'pl';
    expect(said(await answer(400, short))).toMatch(/^Hasło musi mieć co najmniej 12 znaków/);
    words.language = 'en';
    expect(said(await answer(400, short))).toBe(short.detail);
  });
});
