// SPDX-License-Identifier: EUPL-1.2
// Attack stories (docs/attacks.md) of people who are not there, and of children in whose name others want to vote.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { call, personOf, program, randomText, signInBySms, someKey, startTown } from './town.mjs';

let town;
let children;
before(async () => {
  town = await startTown('--voters', '60', '--children', '44');
  children = JSON.parse(readFileSync(path.join(town.dir, 'children.json'), 'utf8'));
});
after(() => town?.stop());

const sessions = () => `${town.registrar}/api/v1/sessions`;
const current = (rest) => `${sessions()}/current${rest}`;
const certify = (session) => call('POST', current('/certificates'), { voter_key: someKey }, { bearer: session });
const actFor = (session, child) => call('POST', current('/wards'), personOf(child), { bearer: session });
const config = () => ['--config', path.join(town.dir, 'registrar.toml')];
const certificates = () => JSON.parse(program('registrar', 'issuance', ...config(), '--out', path.join(town.dir, `issuance-${Math.random()}.entry`), '--json').stdout).certificates;
const atPoint = (who) => call('POST', `${town.registrar}/api/v1/points/sessions`, personOf(who), { bearer: readFileSync(town.point_token, 'utf8').trim() });

const withCheckDigit = (ten) => ten + String((10 - ([...ten].reduce((sum, digit, i) => sum + [1, 3, 7, 9, 1, 3, 7, 9, 1, 3][i] * Number(digit), 0) % 10)) % 10);

test('A2: hundreds of people from elsewhere with telephones and addresses that nobody has are never confirmed', async () => {
  const messages = async () => (await (await fetch(`${town.sms_control}/messages`)).json()).messages.length;
  const mails = async () => (await (await fetch(`${town.mail_control}/messages`)).json()).messages.length;
  const [sms_before, mail_before] = [await messages(), await mails()];
  const issued = certificates();
  const { ballots } = (await call('GET', `${town.box}/api/v1/edition`)).body;
  const strangers = Array.from({ length: 200 }, (_, n) => ({
    first_name: 'Jan',
    last_name: 'Przyjezdny',
    pesel: withCheckDigit(`${String(50 + (n % 50))}0${1 + (n % 9)}1${n % 10}${String(7000 + n)}`),
  }));
  const answers = new Set();
  for (const [n, one] of strangers.entries()) {
    const { status, body } = await call('POST', sessions(), personOf(one));
    assert.equal(status, 201, 'answered like everybody');
    const asked = await call('POST', current('/codes'), n % 2 === 0 ? { channel: 'sms' } : { channel: 'email' }, { bearer: body.session });
    answers.add(asked.status);
    const checked = await call('POST', current('/code'), { code: '123456' }, { bearer: body.session });
    assert.ok(checked.status >= 400, `${checked.status}`);
    const refused = await certify(body.session);
    assert.ok(refused.status === 401 || refused.status === 403, `${refused.status}`);
    // Not the network is locked either: residents behind it go on.
  }
  assert.deepEqual([...answers], [202], 'nothing tells whether somebody is on the roll');
  assert.equal(await messages(), sms_before, 'no code went anywhere');
  assert.equal(await mails(), mail_before);
  assert.equal(certificates(), issued);
  assert.equal((await call('GET', `${town.box}/api/v1/edition`)).body.ballots, ballots);

  const found = program('registrar', 'signals', ...config(), '--official', 'a.nowak', '--json');
  assert.equal(found.status, 1, found.stderr);
  const kinds = JSON.parse(found.stdout).clusters.flatMap((cluster) => cluster.signals);
  const refused = kinds.find((signal) => signal.kind === 'refused-identities');
  assert.ok(refused && refused.observed >= strangers.length, JSON.stringify(kinds.map(({ kind, observed }) => [kind, observed])));
  assert.equal((await certify(await signInBySms(town, town.residents[50]))).status, 201);
});

test('A7: without the own confirmation of the guardian whom the register names, a child has no vote', async () => {
  const child = children[10];
  const guardian = town.residents.find((one) => one.pesel === child.guardian_pesel);
  // A consent on paper, taken to a point with the child: it opens a session, and no vote.
  const vouched = await atPoint(child);
  assert.equal(vouched.status, 201);
  const held = await certify(vouched.body.session);
  assert.equal(held.status, 403);
  assert.ok(held.body.detail.length > 10 && !JSON.stringify(held.body).includes(child.pesel));
  // Somebody else who has shown who they are, and the guardian who has not.
  const stranger = town.residents.find((one) => one.pesel !== child.guardian_pesel);
  assert.equal((await actFor(await signInBySms(town, stranger), child)).status, 403);
  const known = (await call('POST', sessions(), personOf(guardian))).body.session;
  assert.equal((await actFor(known, child)).status, 403);
  // The guardian's own telephone.
  const acting = await actFor(await signInBySms(town, guardian), child);
  assert.equal(acting.status, 201);
  assert.equal((await certify(acting.body.session)).status, 201);
});

test('A18: the points that are official are told to everybody; nobody vouches at another', async () => {
  const told = await call('GET', `${town.registrar}/api/v1/points`);
  assert.equal(told.status, 200);
  assert.deepEqual(told.body.points.map(({ name, place }) => [name, place]), [['Punkt w bibliotece', 'ul. Wymyślona 2, poniedziałek–piątek 9–17']]);
  const mobile = await call('POST', `${town.registrar}/api/v1/points/sessions`, personOf(town.residents[1]), { bearer: randomText() });
  assert.equal(mobile.status, 401);
});

test('A9: a coach cannot vote for forty children, new-born ones among them, nor a parent for more than the edition says', async () => {
  const coach = town.residents[59];
  assert.ok(!children.some((child) => child.guardian_pesel === coach.pesel));
  const session = await signInBySms(town, coach);
  assert.ok(children.some((child) => child.birth_date.startsWith(String(new Date().getFullYear()))), 'new-born ones');
  for (const child of children.slice(0, 40)) assert.equal((await actFor(session, child)).status, 403);
  const parent = town.residents[0];
  const own = children.filter((child) => child.guardian_pesel === parent.pesel);
  assert.equal(own.length, 4);
  const mother = await signInBySms(town, parent);
  const answers = [];
  for (const child of own) {
    const acting = await actFor(mother, child);
    answers.push(acting.status);
    if (acting.status === 201) assert.equal((await certify(acting.body.session)).status, 201);
  }
  assert.deepEqual(answers, [201, 201, 201, 403]);
});
