// SPDX-License-Identifier: EUPL-1.2
// Puts the page together in the folder page/: what is there can be served by any web server.

import { build } from 'esbuild';
import { copyFile, mkdir } from 'node:fs/promises';

const folder = new URL('page/', import.meta.url).pathname;
const source = new URL('src/page/', import.meta.url).pathname;
await mkdir(folder, { recursive: true });
await build({
  entryPoints: [`${source}page.ts`, `${source}worker.ts`],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  outdir: folder,
});
for (const file of ['index.html', 'style.css']) await copyFile(source + file, folder + file);
