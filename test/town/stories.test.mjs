// SPDX-License-Identifier: EUPL-1.2
// Attack stories (docs/attacks.md) played against two towns of running services, which differ in
// nothing but their keys and in how people vote: in the first everybody votes for the same few
// projects, in the second for others.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fetchCheckpoint, fetchEntries, Mirror, parseKey, readReceipt } from './outsider.mjs';
import { call, digits, eventually, personOf, program, randomText, signInBySms, smsTo, someKey, startTown } from './town.mjs';

let first;
let second;

// Everybody gives what they give to the first projects of the file, or to the last ones.
const everybodyFor = (which) => (text) => {
  const [head, rest] = text.split('\nPROJECTS\n');
  const [projects, votes] = rest.split('\nVOTES\n');
  const ids = projects.trim().split('\n').slice(1).map((line) => line.split(';')[0]);
  const [columns, ...lines] = votes.trim().split('\n');
  const vote = columns.split(';').indexOf('vote');
  const chosen = (cell) => (which === 'first' ? ids.slice(0, cell.split(',').length) : ids.slice(-cell.split(',').length)).join(',');
  const changed = lines.map((line) => line.split(';').map((cell, k) => (k === vote ? chosen(cell) : cell)).join(';'));
  return [head, 'PROJECTS', projects, 'VOTES', columns, ...changed, ''].join('\n');
};

const keyOf = (town) => parseKey(/board (\S+)/.exec(program('edition', 'show', path.join(town.dir, 'edition/manifest.cbor')).stdout)[1]);
const at = (town, ...names) => path.join(town.dir, ...names);
const secret = (town, name) => readFileSync(at(town, 'keys', name), 'utf8').trim();
const sessions = (town) => `${town.registrar}/api/v1/sessions`;
const ballotsOf = async (town) => (await call('GET', `${town.box}/api/v1/edition`)).body.ballots;

// Some residents vote; what the program says of each acknowledgement.
function vote(town, count, from) {
  const file = at(town, 'voters.json');
  writeFileSync(file, JSON.stringify(town.residents.slice(from, from + count)));
  const receipts = at(town, `receipts-${from}`);
  const done = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json', '--threads', '2', '--receipts', receipts);
  assert.equal(done.status, 0, done.stdout + done.stderr);
  const acknowledged = readFileSync(receipts, 'utf8').trim().split('\n').map((line) => line.split(' '));
  assert.equal(acknowledged.length, count);
  return acknowledged;
}

before(async () => {
  [first, second] = await Promise.all([startTown({ entitled: 1400, change: everybodyFor('first') }), startTown({ entitled: 1400, change: everybodyFor('last') })]);
  assert.deepEqual(first.residents, second.residents);
  for (const town of [first, second]) vote(town, 12, 0);
});
after(async () => {
  await first?.stop();
  await second?.stop();
});

const withCheckDigit = (ten) => ten + String((10 - ([...ten].reduce((sum, digit, i) => sum + [1, 3, 7, 9, 1, 3, 7, 9, 1, 3][i] * Number(digit), 0) % 10)) % 10);

test('A5: numbers of people born in 1825 or 1883 and malformed ones are refused, with the reason', async () => {
  const { first_name, last_name, pesel } = first.residents[0];
  const ask = (number) => call('POST', sessions(first), { kind: 'pesel', first_name, last_name, pesel: number });
  const born1825 = withCheckDigit('2583010001');
  const born1883 = withCheckDigit('8385120001');
  const fullWidth = pesel.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  const wrongDigit = pesel.slice(0, 10) + String((Number(pesel[10]) + 1) % 10);
  const reasons = new Map();
  for (const [what, number] of Object.entries({ born1825, born1883, fullWidth, wrongDigit, lineBreak: `${pesel}\n`, blank: ` ${pesel}`, short: pesel.slice(1), long: `${pesel}0`, noDay: withCheckDigit('9002300001') })) {
    const refused = await ask(number);
    assert.ok(!JSON.stringify(refused.body).includes(number.trim()), 'the number is not repeated');
    // A text with a line break in it is no field of any form.
    assert.equal(refused.status, what === 'lineBreak' ? 400 : 422, what);
    if (what === 'lineBreak') continue;
    assert.equal(refused.body.field, 'pesel', what);
    assert.ok(refused.body.detail.length > 10, what);
    reasons.set(what, refused.body.detail);
  }
  assert.equal(reasons.get('born1825'), reasons.get('born1883'));
  assert.notEqual(reasons.get('born1825'), reasons.get('wrongDigit'));
  assert.equal((await ask(pesel)).status, 201);
});

