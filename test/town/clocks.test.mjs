// SPDX-License-Identifier: EUPL-1.2
// Clocks that jump two hours ahead and back while residents vote. The services are real processes
// whose clock test/services/clock_shift.cc sets; what is expected stands in docs/operations.md.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Mirror, parseKey, readReceipt } from './outsider.mjs';
import { call, digits, eventually, personOf, program, sleep, smsTo, someKey, startTown, urna } from './town.mjs';

const library = path.join(path.dirname(urna), 'test/libclock_shift.so');
const hour = 3600;
const services = ['registrar', 'box', 'keeper-1', 'keeper-2'];

let town;
let mirror;
let key;
let used = 0;

const shiftFile = (name) => path.join(town.dir, `clock-${name}`);

// Sets the clocks of services, in seconds ahead of the real one.
function setClocks(seconds, ...names) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(seconds));
  for (const name of names) {
    const file = openSync(shiftFile(name), existsSync(shiftFile(name)) ? 'r+' : 'w');
    writeSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
  }
}

before(async () => {
  assert.ok(existsSync(library), `${library} must be built`);
  town = await startTown({ entitled: 4000 });
  key = parseKey(/board (\S+)/.exec(program('edition', 'show', path.join(town.dir, 'edition/manifest.cbor')).stdout)[1]);
  mirror = new Mirror(town.box, key);
  setClocks(0, ...services);
  for (const name of services) await town.restart(name, { LD_PRELOAD: library, CLOCK_SHIFT_FILE: shiftFile(name) });
});
after(() => town?.stop());

const someResidents = (count) => town.residents.slice(used, (used += count));
const receipts = () => path.join(town.dir, 'receipts');

// Lets these vote; what the program says of it.
function vote(residents, threads = 2) {
  const file = path.join(town.dir, `voters-${used}.json`);
  writeFileSync(file, JSON.stringify(residents));
  const child = spawn(urna, ['simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json', '--threads', String(threads), '--receipts', receipts()], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let said = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (said += text));
  return new Promise((resolve) => child.once('close', () => resolve({ ...JSON.parse(printed), said })));
}

const ballots = async () => (await call('GET', `${town.box}/api/v1/edition`)).body.ballots;
const allRight = async (count) => {
  const outcome = await vote(someResidents(count));
  assert.deepEqual([outcome.residents, outcome.failed], [count, 0], outcome.said);
};

test('a certificate from more than an hour ahead is refused, until the clocks agree', async () => {
  await allRight(5);
  await mirror.follow();
  setClocks(hour, 'registrar');
  await allRight(3); // an hour is allowed
  setClocks(2 * hour, 'registrar');
  const early = someResidents(3);
  const before = await ballots();
  const refused = await vote(early);
  assert.deepEqual([refused.residents, refused.failed], [0, 3]);
  assert.match(refused.said, /status 422/);
  assert.equal(await ballots(), before);
  setClocks(2 * hour, 'box');
  const taken = await vote(early);
  assert.deepEqual([taken.residents, taken.failed], [3, 0], taken.said);
  // The registrar's clock behind that of the ballot box does not matter.
  setClocks(0, 'registrar');
  await allRight(3);
  setClocks(-2 * hour, 'box');
  assert.equal((await vote(someResidents(1))).failed, 1);
  setClocks(0, 'box');
  await allRight(3);
  await mirror.follow();
});

async function beginAndAsk(resident) {
  const earlier = (await smsTo(town, resident.phone)).length;
  const { body } = await call('POST', `${town.registrar}/api/v1/sessions`, personOf(resident));
  assert.equal((await call('POST', `${town.registrar}/api/v1/sessions/current/codes`, { channel: 'sms' }, { bearer: body.session })).status, 202);
  const message = await eventually('a code', async () => (await smsTo(town, resident.phone, earlier))[0], 400);
  return { session: body.session, code: digits(message.text) };
}
const give = ({ session, code }) => call('POST', `${town.registrar}/api/v1/sessions/current/code`, { code }, { bearer: session });

