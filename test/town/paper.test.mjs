// SPDX-License-Identifier: EUPL-1.2
// Attack stories (docs/attacks.md) of votes on paper: the dead, and photocopied cards. People are given cards at a
// point, the boxes are opened, two officials type what is in them, and a stranger verifies what comes of it.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { call, eventually, personOf, program, signInBySms, smsTo, startTown } from './town.mjs';

let town;
before(async () => {
  town = await startTown('--paper', '--voters', '40');
});
after(() => town?.stop());

const at = (...names) => path.join(town.dir, ...names);
const run = (...args) => {
  const done = program(...args);
  assert.equal(done.status, 0, `${args.join(' ')}\n${done.stdout}${done.stderr}`);
  return done.stdout;
};
const token = () => readFileSync(town.point_token, 'utf8').trim();
const vouch = (who) => call('POST', `${town.registrar}/api/v1/points/sessions`, personOf(who), { bearer: token() });
const marks = (session, pools) => call('POST', `${town.registrar}/api/v1/sessions/current/paper-marks`, pools ? { pools } : {}, { bearer: session });
const submit = (entry) => call('POST', `${town.box}/api/v1/entries`, Buffer.from(entry, 'base64'), { type: 'application/cbor' });
// These residents vote in their browsers.
function vote(residents) {
  writeFileSync(at('voters.json'), JSON.stringify(residents));
  run('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', at('voters.json'), '--pool', `city=${town.pool}`, '--json', '--quiet');
}
const cards = () => ['--manifest', at('edition/manifest.cbor'), '--cards', at('keys/cards.key')];
const officials = () => [at('edition/keys/official-0.key'), at('edition/keys/official-1.key')];

// The serial numbers of printed cards, as people read them off: by batch, from 0.
function printed() {
  run('paper', 'print', ...cards(), '--out', at('cards'));
  const { batches } = JSON.parse(readFileSync(at('commitments.json'), 'utf8'));
  return { batches, serials: serialsIn(readFileSync(at('keys/cards.key'))) };
}

// The file of cards is CBOR: ["urna cards", points, [[point, pool, [serial, …]], …]].
function serialsIn(bytes) {
  let place = 0;
  const item = () => {
    const first = bytes[place++];
    let count = first & 31;
    if (count >= 24) {
      const width = 1 << (count - 24);
      count = Number(BigInt(`0x${bytes.subarray(place, place + width).toString('hex')}`));
      place += width;
    }
    if (first >> 5 === 4) return Array.from({ length: count }, item);
    place += count;
    const value = bytes.subarray(place - count, place);
    return first >> 5 === 3 ? value.toString('utf8') : value;
  };
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const text = (serial) => [...serial].map((octet) => octet.toString(2).padStart(8, '0')).join('').match(/.{5}/g).map((five) => alphabet[parseInt(five, 2)]).join('').match(/.{4}/g).join('-');
  return item()[2].map((batch) => batch[2].map(text));
}

// Marks on the board, as the official at the point makes them before handing out a card.
async function giveCard(who) {
  const { status, body } = await vouch(who);
  assert.equal(status, 201);
  const marked = await marks(body.session);
  assert.equal(marked.status, 201, JSON.stringify(marked.body));
  assert.deepEqual(marked.body.marks.map(({ pool }) => pool), ['city']);
  const recorded = await submit(marked.body.marks[0].entry);
  assert.equal(recorded.status, 201, JSON.stringify(recorded.body));
  // An answer that was lost: the same bytes again are no second card.
  assert.equal((await submit(marked.body.marks[0].entry)).status, 200);
  return marked.body.marks[0].entry;
}

test('A3: nobody at a point can be given a card for somebody who is dead', async () => {
  const dead = { first_name: 'Julian', last_name: 'Tuwim', pesel: '94091300150' };
  const asked = await vouch(dead);
  assert.ok(asked.status === 404 || asked.status === 422, `${asked.status}`);
  // Somebody who was on the register when the roll was made, and has died since: the register says so at the point.
  const gone = town.residents[39];
  const lines = readFileSync(at('register.csv'), 'utf8').split('\n').filter((line) => !line.includes(gone.pesel));
  writeFileSync(at('register-2.csv'), lines.join('\n'));
  run('registrar', 'import', at('register-2.csv'), '--config', at('registrar.toml'), '--official', 'a.nowak', '--quiet');
  const later = await vouch(gone);
  if (later.status === 201) assert.equal((await marks(later.body.session)).status, 403);
  else assert.equal(later.status, 404);
});

