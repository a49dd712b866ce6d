// SPDX-License-Identifier: EUPL-1.2
// The rehearsal with authors over HTTP: who has a link sees the ballot and says what is wrong, until it is revoked, has
// expired, or the voting was opened (that is in desk_life.test.mjs). Nobody else sees anything.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, Official, startDesk } from './desk.mjs';
import { call, program } from './town.mjs';

let town;
let anna;
let edition; // its path
let id;
let draft;
before(async () => {
  town = await startDesk({ deskSettings: ['limits.sign_ins_per_minute = 100000', 'limits.reads_per_minute = 1000000', 'limits.authors_per_minute = 100000', 'limits.remarks_per_minute = 1000'] });
  anna = await new Official(town).register('Anna Nowak');
  id = (await anna.call('POST', '/api/v1/desk/editions', {})).body.id;
  edition = `/api/v1/desk/editions/${id}`;
  draft = {
    edition: 'pl-test-2026',
    title: 'Budżet na próbę',
    resolution: { number: 'XII/345/2026', date: '2026-05-04' },
    opens: '2036-09-01T08:00:00Z',
    closes: '2036-09-15T20:00:00Z',
    repeated_ballots: 'last',
    lowest_level: 2,
    ties: 'draw',
    privacy_minimum: 2,
    pools: [
      {
        id: 'city',
        title: 'Całe miasto',
        money: '1000.00',
        ballot: { form: 'approval', fewest: 1, most: 2, blank_valid: true },
        counting: { rule: 'greedy' },
        meta: { vote_type: 'approval', country: 'Poland', description: 'x', unit: 'x', instance: '2026', rule: 'greedy' },
        projects: [
          { id: '1', cost: '600.00', name: 'Ławki' },
          { id: '2', cost: '500.00', name: 'Drzewa' },
        ],
      },
    ],
  };
  assert.equal((await save(1, draft)).status, 200);
});
after(() => town?.stop());

const save = (version, text) => anna.call('PUT', `${edition}/draft`, text, { headers: { 'urna-version': String(version) } });
const problem = (answer) => answer.body.type?.split('/').pop();
const authors = async () => (await anna.call('GET', `${edition}/authors`)).body;
async function link(days = '14') {
  const made = await anna.call('POST', `${edition}/authors/links`, { days });
  assert.equal(made.status, 201);
  const [address, token] = made.body.link.split('#');
  assert.equal(address, `${town.origin}/rehearsal/`);
  return { ...made.body, token };
}
const see = (token, what = '') => call('GET', `${town.address}/api/v1/rehearsal${what}`, undefined, { bearer: token });
const say = (token, text, more = {}) => call('POST', `${town.address}/api/v1/rehearsal/remarks`, { pool: 'city', project: '1', text, ...more }, { bearer: token });

test('a link shows the ballot as it would be, and follows the draft', async () => {
  const { token, expires } = await link();
  assert.match(token, new RegExp(`^${id}\\.[0-9a-f]{64}$`));
  const told = await see(token);
  assert.deepEqual(told.body, { edition: id, version: 2, title: 'Budżet na próbę', frozen: false, expires, remarks: [] });
  const manifest = await see(token, '/manifest.cbor');
  assert.ok(manifest.body.includes('Drzewa') && manifest.body.includes('Całe miasto'));
  assert.equal((await see(token, '/presentation.json')).status, 204, 'there is none');

  // What tells more about projects; not with anybody's number in it, and nothing but that.
  const story = { version: 1, city: { pl: 'Miasto na niby' }, districts: null, projects: [{ pool: 'city', id: '1', description: { pl: 'Ławki z drewna nad rzeką' }, place: [19.12, 50.81] }] };
  const written = JSON.stringify(story);
  assert.equal((await anna.put(id, 'files', 'presentation.json', JSON.stringify({ ...story, colour: 'red' }))).status, 422, 'of no known form');
  assert.equal((await anna.put(id, 'files', 'presentation.json', written.replace('nad rzeką', 'tel. 501 234 567'))).status, 422, 'a telephone number');
  assert.equal((await anna.put(id, 'files', 'authors.json', written)).status, 422, 'no such file can be uploaded');
  assert.equal((await anna.put(id, 'files', 'presentation.json', written)).status, 204);
  draft.presentation = 'presentation.json';
  assert.deepEqual((await save(2, draft)).body.problems.filter((one) => one.place.startsWith('presentation')), []);
  assert.equal((await see(token)).body.version, 3);
  assert.deepEqual((await see(token, '/presentation.json')).body, story);
  assert.deepEqual((await anna.call('GET', `${edition}/presentation.json`)).body, story);
  assert.ok((await see(token, '/manifest.cbor')).body.includes('presentation_sha256'));

  // A draft that makes no ballot is not shown; nor is a file of the desk's own that a draft names.
  assert.equal((await save(3, { ...draft, pools: [] })).status, 200);
  assert.equal(problem(await see(token, '/manifest.cbor')), 'rehearsal-not-ready');
  assert.equal(problem(await say(token, 'Nie ma mojego projektu.')), 'rehearsal-not-ready');
  assert.equal((await save(4, { ...draft, presentation: 'authors.json' })).status, 200);
  assert.equal((await see(token, '/presentation.json')).status, 204);
  assert.equal((await save(5, draft)).status, 200);
});

