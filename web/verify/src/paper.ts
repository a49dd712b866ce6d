// SPDX-License-Identifier: EUPL-1.2
// Voting on paper: who was given a card, and what two officials found in the boxes (section 7.3).

import type { Ballot } from './ballots.js';
import { compareBytes, demand, equalBytes, hex } from './bytes.js';
import { array, bytes, fields, keys, uint } from './cbor.js';
import { demandOfficials, demandSignature, type Entry } from './entries.js';
import { encodeElement, sumOfMultiples, type Point } from './group.js';
import { knowledgeEquations } from './knowledge.js';
import type { IssuedBatch, Manifest } from './manifest.js';
import { leafHash, merkleRoot } from './merkle.js';
import type { Roll } from './roll.js';
import { decodeCiphertext } from './shuffle.js';
import { Transcript } from './transcript.js';

const SERIAL_BYTES = 10;
const CARDS_MAX = 1000;
const UNFIT_REASONS = 2;
const REFUSAL_REASONS = 3;

/** What marks and batches depend on besides the manifest. */
export interface Voting {
  readonly jointKey: Point;
  readonly roll: Roll;
  /** The first and last hour of which a mark may be, by the extensions decided before it. */
  hours(): readonly [first: number, last: number];
  /** Notes the hour of an entry, which may not be after the closing. */
  noteHour(entry: number, hour: number): void;
  /** Refuses unless every α of the ciphertext is new. */
  demandNew(packed: Uint8Array): void;
}

/** A vote on paper has no pseudonym: which card is whose nobody knows. */
const NOBODY = '';

export class PaperVoting {
  /** `pool pseudonym` of those who vote on paper there. */
  readonly marks = new Set<string>();
  /** For each pool the votes on paper, in the order of the list that is mixed. */
  readonly votes: Ballot[][];
  private readonly marksAt = new Map<string, number>();
  private readonly cardsAt = new Map<string, number>();
  private readonly used = new Set<string>();
  private readonly stated = new Set<number>();

  constructor(
    private readonly manifest: Manifest,
    private readonly voting: Voting,
  ) {
    this.votes = manifest.pools.map(() => []);
  }

  votesOnPaper(pool: number, pseudonym: string): boolean {
    return this.marks.has(`${pool} ${pseudonym}`);
  }

  /** The first batch of which nobody has stated what was in the box. */
  get due(): number | undefined {
    const { paper } = this.manifest;
    const due = paper?.batches.findIndex((_, batch) => !this.stated.has(batch)) ?? -1;
    return due < 0 ? undefined : due;
  }

  /** Reads a `paper-mark`. */
  mark(entry: Entry): void {
    const { manifest, voting } = this;
    const f = fields(entry.map, 'the mark', keys(0, 6));
    const pool = f.uint(2, 0, manifest.pools.length - 1);
    const pseudonym = hex(f.bytes(3, 32));
    const point = f.uint(4);
    const hour = f.uint(5);
    demand(
      manifest.paper?.batches.some((batch) => batch.point === point && batch.pool === pool) === true,
      `no card of pool ${pool} is issued at point ${point}`,
    );
    const [first, last] = voting.hours();
    demand(hour >= first, 'the mark is older than the opening');
    demand(hour <= last, 'the mark is younger than the end of the vote that was in force');
    const pools = voting.roll.get(pseudonym);
    demand(pools !== undefined, 'the pseudonym is not on the roll', 'notOnRoll');
    demand(pools.includes(pool), 'the roll does not list the pool', 'notOnRoll');
    demand(!this.votesOnPaper(pool, pseudonym), 'the person was given a card of the pool before');
    for (const group of manifest.groups.filter((one) => one.pools.includes(pool))) {
      const cards = group.pools.filter((other) => this.votesOnPaper(other, pseudonym)).length;
      demand(cards < group.most, 'the person was given as many cards as votes count in the group');
    }
    demandSignature(entry, manifest.hash, manifest.registrarKey, 'the registrar');
    voting.noteHour(entry.index, hour);
    this.marks.add(`${pool} ${pseudonym}`);
    add(this.marksAt, `${point} ${pool}`, 1);
  }

