// SPDX-License-Identifier: EUPL-1.2
// The desk over HTTP: who gets in, who may do what, and what two must do together. Every answer is
// held against the API's description.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Authenticator, flags, SigningKey, Transcript } from './authenticator.mjs';
import { Browser, Official, run, startDesk } from './desk.mjs';
import { eventually, program } from './town.mjs';

let town;
const siteSha256 = 'a5'.repeat(32);
before(async () => {
  town = await startDesk({ siteSha256 });
});
after(() => town?.stop());

const peselOf = (ten) => ten + ((10 - ([...ten].reduce((sum, digit, i) => sum + Number(digit) * [1, 3, 7, 9][i % 4], 0) % 10)) % 10);
const problem = (answer) => answer.body.type?.split('/').pop();

describe('getting in', () => {
  test('an invitation works once, and only as it was given', async () => {
    const official = new Official(town);
    const { link } = town.invite('Anna Nowak');
    const invitation = link.split('/').pop();
    assert.equal(problem(await official.call('POST', '/api/v1/desk/registrations', { invitation: `${invitation.slice(1)}0` })), 'invitation-void');
    const first = await official.call('POST', '/api/v1/desk/registrations', { invitation });
    assert.equal(first.body.name, 'Anna Nowak');
    const answer = { invitation, ...official.passkey.create(first.body.challenge) };
    assert.equal((await official.call('POST', '/api/v1/desk/registrations/answers', answer)).status, 201);
    assert.match(official.cookie, /^__Host-urna-desk=[0-9a-f]{64}$/);
    const again = await official.call('POST', '/api/v1/desk/registrations/answers', answer);
    assert.equal(problem(again), 'invitation-void');
    const me = await official.call('GET', '/api/v1/desk');
    assert.equal(me.body.official.name, 'Anna Nowak');
    assert.deepEqual(me.body.boxes.map((box) => box.name), ['next']);
    assert.equal((await new Browser(town).call('GET', '/api/v1/desk')).body.boxes.length, 0);
  });

  test('a registration is refused unless everything of it is right', async () => {
    const { link } = town.invite('Jan Kowalski');
    const invitation = link.split('/').pop();
    const official = new Official(town);
    const bits = flags.present | flags.verified | flags.credential;
    for (const [what, spoilt] of Object.entries({
      'another type': { client: { type: 'webauthn.get' } },
      'another origin': { client: { origin: 'http://localhost:1' } },
      'another challenge': { client: { challenge: Buffer.alloc(32).toString('base64url') } },
      'within another site': { client: { crossOrigin: true } },
      'a top origin': { client: { topOrigin: 'https://evil.example' } },
      'another relying party': { party: 'evil.example' },
      'nobody present': { bits: bits & ~flags.present },
      'nobody verified': { bits: bits & ~flags.verified },
      'no credential flag': { bits: bits & ~flags.credential },
      'backed up though it cannot be': { bits: bits | flags.backedUp },
      'another algorithm': { algorithm: '-257' },
      'no algorithm': { algorithm: '7' },
    })) {
      const { body } = await official.call('POST', '/api/v1/desk/registrations', { invitation });
      const answer = await official.call('POST', '/api/v1/desk/registrations/answers', { invitation, ...official.passkey.create(body.challenge, spoilt) });
      assert.equal(answer.status, 403, what);
      assert.equal(problem(answer), 'sign-in-refused', what);
    }
    const { body } = await official.call('POST', '/api/v1/desk/registrations', { invitation });
    const good = { invitation, ...official.passkey.create(body.challenge) };
    assert.equal((await official.call('POST', '/api/v1/desk/registrations/answers', good)).status, 201);
  });

  test('an invitation that has expired is as good as none', async () => {
    const short = await startDesk({ deskSettings: ['invitation.valid = "1 min"'] });
    try {
      // The clock of the desk cannot be moved from here; the row can.
      const { link } = short.invite('Ewa Zielińska');
      short.process.kill('SIGTERM');
      await new Promise((resolve) => short.process.once('exit', resolve));
      const { spawnSync } = await import('node:child_process');
      const aged = spawnSync('sqlite3', [path.join(short.dir, 'data/desk.db'), 'UPDATE official SET invitation_expires = 1']);
      assert.equal(aged.status, 0, String(aged.stderr));
      await short.start();
      const answer = await new Browser(short).call('POST', '/api/v1/desk/registrations', { invitation: link.split('/').pop() });
      assert.equal(problem(answer), 'invitation-void');
    } finally {
      await short.stop();
    }
  });

  test('signing in is refused unless everything of it is right', async () => {
    const official = await new Official(town).register('Zofia Lis');
    assert.equal((await official.signIn()).status, 201);
    const stranger = new Authenticator(town.origin);
    const bits = flags.present | flags.verified;
    for (const [what, spoilt] of Object.entries({
      'another type': { client: { type: 'webauthn.create' } },
      'another origin': { client: { origin: 'https://localhost' } },
      'a challenge that was not asked': { client: { challenge: Buffer.alloc(32, 1).toString('base64url') } },
      'another relying party': { party: 'example.org' },
      'nobody present': { bits: flags.verified },
      'nobody verified': { bits: flags.present },
      'a new credential': { bits: bits | flags.credential },
      'a reserved flag': { bits: bits | 2 },
      'another key': { signer: stranger },
    })) {
      const answer = await official.signIn(spoilt);
      assert.equal(answer.status, 403, what);
    }
    // A counter that stands still tells of a copy of the passkey.
    assert.equal((await official.signIn()).status, 201);
    const cloned = await official.signIn({ keepCounter: true });
    assert.equal(cloned.status, 403);
    assert.match(cloned.body.message, /copy/);
    const { body: question } = await official.call('POST', '/api/v1/desk/sign-ins', {});
    const answer = official.passkey.get(question.challenge);
    assert.equal((await official.call('POST', '/api/v1/desk/sign-ins/answers', answer)).status, 201);
    const replayed = await official.call('POST', '/api/v1/desk/sign-ins/answers', answer);
    assert.equal(replayed.status, 403, 'the same answer again');
    const { body: other } = await official.call('POST', '/api/v1/desk/sign-ins', {});
    const unknown = await official.call('POST', '/api/v1/desk/sign-ins/answers', stranger.get(other.challenge));
    assert.equal(unknown.status, 403, 'a passkey of nobody');
    const { body: log } = await official.call('GET', '/api/v1/desk/log');
    const actions = log.actions.filter((one) => one.actor === official.reference).map((one) => one.action);
    assert.ok(actions.includes('suspected-copy'));
    assert.ok(actions.includes('refused-sign-in'));
  });

  test('what changes something must come from the desk itself', async () => {
    const official = await new Official(town).register('Maria Dąb');
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'urna-desk': '0' }, { origin: town.address }]) {
      for (const [method, at, body] of [
        ['POST', '/api/v1/desk/editions', {}],
        ['POST', '/api/v1/desk/sign-ins', {}],
        ['DELETE', '/api/v1/desk/session', undefined],
      ]) {
        const answer = await official.call(method, at, body, { headers });
        assert.equal(answer.status, 403, `${method} ${at} ${JSON.stringify(headers)}`);
        assert.equal(problem(answer), 'foreign-request');
      }
    }
    assert.equal((await official.call('DELETE', '/api/v1/desk/session')).status, 204);
    const { cookie } = official;
    assert.equal(cookie, '__Host-urna-desk=');
    assert.equal((await official.call('GET', '/api/v1/desk/editions')).status, 401);
  });

  test('a session is over for who signed out, and for a closed account', async () => {
    const official = await new Official(town).register('Piotr Kalina');
    const { cookie } = official;
    await official.call('DELETE', '/api/v1/desk/session');
    official.cookie = cookie;
    assert.equal((await official.call('GET', '/api/v1/desk/officials')).status, 401);
    assert.equal((await official.signIn()).status, 201);
    run('desk', 'revoke', '--config', path.join(town.dir, 'desk.toml'), '--official', official.reference);
    assert.equal((await official.call('GET', '/api/v1/desk/officials')).status, 401);
    assert.equal((await official.signIn()).status, 403);
  });

  test('a signing key needs its secret, is one, and is nobody else’s', async () => {
    const official = new Official(town);
    const { link, reference } = town.invite('Ola Sosna');
    const invitation = link.split('/').pop();
    const { body } = await official.call('POST', '/api/v1/desk/registrations', { invitation });
    await official.call('POST', '/api/v1/desk/registrations/answers', { invitation, ...official.passkey.create(body.challenge) });
    const give = (key, to = reference) => official.call('POST', '/api/v1/desk/session/key', { signing_key: key.public.toString('hex'), signature: key.sign(new Transcript('urna/1 desk key').append('official', to)).toString('hex') });
    assert.equal((await give(official.key, '0'.repeat(32))).status, 422, 'signed for somebody else');
    assert.equal((await give(official.key)).status, 204);
    assert.equal((await give(official.key)).status, 204, 'the same again');
    assert.equal((await give(new SigningKey())).status, 409, 'a second one');
    const other = await new Official(town).register('Adam Olsza');
    const taken = await other.call('POST', '/api/v1/desk/session/key', { signing_key: official.key.public.toString('hex'), signature: official.key.sign(new Transcript('urna/1 desk key').append('official', other.reference)).toString('hex') });
    assert.equal(taken.status, 409);
  });
});