test('cards are handed out at points only, one to a person, and go before the ballots of that person', async () => {
  const [first] = town.residents;
  // Whoever has only the telephone of the person gets no card.
  assert.equal((await marks(await signInBySms(town, first))).status, 403);
  vote([first, ...town.residents.slice(10, 30)]);
  const ballots = async () => (await call('GET', `${town.box}/api/v1/edition`)).body.ballots;
  assert.equal(await ballots(), 21);
  await eventually('the message about the ballot', async () => /Zapisano|zapisan/i.test((await smsTo(town, first.phone)).at(-1)?.text ?? '') || null);
  const told = (await smsTo(town, first.phone)).length;
  const entry = await giveCard(first);
  // The person is told, whoever was at the point.
  const [message] = await eventually('a message about the card', async () => {
    const more = await smsTo(town, first.phone, told);
    return more.length > 0 && more;
  });
  assert.match(message.text, /zapisano głos/);
  // Another mark for the same person is refused by the board, so there is no second card.
  const again = await vouch(first);
  const second = await marks(again.body.session);
  assert.equal(second.status, 201);
  assert.equal((await submit(second.body.marks[0].entry)).status, 409);
  // Nor one that somebody made up.
  const forged = Buffer.from(entry, 'base64');
  forged[forged.length - 1] ^= 1;
  assert.ok([409, 422].includes((await submit(forged.toString('base64'))).status));
});