  /** Reads a `paper-batch`. */
  batch(entry: Entry): void {
    const { manifest, voting } = this;
    const f = fields(entry.map, 'the batch', keys(0, 8));
    const number = f.uint(2);
    const issued = manifest.paper?.batches[number];
    demand(issued !== undefined, `there is no batch ${number}`);
    demand(!this.stated.has(number), `batch ${number} was stated before`);

    const serials = this.readCards(f.array(3, 1, CARDS_MAX), issued);
    const { width } = manifest.pools[issued.pool]!;
    const size = 64 * width;
    const [ciphertexts, proofs] = [f.get(4), f.get(5)];
    demand(
      ciphertexts instanceof Uint8Array && proofs instanceof Uint8Array,
      'ciphertexts or proofs are not a byte string',
    );
    demand(
      ciphertexts.length % size === 0 && ciphertexts.length === proofs.length,
      'ciphertexts or proofs of the batch have another length than they should',
    );
    const valid = ciphertexts.length / size;
    const unfit = f.array(6, UNFIT_REASONS, UNFIT_REASONS).map((cards) => uint(cards, 'a number of cards'));
    f.array(7, REFUSAL_REASONS, REFUSAL_REASONS).forEach((papers) => uint(papers, 'a number of papers'));
    const stated = unfit.reduce((sum, cards) => sum + cards, valid);
    demand(
      stated === serials.length,
      `the batch has ${serials.length} cards that were in the box, and votes and cards without one for ${stated}`,
    );
    const at = `${issued.point} ${issued.pool}`;
    const marks = this.marksAt.get(at) ?? 0;
    const cards = (this.cardsAt.get(at) ?? 0) + serials.length;
    demand(cards <= marks, `${cards} cards were in the box, but ${marks} people were given one`);

    const votes: Ballot[] = [];
    for (let i = 0; i < valid; i++) {
      const packed = ciphertexts.slice(size * i, size * (i + 1));
      const before = votes.at(-1)?.packed;
      demand(
        before === undefined || compareBytes(before, packed) < 0,
        'the ciphertexts of the batch do not ascend',
      );
      const points = decodeCiphertext(packed, width, `ciphertext ${i} of the batch`);
      voting.demandNew(packed);
      const transcript = new Transcript('paper ballot')
        .append('edition', manifest.hash)
        .append('batch', number)
        .append('key', encodeElement(voting.jointKey))
        .append('ciphertext', packed);
      const equations = knowledgeEquations(
        transcript,
        points.map(([alpha]) => alpha),
        proofs.slice(size * i, size * (i + 1)),
      );
      demand(
        equations.every((terms) => sumOfMultiples(terms).is0()),
        `the proof of ciphertext ${i} does not hold`,
        'ballotProof',
      );
      const { index } = entry;
      votes.push({ index, pool: issued.pool, pseudonym: NOBODY, level: 4, packed, points, annulled: false });
    }
    demandOfficials(entry, f, 8, manifest.hash, manifest.officials);

    this.stated.add(number);
    this.cardsAt.set(at, cards);
    serials.forEach((serial) => this.used.add(serial));
    this.votes[issued.pool]!.push(...votes);
  }

  /** The serial numbers of the cards that were in the box; refuses cards that are not those of the batch. */
  private readCards(cards: ReturnType<typeof array>, issued: IssuedBatch): string[] {
    const serials: string[] = [];
    const leaves = cards.map((card) => {
      if (!(card instanceof Uint8Array) || card.length !== SERIAL_BYTES) {
        return bytes(card, 'a card that was not in the box', 32);
      }
      serials.push(hex(card));
      return leafHash(card);
    });
    demand(
      cards.length === issued.cards && equalBytes(merkleRoot(leaves), issued.root),
      'the cards are not those of the batch',
    );
    demand(
      new Set(serials).size === serials.length && serials.every((serial) => !this.used.has(serial)),
      'a card was stated before',
    );
    return serials;
  }
}

function add(numbers: Map<string, number>, key: string, more: number): void {
  numbers.set(key, (numbers.get(key) ?? 0) + more);
}
