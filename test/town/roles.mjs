// SPDX-License-Identifier: EUPL-1.2
// A city in the middle of a vote, with everything in it that could tell of somebody: ballots with choices that are
// recognised, a card of paper, a complaint that became a case, a hearing, a freeze, opinions, a list check and an
// inspection under mandates, a rehearsal with authors. And how every operation of docs/openapi.yaml is called there.
import { ristretto255 } from '@noble/curves/ed25519';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parse } from 'yaml';
import { startRole } from '../../demo/desk.mjs';
import { openVoting, pseudonyms } from './desk_cases.mjs';
import { Official, run, startDesk } from './desk.mjs';
import { keeperLines, startControllers } from './inspection.mjs';
import { addPerson, Needles } from './planted.mjs';
import { call, eventually, personOf, root, signInBySms, someKey, urna } from './town.mjs';

export const voters = 24;
const registered = 12; // beside them
const staff = 12; // of the voters, at the unit
const projects = 64;
const quoted = JSON.stringify;

// What people wrote, each found wherever it turns up.
const texts = {
  complaint: 'Zgubiłam torebkę z telefonem na dworcu.',
  answer: 'Tego wieczoru byłam u siostry w Krakowie.',
  grounds: 'Osoba v1 twierdzi, że straciła telefon.',
};

// ---- How people vote

const idOf = (number) => `p${100 + number}`;

// Of the k-th voter: some ten projects, by chance, and always the same.
export const choiceOf = (k) => Array.from({ length: projects }, (_, i) => i + 1).filter((number) => createHash('sha256').update(`${k} ${number}`).digest()[0] < 45);

const poolOf = (votes) => ['META', 'key;value', 'description;Całe miasto', 'country;Poland', 'unit;Całe miasto', 'instance;2026', `num_projects;${projects}`, `num_votes;${votes.length}`, 'budget;1000', 'rule;greedy', 'vote_type;approval', `max_length;${projects}`, 'PROJECTS', 'project_id;cost;name', ...Array.from({ length: projects }, (_, i) => `${idOf(i + 1)};${100 + i};Projekt ${i + 1}`), 'VOTES', 'voter_id;vote', ...votes.map((numbers, k) => `${k};${numbers.map(idOf).join(',')}`), ''].join('\n');

// The plaintext of a ballot (docs/protocol.md section 6): one bit for each project, in 29 bytes, as an element.
export function elementOf(data) {
  for (let k = 1; k < 256; ++k) {
    const element = Buffer.concat([Buffer.from([(2 * k) & 255, k >> 7]), data, Buffer.alloc(1)]);
    try {
      ristretto255.Point.fromBytes(element);
      return element;
    } catch {
      // Not an element: the next one.
    }
  }
  throw new Error('no element');
}
export function plaintextOf(numbers) {
  const data = Buffer.alloc(29);
  for (const number of numbers) data[(number - 1) >> 3] |= 0x80 >> ((number - 1) & 7);
  return { data, element: elementOf(data) };
}

export function addChoice(needles, numbers, who) {
  const { data, element } = plaintextOf(numbers);
  needles.add(element, `${who}: the choice as an element`, 2);
  needles.add(data.subarray(0, projects / 8), `${who}: the choice as bits`);
  const first = numbers.slice(0, 4);
  for (const list of [first.map(idOf), first.map((number) => `Projekt ${number}`), first, first.map((number) => number - 1)]) for (const between of [',', ', ', '","', ';']) needles.add(Buffer.from(`${list.join(between)}${between[0]}`), `${who}: the choice as a list`);
}

// ---- The city

