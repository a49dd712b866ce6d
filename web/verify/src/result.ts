// SPDX-License-Identifier: EUPL-1.2
// The published list of ballots and the result of a pool (section 13).

import type { Content } from './ballot-content.js';
import { fields, keys, uint, type CborMap } from './cbor.js';
import { demand, textOf, utf8 } from './bytes.js';
import type { Pool } from './manifest-form.js';

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

/** Refuses unless the file without ballots reads back as what it was written from (section 5). */
export function demandReadsBack(pool: Pool): void {
  const rows = textOf(pabulibFile(pool, []), 'the file').split('\n').slice(0, -1).map(cellsOf);
  // A reader takes a row that holds nothing but the name of a section for its beginning.
  const opens = (row: readonly string[]): boolean =>
    ['META', 'PROJECTS', 'VOTES'].includes(row.join('').toUpperCase());
  const sections = rows.flatMap((row, i) => (opens(row) ? [i] : []));
  const { meta, projects } = pool;
  const expected = [
    ['META'],
    ['key', 'value'],
    ...meta,
    ['num_projects', `${projects.length}`],
    ['num_votes', '0'],
    ['budget', currency(pool.money)],
    ['PROJECTS'],
    ['project_id', 'cost', 'name'],
    ...projects.map(({ id, cost, name }) => [id, currency(cost), name]),
    ['VOTES'],
  ];
  demand(
    JSON.stringify(sections) === JSON.stringify([0, meta.length + 5, expected.length - 1]) &&
      JSON.stringify(rows.slice(0, -1)) === JSON.stringify(expected),
    `the published file of pool ${pool.number} would not read back as its META lines and projects`,
  );
}

/** The cells of a row: separated by `;`, those that begin with `"` quoted, without spaces around what they hold. */
function cellsOf(row: string): string[] {
  const cells = row.match(/(?<=^|;)(?:"(?:[^"]|"")*"|[^";][^;]*|)(?=;|$)/g) ?? [];
  return cells.map((cell) =>
    (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell).replace(/^ +| +$/g, ''),
  );
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
  /** How many invalid ballots there are of each code 1 … 10. */
  readonly invalid: readonly number[];
  readonly winners: readonly number[];
  readonly cost: number;
}

export function decodeResult(map: CborMap, pools: readonly Pool[]): Result {
  const f = fields(map, 'the result', keys(0, 10));
  const pool = f.uint(2, 0, pools.length - 1);
  const projects = pools[pool]!.projects.length;
  const invalid = f.array(8, 10, 10).map((count) => uint(count, 'a number of invalid ballots'));
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
