// SPDX-License-Identifier: EUPL-1.2
// What a person can learn and say about what was done in their name, letters with codes included,
// against real processes.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { call, digits, eventually, personOf, program, signInBySms, smsTo, someKey, startTown, urna } from './town.mjs';

let town;
before(async () => {
  town = await startTown('--voters', '40');
});
after(() => town?.stop());

const sessions = () => `${town.registrar}/api/v1/sessions`;
const current = (rest) => `${sessions()}/current${rest}`;
const certify = (session) => call('POST', current('/certificates'), { voter_key: someKey }, { bearer: session });
const uses = (bearer) => call('GET', current('/uses'), undefined, { bearer });
const complain = (bearer, body) => call('POST', current('/complaints'), body, { bearer });
const atPoint = async (resident) => {
  const token = readFileSync(town.point_token, 'utf8').trim();
  const vouched = await call('POST', `${town.registrar}/api/v1/points/sessions`, personOf(resident), { bearer: token });
  assert.equal(vouched.status, 201);
  return vouched.body.session;
};
const inTown = (...words) => program('registrar', ...words, '--config', path.join(town.dir, 'registrar.toml'), '--official', 'a.nowak');

test('the real person learns of the earlier vote and takes it back at a higher level (A8)', async () => {
  const victim = town.residents[0];
  // Somebody who holds the victim's telephone votes.
  const file = path.join(town.dir, 'victim.json');
  writeFileSync(file, JSON.stringify([victim]));
  const voted = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json');
  assert.equal(voted.status, 0, voted.stderr);
  await eventually('the notice', async () => (await smsTo(town, victim.phone)).some((one) => !digits(one.text)), 400);

  const session = await atPoint(victim);
  // The gateway has the notice a moment before the registrar has noted that.
  const told = await eventually('the note of it', async () => {
    const answer = await uses(await atPoint(victim));
    return (answer.status !== 200 || answer.body.uses.some((one) => one.notice === 'sms')) && answer;
  });
  assert.equal(told.status, 200);
  const certificate = told.body.uses.find((one) => one.kind === 'certificate');
  assert.equal(certificate.level, 2);
  assert.equal(certificate.factor, 'sms');
  assert.equal(certificate.time % 3600, 0);
  assert.ok(Math.abs(certificate.time - Date.now() / 1000) < 7200);
  const vote = told.body.uses.find((one) => one.kind === 'vote');
  assert.equal(vote.notice, 'sms');
  assert.equal(vote.count, 1);
  const shown = JSON.stringify(told.body);
  assert.ok(!shown.includes(victim.pesel) && !shown.includes(victim.phone) && !/pool|choice/.test(shown));

  const opened = await complain(session, { reason: 'vote-not-mine', text: 'To nie ja.\nByłam w pracy.' });
  assert.equal(opened.status, 201);
  const told_by_sms = await eventually('the message', async () => (await smsTo(town, victim.phone)).find((one) => one.text.includes(opened.body.number)), 400);
  assert.ok(!digits(told_by_sms.text));
  // The session goes on, and the vote at the point supersedes the other one.
  assert.equal((await certify(session)).status, 201);

  const listed = JSON.parse(inTown('complaints', '--json').stdout).complaints;
  assert.equal(listed.length, 1);
  assert.equal(listed[0].number, opened.body.number);
  assert.equal(listed[0].level, 4);
  assert.equal(listed[0].point, 'Punkt w bibliotece');
  assert.equal(listed[0].text, 'To nie ja.\nByłam w pracy.');
  assert.ok(!JSON.stringify(listed).includes(victim.last_name), 'the list names nobody');
  const one = JSON.parse(inTown('complaints', '--number', opened.body.number, '--json').stdout);
  assert.equal(one.name, `${victim.first_name} ${victim.last_name}`);
  assert.deepEqual(one.uses.map((use) => use.kind).sort(), ['certificate', 'certificate', 'complaint', 'vote']);
  assert.equal(inTown('complaints', '--number', 'AAAAA-AAAAA').status, 4);
  assert.match(inTown('complaints').stdout, new RegExp(`${opened.body.number}.*Punkt w bibliotece.*vote-not-mine.*To nie ja. Byłam`));
});

