// SPDX-License-Identifier: EUPL-1.2
// The site that people vote on, held against the list that the manifest names: the right one is taken, and each of many
// others is told by what is wrong.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hash, hex, utf8 } from '../src/bytes.js';
import type { Cbor } from '../src/cbor.js';
import { compareSite, SiteOnTheWeb } from '../src/site.js';
import { MemorySource } from '../src/source.js';
import { verifyRecord } from '../src/verify.js';
import { makeRecord, smallVotes } from './record.js';

const sha256 = (text: string): string => hex(hash(utf8(text)));
const contents: Readonly<Record<string, string>> = {
  'index.html': '<h1>Budżet</h1>',
  '404.html': 'nie ma',
  'vote/index.html': '<h1>Głosowanie</h1>',
  'assets/vote-abc.js': 'run()',
};
const listOf = (files: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    version: 1,
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)])),
  });
const list = listOf(contents);
const poolsNaming = (...values: string[]) =>
  values.map((value) => ({ meta: [['x', 'y'] as const, ['site_sha256', value] as const] }));
const good = poolsNaming(sha256(list), sha256(list));

const siteOf = (files: Readonly<Record<string, string>>, code: string | undefined = list): MemorySource =>
  new MemorySource(
    new Map(
      [...Object.entries(files), ...(code === undefined ? [] : [['code.json', code]])].map(([name, text]) => [
        name!,
        utf8(text!),
      ]),
    ),
  );

test('the site of the edition is the one that the manifest names', async () => {
  assert.deepEqual(await compareSite(good), { named: sha256(list) });
  assert.deepEqual(await compareSite(good, siteOf(contents)), { named: sha256(list), same: true });
  // Only some pools name it; compressed files stand beside others.
  const one = [{ meta: [] }, ...poolsNaming(sha256(list))];
  assert.equal((await compareSite(one, siteOf({ ...contents, 'index.html.gz': 'x' }))).same, true);
});

test('an edition that names no site, or two, has none', async () => {
  assert.deepEqual(await compareSite([{ meta: [] }]), {});
  assert.match((await compareSite([{ meta: [] }], siteOf(contents))).difference!, /does not name/);
  assert.match(
    (await compareSite(poolsNaming(sha256(list), sha256('x')), siteOf(contents))).difference!,
    /do not name one list/,
  );
  assert.match(
    (await compareSite(poolsNaming(sha256(list).toUpperCase()), siteOf(contents))).difference!,
    /do not name one list/,
  );
});

for (const [what, site, difference] of [
  [
    'a byte changed',
    siteOf({ ...contents, 'assets/vote-abc.js': 'run( )' }),
    /assets\/vote-abc\.js is not as the list says/,
  ],
  ['a file missing', siteOf(Object.fromEntries(Object.entries(contents).slice(1))), /index\.html is missing/],
  [
    'a file too many',
    siteOf({ ...contents, 'assets/more.js': 'run()' }),
    /assets\/more\.js is not on the list/,
  ],
  ['a hidden file too many', siteOf({ ...contents, '.well-known': 'x' }), /\.well-known is not on the list/],
  ['no list', new MemorySource(new Map([['index.html', utf8('x')]])), /no code\.json/],
  [
    'another list, and files that fit it',
    siteOf({ ...contents, 'index.html': 'x' }, listOf({ ...contents, 'index.html': 'x' })),
    /the edition names the list/,
  ],
  ['a list with a space more', siteOf(contents, `${list} `), /the edition names the list/],
  [
    'a file that is too long',
    siteOf({ ...contents, 'index.html': 'x'.repeat((4 << 20) + 1) }),
    /more than 4194304 bytes/,
  ],
] as const) {
  test(`another site: ${what}`, async () => {
    const report = await compareSite(good, site);
    assert.equal(report.same, false);
    assert.match(report.difference!, difference);
    assert.equal(report.named, sha256(list));
  });
}

