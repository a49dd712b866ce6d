// SPDX-License-Identifier: EUPL-1.2
// Builds the site: every folder with an index.html is a page. The same sources give the same bytes.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { checkable } from './checkable.ts';
import { frame } from './frame.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const pages = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'dist' && entry.name !== 'public')
  .map((entry) => path.join(here, entry.name, 'index.html'))
  .filter((file) => existsSync(file));

// What nearly every page needs, in two files instead of many: a slow connection pays for each. What draws pages …
const FRAME =
  /\/node_modules\/svelte\/|vite\/preload-helper|\/ui\/(Page|Notice|ErrorSummary|language)\b|\/shared\/(Site|return|target)\b/;
// … and what reads an edition: the manifest and what the ballot box says of it.
const EDITION =
  /\/node_modules\/@noble\/hashes\/|\/verify\/src\/(bytes|cbor|bits|ballot-content|result|manifest-form|counting\/rule)\.ts|\/ballot\/src\/(problems|net|told-edition)\.ts|\/shared\/(bytes|presentation)\.ts|\/vote\/offer\.ts/;

function chunkOf(id: string): string | undefined {
  if (FRAME.test(id)) return 'frame';
  return EDITION.test(id) ? 'edition' : undefined;
}

export default defineConfig({
  root: here,
  plugins: [svelte({ configFile: '../svelte.config.js' }), frame(), checkable()],
  resolve: {
    alias: {
      $ui: path.join(here, '../ui'),
      $ballot: path.join(here, '../ballot/src'),
      $verify: path.join(here, '../verify/src'),
    },
    dedupe: ['@noble/curves', '@noble/hashes', 'svelte'],
  },
  build: {
    outDir: path.join(here, 'dist'),
    emptyOutDir: true,
    target: ['chrome107', 'edge107', 'firefox104', 'safari16'],
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    // One style sheet for all pages: every file of its own costs a slow connection a turn, and one that is loaded
    // later would have no hash that the browser holds it to.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: [path.join(here, 'index.html'), path.join(here, '404.html'), ...pages].sort(),
      output: { experimentalMinChunkSize: 3_000, manualChunks: chunkOf },
    },
  },
});
