// SPDX-License-Identifier: EUPL-1.2
// Certificates, ballots, and the other entries from opening to count (sections 7, 9.2 and 9.3).

import { Batch } from './batch.js';
import { ascending, encode, fields, keys, type CborMap } from './cbor.js';
import { demand, equalBytes, fromHex, hex } from './bytes.js';
import { CONTEST_KINDS, Contests } from './contests.js';
import { demandOfficials, demandSignature, Refusal, type Entries, type Entry } from './entries.js';
import { VotingTerm, type Extension } from './extension.js';
import { decodeElement, encodeElement, type Point } from './group.js';
import { knowledgeEquations } from './knowledge.js';
import type { Manifest } from './manifest.js';
import { PaperVoting } from './paper.js';
import type { Roll } from './roll.js';
import { decodeCiphertext, type Pair } from './shuffle.js';
import { signatureEquation, structureTranscript } from './signature.js';
import { Transcript } from './transcript.js';
import type { Meaning } from './report.js';

export interface Certificate {
  /** The pseudonym in hexadecimal. */
  readonly pseudonym: string;
  readonly voterKey: Point;
  readonly level: number;
  readonly pools: readonly number[];
  readonly hour: number;
  readonly serial: number;
}

export interface Ballot {
  readonly index: number;
  readonly pool: number;
  readonly pseudonym: string;
  readonly level: number;
  readonly packed: Uint8Array;
  readonly points: readonly Pair[];
  annulled: boolean;
}

/** An equation of the batch: where it comes from and what is wrong if it does not hold. */
interface Origin {
  readonly entry: number;
  readonly problem: string;
  readonly meaning: Meaning;
}

const BATCH = 2048;
const PHASE_7 = ['ballot', 'audited', ...CONTEST_KINDS, 'roll-addition', 'paper-mark', 'extension'];
/** After the closing. */
const PHASE_10 = [...CONTEST_KINDS, 'paper-batch'];

export interface Voting {
  /** All, in order. */
  readonly ballots: Ballot[];
  readonly extensions: readonly Extension[];
  /** The indices of ballots that wait for a decision. */
  readonly frozen: readonly number[];
  readonly paper: PaperVoting;
}

/** Goes through phases 7 to 10. */
export async function verifyBallots(
  entries: Entries,
  manifest: Manifest,
  jointKey: Point,
  roll: Roll,
  openingTime: number,
  progress: (entry: number) => Promise<void>,
): Promise<Voting> {
  const box = new BallotBox(manifest, jointKey, roll, openingTime);
  try {
    for (
      let kind = entries.nextKind();
      kind !== undefined && PHASE_7.includes(kind);
      kind = entries.nextKind()
    ) {
      entries.take(kind, (entry) => box.accept(entry));
      if (box.pending >= BATCH) box.test();
      if (entries.position % 64 === 0) await progress(entries.position);
    }
    entries.take('closing', (entry) => box.close(entry));
  } catch (error) {
    // The equations before this place are older than what went wrong here: the first failure is reported.
    box.test();
    throw error;
  }
  box.test();
  entries.take('issuance', (entry) => box.checkIssuance(entry));
  for (
    let kind = entries.nextKind();
    kind !== undefined && PHASE_10.includes(kind);
    kind = entries.nextKind()
  ) {
    entries.take(kind, (entry) => (kind === 'paper-batch' ? box.paper.batch(entry) : box.decide(entry)));
  }
  const { ballots, term, contests, paper } = box;
  return { ballots, extensions: term.extensions, frozen: contests.frozen, paper };
}

class BallotBox {
  readonly ballots: Ballot[] = [];
  readonly term: VotingTerm;
  readonly contests: Contests;
  readonly paper: PaperVoting;
  private readonly byIndex = new Map<number, { ballot: Ballot; hash: Uint8Array }>();
  /** For each pool and pseudonym, how many ballots and the entry hash of the last. */
  private readonly chains = new Map<string, { count: number; last: Uint8Array }>();
  private readonly certificates = new Map<string, Certificate>();
  private readonly serials = new Set<number>();
  private readonly alphas = new Set<string>();
  private readonly batch = new Batch<Origin>();
  /** The hour of each certificate's first use and of each mark, checked against the closing. */
  private readonly hours: { entry: number; hour: number }[] = [];
  private readonly roll: Map<string, readonly number[]>;

