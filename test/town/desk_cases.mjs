// SPDX-License-Identifier: EUPL-1.2
// What tests of cases at the desk share: an edition led to the open vote with ballots on the board,
// and case files as the registrar signs them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startRole } from '../../demo/desk.mjs';
import { Transcript } from './authenticator.mjs';
import { run, startRegistrar } from './desk.mjs';
import { eventually } from './town.mjs';

const quoted = (value) => JSON.stringify(value);
export const trustees = ['Anna', 'Bartek', 'Celina'];

export const reached = (official, id, step) =>
  eventually(`the step ${step}`, async () => {
    const edition = await official.edition(id);
    return edition.record?.step === step && !edition.work.running && edition;
  }, 1200);

// The record to a trustee, the answer to the desk.
export async function trusteeStep(town, official, id, name, step) {
  const folder = path.join(town.dir, name);
  for (const old of ['record', 'out']) rmSync(path.join(folder, old), { recursive: true, force: true });
  const answer = await fetch(`${town.address}/api/v1/desk/editions/${id}/record.tar`, { headers: { cookie: official.cookie } });
  assert.equal(answer.status, 200);
  writeFileSync(path.join(folder, 'record.tar'), Buffer.from(await answer.arrayBuffer()));
  assert.equal(spawnSync('tar', ['-xf', path.join(folder, 'record.tar'), '-C', folder]).status, 0);
  run('trustee', step, '--quiet', '--key', path.join(folder, 'trustee.key'), '--record', path.join(folder, 'record'), '--out', path.join(folder, 'out'));
  // Files beside entries first, so that no entry is met alone.
  const names = readdirSync(path.join(folder, 'out')).sort((a, b) => Number(a.endsWith('.entry')) - Number(b.endsWith('.entry')));
  for (const file of names) assert.equal((await official.put(id, 'inbox', file, readFileSync(path.join(folder, 'out', file)))).status, 202, file);
}

// Both rounds of mixing, then the shares, up to the counted result. The edition is at mixing.
export async function tally(town, official, id) {
  for (const [k, name] of ['Anna', 'Celina'].entries()) {
    await trusteeStep(town, official, id, name, 'mix');
    if (k === 0) await eventually('the first round', async () => (await official.edition(id)).record?.pools[0].mixed.length === 1, 1200);
  }
  await reached(official, id, 'decryption');
  for (const name of ['Bartek', 'Anna']) await trusteeStep(town, official, id, name, 'decrypt');
  return reached(official, id, 'announcement');
}

export async function twoSign(one, other, id, action, more = {}) {
  const proposed = await one.propose(id, action, more);
  assert.equal(proposed.status, 201, JSON.stringify(proposed.body));
  const { proposal } = proposed.body;
  assert.equal((await one.sign(id, proposal)).body.confirmed, false);
  assert.equal((await other.sign(id, proposal)).body.confirmed, true);
  return proposal;
}

const threeProjects = (voters) => `${['META', 'key;value', 'description;Całe miasto', 'country;Poland', 'unit;Całe miasto', 'instance;2026', 'num_projects;3', `num_votes;${voters}`, 'budget;1000.50', 'rule;greedy', 'vote_type;approval', 'max_length;3', 'PROJECTS', 'project_id;cost;name', '1;600.50;Ławki nad rzeką', '2;500;Drzewa', '3;300;Stojaki', 'VOTES', 'voter_id;vote', ...Array.from({ length: voters }, (_, k) => `${k};${k % 2 === 0 ? '1,3' : '1'}`)].join('\n')}\n`;