test('nobody sees anything without a link that is good now', async () => {
  const { id: reference, token } = await link('1');
  const other = token.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  const elsewhere = (await anna.call('POST', '/api/v1/desk/editions', { from: id })).body.id;
  for (const bad of [undefined, '', other, token.slice(33), `${elsewhere}.${token.slice(33)}`, `${'0'.repeat(32)}.${token.slice(33)}`, `${token}0`, token.toUpperCase()]) {
    for (const what of ['', '/manifest.cbor', '/presentation.json']) {
      const answer = await see(bad, what);
      assert.equal(answer.status, 404, String(bad));
      assert.equal(problem(answer), 'author-link-void');
    }
    assert.equal((await say(bad, 'Zły koszt')).status, 404);
  }
  // A copy of the edition has neither links nor remarks.
  assert.deepEqual((await anna.call('GET', `/api/v1/desk/editions/${elsewhere}/authors`)).body.links, []);
  // An official's session is no link, and a link no session.
  assert.equal((await anna.call('GET', '/api/v1/rehearsal')).status, 404);
  assert.equal((await call('GET', `${town.address}${edition}/authors`, undefined, { bearer: token })).status, 401);

  assert.equal((await see(token)).status, 200);
  for (const days of ['0', '61', '', 'x']) assert.equal((await anna.call('POST', `${edition}/authors/links`, { days })).status, 422, days);
  assert.equal((await anna.call('DELETE', `${edition}/authors/links/${'0'.repeat(32)}`)).status, 404);
  assert.equal((await anna.call('DELETE', `${edition}/authors/links/${reference}`)).status, 204);
  assert.equal((await anna.call('DELETE', `${edition}/authors/links/${reference}`)).status, 204, 'again');
  assert.equal(problem(await see(token)), 'author-link-void');
  assert.ok((await authors()).links.find((one) => one.id === reference).revoked);
});

test('a link that has expired is as good as none', async () => {
  const { token, expires } = await link();
  assert.equal((await see(token)).status, 200);
  town.process.kill('SIGTERM');
  await new Promise((resolve) => town.process.once('exit', resolve));
  // The clock of the desk cannot be moved from here; the row can.
  const database = path.join(town.dir, 'data/desk.db');
  const aged = spawnSync('sqlite3', [database, `UPDATE edition_file SET bytes = CAST(replace(CAST(bytes AS TEXT), '"expires":${expires}', '"expires":1') AS BLOB) WHERE name = 'authors.json'`]);
  assert.equal(aged.status, 0, String(aged.stderr));
  // Of a token only a keyed hash is kept.
  assert.ok(!readFileSync(database).includes(token.slice(33)));
  await town.start();
  assert.equal(problem(await see(token)), 'author-link-void');
  assert.equal((await say(token, 'Zły koszt')).status, 404);
});

