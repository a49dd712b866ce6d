// SPDX-License-Identifier: EUPL-1.2
// Compares the files of a site as a server sends them with those that were built here.
//
//   node web/site/compare.mjs https://bo.example.org [FOLDER]     FOLDER: default dist beside this file
//
// Exit status: 0 the same, 1 something differs, 2 could not be compared.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [address, folder = fileURLToPath(new URL('dist', import.meta.url))] = process.argv.slice(2);
if (address === undefined) {
  console.error('usage: node compare.mjs ADDRESS [FOLDER]');
  process.exit(2);
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const pathOf = (name) =>
  name === 'index.html' ? '' : name.endsWith('/index.html') ? name.slice(0, -'index.html'.length) : name;

let built;
try {
  built = JSON.parse(readFileSync(path.join(folder, 'code.json'), 'utf8')).files;
} catch (error) {
  console.error(`${folder}: not a built site: ${error.message}`);
  process.exit(2);
}
let differing = 0;
for (const [name, hash] of [
  ...Object.entries(built),
  ['code.json', sha256(readFileSync(path.join(folder, 'code.json')))],
]) {
  // Answered to whoever asks for a path that is not there.
  const missing = name === '404.html';
  const url = new URL(
    missing ? 'no/such/page' : pathOf(name),
    address.endsWith('/') ? address : `${address}/`,
  );
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: { accept: 'text/html,*/*', 'cache-control': 'no-cache' },
    });
    const sent = sha256(new Uint8Array(await response.arrayBuffer()));
    if (response.status !== (missing ? 404 : 200) || sent !== hash) {
      console.log(`DIFFERS ${name}: built ${hash}, sent ${sent} (status ${response.status})`);
      ++differing;
    }
  } catch (error) {
    console.error(`${url}: ${error.message}`);
    process.exit(2);
  }
}
console.log(
  differing === 0
    ? `${Object.keys(built).length} files of ${address} are the ones that were built here`
    : `${differing} files of ${address} differ`,
);
process.exit(differing === 0 ? 0 : 1);