describe('drafts', () => {
  const draftOf = (anna, jan) => ({
    edition: 'pl-test-2026',
    title: 'Budżet na próbę',
    resolution: { number: 'XII/345/2026', date: '2026-05-04' },
    opens: '2026-09-01T08:00:00Z',
    closes: '2026-09-22T20:00:00Z',
    repeated_ballots: 'last',
    lowest_level: 2,
    ties: 'draw',
    privacy_minimum: 2,
    pools: [
      {
        id: 'city',
        title: 'Całe miasto',
        money: '1000.00',
        ballot: { form: 'approval', fewest: 1, most: 2, blank_valid: false },
        counting: { rule: 'greedy' },
        meta: { vote_type: 'approval', country: 'Poland', description: 'x', unit: 'x', instance: '2026', rule: 'greedy' },
        projects: [
          { id: '1', cost: '600.00', name: 'Ławki' },
          { id: '2', cost: '500.00', name: 'Drzewa' },
          { id: '3', cost: '300.00', name: 'Stojaki' },
        ],
      },
    ],
    trustees: { threshold: 1, cards: ['Anna.card'] },
    officials: [anna.reference, jan.reference],
    box: 'next',
  });

  test('grow, are checked in every part, and are not overwritten', async () => {
    const anna = await new Official(town).register('Anna Gór');
    const jan = await new Official(town).register('Jan Brzoza');
    const { body: made } = await anna.call('POST', '/api/v1/desk/editions', {});
    const save = (who, version, draft) => who.call('PUT', `/api/v1/desk/editions/${made.id}/draft`, draft, { headers: { 'urna-version': String(version) } });
    const empty = await anna.edition(made.id);
    assert.ok(empty.problems.some((one) => one.message.includes('"edition"')));
    assert.ok(empty.problems.length > 3, 'one for each part');

    const draft = draftOf(anna, jan);
    const first = await save(anna, 1, draft);
    assert.equal(first.status, 200);
    assert.equal(first.body.version, 2);
    assert.deepEqual(first.body.problems.map((one) => one.place), ['trustees.cards[0]']);
    assert.equal((await save(anna, 1, draft)).body.version, 2, 'an answer that was lost');
    const late = await save(jan, 1, { ...draft, title: 'Inny' });
    assert.equal(late.status, 409);
    assert.equal(late.body.field, 'version');
    assert.equal((await save(jan, 2, { ...draft, title: 'Inny' })).body.version, 3);
    assert.equal((await save(jan, 3, '[1]')).status, 422);
    assert.equal((await save(jan, 3, `{"a":${'['.repeat(20)}${']'.repeat(20)}}`)).status, 422);
    assert.equal((await anna.call('PUT', `/api/v1/desk/editions/${made.id}/draft`, draft)).status, 422, 'no version');
    assert.equal((await save(anna, 1, draft)).status, 409);

    const wrong = structuredClone(draft);
    wrong.pools[0].ballot.most = 7;
    wrong.pools.push({ ...wrong.pools[0], id: 'north', money: 'much' });
    wrong.closes = 'soon';
    const { body } = await save(anna, 3, wrong);
    assert.deepEqual(body.problems.map((one) => one.place).sort(), ['closes', 'pools[1].money', 'trustees.cards[0]']);

    const refused = await anna.put(made.id, 'files', 'Anna.card', 'no card');
    assert.equal(refused.status, 422);
    assert.equal((await anna.put(made.id, 'files', 'x.exe', 'MZ')).status, 422);
    assert.equal((await anna.put(made.id, 'files', 'votes.pb', 'META\nnothing')).status, 422);
    // What is uploaded here is published with the rules: not with anybody's number in it (A15).
    const pesel = peselOf('2581140135');
    const projects = (text) => `META\nkey;value\ndescription;Town\ncountry;Poland\nunit;Town\ninstance;2026\nnum_projects;1\nnum_votes;1\nbudget;1000\nvote_type;approval\nrule;greedy\nPROJECTS\nproject_id;cost;votes;name\n1;100;1;${text}\nVOTES\nvoter_id;vote\n1;1\n`;
    assert.equal((await anna.put(made.id, 'files', 'projects.pb', projects('Bench'))).status, 204);
    for (const text of [`Bench, by Jan Lis, ${pesel}`, `Bench ${pesel.slice(0, 6)} ${pesel.slice(6)}`, 'Bench, tel. 501 234 567', 'Bench, jan.lis@poczta.pl']) {
      const blocked = await anna.put(made.id, 'files', 'projects.pb', projects(text));
      assert.equal(blocked.status, 422, text);
      assert.equal(JSON.stringify(blocked.body).includes(pesel), false);
      assert.match(blocked.body.message, /may not be published/);
    }
    const told = structuredClone(draft);
    told.title = `Budżet, tel. +48 501 234 567`;
    assert.equal((await save(anna, 4, told)).status, 422);
    assert.equal((await anna.call('DELETE', `/api/v1/desk/editions/${made.id}/files/projects.pb`)).status, 204);

    run('trustee', 'keygen', '--no-passphrase', '--name', 'Anna', '--out', path.join(town.dir, 'trustee'));
    const card = readFileSync(path.join(town.dir, 'trustee/Anna.card'));
    assert.equal((await anna.put(made.id, 'files', 'Anna.card', card)).status, 204);
    const whole = await save(anna, 4, draft);
    assert.deepEqual(whole.body.problems, []);
    const { files } = await anna.edition(made.id);
    assert.equal(files[0].trustee, 'Anna');
    assert.match(files[0].fingerprint, /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);

    const copied = await jan.call('POST', '/api/v1/desk/editions', { from: made.id });
    const copy = await jan.edition(copied.body.id);
    assert.equal(copy.title, 'Budżet na próbę');
    assert.equal(copy.files.length, 1);
    assert.equal((await anna.call('DELETE', `/api/v1/desk/editions/${copied.body.id}/files/Anna.card`)).status, 204);
    assert.equal((await anna.edition(copied.body.id)).files.length, 0);
  });

  test('can be previewed and rehearsed before anybody has made a key', async () => {
    const anna = await new Official(town).register('Anna Malina');
    const jan = await new Official(town).register('Jan Wierzba');
    const { body: made } = await anna.call('POST', '/api/v1/desk/editions', {});
    const draft = draftOf(anna, jan);
    delete draft.trustees;
    delete draft.officials;
    delete draft.box;
    const { pools } = draft;
    pools.push({ ...pools[0], id: 'points', ballot: { form: 'points', fewest: 1, most: 3, points_each: [1, 3], points_in_all: [3, 3], blank_valid: true }, meta: { ...pools[0].meta, vote_type: 'cumulative', rule: 'greedy' } });
    pools.push({ ...pools[0], id: 'knapsack', ballot: { ...pools[0].ballot, most: 3, knapsack: '1000.00' } });
    pools.push({ ...pools[0], id: 'ranking', ballot: { form: 'ranking', fewest: 3, most: 3, blank_valid: false }, meta: { ...pools[0].meta, vote_type: 'ordinal' } });
    await anna.call('PUT', `/api/v1/desk/editions/${made.id}/draft`, draft, { headers: { 'urna-version': '1' } });
    const preview = await anna.call('GET', `/api/v1/desk/editions/${made.id}/preview.cbor`);
    assert.equal(preview.status, 200);
    assert.ok(preview.body.includes('Drzewa'));
    assert.ok(!preview.body.includes('site_sha256'));
    // With a ballot box, every pool names the site that it shows.
    await anna.call('PUT', `/api/v1/desk/editions/${made.id}/draft`, { ...draft, box: 'next' }, { headers: { 'urna-version': '2' } });
    const boxed = await anna.call('GET', `/api/v1/desk/editions/${made.id}/preview.cbor`);
    assert.equal(boxed.body.split(`site_sha256x@${siteSha256}`).length, draft.pools.length + 1);
    assert.equal((await anna.call('POST', `/api/v1/desk/editions/${made.id}/rehearsals`, { ballots: '900' })).status, 422);
    assert.equal((await anna.call('POST', `/api/v1/desk/editions/${made.id}/rehearsals`, { ballots: '30' })).status, 202);
    const report = await eventually('the rehearsal', async () => {
      const { rehearsal } = await anna.edition(made.id);
      return !rehearsal.running && rehearsal;
    }, 1200);
    assert.equal(report.failed, null);
    assert.deepEqual(report.pools.map((pool) => [pool.id, pool.votes, pool.valid, pool.invalid, pool.same_votes, pool.same_winners]), ['city', 'points', 'knapsack', 'ranking'].map((id) => [id, 30, 30, 0, true, true]));
    for (const pool of report.pools) assert.ok(pool.winners.length > 0 && Number(pool.cost) <= 1000);
  });

  test('are for those whose role allows it', async () => {
    const anna = await new Official(town).register('Anna Żuraw');
    const dpo = await new Official(town).register('Iwona Inspektor', 'dpo');
    const administrator = await new Official(town).register('Adam Admin', 'administrator');
    const { body: made } = await anna.call('POST', '/api/v1/desk/editions', {});
    const at = `/api/v1/desk/editions/${made.id}`;
    const none = '0'.repeat(32);
    const deciding = [
      ['POST', `${at}/freezing`, undefined],
      ['POST', `${at}/end-of-annulments`, undefined],
    ];
    const preparing = [
      ['POST', '/api/v1/desk/editions', {}],
      ['PUT', `${at}/draft`, {}],
      ['POST', `${at}/rehearsals`, { ballots: '5' }],
    ];
    const headers = { 'urna-version': '1' };
    for (const [method, where, body] of [...deciding, ...preparing]) assert.equal((await dpo.call(method, where, body, { headers })).status, 403, `dpo ${method} ${where}`);
    for (const folder of ['files', 'inbox']) assert.equal((await dpo.put(made.id, folder, folder === 'files' ? 'a.card' : 'a.entry', 'x')).status, 403, folder);
    assert.equal((await dpo.call('DELETE', `${at}/files/a.card`)).status, 403);
    for (const [method, where, body] of deciding) assert.equal((await administrator.call(method, where, body, { headers })).status, 403, `administrator ${method} ${where}`);
    for (const who of [dpo, administrator]) {
      for (const where of ['/api/v1/desk/editions', '/api/v1/desk/officials', '/api/v1/desk/log', at]) assert.equal((await who.call('GET', where)).status, 200, where);
    }
    assert.equal((await anna.call('GET', `/api/v1/desk/editions/${none}`)).status, 404);
    assert.equal((await anna.call('GET', `${at}/record.tar`)).status, 404);
    assert.equal((await anna.call('GET', `${at}/manifest.cbor`)).status, 404);
    for (const where of ['/api/v1/desk/editions', '/api/v1/desk/officials', '/api/v1/desk/log', at, `${at}/preview.cbor`, `${at}/record.tar`]) assert.equal((await new Browser(town).call('GET', where)).status, 401, where);
  });
});