test('all answers are of one size; the fourth in a day is refused', async () => {
  // Nothing, something, and much was done in these people's names.
  const sizes = new Set();
  const heads = new Set();
  const answer = async (session) => {
    const response = await fetch(current('/uses'), { headers: { authorization: `Bearer ${session}` } });
    const text = await response.text();
    assert.equal(response.status, 200);
    sizes.add(Buffer.byteLength(text));
    heads.add([...response.headers].map(([name, value]) => `${name}: ${name === 'date' ? '' : value}`).join('\n'));
    return JSON.parse(text).uses;
  };
  assert.deepEqual(await answer(await signInBySms(town, town.residents[1])), []);
  await certify(await signInBySms(town, town.residents[2]));
  assert.equal((await answer(await atPoint(town.residents[2]))).length, 1);
  for (let k = 0; k < 5; ++k) await certify(await atPoint(town.residents[3]));
  assert.equal((await answer(await atPoint(town.residents[3])))[0].count, 5);
  assert.deepEqual([...sizes], [10_240]);
  assert.equal(heads.size, 1);
  assert.match([...heads][0], /cache-control: no-store, no-transform/);

  const session = await atPoint(town.residents[4]);
  for (let k = 0; k < 3; ++k) assert.equal((await uses(session)).status, 200);
  for (const again of [session, await atPoint(town.residents[4])]) {
    const refused = await uses(again);
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 86_400);
    assert.ok(Math.abs((Date.now() / 1000 + wait) % 86_400) < 5 || (Date.now() / 1000 + wait) % 86_400 > 86_395, 'until tomorrow');
  }
});

test('who has not shown who they are learns nothing', async () => {
  const known = (await call('POST', sessions(), personOf(town.residents[5]))).body.session;
  const unknown = (await call('POST', sessions(), { kind: 'pesel', first_name: 'Julian', last_name: 'Tuwim', pesel: '94091300015' })).body.session;
  for (const bearer of [undefined, 'x', '0'.repeat(64), known, unknown]) {
    assert.equal((await uses(bearer)).status, 401);
    assert.equal((await complain(bearer, { reason: 'vote-not-mine' })).status, 401);
  }
  const strip = ({ request, ...rest }) => rest;
  assert.deepEqual(strip((await uses(known)).body), strip((await uses(unknown)).body), 'the same for who is there and who is not');
});

test('a claim is about oneself, bounded, and of few a day (A24)', async () => {
  const session = await atPoint(town.residents[6]);
  const other = town.residents[7];
  for (const bad of [
    {},
    { reason: 'revenge' },
    { reason: 'vote-not-mine', pesel: other.pesel },
    { reason: 'vote-not-mine', person: other.pesel },
    { reason: 'vote-not-mine', text: 'a'.repeat(1001) },
    { reason: 'vote-not-mine', text: 'a\u0000b' },
    { reason: 'vote-not-mine', text: 7 },
    { reason: ['vote-not-mine'] },
  ]) {
    assert.equal((await complain(session, bad)).status, 400, JSON.stringify(bad));
  }
  const numbers = new Set();
  for (let k = 0; k < 3; ++k) {
    const opened = await complain(session, { reason: 'other', text: other.pesel });
    assert.equal(opened.status, 201);
    numbers.add(opened.body.number);
  }
  assert.equal(numbers.size, 3);
  const refused = await complain(session, { reason: 'other' });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  // Nothing has become of the other person's.
  assert.deepEqual((await uses(await atPoint(other))).body.uses, []);
  assert.equal((await certify(await signInBySms(town, other))).status, 201);
});

// ---- Letters

const letter = (file) => spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).stdout.split('\f').filter((page) => page.trim());
const codeOn = (page) => /\b([A-Z2-9]{4} [A-Z2-9]{4} [A-Z2-9]{4})\b/.exec(page)[1];
const letterCode = (session, code) => call('POST', current('/letter-code'), { code }, { bearer: session });
const begin = async (resident) => (await call('POST', sessions(), personOf(resident))).body.session;
const pageOf = (pages, resident) => pages.find((page) => page.includes(`${resident.first_name} ${resident.last_name}`) && page.includes(`${resident.street} ${resident.house}`));