test('A11: all that registers know of a person gives no vote', async () => {
  // A mayor, whose name, number, birth date and address stand in public registers.
  const mayor = first.residents[20];
  const known = { ...personOf(mayor), birth_date: mayor.birth_date, city: mayor.city, street: mayor.street, house: mayor.house, postcode: mayor.postcode };
  const before = await ballotsOf(first);
  const told = (await smsTo(first, mayor.phone)).length;
  const begun = await call('POST', sessions(first), known);
  const session = begun.body.session ?? (await call('POST', sessions(first), personOf(mayor))).body.session;
  const certify = () => call('POST', `${sessions(first)}/current/certificates`, { voter_key: someKey }, { bearer: session });
  assert.equal((await certify()).status, 403);
  // The code goes to the mayor's own telephone, not to one that the thief names.
  const elsewhere = await call('POST', `${sessions(first)}/current/codes`, { channel: 'sms', contact: '+48599999999' }, { bearer: session });
  assert.notEqual(elsewhere.status, 202);
  assert.equal((await call('POST', `${sessions(first)}/current/codes`, { channel: 'sms' }, { bearer: session })).status, 202);
  const message = await eventually('the mayor to be told', async () => (await smsTo(first, mayor.phone, told))[0], 400);
  const wrong = digits(message.text) === '111111' ? '222222' : '111111';
  assert.equal((await call('POST', `${sessions(first)}/current/code`, { code: wrong }, { bearer: session })).status, 403);
  assert.equal((await call('POST', `${sessions(first)}/current/letter-code`, { code: 'AAAA-BBBB-CCCC' }, { bearer: session })).status, 403);
  assert.equal((await certify()).status, 403);
  assert.equal((await call('POST', `${first.registrar}/api/v1/points/sessions`, known, { bearer: randomText() })).status, 401);
  assert.equal((await call('POST', `${first.registrar}/api/v1/sign-ins/answers`, { browser: randomText(), state: randomText(), code: 'x' })).status, 403);
  assert.equal(await ballotsOf(first), before);
  assert.ok(!(await smsTo(first, '+48599999999')).length);
});

