import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const server = process.env.HEJNAL_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/console/',
  plugins: [svelte()],
  build: {
    outDir: process.env.HEJNAL_CONSOLE_SITE ?? 'dist/site',
    emptyOutDir: true,
    // Inlined pictures would be data: addresses, which the page's policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
  },
  server: {
    // The name that the browser has asked for stays: the sandbox answers only its own page.
    proxy: { '/api': { target: server, changeOrigin: false }, '/sandbox': { target: server, changeOrigin: false } },
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    environment: './tools/client-environment.mjs',
    server: { deps: { inline: ['svelte'] } },
  },
});
