// SPDX-License-Identifier: EUPL-1.2
// Nobody's role shows them how anyone voted, or who anyone is: every operation of docs/openapi.yaml is called in every
// role, with the numbers and references of others' sessions, hearings, cases and editions, and every answer is searched
// for what is known of the people and of their votes. Who is not entitled is refused. An operation that the test was
// not told how to call fails it, so that the list stays whole. Pages are static files that show what these answers
// hold: no service makes a page of data, which is looked at too. A trustee has no credential over HTTP, an official
// hands over record.tar: so trustees are nobody here.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { search } from './planted.mjs';
import { choiceOf, description, elementOf, plaintextOf, requestsOf, startCity, targetsOf, voters } from './roles.mjs';
import { call, personOf, root } from './town.mjs';

// ---- Who there is, from the one who may least on: what those after them do spoils nothing. `holds` is what a role may.

const look = ['look', 'desk'];
const roles = [
  { name: 'nobody' },
  { name: 'somebody who knows all about a resident', holds: ['session'], renew: async (city) => (await call('POST', `${city.services.registrar}/api/v1/sessions`, personOf(city.people[3]))).body.session },
  { name: 'a resident who complained', holds: ['session', 'level 2'], renew: (city) => city.signIn(city.people[0]) },
  { name: 'another resident', holds: ['session', 'level 2'], renew: (city) => city.signIn(city.people[1]) },
  { name: 'an official at a point', holds: ['operator'], bearer: 'point' },
  { name: 'the same with a person before them', holds: ['session', 'level 2'], renew: (city) => city.vouch(city.people[2]) },
  { name: 'an author with a link', holds: ['author'], bearer: 'author' },
  { name: 'the unit', holds: ['token of unit'], bearer: 'unit' },
  { name: 'an inspector under a mandate', asksForRows: true },
  { name: "the city's inspections", holds: ['token of city'], bearer: 'city' },
  { name: 'the registrar at a keeper', holds: ['token of keeper-1'], bearer: 'keeper' },
  { name: 'the ballot box at the registrar', holds: ['token of registrar'], bearer: 'registrar' },
  { name: 'the data protection officer', holds: [...look, 'advise'], official: 'dpo' },
  { name: 'an administrator', holds: [...look, 'prepare'], official: 'admin' },
  { name: 'an official whom the edition does not name', holds: [...look, 'prepare', 'decide'], official: 'ola' },
  { name: 'a second official', holds: [...look, 'prepare', 'decide'], official: 'jan' },
  { name: 'an official', holds: [...look, 'prepare', 'decide'], official: 'anna' },
  { name: 'the desk at the ballot box', holds: ['token of box'], bearer: 'box' },
];
const desk = roles.filter((role) => role.official).map((role) => role.name);

// What an operation of the desk takes beyond looking (desk/roles.h), and one of the registrar beyond a session.
const rights = {
  prepare: ['createEdition', 'saveDraft', 'putDraftFile', 'removeDraftFile', 'makeAuthorLink', 'revokeAuthorLink', 'handleRemark', 'rehearse', 'handIn', 'takeCase'],
  decide: ['freeze', 'endAnnulments', 'dismissCase', 'proposeInCase', 'appealInCase', 'closeCase', 'propose', 'withdrawProposal', 'signProposal'],
  advise: ['adviseInCase'],
  desk: ['giveSigningKey'],
  'level 2': ['actForWard', 'certify', 'markForPaper', 'getUses', 'complain', 'getHearings', 'answerHearing'],
};
const rightOf = (id) => Object.keys(rights).find((right) => rights[right].includes(id));

// These end a session, and are tried last. Where there is none, nothing is ended: so everybody may.
const ending = ['certify', 'markForPaper', 'endSession', 'signOut'];
const forEverybody = ['endSession'];

// Not there before the closing.
const results = ['getResults', 'getPoolResults', 'getOpenData', 'getRecordFile'];

// ---- Who may see what all the same, and why. Each of these must have been seen, or nothing was looked at.