test('the log of actions is whole, and says who and what', async () => {
  const anna = await new Official(town).register('Anna Ostatnia');
  const { body } = await anna.call('GET', '/api/v1/desk/log');
  assert.ok(body.actions.some((one) => one.actor === anna.reference && one.action === 'registered'));
  const verdict = JSON.parse(program('log', 'verify', path.join(town.dir, 'data/desk.db'), '--json').stdout);
  assert.equal(verdict.reason, '');
  assert.equal(verdict.sound, true);
  assert.equal(verdict.entries, verdict.entries | 0);
  const database = readFileSync(path.join(town.dir, 'data/desk.db'));
  assert.ok(!database.includes('Ostatnia'), 'names are sealed');
  assert.ok(!readFileSync(path.join(town.dir, 'logs/desk.json'), 'utf8').includes('Ostatnia'));
});

test('too many who sign in are asked to wait', async () => {
  const strict = await startDesk({ deskSettings: ['limits.sign_ins_per_minute = 5'] });
  try {
    const browser = new Browser(strict);
    const statuses = [];
    for (let k = 0; k < 7; ++k) statuses.push((await browser.call('POST', '/api/v1/desk/sign-ins', {})).status);
    assert.deepEqual(statuses, [201, 201, 201, 201, 201, 429, 429]);
  } finally {
    await strict.stop();
  }
});

