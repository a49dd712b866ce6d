// SPDX-License-Identifier: EUPL-1.2
// The way to a certificate, by every factor, against real processes; and what must not be possible.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { browseToProvider, call, digits, eventually, personOf, program, randomText, signInBySms, sleep, smsTo, someKey, startTown } from './town.mjs';

let town;
before(async () => {
  town = await startTown();
});
after(() => town?.stop());

const sessions = () => `${town.registrar}/api/v1/sessions`;
const current = (rest) => `${sessions()}/current${rest}`;
const certify = (session) => call('POST', current('/certificates'), { voter_key: someKey }, { bearer: session });

test('every public question has a described answer', async () => {
  for (const [method, url] of [
    ['GET', `${town.box}/api/v1/edition`],
    ['GET', `${town.box}/api/v1/about`],
    ['GET', `${town.box}/checkpoint`],
    ['GET', `${town.box}/manifest.cbor`],
    ['GET', `${town.box}/roll.cbor`],
    ['GET', `${town.box}/tile/entries/000.p/3`],
    ['GET', `${town.box}/tile/0/000.p/3`],
    ['GET', `${town.box}/api/v1/next-ballot/${'0'.repeat(64)}/0`],
    ['GET', `${town.registrar}/api/v1/service`],
    ...[town.box, town.registrar, ...town.keepers].flatMap((one) => ['/api/v1/data-protection/register', '/api/v1/data-protection/notice', '/metrics'].map((path) => ['GET', one + path])),
  ]) {
    assert.equal((await call(method, url)).status, 200, url);
  }
  for (const one of [town.box, town.registrar, ...town.keepers]) {
    assert.equal((await call('GET', `${one}/healthz`)).status, 204);
    assert.equal((await call('GET', `${one}/readyz`)).status, 204);
  }
  for (const path of ['/tile/9/000', '/mix/0-1.cbor', `/api/v1/receipts/${'1'.repeat(64)}`, '/api/v1/next-ballot/xyz/0', `/api/v1/next-ballot/${'0'.repeat(64)}/7`]) {
    assert.equal((await call('GET', town.box + path)).status, 404, path);
  }
  const polish = await call('GET', `${town.box}/tile/9/000`, undefined, { language: 'pl' });
  assert.match(polish.body.title, /Nie znaleziono/);
});

test('each service tells what it keeps of people, and nothing of what the others keep', async () => {
  for (const [one, set, tables] of [
    [town.box, 'ballot-box', ['entry', 'file', 'notice']],
    [town.keepers[0], 'keeper', ['line']],
    [town.registrar, 'registrar', undefined],
  ]) {
    const { body: register } = await call('GET', `${one}/api/v1/data-protection/register`);
    assert.equal(register.data_set, set);
    if (tables) assert.deepEqual([...new Set(register.fields.map((field) => field.table))].sort(), tables);
  }
});

test('a page learns from the ballot box where the registrar is, and from it what to ask', async () => {
  const edition = await call('GET', `${town.box}/api/v1/edition`);
  assert.equal(edition.body.registrar, town.registrar);
  const service = await call('GET', `${edition.body.registrar}/api/v1/service`);
  assert.equal(service.body.edition, edition.body.edition);
  assert.deepEqual(service.body.identifiers, [{ kind: 'pesel', fields: ['first_name', 'last_name', 'pesel'].map((name) => ({ name, required: true })) }]);
  assert.deepEqual(service.body.channels, ['sms', 'email']);
  assert.equal(service.body.contact, 'registered');
  assert.equal(service.body.lowest_level, 2);
  assert.deepEqual(service.body.code, { digits: 6, seconds: 600, per_session: 3 });
  assert.equal(service.body.identity_provider.name, 'Profil na niby');
  assert.equal(service.body.guardians, null);
  assert.equal(service.body.controller.officer, 'iod@example.org');
  // With the fields that it asks for, and no other, a person is known.
  const one = town.residents[0];
  const asked = Object.fromEntries(service.body.identifiers[0].fields.map(({ name }) => [name, one[name]]));
  assert.equal((await call('POST', sessions(), { kind: 'pesel', ...asked })).status, 201);
});

