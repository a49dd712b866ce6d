// SPDX-License-Identifier: EUPL-1.2
// A draft as the form knows it (docs/desk.md). What the form does not know is kept as it was.
import type { Text } from '$ui/language.svelte';

export interface BallotDraft {
  form: 'approval' | 'ranking' | 'points';
  fewest: number;
  most: number;
  points_each?: [number, number];
  points_in_all?: [number, number];
  knapsack?: string;
  blank_valid: boolean;
}
export interface ProjectDraft {
  id: string;
  cost: string;
  name: string;
}
export interface PoolDraft {
  id: string;
  file?: string;
  title?: string;
  money?: string;
  ballot?: BallotDraft;
  counting?: { rule: string; options?: Record<string, string> };
  meta?: Record<string, string>;
  projects?: ProjectDraft[];
}
export interface Draft {
  edition?: string;
  title?: string;
  resolution?: { number?: string; date?: string } | string;
  opens?: string;
  closes?: string;
  repeated_ballots?: 'last' | 'first' | 'void';
  lowest_level?: number;
  ties?: 'draw' | 'id' | 'cost' | 'cost-desc' | 'votes';
  privacy_minimum?: number;
  pools?: PoolDraft[];
  groups?: { name: string; pools: string[]; most: number }[];
  trustees?: { threshold?: number; cards?: string[] };
  officials?: string[];
  box?: string;
  /** The file that tells more about projects (docs/presentation.md). */
  presentation?: string;
}

/** What an edition says if nobody says otherwise. */
export const DEFAULTS: Draft = {
  repeated_ballots: 'last',
  lowest_level: 2,
  ties: 'draw',
  privacy_minimum: 10,
  pools: [],
};

interface Preset {
  readonly id: string;
  readonly label: Text;
  readonly ballot: BallotDraft;
}
const approval = (fewest: number, most: number, more: Partial<BallotDraft> = {}): BallotDraft => ({
  form: 'approval',
  fewest,
  most,
  blank_valid: true,
  ...more,
});
const points = (sum: [number, number], most: number, each: [number, number]): BallotDraft => ({
  form: 'points',
  fewest: 1,
  most,
  points_each: each,
  points_in_all: sum,
  blank_valid: true,
});

