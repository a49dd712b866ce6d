// SPDX-License-Identifier: EUPL-1.2
// The verification of a record, step by step (section 14).

import { verifyBallots } from './ballots.js';
import {
  CHECKPOINT,
  earlierCheckpointPath,
  readLog,
  verifyCheckpoint,
  verifyEarlierCheckpoint,
  type Log,
} from './board.js';
import type { Content } from './ballot-content.js';
import { readPlaintext } from './embedding.js';
import { demand, equalBytes, hash, hex, Malformed } from './bytes.js';
import { verifyCeremony } from './ceremony.js';
import { countedBallots, verifyCounted } from './counted.js';
import { countPool } from './counting/count.js';
import { decryptionPath, plaintextsPath, verifyDecryption, type Decrypted } from './decryption.js';
import { at, atAsync, Entries, kindOf, Refusal } from './entries.js';
import type { Extension } from './extension.js';
import {
  decodeManifest,
  demandManifestEntry,
  demandManifestHash,
  MANIFEST_FILE,
  MAXIMUM_MANIFEST_BYTES,
  type Manifest,
  type Pool,
} from './manifest.js';
import { mixPath, verifyMixes, type ReadFile } from './mix.js';
import { MEANINGS, STEP_MEANINGS, STEPS, type PoolReport, type Step, type Verdict } from './report.js';
import { pabulibFile, type Result } from './result.js';
import { MAXIMUM_ROLL_BYTES, ROLL_FILE, verifyRollAndOpening } from './roll.js';
import type { Ciphertexts } from './shuffle.js';
import { compareSite } from './site.js';
import type { RecordSource } from './source.js';
import { readTally } from './tally.js';

export interface Progress {
  readonly step: Step;
  /** What is being done, in English; empty at the beginning of a step. */
  readonly detail: string;
}

export interface Options {
  /** The manifest hash that the person who verifies knows from elsewhere. */
  readonly manifestHash?: Uint8Array;
  /** The site that people voted on, to be compared with what the manifest says of it: by the names of its files. */
  readonly site?: RecordSource;
  readonly onProgress?: (progress: Progress) => void;
}

export const resultPath = (pool: number): string => `result/${pool}.pb`;

/** Verifies a record. Throws only where it cannot be read at all, for instance because the network fails. */
export async function verifyRecord(source: RecordSource, options: Options = {}): Promise<Verdict> {
  return new Verification(source, options).run();
}

class Verification {
  private step: Step = 'log';
  private listed: ReadonlySet<string> | undefined;
  private readonly expectedFiles = new Set<string>();
  private manifest: Manifest | undefined;
  private log: Log | undefined;
  private extensions: readonly Extension[] | undefined;
  private readonly reports: PoolReport[] = [];

  constructor(
    private readonly source: RecordSource,
    private readonly options: Options,
  ) {}

  async run(): Promise<Verdict> {
    try {
      await this.steps();
      const site = await compareSite(this.manifest!.pools, this.options.site);
      return { accepted: true, ...this.facts(), site };
    } catch (error) {
      const refusal = error instanceof Malformed ? new Refusal(error.message, {}, error.meaning) : error;
      if (!(refusal instanceof Refusal)) throw error;
      const place = { step: this.step, ...refusal.place };
      const meaning = refusal.meaning ? MEANINGS[refusal.meaning] : STEP_MEANINGS[place.step];
      const failure = { ...place, problem: refusal.message, meaning };
      return { accepted: false, failure, ...this.facts() };
    }
  }

  private facts(): Omit<Verdict, 'accepted' | 'failure'> {
    const { manifest, log } = this;
    return {
      ...(manifest && {
        manifestHash: hex(manifest.hash),
        edition: manifest.edition,
        title: manifest.title,
      }),
      ...(log && { entries: log.entries.length }),
      ...(this.extensions && { extensions: this.extensions }),
      pools: this.reports.filter((report) => report !== undefined),
      allWinnersRecomputed: this.reports.every((report) => report.winnersNotRecomputed === undefined),
      manifestCompared: this.options.manifestHash !== undefined,
      filesListed: this.listed !== undefined,
    };
  }