// What a browser would be told, for a page of this origin.
const preflight = (url, method, origin) => fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type' } });
const seen = (response) => response.headers.get('access-control-allow-origin');

test('pages of the ballot box may use the registrar, pages of others may not', async () => {
  const own = new URL(town.box).origin;
  const ways = [
    ['POST', sessions()],
    ['DELETE', current('')],
    ['POST', current('/codes')],
    ['POST', current('/code')],
    ['POST', current('/letter-code')],
    ['POST', current('/wards')],
    ['POST', current('/certificates')],
    ['POST', `${town.registrar}/api/v1/sign-ins`],
    ['POST', `${town.registrar}/api/v1/sign-ins/answers`],
  ];
  for (const [method, url] of ways) {
    const asked = await preflight(url, method, own);
    assert.equal(asked.status, 204, url);
    assert.equal(seen(asked), own, url);
    assert.equal(asked.headers.get('vary'), 'Origin');
    assert.equal(asked.headers.get('access-control-allow-methods'), method);
    assert.match(asked.headers.get('access-control-allow-headers'), /Authorization.*Content-Type/);
    assert.equal(asked.headers.get('access-control-allow-credentials'), null);
    for (const stranger of ['https://evil.example', 'null', own.replace('http:', 'https:'), `${own}.evil.example`, own.replace(/:\d+$/, '')]) {
      assert.equal(seen(await preflight(url, method, stranger)), null, stranger);
    }
    const refused = await call(method, url, method === 'DELETE' ? undefined : {}, { headers: { origin: own } });
    assert.equal(seen(refused), own, 'a refusal is for the page to read');
    assert.equal(seen(await call(method, url, method === 'DELETE' ? undefined : {}, { headers: { origin: 'https://evil.example' } })), null);
  }
  // Between services, and for who runs them: no page at all.
  for (const [method, url] of [['POST', `${town.registrar}/api/v1/notices`], ['GET', `${town.registrar}/metrics`], ['POST', `${town.keepers[0]}/api/v1/evaluate`]]) {
    assert.equal(seen(await preflight(url, method, own)), null, url);
  }
});

test('pages of every site may read what is public, and cast ballots', async () => {
  for (const [method, url] of [
    ['GET', `${town.box}/api/v1/edition`],
    ['GET', `${town.box}/checkpoint`],
    ['GET', `${town.box}/manifest.cbor`],
    ['GET', `${town.box}/roll.cbor`],
    ['GET', `${town.box}/tile/0/000.p/3`],
    ['GET', `${town.box}/api/v1/next-ballot/${'0'.repeat(64)}/0`],
    ['GET', `${town.box}/api/v1/receipts/${'1'.repeat(64)}`],
    ['GET', `${town.registrar}/api/v1/service`],
    ['GET', `${town.registrar}/api/v1/data-protection/notice`],
  ]) {
    assert.equal(seen(await preflight(url, method, 'https://verifier.example')), '*', url);
    assert.equal(seen(await call(method, url, undefined, { headers: { origin: 'https://verifier.example' } })), '*', url);
  }
  for (const url of [`${town.box}/api/v1/ballots`, `${town.box}/api/v1/entries`]) {
    const asked = await preflight(url, 'POST', 'https://verifier.example');
    assert.equal(seen(asked), '*');
    assert.match(asked.headers.get('access-control-allow-headers'), /Urna-Notice/);
    const refused = await call('POST', url, new Uint8Array([0xa0]), { type: 'application/cbor', headers: { origin: 'https://verifier.example' } });
    assert.ok(refused.status >= 400);
    assert.equal(seen(refused), '*');
  }
});

test('a code by SMS leads to a certificate, once', async () => {
  const session = await signInBySms(town, town.residents[0]);
  const certified = await certify(session);
  assert.equal(certified.status, 201);
  assert.equal((await certify(session)).status, 401, 'the session is over');
});