/** How cities let people vote; each is a start that can be changed. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'one',
    label: {
      pl: 'Jeden projekt (np. Wrocław, Poznań, Płock)',
      en: 'One project (as in Wrocław, Poznań, Płock)',
    },
    ballot: approval(1, 1),
  },
  {
    id: 'up-to-3',
    label: { pl: 'Do 3 projektów (np. Gdynia, Elbląg)', en: 'Up to 3 projects (as in Gdynia, Elbląg)' },
    ballot: approval(1, 3),
  },
  {
    id: 'up-to-5',
    label: { pl: 'Do 5 projektów (np. Łódź)', en: 'Up to 5 projects (as in Łódź)' },
    ballot: approval(1, 5),
  },
  {
    id: 'up-to-10',
    label: {
      pl: 'Do 10 projektów (np. Warszawa, ogólnomiejskie)',
      en: 'Up to 10 projects (as in Warsaw, city-wide)',
    },
    ballot: approval(1, 10),
  },
  {
    id: 'up-to-15',
    label: {
      pl: 'Do 15 projektów (np. Warszawa, dzielnice)',
      en: 'Up to 15 projects (as in Warsaw, districts)',
    },
    ballot: approval(1, 15),
  },
  {
    id: 'at-least-3',
    label: { pl: 'Co najmniej 3 projekty (np. Świecie)', en: 'At least 3 projects (as in Świecie)' },
    ballot: approval(3, 15, { blank_valid: false }),
  },
  {
    id: 'ten-points',
    label: {
      pl: '10 punktów do rozdania, mogą zostać (np. Częstochowa)',
      en: '10 points to give, some may be left (as in Częstochowa)',
    },
    ballot: points([1, 10], 10, [1, 10]),
  },
  {
    id: 'five-points',
    label: {
      pl: '5 punktów, także na jeden projekt (np. Gdańsk)',
      en: '5 points, also to one project (as in Gdańsk)',
    },
    ballot: points([1, 5], 5, [1, 5]),
  },
  {
    id: 'three-points',
    label: {
      pl: 'Dokładnie 3 punkty: 3, 2+1 albo 1+1+1 (np. Katowice)',
      en: 'Exactly 3 points: 3, 2+1 or 1+1+1 (as in Katowice)',
    },
    ballot: { ...points([3, 3], 3, [1, 3]), blank_valid: false },
  },
  {
    id: 'three-ranked',
    label: {
      pl: 'Dokładnie 3 projekty od najważniejszego: 3, 2 i 1 punkt (np. Kraków)',
      en: 'Exactly 3 projects by preference: 3, 2 and 1 points (as in Kraków)',
    },
    ballot: { form: 'ranking', fewest: 3, most: 3, blank_valid: false },
  },
  {
    id: 'knapsack',
    label: {
      pl: 'Ile się zmieści w kwocie (np. Warszawa 2016, Stalowa Wola)',
      en: 'As many as fit into an amount (as in Warsaw 2016, Stalowa Wola)',
    },
    ballot: approval(1, 15, { knapsack: '300000' }),
  },
];

interface Counting {
  readonly id: string;
  readonly label: Text;
  readonly counting: { rule: string; options?: Record<string, string> };
  /** The word that published files have for it. */
  readonly published: string;
}
export const COUNTINGS: readonly Counting[] = [
  {
    id: 'greedy',
    label: {
      pl: 'Najwięcej głosów lub punktów; co się nie mieści, jest pomijane',
      en: 'Most votes or points; what does not fit is skipped',
    },
    counting: { rule: 'greedy' },
    published: 'greedy',
  },
  {
    id: 'greedy-100',
    label: {
      pl: 'Najwięcej głosów, co najmniej 100 (np. Wrocław, Warszawa – ogólnomiejskie)',
      en: 'Most votes, at least 100 (as in Wrocław, Warsaw city-wide)',
    },
    counting: { rule: 'greedy', options: { threshold: '100' } },
    published: 'greedy',
  },
  {
    id: 'greedy-50',
    label: {
      pl: 'Najwięcej głosów, co najmniej 50 (np. Warszawa – dzielnice)',
      en: 'Most votes, at least 50 (as in Warsaw districts)',
    },
    counting: { rule: 'greedy', options: { threshold: '50' } },
    published: 'greedy',
  },
  {
    id: 'equal-shares',
    label: {
      pl: 'Metoda Równych Udziałów, z dopełnieniem Add1',
      en: 'Method of Equal Shares, completed by Add1',
    },
    counting: { rule: 'equal-shares', options: { completion: 'add1' } },
    published: 'equalshares',
  },
  {
    id: 'equal-shares-filter',
    label: {
      pl: 'Metoda Równych Udziałów, Add1 i próg poparcia (np. Świecie)',
      en: 'Method of Equal Shares, Add1 and the support filter (as in Świecie)',
    },
    counting: { rule: 'equal-shares', options: { completion: 'add1', filter: 'true' } },
    published: 'equalshares',
  },
];

/** The name of the counting rule that a pool has; undefined if it is another. */
export function countingOf(pool: PoolDraft): string | undefined {
  const words = JSON.stringify(sorted(pool.counting ?? {}));
  return COUNTINGS.find((one) => JSON.stringify(sorted(one.counting)) === words)?.id;
}
function sorted(counting: { rule?: string; options?: Record<string, string> }): unknown {
  return [counting.rule ?? '', Object.entries(counting.options ?? {}).sort()];
}

