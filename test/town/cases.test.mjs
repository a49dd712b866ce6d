// SPDX-License-Identifier: EUPL-1.2
// A clerk votes with stolen data and some SIM cards; nobody types anything, and there is a case. Its voters are
// asked on their own telephones, answer over HTTP, and the case file that leaves holds exactly the pseudonyms of the
// stolen ballots and nothing of anybody.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fetchCheckpoint, fetchEntries, Mirror, parseKey } from './outsider.mjs';
import { addHashes, addPerson, Needles } from './planted.mjs';
import { call, digits, eventually, personOf, program, signInBySms, sleep, smsTo, someKey, startTown } from './town.mjs';

const victims = 30;
const cards = 15;
const environment = {
  URNA_REGISTRAR_CODES_CONTACTS: 'either',
  URNA_REGISTRAR_CODES_PERSONS_PER_PHONE: '2',
  URNA_REGISTRAR_CASES_OPEN_FOR_CLUSTERS: 'true',
  URNA_REGISTRAR_CASES_EVERY_SECONDS: '1',
  URNA_REGISTRAR_HTTP_TRUSTED_PROXIES: '127.0.0.1',
};

let town;
let ordinary;
let robbed;
let number;
let votes; // of ordinary voters
let boundary; // entries before the theft
before(async () => {
  Object.assign(process.env, environment);
  town = await startTown({ entitled: 900 });
  ordinary = town.residents.slice(0, -victims);
  robbed = town.residents.slice(-victims).sort((a, b) => a.last_name.localeCompare(b.last_name, 'pl'));
});
after(() => town?.stop());

const registrar = (...words) => program('registrar', ...words, '--config', path.join(town.dir, 'registrar.toml'), '--official', 'a.nowak');
const cases = (...words) => registrar('cases', ...words, '--json');
const current = (rest) => `${town.registrar}/api/v1/sessions/current${rest}`;
const hearings = (bearer) => call('GET', current('/hearings'), undefined, { bearer });
const answer = (bearer, said, which = number, text) => call('POST', current(`/hearings/${which}/answer`), text === undefined ? { answer: said } : { answer: said, text }, { bearer });
const atPoint = async (resident) => {
  const token = readFileSync(town.point_token, 'utf8').trim();
  return (await call('POST', `${town.registrar}/api/v1/points/sessions`, personOf(resident), { bearer: token })).body.session;
};
const keyOfBoard = () => parseKey(/board (\S+)/.exec(program('edition', 'show', path.join(town.dir, 'edition/manifest.cbor')).stdout)[1]);
const verified = (file) => program('cases', 'verify', file, '--manifest', path.join(town.dir, 'edition/manifest.cbor'), '--json');

function vote(name, people, more = []) {
  const file = path.join(town.dir, `${name}.json`);
  writeFileSync(file, JSON.stringify(people));
  const done = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', file, '--pool', `city=${town.pool}`, '--json', '--quiet', ...more);
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return JSON.parse(done.stdout).ballots;
}

