// SPDX-License-Identifier: EUPL-1.2
// What makes the built site checkable: subresource integrity of every script and style that a page names,
// a list of all files with their SHA-256 (code.json), and each file compressed beside itself.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const LIST = 'code.json';
const COMPRESSED = /\.(html|js|css|svg|json|webmanifest)$/;

function filesOf(folder: string, below = ''): string[] {
  return readdirSync(path.join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesOf(folder, name) : [name];
    })
    .sort();
}

/** Adds `integrity` to scripts, styles and preloads of the site's own. */
export function withIntegrity(page: string, bytesOf: (name: string) => Uint8Array): string {
  return page.replace(
    /<(script|link)\b([^>]*?)\s(src|href)="\/(assets\/[^"]+\.(?:js|css))"([^>]*)>/g,
    (_, tag: string, before: string, attribute: string, name: string, after: string) => {
      const digest = createHash('sha384').update(bytesOf(name)).digest('base64');
      return `<${tag}${before} ${attribute}="/${name}" integrity="sha384-${digest}"${after}>`;
    },
  );
}

export function checkable(): Plugin {
  let folder = '';
  return {
    name: 'checkable',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      const read = (name: string): Uint8Array => readFileSync(path.join(folder, name));
      for (const name of filesOf(folder).filter((one) => one.endsWith('.html'))) {
        const page = readFileSync(path.join(folder, name), 'utf8');
        writeFileSync(path.join(folder, name), withIntegrity(page, read));
      }
      const files = Object.fromEntries(
        filesOf(folder).map((name) => [name, createHash('sha256').update(read(name)).digest('hex')]),
      );
      writeFileSync(path.join(folder, LIST), `${JSON.stringify({ version: 1, files }, null, 1)}\n`);
      for (const name of filesOf(folder).filter((one) => COMPRESSED.test(one))) {
        writeFileSync(path.join(folder, `${name}.gz`), gzipSync(read(name), { level: 9 }));
      }
    },
  };
}