// What a request to an address would be, which is not sent there.
async function caught(send) {
  let server;
  const body = new Promise((resolve) => {
    server = http.createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.writeHead(503).end();
      resolve(Buffer.concat(parts));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  send(`http://127.0.0.1:${server.address().port}`);
  const bytes = await body;
  server.close();
  return bytes;
}

export async function startCity() {
  process.env.URNA_INSPECTION_LIMITS_REQUESTS_PER_MINUTE = '1000000';
  const town = await startDesk({ deskSettings: ['limits.sign_ins_per_minute = 100000', 'limits.reads_per_minute = 1000000', 'limits.authors_per_minute = 100000', 'limits.remarks_per_minute = 10000'] });
  const others = [];
  const city = {
    town,
    async stop() {
      await city.both?.stop();
      for (const child of others.reverse()) child.kill('SIGTERM');
      await town.stop();
    },
  };
  try {
    await fill(city, others);
    return city;
  } catch (error) {
    await city.stop();
    throw error;
  }
}

async function fill(city, others) {
  const { town } = city;
  town.urna = urna;
  const at = (...names) => path.join(town.dir, ...names);
  const people = (city.officials = {});
  for (const [name, who, role] of [['anna', 'Anna Nadgórska'], ['jan', 'Jan Podgórski'], ['ola', 'Ola Zagórska'], ['admin', 'Adam Przygórski', 'administrator'], ['dpo', 'Iwona Śródgórska', 'dpo']]) people[name] = await new Official(town).register(who, role);
  const { anna, jan, dpo } = people;

  // ---- The two controllers, the edition, the votes
  mkdirSync(at('data'), { recursive: true });
  city.both = await startControllers(at('controllers'), { edition: 'pl-test-2026', data: [{ set: 'staff-list', file: at('staff.csv'), fields: ['last_name', 'department'] }] });
  const { both } = city;
  writeFileSync(at('cards.json'), JSON.stringify({ batch: 8, points: [{ name: 'Punkt w bibliotece', cards: { city: 8 } }] }));
  run('paper', 'cards', at('cards.json'), '--out', at('cards.key'), '--commitments', at('commitments.json'));
  const choices = Array.from({ length: voters }, (_, k) => choiceOf(k));
  const opened = await openVoting(town, anna, jan, [anna.reference, jan.reference], voters, others, {
    registered,
    pool: poolOf([[1, 2]]),
    cast: poolOf(choices),
    rules: { paper: JSON.parse(readFileSync(at('commitments.json'), 'utf8')) },
    point: 'Punkt w bibliotece',
    purposes: ['case'],
    mandates: (hash) => keeperLines(both.keys, hash),
    settings: ['attempts.failures_per_day = 100', 'attempts.checks_per_day = 100', 'attempts.complaints_per_day = 100', 'codes.failures_max = 20', 'codes.per_session = 20', 'codes.per_day = 100', 'certificates_per_person = 1000', 'limits.attempts_per_person_hour = 100000', 'limits.reads_per_minute = 1000000'],
  });
  const { id, registrar, residents } = (city.opened = opened);
  city.people = residents;
  const edition = `/api/v1/desk/editions/${id}`;
  const keepers = [1, 2].map((k) => `http://${readFileSync(at('logs', `keeper-${k}.ready`), 'utf8').trim()}`);
  const tokenIn = (...names) => readFileSync(at(...names), 'utf8').trim();
  city.tokens = { point: tokenIn('point.token'), keeper: tokenIn('keeper-1.token'), registrar: tokenIn('box.token'), box: tokenIn('keys/desk-to-box.token'), city: tokenIn('controllers/city.token'), unit: tokenIn('controllers/unit.token') };

  // ---- A witness
  const log = /board (\S+)/.exec(run('edition', 'show', at('manifest.cbor')))[1];
  run('edition', 'keygen', '--role', 'witness', '--name', 'w1.example.org', '--no-passphrase', '--out', at('witness.key'));
  writeFileSync(at('witness.toml'), [`key = ${quoted(at('witness.key'))}`, `memory = ${quoted(at('data'))}`, 'limits.checkpoints_per_minute = 1000000', '[http]', 'port = 0', '[[logs]]', `key = ${quoted(log)}`, ''].join('\n'));
  const witness = await startRole(urna, town.dir, 'witness', 'witness', 'serve', '--config', at('witness.toml'));
  others.push(witness.child);
  city.services = { box: town.box, registrar, desk: town.address, 'keeper-1': keepers[0], 'keeper-2': keepers[1], city: both.urls.city, unit: both.urls.unit, witness: witness.address };

  // ---- A card of paper, and sessions that a point opens
  const session = `${registrar}/api/v1/sessions/current`;
  city.vouch = async (who) => {
    const vouched = await call('POST', `${registrar}/api/v1/points/sessions`, personOf(who), { bearer: city.tokens.point });
    assert.equal(vouched.status, 201);
    return vouched.body.session;
  };
  const marked = await call('POST', `${session}/paper-marks`, {}, { bearer: await city.vouch(residents[voters]) });
  assert.equal(marked.status, 201, quoted(marked.body));
  const mark = Buffer.from(marked.body.marks[0].entry, 'base64');
  assert.equal((await call('POST', `${town.box}/api/v1/entries`, mark, { type: 'application/cbor' })).status, 201);

  // ---- A complaint, its case, the hearing, the freeze, an opinion, a proposal
  const cases = (...words) => JSON.parse(run('registrar', 'cases', ...words, '--config', at('registrar.toml'), '--official', 'a.nowak', '--json'));
  city.signIn = (who) => signInBySms(opened, who);
  const bearer = await city.signIn(residents[0]);
  const { number } = (await call('POST', `${session}/complaints`, { reason: 'vote-not-mine', text: texts.complaint }, { bearer })).body;
  assert.equal(cases('open', '--complaint', number, '--reason', 'skarga').voters, 1);
  assert.equal(cases('hear', number).asked, 1);
  assert.equal((await call('POST', `${session}/hearings/${number}/answer`, { answer: 'not-mine', text: texts.answer }, { bearer })).status, 204);
  await eventually('the ballots on the board', async () => (await (await fetch(`${town.box}/api/v1/edition`)).json()).ballots === voters);
  cases('export', number, '--out', at('case.json'));
  const file = readFileSync(at('case.json'));
  const taken = await anna.call('POST', `${edition}/cases`, file);
  assert.equal(taken.status, 201, quoted(taken.body));
  const [voter] = (await anna.call('GET', `${edition}/cases/${number}`)).body.voters;
  const [ballot] = voter.ballots;
  const frozen = await anna.call('POST', `${edition}/cases/${number}/proposals`, { action: 'freeze', ballots: String(ballot.entry), reason: 'stolen-identity', grounds: texts.grounds });
  assert.equal(frozen.status, 201, quoted(frozen.body));
  assert.equal((await anna.sign(id, frozen.body.proposal)).body.confirmed, true);
  await eventually('the freeze', async () => (await anna.edition(id)).proposals.find((one) => one.id === frozen.body.proposal).state === 'done', 400);
  assert.equal((await dpo.call('POST', `${edition}/cases/${number}/opinions`, { advice: 'annul', text: 'Zaprzecza.' })).status, 204);
  const closing = await jan.propose(id, 'close');
  assert.equal(closing.status, 201, quoted(closing.body));

  // ---- A rehearsal with authors, of the edition after this one
  const next = (await anna.call('POST', '/api/v1/desk/editions', { from: id })).body.id;
  const link = (await anna.call('POST', `/api/v1/desk/editions/${next}/authors/links`, { days: '3' })).body;
  city.tokens.author = link.link.split('#')[1];
  const remark = { pool: 'city', project: 'p101', text: 'Koszt jest z zeszłego roku.' };
  const left = await call('POST', `${town.address}/api/v1/rehearsal/remarks`, remark, { bearer: city.tokens.author });
  assert.equal(left.status, 204, quoted(left.body));
  const { remarks } = (await anna.call('GET', `/api/v1/desk/editions/${next}/authors`)).body;

  // ---- A list check of the unit, and rows of it that an inspector asks for
  writeFileSync(at('staff.csv'), ['date,first_name,last_name,pesel,department', ...residents.slice(0, staff).map((one) => `2026-01-10,${one.first_name},${one.last_name},${one.pesel},benefits`), ''].join('\n'));
  const mandate = both.mandate('check', { list_check: { list_least: 10, list_most: 20, evaluations: residents.length + staff, number: 1 } });
  const check = ['--mandate', mandate, '--config', both.at('listcheck.toml')];
  run('listcheck', 'blind', at('staff.csv'), '--mandate', mandate, '--secret', at('unit.secret'), '--out', at('request.cbor'));
  run('registrar', 'list-check', '--request', at('request.cbor'), '--mandate', mandate, '--check', both.at('listcheck.toml'), '--config', at('registrar.toml'), '--official', 'a.nowak', '--out', at('table.cbor'));
  run('listcheck', 'ask', '--table', at('table.cbor'), ...check, '--record', town.box, '--question', at('question.cbor'), '--out', at('classes.cbor'));
  run('listcheck', 'answer', '--classes', at('classes.cbor'), '--secret', at('unit.secret'), '--record', town.box, '--out', at('answer.cbor'));
  run('listcheck', 'result', '--table', at('table.cbor'), '--classes', at('classes.cbor'), '--question', at('question.cbor'), '--answer', at('answer.cbor'), ...check, '--out', at('result.json'));
  const reading = both.mandate('reading', { scope: [{ set: 'staff-list', fields: ['last_name'], from: '2026-01-01', to: '2026-12-31' }], inspectors: [{ name: 'Inspektor na niby', key: both.keys.officer }], rows_most: 1000 });
  // Each is signed anew: an answer is given once.
  city.askForRows = () =>
    caught((url) => {
      spawn(urna, ['mandate', 'read', '--mandate', reading, '--key', both.at('officer.key'), '--url', url, '--set', 'staff-list', '--fields', 'last_name', '--from', '2026-01-01', '--to', '2026-12-31', '--out', at('rows.json')], { stdio: 'ignore' });
    });

  // ---- What calls are made with: of this edition, this case, these people
  const size = (await call('GET', `${town.box}/api/v1/edition`)).body.entries;
  const bundle = Buffer.from(await (await fetch(`${town.box}/tile/entries/000.p/${size}`)).arrayBuffer());
  const entries = [];
  for (let place = 0; place < bundle.length; place += 2 + bundle.readUInt16BE(place)) entries.push(bundle.subarray(place + 2, place + 2 + bundle.readUInt16BE(place)));
  const checkpoint = await (await fetch(`${town.box}/checkpoint`)).text();
  const rows = await city.askForRows();
  const given = await fetch(`${both.urls.unit}/api/v1/inspection/read`, { method: 'POST', headers: { 'content-type': 'application/cbor' }, body: rows });
  assert.equal(given.status, 200, await given.text());
  city.known = { id, next, number, file, mark, link: link.id, remark: remarks[0].id, proposal: closing.body.proposal, ballot, size, checkpoint, pseudonym: voter.pseudonym, person: residents[4], rows, credential: anna.passkey.get('x'), cast: entries.find((entry) => entry.includes('ballot') && entry.length > 300) };

  // ---- What must not be found
  city.needles = new Needles();
  for (const [k, one] of residents.entries()) addPerson(city.needles, one, `resident ${k}`);
  for (const [k, numbers] of choices.entries()) addChoice(city.needles, numbers, `voter ${k}`);
  for (const [what, text] of Object.entries(texts)) city.needles.add(Buffer.from(text), `somebody's words: ${what}`);
  for (const name of ['Nadgórska', 'Podgórski', 'Zagórska', 'Przygórski', 'Śródgórska']) city.needles.add(Buffer.from(name), "an official's name");
  for (const one of await pseudonyms(town.box)) city.needles.add(Buffer.from(one, 'hex'), `the pseudonym of ${one === voter.pseudonym ? 'who complained' : 'another voter'}`);
}

// ---- Every operation

export const description = parse(readFileSync(path.join(root, 'docs/openapi.yaml'), 'utf8'));
const servers = { 'ballot box': ['box'], record: ['box'], registrar: ['registrar'], desk: ['desk'], keeper: ['keeper-1', 'keeper-2'], inspection: ['city', 'unit'], witness: ['witness'], operation: ['box', 'registrar', 'desk', 'keeper-1', 'keeper-2', 'city', 'unit', 'witness'] };
const resolved = (value) => (value?.$ref ? value.$ref.slice(2).split('/').reduce((at, name) => at[name], description) : value);

// Each operation at each service that has it.
export function targetsOf(paths = description.paths) {
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.entries(item).flatMap(([method, operation]) => {
      assert.ok(['get', 'post', 'put', 'delete'].includes(method), `${method} ${template}: a method that this test cannot call`);
      return operation.tags.flatMap((tag) => {
        assert.ok(servers[tag], `${method} ${template}: which service is "${tag}"?`);
        return servers[tag].map((service) => ({ service, template, method: method.toUpperCase(), operation, id: operation.operationId }));
      });
    }),
  );
}

// What stands in the braces of a path, in queries and headers, where it is the same for all operations; and where not.
const parameters = (known) => ({ edition: known.id, number: known.number, proposal: known.proposal, link: known.link, remark: known.remark, name: 'city.pb', pseudonym: known.pseudonym, entry: known.ballot.hash, 'Urna-Version': '1', 'Urna-Notice': Buffer.alloc(64, 7).toString('base64'), path: 'checkpoints/1' });
const special = (known) => ({
  getNextBallot: [{ pool: '0' }],
  getPoolResults: [{ pool: 'city' }],
  getOpenData: ['city.pb', 'city.csv', 'city.json', 'city.geojson', 'results.json', 'catalogue.jsonld', 'protocol.pdf'].map((file) => ({ file })),
  getTile: ['entries/000', '0/000'].map((tile) => ({ rest: `${tile}.p/${known.size}` })),
  getRecordFile: ['mix/0-1.cbor', 'decryption/0-1.cbor', 'plaintexts/0.bin', 'result/0.pb', `checkpoints/${known.size}`].map((name) => ({ folder: name.split('/')[0], file: name.split('/')[1] })),
  handIn: [{ name: 'x.entry' }],
  ...Object.fromEntries(['tellAuthors', 'makeAuthorLink', 'revokeAuthorLink', 'handleRemark'].map((one) => [one, [{ edition: known.next }]])),
});

// What is sent with the operations that have a body.
const bodies = (known) => ({
  castBallot: known.cast,
  submitEntry: known.mark,
  identify: personOf(known.person),
  requestCode: { channel: 'sms' },
  checkCode: { code: '000000' },
  checkLetterCode: { code: 'AAAA BBBB CCCC' },
  actForWard: personOf(known.person),
  certify: { voter_key: someKey },
  markForPaper: {},
  complain: { reason: 'other', text: 'Pytam.' },
  answerHearing: { answer: 'not-mine' },
  beginSignIn: { browser: '0'.repeat(64) },
  finishSignIn: { browser: '0'.repeat(64), state: 'x', code: 'x' },
  vouch: personOf(known.person),
  takeNotices: Buffer.concat([Buffer.from('a20150', 'hex'), Buffer.alloc(16, 7), Buffer.from('0280', 'hex')]),
  beginRegistration: { invitation: 'x' },
  finishRegistration: { invitation: 'x', client_data: 'x', authenticator_data: 'x', algorithm: '-7' },
  beginDeskSignIn: {},
  finishDeskSignIn: known.credential,
  giveSigningKey: { signing_key: someKey, signature: '0'.repeat(128) },
  createEdition: { from: known.id },
  saveDraft: {},
  putDraftFile: Buffer.from('META\n'),
  makeAuthorLink: { days: '1' },
  handleRemark: { answer: 'Poprawimy.' },
  rehearse: { ballots: '1' },
  handIn: Buffer.from('x'),
  takeCase: known.file,
  dismissCase: { reason: 'no-proof', grounds: 'Nic.' },
  adviseInCase: { advice: 'neither', text: 'Zaczekać.' },
  proposeInCase: { action: 'annul', ballots: String(known.ballot.entry), reason: 'stolen-identity', grounds: 'Zaprzecza.' },
  appealInCase: { ballots: String(known.ballot.entry), filed: '2026-01-01T00:00:00Z', text: 'Nie.' },
  closeCase: {},
  propose: { action: 'annul', ballots: String(known.ballot.entry), reason: 'stolen-identity', grounds: 'Nic.' },
  leaveRemark: { pool: 'city', project: 'p101', text: 'Zły koszt.' },
  signProposal: { signature: '0'.repeat(128), ...known.credential },
  handOver: Buffer.from('x'),
  evaluate: Buffer.from('x'),
  readUnderMandate: known.rows,
  appendInspectionEntry: Buffer.from('x'),
  addCheckpoint: `old 0\n\n${known.checkpoint}`,
});

// The requests by which an operation is tried. Fails for one whose parameters or body nobody has told here.
export function requestsOf(target, known) {
  const { id, operation, template, method } = target;
  return (special(known)[id] ?? [{}]).map((own) => {
    const given = { ...parameters(known), ...own };
    const headers = {};
    const query = new URLSearchParams();
    let where = template;
    for (const { name, in: place } of (operation.parameters ?? []).map(resolved)) {
      assert.ok(given[name] !== undefined, `${id}: what is its parameter ${name}?`);
      if (place === 'path') where = where.replace(`{${name}}`, given[name]);
      if (place === 'query') query.set(name, given[name]);
      if (place === 'header') headers[name] = given[name];
    }
    assert.ok(!where.includes('{'), `${id}: a part of ${where} is not described`);
    const content = resolved(operation.requestBody)?.content;
    const body = content && bodies(known)[id];
    assert.ok(!content || body !== undefined, `${id}: what is sent with it?`);
    if (content) headers['content-type'] = Object.keys(content)[0];
    return { where: `${where}${query.size > 0 ? `?${query}` : ''}`, method, headers, body: body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) };
  });
}
