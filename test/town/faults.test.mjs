// SPDX-License-Identifier: EUPL-1.2
// Services killed without warning while residents vote: in the end everybody has voted once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { call, eventually, program, sleep, startTown, urna } from './town.mjs';

const kills = 50; // of each service
// Whoever is interrupted asks for another code: on a slow machine more often than a person may in a day.
const configs = { registrar: ['registrar', 'serve', 'registrar.toml', 'URNA_REGISTRAR_HTTP_PORT'], 'keeper-1': ['keeper', 'serve', 'keeper-1.toml', 'URNA_KEEPER_HTTP_PORT'], box: ['', 'serve', 'serve.toml', 'URNA_SERVE_HTTP_PORT'] };

test(`registrar, keeper and ballot box are killed ${kills} times each`, async () => {
  const town = await startTown('--voters', '60');
  const addresses = { registrar: town.registrar, 'keeper-1': town.keepers[0], box: town.box };
  const running = new Map();
  const restart = (name) => {
    const [group, command, config, variable] = configs[name];
    const words = [...(group ? [group] : []), command, '--config', path.join(town.dir, config)];
    const child = spawn(urna, words, { stdio: 'ignore', env: { ...process.env, URNA_REGISTRAR_CODES_PER_DAY: '100', [variable]: new URL(addresses[name]).port } });
    running.set(name, child.pid);
  };
  const answers = async (name) => {
    try {
      return (await fetch(`${addresses[name]}/healthz`)).status === 204;
    } catch {
      return false;
    }
  };
  try {
    const voting = spawn(urna, ['simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', path.join(town.dir, 'residents.json'), '--pool', `city=${town.pool}`, '--json', '--threads', '2'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    voting.stdout.on('data', (text) => (printed += text));
    const ended = new Promise((resolve) => voting.once('exit', resolve));
    const names = Object.keys(configs);
    for (let k = 0; k < kills * names.length; ++k) {
      const name = names[k % names.length];
      process.kill(running.get(name) ?? town.processes[name], 'SIGKILL');
      restart(name);
      await eventually(`${name} to answer`, () => answers(name), 400);
      await sleep(Math.floor(Math.random() * 60));
    }
    await ended;
    const outcome = JSON.parse(printed);
    assert.equal(outcome.failed, 0, printed);
    const votes = Math.min(town.residents.length, Number(/num_votes;(\d+)/.exec(readFileSync(town.pool, 'utf8'))[1]));
    assert.equal(outcome.ballots, votes);
    const edition = await call('GET', `${town.box}/api/v1/edition`);
    assert.equal(edition.body.ballots, votes, 'exactly one ballot of each');
    assert.equal(program('log', 'verify', path.join(town.dir, 'data/registrar.db')).status, 0);
  } finally {
    for (const pid of running.values()) process.kill(pid, 'SIGKILL');
    await town.stop();
  }
});