  constructor(
    private readonly manifest: Manifest,
    private readonly jointKey: Point,
    roll: Roll,
    openingTime: number,
  ) {
    this.roll = new Map(roll);
    this.term = new VotingTerm(openingTime, manifest.closes);
    this.contests = new Contests(manifest.hash, manifest.officials, (index) => this.byIndex.get(index)?.hash);
    this.paper = new PaperVoting(manifest, {
      jointKey,
      roll: this.roll,
      hours: () => [hourOf(this.term.opened), hourOf(this.term.closes)],
      noteHour: (entry, hour) => this.hours.push({ entry, hour }),
      demandNew: (packed) => this.demandNew(packed),
    });
  }

  get pending(): number {
    return this.batch.size;
  }

  /** Checks an entry of phase 7. */
  accept(entry: Entry): void {
    if (entry.kind === 'ballot') this.checkBallot(entry);
    else if (entry.kind === 'audited') this.recordAudited(entry);
    else if (CONTEST_KINDS.includes(entry.kind)) this.decide(entry);
    else if (entry.kind === 'extension') this.extend(entry);
    else if (entry.kind === 'paper-mark') this.paper.mark(entry);
    else this.addToRoll(entry);
  }

  /** Tests the equations collected so far. */
  test(): void {
    const origin = this.batch.test();
    if (origin) throw new Refusal(origin.problem, { entry: origin.entry }, origin.meaning);
  }

  private checkBallot(entry: Entry): void {
    const { manifest } = this;
    const f = fields(entry.map, 'the ballot', keys(0, 8));
    const pool = f.uint(2, 0, manifest.pools.length - 1);
    const certificate = this.readCertificate(entry, f.get(3) as CborMap);
    demand(
      certificate.level >= manifest.assurance,
      'the certificate is of a lower assurance level than the edition asks',
    );
    demand(certificate.pools.includes(pool), 'the certificate does not list the pool', 'notOnRoll');

    const onRoll = this.roll.get(certificate.pseudonym);
    demand(onRoll !== undefined, 'the pseudonym is not on the roll', 'notOnRoll');
    demand(
      certificate.pools.every((number) => onRoll.includes(number)),
      'the certificate lists a pool that the roll does not',
      'notOnRoll',
    );

    demand(
      !this.paper.votesOnPaper(pool, certificate.pseudonym),
      'the person was given a card and votes on paper in the pool',
    );

    const chain = `${pool} ${certificate.pseudonym}`;
    const before = this.chains.get(chain);
    const count = before?.count ?? 0;
    demand(f.uint(4) === count, `the counter is ${f.uint(4)} and should be ${count}`);
    if (before === undefined) demand(f.get(5) === null, 'a first ballot names a previous one');
    else demand(equalBytes(f.bytes(5, 32), before.last), 'the ballot does not name the previous one');

    const { width } = manifest.pools[pool]!;
    const packed = f.bytes(6, 64 * width);
    const points = decodeCiphertext(packed, width, 'the ciphertext');
    this.demandNew(packed);

    const proof = new Transcript('ballot')
      .append('edition', manifest.hash)
      .append('pool', pool)
      .append('pseudonym', fromHex(certificate.pseudonym))
      .append('voter key', encodeElement(certificate.voterKey))
      .append('key', encodeElement(this.jointKey))
      .append('ciphertext', packed);
    const equations = knowledgeEquations(
      proof,
      points.map(([alpha]) => alpha),
      f.bytes(7, 64 * width),
    );
    for (const terms of equations) {
      this.batch.add(
        { entry: entry.index, problem: 'the proof of the ballot does not hold', meaning: 'ballotProof' },
        terms,
      );
    }
    const signed = structureTranscript(manifest.hash, 'ballot', entry.map);
    this.batch.add(
      { entry: entry.index, problem: 'the signature of the voter does not hold', meaning: 'unsigned' },
      signatureEquation(signed, certificate.voterKey, f.bytes(8, 64)),
    );

    const ballot: Ballot = {
      index: entry.index,
      pool,
      pseudonym: certificate.pseudonym,
      level: certificate.level,
      packed,
      points,
      annulled: false,
    };
    this.ballots.push(ballot);
    this.byIndex.set(entry.index, { ballot, hash: entry.hash });
    this.chains.set(chain, { count: count + 1, last: entry.hash });
  }