test('letters are printed once, while the registrar runs, and their codes lead to level 2', async (t) => {
  if (spawnSync('pdftotext', ['-v']).error) return t.skip('poppler-utils is not installed');
  const first = path.join(town.dir, 'letters-1.pdf');
  const made = inTown('letters', '--all', '--limit', '25', '--out', first, '--json');
  assert.equal(made.status, 0, made.stderr);
  const report = JSON.parse(made.stdout);
  assert.equal(report.printed, 25);
  assert.equal(report.left, town.residents.length - 25);
  assert.equal(statSync(first).mode & 0o777, 0o600);
  const second = path.join(town.dir, 'letters-2.pdf');
  assert.equal(JSON.parse(inTown('letters', '--all', '--out', second, '--json').stdout).printed, town.residents.length - 25);
  const none = inTown('letters', '--all', '--out', path.join(town.dir, 'letters-3.pdf'), '--json');
  assert.equal(JSON.parse(none.stdout).printed, 0);
  assert.ok(!existsSync(path.join(town.dir, 'letters-3.pdf')));

  const pages = [...letter(first), ...letter(second)];
  assert.equal(pages.length, town.residents.length);
  const codes = new Set(pages.map(codeOn));
  assert.equal(codes.size, pages.length, 'each code once');
  const [one, other] = [town.residents[10], town.residents[11]];
  const code = codeOn(pageOf(pages, one));
  assert.equal((await letterCode(await begin(other), code)).status, 403, 'another person’s');
  const session = await begin(one);
  assert.equal((await letterCode(session, 'AAAA BBBB CCCC')).status, 403, 'a guess');
  const reached = await letterCode(session, code.toLowerCase().replaceAll(' ', '-'));
  assert.equal(reached.status, 200);
  assert.equal(reached.body.level, 2);
  assert.equal((await letterCode(await begin(one), code)).status, 403, 'used');
  assert.equal((await certify(session)).status, 201);
  const told = (await uses(await atPoint(one))).body.uses;
  assert.equal(told[0].factor, 'letter');

  // Never over a file; nothing without its settings.
  const over = inTown('letters', '--all', '--out', first);
  assert.equal(over.status, 7);
  assert.equal(letter(first).length, 25);

  // Again: every letter that was not used is void, and the new ones work.
  const again = path.join(town.dir, 'letters-again.pdf');
  const anew = JSON.parse(inTown('letters', '--all', '--again', '--out', again, '--json').stdout);
  assert.equal(anew.printed, town.residents.length - 1);
  assert.equal(anew.voided, town.residents.length - 1);
  const later = letter(again);
  assert.ok(!pageOf(later, one), 'whose letter was used gets no other');
  const last = town.residents[12];
  assert.equal((await letterCode(await begin(last), codeOn(pageOf(pages, last)))).status, 403, 'void');
  assert.equal((await letterCode(await begin(last), codeOn(pageOf(later, last)))).status, 200);

  // As if the run had been killed between putting the codes into force and naming the file.
  renameSync(again, `${again}.unconfirmed`);
  const finished = JSON.parse(inTown('letters', '--all', '--out', again, '--json').stdout);
  assert.equal(finished.finished, true);
  assert.equal(letter(again).length, town.residents.length - 1);
  // As if it had been killed before: what it left is destroyed.
  const broken = path.join(town.dir, 'broken.pdf');
  writeFileSync(`${broken}.unconfirmed`, 'half a file');
  const begun = JSON.parse(inTown('letters', '--all', '--out', broken, '--json').stdout);
  assert.equal(begun.finished, false);
  assert.ok(!existsSync(`${broken}.unconfirmed`) && !existsSync(broken));
});

test('letters survive being killed at any moment: everybody has one that works', async (t) => {
  if (spawnSync('pdftotext', ['-v']).error) return t.skip('poppler-utils is not installed');
  const other = await startTown('--voters', '40');
  try {
    const words = (out) => ['registrar', 'letters', '--all', '--limit', '3', '--quiet', '--json', '--config', path.join(other.dir, 'registrar.toml'), '--official', 'a.nowak', '--out', out];
    const files = [];
    let killed = 0;
    let left = 1;
    for (let k = 0; left > 0; ++k) {
      assert.ok(k < 200, 'it never comes to an end');
      const out = path.join(other.dir, `letters-${k}.pdf`);
      const run = spawn(urna, words(out), { stdio: 'ignore' });
      const timer = setTimeout(() => run.kill('SIGKILL'), Math.floor(Math.random() * 120));
      if ((await new Promise((resolve) => run.once('exit', (code, signal) => resolve(signal)))) !== null) ++killed;
      clearTimeout(timer);
      // The same again, to its end, unless the file is there.
      if (!existsSync(out)) {
        const again = program(...words(out));
        assert.equal(again.status, 0, again.stderr);
        if (!JSON.parse(again.stdout).finished) left = JSON.parse(again.stdout).left;
      }
      assert.ok(!existsSync(`${out}.unconfirmed`));
      if (existsSync(out)) files.push(out);
    }
    assert.ok(killed > 0, 'nothing was killed');
    const pages = files.flatMap(letter);
    assert.equal(pages.length, other.residents.length, 'nobody has two letters, nobody none');
    for (const resident of other.residents.slice(0, 12)) {
      const begun = await call('POST', `${other.registrar}/api/v1/sessions`, personOf(resident));
      const checked = await call('POST', `${other.registrar}/api/v1/sessions/current/letter-code`, { code: codeOn(pageOf(pages, resident)) }, { bearer: begun.body.session });
      assert.equal(checked.status, 200);
    }
  } finally {
    await other.stop();
  }
});
