// SPDX-License-Identifier: EUPL-1.2

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ballotWidth, type BallotRule } from '../../verify/src/ballot-content.js';
import { embedBallot, readPlaintext } from '../../verify/src/embedding.js';
import { contentOf } from '../src/choice.js';
import { checkChoice, type Choice, type Pool, type RuleProblem } from '../src/index.js';
import { numbers } from './hostile.js';

function poolOf(rule: BallotRule, costs: readonly number[]): Pool {
  return {
    ballotRule: rule,
    width: ballotWidth(rule, costs.length),
    projects: costs.map((cost, i) => ({ id: `P${i}`, cost, name: '' })),
  } as unknown as Pool;
}

const approval = (least: number, most: number, more: Partial<BallotRule> = {}): BallotRule => ({
  form: 'approval',
  least,
  most,
  points: null,
  knapsack: null,
  blank: true,
  ...more,
});
const points = (most: number, limits: [number, number, number, number], blank = true): BallotRule => ({
  ...approval(1, most, { blank }),
  form: 'points',
  points: { leastEach: limits[0], mostEach: limits[1], leastInAll: limits[2], mostInAll: limits[3] },
});

const codes = (rule: BallotRule, costs: readonly number[], choice: Choice): RuleProblem['code'][] =>
  checkChoice(rule, poolOf(rule, costs), choice).problems.map(({ code }) => code);
const named = (...projects: number[]): Choice => ({ kind: 'approval', projects });
const given = (...pairs: [number, number][]): Choice => ({ kind: 'points', points: new Map(pairs) });

test('says what is wrong with a choice, and what is left', () => {
  const costs = [100, 200, 300, 400];
  const rule = approval(2, 3, { knapsack: 600, blank: false });
  const pool = poolOf(rule, costs);
  assert.deepEqual(codes(rule, costs, named()), ['blank']);
  assert.deepEqual(codes(rule, costs, named(1)), ['too-few-projects']);
  assert.deepEqual(codes(rule, costs, named(1, 2)), []);
  assert.deepEqual(codes(rule, costs, named(1, 2, 3)), []);
  assert.deepEqual(codes(rule, costs, named(1, 2, 4)), ['too-expensive']);
  assert.deepEqual(codes(rule, costs, named(1, 2, 3, 4)), ['too-many-projects', 'too-expensive']);
  assert.deepEqual(codes(rule, costs, named(1, 1)), ['project']);
  assert.deepEqual(codes(rule, costs, named(1, 5)), ['project']);
  assert.deepEqual(codes(rule, costs, named(0, 1)), ['project']);
  assert.deepEqual(codes(rule, costs, named(1, 1.5)), ['project']);
  assert.deepEqual(codes(rule, costs, { kind: 'ranking', projects: [1, 2] }), ['form']);
  assert.deepEqual(checkChoice(rule, pool, named(1, 4)).remaining, { projects: 1, points: null, money: 100 });
  assert.deepEqual(checkChoice(rule, pool, named(3, 4)).remaining, {
    projects: 1,
    points: null,
    money: -100,
  });
});

test('points: unused ones may stay, a project without points is not chosen', () => {
  const rule = points(3, [1, 3, 3, 3]);
  const costs = [1, 1, 1, 1];
  for (const right of [
    given([2, 3]),
    given([1, 1], [4, 2]),
    given([1, 1], [2, 1], [3, 1]),
    given(),
    given([1, 0]),
  ]) {
    assert.deepEqual(codes(rule, costs, right), []);
  }
  assert.deepEqual(codes(rule, costs, given([1, 2])), ['too-few-points']);
  assert.deepEqual(codes(rule, costs, given([1, 4])), ['too-many-points-to-project', 'too-many-points']);
  assert.deepEqual(codes(rule, costs, given([1, -1], [2, 3])), [
    'too-few-points-to-project',
    'too-few-points',
  ]);
  assert.deepEqual(codes(rule, costs, given([1, 1.5], [2, 1.5])), [
    'too-few-points-to-project',
    'too-few-points-to-project',
  ]);
  assert.deepEqual(codes(rule, costs, given([1, NaN])), ['too-few-points-to-project', 'too-few-points']);
  const check = checkChoice(rule, poolOf(rule, costs), given([1, 2]));
  assert.deepEqual(check.remaining, { projects: 2, points: 1, money: null });
  assert.deepEqual(codes(points(10, [1, 10, 0, 10]), costs, given([1, 4])), []);
});

test('allows exactly what reads back as a valid ballot', () => {
  const next = numbers(11);
  let allowed = 0;
  for (let n = 0; n < 1200; n++) {
    const projects = 1 + next(9);
    const costs = Array.from({ length: projects }, () => 100 * (1 + next(9)));
    const form = (['approval', 'ranking', 'points'] as const)[next(3)]!;
    const least = 1 + next(projects);
    const mostEach = 1 + next(6);
    const leastEach = 1 + next(mostEach);
    const mostInAll = next(12);
    const rule: BallotRule = {
      form,
      least,
      most: least + next(projects - least + 1),
      points: form === 'points' ? { leastEach, mostEach, leastInAll: next(mostInAll + 1), mostInAll } : null,
      knapsack: next(2) === 0 ? null : 100 * next(30),
      blank: next(2) === 0,
    };
    const chosen = Array.from({ length: next(projects + 1) }, () => 1 + next(projects)).filter(
      (project, i, all) => all.indexOf(project) === i,
    );
    const choice: Choice =
      form === 'points'
        ? { kind: form, points: new Map(chosen.map((project) => [project, 1 + next(mostEach)])) }
        : { kind: form, projects: chosen };
    const check = checkChoice(rule, poolOf(rule, costs), choice);
    // What the layout can express is read as the verifier reads it; what it cannot has too many projects.
    if (chosen.length > rule.most) {
      assert.ok(!check.complete);
      continue;
    }
    const read = readPlaintext(rule, costs, embedBallot(rule, projects, contentOf(choice)));
    assert.equal(check.complete, 'content' in read, JSON.stringify({ rule, chosen }));
    if ('content' in read) {
      allowed++;
      assert.deepEqual(read.content, contentOf(choice));
    }
  }
  assert.ok(allowed > 120, String(allowed));
});
