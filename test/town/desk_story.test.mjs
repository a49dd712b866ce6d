// SPDX-License-Identifier: EUPL-1.2
// From the theft to the count, through all that stands in a city: a clerk votes with stolen data, the registrar's
// service opens a case by itself, the file that the registrar signs goes to the desk, its officials freeze, the
// voters answer, the data protection officer advises, two officials decide, and the closed record verifies.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openVoting, reached, tally, twoSign } from './desk_cases.mjs';
import { Official, run, startDesk } from './desk.mjs';
import { call, eventually, program, signInBySms, urna } from './town.mjs';

const voters = 60;
const robbed = 16;
const cards = 8;
let town;
const people = {};
const others = [];

before(async () => {
  town = await startDesk();
  town.urna = urna;
  for (const [name, who, role] of [['anna', 'Anna Nowak'], ['jan', 'Jan Kowalski'], ['dpo', 'Iwona Lis', 'dpo']]) people[name] = await new Official(town).register(who, role);
});
after(async () => {
  for (const child of others.reverse()) child.kill('SIGTERM');
  await town?.stop();
});

test('the file that the registrar signs leads at the desk to annulments that a verifier of the record accepts', { timeout: 600_000 }, async () => {
  const { anna, jan, dpo } = people;
  const at = (...names) => path.join(town.dir, ...names);
  const opened = await openVoting(town, anna, jan, [anna.reference, jan.reference], voters, others, {
    registered: robbed,
    played: (one, i) => ({ ...one, address: `10.1.${i}.7` }),
    purposes: ['case'],
    settings: ['codes.contacts = "either"', 'codes.persons_per_phone = 2', 'cases.open_for_clusters = true', 'cases.every_seconds = 1'],
  });
  const { id, hash, residents } = opened;
  const edition = `/api/v1/desk/editions/${id}`;

  // ---- The theft, all for the project that nobody else wants
  const victims = residents.slice(voters).sort((a, b) => a.last_name.localeCompare(b.last_name, 'pl'));
  const votes = readFileSync(at('votes/city.pb'), 'utf8').split('VOTES\n')[0].replace(/^num_votes;.*$/m, `num_votes;${robbed}`);
  writeFileSync(at('stolen.pb'), `${votes}VOTES\nvoter_id;vote\n${victims.map((_, k) => `${k};2`).join('\n')}\n`);
  const stolen = opened.simulate('stolen', victims.map((one, i) => ({ ...one, given_phone: `+48799${500_000 + (i % cards)}`, address: '10.99.7.20' })), at('stolen.pb'), '--threads', '1');
  assert.equal(stolen.ballots, robbed);

  // ---- The registrar's case, opened by the service, and its file at the desk
  const cases = (...words) => JSON.parse(run('registrar', 'cases', ...words, '--config', at('registrar.toml'), '--official', 'a.nowak', '--json'));
  const { number } = await eventually('a case', () => cases('list').cases.find((one) => one.voters === robbed), 200);
  const one = `${edition}/cases/${number}`;
  const hand = async (name) => {
    cases('export', number, '--out', at(name));
    return anna.call('POST', `${edition}/cases`, readFileSync(at(name)), { type: 'application/json' });
  };
  // The desk reads the board; what was cast a moment ago must stand on it.
  await eventually('the ballots on the board', async () => (await (await fetch(`${town.box}/api/v1/edition`)).json()).ballots === voters + robbed);
  const handed = await hand('case-1.json');
  assert.equal(handed.status, 201, JSON.stringify(handed.body));
  const tampered = readFileSync(at('case-1.json'), 'utf8').replace('"reclaimed":false', '"reclaimed":true');
  assert.equal((await anna.call('POST', `${edition}/cases`, Buffer.from(tampered), { type: 'application/json' })).body.field, 'voters', 'altered on its way');
  const look = async () => (await anna.call('GET', one)).body;
  const first = await look();
  assert.deepEqual([first.state, first.origin, first.numbers.voters, first.numbers.ballots], ['received', 'signals', robbed, robbed]);
  assert.ok(first.content.signals.some((signal) => signal.kind === 'few-contacts' && signal.observed === robbed && signal.of === cards));
  const ballots = first.voters.map((voter) => voter.ballots[0].entry);

  // ---- Freeze, by one
  const wish = (action, which, more = {}) => ({ action, ballots: which.join(','), reason: 'stolen-identity', grounds: 'Jedna sieć, osiem telefonów.', ...more });
  const propose = async (action, which, more) => {
    const answer = await anna.call('POST', `${one}/proposals`, wish(action, which, more));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.proposal;
  };
  const done = (proposal) => eventually('the board', async () => (await anna.edition(id)).proposals.find((p) => p.id === proposal).state === 'done', 400);
  const freeze = await propose('freeze', ballots);
  assert.equal((await anna.sign(id, freeze)).body.confirmed, true);
  await done(freeze);
  assert.deepEqual([(await look()).state, (await look()).numbers.frozen], ['frozen', robbed]);

  // ---- The voters answer on their own telephones: one of them voted, the others did not
  assert.equal(cases('hear', number).asked, robbed);
  await eventually('the note that everybody was told', () => cases('show', number).told === robbed);
  for (const [k, victim] of victims.entries()) {
    const bearer = await signInBySms(opened, victim);
    const answer = await call('POST', `${opened.registrar}/api/v1/sessions/current/hearings/${number}/answer`, { answer: k === 0 ? 'mine' : 'not-mine' }, { bearer });
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
  }
  assert.equal((await hand('case-2.json')).status, 201);
  const heard = await look();
  assert.deepEqual([heard.state, heard.version, heard.hearing.over], ['heard', 2, true]);
  const said = (answer) => heard.voters.filter((voter) => voter.answer === answer).map((voter) => voter.ballots[0].entry);
  assert.deepEqual([said('not-mine').length, said('mine').length], [robbed - 1, 1]);

  // ---- The opinion, and two who decide
  assert.equal((await anna.call('POST', `${one}/opinions`, { advice: 'annul', text: 'Nie.' })).status, 403);
  assert.equal((await dpo.call('POST', `${one}/opinions`, { advice: 'annul', text: 'Piętnaście osób zaprzecza, jedna potwierdza.' })).status, 204);
  const annul = await propose('annul', said('not-mine'));
  assert.equal((await dpo.sign(id, annul)).status, 403);
  assert.equal((await anna.sign(id, annul)).body.confirmed, false);
  assert.equal((await anna.sign(id, annul)).status, 403, 'the same person twice');
  assert.equal((await jan.sign(id, annul)).body.confirmed, true);
  await done(annul);
  const uphold = await propose('uphold', said('mine'), { reason: 'confirmed-by-voter', departure: 'Ta osoba potwierdziła swój głos.' });
  for (const who of [anna, jan]) assert.equal((await who.sign(id, uphold)).status, 201);
  await done(uphold);
  const decided = await look();
  assert.deepEqual([decided.state, decided.numbers.annulled, decided.numbers.upheld], ['decided', robbed - 1, 1]);

  // ---- The count and the verification
  await twoSign(anna, jan, id, 'close');
  await reached(anna, id, 'issuance');
  run('registrar', 'issuance', '--config', at('registrar.toml'), '--out', at('issuance.entry'));
  assert.equal((await anna.put(id, 'inbox', 'issuance.entry', readFileSync(at('issuance.entry')))).status, 202);
  await reached(anna, id, 'annulments');
  assert.equal((await anna.call('POST', `${edition}/end-of-annulments`)).status, 204);
  await reached(anna, id, 'mixing');
  const counted = await tally(town, anna, id);
  assert.equal(counted.record.pools[0].result.valid, voters + 1);
  const [effect] = (await dpo.call('GET', `${edition}/effect`)).body.pools;
  assert.deepEqual([effect.annulled, effect.differing, effect.counting], [robbed - 1, robbed - 1, voters + 1]);
  await twoSign(anna, jan, id, 'announce');
  const { record } = await reached(anna, id, 'announced');
  await eventually('the whole record on the board', async () => (await (await fetch(`${town.box}/api/v1/edition`)).json()).entries === record.entries, 400);
  const verified = program('verify', '--quiet', '--json', '--manifest', hash, town.box);
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  const [pool] = JSON.parse(verified.stdout).pools;
  assert.deepEqual(pool.funded.map((project) => project.id), ['1', '3'], JSON.stringify(pool));

  // ---- Everybody reads what the annulled ballots could have changed: nothing, though nobody knows what they said
  const told = await eventually('the results', async () => {
    const answer = await call('GET', `${town.box}/api/v1/results/city`);
    return answer.status === 200 && answer;
  });
  const { ballots: taking } = told.body.pool;
  assert.deepEqual([taking.cast, taking.annulled, taking.counted], [voters + robbed, robbed - 1, voters + 1]);
  const { annulled } = told.body;
  assert.deepEqual([annulled.ballots, annulled.same_winners, annulled.at_stake], [robbed - 1, true, []]);
  assert.ok(annulled.margin > robbed - 1, `${annulled.margin}`);

  // ---- Nobody of the register is in what the desk has
  const dump = JSON.stringify([(await anna.call('GET', `${one}/package.json`)).body, await look()]);
  for (const victim of victims) for (const value of [victim.pesel, victim.phone.slice(3), `${victim.first_name} ${victim.last_name}`]) assert.ok(!dump.includes(value));
});
