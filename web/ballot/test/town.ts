// SPDX-License-Identifier: EUPL-1.2
// A small edition in memory, open for voting, with a ballot box that answers as the real one does. For tests only.

import { makeRecord, type BuiltRecord, type Fields, type Keys } from '../../verify/test/record.js';
import { sign } from '../../verify/test/prover.js';
import { equalBytes, fromHex, hash, hex, utf8 } from '../../verify/src/bytes.js';
import { decode, encode, type Cbor } from '../../verify/src/cbor.js';
import { kindOf } from '../../verify/src/entries.js';
import { leafHash, merkleRoot } from '../../verify/src/merkle.js';
import { structureTranscript } from '../../verify/src/signature.js';
import { toBase64 } from '../src/code.js';
import { ballotHolds, readBallot } from '../src/ballot.js';
import {
  loadEdition,
  newVoterKey,
  readCertificate,
  type Certificate,
  type Edition,
  type VoterKey,
} from '../src/index.js';

export const BASE = 'https://box.test/';

/** An inclusion proof of RFC 9162, 2.1.3.1. */
export function inclusionProof(index: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  if (hashes.length <= 1) return [];
  let half = 1;
  while (2 * half < hashes.length) half *= 2;
  return index < half
    ? [...inclusionProof(index, hashes.slice(0, half)), merkleRoot(hashes.slice(half))]
    : [...inclusionProof(index - half, hashes.slice(half)), merkleRoot(hashes.slice(0, half))];
}

export class Town {
  readonly record: BuiltRecord;
  private keys!: Keys;
  private files!: Map<string, Uint8Array>;
  private serial = 100;
  /** What the next requests meet, in order: a status, or a failure before or after the request is carried out. */
  readonly trouble: ('lost' | 'answer-lost' | number)[] = [];
  readonly requests: string[] = [];

  constructor(manifest?: (fields: Fields) => void, opened = true) {
    this.record = makeRecord(undefined, {
      ...(manifest ? { manifest } : {}),
      tweak: (_kind, _fields, _count, keys) => {
        this.keys = keys;
      },
    });
    const { entries } = this.record;
    entries.splice(entries.map(kindOf).indexOf('opening') + (opened ? 1 : 0));
    this.seal();
  }

  seal(): void {
    // While voting is open nobody cosigns.
    this.files = this.record.seal({ cosign: 0, checkpoints: false });
  }

  get hashes(): Uint8Array[] {
    return this.record.entries.map(leafHash);
  }

  add(entry: Uint8Array): number {
    this.record.entries.push(entry);
    this.seal();
    return this.record.entries.length - 1;
  }

  certify(key: Uint8Array, { name = 'resident', level = 2, pools = [0, 1, 2] } = {}): Uint8Array {
    const edition = this.record.manifest.hash;
    const map: Fields = new Map<number, Cbor>([
      [1, hash(utf8(name))],
      [2, key],
      [3, level],
      [4, pools],
      [5, 497_223],
      [6, this.serial++],
      [7, null],
    ]);
    map.set(7, sign(structureTranscript(edition, 'certificate', map), this.keys.registrar));
    return encode(map);
  }

  /** An entry with these fields after the edition, signed by officials 0 and 2, or by one alone. */
  private decision(kind: string, values: readonly Cbor[], alone = false): Uint8Array {
    const { hash } = this.record.manifest;
    const map: Fields = new Map<number, Cbor>([
      [0, kind],
      [1, hash],
    ]);
    for (const value of [...values, null]) map.set(map.size, value);
    const signed = (official: number): Cbor => [
      official,
      sign(structureTranscript(hash, kind, map), this.keys.officials[official]!),
    ];
    map.set(map.size - 1, alone ? signed(1) : [signed(0), signed(2)]);
    return encode(map);
  }
  private hashAt(index: number): Uint8Array {
    return leafHash(this.record.entries[index]!);
  }

  annulment(index: number): Uint8Array {
    return this.decision('annulment', [index, this.hashAt(index), 'test']);
  }
  freeze(...indices: readonly number[]): Uint8Array {
    const ballots = indices.map((index): Cbor => [index, this.hashAt(index)]);
    return this.decision('freeze', [ballots, 'ABCDE-FGHJK', 'test'], true);
  }
  upholding(index: number, ends: 'freeze' | 'annulment'): Uint8Array {
    return this.decision('upholding', [index, this.hashAt(index), ends, 'ABCDE-FGHJK', 'test']);
  }

  /** A receipt of board.md for an entry under the newest checkpoint. */
  receipt(index: number): Uint8Array {
    const hashes = this.hashes;
    return encode(
      new Map<number, Cbor>([
        [0, 1],
        [1, hashes[index]!],
        [2, index],
        [3, inclusionProof(index, hashes)],
        [4, new TextDecoder().decode(this.files.get('checkpoint'))],
      ]),
    );
  }

