// SPDX-License-Identifier: EUPL-1.2
// Builds the desk: the officials' page, and the authors'. The same sources give the same bytes.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: here,
  plugins: [svelte({ configFile: '../svelte.config.js' })],
  resolve: {
    alias: {
      $ui: path.join(here, '../ui'),
      $ballot: path.join(here, '../ballot/src'),
      $verify: path.join(here, '../verify/src'),
      $site: path.join(here, '../site/src'),
    },
    dedupe: ['@noble/curves', '@noble/hashes', 'svelte'],
  },
  build: {
    outDir: path.join(here, 'dist'),
    emptyOutDir: true,
    target: ['chrome116', 'edge116', 'firefox122', 'safari18'],
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: [path.join(here, 'index.html'), path.join(here, 'rehearsal/index.html')] },
  },
});