test('a cluster becomes a case before the closing, and nobody types anything', async () => {
  const homes = ordinary.map((one, i) => ({ ...one, address: `10.${1 + (i >> 6)}.${(i * 4) & 255}.7` }));
  votes = vote('ordinary', homes, ['--threads', '2']);
  assert.ok(votes >= 50);
  assert.equal(JSON.parse(cases('list').stdout).cases.length, 0, 'ordinary voters are no case');
  await eventually('the ballots on the board', async () => {
    boundary = (await fetchCheckpoint(town.box, keyOfBoard())).size;
    return boundary >= votes;
  });
  await sleep(1500);
  boundary = (await fetchCheckpoint(town.box, keyOfBoard())).size;
  assert.equal(vote('stolen', robbed.map((one, i) => ({ ...one, given_phone: `+48799${500_000 + (i % cards)}`, address: '10.99.7.20' })), ['--threads', '1']), victims);
  const opened = await eventually('a case', () => JSON.parse(cases('list').stdout).cases.find((one) => one.voters === victims), 100);
  number = opened.number;
  assert.match(number, /^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
  assert.equal(opened.official, null, 'the service opened it');
  assert.equal(opened.asked, null);
  assert.equal(JSON.parse(cases('list').stdout).cases.length, 1);
  const few = opened.signals.find((one) => one.kind === 'few-contacts');
  assert.equal(few.observed, victims);
  assert.equal(few.of, cards);
  const metrics = await (await fetch(`${town.registrar}/metrics`)).text();
  assert.match(metrics, /^urna_cases_opened(_total)? 1$/m);
  assert.match(metrics, new RegExp(`^urna_case_votes_added(_total)? ${victims}$`, 'm'));
});

test('by hand: what is not there is refused, and what is there is found', () => {
  assert.equal(cases('open', '--cluster', '9', '--reason', 'x').status, 4);
  assert.equal(cases('open', '--complaint', 'AAAAA-AAAAA', '--reason', 'x').status, 4);
  assert.equal(cases('open', '--cluster', '1', '--reason', '').status, 3);
  assert.equal(cases('open', '--reason', 'x').status, 2);
  for (const task of ['show', 'hear']) assert.equal(cases(task, 'AAAAA-AAAAA').status, 4);
  const again = cases('open', '--cluster', '1', '--reason', 'a second look');
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(JSON.parse(again.stdout), { number, voters: victims, added: 0, fresh: false });
});

test('the voters are asked once, on their own telephones, and never on the clerk\'s cards', async () => {
  const before = await hearings(await signInBySms(town, robbed[0]));
  assert.deepEqual(before.body.hearings, []);
  assert.equal((await answer(await signInBySms(town, robbed[0]), 'mine')).status, 404, 'nobody was asked yet');
  assert.equal(JSON.parse(cases('hear', number).stdout).asked, victims);
  assert.equal(JSON.parse(cases('hear', number).stdout).asked, 0);
  for (const one of robbed) {
    const [message] = await eventually('the question', async () => {
      const found = (await smsTo(town, one.phone)).filter((sms) => sms.text.includes(number));
      return found.length > 0 && found;
    });
    assert.ok(!digits(message.text), 'no code in it');
    assert.ok(!/https?:/.test(message.text), 'and no link');
  }
  for (let i = 0; i < cards; ++i) {
    assert.ok(!(await smsTo(town, `+48799${500_000 + i}`)).some((sms) => sms.text.includes(number)));
  }
  await eventually('the note of them', () => JSON.parse(cases('show', number).stdout).told === victims);
});

test('answers are of one size; only who is asked may answer, and not by the card that was used', async () => {
  const sizes = new Set();
  const heads = new Set();
  for (const one of [robbed[0], robbed[1], ordinary[0]]) {
    const bearer = await signInBySms(town, one);
    const response = await fetch(current('/hearings'), { headers: { authorization: `Bearer ${bearer}` } });
    sizes.add((await response.arrayBuffer()).byteLength);
    heads.add([...response.headers].map(([name, value]) => `${name}: ${name === 'date' ? '' : value}`).join('\n'));
  }
  assert.deepEqual([...sizes], [2048]);
  assert.equal(heads.size, 1);
  const other = await signInBySms(town, ordinary[0]);
  assert.deepEqual((await hearings(other)).body.hearings, []);
  const strip = ({ request, ...rest }) => rest;
  const [mine, none] = [await answer(other, 'mine'), await answer(other, 'mine', 'AAAAA-AAAAA')];
  assert.equal(mine.status, 404);
  assert.deepEqual(strip(mine.body), strip(none.body), 'whether there is such a case is not told');
  // Level 1, and the clerk with a card.
  const { body: begun } = await call('POST', `${town.registrar}/api/v1/sessions`, personOf(robbed[3]));
  assert.equal((await hearings(begun.session)).status, 403);
  assert.equal((await answer(begun.session, 'mine')).status, 403);
  const card = `+48799${500_003}`;
  const sent = (await smsTo(town, card)).length;
  assert.equal((await call('POST', current('/codes'), { channel: 'sms', contact: card }, { bearer: begun.session })).status, 202);
  const [code] = await eventually('a code on the card', async () => {
    const fresh = await smsTo(town, card, sent);
    return fresh.length > 0 && fresh;
  });
  assert.equal((await call('POST', current('/code'), { code: digits(code.text) }, { bearer: begun.session })).status, 200);
  assert.equal((await hearings(begun.session)).status, 403);
  assert.equal((await answer(begun.session, 'mine')).status, 403);
  assert.equal((await answer(undefined, 'mine')).status, 401);
});

test('all but two say that it was not them, one that it was, one is silent; the last answer counts', async () => {
  for (const [i, one] of robbed.entries()) {
    if (i === 1) continue; // silent
    const bearer = await signInBySms(town, one);
    const [question] = (await hearings(bearer)).body.hearings;
    assert.equal(question.number, number);
    assert.equal(question.answer, null);
    assert.ok(question.open);
    assert.equal(question.time % 3600, 0);
    if (i === 2) assert.equal((await answer(bearer, 'mine')).status, 204);
    assert.equal((await answer(bearer, i === 0 ? 'mine' : 'not-mine', number, i === 4 ? 'Byłam w pracy.\nNie głosowałam.' : undefined)).status, 204);
    assert.equal((await hearings(bearer)).body.hearings[0].answer, i === 0 ? 'mine' : 'not-mine');
  }
  const bearer = await signInBySms(town, robbed[5]);
  assert.equal((await answer(bearer, 'perhaps')).status, 400);
  assert.equal((await answer(bearer, 'mine', number, 'a'.repeat(1001))).status, 400);
  // One of them votes again at a point.
  assert.equal((await call('POST', current('/certificates'), { voter_key: someKey }, { bearer: await atPoint(robbed[6]) })).status, 201);
  const shown = JSON.parse(cases('show', number).stdout);
  assert.deepEqual([shown.told, shown.mine, shown.not_mine, shown.undelivered], [victims, 1, victims - 2, 0]);
  assert.deepEqual(shown.texts, ['Byłam w pracy.\nNie głosowałam.']);
});

test('with a keeper down nothing is written', async () => {
  const file = path.join(town.dir, 'early.json');
  process.kill(town.processes['keeper-1'], 'SIGSTOP'); // it answers nothing, until restart() kills it
  const failed = cases('export', number, '--out', file);
  assert.equal(failed.status, 4, failed.stderr);
  assert.match(failed.stderr + failed.stdout, /keeper/i);
  assert.ok(!existsSync(file));
  assert.equal(JSON.parse(cases('show', number).stdout).version, 0);
  await town.restart('keeper-1');
});

test('the case file has the pseudonyms of the stolen ballots, the numbers that were played, and nobody', async () => {
  const file = path.join(town.dir, 'case.json');
  const exported = cases('export', number, '--out', file);
  assert.equal(exported.status, 0, exported.stderr);
  assert.deepEqual(JSON.parse(exported.stdout), { version: 1, voters: victims, gone: 0 });
  assert.notEqual(cases('export', number, '--out', file).status, 0, 'nothing is overwritten');
  const checked = verified(file);
  assert.equal(checked.status, 0, checked.stderr);
  assert.deepEqual(JSON.parse(checked.stdout), { number, version: 1, origin: 'signals', voters: victims, mine: 1, not_mine: victims - 2 });

  const text = readFileSync(file, 'utf8');
  const written = JSON.parse(text);
  const count = (key, value) => written.voters.filter((one) => one[key] === value).length;
  assert.equal(count('answer', 'mine'), 1);
  assert.equal(count('answer', 'not-mine'), victims - 2);
  assert.equal(count('answer', 'none'), 1);
  assert.equal(count('reclaimed', true), 1);
  assert.equal(written.timeline.reduce((sum, part) => sum + part.certified, 0), victims);
  const nodes = (kind) => written.graph.nodes.filter((one) => one.kind === kind).length;
  assert.deepEqual([nodes('voter'), nodes('contact'), nodes('network'), nodes('point')], [victims, cards, 1, 0]);
  assert.equal(written.graph.edges.length, 2 * victims);
  assert.equal(written.signals.find((one) => one.kind === 'few-contacts').observed, victims);

  // Each ballot since the theft began is of one of them, and each of them has one there.
  const mirror = new Mirror(town.box, keyOfBoard());
  await mirror.reach(boundary + victims);
  const { size } = await fetchCheckpoint(town.box, keyOfBoard());
  const entries = await fetchEntries(town.box, size);
  const pseudonyms = written.voters.map((one) => Buffer.from(one.pseudonym, 'hex'));
  const owners = (list) => list.map((entry) => pseudonyms.findIndex((one) => entry.includes(one))).filter((k) => k >= 0);
  assert.deepEqual(owners(entries.slice(0, boundary)), [], 'nobody of the ordinary voters');
  assert.deepEqual(owners(entries.slice(boundary)).sort((a, b) => a - b), [...pseudonyms.keys()]);
  const { body: edition } = await call('GET', `${town.box}/api/v1/edition`);
  assert.equal(edition.ballots, votes + victims, 'and there is no other');

  const needles = new Needles();
  for (const [k, person] of town.residents.entries()) {
    addPerson(needles, person, `resident ${k}`);
    addHashes(needles, person, `resident ${k}`);
  }
  const search = (bytes) => {
    const found = new Set();
    needles.search(bytes, (what) => found.add(what));
    return [...found];
  };
  const hexes = Buffer.concat([...text.matchAll(/[0-9a-f]{32,}/g)].map(([hex]) => Buffer.from(hex, 'hex')));
  assert.deepEqual(search(Buffer.from(text)), []);
  assert.deepEqual(search(hexes), []);
  assert.ok(!text.includes('799500') && !text.includes('10.99.7') && !text.includes('Byłam'));
  for (const planted of ['pesel', 'last_name', 'phone']) {
    const value = planted === 'phone' ? robbed[0].phone.slice(3) : robbed.find((one) => one.last_name.length >= 6)[planted];
    assert.notDeepEqual(search(Buffer.from(text.replace('"graph"', `"${value}"`))), [], `a planted ${planted} is found`);
  }
  // The keepers have the case's number as the purpose.
  for (const keeper of ['keeper-1', 'keeper-2']) {
    const lines = spawnSync('sqlite3', ['-readonly', '-json', path.join(town.dir, 'data', `${keeper}.db`), `SELECT sum(count) AS count FROM line WHERE purpose = 'case ${number}'`], { encoding: 'utf8' });
    assert.ok(JSON.parse(lines.stdout)[0].count >= victims, lines.stdout + lines.stderr);
  }
});

test('a file that was altered is refused, and what was altered is named', () => {
  const text = readFileSync(path.join(town.dir, 'case.json'), 'utf8');
  const altered = (name, from, to) => {
    const file = path.join(town.dir, `altered-${name}.json`);
    assert.ok(text.includes(from), from);
    writeFileSync(file, text.replace(from, to));
    const checked = verified(file);
    assert.equal(checked.status, 3, checked.stdout);
    return checked.stderr + checked.stdout;
  };
  assert.match(altered('answer', '"answer":"not-mine"', '"answer":"mine"'), /voters/);
  assert.match(altered('number', number, 'AAAAA-AAAAA'), /number/);
  assert.match(altered('member', '"reclaimed":true', '"reclaimed":true,"name":"x"'), /voters\.name/);
});

test('officials with keys freeze and decide about all ballots of a voter, and of nobody who voted again', async () => {
  // The clerk votes once more for the first victim: without the second ballot the first one would count.
  const [victim] = robbed;
  assert.equal(vote('twice', [{ ...victim, given_phone: '+48799500000', address: '10.99.7.20' }]), 1);
  const keys = [0, 1].map((k) => path.join(town.dir, `edition/keys/official-${k}.key`));
  const box = (what, signers, ...words) => program('box', what, '--config', path.join(town.dir, 'serve.toml'), '--official', ...signers, '--case', path.join(town.dir, 'case.json'), '--reason', 'stolen-identity', '--json', ...words);
  const entriesOf = (done) => {
    assert.equal(done.status, 0, done.stdout + done.stderr);
    return JSON.parse(done.stdout).entries.length;
  };
  assert.equal(entriesOf(box('freeze', keys.slice(0, 1))), 1, 'one entry for all');
  assert.equal(box('freeze', keys.slice(0, 1)).status, 4, 'and none again');
  assert.notEqual(box('annul', [keys[0], keys[0]]).status, 0, 'one official twice');
  assert.equal(entriesOf(box('uphold', keys, '--answer', 'mine')), 2, 'both ballots of the one who said that it was them');
  assert.equal(entriesOf(box('annul', keys, '--answer', 'not-mine')), victims - 2);
  assert.equal(entriesOf(box('annul', keys, '--answer', 'none')), 1);
  assert.equal(box('annul', keys).status, 4, 'nothing waits');
});
