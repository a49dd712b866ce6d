// SPDX-License-Identifier: EUPL-1.2
// A case at the desk from the registrar's file to the closed case, and what it meant for the outcome:
// four officials, the data protection officer, an administrator; who may not is refused everywhere,
// and no answer names anybody.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SigningKey } from './authenticator.mjs';
import { caseFile, openVoting, pseudonyms, reached, signCase, tally, twoSign } from './desk_cases.mjs';
import { Official, run, startDesk } from './desk.mjs';
import { eventually, program, urna } from './town.mjs';

const skip = process.env.URNA_TEST_ALL !== '1' && 'takes minutes: ./dev test --all';
const number = 'ABCDE-FGHJK';
let town;
const people = {};
const others = [];

before(async () => {
  if (skip) return;
  town = await startDesk();
  town.urna = urna;
  for (const [name, who, role] of [['anna', 'Anna Nowak'], ['jan', 'Jan Kowalski'], ['ola', 'Ola Zima'], ['piotr', 'Piotr Lis'], ['dpo', 'Iwona Lis', 'dpo'], ['admin', 'Adam Admin', 'administrator']])
    people[name] = await new Official(town).register(who, role);
});
after(async () => {
  for (const child of others.reverse()) child.kill('SIGTERM');
  await town?.stop();
});