test('a code by e-mail does too', async () => {
  const resident = town.residents.find((one) => one.email !== '');
  const { body } = await call('POST', sessions(), personOf(resident));
  assert.equal((await call('POST', current('/codes'), { channel: 'email' }, { bearer: body.session })).status, 202);
  const mail = await eventually('a mail', async () => {
    const { messages } = await (await fetch(`${town.mail_control}/messages`)).json();
    return messages.find((one) => JSON.stringify(one.to ?? one.recipients ?? one).includes(resident.email));
  });
  const checked = await call('POST', current('/code'), { code: digits(mail.text ?? mail.body ?? JSON.stringify(mail)) }, { bearer: body.session });
  assert.equal(checked.status, 200);
  assert.equal((await certify(body.session)).status, 201);
});

test('an identity provider leads to level 3', async () => {
  const browser = randomText();
  const begun = await call('POST', `${town.registrar}/api/v1/sign-ins`, { browser });
  assert.equal(begun.status, 200);
  const answer = await browseToProvider(begun.body.address, 'resident-2');
  const members = { browser, state: answer.get('state'), code: answer.get('code'), ...(answer.get('iss') ? { iss: answer.get('iss') } : {}) };
  // Somebody else's browser cannot finish it.
  const stolen = await call('POST', `${town.registrar}/api/v1/sign-ins/answers`, { ...members, browser: randomText() });
  assert.equal(stolen.status, 403);
  const again = await call('POST', `${town.registrar}/api/v1/sign-ins`, { browser });
  const second = await browseToProvider(again.body.address, 'resident-2');
  const finished = await call('POST', `${town.registrar}/api/v1/sign-ins/answers`, {
    browser,
    state: second.get('state'),
    code: second.get('code'),
    ...(second.get('iss') ? { iss: second.get('iss') } : {}),
  });
  assert.equal(finished.status, 201, JSON.stringify(finished.body));
  assert.equal(finished.body.level, 3);
  assert.equal((await certify(finished.body.session)).status, 201);
});

test('knowledge alone gives no vote (A11)', async () => {
  const { body } = await call('POST', sessions(), personOf(town.residents[3]));
  assert.equal(body.level, 1);
  const refused = await certify(body.session);
  assert.equal(refused.status, 403);
  assert.equal(refused.body.type, '/problems/not-eligible');
});

test('who is not there is answered like who is (A12)', async () => {
  const stranger = { kind: 'pesel', first_name: 'Julian', last_name: 'Tuwim', pesel: '94091300015' };
  const known = await call('POST', sessions(), personOf(town.residents[4]));
  const unknown = await call('POST', sessions(), stranger);
  assert.equal(unknown.status, known.status);
  assert.deepEqual(Object.keys(unknown.body), Object.keys(known.body));
  assert.equal((await call('POST', current('/codes'), { channel: 'sms' }, { bearer: unknown.body.session })).status, 202);
  assert.equal((await call('POST', current('/code'), { code: '123456' }, { bearer: unknown.body.session })).status, 403);
  assert.equal((await certify(unknown.body.session)).status, 403);
});

test('impossible numbers are refused with the reason (A5)', async () => {
  const { first_name, last_name, pesel } = town.residents[5];
  const wrongDigit = pesel.slice(0, 10) + String((Number(pesel[10]) + 1) % 10);
  for (const bad of [wrongDigit, '25830100018', `${pesel} `, pesel.replace('0', '０'), '83843100013', pesel.slice(0, 10), '']) {
    const refused = await call('POST', sessions(), { kind: 'pesel', first_name, last_name, pesel: bad });
    assert.equal(refused.status, 422, bad);
    assert.equal(refused.body.field, 'pesel');
    assert.ok(!JSON.stringify(refused.body).includes(bad) || bad === '', 'the value is not repeated');
  }
  assert.equal((await call('POST', sessions(), `{"kind":"pesel","pesel":"${pesel}\\n"}`)).status, 400);
  assert.equal((await call('POST', sessions(), { kind: 'pesel', first_name, last_name, pesel, extra: 'x' })).status, 400);
  assert.equal((await call('POST', sessions(), { kind: 'number' })).status, 400);
});

