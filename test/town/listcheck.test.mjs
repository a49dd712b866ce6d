// SPDX-License-Identifier: EUPL-1.2
// A welfare centre whose people's data were stolen learns how many were voted for: thirty of sixty,
// and the city learns nobody on its list. Played with real services; everything that lies in the
// city or goes over the wire is searched for the list.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { keeperLines, ran, startControllers } from './inspection.mjs';
import { program, startTown, urna } from './town.mjs';

const stolenCount = 30;
const unitCount = 60;
const ordinaryCount = 70;

// As many votes as people, those of the town's file over and over.
function votesFor(pool, count) {
  const [above, below] = readFileSync(pool, 'utf8').replaceAll('\r\n', '\n').split('VOTES\n');
  const [head, ...lines] = below.trim().split('\n');
  const rows = Array.from({ length: count }, (_, i) => {
    const cells = lines[i % lines.length].split(';');
    cells[head.split(';').indexOf('voter_id')] = String(i + 1);
    return cells.join(';');
  });
  return `${above.replace(/^num_votes;.*$/m, `num_votes;${count}`)}VOTES\n${head}\n${rows.join('\n')}\n`;
}

// Passes everything on and keeps what went by.
async function tap(target) {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    seen.push(body);
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, { method: request.method, headers, ...(body.length > 0 ? { body } : {}) }).catch(() => undefined);
    if (answer === undefined) {
      response.writeHead(502);
      response.end();
      return;
    }
    const back = Buffer.from(await answer.arrayBuffer());
    seen.push(back);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(back);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, seen, close: () => server.close() };
}

// The program beside this one, which must answer as the tap meanwhile.
async function beside(...words) {
  const child = spawn(urna, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const done = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (done[name] += text));
  done.status = await new Promise((resolve) => child.once('close', resolve));
  return done;
}

function filesUnder(folder, skip = []) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const name = path.join(folder, one.name);
    if (skip.includes(name)) return [];
    if (one.isDirectory()) return filesUnder(name, skip);
    return one.isFile() && statSync(name).size > 0 ? [name] : [];
  });
}

