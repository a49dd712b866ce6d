// SPDX-License-Identifier: EUPL-1.2
// Witnesses while voting goes on (A28): what is shown is cosigned, a witness that is down holds
// nobody up, and a board that was put back to an older state is found out at once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { call, eventually, program, startTown, urna } from './town.mjs';

let town;
const running = new Map();

before(async () => {
  town = await startTown();
});
after(async () => {
  for (const pid of running.values()) process.kill(pid, 'SIGKILL');
  await town?.stop();
});

const overview = async () => (await call('GET', `${town.box}/api/v1/edition`)).body;
const checkpoint = async () => (await call('GET', `${town.box}/checkpoint`)).body;
const sizeOf = (note) => Number(note.split('\n')[1]);
const signers = (note) => note.split('\n').filter((line) => line.startsWith('— ')).map((line) => line.split(' ')[1]);
const metric = async (address, name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await (await fetch(`${address}/metrics`)).text())[1]);

// Residents from one number to another vote.
function vote(first, last) {
  const file = path.join(town.dir, 'some.json');
  writeFileSync(file, JSON.stringify(town.residents.slice(first, last)));
  const voted = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json');
  assert.equal(voted.status, 0, voted.stderr);
  assert.equal(JSON.parse(voted.stdout).failed, 0, voted.stdout);
}

function kill(name) {
  process.kill(running.get(name) ?? town.processes[name], 'SIGKILL');
  running.delete(name);
}
function start(name, words, variable, address) {
  const child = spawn(urna, words, { stdio: 'ignore', env: { ...process.env, [variable]: new URL(address).port } });
  running.set(name, child.pid);
}
const startWitness = (name) => start(name, ['witness', 'serve', '--config', path.join(town.dir, `${name}.toml`)], 'URNA_WITNESS_HTTP_PORT', town.witnesses[name]);
const startBox = () => start('box', ['serve', '--config', path.join(town.dir, 'serve.toml')], 'URNA_SERVE_HTTP_PORT', town.box);

test('what is shown is cosigned by both witnesses, and keeps up with the votes', async () => {
  vote(0, 10);
  const { entries } = await overview();
  const note = await eventually('a cosigned checkpoint of everything', async () => {
    const now = await checkpoint();
    return sizeOf(now) === entries && now;
  });
  assert.deepEqual(signers(note).sort(), ['box.example.org/demonstration', 'w1.example.org', 'w2.example.org']);
  assert.deepEqual((await overview()).cosigned, { entries, witnesses: 2 });
});

test('a witness that is down holds nobody up, and catches up', async () => {
  const shown = sizeOf(await checkpoint());
  kill('w2.example.org');
  vote(10, 15);
  const { entries } = await overview();
  assert.ok(entries > shown, 'votes are recorded');
  await eventually('a failure to be counted', async () => (await metric(town.box, 'urna_witnesses_failures')) > 0);
  assert.equal(sizeOf(await checkpoint()), shown, 'nothing is shown that too few have cosigned');
  startWitness('w2.example.org');
  await eventually('the witness to catch up', async () => sizeOf(await checkpoint()) === entries);
  assert.equal(signers(await checkpoint()).length, 3);
  assert.equal(await metric(town.box, 'urna_witnesses_refusals'), 0);
});

test('a board put back to an older state is refused', async () => {
  const store = path.join(town.dir, 'data/box.db');
  const copy = path.join(town.dir, 'older.db');
  kill('box');
  for (const end of ['', '-wal', '-shm']) {
    rmSync(copy + end, { force: true });
    try {
      copyFileSync(store + end, copy + end);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  startBox();
  await eventually('the box', async () => (await fetch(`${town.box}/readyz`).catch(() => undefined))?.status === 204);
  vote(15, 20);
  const { entries } = await overview();
  await eventually('the newest checkpoint to be cosigned', async () => (await overview()).cosigned?.entries === entries);

  kill('box');
  for (const end of ['', '-wal', '-shm']) {
    rmSync(store + end, { force: true });
    try {
      copyFileSync(copy + end, store + end);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  startBox();
  await eventually('the box', async () => (await fetch(`${town.box}/readyz`).catch(() => undefined))?.status === 204);
  const before = (await overview()).entries;
  assert.ok(before < entries, 'the board has forgotten votes');
  await eventually('the witnesses to refuse', async () => (await metric(town.box, 'urna_witnesses_refusals')) >= 2);
  // It grows beyond what it had, with other votes: a second history.
  vote(20, town.residents.length);
  assert.ok((await overview()).entries > entries);
  await eventually('a witness to keep what it refused', async () => {
    try {
      return readdirSync(path.join(town.dir, 'data/w1.example.org/evidence')).length >= 2;
    } catch {
      return false;
    }
  });
  const { cosigned } = await overview();
  assert.ok((cosigned?.entries ?? 0) <= before, 'nothing of the second history is cosigned');
});