test('remarks reach the office, and nothing else does', async () => {
  const { id: reference, token } = await link();
  assert.equal((await say(token, 'Koszt jest z zeszłego roku.\nPowinno być 450 zł.')).status, 204);
  const [remark] = (await authors()).remarks;
  assert.deepEqual({ ...remark, id: '', time: 0 }, { id: '', link: reference, pool: 'city', project: '1', version: 6, time: 0, text: 'Koszt jest z zeszłego roku.\nPowinno być 450 zł.', handled: null, answer: '' });
  assert.deepEqual((await see(token)).body.remarks, [], 'an author sees what was answered only');

  for (const [text, more, status, kind] of [
    ['', {}, 422, undefined],
    [' \n ', {}, 422, undefined],
    ['ż'.repeat(1501), {}, 422, undefined],
    ['Dzwoń: 501 234 567', {}, 422, 'remark-with-personal-data'],
    ['jan.lis@poczta.pl', {}, 422, 'remark-with-personal-data'],
    ['PESEL 44051401359', {}, 422, 'remark-with-personal-data'],
    ['a\u0007b', {}, 422, undefined],
    ['Zły koszt', { project: '3' }, 409, 'no-such-project'],
    ['Zły koszt', { pool: 'north' }, 409, 'no-such-project'],
    ['Zły koszt', { name: 'Jan' }, 422, undefined],
  ]) {
    const answer = await say(token, text, more);
    assert.equal(answer.status, status, JSON.stringify([text.slice(0, 40), more]));
    if (kind) assert.equal(problem(answer), kind);
  }
  assert.equal((await authors()).remarks.length, 1);

  // No more than the office can read: of one project ten wait, another one is still free.
  for (let k = 1; k < 10; ++k) assert.equal((await say(token, `Uwaga ${k}`)).status, 204);
  assert.equal(problem(await say(token, 'Jeszcze jedna')), 'too-many-remarks');
  assert.equal((await say(token, 'O drzewach', { project: '2' })).status, 204);

  const handling = `${edition}/authors/remarks/${remark.id}/handling`;
  assert.equal((await anna.call('POST', handling, { answer: 'Zadzwonimy: 501 234 567' })).status, 409);
  assert.equal((await anna.call('POST', handling, { answer: 'Poprawiliśmy koszt.' })).status, 204);
  assert.equal((await anna.call('POST', handling, { answer: 'Inaczej.' })).status, 409, 'dealt with once');
  assert.equal((await anna.call('POST', `${edition}/authors/remarks/${'0'.repeat(32)}/handling`, {})).status, 404);
  const silent = (await authors()).remarks[1];
  assert.equal((await anna.call('POST', `${edition}/authors/remarks/${silent.id}/handling`, {})).status, 204);
  const told = (await see(token)).body.remarks;
  assert.deepEqual(told.map((one) => [one.project, one.text, one.answer]), [['1', remark.text, 'Poprawiliśmy koszt.']]);
  assert.equal((await say(token, 'Jeszcze jedna')).status, 204, 'there is room again');
});

test('who may what, and what is logged', async () => {
  const dpo = await new Official(town).register('Iwona Lis', 'dpo');
  const administrator = await new Official(town).register('Adam Admin', 'administrator');
  const [remark] = (await authors()).remarks.filter((one) => one.handled === null);
  const changing = [
    ['POST', `${edition}/authors/links`, { days: '3' }],
    ['DELETE', `${edition}/authors/links/${(await authors()).links[0].id}`, undefined],
    ['POST', `${edition}/authors/remarks/${remark.id}/handling`, { answer: 'x' }],
  ];
  for (const [method, at, body] of changing) {
    assert.equal((await new Browser(town).call(method, at, body)).status, 401, at);
    assert.equal((await dpo.call(method, at, body)).status, 403, at);
    assert.equal((await anna.call(method, at, body, { headers: { origin: 'https://evil.example' } })).status, 403, at);
  }
  assert.equal((await dpo.call('GET', `${edition}/authors`)).status, 200);
  assert.equal((await administrator.call('POST', `${edition}/authors/links`, { days: '3' })).status, 201);
  const { actions } = (await anna.call('GET', `/api/v1/desk/log?edition=${id}`)).body;
  for (const word of ['made-author-link', 'revoked-author-link', 'left-remark', 'handled-remark']) assert.ok(actions.some((one) => one.action === word), word);
  const left = actions.find((one) => one.action === 'left-remark');
  assert.equal(left.role, 'author');
  assert.ok((await authors()).links.some((one) => one.id === left.actor), 'by the link, not by a name');
  const verdict = JSON.parse(program('log', 'verify', path.join(town.dir, 'data/desk.db'), '--json').stdout);
  assert.equal(verdict.sound, true, verdict.reason);
});

test('who writes too much at once is asked to wait', async () => {
  const strict = await startDesk({ deskSettings: ['limits.remarks_per_minute = 3', 'limits.authors_per_minute = 5'] });
  try {
    const wrong = (at, body) => call(body ? 'POST' : 'GET', `${strict.address}/api/v1/rehearsal${at}`, body, { bearer: `${'0'.repeat(32)}.${'0'.repeat(64)}` });
    const statuses = [];
    for (let k = 0; k < 5; ++k) statuses.push((await wrong('/remarks', { pool: 'a', project: '1', text: 'x' })).status);
    assert.deepEqual(statuses, [404, 404, 404, 429, 429]);
    const looks = [];
    for (let k = 0; k < 7; ++k) looks.push((await wrong('')).status);
    assert.deepEqual(looks, [404, 404, 404, 404, 404, 429, 429]);
  } finally {
    await strict.stop();
  }
});