test('guessing a number locks the person, who is told (A23)', async () => {
  const victim = town.residents[6];
  const before = (await smsTo(town, victim.phone)).length;
  // Name and birth date are known; the last digits are tried.
  const prefix = victim.pesel.slice(0, 6);
  const weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
  let statuses = [];
  for (let serial = 9000; serial < 9012; ++serial) {
    const ten = prefix + String(serial);
    const sum = weights.reduce((total, weight, i) => total + weight * Number(ten[i]), 0);
    const { status } = await call('POST', sessions(), { ...personOf(victim), pesel: ten + String((10 - (sum % 10)) % 10) });
    statuses.push(status);
  }
  const told = await eventually('a warning', async () => (await smsTo(town, victim.phone, before))[0]);
  assert.ok(!digits(told.text), 'no code');
  // The right number does not open the way by code now.
  const { body } = await call('POST', sessions(), personOf(victim));
  await call('POST', current('/codes'), { channel: 'sms' }, { bearer: body.session });
  await sleep(600);
  const later = await smsTo(town, victim.phone, before);
  assert.ok(!later.some((one) => digits(one.text)), 'no code is sent while locked');
  assert.equal((await certify(body.session)).status, 403);
});

test('a code is of one session and few tries', async () => {
  const resident = town.residents[7];
  const before = (await smsTo(town, resident.phone)).length;
  const mine = (await call('POST', sessions(), personOf(resident))).body.session;
  const other = (await call('POST', sessions(), personOf(town.residents[8]))).body.session;
  await call('POST', current('/codes'), { channel: 'sms' }, { bearer: mine });
  const [message] = await eventually('a code', async () => {
    const found = await smsTo(town, resident.phone, before);
    return found.length > 0 && found;
  });
  assert.equal((await call('POST', current('/code'), { code: digits(message.text) }, { bearer: other })).status, 403);
  const wrong = digits(message.text) === '000000' ? '000001' : '000000';
  const statuses = [];
  for (let k = 0; k < 8; ++k) statuses.push((await call('POST', current('/code'), { code: wrong }, { bearer: mine })).status);
  assert.equal(statuses[0], 403);
  assert.equal(statuses.at(-1), 429);
  assert.equal((await call('POST', current('/code'), { code: digits(message.text) }, { bearer: mine })).status, 429, 'the right one comes too late');
});

test('no session, no answer', async () => {
  for (const bearer of [undefined, 'x', '0'.repeat(64)]) {
    assert.equal((await call('POST', current('/codes'), { channel: 'sms' }, { bearer })).status, 401);
    assert.equal((await call('POST', current('/certificates'), { voter_key: someKey }, { bearer })).status, 401);
  }
  assert.equal((await call('POST', `${town.registrar}/api/v1/notices`, new Uint8Array([0xa0]), { bearer: 'wrong-token', type: 'application/cbor' })).status, 401);
  assert.equal((await call('POST', `${town.keepers[0]}/api/v1/evaluate`, new Uint8Array([0xa0]), { bearer: 'wrong-token', type: 'application/cbor' })).status, 401);
  assert.equal((await call('POST', `${town.registrar}/api/v1/points/sessions`, personOf(town.residents[0]), { bearer: 'mobile-point' })).status, 401, 'A18: no credential, no vote');
});

test('a gateway that is down delays, and loses nothing', async () => {
  const resident = town.residents[9];
  const before = (await smsTo(town, resident.phone)).length;
  await fetch(`${town.sms_control}/mode`, { method: 'POST', body: JSON.stringify({ mode: 'fail' }) });
  const { body } = await call('POST', sessions(), personOf(resident));
  assert.equal((await call('POST', current('/codes'), { channel: 'sms' }, { bearer: body.session })).status, 202);
  await sleep(500);
  assert.equal((await smsTo(town, resident.phone)).length, before);
  await fetch(`${town.sms_control}/mode`, { method: 'POST', body: JSON.stringify({ mode: 'ok' }) });
  const message = await eventually('the code, later', async () => (await smsTo(town, resident.phone, before))[0], 800);
  assert.equal((await call('POST', current('/code'), { code: digits(message.text) }, { bearer: body.session })).status, 200);
});

