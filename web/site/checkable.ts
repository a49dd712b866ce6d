// SPDX-License-Identifier: EUPL-1.2
// What makes the built site checkable: subresource integrity of every script and style that a page names, and of
// every module that its scripts load later, by an import map; a list of all files with their SHA-256 (code.json); and
// each file compressed beside itself.
//
// The import map stands in the page itself, as browsers want it; the server's policy allows it by its hash
// (server/site.h). It is data, not script.
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

const digestOf = (bytes: Uint8Array): string =>
  `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

/** Adds `integrity` to scripts, styles and preloads of the site's own. */
export function withIntegrity(page: string, bytesOf: (name: string) => Uint8Array): string {
  return page.replace(
    /<(script|link)\b([^>]*?)\s(src|href)="\/(assets\/[^"]+\.(?:js|css))"([^>]*)>/g,
    (_, tag: string, before: string, attribute: string, name: string, after: string) => {
      return `<${tag}${before} ${attribute}="/${name}" integrity="${digestOf(bytesOf(name))}"${after}>`;
    },
  );
}

/** What a script loads: at once, and when it is needed. */
export type Loads = ReadonlyMap<string, readonly string[]>;

/** Adds the hashes of all modules that the page's scripts may load, before the first of them. */
export function withImportMap(page: string, loads: Loads, bytesOf: (name: string) => Uint8Array): string {
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    loads.get(name)?.forEach(follow);
  };
  for (const [, name] of page.matchAll(/<script\b[^>]*\ssrc="\/(assets\/[^"]+\.js)"/g)) follow(name!);
  if (found.size === 0) return page;
  const integrity = Object.fromEntries(
    [...found].sort().map((name) => [`/${name}`, digestOf(bytesOf(name))]),
  );
  const map = `<script type="importmap">${JSON.stringify({ integrity })}</script>`;
  return page.replace(/<script\b/, `${map}\n    <script`);
}

export function checkable(): Plugin {
  let folder = '';
  const loads = new Map<string, readonly string[]>();
  return {
    name: 'checkable',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    writeBundle(_, bundle) {
      for (const one of Object.values(bundle)) {
        if (one.type === 'chunk') loads.set(one.fileName, [...one.imports, ...one.dynamicImports]);
      }
    },
    closeBundle() {
      const read = (name: string): Uint8Array => readFileSync(path.join(folder, name));
      for (const name of filesOf(folder).filter((one) => one.endsWith('.html'))) {
        const page = readFileSync(path.join(folder, name), 'utf8');
        writeFileSync(path.join(folder, name), withImportMap(withIntegrity(page, read), loads, read));
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
