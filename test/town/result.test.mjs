// SPDX-License-Identifier: EUPL-1.2
// A whole election over HTTP on either database: announced, verified from its address alone, and
// refused after any one stored row is changed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { call, eventually, program, startTown } from './town.mjs';

const sqlite = (file, sql) => {
  const done = spawnSync('sqlite3', [file, sql], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
};

test('A19: after a change of any row the first wrong entry is named; verified before, over HTTP, on SQLite', async () => {
  const town = await startTown('--full');
  try {
    assert.match(town.printed, /VERIFIED/);
    const edition = await call('GET', `${town.box}/api/v1/edition`);
    assert.equal(edition.body.phase, 'tally');
    const verify = () => program('verify', '--quiet', '--json', town.box);
    assert.equal(verify().status, 0);
    assert.equal(edition.body.ballots, town.residents.length);
    const results = await eventually('the results', async () => {
      const answer = await call('GET', `${town.box}/api/v1/results`);
      return answer.status === 200 && answer.body.complete && answer.body;
    });
    assert.equal(results.voters, town.residents.length);
    const pool = await call('GET', `${town.box}/api/v1/results/${results.pools[0].slug}`);
    assert.equal(pool.status, 200);
    assert.equal(pool.body.count.winners.length, results.pools[0].funded);
    assert.equal((await call('GET', `${town.box}/api/v1/results/elsewhere`)).status, 404);
    for (const file of ['results.json', 'catalogue.jsonld', 'city.pb', 'city.csv', 'city.json', 'city.geojson', 'protocol.pdf']) {
      assert.equal((await call('GET', `${town.box}/open-data/${file}`)).status, 200, file);
    }
    assert.equal((await call('GET', `${town.box}/open-data/..%2fserve.toml`)).status, 400);

    const file = path.join(town.dir, 'data/box.db');
    const kept = path.join(town.dir, 'kept.db');
    sqlite(file, `VACUUM INTO '${kept}'`);
    const entries = Number(sqlite(file, 'SELECT count(*) FROM entry'));
    // Another last byte: a signature's is 0 once in sixteen times.
    const spoilt = "bytes = CAST(substr(bytes, 1, length(bytes) - 1) || CASE WHEN substr(bytes, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB)";
    // [change, what is named, how it is undone]
    const changes = [
      ...[0, 3, Math.floor(entries / 2), entries - 1].map((k) => [`UPDATE entry SET ${spoilt} WHERE idx = ${k}`, new RegExp(`\\b${k}\\b`), `UPDATE entry SET bytes = (SELECT bytes FROM kept.entry WHERE idx = ${k}) WHERE idx = ${k}`]),
      ...['manifest.cbor', 'roll.cbor', 'result/0.pb', 'plaintexts/0.bin', 'mix/0-1.cbor', 'mix/0-2.cbor', 'decryption/0-1.cbor'].map((file) => [`UPDATE file SET ${spoilt} WHERE path = '${file}'`, new RegExp(file.replace(/\W/g, '.')), null]),
    ];
    for (const [change, named, back] of changes) {
      sqlite(file, change);
      const refused = verify();
      assert.equal(refused.status, 1, `${change}\n${refused.stdout}${refused.stderr}`);
      const { where, what } = JSON.parse(refused.stdout).refused;
      assert.match(`${where}: ${what}`, named, change);
      if (back) sqlite(file, `ATTACH '${kept}' AS kept; ${back}`);
      else sqlite(file, `ATTACH '${kept}' AS kept; DELETE FROM file; INSERT INTO file SELECT * FROM kept.file`);
      assert.equal(verify().status, 0, 'restored');
    }
    // What cannot even be fetched is not accepted either.
    sqlite(file, "DELETE FROM file WHERE path LIKE 'mix/0-2%'");
    assert.notEqual(verify().status, 0);
    sqlite(file, `ATTACH '${kept}' AS kept; INSERT INTO file SELECT * FROM kept.file WHERE path LIKE 'mix/0-2%'`);
    assert.equal(verify().status, 0);
    // The access log is sound, and is not after a change.
    const log = path.join(town.dir, 'data/registrar.db');
    assert.ok(existsSync(log));
    const sound = program('log', 'verify', log);
    assert.equal(sound.status, 0, sound.stdout + sound.stderr);
    const changed = path.join(town.dir, 'changed.db');
    sqlite(log, `VACUUM INTO '${changed}'`);
    copyFileSync(changed, `${changed}.copy`);
    sqlite(changed, 'DELETE FROM access_log WHERE position = 1');
    const unsound = program('log', 'verify', changed);
    assert.equal(unsound.status, 1, unsound.stdout + unsound.stderr);
    assert.match(unsound.stdout + unsound.stderr, /\b1\b/);
  } finally {
    await town.stop();
  }
});

test('PostgreSQL: the same way', async (t) => {
  if (!existsSync('/usr/lib/postgresql/15/bin/pg_ctl')) return t.skip('PostgreSQL 15 is not installed');
  const town = await startTown('--full', '--store', 'postgres');
  try {
    assert.match(town.printed, /VERIFIED/);
    assert.equal(program('verify', '--quiet', town.box).status, 0);
  } finally {
    await town.stop();
  }
});
