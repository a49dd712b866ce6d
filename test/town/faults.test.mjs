// SPDX-License-Identifier: EUPL-1.2
// Services killed without warning while residents vote: in the end everybody has voted once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { call, program, sleep, startTown, urna } from './town.mjs';

const kills = 50; // of each service
test(`registrar, keeper and ballot box are killed ${kills} times each`, async () => {
  const town = await startTown('--voters', '60');
  try {
    const voting = spawn(urna, ['simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', path.join(town.dir, 'residents.json'), '--pool', `city=${town.pool}`, '--json', '--threads', '2'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    voting.stdout.on('data', (text) => (printed += text));
    const ended = new Promise((resolve) => voting.once('exit', resolve));
    const names = ['registrar', 'keeper-1', 'box'];
    for (let k = 0; k < kills * names.length; ++k) {
      const name = names[k % names.length];
      await town.restart(name);
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
    await town.stop();
  }
});