test('A3, A6: 415 photocopies and votes of the dead come to nothing, and lead to the point; the rest counts', async () => {
  const { batches, serials } = printed();
  assert.ok(statSync(at('cards/batch-00001.pdf')).size > 10_000);
  assert.equal(statSync(at('keys/cards.key')).mode & 0o077, 0);
  const library = batches.findIndex((batch) => batch.point === 'Punkt w bibliotece');
  for (const who of town.residents.slice(1, 5)) await giveCard(who); // with the first one, five people have cards

  const projects = /PROJECTS\n([\s\S]*?)\nVOTES/.exec(readFileSync(town.pool, 'utf8'))[1].split('\n').slice(1).map((line) => line.split(';')[0]);
  const rows = [];
  const drop = (serial, vote, batch = library) => rows.push([batch + 1, rows.length + 1, serial, vote, vote === 'unreadable' ? '' : '3']);
  // Three of the five vote, one spoils the card, one takes it home.
  drop(serials[library][0], projects[0]);
  drop(serials[library][1], projects[1]);
  drop(serials[library][2], projects[0]);
  drop(serials[library][3], 'unreadable');
  // 415 photocopies: of a card that was used, and with invented numbers.
  for (let k = 0; k < 400; ++k) drop(serials[library][1], projects[2]);
  for (let k = 0; k < 14; ++k) drop(`ABCD-EFGH-JKLM-${['NP', 'QR', 'ST', 'UV', 'WX', 'YZ', '23', '45', '67', '89', 'AB', 'CD', 'EF', 'GH'][k]}QR`, projects[2]);
  // A card filled in for a dead person, out of the pile of the other point.
  const office = batches.findIndex((batch) => batch.point === 'Urząd Miasta');
  drop(serials[office][0], projects[2]);
  const file = (name, change = (row) => row) => {
    writeFileSync(at(name), ['batch;card;serial;vote;points', ...rows.map((row) => change([...row]).join(';'))].join('\n') + '\n');
    return at(name);
  };
  const anna = file('anna.csv');
  // The other one types small letters, and reads one card differently.
  const jan = file('jan.csv', (row) => (row[1] === 3 ? [row[0], row[1], row[2], projects[1], row[4]] : [row[0], row[1], String(row[2]).toLowerCase(), row[3], row[4]]));

  const entered = program('paper', 'enter', anna, ...cards(), '--json');
  assert.equal(entered.status, 1);
  const { numbers, refused } = JSON.parse(entered.stdout);
  assert.deepEqual(numbers, { vote: 3, unreadable: 1, 'used-before': 400, 'never-issued': 14, 'of-another-batch': 1 });
  assert.match(refused.find(({ fate }) => fate === 'used-before').why, /Punkt w bibliotece/);
  assert.match(refused.find(({ fate }) => fate === 'of-another-batch').why, /Urząd Miasta/);
  const traced = JSON.parse(run('paper', 'trace', serials[office][0].toLowerCase(), '--cards', at('keys/cards.key'), '--json'));
  assert.equal(traced.point, 'Urząd Miasta');
  assert.equal(program('paper', 'trace', 'ABCD-EFGH-JKLM-NPQR', '--cards', at('keys/cards.key')).status, 4);

  const compared = program('paper', 'compare', anna, jan, ...cards(), '--json');
  assert.equal(compared.status, 1);
  assert.deepEqual(JSON.parse(compared.stdout).differences, [{ batch: library + 1, card: 3, what: 'the votes differ' }]);

  // Closed; the boxes are stated by both, once they agree.
  run('box', 'close', '--config', at('serve.toml'), '--official', ...officials());
  run('registrar', 'issuance', '--config', at('registrar.toml'), '--out', at('issuance.entry'));
  // The running service has to notice first that others have closed.
  await eventually('the issuance on the board', async () => {
    const { status } = await submit(readFileSync(at('issuance.entry')).toString('base64'));
    assert.ok(status === 201 || status === 503, `${status}`);
    return status === 201;
  });
  const state = (first, second) => program('box', 'cards', '--config', at('serve.toml'), '--official', ...officials(), '--cards', at('keys/cards.key'), '--typed', first, second);
  const disagreeing = state(anna, jan);
  assert.equal(disagreeing.status, 7, disagreeing.stderr);
  assert.match(disagreeing.stderr, /card 3 of batch/);
  assert.equal(state(anna, anna).status, 2, 'one file is not two');
  // Whoever adds cards beyond what was handed out is stopped by the board.
  const stuffed = serials[library].slice(4, 8).map((serial, k) => `${library + 1};${1000 + k};${serial};${projects[2]};3`).join('\n');
  for (const name of ['anna', 'jan']) writeFileSync(at(`${name}-stuffed.csv`), readFileSync(anna, 'utf8') + stuffed + '\n');
  const refusedBox = state(at('anna-stuffed.csv'), at('jan-stuffed.csv'));
  assert.equal(refusedBox.status, 7, refusedBox.stdout + refusedBox.stderr);
  assert.match(refusedBox.stderr, /8 cards .* where 5 people were given one/);
  const agreed = file('jan-again.csv', (row) => row.map((cell, k) => (k === 2 ? String(cell).toLowerCase() : cell)));
  const stated = state(anna, agreed);
  assert.equal(stated.status, 0, stated.stderr);

  // Tally, as ever.
  const board = ['--key', at('edition/keys/board.key')];
  const cosigned = () => run('board', 'ask', at('tally'), ...Object.entries(town.witnesses).flatMap(([name, address]) => ['--witness', `${name}=${address}`]));
  run('box', 'export', '--config', at('serve.toml'), at('tally'));
  cosigned();
  run('board', 'counted', at('tally'), ...board);
  // Shares of the threshold are recorded together.
  for (const [step, ...names] of [['mix', 'Anna'], ['mix', 'Celina'], ['decrypt', 'Anna', 'Bartek']]) {
    cosigned();
    for (const name of names) {
      rmSync(at(name, 'record'), { recursive: true, force: true });
      cpSync(at('tally'), at(name, 'record'), { recursive: true });
      run('trustee', step, '--quiet', '--key', at(name, 'trustee.key'), '--record', at(name, 'record'), '--out', at(name, 'out'));
    }
    run('board', 'add', '--quiet', at('tally'), ...board, ...names.map((name) => at(name, 'out')));
  }
  run('board', 'result', '--quiet', at('tally'), ...board);
  cosigned();
  const verdict = JSON.parse(run('verify', '--json', '--quiet', at('tally')));
  const [pool] = verdict.pools;
  // The ballot of the one who took a card does not count, those of twenty others do.
  assert.deepEqual([pool.cast, pool.counted, pool.on_paper, pool.valid], [21, 23, 3, 23]);
  const votes = /VOTES\n[^\n]*\n([\s\S]*)$/.exec(readFileSync(at('tally/result/0.pb'), 'utf8'))[1].trim().split('\n').map((line) => line.split(';')[1]);
  assert.ok(votes.filter((one) => one === projects[0]).length >= 2 && votes.includes(projects[1]), 'what the cards say is among them');
});