test('codes and sessions end when the clock jumps ahead', async () => {
  const one = await beginAndAsk(someResidents(1)[0]);
  setClocks(15 * 60, 'registrar');
  const late = await give(one);
  assert.equal(late.status, 403);
  assert.equal(late.body.type, '/problems/wrong-code');
  setClocks(2 * hour, 'registrar');
  const over = await give(one);
  assert.equal(over.status, 401);
  assert.equal(over.body.type, '/problems/session-over');
  setClocks(0, 'registrar');
});

test('and when it jumps back: none lives longer than it was made for', async () => {
  setClocks(2 * hour, 'registrar');
  const resident = someResidents(1)[0];
  const one = await beginAndAsk(resident);
  setClocks(0, 'registrar');
  assert.equal((await give(one)).status, 401);
  assert.equal((await call('POST', `${town.registrar}/api/v1/sessions/current/certificates`, { voter_key: someKey }, { bearer: one.session })).status, 401);
  // A code lives shorter than a session.
  setClocks(25 * 60, 'registrar');
  const other = await beginAndAsk(resident);
  setClocks(0, 'registrar');
  assert.notEqual((await give(other)).status, 200);
  assert.equal((await give(await beginAndAsk(resident))).status, 200, 'who begins again is let in');
});

test('a message that waits to be sent again does not wait for the clock', async () => {
  const resident = someResidents(1)[0];
  setClocks(2 * hour, 'registrar');
  await fetch(`${town.sms_control}/mode`, { method: 'POST', body: JSON.stringify({ mode: 'fail' }) });
  const { body } = await call('POST', `${town.registrar}/api/v1/sessions`, personOf(resident));
  assert.equal((await call('POST', `${town.registrar}/api/v1/sessions/current/codes`, { channel: 'sms' }, { bearer: body.session })).status, 202);
  await sleep(1500); // tried, and put off until two hours from now
  assert.equal((await smsTo(town, resident.phone)).length, 0);
  setClocks(0, 'registrar');
  await fetch(`${town.sms_control}/mode`, { method: 'POST', body: JSON.stringify({ mode: 'ok' }) });
  await eventually('the message', async () => (await smsTo(town, resident.phone))[0], 400);
});

test('nothing acknowledged is lost, and logs stay in order, while clocks jump', async () => {
  const residents = someResidents(process.env.URNA_TEST_ALL === '1' ? 200 : 40);
  let voting = true;
  const ended = vote(residents).finally(() => (voting = false));
  let jumps = 0;
  while (voting) {
    // All services of one machine, then each of them alone.
    const offset = [2 * hour, 0, -2 * hour, 0][jumps % 4];
    setClocks(offset, ...(jumps % 8 < 4 ? services : [services[(jumps >> 3) % services.length]]));
    ++jumps;
    await sleep(250);
  }
  const outcome = await ended;
  setClocks(0, ...services);
  assert.ok(jumps >= 8, `${jumps} jumps`);
  assert.ok(outcome.ballots >= residents.length / 2, `${outcome.ballots} ballots of ${residents.length} residents\n${outcome.said}`);
  // Those who could not vote were told so: their certificate was from a time to come or before the
  // opening, or their session or code was over.
  for (const line of outcome.said.split('\n').filter(Boolean)) assert.match(line, /status (401|403|409|422)|no code arrived/, line);

  const all = readFileSync(receipts(), 'utf8').trim().split('\n');
  await mirror.reach(Math.max(...all.map((line) => Number(line.split(' ')[0]) + 1)));
  assert.equal(await ballots(), all.length, 'each acknowledged ballot once, and no other');
  assert.equal(new Set(all.map((line) => line.split(' ')[0])).size, all.length);
  for (const line of all) {
    const [place, hash, receipt] = line.split(' ');
    const { index, leaf } = readReceipt(Buffer.from(receipt, 'base64'), key);
    assert.equal(index, Number(place));
    assert.equal(leaf.toString('hex'), hash);
    assert.deepEqual(mirror.leaves[index], leaf);
  }
  const sound = program('log', 'verify', path.join(town.dir, 'data/registrar.db'));
  assert.equal(sound.status, 0, sound.stdout + sound.stderr);
  await allRight(5);
});
