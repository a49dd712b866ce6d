// SPDX-License-Identifier: EUPL-1.2
// An edition at the desk from the draft to the announced result: two officials, three trustees, a
// registrar with its keepers, residents who vote. The desk is killed at every step, the ballot box is
// away when it is wanted, and what is handed in may be wrong, early or there already.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { startRole } from '../../demo/desk.mjs';
import { Official, run, startDesk, startRegistrar } from './desk.mjs';
import { call, eventually, inventPool, program, urna } from './town.mjs';

const quoted = (value) => JSON.stringify(value);
let town;
let anna;
let jan;
let dpo;
const others = []; // processes

before(async () => {
  town = await startDesk();
  anna = await new Official(town).register('Anna Nowak');
  jan = await new Official(town).register('Jan Kowalski');
  dpo = await new Official(town).register('Iwona Lis', 'dpo');
});
after(async () => {
  for (const child of others.reverse()) child.kill('SIGTERM');
  await town?.stop();
});

const at = (...names) => path.join(town.dir, ...names);

async function killDesk() {
  town.process.kill('SIGKILL');
  await new Promise((resolve) => town.process.once('exit', resolve));
  await town.start();
}

// The edition once it has come to a step.
const reached = (id, step) =>
  eventually(`the step ${step}`, async () => {
    const edition = await anna.edition(id);
    return edition.record?.step === step && !edition.work.running && edition;
  }, 1200);

// What the office's courier does: the record to a trustee, the answer to the desk.
async function trusteeStep(id, name, step) {
  const folder = at(name);
  rmSync(path.join(folder, 'record'), { recursive: true, force: true });
  rmSync(path.join(folder, 'out'), { recursive: true, force: true });
  const answer = await fetch(`${town.address}/api/v1/desk/editions/${id}/record.tar`, { headers: { cookie: anna.cookie } });
  assert.equal(answer.status, 200);
  const archive = path.join(folder, 'record.tar');
  writeFileSync(archive, Buffer.from(await answer.arrayBuffer()));
  const unpacked = spawnSync('tar', ['-xf', archive, '-C', folder], { encoding: 'utf8' });
  assert.equal(unpacked.status, 0, unpacked.stderr);
  run('trustee', step, '--quiet', '--key', path.join(folder, 'trustee.key'), '--record', path.join(folder, 'record'), '--out', path.join(folder, 'out'));
  return readdirSync(path.join(folder, 'out')).sort();
}
async function handIn(id, who, folder, names) {
  for (const name of names) assert.equal((await who.put(id, 'inbox', name, readFileSync(path.join(folder, name)))).status, 202, name);
}
const fateOf = (id, name) =>
  eventually(`what becomes of ${name}`, async () => {
    const edition = await anna.edition(id);
    const one = edition.handed_in.find((file) => file.name === name);
    return one?.fate !== 'waiting' || one.reason !== '' ? one : undefined;
  });

async function twoSign(id, action, more = {}) {
  const proposed = await anna.propose(id, action, more);
  assert.equal(proposed.status, 201, JSON.stringify(proposed.body));
  const { proposal } = proposed.body;
  assert.equal((await anna.sign(id, proposal)).body.confirmed, false);
  return proposal;
}

