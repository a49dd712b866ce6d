// SPDX-License-Identifier: EUPL-1.2
// What the rule of a pool allows (sections 6.1 and 6.4), said while the voter chooses.

import type { BallotRule, Choice as Slot, Content } from '../../verify/src/ballot-content.js';
import type { Pool } from '../../verify/src/manifest-form.js';
import type { Choice, ChoiceCheck, RuleProblem } from './types.js';

/** Names every way in which the choice goes against the rule; none: it can be cast. */
export function checkChoice(rule: BallotRule, pool: Pool, choice: Choice): ChoiceCheck {
  const problems: RuleProblem[] = [];
  const slots = slotsOf(choice);
  const chosen = slots.length;

  if (choice.kind !== rule.form) problems.push({ code: 'form' });
  const seen = new Set<number>();
  for (const { project } of slots) {
    if (!isNumberOf(pool, project) || seen.has(project)) problems.push({ code: 'project', project });
    seen.add(project);
  }

  const points = choice.kind === 'points' ? slots.reduce((sum, slot) => sum + slot.points, 0) : 0;
  // BigInt: 65,535 projects of 10^14 grosze are beyond the whole numbers that a double can hold.
  const cost = slots.reduce((sum, { project }) => sum + BigInt(pool.projects[project - 1]?.cost ?? 0), 0n);

  if (chosen === 0) {
    if (!rule.blank) problems.push({ code: 'blank' });
  } else {
    if (chosen < rule.least) problems.push({ code: 'too-few-projects', least: rule.least, chosen });
    if (chosen > rule.most) problems.push({ code: 'too-many-projects', most: rule.most, chosen });
    if (rule.points !== null && choice.kind === 'points') {
      const { leastEach, mostEach, leastInAll, mostInAll } = rule.points;
      for (const slot of slots) {
        const { project } = slot;
        if (!(slot.points >= leastEach) || !Number.isInteger(slot.points)) {
          problems.push({ code: 'too-few-points-to-project', project, least: leastEach });
        } else if (slot.points > mostEach) {
          problems.push({ code: 'too-many-points-to-project', project, most: mostEach });
        }
      }
      if (!(points >= leastInAll))
        problems.push({ code: 'too-few-points', least: leastInAll, given: points });
      if (points > mostInAll) problems.push({ code: 'too-many-points', most: mostInAll, given: points });
    }
    if (rule.knapsack !== null && cost > BigInt(rule.knapsack)) {
      problems.push({ code: 'too-expensive', most: rule.knapsack, cost: Number(cost) });
    }
  }

  return {
    complete: problems.length === 0,
    blank: chosen === 0,
    problems,
    remaining: {
      projects: rule.most - chosen,
      points: rule.points === null ? null : rule.points.mostInAll - points,
      money: rule.knapsack === null ? null : Number(BigInt(rule.knapsack) - cost),
    },
  };
}

/** The content of a choice in the order in which it is packed. */
export function contentOf(choice: Choice): Content {
  const slots = slotsOf(choice);
  return choice.kind === 'ranking' ? slots : [...slots].sort((a, b) => a.project - b.project);
}

/** The inverse: what a content of the form given says. */
export function choiceOf(form: BallotRule['form'], content: Content): Choice {
  return form === 'points'
    ? { kind: form, points: new Map(content.map(({ project, points }) => [project, points])) }
    : { kind: form, projects: content.map(({ project }) => project) };
}

/** A project without points is not chosen. */
function slotsOf(choice: Choice): Slot[] {
  return choice.kind === 'points'
    ? [...choice.points]
        .filter(([, points]) => points !== 0)
        .map(([project, points]) => ({ project, points }))
    : choice.projects.map((project) => ({ project, points: 1 }));
}

function isNumberOf(pool: Pool, project: number): boolean {
  return Number.isInteger(project) && project >= 1 && project <= pool.projects.length;
}