const one = sha256('x');
for (const [what, code, difference] of [
  ['no JSON', '{', /not JSON/],
  ['no object', '[1]', /not of its form/],
  ['another version', `{"version":2,"files":{"a":"${one}"}}`, /version 1/],
  ['no version', `{"files":{"a":"${one}"}}`, /version 1/],
  ['a member more', `{"version":1,"files":{"a":"${one}"},"x":1}`, /version 1/],
  ['no files', '{"version":1}', /not of its form/],
  ['none of them', '{"version":1,"files":{}}', /names no file/],
  [
    'too many',
    JSON.stringify({
      version: 1,
      files: Object.fromEntries(Array.from({ length: 2001 }, (_, k) => [`f${k}`, one])),
    }),
    /too many/,
  ],
  ['a name twice', `{"version":1,"files":{"a":"${one}","a":"${one}"}}`, /twice/],
  ['a name twice, once escaped', `{"version":1,"files":{"a":"${one}","\\u0061":"${one}"}}`, /twice/],
  ['files twice', `{"version":1,"files":{"a":"${one}"},"files":{"a":"${one}"}}`, /twice/],
  ['a name above the root', `{"version":1,"files":{"../a":"${one}"}}`, /no file's name/],
  ['a name that begins with a slash', `{"version":1,"files":{"/a":"${one}"}}`, /no file's name/],
  ['a hidden name', `{"version":1,"files":{"a/.b":"${one}"}}`, /no file's name/],
  ['a name of six parts', `{"version":1,"files":{"a/b/c/d/e/f":"${one}"}}`, /no file's name/],
  ['a name with a space', `{"version":1,"files":{"a b":"${one}"}}`, /no file's name/],
  ['a hash in capitals', `{"version":1,"files":{"a":"${one.toUpperCase()}"}}`, /no hash of a/],
  ['a hash that is a number', '{"version":1,"files":{"a":1}}', /no hash of a/],
] as const) {
  test(`a list that is none: ${what}`, async () => {
    const report = await compareSite(poolsNaming(sha256(code)), siteOf({ a: 'x' }, code));
    assert.equal(report.same, false);
    assert.match(report.difference!, difference);
  });
}

test('a list that is not UTF-8', async () => {
  const bytes = new Uint8Array([0x7b, 0xff, 0x7d]);
  const report = await compareSite(
    poolsNaming(hex(hash(bytes))),
    new MemorySource(new Map([['code.json', bytes]])),
  );
  assert.match(report.difference!, /UTF-8/);
});

test('over HTTP pages are asked for as browsers do', async () => {
  const asked: string[] = [];
  const answers = new Map<string, string>([
    ['/', contents['index.html']!],
    ['/vote/', contents['vote/index.html']!],
    ['/assets/vote-abc.js', contents['assets/vote-abc.js']!],
    ['/code.json', list],
  ]);
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const answer = answers.get(request.url!);
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.deepEqual(await compareSite(good, new SiteOnTheWeb(address)), { named: sha256(list), same: true });
    assert.deepEqual(asked.sort(), ['/', '/assets/vote-abc.js', '/code.json', '/vote/']);
    answers.set('/vote/', '<h1>Inna</h1>');
    assert.match(
      (await compareSite(good, new SiteOnTheWeb(address))).difference!,
      /vote\/index\.html is not/,
    );
    answers.delete('/vote/');
    assert.match(
      (await compareSite(good, new SiteOnTheWeb(address))).difference!,
      /vote\/index\.html is missing/,
    );
  } finally {
    server.close();
  }
  await assert.rejects(
    compareSite(good, new SiteOnTheWeb('http://127.0.0.1:1')),
    'a site that cannot be reached is no other site',
  );
});

test('the verdict of a record tells of its site, and is the record’s own', async () => {
  const record = makeRecord(smallVotes(), {
    manifest: (fields) => {
      for (const pool of fields.get(5) as Map<number, Cbor>[])
        (pool.get(7) as Cbor[]).push(['site_sha256', sha256(list)]);
    },
  }).seal();
  const verdict = await verifyRecord(new MemorySource(record), { site: siteOf(contents) });
  assert.equal(verdict.failure, undefined);
  assert.deepEqual(verdict.site, { named: sha256(list), same: true });
  const other = await verifyRecord(new MemorySource(record), {
    site: siteOf({ ...contents, 'index.html': 'x' }),
  });
  assert.equal(other.accepted, true);
  assert.equal(other.site!.same, false);
  const unasked = await verifyRecord(new MemorySource(record));
  assert.deepEqual(unasked.site, { named: sha256(list) });
  record.delete('roll.cbor');
  assert.equal((await verifyRecord(new MemorySource(record), { site: siteOf(contents) })).site, undefined);
});