const utc = (seconds) => new Date(seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z');
const longer = (closes, more = {}) => ({ closes: utc(closes), reason_pl: 'Awaria sieci telefonicznej.', reason_en: 'The telephone network failed.', ...more });
const annulling = (index, more = {}) => ({ ballots: String(index), reason: 'stolen-identity', grounds: 'Zgłoszenie osoby uprawnionej.', ...more });
const contested = (index, more = {}) => ({ ...annulling(index), reason: 'complaint', case: 'ABCDE-FGHJK', ...more });
const otherVerifier = fileURLToPath(new URL('../../web/verify/dist/cli.js', import.meta.url));

// Places of ballots on the board, from the end: noted while the vote is on.
const places = new Map();
const ballotsOf = (id) => places.get(id);

// Two put the end off, never one; the box and its pages follow at once.
async function extendTheVoting(id) {
  const state = () => fetch(`${town.box}/api/v1/edition`).then((answer) => answer.json());
  const before = await state();
  assert.deepEqual(before.extensions, []);
  places.set(id, [before.entries - 1, before.entries - 2, before.entries - 3]);
  const later = before.closes + 86_400;
  for (const [what, body, status, field] of [
    ['an earlier end', longer(before.closes - 60), 409, 'closes'],
    ['the same end', longer(before.closes), 409, 'closes'],
    ['an end too far', longer(before.closes + 32 * 86_400), 422, 'closes'],
    ['no time', longer(later, { closes: 'tomorrow' }), 422, 'closes'],
    ['no reason', longer(later, { reason_pl: '' }), 422, 'reason_pl'],
    ['no reason in English', longer(later, { reason_en: '' }), 422, 'reason_en'],
  ]) {
    const refused = await anna.propose(id, 'extend', body);
    assert.deepEqual([refused.status, refused.body.field], [status, field], what);
  }
  assert.equal((await dpo.propose(id, 'extend', longer(later))).status, 403);
  const proposal = await twoSign(id, 'extend', longer(later));
  assert.equal((await jan.propose(id, 'extend', longer(later))).status, 409, 'one waits already');
  assert.equal((await anna.sign(id, proposal)).status, 403, 'the same person twice');
  assert.equal((await dpo.sign(id, proposal)).status, 403);
  const told = (await jan.edition(id)).proposals.find((one) => one.id === proposal);
  assert.ok(told.expires <= before.closes, 'it is of no use after the end');
  const spoilt = told.statement.replace('"reason_pl":"Awaria', '"reason_pl":"Inna');
  assert.equal((await jan.sign(id, proposal, { statement: spoilt })).status, 422, 'another reason');
  assert.deepEqual((await state()).extensions, [], 'one signature changes nothing');
  assert.equal((await jan.sign(id, proposal)).body.confirmed, true);
  await killDesk();
  const after = await eventually('the later end', async () => {
    const now = await state();
    return now.extensions.length === 1 && now;
  }, 400);
  assert.deepEqual([after.closes, after.extensions[0].replaces, after.extensions[0].closes], [later, before.closes, later]);
  assert.deepEqual(after.extensions[0].reason, { pl: 'Awaria sieci telefonicznej.', en: 'The telephone network failed.' });
  await eventually('the note at the desk', async () => {
    const edition = await anna.edition(id);
    return edition.proposals.find((one) => one.id === proposal).state === 'done' && edition.work.box?.closes === later;
  });
}

// One proposes with grounds, another one decides; the reason is published, the grounds are not.
async function annulWhilePeopleVote(id) {
  const [index] = ballotsOf(id);
  for (const [what, body, field] of [
    ['no ballot', annulling(0), 'ballots'],
    ['beyond the board', annulling(1_000_000), 'ballots'],
    ['twice', annulling(`${index},${index}`), 'ballots'],
    ['no list', annulling('all'), 'ballots'],
    ['no code', annulling(index, { reason: 'Bo tak' }), 'reason'],
    ['no grounds', annulling(index, { grounds: '' }), 'grounds'],
    ['no reference', annulling(index, { case: 'K 7/2026' }), 'case'],
  ]) {
    const refused = await anna.propose(id, 'annul', body);
    assert.deepEqual([refused.status, refused.body.field], [422, field], what);
  }
  assert.equal((await dpo.propose(id, 'annul', annulling(index))).status, 403);
  const proposal = await twoSign(id, 'annul', annulling(index));
  assert.equal((await jan.propose(id, 'annul', annulling(index))).status, 409, 'the same ballot');
  assert.equal((await anna.sign(id, proposal)).status, 403, 'who proposed and signed does not decide');
  assert.equal((await jan.sign(id, proposal)).body.confirmed, true);
  await eventually('the annulment', async () => (await anna.edition(id)).proposals.find((one) => one.id === proposal).state === 'done');
}

// One puts ballots into quarantine, at once; two decide. One of them stays in quarantine until the list of counted ballots is wanted.
async function freezeWhilePeopleVote(id) {
  const [, open, cleared] = ballotsOf(id);
  for (const [what, action, body, field] of [
    ['no case', 'freeze', contested(open, { case: '' }), 'case'],
    ['no number of a case', 'freeze', contested(open, { case: 'k-2026-7' }), 'case'],
    ['no ballot', 'freeze', contested(0), 'ballots'],
    ['no grounds', 'freeze', contested(open, { grounds: '' }), 'grounds'],
    ['not what it ends', 'uphold', contested(open), 'ends'],
    ['an appeal where there are no others', 'uphold', contested(open, { ends: 'annulment' }), 'ends'],
  ]) {
    const refused = await anna.propose(id, action, body);
    assert.deepEqual([refused.status, refused.body.field], [422, field], what);
  }
  assert.equal((await dpo.propose(id, 'freeze', contested(open))).status, 403);
  const state = async (proposal) => (await anna.edition(id)).proposals.find((one) => one.id === proposal).state;
  const { proposal } = (await anna.propose(id, 'freeze', contested(`${cleared},${open}`))).body;
  assert.equal((await dpo.sign(id, proposal)).status, 403);
  assert.equal((await anna.sign(id, proposal)).body.confirmed, true, 'one is enough');
  await eventually('the freeze', async () => (await state(proposal)) === 'done');
  assert.equal((await jan.propose(id, 'freeze', contested(open))).status, 409, 'frozen already');

  const upheld = await twoSign(id, 'uphold', contested(cleared, { ends: 'freeze', reason: 'voter-confirmed' }));
  assert.equal((await jan.propose(id, 'annul', annulling(cleared))).status, 409, 'another decision waits');
  assert.equal((await jan.sign(id, upheld)).body.confirmed, true);
  await killDesk();
  await eventually('the decision', async () => (await state(upheld)) === 'done', 400);
  assert.equal((await jan.propose(id, 'uphold', contested(cleared, { ends: 'freeze' }))).status, 409, 'decided');
}

const skip = process.env.URNA_TEST_ALL !== '1' && 'takes minutes: ./dev test --all';
test('from the draft to the announced result', { timeout: 900_000, skip }, async () => {
  const pool = inventPool(town.dir, 'katowice', 100);
  const voters = Number(/^num_votes;(\d+)/m.exec(readFileSync(pool, 'utf8'))[1]);
  assert.ok(voters >= 5);
  const trustees = ['Anna', 'Bartek', 'Celina'];
  const { body: made } = await anna.call('POST', '/api/v1/desk/editions', {});
  const { id } = made;
  for (const name of trustees) {
    run('trustee', 'keygen', '--no-passphrase', '--name', name, '--out', at(name));
    assert.equal((await jan.put(id, 'files', `${name}.card`, readFileSync(at(name, `${name}.card`)))).status, 204);
  }
  assert.equal((await jan.put(id, 'files', 'city.pb', readFileSync(pool))).status, 204);
  const iso = (time) => new Date(time).toISOString().replace(/\.\d+Z/, 'Z');
  const draft = {
    edition: 'pl-test-2026',
    title: 'Budżet na próbę',
    resolution: { number: 'XII/345/2026', date: '2026-05-04' },
    opens: iso(Date.now() - 3_600_000),
    closes: iso(Date.now() + 86_400_000),
    repeated_ballots: 'last',
    lowest_level: 2,
    ties: 'draw',
    privacy_minimum: 2,
    pools: [{ id: 'city', file: 'city.pb' }],
    trustees: { threshold: 2, cards: trustees.map((name) => `${name}.card`) },
    officials: [anna.reference, jan.reference],
    box: 'next',
  };
  const saved = await anna.call('PUT', `/api/v1/desk/editions/${id}/draft`, draft, { headers: { 'urna-version': '1' } });
  assert.deepEqual(saved.body.problems, []);
  const freeze = (who, version) => who.call('POST', `/api/v1/desk/editions/${id}/freezing`, undefined, { headers: { 'urna-version': String(version) } });
  assert.equal((await anna.propose(id, 'open')).status, 409, 'nothing to open yet');
  assert.equal((await freeze(anna, 1)).status, 409, 'an older version');
  const frozen = await freeze(anna, 2);
  assert.equal(frozen.status, 201, JSON.stringify(frozen.body));
  assert.equal((await freeze(jan, 2)).status, 409);
  assert.equal((await anna.call('PUT', `/api/v1/desk/editions/${id}/draft`, {}, { headers: { 'urna-version': '2' } })).status, 409);

  // The same ballot box is not given to a second edition.
  const { body: copy } = await anna.call('POST', '/api/v1/desk/editions', { from: id });
  const second = await freeze(anna, copy.version).then(() => anna.call('POST', `/api/v1/desk/editions/${copy.id}/freezing`, undefined, { headers: { 'urna-version': '1' } }));
  assert.equal(second.status, 409);
  assert.equal(second.body.field, 'box');

  await killDesk();
  await reached(id, 'commitments');
  const manifest = Buffer.from(await (await fetch(`${town.address}/api/v1/desk/editions/${id}/manifest.cbor`, { headers: { cookie: anna.cookie } })).arrayBuffer());
  assert.equal(createHash('sha256').update(manifest).digest('hex'), frozen.body.edition);
  writeFileSync(at('manifest.cbor'), manifest);
  // Authors can still look at what is frozen, until it is opened.
  const authors = (await anna.call('POST', `/api/v1/desk/editions/${id}/authors/links`, { days: '60' })).body.link.split('#')[1];
  const seen = (what = '') => call('GET', `${town.address}/api/v1/rehearsal${what}`, undefined, { bearer: authors });
  assert.equal((await seen()).body.frozen, true);
  const rehearsed = await fetch(`${town.address}/api/v1/rehearsal/manifest.cbor`, { headers: { authorization: `Bearer ${authors}` } });
  assert.ok(Buffer.from(await rehearsed.arrayBuffer()).equals(manifest), 'the very manifest');

  // The key ceremony; a file that is none, one too early, one twice.
  assert.equal((await jan.put(id, 'inbox', 'dealing-1.entry', 'not an entry')).status, 422);
  assert.equal((await jan.put(id, 'inbox', '..entry', 'x')).status, 422);
  await reached(id, 'commitments');
  for (const [step, next] of [['deal', 'dealings'], ['deal', 'acceptances'], ['accept', 'roll']]) {
    for (const [k, name] of trustees.entries()) {
      const names = await trusteeStep(id, name, step);
      await handIn(id, k % 2 === 0 ? jan : anna, at(name, 'out'), names);
      if (k === 1) await killDesk();
    }
    await reached(id, next);
  }

  // The roll comes from the registrar, signed; each of its two files may come first.
  const inbox = await startRegistrar(town.dir, voters, others);
  run('registrar', 'import', at('register.csv'), '--config', at('registrar.toml'), '--official', 'demo', '--quiet');
  run('registrar', 'roll', '--config', at('registrar.toml'), '--official', 'demo', '--out', at('roll.cbor'), '--entry', at('roll.entry'), '--json');
  await handIn(id, jan, town.dir, ['roll.entry']);
  assert.equal((await fateOf(id, 'roll.entry')).fate, 'waiting');
  await handIn(id, jan, town.dir, ['roll.cbor']);
  await reached(id, 'opening');

  // Two open the voting, never one twice.
  assert.equal((await dpo.propose(id, 'open')).status, 403);
  const opening = await twoSign(id, 'open');
  assert.equal((await anna.propose(id, 'open')).status, 409);
  assert.equal((await anna.sign(id, opening)).status, 403, 'the same person twice');
  assert.equal((await dpo.sign(id, opening)).status, 403);
  const statement = (await anna.edition(id)).proposals[0].statement;
  for (const [what, spoilt] of Object.entries({
    'another statement': { statement: statement.replace('"open"', '"close"') },
    'another origin': { client: { origin: 'https://evil.example' } },
    'nobody verified': { bits: 1 },
    "another one's passkey": { signer: anna.passkey },
    "another one's key": { key: anna.key },
  })) {
    assert.equal((await jan.sign(id, opening, spoilt)).status, 422, what);
  }
  assert.equal((await jan.signIn()).status, 201);
  assert.equal((await jan.sign(id, opening, { keepCounter: true })).status, 409, 'a copied passkey');
  const { proposals } = await jan.edition(id);
  const answer = jan.signatures(id, proposals[0]);
  assert.equal((await anna.call('POST', `/api/v1/desk/editions/${id}/proposals/${opening}/signatures`, answer)).status, 403, "somebody else's answer");
  assert.equal((await jan.call('POST', `/api/v1/desk/editions/${id}/proposals/${opening}/signatures`, answer)).body.confirmed, true);
  assert.equal((await jan.call('POST', `/api/v1/desk/editions/${id}/proposals/${opening}/signatures`, answer)).status, 409, 'the same answer again');
  assert.equal((await jan.call('DELETE', `/api/v1/desk/editions/${id}/proposals/${opening}`)).status, 409);

  // The ballot box is not there yet: the desk says so, and goes on when it is.
  const alone = await eventually('the trouble', async () => {
    const edition = await anna.edition(id);
    return edition.record.step === 'voting' && edition.work.failed && edition;
  });
  assert.match(alone.work.failed.message, /cannot be reached/);
  await killDesk();
  await town.startBox();
  await eventually('the open box', async () => (await anna.edition(id)).work.box?.accepting, 400);

  // Nothing is rehearsed any more.
  for (const what of ['', '/manifest.cbor']) {
    const over = await seen(what);
    assert.equal(over.status, 410, what);
    assert.match(over.body.type, /rehearsal-over$/);
  }
  assert.equal((await call('POST', `${town.address}/api/v1/rehearsal/remarks`, { pool: 'city', project: '1', text: 'Zły koszt' }, { bearer: authors })).status, 410);
  assert.equal((await anna.call('POST', `/api/v1/desk/editions/${id}/authors/links`, { days: '5' })).status, 409);
  assert.equal((await anna.call('GET', `/api/v1/desk/editions/${id}/authors`)).body.over, true);

  const { address: registrar, child } = await startRole(urna, town.dir, 'registrar', 'registrar', 'serve', '--config', at('registrar.toml'));
  others.push(child);
  town.boxProcess.kill('SIGTERM');
  await new Promise((resolve) => town.boxProcess.once('exit', resolve));
  const boxConfig = readFileSync(at('box.toml'), 'utf8');
  writeFileSync(at('box.toml'), `registrar.url = ${quoted(registrar)}\nregistrar.token_file = ${quoted(at('box.token'))}\n${boxConfig}`);
  await town.startBox();
  run('simulate', 'vote', '--registrar', registrar, '--box', town.box, '--sms-inbox', inbox, '--residents', at('residents.json'), '--pool', `city=${pool}`);

  await extendTheVoting(id);
  await annulWhilePeopleVote(id);
  await freezeWhilePeopleVote(id);

  // Two close it; before that a proposal is withdrawn.
  const idle = (await anna.propose(id, 'close')).body.proposal;
  assert.equal((await jan.call('DELETE', `/api/v1/desk/editions/${id}/proposals/${idle}`)).status, 204);
  assert.equal((await jan.sign(id, idle)).status, 409);
  const closing = await twoSign(id, 'close');
  assert.equal((await jan.sign(id, closing)).body.confirmed, true);
  await killDesk();
  const closed = await reached(id, 'issuance');
  assert.equal(closed.record.ballots, voters);
  assert.equal((await anna.propose(id, 'extend', longer(closed.record.closes + 7_200))).status, 409, 'it is over');
  assert.equal((await anna.propose(id, 'annul', annulling(ballotsOf(id)[0]))).status, 409, 'the number of certificates is missing');
  assert.ok(JSON.parse(closed.proposals.find((one) => one.id === closing).statement).early);

  run('registrar', 'issuance', '--config', at('registrar.toml'), '--out', at('issuance.entry'));
  await handIn(id, anna, town.dir, ['issuance.entry']);
  await reached(id, 'annulments');
  // After the closing the record at the desk grows; a crash in between changes nothing.
  const [early, open] = ballotsOf(id);
  assert.equal((await anna.propose(id, 'annul', annulling(early))).body.field, 'ballots', 'annulled already');
  assert.deepEqual((await anna.edition(id)).record.frozen, [open]);
  const undecided = await jan.call('POST', `/api/v1/desk/editions/${id}/end-of-annulments`);
  assert.equal(undecided.status, 409, 'nothing is counted over an open case');
  assert.match(JSON.stringify(undecided.body), new RegExp(`frozen ballots of entries ${open}\\b`));
  const late = await twoSign(id, 'annul', annulling(open, { reason: 'court-order', case: 'k-2026-7' }));
  assert.equal((await jan.call('POST', `/api/v1/desk/editions/${id}/end-of-annulments`)).status, 409, 'it waits for its second signature');
  assert.equal((await jan.sign(id, late)).body.confirmed, true);
  await killDesk();
  await eventually('the late annulment', async () => (await anna.edition(id)).proposals.find((one) => one.id === late).state === 'done', 600);
  assert.equal((await jan.call('POST', `/api/v1/desk/editions/${id}/end-of-annulments`)).status, 204);
  await reached(id, 'mixing');

  for (const [k, name] of ['Anna', 'Celina'].entries()) {
    const names = await trusteeStep(id, name, 'mix');
    await handIn(id, jan, at(name, 'out'), names);
    if (k === 0) {
      await killDesk();
      await eventually('the first round', async () => (await anna.edition(id)).record?.pools[0].mixed.length === 1);
    }
  }
  const sealed = await reached(id, 'decryption');
  assert.deepEqual(sealed.record.pools[0].mixed, [1, 3]);

  // A share that was damaged on its way is refused, and named; the right one is taken.
  const shares = await trusteeStep(id, 'Bartek', 'decrypt');
  const damaged = at('damaged');
  mkdirSync(damaged);
  for (const name of shares) copyFileSync(at('Bartek', 'out', name), path.join(damaged, name));
  const file = shares.find((name) => name.endsWith('.cbor'));
  const bytes = readFileSync(path.join(damaged, file));
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(path.join(damaged, file), bytes);
  await handIn(id, anna, damaged, shares);
  const entry = shares.find((name) => name.endsWith('.entry'));
  const fate = await eventually('the refusal', async () => {
    const one = (await anna.edition(id)).handed_in.find((given) => given.name === entry);
    return one?.fate === 'refused' && one;
  });
  assert.match(fate.reason, /Bartek/);
  await handIn(id, anna, at('Bartek', 'out'), [...shares].reverse());
  const more = await trusteeStep(id, 'Anna', 'decrypt');
  await handIn(id, jan, at('Anna', 'out'), more);
  const counted = await reached(id, 'announcement');
  assert.equal(counted.record.complete, true);
  assert.equal(counted.record.pools[0].result.valid, voters - 2);

  // Nobody sees the result before two have announced it.
  const shown = await (await fetch(`${town.box}/result/0.pb`)).status;
  assert.equal(shown, 404);
  const announcement = await twoSign(id, 'announce');
  const facts = JSON.parse((await anna.edition(id)).proposals.at(-1).statement);
  assert.deepEqual(facts.results[0].winners, counted.record.pools[0].result.winners.map((one) => one.id));
  assert.equal((await jan.sign(id, announcement)).body.confirmed, true);
  await killDesk();
  await reached(id, 'announced');
  assert.equal((await fetch(`${town.box}/result/0.pb`)).status, 200);

  // The box shows what enough witnesses have cosigned, which may be a moment later.
  await eventually('the whole board', async () => program('verify', '--quiet', '--manifest', frozen.body.edition, town.box).status === 0);
  const report = JSON.parse(program('verify', '--json', town.box).stdout);
  assert.equal(report.annulled, 2);
  assert.equal(report.upheld, 1);
  assert.deepEqual(report.extensions.map((one) => one.reason_pl), ['Awaria sieci telefonicznej.']);
  // The other verifier, where it is built.
  if (existsSync(otherVerifier)) {
    const other = spawnSync(process.execPath, [otherVerifier, town.box, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(other.status, 0, other.stdout + other.stderr);
    const verdict = JSON.parse(other.stdout);
    assert.equal(verdict.pools[0].ballots - verdict.pools[0].counted, 2);
    assert.equal(verdict.extensions.length, 1);
  }
  const { body: log } = await dpo.call('GET', `/api/v1/desk/log?edition=${id}`);
  const words = log.actions.map((one) => one.action);
  for (const word of ['created-edition', 'froze', 'handed-in', 'proposed', 'signed', 'carried-out', 'withdrew', 'ended-annulments', 'downloaded']) assert.ok(words.includes(word), word);
  assert.equal(words.filter((word) => word === 'carried-out').length, 8);
  assert.equal(JSON.parse(run('log', 'verify', at('data/desk.db'), '--json')).sound, true);
});