// From the draft to the open vote, with a ballot of each of the voters: projects 1 and 3 of every
// second one, of the others project 1. `more`: how many are `registered` beside those who vote, what is
// added to a voter (`played`), another `pool` and what is `cast` in it, more `rules` of the draft, and what
// startRegistrar takes.
export async function openVoting(town, one, other, officials, voters, others, { registered = 0, played = (resident) => resident, pool = threeProjects(voters), cast = pool, rules = {}, ...more } = {}) {
  const at = (...names) => path.join(town.dir, ...names);
  const { id } = (await one.call('POST', '/api/v1/desk/editions', {})).body;
  for (const name of trustees) {
    run('trustee', 'keygen', '--no-passphrase', '--name', name, '--out', at(name));
    assert.equal((await one.put(id, 'files', `${name}.card`, readFileSync(at(name, `${name}.card`)))).status, 204);
  }
  writeFileSync(at('city.pb'), pool);
  assert.equal((await one.put(id, 'files', 'city.pb', readFileSync(at('city.pb')))).status, 204);
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
    officials,
    box: 'next',
    ...rules,
  };
  const saved = await one.call('PUT', `/api/v1/desk/editions/${id}/draft`, draft, { headers: { 'urna-version': '1' } });
  assert.deepEqual(saved.body.problems, []);
  const frozen = await one.call('POST', `/api/v1/desk/editions/${id}/freezing`, undefined, { headers: { 'urna-version': '2' } });
  assert.equal(frozen.status, 201, JSON.stringify(frozen.body));
  await reached(one, id, 'commitments');
  const manifest = await fetch(`${town.address}/api/v1/desk/editions/${id}/manifest.cbor`, { headers: { cookie: one.cookie } });
  writeFileSync(at('manifest.cbor'), Buffer.from(await manifest.arrayBuffer()));
  for (const [step, next] of [['deal', 'dealings'], ['deal', 'acceptances'], ['accept', 'roll']]) {
    for (const name of trustees) await trusteeStep(town, one, id, name, step);
    await reached(one, id, next);
  }
  const inbox = await startRegistrar(town.dir, voters + registered, others, more);
  run('registrar', 'import', at('register.csv'), '--config', at('registrar.toml'), '--official', 'demo', '--quiet');
  run('registrar', 'roll', '--config', at('registrar.toml'), '--official', 'demo', '--out', at('roll.cbor'), '--entry', at('roll.entry'), '--json');
  for (const name of ['roll.cbor', 'roll.entry']) assert.equal((await one.put(id, 'inbox', name, readFileSync(at(name)))).status, 202);
  await reached(one, id, 'opening');
  await twoSign(one, other, id, 'open');
  const registrar = await startRole(town.urna, town.dir, 'registrar', 'registrar', 'serve', '--config', at('registrar.toml'));
  others.push(registrar.child);
  writeFileSync(at('box.toml'), `registrar.url = ${quoted(registrar.address)}\nregistrar.token_file = ${quoted(at('box.token'))}\n${readFileSync(at('box.toml'), 'utf8')}`);
  await town.startBox();
  await eventually('the open box', async () => (await one.edition(id)).work.box?.accepting, 400);
  mkdirSync(at('votes'), { recursive: true });
  writeFileSync(at('votes/city.pb'), cast);
  const residents = JSON.parse(readFileSync(at('residents.json'), 'utf8'));
  const simulate = (name, people, pool, ...words) => {
    writeFileSync(at(`${name}-people.json`), JSON.stringify(people));
    return JSON.parse(run('simulate', 'vote', '--registrar', registrar.address, '--box', town.box, '--sms-inbox', inbox, '--residents', at(`${name}-people.json`), '--pool', `city=${pool}`, '--json', '--quiet', ...words));
  };
  simulate('ordinary', residents.slice(0, voters).map(played), at('votes/city.pb'));
  return { id, hash: frozen.body.edition, registrar: registrar.address, sms_control: inbox, residents, simulate };
}

