// SPDX-License-Identifier: EUPL-1.2
// Who has a copy of a database has nobody: after more than a thousand votes the dumps of ballot box,
// keepers and registrar are searched for everything known of everybody who voted, and for every
// hash of it that could be computed without a key; on either database.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { addHashes, addPerson, addSaltedHashes, columnsOf, Needles, readDump, rowsOf, search } from './planted.mjs';
import { call, startTown } from './town.mjs';

const postgresPrograms = '/usr/lib/postgresql/15/bin';
const votesLeast = 1000;
const entitled = 7000;
const saltedPeople = 5;

function dumpOf(store) {
  const where = store.slice(store.indexOf(':') + 1);
  const [program, ...words] = store.startsWith('sqlite:') ? ['sqlite3', '-readonly', where, '.dump'] : [`${postgresPrograms}/pg_dump`, '--inserts', where];
  const done = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

// The files under the databases too: they may hold what was deleted.
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const name = path.join(folder, one.name);
    if (one.isDirectory()) return filesUnder(name);
    return one.isFile() && statSync(name).size > 0 ? [name] : [];
  });
}

// ---- What may stand where

const tables = {
  box: { entry: ['idx', 'bytes'], checkpoint: ['one', 'note'], file: ['path', 'part', 'bytes'], notice: ['id', 'sealed'] },
  keeper: { counter: ['name', 'used'], line: ['number', 'time', 'event', 'caller', 'purpose', 'count', 'detail'] },
};
// Of the registrar's tables, what the declaration does not list: not about anybody.
const notPersonal = {
  outbox: ['id', 'attempts', 'due'],
  signal_event: ['id'],
  counter: ['day', 'name', 'part', 'count'],
  notice_batch: ['id'],
  free_serial: ['serial'],
  state: ['name', 'value'],
  access_log: ['position', 'chain'],
  access_note: ['size', 'note'],
  access_pending: ['id', 'hour'],
};
const sealOverhead = 24 + 16; // nonce and tag of XChaCha20-Poly1305

// The registrar's database holds what is declared and nothing else, in the form declared.
function checkRegistrar(dump, fields) {
  const declared = new Map();
  for (const field of fields) {
    if (!declared.has(field.table)) declared.set(field.table, new Map());
    declared.get(field.table).set(field.column, field.what.en);
  }
  const live = columnsOf(dump);
  assert.deepEqual([...live.keys()].sort(), [...new Set([...declared.keys(), ...Object.keys(notPersonal)])].sort());
  const seen = { sealed: 0, 'keyed hash': 0, reference: 0 };
  for (const [table, columns] of live) {
    const known = [...(declared.get(table)?.keys() ?? []), ...(notPersonal[table] ?? [])];
    assert.deepEqual([...columns].sort(), known.sort(), `the columns of ${table}`);
    const rows = rowsOf(dump, table);
    for (const [k, column] of columns.entries()) {
      const what = declared.get(table)?.get(column);
      if (!what) continue;
      const values = rows.map((row) => row[k]).filter((value) => value !== null);
      for (const value of values) {
        const where = `${table}.${column}`;
        if (/sealed/.test(what)) {
          assert.ok(Buffer.isBuffer(value) && value.length >= sealOverhead, `${where} is sealed`);
          ++seen.sealed;
        } else if (/keyed hash of/.test(what)) {
          assert.ok(Buffer.isBuffer(value) && (value.length === 32 || value.length === 33), `${where} is a keyed hash`);
          ++seen['keyed hash'];
        } else if (/random reference/.test(what)) {
          assert.ok(Buffer.isBuffer(value) && value.length === 16, `${where} is a random reference`);
          ++seen.reference;
        } else {
          assert.ok(Buffer.isBuffer(value) || Number.isSafeInteger(value), `${where} has no text`);
        }
      }
      // Equal names are not seen to be equal.
      if (/sealed/.test(what)) assert.equal(new Set(values.map((value) => value.toString('hex'))).size, values.length, `${table}.${column}`);
    }
  }
  return seen;
}

