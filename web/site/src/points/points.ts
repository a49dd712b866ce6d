// SPDX-License-Identifier: EUPL-1.2
// The official points as the registrar tells them (docs/openapi.yaml).
import { call, NoAnswer } from '$ui/api';

export interface Point {
  readonly name: string;
  /** Where it is and when it is open; may be empty. */
  readonly place: string;
  /** Unix seconds. */
  readonly opens: number;
  readonly closes: number;
}

function pointOf(value: unknown): Point {
  const { name, place, opens, closes } = value as Record<string, unknown>;
  if (
    typeof name !== 'string' ||
    typeof place !== 'string' ||
    typeof opens !== 'number' ||
    typeof closes !== 'number'
  ) {
    throw new NoAnswer('the answer has something that is no point');
  }
  return { name, place, opens, closes };
}

/** `registrar` is its address without a slash at its end. */
export async function loadPoints(registrar: string): Promise<readonly Point[]> {
  const { points } = (await call(`${registrar}/api/v1/points`)) as { points?: unknown };
  if (!Array.isArray(points)) throw new NoAnswer('the answer is no list of points');
  return points.map(pointOf);
}