  private async steps(): Promise<void> {
    await this.enter('log');
    const paths = await this.source.list();
    this.listed = paths && new Set(paths);
    const log = await readLog(this.read, this.listed, (entry) => this.progress(`entry ${entry}`));
    this.log = log;
    log.files.forEach((file) => this.expectedFiles.add(file));

    // The keys that checkpoints are verified with stand in the manifest, which therefore comes before its step.
    const manifest = await this.readManifest(log);
    this.manifest = manifest;
    at({ file: CHECKPOINT }, () => verifyCheckpoint(log.checkpoint, manifest.board));
    const required = requiredSizes(log);
    await this.verifyEarlierCheckpoints(log, manifest, required);

    await this.enter('manifest');
    const { manifestHash } = this.options;
    if (manifestHash) at({ file: MANIFEST_FILE }, () => demandManifestHash(manifest, manifestHash));

    await this.enter('ceremony');
    const entries = new Entries(log.entries, log.hashes, manifest.hash);
    const { jointKey, verificationKeys } = verifyCeremony(entries, manifest);

    await this.enter('roll');
    const rollFile = await atAsync({ file: ROLL_FILE }, () => this.read(ROLL_FILE, MAXIMUM_ROLL_BYTES));
    const { roll, openingTime } = verifyRollAndOpening(entries, manifest, jointKey, rollFile);

    await this.enter('ballots');
    const { ballots, extensions, frozen, paper } = await verifyBallots(
      entries,
      manifest,
      jointKey,
      roll,
      openingTime,
      (entry) => this.progress(`entry ${entry} of ${log.entries.length}`),
    );
    this.extensions = extensions;

    await this.enter('counted');
    const counted = countedBallots(manifest, manifest.pools.length, ballots, paper.marks);
    for (const [pool, votes] of paper.votes.entries()) counted[pool]!.push(...votes);
    verifyCounted(entries, counted, frozen, paper.due);
    const tally = readTally(entries, manifest, counted);
    const opened = manifest.pools.filter((pool) => !tally.pools[pool.number]!.withheld);
    this.reports.push(
      ...manifest.pools.map((pool) => ({
        number: pool.number,
        id: pool.id,
        title: pool.title,
        ballots: ballots.filter((ballot) => ballot.pool === pool.number).length,
        counted: counted[pool.number]!.length,
        onPaper: paper.votes[pool.number]!.length,
        withheld: tally.pools[pool.number]!.withheld,
      })),
    );
    const reportTallyFailure = (): void => {
      const { failure } = tally;
      if (failure && STEPS.indexOf(failure.step) <= STEPS.indexOf(this.step)) throw failure.refusal;
    };
    reportTallyFailure();

    await this.enter('mix');
    const mixed = new Map<number, Ciphertexts>();
    for (const pool of opened) {
      const { mixes } = tally.pools[pool.number]!;
      const list = await verifyMixes(
        manifest,
        jointKey,
        pool,
        counted[pool.number]!,
        mixes,
        this.read,
        (round) => this.progress(`pool ${pool.number}, round ${round}`),
      );
      mixes.forEach((_, i) => this.expectedFiles.add(mixPath(pool.number, i + 1)));
      mixed.set(pool.number, list);
    }
    reportTallyFailure();

    await this.enter('decryption');
    const decrypted = new Map<number, Decrypted>();
    for (const pool of opened) {
      const { decryptions } = tally.pools[pool.number]!;
      if (decryptions.length < manifest.threshold) continue;
      const list = mixed.get(pool.number)!;
      const progress = (): Promise<void> => this.progress(`pool ${pool.number}`);
      decrypted.set(
        pool.number,
        await verifyDecryption(manifest, verificationKeys, pool, list, decryptions, this.read, progress),
      );
      for (const { trustee } of decryptions) this.expectedFiles.add(decryptionPath(pool.number, trustee));
      this.expectedFiles.add(plaintextsPath(pool.number));
    }
    reportTallyFailure();

    await this.enter('result');
    for (const pool of opened) {
      const claim = tally.pools[pool.number]!.result;
      if (!claim) continue;
      await this.progress(`pool ${pool.number}`);
      await atAsync({ entry: claim.entry.index }, () =>
        this.verifyResult(manifest, pool, decrypted.get(pool.number)!, claim.result),
      );
      this.expectedFiles.add(resultPath(pool.number));
    }
    reportTallyFailure();

    await this.enter('files');
    this.verifyFiles();
  }

  /** The manifest that the first entry names. */
  private async readManifest(log: Log): Promise<Manifest> {
    const step = 'manifest';
    return atAsync({ file: MANIFEST_FILE, step }, async () => {
      const file = await this.read(MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES);
      this.expectedFiles.add(MANIFEST_FILE);
      at({ entry: 0, step }, () => {
        demand(log.entries[0] !== undefined, 'the log is empty', 'incomplete');
        demandManifestEntry(log.entries[0], file);
      });
      return decodeManifest(file);
    });
  }

