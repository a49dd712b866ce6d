// SPDX-License-Identifier: EUPL-1.2
// Attack stories (docs/attacks.md) of many votes from one address, cast over HTTP: each is one cluster of explained
// signals, and no ballot is touched by that.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { call, eventually, program, startTown } from './town.mjs';

const old = 320;
const telephones = 65;
const author = 200;
const lines = ['codes.contacts = "either"', 'codes.persons_per_phone = 5', 'cases.open_for_clusters = true', 'cases.every_seconds = 1', 'cases.level_exponent = 6', 'http.trusted_proxies = ["127.0.0.1"]'];

let town;
let ordinary;
let oldest;
let others;
before(async () => {
  town = await startTown({ entitled: 5600 });
  const byAge = [...town.residents].sort((a, b) => (a.birth_date < b.birth_date ? -1 : 1));
  oldest = byAge.slice(0, old);
  others = byAge.slice(old, old + author);
  ordinary = byAge.slice(old + author);
  assert.ok(ordinary.length >= 200, `${ordinary.length}`);
  const config = path.join(town.dir, 'registrar.toml');
  const [above, below] = readFileSync(config, 'utf8').split('[http]\n');
  writeFileSync(config, `${above}${lines.filter((line) => !line.startsWith('http.')).join('\n')}\n[http]\n${lines.filter((line) => line.startsWith('http.')).map((line) => line.slice(5)).join('\n')}\n${below}`);
  await town.restart('registrar');
});
after(() => town?.stop());

const edition = async () => (await call('GET', `${town.box}/api/v1/edition`)).body;
const config = () => ['--config', path.join(town.dir, 'registrar.toml'), '--official', 'a.nowak', '--json'];

function vote(name, people) {
  const file = path.join(town.dir, `${name}.json`);
  writeFileSync(file, JSON.stringify(people));
  const done = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json', '--quiet', '--threads', '8');
  assert.equal(JSON.parse(done.stdout).failed, 0, done.stderr);
  return JSON.parse(done.stdout).ballots;
}

function clusters() {
  const found = program('registrar', 'signals', ...config());
  assert.ok(found.status <= 1, found.stderr);
  return JSON.parse(found.stdout).clusters;
}

// One cluster of exactly so many events, each signal with its numbers in words; what its kinds are.
function theOne(size) {
  const of = clusters().filter((one) => one.events === size);
  assert.equal(of.length, 1, JSON.stringify(clusters().map((one) => one.events)));
  for (const { pl, en, observed, probability, compared } of of[0].signals) {
    assert.ok(pl.length > 40 && en.includes(String(observed)) && en.includes(`${compared} compared`), en);
    assert.ok(probability < 1e-4);
  }
  return new Map(of[0].signals.map((one) => [one.kind, one]));
}

test('A4, A10: one address and 65 telephones, 320 votes; one address on the last day, 200 votes', async () => {
  const ballots = vote('homes', ordinary.map((one, i) => ({ ...one, address: `10.${1 + (i >> 8)}.${i & 255}.7` })));
  assert.deepEqual(clusters(), [], 'ordinary voters are no signal');
  const before = await edition();
  const beside = before.entries - before.ballots;

  assert.equal(vote('old', oldest.map((one, i) => ({ ...one, given_phone: `+48799${500_000 + (i % telephones)}`, address: '10.99.7.20' }))), old);
  const first = theOne(old);
  const few = first.get('few-contacts');
  assert.deepEqual([few.observed, few.of], [old, telephones]);
  assert.equal(first.get('crowded-network').observed, old);
  assert.ok(first.get('alike-ages').observed > old / 4, 'within ten years of age, the oldest of the town');

  assert.equal(vote('author', others.map((one) => ({ ...one, address: '10.99.9.9' }))), author);
  assert.equal(clusters().length, 2);
  const second = theOne(author);
  assert.equal(second.get('crowded-network').observed, author);
  assert.ok(!second.has('few-contacts'), 'each by a telephone of their own');

  // Each is a case by itself, which people look into; on the board stand the ballots and nothing about any of them.
  await eventually('two cases with all of them', () => {
    const { cases } = JSON.parse(program('registrar', 'cases', 'list', ...config()).stdout);
    return JSON.stringify(cases.map((one) => one.voters).sort((a, b) => a - b)) === JSON.stringify([author, old]);
  });
  const after = await eventually('all ballots on the board', async () => {
    const now = await edition();
    return now.ballots === ballots + old + author && now;
  });
  assert.equal(after.entries - after.ballots, beside, 'no freeze, no annulment, no entry of any other kind');
});
