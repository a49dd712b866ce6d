// SPDX-License-Identifier: EUPL-1.2
// The rates in docs/signals.md are measured on invented events. Here people do over HTTP what such events say, at a
// registrar whose clock is set to their minutes; what it stores are the same events, and the signals are the same.
import assert from 'node:assert/strict';
import { appendFileSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { canBePlayed, Cast, dayOf, onDay, play, withoutNames } from './replay.mjs';
import { program, startTown, urna } from './town.mjs';

const library = path.join(path.dirname(urna), 'test/libclock_shift.so');
const seed = 2001;
const voters = 600; // of the invented towns, ten days each; one day of them is played
const quick = ['clerk-with-sims', 'author-on-last-day'];
const slow = ['address-of-the-old', 'careful-clerk', 'clerk-with-sims-by-carrier', 'list-of-the-dead', 'false-point', 'school-class-not-named', 'library', 'office', 'bus-point'];
const scenarios = process.env.URNA_TEST_ALL === '1' ? [...quick, ...slow] : quick;

let folder;
let town;
const cast = new Cast();
const plans = [];
const tokens = [];
before(async () => {
  assert.ok(existsSync(library), `${library} must be built`);
  folder = mkdtempSync(path.join(tmpdir(), 'urna-bridge-'));
  const tomorrow = Math.floor(Date.now() / 86_400_000) + 1;
  for (const [k, name] of scenarios.entries()) {
    const file = path.join(folder, `${name}.jsonl`);
    const made = program('signals', 'invent', name, '--seed', seed, '--voters', voters);
    assert.equal(made.status, 0, made.stderr);
    writeFileSync(file, made.stdout);
    const all = made.stdout.trim().split('\n').map((line) => JSON.parse(line));
    // The day of the greatest cluster; of ordinary scenarios, which have none, the fullest one.
    const { clusters } = JSON.parse(program('signals', 'find', file, '--json').stdout);
    const [greatest] = clusters.sort((a, b) => b.events - a.events);
    const counts = new Map();
    for (const event of all) counts.set(dayOf(event), (counts.get(dayOf(event)) ?? 0) + 1);
    const day = greatest ? Math.floor(Date.parse(greatest.signals[0].first) / 86_400_000) : [...counts].sort((a, b) => b[1] - a[1])[0][0];
    const events = all.filter((event) => dayOf(event) === day && canBePlayed(event)).map((event) => ({ ...event, minute: onDay(event.minute, tomorrow + k) }));
    plans.push({ name, day: tomorrow + k, events, parts: events.map((event) => cast.part(event, event.minute)) });
  }
  writeFileSync(path.join(folder, 'residents.json'), JSON.stringify(cast.residents));
  town = await startTown('--residents', path.join(folder, 'residents.json'));
  const config = path.join(town.dir, 'registrar.toml');
  writeFileSync(config, ['codes.contacts = "either"', 'codes.persons_per_phone = 1000', 'signals.named_networks = ["10.200.0.0/16"]', readFileSync(config, 'utf8')].join('\n'));
  for (let k = 0; k < cast.points.size; ++k) {
    const file = path.join(town.dir, `point-${k}.token`);
    const made = program('registrar', 'operator-token', '--config', config, '--out', file);
    assert.equal(made.status, 0, made.stderr);
    appendFileSync(config, ['[[operators]]', `account = "bridge-${k}"`, `point = "Punkt ${k}"`, 'place = "ul. Wymyślona"', `token_hash = "${made.stdout.trim()}"`, 'valid_from = 0', `valid_until = ${(tomorrow + 40) * 86_400}`, ''].join('\n'));
    tokens.push(readFileSync(file, 'utf8').trim());
  }
  setClock(Date.now() / 1000);
  await town.restart('registrar', { LD_PRELOAD: library, CLOCK_SHIFT_FILE: clockFile(), URNA_REGISTRAR_HTTP_TRUSTED_PROXIES: '127.0.0.1' });
});
after(async () => {
  await town?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const clockFile = () => path.join(folder, 'clock');
function setClock(second) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.round(second - Date.now() / 1000)));
  const file = openSync(clockFile(), existsSync(clockFile()) ? 'r+' : 'w');
  writeSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
}

// Clusters without the names of their subjects; even intervals are measured with a moment drawn within each minute
// by the place of an event, so their mean and probability differ a little and are left out.
function clustersOf(events, file) {
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const found = program('signals', 'find', file, '--json');
  assert.ok(found.status <= 1, found.stderr);
  return JSON.parse(found.stdout).clusters.map(({ events: size, signals }) => ({
    size,
    signals: signals.map(({ kind, first, last, observed, of, compared, expected, probability }) => ({ kind, first, last, observed, of, compared, ...(kind === 'even-intervals' ? {} : { expected: expected.toPrecision(6), probability: probability.toPrecision(6) }) })).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  }));
}

test('the services store the events that were invented, and find in them what is found in those', async (t) => {
  for (const { name, day, events, parts } of plans) {
    await t.test(name, { timeout: 300_000 }, async () => {
      await play(town, parts, tokens, setClock);
      const file = path.join(folder, `${name}-stored.jsonl`);
      const read = program('registrar', 'signals', '--config', path.join(town.dir, 'registrar.toml'), '--official', 'a.nowak', '--events', file, '--json');
      assert.ok(read.status <= 1, read.stderr);
      const stored = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)).filter((event) => dayOf(event) === day);
      // Beside each certificate stands the attempt that it began with, of which nothing is computed.
      const attempts = stored.filter((event) => event.outcome === 'unconfirmed');
      assert.equal(attempts.length, events.filter((event) => event.outcome === 'certified' && event.point === undefined).length);
      const told = stored.filter((event) => event.outcome !== 'unconfirmed');
      assert.equal(told.length, events.length);
      const [here, there] = [withoutNames(told), withoutNames(events)];
      assert.deepEqual([here.filter((one) => !there.includes(one)).slice(0, 5), there.filter((one) => !here.includes(one)).slice(0, 5)], [[], []]);
      assert.deepEqual(here, there);
      const [real, invented] = [clustersOf(stored, path.join(folder, 'real.jsonl')), clustersOf(events, path.join(folder, 'invented.jsonl'))];
      const order = (clusters) => clusters.map((one) => JSON.stringify(one)).sort();
      assert.deepEqual(order(real), order(invented));
      if (quick.includes(name)) assert.ok(real.some((one) => one.size >= 30), `${name} has a cluster`);
    });
  }
});
