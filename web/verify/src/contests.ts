// SPDX-License-Identifier: EUPL-1.2
// Ballots that somebody contests: frozen, annulled, upheld (section 7.2).

import { demand, equalBytes } from './bytes.js';
import * as cbor from './cbor.js';
import { fields, keys, type Cbor, type Fields } from './cbor.js';
import { demandOfficial, demandOfficials, type Entry } from './entries.js';
import type { Point } from './group.js';

/** The kinds of entries that are about ballots which stand on the board. */
export const CONTEST_KINDS: readonly string[] = ['freeze', 'annulment', 'upholding'];

const FROZEN_AT_ONCE_MAX = 256;
const CASE_NUMBER = /^[A-HJ-NP-Z2-9]{5}-[A-HJ-NP-Z2-9]{5}$/;
const OFFICIALS_FOR_OTHER_DECIDERS = 4;

/** One of these entries, to a ballot that it names. */
interface Act {
  readonly kind: string;
  /** Who signed it, by number. */
  readonly officials: readonly number[];
}

interface Named {
  readonly index: number;
  readonly hash: Uint8Array;
}

/** What the entries read so far say of each ballot. */
export class Contests {
  private readonly acts = new Map<number, Act[]>();

  constructor(
    private readonly edition: Uint8Array,
    private readonly officials: readonly Point[],
    /** The entry hash of the ballot that stands there; undefined if none does. */
    private readonly ballotAt: (index: number) => Uint8Array | undefined,
  ) {}

  isAnnulled(ballot: number): boolean {
    return this.last(ballot)?.kind === 'annulment';
  }

  /** The indices of the ballots that wait for a decision, ascending. */
  get frozen(): number[] {
    return [...this.acts.keys()]
      .filter((ballot) => this.last(ballot)?.kind === 'freeze')
      .sort((a, b) => a - b);
  }

  /** Refuses an entry that may not follow; else returns the indices of the ballots that it names. */
  read(entry: Entry): readonly number[] {
    if (entry.kind === 'freeze') return this.freeze(entry);
    if (entry.kind === 'annulment') return this.annul(entry);
    return this.uphold(entry);
  }

  private freeze(entry: Entry): readonly number[] {
    const f = fields(entry.map, 'the freeze', keys(0, 5));
    const named = f.array(2, 1, FROZEN_AT_ONCE_MAX).map((item): Named => {
      const [index, hash] = cbor.array(item, 'a ballot of the freeze', 2, 2) as [Cbor, Cbor];
      return {
        index: cbor.uint(index, 'the index of a ballot'),
        hash: cbor.bytes(hash, 'the hash of a ballot', 32),
      };
    });
    named.slice(1).forEach(({ index }, i) => {
      demand(named[i]!.index < index, 'the ballots of the freeze do not ascend');
    });
    demandCase(f, 3);
    demandReason(f, 4);
    for (const ballot of named) {
      this.demandBallot(ballot);
      demand(
        this.of(ballot.index).length === 0,
        `the ballot of entry ${ballot.index} was frozen, annulled or upheld before`,
      );
    }
    const official = demandOfficial(entry, f.get(5), this.edition, this.officials);
    for (const { index } of named) this.note(index, { kind: entry.kind, officials: [official] });
    return named.map(({ index }) => index);
  }

  private annul(entry: Entry): readonly number[] {
    const f = fields(entry.map, 'the annulment', keys(0, 5));
    const ballot = { index: f.uint(2), hash: f.bytes(3, 32) };
    demandReason(f, 4);
    this.demandBallot(ballot);
    const officials = demandOfficials(entry, f, 5, this.edition, this.officials);
    demand(
      this.of(ballot.index).every(({ kind }) => kind !== 'annulment'),
      'the ballot was annulled before',
    );
    this.note(ballot.index, { kind: entry.kind, officials });
    return [ballot.index];
  }

  private uphold(entry: Entry): readonly number[] {
    const f = fields(entry.map, 'the upholding', keys(0, 7));
    const ballot = { index: f.uint(2), hash: f.bytes(3, 32) };
    const ends = f.text(4, 1, 9);
    demand(ends === 'freeze' || ends === 'annulment', 'the upholding ends neither a freeze nor an annulment');
    demandCase(f, 5);
    demandReason(f, 6);
    this.demandBallot(ballot);
    const last = this.last(ballot.index);
    demand(last?.kind === ends, `there is no ${ends} of the ballot that the upholding could end`);
    const officials = demandOfficials(entry, f, 7, this.edition, this.officials);
    if (ends === 'annulment') {
      const again = officials.filter((official) => last.officials.includes(official)).length;
      const most = this.officials.length >= OFFICIALS_FOR_OTHER_DECIDERS ? 0 : 1;
      demand(again <= most, 'the appeal is decided by officials who annulled the ballot');
    }
    this.note(ballot.index, { kind: entry.kind, officials });
    return [ballot.index];
  }

  private demandBallot({ index, hash }: Named): void {
    const standing = this.ballotAt(index);
    demand(standing !== undefined, `entry ${index} is no ballot that stands before the decision about it`);
    demand(equalBytes(hash, standing), `the ballot named is another ballot than that of entry ${index}`);
  }

  private of(ballot: number): readonly Act[] {
    return this.acts.get(ballot) ?? [];
  }
  private last(ballot: number): Act | undefined {
    return this.of(ballot).at(-1);
  }
  private note(ballot: number, act: Act): void {
    this.acts.set(ballot, [...this.of(ballot), act]);
  }
}

function demandCase(f: Fields, key: number): void {
  demand(CASE_NUMBER.test(f.text(key, 11, 11)), 'the number of the case is not of the form ABCDE-FGHJK');
}

function demandReason(f: Fields, key: number): void {
  demand(/^[a-z0-9-]+$/.test(f.text(key, 1, 64)), 'the reason holds a forbidden character');
}
