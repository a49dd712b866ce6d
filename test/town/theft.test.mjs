// SPDX-License-Identifier: EUPL-1.2
// A clerk with thirty employees' data and fifteen SIM cards (A1), played whole over HTTP: with the factor that
// cities used then, and with a strong one.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startTown } from './town.mjs';

async function play(factor) {
  const town = await startTown({ entitled: 900 }, '--scenario', 'czestochowa-2020', '--factor', factor, '--exit');
  try {
    const at = (...names) => path.join(town.dir, ...names);
    const reports = ['transparency', 'dossier'].map((name) => readdirSync(at(name)));
    return { ...JSON.parse(readFileSync(at('story.json'), 'utf8')), reports, transparency: JSON.parse(readFileSync(at('transparency', 'transparency.json'), 'utf8')) };
  } finally {
    await town.stop();
  }
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
  assert.equal(story.unaffected, true);
});