  state(): Record<string, unknown> {
    const { entries, manifest } = this.record;
    const opening = entries.find((entry) => kindOf(entry) === 'opening');
    return {
      edition: hex(manifest.hash),
      phase: 'voting',
      accepting: true,
      opens: manifest.opens,
      closes: manifest.closes,
      extensions: [],
      entries: entries.length,
      ballots: entries.filter((entry) => kindOf(entry) === 'ballot').length,
      checkpoint: new TextDecoder().decode(this.files.get('checkpoint')),
      ...(opening ? { joint_key: hex((decode(opening) as Map<number, Uint8Array>).get(2)!) } : {}),
    };
  }

  /** Answers as `fetch` does. */
  readonly fetch = (async (url: string | URL, options: RequestInit = {}): Promise<Response> => {
    const path = new URL(url).pathname.slice(1);
    this.requests.push(`${options.method ?? 'GET'} /${path}`);
    const trouble = this.trouble.shift();
    if (trouble === 'lost') throw new TypeError('failed to fetch');
    if (typeof trouble === 'number') {
      return new Response('{"type":"/problems/test"}', { status: trouble, headers: { 'retry-after': '1' } });
    }
    const response = this.answer(path, options);
    if (trouble === 'answer-lost') throw new TypeError('failed to fetch');
    return response;
  }) as typeof fetch;

  private answer(path: string, options: RequestInit): Response {
    const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status });
    if (path === 'api/v1/edition') return json(this.state());
    if (path.startsWith('api/v1/next-ballot/')) {
      const [pseudonym, pool] = path.split('/').slice(3);
      const own = this.ballotsOf(pseudonym!, Number(pool));
      return json({ counter: own.length, previous: own.length > 0 ? hex(leafHash(own.at(-1)!)) : null });
    }
    if (path.startsWith('api/v1/receipts/')) {
      const index = this.hashes.findIndex((one) => hex(one) === path.split('/')[3]);
      return index < 0
        ? json({ type: '/problems/not-found' }, 404)
        : new Response(this.receipt(index).slice());
    }
    if (options.method === 'POST' && (path === 'api/v1/ballots' || path === 'api/v1/entries')) {
      return this.take(new Uint8Array(options.body as Uint8Array), json);
    }
    const file = this.files.get(path) ?? this.partial(path);
    return file === undefined ? json({}, 404) : new Response(file.slice());
  }

  /** Earlier partial bundles, as the ballot box computes them. */
  private partial(path: string): Uint8Array | undefined {
    const width = /^tile\/entries\/000\.p\/([0-9]+)$/.exec(path)?.[1];
    if (width === undefined || Number(width) > this.record.entries.length) return undefined;
    const parts = this.record.entries
      .slice(0, Number(width))
      .flatMap((entry) => [new Uint8Array([entry.length >> 8, entry.length & 255]), entry]);
    return new Uint8Array(parts.flatMap((part) => [...part]));
  }

  private ballotsOf(pseudonym: string, pool: number): Uint8Array[] {
    return this.record.entries.filter((entry) => {
      if (kindOf(entry) !== 'ballot') return false;
      const ballot = readBallot(entry, this.record);
      return ballot.pseudonym === pseudonym && ballot.pool === pool;
    });
  }

  private take(entry: Uint8Array, json: (value: unknown, status?: number) => Response): Response {
    const { record } = this;
    const entryHash = leafHash(entry);
    let index = this.hashes.findIndex((one) => equalBytes(one, entryHash));
    const before = index >= 0;
    if (!before) {
      if (kindOf(entry) === 'ballot') {
        const ballot = readBallot(entry, record);
        const own = this.ballotsOf(ballot.pseudonym, ballot.pool);
        if (own.length !== ballot.counter) return json({ type: '/problems/ballot-conflict' }, 409);
        const edition = { manifest: record.manifest, jointKey: fromHex(this.state().joint_key as string) };
        if (!ballotHolds(ballot, edition)) return json({ type: '/problems/ballot-malformed' }, 422);
      }
      index = this.add(entry);
    }
    return json(
      { index, entry: hex(entryHash), recorded_before: before, receipt: toBase64(this.receipt(index)) },
      before ? 200 : 201,
    );
  }
}

export interface Voter {
  readonly key: VoterKey;
  readonly certificate: Certificate;
}

export function voterOf(town: Town, edition: Edition, options: Parameters<Town['certify']>[1] = {}): Voter {
  const key = newVoterKey();
  return { key, certificate: readCertificate(town.certify(key.public, options), edition) };
}

export const load = (town: Town): Promise<Edition> => loadEdition(BASE, town.fetch);