// Forms in which somebody might have been written into a database, each to be found.
function plants(person, salt) {
  const { pesel } = person;
  const hash = (algorithm, text) => createHash(algorithm).update(text).digest();
  const hex = (bytes) => Buffer.from(bytes).toString('hex');
  return {
    'PESEL as text': `INSERT INTO planted VALUES('x${pesel}y');`,
    'PESEL in a value of bytes': `INSERT INTO planted VALUES(X'${hex(`\0${pesel}`)}');`,
    'the same by pg_dump': `INSERT INTO public.planted VALUES ('\\x${hex(`\0${pesel}`)}');`,
    'PESEL in base 64': `INSERT INTO planted VALUES('${Buffer.from(`ab${pesel}cdefgh`).toString('base64')}');`,
    'PESEL in hexadecimal as text': `INSERT INTO planted VALUES('${hex(`?${pesel}`)}');`,
    'PESEL as an integer of eight bytes': `INSERT INTO planted VALUES(X'01${BigInt(pesel).toString(16).padStart(16, '0')}');`,
    'PESEL as a number': `INSERT INTO planted VALUES(${pesel});`,
    'PESEL in UTF-16': `INSERT INTO planted VALUES(X'${Buffer.from(pesel, 'utf16le').toString('hex')}');`,
    phone: `INSERT INTO planted VALUES('${person.phone}');`,
    'phone without prefix': `INSERT INTO planted VALUES(${person.phone.slice(3)});`,
    'e-mail': `INSERT INTO planted VALUES('<${person.email.toUpperCase()}>');`,
    'last name': `INSERT INTO planted VALUES('${person.last_name.toLowerCase()}');`,
    address: `INSERT INTO planted VALUES(X'${hex(`${person.street} ${person.house}`)}');`,
    'MD5 in hexadecimal': `INSERT INTO planted VALUES('${hash('md5', pesel).toString('hex').toUpperCase()}');`,
    'SHA-256 among bytes': `INSERT INTO planted VALUES(X'0102${hash('sha256', pesel).toString('hex')}ff');`,
    'SHA-512 of name and PESEL in base 64': `INSERT INTO planted VALUES('${hash('sha512', `${person.first_name} ${person.last_name} ${pesel}`).toString('base64')}');`,
    'the first twelve bytes of a BLAKE2': `INSERT INTO planted VALUES(X'${hash('blake2b512', person.phone).toString('hex').slice(0, 24)}');`,
    'SHA-1 of an e-mail address in base64url': `INSERT INTO planted VALUES('${hash('sha1', person.email).toString('base64url')}');`,
    'SHA-256 with a salt of the dump': `INSERT INTO planted VALUES(X'${createHash('sha256').update(salt).update(pesel).digest('hex')}');`,
  };
}

async function searched(...words) {
  const town = await startTown({ entitled }, '--full', ...words);
  try {
    assert.match(town.printed, /VERIFIED/);
    const { body: edition } = await call('GET', `${town.box}/api/v1/edition`);
    assert.ok(edition.ballots >= votesLeast, `${edition.ballots} votes`);
    const { body: register } = await call('GET', `${town.registrar}/api/v1/data-protection/register`);

    const needles = new Needles();
    for (const [k, person] of town.residents.entries()) {
      addPerson(needles, person, `resident ${k}`);
      addHashes(needles, person, `resident ${k}`);
    }
    assert.deepEqual(Object.keys(town.stores).sort(), ['box', 'keeper-1', 'keeper-2', 'registrar']);
    for (const [name, store] of Object.entries(town.stores)) {
      const dump = dumpOf(store);
      const read = readDump(dump);
      // Everything of the length of a key or a salt is tried as one.
      const salts = [...new Set(read.values.filter((one) => one.length >= 4 && one.length <= 64).map((one) => one.toString('latin1')))].map((one) => Buffer.from(one, 'latin1'));
      for (const [k, person] of town.residents.slice(0, saltedPeople).entries()) addSaltedHashes(needles, person, `resident ${k}`, salts);
      assert.deepEqual(search(needles, read), [], `the dump of ${name}`);

      // The same search finds whatever is put there.
      const someone = town.residents[0];
      assert.ok(someone.email);
      const salt = salts[0] ?? Buffer.from('salt');
      if (salts.length === 0) addSaltedHashes(needles, someone, 'resident 0', [salt]);
      for (const [what, statement] of Object.entries(plants(someone, salt))) {
        const small = readDump(`${dump.slice(0, 20_000)}\n${statement}\n`);
        assert.ok(search(needles, small).some((finding) => finding.startsWith('resident 0:')), `not found in the dump of ${name}: ${what}`);
      }
      const whole = search(needles, readDump(dump + Object.values(plants(someone, salt)).join('\n')));
      assert.ok(whole.length >= 8, whole.join());

      if (name === 'registrar') {
        const seen = checkRegistrar(dump, register.fields);
        assert.ok(seen.sealed >= 8 * town.residents.length, 'eight sealed values of everybody');
        assert.ok(seen['keyed hash'] >= 3 * town.residents.length);
        assert.ok(seen.reference >= town.residents.length);
      } else {
        assert.deepEqual(Object.fromEntries(columnsOf(dump)), tables[name.split('-')[0]]);
      }
    }
    const folder = words.includes('postgres') ? /host=(\S+)/.exec(town.stores.box)[1] : path.join(town.dir, 'data');
    for (const file of filesUnder(folder)) {
      const found = new Set();
      let bytes;
      try {
        bytes = readFileSync(file);
      } catch (error) {
        // The server drops its caches of the catalogue when it likes.
        if (error.code === 'ENOENT' && path.basename(file) === 'pg_internal.init') continue;
        throw error;
      }
      needles.search(bytes, (what) => found.add(what));
      assert.deepEqual([...found], [], file);
    }
    for (const file of filesUnder(path.join(town.dir, 'logs'))) {
      assert.deepEqual(search(needles, { values: [], rest: readFileSync(file, 'utf8') }), [], file);
    }
  } finally {
    await town.stop();
  }
}

test('SQLite: dumps, files and logs after a thousand votes tell of nobody', () => searched());

test('PostgreSQL: dumps, files and logs after a thousand votes tell of nobody', (t) => {
  if (!existsSync(`${postgresPrograms}/pg_dump`)) return t.skip('PostgreSQL 15 is not installed');
  return searched('--store', 'postgres');
});
