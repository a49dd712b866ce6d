// SPDX-License-Identifier: EUPL-1.2
// Kills without warning: ballot box, registrar and keepers of a town are killed (SIGKILL) at random
// moments while residents vote, and started again. After every kill the board must continue what
// was seen of it before, every acknowledged ballot must stand where its receipt says, once, and the
// logs of registrar and keepers must be whole.
//
//   ./dev bench faults [--kills 1000] [--seed 1] [--store sqlite|postgres] [--threads 12]
//
// Exit status: 0 nothing was lost, moved, duplicated or inconsistent; 1 something was.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Mirror, parseKey, readReceipt } from '../test/town/outsider.mjs';
import { program, sleep, startTown, urna } from '../test/town/town.mjs';

const { values: words } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    threads: { type: 'string', default: '12' },
  },
});
const kills = Number(words.kills);
// How many residents begin to vote together, and how many ballots there are for each kill: more than
// can be cast before the last one.
const group = 250;
const ballotsPerKill = 25;
const entitledPerBallot = 7;
const pauseMost = 120; // milliseconds between two kills

// mulberry32: the same seed kills the same services after the same pauses.
function generator(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
const random = generator(Number(words.seed));

const say = (text) => process.stderr.write(`${text}\n`);
const problems = [];
const problem = (text) => {
  problems.push(text);
  say(`PROBLEM: ${text}`);
};

const town = await startTown({ entitled: kills * ballotsPerKill * entitledPerBallot }, '--store', words.store);
const roles = { 'ballot box': ['box'], registrar: ['registrar'], keeper: town.keepers.map((_, k) => `keeper-${k + 1}`) };
const restarts = new Map(Object.keys(roles).map((role) => [role, []]));

// ---- Voters ------------------------------------------------------------------------------------

const receiptsFile = path.join(town.dir, 'receipts');
writeFileSync(receiptsFile, '');
const voted = { residents: 0, failed: 0, used: 0 };
let stopping = false;
let voters;

async function keepVoting() {
  while (!stopping) {
    const residents = town.residents.slice(voted.used, voted.used + group);
    if (residents.length === 0) return problem('there were too few residents for so many kills');
    voted.used += residents.length;
    const file = path.join(town.dir, 'group.json');
    writeFileSync(file, JSON.stringify(residents));
    voters = spawn(urna, ['simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--receipts', receiptsFile, '--json', '--threads', words.threads], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    let told = '';
    voters.stdout.on('data', (text) => (printed += text));
    voters.stderr.on('data', (text) => (told += text));
    await new Promise((resolve) => voters.once('close', resolve));
    const outcome = JSON.parse(printed || '{}');
    if (outcome.residents === undefined) {
      // They could not even begin, while the ballot box was down.
      voted.used -= residents.length;
      await sleep(100);
      continue;
    }
    voted.residents += outcome.residents;
    voted.failed += outcome.failed;
    if (outcome.failed > 0) say(told.trim());
  }
}

// ---- Checks ------------------------------------------------------------------------------------

const key = parseKey(/board (\S+)/.exec(program('edition', 'show', path.join(town.dir, 'edition/manifest.cbor')).stdout)[1]);
const mirror = new Mirror(town.box, key);
const acknowledged = new Map(); // place → leaf hash
const counts = { lost: 0, moved: 0, duplicated: 0, receipts: 0 };
const receipts = { file: openSync(receiptsFile, 'r'), at: 0, rest: '', ahead: [] };

function newReceipts() {
  const chunk = Buffer.alloc(1 << 20);
  for (let read = readSync(receipts.file, chunk, 0, chunk.length, receipts.at); read > 0; read = readSync(receipts.file, chunk, 0, chunk.length, receipts.at)) {
    receipts.at += read;
    receipts.rest += chunk.toString('latin1', 0, read);
  }
  const lines = receipts.rest.split('\n');
  receipts.rest = lines.pop();
  return lines;
}

const hashes = new Set();
async function checkBoard() {
  // What was acknowledged before the board is looked at must be on it, once the witnesses have
  // cosigned so far.
  const lines = newReceipts();
  const before = mirror.leaves.length;
  try {
    await mirror.reach(Math.max(0, ...lines.map((line) => Number(line.split(' ')[0]) + 1)));
  } catch (error) {
    problem(error.message);
  }
  for (const leaf of mirror.leaves.slice(before)) {
    const hash = leaf.toString('hex');
    if (hashes.has(hash)) {
      ++counts.duplicated;
      problem(`an entry stands twice on the board: ${hash}`);
    }
    hashes.add(hash);
  }
  for (const line of lines) {
    const [place, hash, encoded] = line.split(' ');
    const receipt = readReceipt(Buffer.from(encoded, 'base64'), key);
    ++counts.receipts;
    const index = Number(place);
    if (receipt.index !== index || receipt.leaf.toString('hex') !== hash) problem(`a receipt is of another entry than ${place}`);
    if (!hashes.has(hash)) {
      ++counts.lost;
      problem(`entry ${place} was acknowledged and is not on the board`);
    } else if (mirror.leaves[index].toString('hex') !== hash) {
      ++counts.moved;
      problem(`entry ${place} was acknowledged for another place than its own`);
    }
    if (acknowledged.has(index)) {
      ++counts.duplicated;
      problem(`two ballots were acknowledged for place ${place}`);
    }
    acknowledged.set(index, hash);
  }
}

function query(name, sql) {
  const store = town.stores[name];
  const where = store.slice(store.indexOf(':') + 1);
  const done = store.startsWith('sqlite:') ? spawnSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', where, sql], { encoding: 'utf8' }) : spawnSync('/usr/lib/postgresql/15/bin/psql', ['-At', '-d', where, '-c', sql], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${name}: ${done.stderr}`);
  return done.stdout.trim().split('\n').filter(Boolean);
}

function checkRegistrar() {
  const store = town.stores.registrar;
  const done = program('log', 'verify', store.slice(store.indexOf(':') + 1));
  if (done.status !== 0) problem(`the registrar's access log: ${done.stdout}${done.stderr}`);
}

// The quotas are what the lines of the log say; and lines are numbered without a gap, but for
// PostgreSQL, where a transaction that was cut off leaves one.
function checkKeeper(name) {
  const [[lines, last, charged, used]] = query(name, "SELECT count(*), max(number), (SELECT sum(count) FROM line WHERE event = 'evaluated'), (SELECT sum(used) FROM counter) FROM line").map((row) => row.split('|').map(Number));
  if (words.store === 'sqlite' && lines !== last) problem(`the log of ${name} has ${lines} lines, the last one numbered ${last}`);
  if (charged !== used) problem(`${name} has logged ${charged} elements and charged ${used}`);
}

// ---- The measurement ---------------------------------------------------------------------------

const begin = performance.now();
try {
  const order = Array.from({ length: kills }, (_, k) => Object.keys(roles)[k % 3]);
  for (let k = order.length - 1; k > 0; --k) {
    const other = random(k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
  await mirror.follow();
  const voting = keepVoting();
  for (const [k, role] of order.entries()) {
    await sleep(random(pauseMost));
    const one = roles[role][random(roles[role].length)];
    restarts.get(role).push(await town.restart(one));
    await checkBoard();
    if (role === 'registrar') checkRegistrar();
    if (role === 'keeper') checkKeeper(one);
    if ((k + 1) % 50 === 0) say(`${k + 1} of ${kills} kills, ${acknowledged.size} ballots acknowledged, ${Math.round((performance.now() - begin) / 1000)} s`);
  }
  stopping = true;
  const killing = (performance.now() - begin) / 1000;
  await voting;
  await checkBoard();
  checkRegistrar();
  roles.keeper.forEach(checkKeeper);
  const edition = await (await fetch(`${town.box}/api/v1/edition`)).json();
  await mirror.reach(edition.entries);
  if (mirror.leaves.length !== edition.entries) problem('the overview speaks of another size than the checkpoint');
  // Everybody who is done has one ballot; who gave up may have one that they were not told of.
  const most = voted.residents + voted.failed;
  if (edition.ballots > most) {
    counts.duplicated += edition.ballots - most;
    problem(`${edition.ballots} ballots of ${most} residents`);
  }
  if (acknowledged.size > edition.ballots) problem('fewer ballots on the board than were acknowledged');

  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const cell = (text, width) => String(text).padStart(width);
  console.log(`${kills} kills in ${killing.toFixed(0)} s while residents voted with ${words.threads} threads; seed ${words.seed}, ${words.store}.\n`);
  console.log('| service    | kills | restart, median ms | restart, most ms |');
  console.log('|------------|------:|-------------------:|-----------------:|');
  for (const [role, times] of restarts) console.log(`| ${role.padEnd(10)} | ${cell(times.length, 5)} | ${cell(median(times)?.toFixed(0) ?? '-', 18)} | ${cell(times.length > 0 ? Math.max(...times).toFixed(0) : '-', 16)} |`);
  console.log('\n| residents voted | gave up | ballots acknowledged | receipts verified | on the board | lost | moved | duplicated | inconsistent |');
  console.log('|----------------:|--------:|---------------------:|------------------:|-------------:|-----:|------:|-----------:|-------------:|');
  console.log(`| ${cell(voted.residents, 15)} | ${cell(voted.failed, 7)} | ${cell(acknowledged.size, 20)} | ${cell(counts.receipts, 17)} | ${cell(edition.ballots, 12)} | ${cell(counts.lost, 4)} | ${cell(counts.moved, 5)} | ${cell(counts.duplicated, 10)} | ${cell(problems.length, 12)} |`);
} finally {
  stopping = true;
  voters?.kill('SIGKILL');
  closeSync(receipts.file);
  await town.stop();
}
process.exitCode = problems.length === 0 ? 0 : 1;