// What a service has written about requests that it refused.
const refusals = (town, name) => readFileSync(at(town, 'logs', `${name}.json`), 'utf8').split('\n').filter((line) => /"status": ?"?401/.test(line)).length;
const keeperRefusals = (town, number) => Number(spawnSync('sqlite3', ['-readonly', at(town, 'data', `keeper-${number}.db`), "SELECT coalesce(sum(count), 0) FROM line WHERE event = 'refused'"], { encoding: 'utf8' }).stdout);

test('A20: the credentials of one controller open nothing of another, and the attempt is recorded there', async () => {
  const session = (await call('POST', sessions(first), personOf(first.residents[21]))).body.session;
  const credentials = {
    'the ballot box’s token': secret(first, 'box.token'),
    'the token for keeper 1': secret(first, 'registrar-to-keeper-1.token'),
    'the token for keeper 2': secret(first, 'registrar-to-keeper-2.token'),
    'the token for the SMS gateway': secret(first, 'sms.token'),
    'an official’s token': readFileSync(first.point_token, 'utf8').trim(),
    'a voter’s session': session,
    nothing: undefined,
  };
  const cbor = new Uint8Array([0xa0]);
  const targets = [
    { name: 'registrar', address: `${first.registrar}/api/v1/notices`, body: cbor, type: 'application/cbor', rightful: 'the ballot box’s token' },
    { name: 'registrar', address: `${first.registrar}/api/v1/points/sessions`, body: personOf(first.residents[22]), type: 'application/json', rightful: 'an official’s token' },
    { name: 'registrar', address: `${sessions(first)}/current/codes`, body: { channel: 'sms' }, type: 'application/json', rightful: 'a voter’s session' },
    ...first.keepers.map((keeper, k) => ({ name: `keeper-${k + 1}`, address: `${keeper}/api/v1/evaluate`, body: cbor, type: 'application/cbor', rightful: `the token for keeper ${k + 1}` })),
  ];
  for (const { name, address, body, type, rightful } of targets) {
    const before = refusals(first, name);
    const keeper = name.startsWith('keeper') ? name.at(-1) : undefined;
    const logged = keeper && keeperRefusals(first, keeper);
    let tried = 0;
    for (const [whose, bearer] of Object.entries(credentials)) {
      const answer = await call('POST', address, body, { bearer, type });
      if (whose === rightful) assert.notEqual(answer.status, 401, `${whose} at ${address}`);
      else {
        ++tried;
        assert.equal(answer.status, 401, `${whose} at ${address}`);
      }
    }
    await eventually(`${tried} refusals in the log of ${name}`, () => refusals(first, name) >= before + tried);
    if (keeper) assert.ok(keeperRefusals(first, keeper) > logged, 'the keeper’s own log has them');
  }
  // The registrar's database does not open for who has it without its key.
  const config = readFileSync(at(first, 'registrar.toml'), 'utf8');
  writeFileSync(at(first, 'keys/other.key'), randomText(), { mode: 0o600 });
  writeFileSync(at(first, 'other.toml'), config.replace(/^master_key = .*$/m, `master_key = ${JSON.stringify(at(first, 'keys/other.key'))}`));
  const read = program('registrar', 'roll', '--config', at(first, 'other.toml'), '--official', 'iod', '--out', at(first, 'stolen.cbor'));
  assert.notEqual(read.status, 0, read.stdout);
  assert.ok(!existsSync(at(first, 'stolen.cbor')));
  for (const one of first.residents) assert.ok(!(read.stdout + read.stderr).includes(one.pesel));
});

test('A21: what is the first city’s is refused by the second', async () => {
  // Tokens and sessions.
  const session = await signInBySms(first, first.residents[23]);
  assert.equal((await call('POST', `${sessions(second)}/current/certificates`, { voter_key: someKey }, { bearer: session })).status, 401);
  const cbor = new Uint8Array([0xa0]);
  assert.equal((await call('POST', `${second.registrar}/api/v1/notices`, cbor, { bearer: secret(first, 'box.token'), type: 'application/cbor' })).status, 401);
  for (const [k, keeper] of second.keepers.entries()) {
    assert.equal((await call('POST', `${keeper}/api/v1/evaluate`, cbor, { bearer: secret(first, `registrar-to-keeper-${k + 1}.token`), type: 'application/cbor' })).status, 401);
  }
  // A ballot with its certificate and ticket, and every other entry.
  const { body: certified } = await call('POST', `${sessions(first)}/current/certificates`, { voter_key: someKey }, { bearer: session });
  const { size } = await fetchCheckpoint(first.box, keyOf(first));
  const entries = await fetchEntries(first.box, size);
  const before = await ballotsOf(second);
  for (const entry of entries.slice(-3)) {
    const refused = await call('POST', `${second.box}/api/v1/ballots`, new Uint8Array(entry), { type: 'application/cbor', headers: { 'urna-notice': certified.notice_ticket } });
    assert.equal(refused.status, 422);
  }
  for (const entry of entries) {
    const answer = await call('POST', `${second.box}/api/v1/entries`, new Uint8Array(entry), { type: 'application/cbor' });
    assert.ok(answer.status === 409 || answer.status === 422, String(answer.status));
  }
  assert.equal(await ballotsOf(second), before);
  // The record, its receipts, the registrar's database.
  const record = at(first, 'exported');
  rmSync(record, { recursive: true, force: true });
  assert.equal(program('box', 'export', '--config', at(first, 'serve.toml'), record).status, 0);
  const imported = program('box', 'import', '--config', at(second, 'serve.toml'), record);
  assert.equal(imported.status, 7, imported.stdout + imported.stderr);
  const [, , receipt] = readFileSync(at(first, 'receipts-0'), 'utf8').split('\n')[0].split(' ');
  readReceipt(Buffer.from(receipt, 'base64'), keyOf(first));
  assert.throws(() => readReceipt(Buffer.from(receipt, 'base64'), keyOf(second)));
  const config = readFileSync(at(second, 'registrar.toml'), 'utf8');
  writeFileSync(at(second, 'foreign.toml'), config.replace(/^store = .*$/m, `store = ${JSON.stringify(first.stores.registrar)}`));
  const opened = program('registrar', 'roll', '--config', at(second, 'foreign.toml'), '--official', 'demo', '--out', at(second, 'foreign.cbor'));
  assert.notEqual(opened.status, 0, opened.stdout);
  // Verifying holds the record to the edition that was asked for.
  const manifest = program('verify', '--quiet', '--json', '--manifest', '0'.repeat(64), first.box);
  assert.equal(manifest.status, 1);
  assert.equal(JSON.parse(manifest.stdout).refused.step, 'manifest');
});

// Names and values of the metrics that are about the election and not about time.
const metricsOf = async (address) =>
  (await (await fetch(`${address}/metrics`)).text())
    .split('\n')
    .filter((line) => /^urna_/.test(line) && !/^urna_rounds/.test(line))
    .sort();

test('A22: while people vote nobody can compute standings', async () => {
  // Both towns have had the same requests up to here, but for the stories above.
  for (const town of [first, second]) vote(town, 20, 100);
  // What is told of the election, and what files there are.
  const { body: edition } = await call('GET', `${first.box}/api/v1/edition`);
  assert.deepEqual(Object.keys(edition).sort(), ['accepting', 'ballots', 'checkpoint', 'closes', 'cosigned', 'edition', 'entries', 'extensions', 'joint_key', 'opens', 'phase', 'registrar']);
  for (const file of ['mix/0-1.cbor', 'mix/0-2.cbor', 'decryption/0-1.cbor', 'decryption/0-2.cbor', 'plaintexts/0.bin', 'result/0.pb', 'api/v1/results', 'api/v1/results/city', 'open-data/city.pb', 'open-data/city.csv', 'open-data/city.json', 'open-data/results.json', 'open-data/catalogue.jsonld', 'open-data/protocol.pdf']) {
    assert.equal((await call('GET', `${first.box}/${file}`)).status, 404, file);
  }
  // What can be seen is the same however people vote: numbers of things, and lengths.
  for (const service of ['box', 'registrar']) {
    const [one, other] = await Promise.all([metricsOf(first[service]), metricsOf(second[service])]);
    assert.deepEqual(one.map((line) => line.split(' ')[0]), other.map((line) => line.split(' ')[0]), service);
    assert.ok(!one.join().includes('project'), service);
  }
  const lengths = [];
  for (const town of [first, second]) {
    const ballots = (await new Mirror(town.box, keyOf(town)).reach((await call('GET', `${town.box}/api/v1/edition`)).body.entries)).filter((entry) => entry.subarray(0, 16).includes('ballot'));
    assert.equal(ballots.length, await ballotsOf(town));
    lengths.push(...ballots.map((entry) => entry.length));
    // No part of two ciphertexts is alike, though all votes are.
    const parts = ballots.map((entry) => entry.subarray(entry.length - 256));
    assert.equal(new Set(parts.map((part) => part.toString('hex'))).size, ballots.length);
  }
  // A serial number takes one to three bytes.
  assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 2, `${Math.min(...lengths)} to ${Math.max(...lengths)} bytes`);
  const rows = (town) => ['entry', 'checkpoint'].map((table) => spawnSync('sqlite3', ['-readonly', at(town, 'data/box.db'), `SELECT count(*) FROM ${table}`], { encoding: 'utf8' }).stdout);
  assert.deepEqual(rows(first), rows(second));
  assert.doesNotMatch(spawnSync('sqlite3', ['-readonly', at(first, 'data/box.db'), '.schema'], { encoding: 'utf8' }).stdout, /project|choice|score/i);

  // A trustee with their key can do nothing with the record of an open vote.
  const done = program('box', 'export', '--config', at(first, 'serve.toml'), at(first, 'record-now'));
  assert.equal(done.status, 0, done.stderr);
  const record = at(first, 'record-now');
  const out = at(first, 'Anna/too-early');
  for (const step of ['mix', 'decrypt']) {
    program('trustee', step, '--quiet', '--key', at(first, 'Anna/trustee.key'), '--record', record, '--out', out);
    assert.ok(!existsSync(out) || readdirSync(out).length === 0, `${step} made something of an open vote`);
  }
  for (const step of ['counted', 'result']) {
    const words = step === 'counted' ? ['--certificates', '1000', '--registrar-key', at(first, 'edition/keys/registrar.key')] : [];
    assert.notEqual(program('board', step, record, ...words, '--key', at(first, 'edition/keys/board.key')).status, 0, step);
  }
});