const lawful = [
  { at: 'listOfficials', who: desk, sees: /^an official's name/, why: 'those who decide know who decides with them' },
  { at: 'getDesk', who: desk, sees: /^an official's name/, why: 'whoever is signed in sees as whom' },
  { at: 'readUnderMandate', who: ['an inspector under a mandate'], sees: /^resident \d+: last name$/, why: "both controllers' mandate names this field of the unit's staff" },
  { at: 'getDeskEdition', who: desk, sees: /^somebody's words: grounds/, why: 'who decides, or advises, reads why' },
  { at: 'tellCase', who: desk, sees: /^somebody's words: grounds/, why: 'the same' },
  { at: 'downloadCase', who: desk, sees: /^somebody's words: grounds/, why: 'the same, for evidence' },
  { at: 'getTile', who: roles.map((role) => role.name), sees: /^the pseudonym/, why: 'the board: whose it is only the keepers could tell' },
  { at: 'getRoll', who: roles.map((role) => role.name), sees: /^the pseudonym/, why: 'the roll is public' },
  { at: 'downloadRecord', who: desk, sees: /^the pseudonym/, why: 'the same record, on its way to trustees' },
  { at: 'tellCase', who: desk, sees: /^the pseudonym/, why: 'a case is about pseudonyms, and of nobody' },
  { at: 'downloadCase', who: desk, sees: /^the pseudonym/, why: 'the same' },
  { at: 'certify', who: ['a resident who complained'], sees: /^the pseudonym of who complained/, why: "the session's own certificate" },
  { at: 'certify', who: ['another resident', 'the same with a person before them'], sees: /^the pseudonym of another voter/, why: 'the same' },
  { at: 'markForPaper', who: ['the same with a person before them'], sees: /^the pseudonym of another voter/, why: 'the mark of who stands there, for the board' },
];

// ---- Asking

let city;
before(async () => {
  city = await startCity();
});
after(() => city?.stop());

const known = new Map(); // hash of an answer → what was found in it

// What there is of people and votes in an answer: its bytes, its headers, and JSON without escapes.
function findingsIn(headers, bytes) {
  const text = bytes.toString('utf8');
  const head = [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  // The same but for its time, cookie and number is searched once.
  const same = [head.replace(/^(date|set-cookie|x-request-id): .*$/gm, ''), bytes.length > 4096 ? bytes : text.replace(/"request":"[0-9a-f]{16}"/, '')];
  const key = createHash('sha256').update(same[0]).update(same[1]).digest('hex');
  if (!known.has(key)) {
    let plain = '';
    if (text.includes('\\')) {
      try {
        plain = JSON.stringify(JSON.parse(text));
      } catch {
        // No JSON.
      }
    }
    known.set(key, search(city.needles, { values: [bytes, Buffer.from(head)], rest: plain }));
  }
  return known.get(key);
}

// Signs in, or begins a session anew, where the role has one.
async function enter(role) {
  role.session = role.bearer ? city.tokens[role.bearer] : await role.renew?.(city);
  const official = city.officials[role.official];
  if (official && !(await official.call('GET', '/api/v1/desk')).body.official) assert.equal((await official.signIn()).status, 201);
}

function headersOf(role) {
  const official = city.officials[role.official];
  // Nothing but a browser keeps others from saying that they are the desk's pages.
  return { origin: city.town.origin, 'urna-desk': '1', accept: 'text/html', ...(official ? { cookie: official.cookie } : {}), ...(role.session ? { authorization: `Bearer ${role.session}` } : {}) };
}

async function answersTo(target, role) {
  const given = { ...city.known, rows: role.asksForRows ? await city.askForRows() : city.known.rows };
  const answers = [];
  for (const { where, method, headers, body } of requestsOf(target, given)) {
    const response = await fetch(`${city.services[target.service]}${where}`, { method, body, redirect: 'manual', headers: { ...headers, ...headersOf(role) } });
    const bytes = Buffer.from(await response.arrayBuffer());
    answers.push({ where: `${role.name}: ${method} ${target.service} ${where}`, status: response.status, headers: response.headers, bytes });
  }
  return answers;
}

function isEntitled(role, { service, operation, id }) {
  const schemes = (operation.security ?? []).flatMap(Object.keys);
  if (schemes.length === 0 || forEverybody.includes(id)) return true;
  return schemes.some((scheme) => role.holds?.includes(rightOf(id) ?? { service: `token of ${service}`, desk: 'look' }[scheme] ?? scheme));
}

const targetOf = (id) => targetsOf().find((target) => target.id === id);
const roleOf = (name) => roles.find((role) => role.name === name);

// ---- The search itself

test('whoever or whatever vote is put into an answer is found', async () => {
  const official = roleOf('an official');
  await enter(official);
  const [{ headers, bytes }] = await answersTo(targetOf('tellCase'), official);
  const text = bytes.toString('utf8');
  const honest = findingsIn(headers, bytes);
  assert.ok(honest.every((what) => /^(the pseudonym|somebody's words: grounds)/.test(what)), honest.join());
  const [one] = city.people.filter((person) => person.email);
  const numbers = choiceOf(7);
  const { data, element } = plaintextOf(numbers);
  const put = (what) => text.replace('"summary"', `"x":"${what}","summary"`);
  const escaped = one.last_name.replace(/[^]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  for (const [what, doctored] of Object.entries({
    'a last name': put(one.last_name),
    'a last name in escapes': put(escaped),
    'a PESEL in base 64': put(Buffer.from(`a${one.pesel}b`).toString('base64')),
    'a telephone in hexadecimal': put(Buffer.from(one.phone).toString('hex')),
    'an e-mail address': put(one.email),
    'an address': put(`${one.street} ${one.house}`),
    'the words of a complaint': put('Zgubiłam torebkę z telefonem na dworcu.'),
    'projects as a list': put(numbers.map((number) => `p${100 + number}`).join(',')),
    'projects as JSON': text.replace('"summary"', `"x":${JSON.stringify(numbers)},"summary"`),
    'a plaintext in hexadecimal': put(element.toString('hex')),
    'the bits of a ballot in base 64': put(data.toString('base64')),
  })) {
    assert.notEqual(doctored, text, what);
    assert.ok(findingsIn(headers, Buffer.from(doctored)).length > honest.length, `${what} is not found`);
  }
  assert.ok(findingsIn(new Headers({ 'x-name': one.pesel }), Buffer.alloc(0)).length > 0, 'a header');
});

test('plaintexts are those of the protocol', () => {
  const { cases } = JSON.parse(readFileSync(path.join(root, 'test/vectors/content.json'), 'utf8'));
  const masks = cases.filter((one) => one.packed && one.projects && one.width === 1 && one.rule['1'] === 'approval' && one.costs.length <= one.rule['3'] * one.costs.length.toString(2).length);
  assert.ok(masks.length > 0);
  const { cases: embedded } = JSON.parse(readFileSync(path.join(root, 'test/vectors/embedding.json'), 'utf8'));
  for (const { projects, packed } of masks) assert.equal(plaintextOf(projects).data.toString('hex'), packed);
  const elements = embedded.filter((one) => one.data);
  assert.ok(elements.length > 2);
  for (const { data, element } of elements) assert.equal(elementOf(Buffer.from(data, 'hex')).toString('hex'), element);
  assert.equal(new Set(Array.from({ length: voters }, (_, k) => choiceOf(k).slice(0, 4).join())).size, voters, 'each vote is told from the others');
});

test('an operation that nobody has told how to call is no longer left out', () => {
  const made = (method, template, operation) => () => targetsOf({ [template]: { [method]: { tags: ['desk'], operationId: 'tellNames', ...operation } } }).map((target) => requestsOf(target, city.known));
  assert.throws(made('get', '/api/v1/names/{person}', { parameters: [{ name: 'person', in: 'path' }] }), /what is its parameter person/);
  assert.throws(made('get', '/api/v1/names/{person}', {}), /not described/);
  assert.throws(made('post', '/api/v1/names', { requestBody: { content: { 'application/json': {} } } }), /what is sent with it/);
  assert.throws(made('patch', '/api/v1/names', {}), /a method/);
  assert.throws(made('get', '/api/v1/names', { tags: ['archive'] }), /which service/);
  // And what the services route is described.
  const templates = Object.keys(description.paths);
  const patterns = templates.map((template) => new RegExp(`^${template.replace(/\{[a-z_]+\}/g, '[^/]+')}$`));
  const sources = [...readdirSync(path.join(root, 'api')).map((name) => `api/${name}`), 'server/server_keys.cc'].filter((name) => name.endsWith('.cc'));
  const routed = sources.flatMap((name) => [...readFileSync(path.join(root, name), 'utf8').matchAll(/"(\/[a-z{][^"\s#]*?)\/?#?"/g)].map((found) => [name, found[1].replace('...}', '}')]));
  assert.ok(routed.length > 80, `${routed.length}`);
  for (const [name, part] of routed) assert.ok(templates.some((template) => `${template}/`.includes(`${part}/`)) || patterns.some((pattern) => pattern.test(part)), `${part} of ${name} is not described`);
});

// ---- Everything, by everybody

test('every operation in every role: who is not entitled is refused, and nobody sees anybody or any vote', { timeout: 300_000 }, async (t) => {
  const targets = targetsOf();
  const reads = targets.filter((target) => target.method === 'GET');
  const changes = targets.filter((target) => target.method !== 'GET' && !ending.includes(target.id));
  const again = reads.filter((target) => target.operation.security?.length > 0);
  const wrong = [];
  const used = new Set();
  let asked = 0;
  for (const role of roles) {
    await enter(role);
    // What changes leave behind is read again.
    for (const target of [...reads, ...changes, ...again, ...ending.map(targetOf)]) {
      if (ending.includes(target.id)) await enter(role);
      const entitled = isEntitled(role, target);
      for (const { where, status, headers, bytes } of await answersTo(target, role)) {
        ++asked;
        const said = bytes.subarray(0, 300).toString('utf8');
        if (status >= 500 || status === 429) wrong.push(`${where}: ${status} ${said}`);
        if (!entitled && ![401, 403, 404].includes(status)) wrong.push(`${where}: not refused but ${status} ${said}`);
        if (entitled && status === 401) wrong.push(`${where}: entitled, and not let in ${said}`);
        if (results.includes(target.id) && status !== 404) wrong.push(`${where}: a result before the closing`);
        if (/html/.test(headers.get('content-type') ?? '')) wrong.push(`${where}: a page made by a service`);
        for (const what of findingsIn(headers, bytes)) {
          const rule = lawful.find((one) => one.at === target.id && one.who.includes(role.name) && one.sees.test(what));
          if (rule) used.add(`${role.name} at ${rule.at}: ${rule.sees}`);
          else wrong.push(`${where}: ${what}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
  for (const one of lawful) for (const who of one.who) assert.ok(used.has(`${who} at ${one.at}: ${one.sees}`), `${who} at ${one.at}: ${one.sees} was not seen`);
  t.diagnostic(`${new Set(targets.map((target) => target.id)).size} operations at ${Object.keys(city.services).length} services, ${roles.length} roles, ${asked} requests`);
});

test('people see what is theirs', async () => {
  const asOne = async (name, id) => {
    await enter(roleOf(name));
    const [{ status, bytes }] = await answersTo(targetOf(id), roleOf(name));
    assert.equal(status, 200);
    return JSON.parse(bytes);
  };
  assert.deepEqual((await asOne('a resident who complained', 'getHearings')).hearings.map((one) => one.number), [city.known.number]);
  assert.deepEqual((await asOne('another resident', 'getHearings')).hearings, []);
  assert.ok((await asOne('a resident who complained', 'getUses')).uses.some((use) => use.kind === 'vote'));
  assert.equal((await asOne('an official', 'listCases')).cases.length, 1);
});
