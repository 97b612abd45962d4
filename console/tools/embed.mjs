// The built pages as something that a linker takes: each file plain, by gzip and by brotli (where that is smaller), an
// assembler file that takes their bytes (.incbin), and a table in C++ (src/api/console_files.hpp says what it means).
//
//   node tools/embed.mjs FOLDER     FOLDER/site is what vite has built; console_files.S and .cpp are written beside it
//
// The paths in console_files.S are relative to FOLDER, so that a release may carry it (see cmake/console.cmake).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const folder = process.argv[2] ?? 'dist';
const site = join(folder, 'site');

function write(path, bytes) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(bytes))) return; // nothing to compile again
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

const names = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(site.length + 1))
  .sort();

const assembly = ['    .section .rodata'];
const declarations = [];
const rows = [];
const kept = new Set();

function place(symbol, path) {
  assembly.push(`    .global ${symbol}`, `    .global ${symbol}_end`, `${symbol}:`);
  assembly.push(`    .incbin "${path}"`, `${symbol}_end:`, '    .byte 0');
  declarations.push(`extern const char ${symbol}[];`, `extern const char ${symbol}_end[];`);
  return `{${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}`;
}

names.forEach((name, i) => {
  const type = TYPES[extname(name)];
  if (!type) throw new Error(`${name}: tools/embed.mjs knows no media type for it`);
  const bytes = readFileSync(join(site, name));
  const text = !/^(image\/png|font)/.test(type);
  const packed = { gz: '{}', br: '{}' };
  for (const [suffix, pack] of [
    ['gz', () => gzipSync(bytes, { level: 9 })],
    [
      'br',
      () =>
        brotliCompressSync(bytes, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
        }),
    ],
  ]) {
    const small = text ? pack() : bytes;
    if (small.length >= bytes.length) continue;
    const path = join('packed', `${name}.${suffix}`);
    write(join(folder, path), small);
    kept.add(path);
    packed[suffix] = place(`hejnal_console_${i}_${suffix}`, path);
  }
  const plain = place(`hejnal_console_${i}`, join('site', name));
  const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const hashed = name.startsWith('assets/');
  rows.push(`      {"${name}", "${type}", "${etag}", ${hashed}, ${plain}, ${packed.gz}, ${packed.br}},`);
});

for (const entry of existsSync(join(folder, 'packed'))
  ? readdirSync(join(folder, 'packed'), { recursive: true, withFileTypes: true })
  : []) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(path.slice(folder.length + 1))) rmSync(path);
}

assembly.push('    .section .note.GNU-stack,"",@progbits', '');
write(join(folder, 'console_files.S'), assembly.join('\n'));
write(
  join(folder, 'console_files.cpp'),
  `// Written by console/tools/embed.mjs.
#include "api/console_files.hpp"

extern "C" {
${declarations.join('\n')}
}

namespace hejnal::api {
std::span<const ConsoleFile> console_files() {
  static const ConsoleFile files[] = {
${rows.join('\n')}
  };
  return files;
}
}  // namespace hejnal::api
`,
);
