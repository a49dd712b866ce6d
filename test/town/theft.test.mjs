// SPDX-License-Identifier: EUPL-1.2
// A clerk with thirty employees' data and fifteen SIM cards (A1), played whole over HTTP: with the factor that
// cities used then, and with a strong one.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startTown } from './town.mjs';

async function play(factor) {
  const town = await startTown({ entitled: 900 }, '--scenario', 'czestochowa-2020', '--factor', factor, '--exit');
  try {
    const at = (...names) => path.join(town.dir, ...names);
    const reports = ['transparency', 'dossier'].map((name) => readdirSync(at(name)));
    // What the employer has and what the city has: its list is in the one, and nowhere in the other.
    const list = readFileSync(at('unit', 'staff.csv'), 'utf8').trim().split('\n').slice(1).map((row) => row.split(',')[0]);
    const inCity = ['list-check.json', 'question.cbor', 'classes.cbor', 'case.json', 'transparency/transparency.json'].filter((name) => existsSync(at(name))).map((name) => readFileSync(at(name), 'latin1'));
    for (const pesel of list) assert.ok(!inCity.some((text) => text.includes(pesel)));
    assert.ok(inCity.length >= 4);
    assert.deepEqual(['unit/unit.secret', 'list-check-table.cbor'].filter((name) => existsSync(at(name))), []);
    return { ...JSON.parse(readFileSync(at('story.json'), 'utf8')), reports, transparency: JSON.parse(readFileSync(at('transparency', 'transparency.json'), 'utf8')) };
  } finally {
    await town.stop();
  }
}

// Both controllers' logs have each step of the check, and nothing that was refused.
function checkedOnce({ list_check: check, on_roll, residents }) {
  assert.equal(check.list, 60);
  assert.equal(check.roll, on_roll);
  assert.ok(on_roll >= 2 * residents);
  for (const who of ['city', 'unit']) assert.deepEqual(check.logged[who], ['evaluate', 'ask', 'count'], who);
}

test('with a code to any telephone: told at once, seen before the closing, replaced, without effect', async () => {
  const story = await play('then');
  assert.equal(story.stolen_ballots, 30);
  assert.equal(story.notified, 30);
  assert.ok(story.seconds_to_last_notice <= 60, `${story.seconds_to_last_notice} s`);
  const [cluster, ...others] = story.clusters;
  assert.deepEqual(others, []);
  assert.equal(cluster.events, 30);
  const few = cluster.signals.find((one) => one.kind === 'few-contacts');
  assert.equal(few.observed, 30);
  assert.equal(few.of, 15);
  assert.equal(story.evidence, 'sound');
  // The employer's list check counts exactly those whose data were played, and calls it no chance.
  checkedOnce(story);
  assert.equal(story.list_check.hidden, 'nothing');
  assert.equal(story.list_check.voted_for, story.stolen_ballots);
  assert.equal(story.list_check.expected, Math.round((60 * story.residents * 10) / story.on_roll) / 10);
  assert.ok(story.list_check.p_value > 0 && story.list_check.p_value < 0.05, `${story.list_check.p_value}`);
  assert.match(story.list_check.sentence.en, /30 people of the list/);
  // The case stands before anybody typed anything, and long before the closing.
  assert.match(story.case.number, /^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
  assert.equal(story.case.voters, 30);
  assert.equal(story.asked, 30);
  assert.equal(story.complaints, 20);
  assert.equal(story.reclaimed, 20);
  assert.equal(story.frozen, 10);
  assert.equal(story.annulled, 10);
  assert.equal(story.effect.contested, 30);
  assert.ok(story.effect.annulled_could_have_decided.length <= story.effect.could_have_decided.length);
  assert.equal(story.unaffected, true);
  // What is told of it are the numbers of this run.
  const figures = Object.fromEntries(story.transparency.figures.map(({ id, value }) => [id, value]));
  assert.equal(figures['record.annulled'], 10);
  assert.equal(figures.complaints, 20);
  assert.equal(figures['registrar.sent.question.sms'], 30);
  assert.equal(figures.clusters, 1);
  for (const [k, name] of ['transparency', 'dossier'].entries()) {
    for (const end of ['pl.html', 'en.html', 'pl.pdf', 'en.pdf']) assert.ok(story.reports[k].includes(`${name}-${end}`), `${name}-${end}`);
  }
});

test('with a strong factor: not one vote', async () => {
  const story = await play('strong');
  assert.equal(story.stolen_ballots, 0);
  // Of fewer than ten the check says that it is fewer than ten; that it is nobody, the run counted itself.
  checkedOnce(story);
  assert.equal(story.list_check.hidden, 'few-voted-for');
  assert.equal(story.list_check.voted_for, null);
  assert.match(story.list_check.sentence.en, /fewer than 10 people of the list/);
  assert.equal(story.notified, 0);
  assert.equal(story.effect.contested, 0);
  const figures = Object.fromEntries(story.transparency.figures.map(({ id, value }) => [id, value]));
  assert.equal(figures['record.ballots'], story.residents - 30);
  assert.equal(figures['record.annulled'], 0);
  for (const [k, name] of ['transparency', 'dossier'].entries()) assert.ok(story.reports[k].includes(`${name}-pl.pdf`), name);
  assert.equal(story.unaffected, true);
});