test('residents vote, and everybody is told once', async () => {
  await fetch(`${town.sms_control}/clear`, { method: 'POST', body: '{}' });
  const voters = town.residents.filter((_, k) => k !== 6 && k !== 7 && k !== 8);
  const file = path.join(town.dir, 'voters.json');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(file, JSON.stringify(voters));
  const voted = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json', '--threads', '4');
  assert.equal(voted.status, 0, voted.stderr + voted.stdout);
  assert.equal(JSON.parse(voted.stdout).ballots, voters.length);
  const edition = await call('GET', `${town.box}/api/v1/edition`);
  assert.equal(edition.body.ballots, voters.length);
  for (const voter of voters) {
    await eventually('a notice', async () => (await smsTo(town, voter.phone)).some((one) => !digits(one.text)), 400);
  }
  await sleep(500);
  for (const voter of voters) {
    const notices = (await smsTo(town, voter.phone)).filter((one) => !digits(one.text));
    assert.equal(notices.length, 1, 'one notice for one recorded vote');
    assert.ok(!notices[0].text.includes(voter.pesel));
  }
});

test('without a keeper nobody new is certified; who has a certificate can vote', async () => {
  const session = await signInBySms(town, town.residents[10]);
  process.kill(town.processes['keeper-2'], 'SIGSTOP');
  try {
    const refused = await certify(session);
    assert.equal(refused.status, 503);
    assert.ok(refused.headers.get('retry-after'));
    assert.equal((await call('GET', `${town.box}/readyz`)).status, 204);
    assert.equal((await call('GET', `${town.box}/api/v1/edition`)).body.accepting, true);
  } finally {
    process.kill(town.processes['keeper-2'], 'SIGCONT');
  }
  assert.equal((await certify(session)).status, 201, 'the session was not used up');
});

test('nothing that was planted is found where it is not declared', () => {
  const secrets = town.residents.flatMap((one) => [one.pesel, one.phone, one.phone.slice(3), one.last_name, one.email].filter((text) => text.length > 4));
  const search = (where, text) => {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${where} holds ${secret.slice(0, 3)}…`);
  };
  for (const name of readdirSync(path.join(town.dir, 'logs'))) search(name, readFileSync(path.join(town.dir, 'logs', name), 'utf8'));
  for (const name of readdirSync(path.join(town.dir, 'data')).filter((one) => one.endsWith('.db'))) {
    const dumped = spawnSync('sqlite3', [path.join(town.dir, 'data', name), '.dump'], { encoding: 'utf8', maxBuffer: 1 << 30 });
    assert.equal(dumped.status, 0, dumped.stderr);
    assert.ok(dumped.stdout.length > 500);
    search(`the dump of ${name}`, dumped.stdout);
    search(`the file ${name}`, readFileSync(path.join(town.dir, 'data', name), 'latin1'));
    // Nor does an unkeyed hash of anybody's number stand there, as text or bytes.
    const lower = dumped.stdout.toLowerCase();
    for (const resident of town.residents) {
      for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
        for (const input of [resident.pesel, `${resident.pesel}\n`, `${resident.first_name} ${resident.last_name}`, resident.phone]) {
          assert.ok(!lower.includes(createHash(algorithm).update(input).digest('hex')), `${name}: ${algorithm}`);
        }
      }
    }
  }
});

test('metrics and problems tell of nobody', async () => {
  for (const one of [town.box, town.registrar, ...town.keepers]) {
    const { body } = await call('GET', `${one}/metrics`);
    for (const resident of town.residents) {
      assert.ok(!body.includes(resident.pesel) && !body.includes(resident.phone));
    }
  }
});

test('no result exists while voting goes on', async () => {
  const { body: edition } = await call('GET', `${town.box}/api/v1/edition`);
  for (const path of ['/api/v1/results', '/api/v1/results/city', '/open-data/results.json', '/open-data/city.pb', '/open-data/city.csv']) {
    const { status, body } = await call('GET', `${town.box}${path}`);
    assert.equal(status, 404, path);
    assert.equal(body.type, '/problems/results-not-yet', path);
    assert.equal(body.closes, String(edition.closes), path);
  }
  assert.equal((await call('GET', `${town.box}/presentation.json`)).status, 200);
});
