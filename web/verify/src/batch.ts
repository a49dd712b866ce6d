// SPDX-License-Identifier: EUPL-1.2
// Many equations tested at once with random factors (section 4.6).

import { randomBytes } from '@noble/hashes/utils';
import { littleEndian } from './bytes.js';
import { sumOfMultiples, type Term } from './group.js';

/** A statement that a sum of multiples is the identity. */
export interface Equation<Label> {
  readonly terms: readonly Term[];
  readonly label: Label;
}

export class Batch<Label> {
  private equations: Equation<Label>[] = [];

  get size(): number {
    return this.equations.length;
  }

  add(label: Label, terms: readonly Term[]): void {
    this.equations.push({ label, terms });
  }

  /** Tests and forgets all equations. Returns the label of the first that is false, or undefined. */
  test(): Label | undefined {
    const equations = this.equations;
    this.equations = [];
    if (holds(equations)) return undefined;
    let suspects = equations;
    while (suspects.length > 1) {
      const half = suspects.slice(0, suspects.length >> 1);
      suspects = holds(half) ? suspects.slice(half.length) : half;
    }
    return suspects[0]!.label;
  }
}

// A single equation needs no factor. The factors are drawn here, when the equations are fixed already.
function holds<Label>(equations: readonly Equation<Label>[]): boolean {
  const terms = equations.flatMap((equation) => {
    const factor = equations.length === 1 ? 1n : littleEndian(randomBytes(16));
    return equation.terms.map(([scalar, point]): Term => [factor * scalar, point]);
  });
  return sumOfMultiples(terms).is0();
}
