// SPDX-License-Identifier: EUPL-1.2
// The published list of ballots and the result of a pool (section 13).

import type { Content } from './ballot-content.js';
import { array, fields, keys, uint, type Cbor, type CborMap } from './cbor.js';
import { demand, utf8 } from './bytes.js';
import type { Pool } from './manifest.js';

/** The bytes of `result/POOL.pb`; `ballots` are the valid ones with their positions in the list, from 1. */
export function pabulibFile(
  pool: Pool,
  ballots: readonly { readonly position: number; readonly content: Content }[],
): Uint8Array {
  const withPoints = pool.ballotRule.form === 'points';
  const lines = ['META', 'key;value'];
  for (const [key, value] of pool.meta) lines.push(`${quoted(key)};${quoted(value)}`);
  lines.push(`num_projects;${pool.projects.length}`, `num_votes;${ballots.length}`);
  lines.push(`budget;${currency(pool.money)}`, 'PROJECTS', 'project_id;cost;name');
  for (const project of pool.projects) {
    lines.push(`${project.id};${currency(project.cost)};${quoted(project.name)}`);
  }
  lines.push('VOTES', withPoints ? 'voter_id;vote;points' : 'voter_id;vote');
  for (const { position, content } of ballots) {
    const vote = content.map(({ project }) => pool.projects[project - 1]!.id).join(',');
    const points = content.map((choice) => choice.points).join(',');
    lines.push(withPoints ? `${position};${vote};${points}` : `${position};${vote}`);
  }
  return utf8(lines.map((line) => `${line}\n`).join(''));
}

/** Grosze as currency units: without decimals if whole, else with two. */
export function currency(grosze: number): string {
  const rest = grosze % 100;
  const whole = (grosze - rest) / 100;
  return rest === 0 ? `${whole}` : `${whole}.${String(rest).padStart(2, '0')}`;
}

function quoted(value: string): string {
  return /[;"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The entry `result`. */
export interface Result {
  readonly pool: number;
  readonly tieSeed: Uint8Array;
  readonly plaintextsHash: Uint8Array;
  readonly pabulibHash: Uint8Array;
  readonly valid: number;
  readonly blank: number;
  readonly invalid: readonly (readonly [position: number, code: number])[];
  readonly winners: readonly number[];
  readonly cost: number;
}

export function decodeResult(map: CborMap, pools: readonly Pool[]): Result {
  const f = fields(map, 'the result', keys(0, 10));
  const pool = f.uint(2, 0, pools.length - 1);
  const projects = pools[pool]!.projects.length;
  const invalid = f.array(8, 0, Number.MAX_SAFE_INTEGER).map((pair): [number, number] => {
    const [position, code] = array(pair, 'an invalid ballot', 2, 2) as [Cbor, Cbor];
    return [
      uint(position, 'the position of an invalid ballot', 1),
      uint(code, 'the code of an invalid ballot', 1, 10),
    ];
  });
  const winners = f.array(9, 0, projects).map((number) => uint(number, 'a winner', 1, projects));
  demand(new Set(winners).size === winners.length, 'a winner is named twice');
  return {
    pool,
    tieSeed: f.bytes(3, 32),
    plaintextsHash: f.bytes(4, 32),
    pabulibHash: f.bytes(5, 32),
    valid: f.uint(6),
    blank: f.uint(7),
    invalid,
    winners,
    cost: f.uint(10),
  };
}