test('A28: who is shown another tree has the proof in hand', async () => {
  const town = second;
  const key = keyOf(town);
  const mirror = new Mirror(town.box, key);
  const entries = async () => (await call('GET', `${town.box}/api/v1/edition`)).body.entries;
  await mirror.reach(await entries());
  // An old copy of the ballot box's store is kept, people vote, and the copy is put back.
  const database = at(town, 'data/box.db');
  assert.equal(spawnSync('sqlite3', [database, `VACUUM INTO '${at(town, 'old.db')}'`]).status, 0);
  const shown = vote(town, 4, 140);
  await mirror.reach(await entries());
  process.kill(town.processes.box, 'SIGSTOP');
  for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true });
  copyFileSync(at(town, 'old.db'), database);
  await town.restart('box');
  const other = vote(town, 5, 150);
  // For itself the second tree is in order, and signed by the board. But the witnesses have seen the
  // first one: they cosign no second, so the board's site cannot show it, and says so.
  const refusals = async () => (await metricsOf(town.box)).some((line) => /^urna_witnesses_refusals\S* [1-9]/.test(line));
  await eventually('a witness to refuse', refusals);
  assert.ok((await fetchCheckpoint(town.box, key)).size < mirror.leaves.length);
  // Who saw the first tree sees that it is gone; the receipts of voters prove it to anybody.
  await assert.rejects(mirror.follow(), /shrunk/);
  const places = new Map(other.map(([place, hash]) => [place, hash]));
  const twice = shown.filter(([place, hash]) => places.has(place) && places.get(place) !== hash);
  assert.ok(twice.length > 0, 'two receipts of different entries for one place, both signed by the board');
  for (const [, , receipt] of twice) readReceipt(Buffer.from(receipt, 'base64'), key);
});