test('thirty of sixty, and nobody by name', async () => {
  const town = await startTown({ entitled: 2400 });
  const at = (...names) => path.join(town.dir, ...names);
  let both;
  const taps = [];
  try {
    // ---- Votes: ordinary residents and the stolen thirty of the unit's sixty.
    const unit = town.residents.slice(0, unitCount);
    const stolen = unit.slice(0, stolenCount);
    const voters = [...stolen, ...town.residents.slice(unitCount, unitCount + ordinaryCount)];
    writeFileSync(at('voters.json'), JSON.stringify(voters.map((one) => ({ ...one, given_phone: '', at_point: false }))));
    writeFileSync(at('votes.pb'), votesFor(town.pool, voters.length));
    const voted = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--point-token', town.point_token, '--residents', at('voters.json'), '--pool', `city=${at('votes.pb')}`, '--json', '--quiet');
    assert.equal(JSON.parse(voted.stdout).failed, 0, voted.stderr);

    // ---- Two controllers. Keepers are told whose mandates count.
    const unitFolder = at('unit');
    mkdirSync(unitFolder);
    both = await startControllers(at('controllers'));
    for (const k of [1, 2]) {
      const file = at(`keeper-${k}.toml`);
      const text = readFileSync(file, 'utf8');
      const hash = /token_hash = "([0-9a-f]{64})"/.exec(text)[1];
      writeFileSync(file, [text, ...keeperLines(both.keys, hash), ''].join('\n'));
      await town.restart(`keeper-${k}`);
      taps.push(await tap(town.keepers[k - 1]));
    }
    writeFileSync(at('registrar-tapped.toml'), town.keepers.reduce((text, url, k) => text.replaceAll(url, taps[k].url), readFileSync(at('registrar.toml'), 'utf8')));
    taps.push(await tap(both.urls.city), await tap(both.urls.unit));
    const check = both.at('listcheck.toml');
    writeFileSync(check, readFileSync(check, 'utf8').replaceAll(both.urls.city, taps[2].url).replaceAll(both.urls.unit, taps[3].url));

    const roll = town.residents.length;
    const listCheck = (number) => ({ list_check: { list_least: 50, list_most: 70, evaluations: roll + unitCount, number } });
    const mandate = both.mandate('mandate', listCheck(1));

    // ---- The unit, on its own computer.
    const list = path.join(unitFolder, 'staff.csv');
    const rows = (people) => ['department,pesel,first_name,last_name', ...people.map((one) => `"Dział, A",${one.pesel},${one.first_name},${one.last_name}`)].join('\n');
    writeFileSync(list, rows([...unit, unit[0], unit[5]])); // two people twice
    const request = path.join(unitFolder, 'request.cbor');
    const secret = path.join(unitFolder, 'unit.secret');
    const blinded = JSON.parse(ran('listcheck', 'blind', list, '--mandate', mandate, '--secret', secret, '--out', request, '--json'));
    assert.deepEqual(blinded, { people: unitCount, bad: 0 });

    // ---- The register office: refused outside a mandate, with zero rows, and both logs have it.
    const table = at('table.cbor');
    const office = (under, out = table, given = request) =>
      beside('registrar', 'list-check', '--request', given, ...(under ? ['--mandate', under] : []), '--check', check, '--config', at('registrar-tapped.toml'), '--official', 'a.nowak', '--out', out, '--json');
    const refusals = [
      ['refused-missing', undefined],
      ['refused-ended', both.mandate('ended', { ...listCheck(1), begins: '2026-01-01', ends: '2026-01-31' })],
      ['refused-not-signed', both.mandate('half', listCheck(1), ['unit'])],
      ['refused-out-of-scope', both.mandate('other', listCheck(2))],
      ['refused-out-of-scope', both.mandate('reading', { scope: [{ set: 'roll', fields: ['pseudonym'], from: '2026-01-01', to: '2026-12-31' }], inspectors: [{ name: 'I', key: both.keys.officer }], rows_most: 5 })],
    ];
    for (const [expected, under] of refusals) {
      const done = await office(under);
      assert.equal(done.status, 7, done.stderr);
      assert.ok(!existsSync(table));
      for (const who of ['city', 'unit']) assert.equal((await both.log(who)).at(-1), expected, who);
    }
    // One of the logs is down: nothing happens.
    await both.kill('unit');
    assert.equal((await office(mandate)).status, 4);
    assert.ok(!existsSync(table));
    await both.start('unit');

    const tabled = await office(mandate);
    assert.equal(tabled.status, 0, tabled.stderr);
    assert.deepEqual(JSON.parse(tabled.stdout), { roll, list: unitCount });
    // The quota of the mandate is used up at the keepers: a second table there is not.
    const again = await office(mandate, at('table-2.cbor'));
    assert.equal(again.status, 7, again.stderr);
    assert.ok(!existsSync(at('table-2.cbor')));

    // ---- The checker asks, the unit answers, the checker counts.
    const classes = at('classes.cbor');
    const question = at('question.cbor');
    const ask = (under, out = classes) => beside('listcheck', 'ask', '--table', table, ...(under ? ['--mandate', under] : []), '--config', check, '--record', town.box, '--question', question, '--out', out, '--json');
    assert.equal((await ask(undefined)).status, 7);
    assert.ok(!existsSync(classes));
    const asked = await ask(mandate);
    assert.equal(asked.status, 0, asked.stderr);
    assert.equal(JSON.parse(asked.stdout).voted, voters.length);
    const answer = path.join(unitFolder, 'answer.cbor');
    const answering = () => program('listcheck', 'answer', '--classes', classes, '--secret', secret, '--record', town.box, '--out', answer);
    assert.equal(answering().status, 0);
    assert.ok(!existsSync(secret));
    assert.equal(answering().status, 4); // there is no second answer
    copyFileSync(table, at('table-kept.cbor')); // for the search below
    const resultFile = path.join(unitFolder, 'result.json');
    const counting = (under) => beside('listcheck', 'result', '--table', table, '--classes', classes, '--question', question, '--answer', answer, ...(under ? ['--mandate', under] : []), '--config', check, '--out', resultFile, '--json');
    assert.equal((await counting(refusals[1][1])).status, 7);
    const counted = await counting(mandate);
    assert.equal(counted.status, 0, counted.stderr);
    assert.ok(!existsSync(table));
    ran('listcheck', 'leaflet', '--mandate', mandate, '--site', `${town.box}/vote/`, '--out', path.join(unitFolder, 'leaflet.txt'));

    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    assert.equal(result.hidden, 'nothing');
    assert.equal(result.voted_for, stolenCount);
    assert.equal(result.on_roll, unitCount);
    assert.equal(result.voted, voters.length);
    assert.equal(result.roll, roll);
    assert.equal(result.expected, Math.round((unitCount * voters.length * 10) / roll) / 10);
    assert.ok(result.p_value < 0.001 && result.p_value > 0, `${result.p_value}`);
    assert.equal(result.parts.reduce((sum, part) => sum + part.voted_for, 0), stolenCount);
    for (const part of result.parts) assert.ok(part.voted_for >= 10 && part.level_least === 2);
    assert.match(result.sentence.pl, /w imieniu 30 osób/);
    assert.match(result.sentence.en, /30 people of the list/);
    for (const who of ['city', 'unit']) {
      const actions = (await both.log(who)).filter((one) => !one.startsWith('refused'));
      assert.deepEqual(actions.slice(-3), ['evaluate', 'ask', 'count'], who);
    }

    // ---- The unit has nothing that is about one person: no pseudonym, no element of the roll as
    // the office knows it, and the result is the same whoever the thirty are.
    const kept = readFileSync(at('table-kept.cbor'));
    const publicRoll = readFileSync(at('roll.cbor'));
    const ofUnit = filesUnder(unitFolder).filter((name) => name !== list).map((name) => readFileSync(name));
    const packed = [];
    for (let i = 0; i + 32 <= publicRoll.length; ++i) {
      const one = publicRoll.subarray(i, i + 32);
      if (kept.includes(one)) packed.push(one);
    }
    assert.ok(packed.length >= roll, `${packed.length} pseudonyms`);
    for (const pseudonym of packed.slice(0, 200)) for (const file of ofUnit) assert.ok(!file.includes(pseudonym));
    const text = Buffer.concat(ofUnit).toString('latin1');
    for (const one of unit) {
      assert.ok(!text.includes(one.pesel));
      assert.ok(!text.includes(one.last_name));
    }

    // ---- The city: databases, logs, files and everything that went by.
    const own = [list, at('register.csv'), at('residents.json'), at('voters.json'), at('accounts.json')];
    const places = [...filesUnder(town.dir, own).map((name) => [name, readFileSync(name)]), ...taps.flatMap((one, k) => one.seen.map((bytes, i) => [`traffic ${k} ${i}`, bytes]))];
    assert.ok(taps.every((one) => one.seen.length > 0));
    assert.ok(own.slice(0, 3).every((name) => readFileSync(name).includes(unit[1].pesel))); // where they may be they are found
    for (const one of unit) {
      const needles = [one.pesel, Buffer.from(one.pesel).toString('hex'), Buffer.from(one.pesel, 'utf16le'), `${one.first_name} ${one.last_name}`, `${one.last_name} ${one.first_name}`];
      for (const [name, bytes] of places) {
        for (const needle of needles) assert.ok(!bytes.includes(needle), `${name} has somebody of the list`);
      }
    }

    // ---- A second list, of one person less, is not to be had under a mandate that says it is the first.
    const second = both.mandate('second', { ...listCheck(1), purpose: 'jeszcze raz' });
    writeFileSync(list, rows(unit.slice(1)));
    const requestAgain = path.join(unitFolder, 'request-2.cbor');
    ran('listcheck', 'blind', list, '--mandate', second, '--secret', path.join(unitFolder, 'second.secret'), '--out', requestAgain);
    const differing = await office(second, at('table-3.cbor'), requestAgain);
    assert.equal(differing.status, 7, differing.stderr);
    assert.ok(!existsSync(at('table-3.cbor')));
    // A list of too few people is not even blinded.
    writeFileSync(list, rows(unit.slice(0, 5)));
    assert.equal(program('listcheck', 'blind', list, '--mandate', mandate, '--secret', path.join(unitFolder, 'few.secret'), '--out', path.join(unitFolder, 'few.cbor')).status, 7);
  } finally {
    for (const one of taps) one.close();
    await both?.stop();
    await town.stop();
  }
});
