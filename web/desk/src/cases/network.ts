// SPDX-License-Identifier: EUPL-1.2
// Where the nodes of a case's graph are drawn: contacts on the left, people in the middle, networks, points
// and guardians on the right, each column ordered so that lines cross little.
import type { Edge, GraphNode, NodeKind } from './case';

export interface Placed {
  readonly id: string;
  readonly kind: NodeKind;
  readonly x: number;
  readonly y: number;
}
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Placed[];
  readonly lines: readonly { readonly from: Placed; readonly to: Placed }[];
  /** How many people are left out. */
  readonly left: number;
}

/** More would be a smear; the table has all. */
export const PEOPLE_DRAWN = 60;
const ROW = 26;
const WIDTH = 420;
const COLUMNS: Readonly<Record<NodeKind, number>> = {
  contact: 0,
  voter: 1,
  network: 2,
  point: 2,
  guardian: 2,
};
const XS = [52, 210, 356];

export function neighbours(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const of = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    const list = of.get(from);
    if (list === undefined) of.set(from, [to]);
    else list.push(to);
  };
  for (const [from, to] of edges) {
    add(from, to);
    add(to, from);
  }
  return of;
}

export function draw(nodes: readonly GraphNode[], edges: readonly Edge[]): Drawing {
  const near = neighbours(edges);
  const people = nodes.filter((node) => node.kind === 'voter');
  const shown = new Set(people.slice(0, PEOPLE_DRAWN).map((node) => node.id));
  const others = nodes.filter(
    (node) => node.kind !== 'voter' && (near.get(node.id) ?? []).some((id) => shown.has(id)),
  );
  const columns: GraphNode[][] = [[], [], []];
  for (const node of [...people.filter((one) => shown.has(one.id)), ...others])
    columns[COLUMNS[node.kind]]!.push(node);
  const rows = Math.max(1, ...columns.map((column) => column.length));
  const height = rows * ROW + 20;
  const place = new Map<string, number>();
  const spread = (column: GraphNode[]): void =>
    column.forEach((node, k) => place.set(node.id, ((k + 0.5) / column.length) * (height - 20) + 10));
  columns.forEach(spread);
  // Each node goes to the middle of what it is connected with, column by column, a few times.
  for (let round = 0; round < 6; round++) {
    for (const column of [columns[1]!, columns[0]!, columns[2]!]) {
      const middle = new Map(
        column.map((node) => {
          const ys = (near.get(node.id) ?? []).map((id) => place.get(id)).filter((y) => y !== undefined);
          return [node.id, ys.length === 0 ? place.get(node.id)! : ys.reduce((a, b) => a + b, 0) / ys.length];
        }),
      );
      column.sort((a, b) => middle.get(a.id)! - middle.get(b.id)!);
      spread(column);
    }
  }
  const placed = new Map<string, Placed>();
  for (const node of columns.flat())
    placed.set(node.id, { ...node, x: XS[COLUMNS[node.kind]]!, y: place.get(node.id)! });
  const lines = edges.flatMap(([from, to]) => {
    const [a, b] = [placed.get(from), placed.get(to)];
    return a === undefined || b === undefined ? [] : [{ from: a, to: b }];
  });
  return { width: WIDTH, height, nodes: [...placed.values()], lines, left: people.length - shown.size };
}
