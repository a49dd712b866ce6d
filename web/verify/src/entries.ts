// SPDX-License-Identifier: EUPL-1.2
// The entries of the board, one after the other, and signatures on them (section 7).

import { demand, equalBytes, Malformed } from './bytes.js';
import * as cbor from './cbor.js';
import type { Cbor, CborMap, Fields } from './cbor.js';
import { sumOfMultiples, type Point } from './group.js';
import { signatureEquation, structureTranscript } from './signature.js';
import type { Meaning, Step } from './report.js';

/** Where a failure lies. */
export interface Place {
  readonly entry?: number;
  readonly file?: string;
  /** The step that it belongs to, where that is not the present one. */
  readonly step?: Step;
}

/** The kinds of entries: the step that their form, place and signature belong to, and the last key of the map. */
const KINDS: ReadonlyMap<string, { readonly step: Step; readonly last: number }> = new Map(
  Object.entries({
    manifest: { step: 'manifest', last: 2 },
    'dealing-commitment': { step: 'ceremony', last: 4 },
    dealing: { step: 'ceremony', last: 6 },
    acceptance: { step: 'ceremony', last: 5 },
    roll: { step: 'roll', last: 4 },
    opening: { step: 'roll', last: 5 },
    ballot: { step: 'ballots', last: 8 },
    audited: { step: 'ballots', last: 3 },
    freeze: { step: 'ballots', last: 5 },
    annulment: { step: 'ballots', last: 5 },
    upholding: { step: 'ballots', last: 7 },
    'roll-addition': { step: 'ballots', last: 4 },
    'paper-mark': { step: 'ballots', last: 6 },
    extension: { step: 'ballots', last: 7 },
    closing: { step: 'ballots', last: 3 },
    issuance: { step: 'ballots', last: 3 },
    'paper-batch': { step: 'ballots', last: 8 },
    counted: { step: 'counted', last: 4 },
    withheld: { step: 'counted', last: 3 },
    mix: { step: 'mix', last: 7 },
    decryption: { step: 'decryption', last: 6 },
    result: { step: 'result', last: 10 },
  } as const),
);

/** A check failed, at a known place. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly place: Place,
    readonly meaning?: Meaning,
  ) {
    super(message);
  }
}

function located(error: unknown, place: Place): unknown {
  return error instanceof Malformed ? new Refusal(error.message, place, error.meaning) : error;
}

/** Runs `check`; what it finds malformed lies at `place`. */
export function at<T>(place: Place, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw located(error, place);
  }
}

export async function atAsync<T>(place: Place, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw located(error, place);
  }
}

export interface Entry {
  readonly index: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  readonly kind: string;
  readonly map: CborMap;
}

/** The kind that an entry names in its first field, even if the rest cannot be read; undefined if it names none. */
export function kindOf(entry: Uint8Array): string | undefined {
  try {
    const reader = new cbor.CborReader(entry);
    reader.mapHead();
    const [key, kind] = [reader.item(), reader.item()];
    return key === 0 && typeof kind === 'string' ? kind : undefined;
  } catch {
    return undefined;
  }
}

/** An entry as a map, with exactly the keys of its kind; what they hold is read where it is needed. */
export function decodeEntry(bytes: Uint8Array): { readonly kind: string; readonly map: CborMap } {
  const map = cbor.decode(bytes);
  demand(map instanceof Map, 'the entry is not a map');
  const kind = (map as CborMap).get(0);
  demand(typeof kind === 'string', 'the entry does not name its kind');
  const known = KINDS.get(kind);
  demand(known !== undefined, `the entry is of the unknown kind "${kind}"`, 'order');
  return { kind, map: cbor.fields(map, `the entry "${kind}"`, cbor.keys(0, known.last)).map };
}

/** Where the entry stands: what is wrong with it belongs to the step of its kind, if that is known. */
export function placeOf(index: number, entry: Uint8Array): Place {
  const step = KINDS.get(kindOf(entry) ?? '')?.step;
  return step ? { entry: index, step } : { entry: index };
}

/** Goes through the entries after that of the manifest. */
export class Entries {
  /** Index of the next entry. */
  position = 1;

  constructor(
    private readonly entries: readonly Uint8Array[],
    private readonly hashes: readonly Uint8Array[],
    private readonly edition: Uint8Array,
  ) {}

  /** The kind that the next entry names; undefined at the end, or if it names none. */
  nextKind(): string | undefined {
    const next = this.entries[this.position];
    return next && kindOf(next);
  }

  /** The next entry, which stays the next, or undefined at the end. */
  peek(): Entry | undefined {
    const index = this.position;
    const bytes = this.entries[index];
    if (bytes === undefined) return undefined;
    return at(placeOf(index, bytes), () => {
      const { kind, map } = decodeEntry(bytes);
      const edition = cbor.bytes(map.get(1)!, 'field 1 of the entry', 32);
      demand(equalBytes(edition, this.edition), 'the entry does not belong to this edition', 'order');
      return { index, hash: this.hashes[index]!, bytes, kind, map };
    });
  }

  /** The next entry, which must be of the kind given; `read` reads it. */
  take<T>(kind: string, read: (entry: Entry) => T): T {
    const entry = this.peek();
    if (entry === undefined) {
      throw new Refusal(`the log ends where "${kind}" should stand`, { entry: this.position }, 'incomplete');
    }
    return at(placeOf(entry.index, entry.bytes), () => {
      demand(entry.kind === kind, `the entry is "${entry.kind}" where "${kind}" should stand`, 'order');
      const result = read(entry);
      this.position++;
      return result;
    });
  }
}

/** Refuses unless the last field of `entry` is a signature with `key`. */
export function demandSignature(entry: Entry, edition: Uint8Array, key: Point, signer: string): void {
  const signature = [...entry.map.values()].at(-1) as Cbor;
  demandSigned(entry, edition, key, cbor.bytes(signature, 'the signature', 64), signer);
}

function demandSigned(
  entry: Entry,
  edition: Uint8Array,
  key: Point,
  signature: Uint8Array,
  signer: string,
): void {
  const equation = signatureEquation(structureTranscript(edition, entry.kind, entry.map), key, signature);
  demand(sumOfMultiples(equation).is0(), `the signature of ${signer} does not hold`, 'unsigned');
}

function readOfficial(pair: Cbor, officials: readonly Point[]): [number, Uint8Array] {
  const [official, signature] = cbor.array(pair, "an official's signature", 2, 2) as [Cbor, Cbor];
  return [
    cbor.uint(official, "an official's number", 0, officials.length - 1),
    cbor.bytes(signature, "an official's signature", 64),
  ];
}

/** Refuses unless `pair`, the last field, is the signature of an official; returns whose it is. */
export function demandOfficial(
  entry: Entry,
  pair: Cbor,
  edition: Uint8Array,
  officials: readonly Point[],
): number {
  const [official, signature] = readOfficial(pair, officials);
  demandSigned(entry, edition, officials[official]!, signature, `official ${official}`);
  return official;
}

/** Refuses unless field `key`, the last one, holds the signatures of two officials; returns whose they are. */
export function demandOfficials(
  entry: Entry,
  f: Fields,
  key: number,
  edition: Uint8Array,
  officials: readonly Point[],
): readonly number[] {
  const pairs = f.array(key, 2, 2).map((pair) => readOfficial(pair, officials));
  demand(pairs[0]![0] < pairs[1]![0], "the officials' numbers do not ascend", 'unsigned');
  for (const [official, signature] of pairs) {
    demandSigned(entry, edition, officials[official]!, signature, `official ${official}`);
  }
  return pairs.map(([official]) => official);
}