  /** Every file of `checkpoints/`; over HTTP, where files cannot be listed, those that must be there. */
  private async verifyEarlierCheckpoints(
    log: Log,
    manifest: Manifest,
    required: readonly number[],
  ): Promise<void> {
    const listed =
      this.listed &&
      [...this.listed].flatMap((path) => {
        const match = /^checkpoints\/(0|[1-9][0-9]{0,14})$/.exec(path);
        return match ? [Number(match[1])] : [];
      });
    for (const size of new Set([...required, ...(listed ?? [])])) {
      const path = earlierCheckpointPath(size);
      await verifyEarlierCheckpoint(path, size, log, manifest.board, this.read);
      this.expectedFiles.add(path);
      await this.progress(path);
    }
  }

  private async verifyResult(
    manifest: Manifest,
    pool: Pool,
    decrypted: Decrypted,
    result: Result,
  ): Promise<void> {
    const costs = pool.projects.map((project) => project.cost);
    const valid: { position: number; content: Content }[] = [];
    const invalid = new Array<number>(10).fill(0);
    for (const [i, elements] of decrypted.plaintexts.entries()) {
      const plaintext = readPlaintext(pool.ballotRule, costs, elements);
      if ('invalid' in plaintext) invalid[plaintext.invalid - 1]! += 1;
      else valid.push({ position: i + 1, content: plaintext.content });
    }
    const blank = valid.filter(({ content }) => content.length === 0).length;

    demand(equalBytes(result.tieSeed, decrypted.tieSeed), 'the tie seed is not the one that the shares give');
    demand(
      equalBytes(result.plaintextsHash, decrypted.fileHash),
      'the result names another file of plaintexts',
    );
    demand(
      result.valid === valid.length,
      `the result says ${result.valid} valid ballots, there are ${valid.length}`,
    );
    demand(result.blank === blank, `the result says ${result.blank} blank ballots, there are ${blank}`);
    demand(
      JSON.stringify(result.invalid) === JSON.stringify(invalid),
      `the result says ${result.invalid.join(', ')} invalid ballots of codes 1 to 10, there are ${invalid.join(', ')}`,
    );
    const expected = pabulibFile(pool, valid);
    await atAsync({ file: resultPath(pool.number) }, async () => {
      const file = await this.read(resultPath(pool.number), expected.length);
      demand(equalBytes(file, expected), 'the file does not hold the valid ballots');
    });
    demand(equalBytes(result.pabulibHash, hash(expected)), 'the result names another list of ballots');

    const winners = result.winners.map((number) => ({ number, ...pool.projects[number - 1]! }));
    const cost = winners.reduce((sum, winner) => sum + BigInt(winner.cost), 0n);
    demand(
      BigInt(result.cost) === cost,
      `the result says the winners cost ${result.cost}, they cost ${cost}`,
    );

    const count = countPool(
      pool,
      valid.map(({ content }) => content),
      manifest.ties,
      decrypted.tieSeed,
    );
    if ('winners' in count) {
      demand(
        JSON.stringify(count.winners) === JSON.stringify(result.winners),
        `the result names the winners ${result.winners.join(', ')}; the ballots give ${count.winners.join(', ')}`,
        'wrongWinners',
      );
    }
    this.reports[pool.number] = {
      ...this.reports[pool.number]!,
      valid: valid.length,
      blank,
      invalid: decrypted.plaintexts.length - valid.length,
      winners,
      ...('notCovered' in count && { winnersNotRecomputed: count.notCovered }),
    };
  }

  private verifyFiles(): void {
    this.expectedFiles.add(ROLL_FILE);
    for (const path of this.listed ?? []) {
      at({ file: path }, () =>
        demand(this.expectedFiles.has(path), 'the file does not belong to the record'),
      );
    }
  }

  private async enter(step: Step): Promise<void> {
    this.step = step;
    await this.progress('');
  }

  private readonly read: ReadFile = async (path, limit) => {
    const bytes = await this.source.read(path, limit);
    demand(bytes !== undefined, `the file ${path} is missing`, 'missingFile');
    return bytes;
  };

  /** Tells how far the verification came, and lets the browser draw and Node.js listen meanwhile. */
  private async progress(detail: string): Promise<void> {
    this.options.onProgress?.({ step: this.step, detail });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** The sizes right after `opening` and right after `closing`, of which checkpoints must have been kept. */
function requiredSizes(log: Log): number[] {
  const kinds = log.entries.map(kindOf);
  return ['opening', 'closing'].map((kind) => kinds.indexOf(kind) + 1).filter((size) => size > 0);
}