  /** A certificate that was seen before, byte for byte, is not checked again. */
  private readCertificate(entry: Entry, map: CborMap): Certificate {
    const f = fields(map, 'the certificate', keys(1, 7));
    const key = hex(encode(map));
    const known = this.certificates.get(key);
    if (known) return known;
    const certificate: Certificate = {
      pseudonym: hex(f.bytes(1, 32)),
      voterKey: decodeElement(f.bytes(2, 32), "the voter's key"),
      level: f.uint(3, 2, 4),
      pools: ascending(f.get(4), 'the pools of the certificate', 1, this.manifest.pools.length),
      hour: f.uint(5),
      serial: f.uint(6),
    };
    demand(certificate.hour >= hourOf(this.term.opened), 'the certificate is older than the opening');
    demand(
      certificate.hour <= hourOf(this.term.closes),
      'the certificate is younger than the end of the vote that was in force',
    );
    demand(
      !this.serials.has(certificate.serial),
      `two certificates have the serial number ${certificate.serial}`,
    );
    this.serials.add(certificate.serial);
    this.hours.push({ entry: entry.index, hour: certificate.hour });
    this.batch.add(
      { entry: entry.index, problem: 'the signature of the registrar does not hold', meaning: 'unsigned' },
      signatureEquation(
        structureTranscript(this.manifest.hash, 'certificate', map),
        this.manifest.registrarKey,
        f.bytes(7, 64),
      ),
    );
    this.certificates.set(key, certificate);
    return certificate;
  }

  private recordAudited(entry: Entry): void {
    const f = fields(entry.map, 'the audited ciphertext', keys(0, 3));
    const { width } = this.manifest.pools[f.uint(2, 0, this.manifest.pools.length - 1)]!;
    const packed = f.bytes(3, 64 * width);
    decodeCiphertext(packed, width, 'the audited ciphertext');
    this.demandNew(packed);
  }

  /** Refuses if an α of the ciphertext stands in one before it, or twice in it. */
  private demandNew(packed: Uint8Array): void {
    for (const alpha of alphasOf(packed)) {
      demand(!this.alphas.has(alpha), 'an α of the ciphertext appeared before', 'copiedBallot');
      this.alphas.add(alpha);
    }
  }

  /** Freezes, annuls or upholds ballots. */
  decide(entry: Entry): void {
    for (const index of this.contests.read(entry)) {
      this.byIndex.get(index)!.ballot.annulled = this.contests.isAnnulled(index);
    }
  }

  private extend(entry: Entry): void {
    this.term.extend(entry, this.manifest.hash, this.manifest.officials);
  }

  private addToRoll(entry: Entry): void {
    const f = fields(entry.map, 'the addition to the roll', keys(0, 4));
    const pseudonym = hex(f.bytes(2, 32));
    const pools = ascending(f.get(3), 'the pools of the addition', 1, this.manifest.pools.length);
    demand(!this.roll.has(pseudonym), 'the pseudonym is on the roll already');
    demandSignature(entry, this.manifest.hash, this.manifest.registrarKey, 'the registrar');
    this.roll.set(pseudonym, pools);
  }

  close(entry: Entry): void {
    const f = fields(entry.map, 'the closing', keys(0, 3));
    const time = f.uint(2);
    demand(time >= this.term.opened, 'the vote was closed before it was opened');
    demand(time >= this.term.decided, 'the vote was closed before it was extended');
    const late = this.hours.find(({ hour }) => hour > hourOf(time));
    if (late) throw new Refusal('the certificate or mark is younger than the closing', { entry: late.entry });
    demandOfficials(entry, f, 3, this.manifest.hash, this.manifest.officials);
  }

  checkIssuance(entry: Entry): void {
    const f = fields(entry.map, 'the issuance', keys(0, 3));
    const issued = f.uint(2);
    demandSignature(entry, this.manifest.hash, this.manifest.registrarKey, 'the registrar');
    for (const serial of this.serials) {
      demand(serial < issued, `the serial number ${serial} is not below the ${issued} certificates issued`);
    }
  }
}

function hourOf(time: number): number {
  return Math.floor(time / 3600);
}

/** The α of a packed ciphertext, in hexadecimal. */
function alphasOf(packed: Uint8Array): string[] {
  return Array.from({ length: packed.length / 64 }, (_, k) => hex(packed.subarray(64 * k, 64 * k + 32)));
}