// Under which pseudonyms there are ballots on the board, ascending.
export async function pseudonyms(box) {
  const { entries } = await (await fetch(`${box}/api/v1/edition`)).json();
  const bundle = await fetch(`${box}/tile/entries/000.p/${entries}`);
  assert.equal(bundle.status, 200);
  const hex = Buffer.from(await bundle.arrayBuffer()).toString('hex');
  const ballots = hex.matchAll(/a9006662616c6c6f74015820[0-9a-f]{64}02[0-9a-f]{2}03a7015820([0-9a-f]{64})/g);
  return [...new Set([...ballots].map((found) => found[1]))].sort();
}

// ---- Case files

const signedMembers = ['format', 'number', 'edition', 'version', 'opened', 'made', 'origin', 'summary', 'signals', 'timeline', 'graph', 'voters', 'hearing', 'expected_by_turnout'];
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// Numbers that are not whole must have at most six digits.
export function signCase(file, key) {
  const hashed = { ...file, signals: file.signals.map((one) => ({ ...one, expected: String(one.expected), probability: String(one.probability) })) };
  const transcript = new Transcript('urna/1 case');
  const digests = {};
  for (const name of signedMembers.filter((member) => member in file)) {
    digests[name] = sha256(JSON.stringify(hashed[name]));
    transcript.append(name, digests[name]);
  }
  return JSON.stringify({ ...file, digests, signature: key.sign(transcript).toString('hex') });
}

const hour = 3600;
const hourOf = (seconds) => Math.floor(seconds / hour) * hour;

// A case of these pseudonyms: two telephones, one network, twenty minutes. `answers` by place.
export function caseFile(edition, list, { number = 'ABCDE-FGHJK', version = 1, answers = [], asked = 0, until = 0, ...more } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const minute = Math.floor(now / 900) * 15;
  const opened = now - 2 * hour;
  const said = (k) => answers[k] ?? 'none';
  return {
    format: 'urna/1 case',
    number,
    edition,
    version,
    opened,
    made: now,
    origin: 'signals',
    summary: {
      pl: `${list.length} zaświadczeń wydano przez 2 telefony w jednej sieci w ciągu pół godziny.`,
      en: `${list.length} certificates were given over 2 telephones in one network within half an hour.`,
    },
    signals: [
      { kind: 'shared-contact', observed: list.length, of: 8, expected: 0.2, probability: 0.0001, compared: 12, first_minute: minute - 60, last_minute: minute - 30, pl: `${list.length} z 8 zaświadczeń przyszło przez dwa telefony; zwykle byłoby to 0,2.`, en: `${list.length} of 8 certificates came over two telephones; usually 0.2 would.` },
      { kind: 'burst', observed: 3, of: 8, expected: 0.4, probability: 0.0004, compared: 40, first_minute: minute - 60, last_minute: minute - 45, pl: 'W jednym kwadransie wydano 3 z 8 zaświadczeń; zwykle byłoby to 0,4.', en: 'In one quarter of an hour 3 of 8 certificates were given; usually 0.4 would be.' },
    ],
    timeline: [
      { minute: minute - 75, certified: 1, refused: 0 },
      { minute: minute - 60, certified: 3, refused: 2 },
      { minute: minute - 45, certified: Math.max(0, list.length - 4), refused: 1 },
      { minute: minute - 15, certified: 0, refused: 1 },
    ],
    graph: {
      nodes: [...list.map((_, k) => ({ id: `v${k + 1}`, kind: 'voter' })), { id: 'c1', kind: 'contact' }, { id: 'c2', kind: 'contact' }, { id: 'n1', kind: 'network' }],
      edges: list.flatMap((_, k) => [[`v${k + 1}`, k % 2 === 0 ? 'c1' : 'c2'], [`v${k + 1}`, 'n1']]),
    },
    voters: list.map((pseudonym, k) => ({
      pseudonym,
      node: `v${k + 1}`,
      told: asked === 0 ? 0 : hourOf(asked),
      answer: said(k),
      answered: ['mine', 'not-mine'].includes(said(k)) ? hourOf(now) : 0,
      reclaimed: false,
    })),
    hearing: { asked, answer_until: until },
    ...more,
  };
}