test('A22: fewer trustees than the threshold open nothing, at the end neither', async () => {
  const town = first;
  const record = at(town, 'tally');
  const board = at(town, 'edition/keys/board.key');
  const registrar = at(town, 'edition/keys/registrar.key');
  const run = (...words) => {
    const done = program(...words);
    assert.equal(done.status, 0, `${words.join(' ')}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  run('box', 'close', '--config', at(town, 'serve.toml'), '--official', at(town, 'edition/keys/official-0.key'), at(town, 'edition/keys/official-1.key'));
  const { certificates } = JSON.parse(run('registrar', 'issuance', '--config', at(town, 'registrar.toml'), '--out', at(town, 'issuance.entry'), '--json'));
  run('box', 'export', '--config', at(town, 'serve.toml'), record);
  const cosigned = () => run('board', 'ask', record, ...Object.entries(town.witnesses).flatMap(([name, url]) => ['--witness', `${name}=${url}`]));
  cosigned();
  run('board', 'counted', record, '--certificates', certificates, '--registrar-key', registrar, '--key', board);
  const step = (name, what) => {
    cosigned();
    const copy = at(town, name, 'tally');
    rmSync(copy, { recursive: true, force: true });
    cpSync(record, copy, { recursive: true });
    mkdirSync(at(town, name, 'tally-out'), { recursive: true });
    run('trustee', what, '--quiet', '--key', at(town, name, 'trustee.key'), '--record', copy, '--out', at(town, name, 'tally-out'));
  };
  const add = (...names) => program('board', 'add', '--quiet', record, '--key', board, ...names.map((name) => at(town, name, 'tally-out')));
  for (const name of ['Anna', 'Celina']) {
    step(name, 'mix');
    assert.equal(add(name).status, 0);
  }
  step('Anna', 'decrypt');
  add('Anna');
  assert.notEqual(program('board', 'result', '--quiet', record, '--key', board).status, 0, 'one of two shares opens nothing');
  assert.ok(!existsSync(path.join(record, 'result')) && !existsSync(path.join(record, 'plaintexts')));
  step('Bartek', 'decrypt');
  assert.equal(add('Anna', 'Bartek').status, 0);
  run('board', 'result', '--quiet', record, '--key', board);
  cosigned();
  assert.equal(program('verify', '--quiet', record).status, 0);
});