/** The META lines that the published file of a pool needs, made of the rest. */
export function metaOf(draft: Draft, pool: PoolDraft): Record<string, string> {
  const form = pool.ballot?.form ?? 'approval';
  return {
    ...(pool.meta ?? {}),
    description: pool.title ?? pool.id,
    country: 'Poland',
    unit: (draft.title ?? '').slice(0, 200) || 'city',
    instance: (draft.opens ?? '').slice(0, 4) || '2026',
    rule: COUNTINGS.find((one) => one.id === countingOf(pool))?.published ?? pool.counting?.rule ?? 'greedy',
    vote_type: form === 'approval' ? 'approval' : form === 'ranking' ? 'ordinal' : 'cumulative',
  };
}

/** Rows of a CSV text by RFC 4180, with "," or ";" between cells, whichever the head has more of. */
export function parseCsv(text: string): string[][] {
  const clean = text.replace(/^\ufeff/, '');
  const head = clean.slice(0, (clean.indexOf('\n') + 1 || clean.length + 1) - 1);
  const separator = head.split(';').length > head.split(',').length ? ';' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < clean.length; ++i) {
    const c = clean[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (clean[i + 1] === '"') cell += clean[++i]!;
      else quoted = false;
    } else if (c === '"' && cell === '') {
      quoted = true;
    } else if (c === separator) {
      row.push(cell);
      cell = '';
    } else if (c === '\n' || c === '\r') {
      if (c === '\r' && clean[i + 1] === '\n') ++i;
      row.push(cell);
      if (row.some((one) => one !== '')) rows.push(row);
      row = [];
      cell = '';
    } else {
      cell += c;
    }
  }
  row.push(cell);
  if (row.some((one) => one !== '')) rows.push(row);
  return rows;
}

export interface CsvProblem {
  readonly line: number;
  readonly kind: 'columns' | 'id' | 'cost' | 'name' | 'twice' | 'empty';
}

/** Projects out of a CSV text with the columns id, cost and name, in any order, in Polish or English. */
export function projectsFromCsv(text: string): { projects: ProjectDraft[]; problems: CsvProblem[] } {
  const rows = parseCsv(text);
  const names: Record<'id' | 'cost' | 'name', readonly string[]> = {
    id: ['id', 'project_id', 'numer', 'nr', 'number'],
    cost: ['cost', 'koszt', 'kwota'],
    name: ['name', 'nazwa', 'tytuł', 'tytul', 'title'],
  };
  const head = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const column = (what: 'id' | 'cost' | 'name'): number =>
    head.findIndex((cell) => names[what].includes(cell));
  const [id, cost, name] = [column('id'), column('cost'), column('name')];
  if (id < 0 || cost < 0 || name < 0) return { projects: [], problems: [{ line: 1, kind: 'columns' }] };
  const projects: ProjectDraft[] = [];
  const problems: CsvProblem[] = [];
  const seen = new Set<string>();
  rows.slice(1).forEach((row, k) => {
    const line = k + 2;
    const project = {
      id: (row[id] ?? '').trim(),
      // 12 345,50 zł is how people write it.
      cost: (row[cost] ?? '').replace(/[\s\u00a0]|zł|PLN/g, '').replace(/,(\d{1,2})$/, '.$1'),
      name: (row[name] ?? '').trim().replace(/\s+/g, ' '),
    };
    if (!/^[\x21-\x2b\x2d-\x3a\x3c-\x7e]{1,128}$/.test(project.id)) problems.push({ line, kind: 'id' });
    else if (seen.has(project.id)) problems.push({ line, kind: 'twice' });
    else if (!/^\d{1,12}(\.\d{1,2})?$/.test(project.cost)) problems.push({ line, kind: 'cost' });
    else if (project.name === '') problems.push({ line, kind: 'name' });
    seen.add(project.id);
    projects.push(project);
  });
  if (projects.length === 0) problems.push({ line: 2, kind: 'empty' });
  return { projects, problems };
}

/** A name that a file may have at the desk. */
export function fileName(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L')
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[.-]+/, '');
  return plain.slice(-100) || 'file';
}

/** "2026-09-01T08:00" of the person's clock as the draft has it, and back. */
export function utcOf(local: string): string {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? local : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
export function localOf(utc: string | undefined): string {
  const time = new Date(utc ?? '');
  if (Number.isNaN(time.getTime())) return '';
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