test('a case from the file to the effect on the outcome', { timeout: 900_000, skip }, async () => {
  const { anna, jan, ola, piotr, dpo, admin } = people;
  const voters = 8;
  const { id, hash } = await openVoting(town, anna, jan, [anna, jan, ola, piotr].map((one) => one.reference), voters, others);
  const at = `/api/v1/desk/editions/${id}`;
  const cases = `${at}/cases`;
  const one = `${cases}/${number}`;
  const list = (await pseudonyms(town.box)).slice(0, 4);
  assert.equal(list.length, 4);
  const key = new SigningKey(readFileSync(path.join(town.dir, 'registrar.key')));
  const hand = (who, file) => who.call('POST', cases, typeof file === 'string' ? Buffer.from(file) : Buffer.from(signCase(file, key)), { type: 'application/json' });
  const look = async (who = anna) => {
    const answer = await who.call('GET', one);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };

  // ---- Hand-in
  const file = caseFile(hash, list);
  const signed = signCase(file, key);
  for (const [what, text, status, field] of [
    ['no JSON', '{', 422],
    ['altered', signed.replace('przez 2 telefony', 'przez 1 telefon'), 422, 'summary'],
    ['another signer', signCase(file, new SigningKey()), 409, 'signature'],
    ['another edition', signCase({ ...file, edition: '11'.repeat(32) }, key), 409, 'edition'],
    ['a member too many', signed.replace('{', '{"name":"Anna",'), 422],
  ]) {
    const refused = await hand(anna, text);
    assert.equal(refused.status, status, `${what}: ${JSON.stringify(refused.body)}`);
    if (field) assert.equal(refused.body.field, field, what);
  }
  assert.equal((await hand(dpo, signed)).status, 403);
  assert.equal((await hand(admin, signed)).status, 201);
  assert.match((await hand(anna, signed)).body.message, /is here already/);
  const first = await look();
  assert.deepEqual([first.state, first.clock.name, first.numbers.ballots, first.numbers.voters], ['received', 'quarantine', 4, 4]);
  assert.ok(first.clock.due - first.now < 86_400 && first.clock.to_be_confirmed);
  const ballots = first.voters.map((voter) => voter.ballots[0].entry);
  assert.ok(first.voters.every((voter) => voter.ballots.length === 1 && voter.ballots[0].counts && voter.ballots[0].standing === 'untouched'));
  assert.deepEqual(first.voters.map((voter) => voter.pseudonym), list);

  // ---- Who may not
  const wish = (action, which, more = {}) => ({ action, ballots: which.join(','), reason: 'stolen-identity', grounds: 'Osoba v1 napisała, że to nie ona.', ...more });
  const proposeIn = (who, ...rest) => who.call('POST', `${one}/proposals`, wish(...rest));
  const deciding = [
    ['POST', `${one}/dismissal`, { reason: 'no-proof', grounds: 'Nic.' }],
    ['POST', `${one}/proposals`, wish('freeze', ballots)],
    ['POST', `${one}/appeals`, { ballots: String(ballots[0]), filed: '2026-01-01T00:00:00Z', text: 'Nie.' }],
    ['POST', `${one}/closing`, {}],
    ['POST', `${at}/proposals`, wish('freeze', ballots, { case: 'ZZZZZ-ZZZZZ' })],
    ['POST', `${at}/proposals`, wish('annul', ballots)],
    ['POST', `${at}/proposals`, wish('uphold', ballots, { case: number, ends: 'freeze' })],
    ['POST', `${at}/proposals`, wish('keep', ballots, { case: number })],
    ['POST', `${at}/proposals`, { action: 'close' }],
    ['POST', `${at}/end-of-annulments`],
  ];
  const refusedEverywhere = async (proposal) => {
    for (const who of [dpo, admin]) {
      for (const [method, where, body] of deciding) assert.equal((await who.call(method, where, body)).status, 403, `${method} ${where}`);
      assert.equal((await who.sign(id, proposal)).status, 403, 'a signature');
      assert.equal((await who.call('DELETE', `${at}/proposals/${proposal}`)).status, 403);
    }
  };
  const opinion = (who, advice, text = 'Dwa telefony w jednej sieci.') => who.call('POST', `${one}/opinions`, { advice, text });
  for (const who of [anna, admin]) assert.equal((await opinion(who, 'annul')).status, 403, 'only the officer advises');

  // ---- Nothing beside the case, nothing before the freeze
  assert.equal((await anna.propose(id, 'freeze', wish('freeze', [ballots[0]], { case: 'ZZZZZ-ZZZZZ' }))).status, 409, 'beside the case');
  assert.equal((await anna.propose(id, 'annul', wish('annul', [ballots[0]]))).status, 409);
  assert.match((await proposeIn(anna, 'annul', [ballots[0]])).body.message, /is not frozen/);
  assert.equal((await proposeIn(anna, 'freeze', [1])).body.field, 'ballots');
  const named = await proposeIn(anna, 'freeze', ballots, { grounds: 'Dzwoniła pani o numerze PESEL 44051401458.' });
  assert.deepEqual([named.status, named.body.field], [422, 'grounds'], 'nobody is named');

  // ---- Freeze, by one
  const freeze = await proposeIn(anna, 'freeze', ballots);
  assert.equal(freeze.status, 201, JSON.stringify(freeze.body));
  await refusedEverywhere(freeze.body.proposal);
  assert.equal((await anna.call('POST', `${one}/dismissal`, { reason: 'no-proof', grounds: 'Nic.' })).status, 409, 'a proposal waits');
  assert.equal((await anna.sign(id, freeze.body.proposal)).body.confirmed, true);
  const done = (proposal) => eventually('the board', async () => (await anna.edition(id)).proposals.find((p) => p.id === proposal).state === 'done', 400);
  await done(freeze.body.proposal);
  const frozen = await look();
  assert.deepEqual([frozen.state, frozen.numbers.frozen, frozen.undecided], ['frozen', 4, [...ballots].sort((a, b) => a - b)]);
  assert.equal(frozen.clock, null, 'nobody was asked');
  assert.equal((await anna.call('POST', `${one}/dismissal`, { reason: 'no-proof', grounds: 'Nic.' })).status, 409);
  const { pools } = (await dpo.call('GET', `${at}/effect`)).body;
  assert.deepEqual([pools[0].ballots, pools[0].frozen, pools[0].annulled, pools[0].counting, pools[0].counted], [voters, 4, 0, voters, null]);

  // ---- The hearing comes first
  const now = Math.floor(Date.now() / 1000);
  assert.equal((await hand(anna, caseFile(hash, list, { version: 2, asked: now - 3_600, until: now + 600_000, answers: ['not-mine', 'mine', 'none', 'not-mine'] }))).status, 201);
  assert.equal((await hand(anna, signed)).body.field, 'version', 'an older one');
  const asked = await look();
  assert.deepEqual([asked.state, asked.clock.name, asked.hearing.over], ['frozen', 'hearing-answer', false]);
  const early = await proposeIn(anna, 'annul', [ballots[0]]);
  assert.deepEqual([early.status, early.body.field], [409, 'urgent']);
  const alone = await proposeIn(anna, 'annul', [ballots[0]], { urgent: 'Głosowanie kończy się dziś.' });
  assert.deepEqual([alone.status, alone.body.field], [422, 'departure'], 'there is no opinion');
  assert.equal((await opinion(dpo, 'annul')).status, 204);
  const urgent = await proposeIn(anna, 'annul', [ballots[0]], { urgent: 'Głosowanie kończy się dziś.' });
  assert.equal(urgent.status, 201, JSON.stringify(urgent.body));
  assert.match((await anna.edition(id)).proposals.at(-1).statement, /"urgent":"Głosowanie kończy się dziś/);
  // What is signed is bound to the opinion and the file that were there.
  assert.equal((await opinion(dpo, 'neither', 'Zaczekać na odpowiedzi.')).status, 204);
  assert.match((await anna.sign(id, urgent.body.proposal)).body.message, /has changed since/);
  assert.equal((await anna.call('DELETE', `${at}/proposals/${urgent.body.proposal}`)).status, 204);

  // ---- Heard, advised, decided
  assert.equal((await hand(anna, caseFile(hash, list, { version: 3, asked: now - 7_200, until: now - 60, answers: ['not-mine', 'mine', 'none', 'not-mine'] }))).status, 201);
  assert.equal((await opinion(dpo, 'annul')).status, 204);
  const advised = await look();
  assert.deepEqual([advised.state, advised.clock.name], ['advised', 'decision']);
  const annul = await proposeIn(anna, 'annul', [ballots[0], ballots[3]]);
  assert.equal(annul.status, 201, JSON.stringify(annul.body));
  await refusedEverywhere(annul.body.proposal);
  assert.equal((await proposeIn(jan, 'uphold', [ballots[0]], { departure: 'Inaczej.' })).status, 409, 'another decision waits');
  assert.equal((await anna.sign(id, annul.body.proposal)).body.confirmed, false);
  assert.equal((await anna.sign(id, annul.body.proposal)).status, 403, 'the same person twice');
  assert.equal((await jan.sign(id, annul.body.proposal)).body.confirmed, true);
  await done(annul.body.proposal);
  assert.equal((await proposeIn(anna, 'uphold', [ballots[1], ballots[2]])).body.field, 'departure', 'the officer advises otherwise');
  const uphold = await proposeIn(anna, 'uphold', [ballots[1], ballots[2]], { departure: 'Osoba v2 potwierdziła głos, o v3 nie ma dowodu.', reason: 'confirmed-by-voter' });
  assert.equal(uphold.status, 201, JSON.stringify(uphold.body));
  for (const who of [anna, jan]) assert.equal((await who.sign(id, uphold.body.proposal)).status, 201);
  await done(uphold.body.proposal);
  const decided = await look();
  assert.deepEqual([decided.state, decided.clock.name, decided.numbers.annulled, decided.numbers.upheld], ['decided', 'appeal', 2, 2]);
  assert.match((await anna.call('POST', `${one}/closing`, {})).body.message, /appeal can still/);

  // ---- Appeal, decided by others
  const today = new Date().toISOString().slice(0, 10);
  const appeal = (which, more = {}) => anna.call('POST', `${one}/appeals`, { ballots: String(which), filed: `${today}T00:00:00Z`, text: 'To był mój głos, pomyliłam odpowiedź.', ...more });
  assert.equal((await appeal(ballots[0], { filed: '2020-01-01T00:00:00Z' })).body.field, 'filed');
  assert.equal((await appeal(1)).body.field, 'ballots');
  assert.equal((await appeal(ballots[0])).status, 204);
  assert.equal((await appeal(ballots[1])).status, 204);
  assert.equal((await appeal(ballots[0])).status, 409, 'once for each ballot');
  assert.equal((await look()).state, 'appealed');
  const restore = await proposeIn(ola, 'uphold', [ballots[0]], { departure: 'Osoba v1 pokazała dowód.', reason: 'confirmed-by-voter' });
  assert.equal(restore.status, 201, JSON.stringify(restore.body));
  assert.equal((await anna.sign(id, restore.body.proposal)).status, 403, 'who annulled');
  for (const who of [ola, piotr]) assert.equal((await who.sign(id, restore.body.proposal)).status, 201);
  await done(restore.body.proposal);
  const keep = await proposeIn(ola, 'keep', [ballots[1]], { reason: 'no-proof' });
  assert.equal(keep.status, 201, JSON.stringify(keep.body));
  assert.equal((await jan.sign(id, keep.body.proposal)).status, 403, 'who upheld');
  for (const who of [ola, piotr]) assert.equal((await who.sign(id, keep.body.proposal)).status, 201);
  await done(keep.body.proposal);
  const heard = await look();
  assert.deepEqual([heard.state, heard.voters[0].ballots[0].standing, heard.voters[1].ballots[0].standing], ['decided', 'restored', 'upheld']);
  assert.equal((await anna.call('POST', `${one}/closing`, { grounds: 'Oba odwołania rozpatrzone.' })).status, 204);
  assert.equal((await look()).state, 'closed');
  assert.equal((await opinion(dpo, 'annul')).status, 409, 'it is over');

  // ---- The count, and what one annulled ballot meant for it
  await twoSign(anna, jan, id, 'close');
  await reached(anna, id, 'issuance');
  run('registrar', 'issuance', '--config', path.join(town.dir, 'registrar.toml'), '--out', path.join(town.dir, 'issuance.entry'));
  assert.equal((await anna.put(id, 'inbox', 'issuance.entry', readFileSync(path.join(town.dir, 'issuance.entry')))).status, 202);
  await reached(anna, id, 'annulments');
  assert.equal((await anna.call('POST', `${at}/end-of-annulments`)).status, 204);
  await reached(anna, id, 'mixing');
  const counted = await tally(town, anna, id);
  assert.equal(counted.record.pools[0].result.valid, voters - 1);
  const { body: effect } = await dpo.call('GET', `${at}/effect`);
  const [pool] = effect.pools;
  assert.deepEqual([pool.annulled, pool.differing, pool.counting], [1, 1, voters - 1]);
  assert.equal(pool.counted.valid, voters - 1);
  // Seven or six for project 1, four or three for project 3, none for project 2: one ballot cannot do it.
  assert.ok(pool.counted.margin_now > 1 && pool.counted.same_winners, JSON.stringify(pool));
  assert.deepEqual(pool.counted.at_stake, []);

  // ---- Nobody is named, by nobody's answer
  const residents = JSON.parse(readFileSync(path.join(town.dir, 'residents.json'), 'utf8'));
  const planted = (residents.residents ?? residents).flatMap((resident) => Object.entries(resident).flatMap(([name, value]) => (/pesel|phone|email|last_name/i.test(name) && typeof value === 'string' && value.length > 2 ? [value] : [])));
  assert.ok(planted.length >= 2 * voters, Object.keys((residents.residents ?? residents)[0]).join());
  for (const who of Object.values(people)) {
    for (const where of [cases, one, `${one}/package.json`, `${at}/effect`, `${at}`, `/api/v1/desk/log`]) {
      const answer = await who.call('GET', where);
      assert.equal(answer.status, 200, where);
      const text = JSON.stringify(answer.body);
      // Officials are named to each other.
      for (const value of planted.filter((one_) => !['Nowak', 'Kowalski', 'Zima', 'Lis', 'Admin'].includes(one_))) assert.ok(!text.includes(value), `${where} names ${value}`);
    }
  }
  const { body: log } = await dpo.call('GET', `/api/v1/desk/log?edition=${id}`);
  for (const word of ['took-case', 'gave-opinion', 'recorded-appeal', 'closed-case']) assert.ok(log.actions.some((entry) => entry.action === word), word);
  await twoSign(anna, jan, id, 'announce');
  const { record } = await reached(anna, id, 'announced');
  await eventually('the whole record on the board', async () => (await (await fetch(`${town.box}/api/v1/edition`)).json()).entries === record.entries, 400);
  const verified = program('verify', '--quiet', '--manifest', hash, town.box);
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});
