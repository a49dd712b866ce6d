// SPDX-License-Identifier: EUPL-1.2
// Makes a whole small record in memory, for tests only: every party of a vote plays its part honestly, unless a
// test tweaks what it says.

import { ed25519 } from '@noble/curves/ed25519';
import { randomBytes } from '@noble/hashes/utils';
import { type Content } from '../src/ballot-content.js';
import { embedBallot, readPlaintext } from '../src/embedding.js';
import type { Ballot } from '../src/ballots.js';
import { CHECKPOINT, tilePath } from '../src/board.js';
import { be64, compareBytes, hash, hex, join, utf8 } from '../src/bytes.js';
import { decode, encode, type Cbor } from '../src/cbor.js';
import { countedBallots } from '../src/counted.js';
import { countPool } from '../src/counting/count.js';
import { lagrange, tieBase } from '../src/decryption.js';
import { kindOf } from '../src/entries.js';
import {
  decodeElement,
  encodeElement,
  modulo,
  multiply,
  sum,
  sumOfMultiples,
  type Point,
} from '../src/group.js';
import { decodeManifest, MANIFEST_FILE, type Manifest, type Pool } from '../src/manifest.js';
import { hashesAbove, leafHash, merkleRoot } from '../src/merkle.js';
import { pabulibFile } from '../src/result.js';
import { decodeCiphertext, joinCiphertexts, type Pair } from '../src/shuffle.js';
import { structureTranscript } from '../src/signature.js';
import { Transcript } from '../src/transcript.js';
import {
  encodeScalar,
  encrypt,
  newKey,
  packElements,
  proveEquality,
  proveKnowledge,
  proveShuffle,
  randomScalar,
  sign,
  timesG,
  type KeyPair,
} from './prover.js';

export type Fields = Map<number, Cbor>;

export interface RecordOptions {
  /** Changes the manifest before anything is built on it. */
  readonly manifest?: (fields: Fields) => void;
  /** Changes a structure before it is signed; `count` says how many of this kind came before. */
  readonly tweak?: (kind: string, fields: Fields, count: number, keys: Keys) => void;
  /** Changes the list of votes. */
  readonly votes?: (votes: Vote[]) => void;
  /** How many trustees mix. */
  readonly rounds?: number;
  /** Trustees who decrypt. */
  readonly decrypting?: readonly number[];
}

export interface Keys {
  readonly registrar: KeyPair;
  readonly officials: readonly KeyPair[];
  readonly voters: readonly KeyPair[];
}

export interface Vote {
  readonly voter: number;
  readonly pool: number;
  readonly content: Content;
  readonly level?: number;
  /** Encrypted instead of the content. */
  readonly elements?: readonly Point[];
}

export interface BuiltRecord {
  readonly entries: Uint8Array[];
  /** All files but those of the log. */
  readonly files: Map<string, Uint8Array>;
  readonly manifest: Manifest;
  /** The files of the record with the log of `entries`, its tiles and checkpoints. */
  seal(options?: { cosign?: number; origin?: string; checkpoints?: boolean }): Map<string, Uint8Array>;
}

const named = (...numbers: number[]): Content => numbers.map((project) => ({ project, points: 1 }));
const points = (...pairs: [project: number, points: number][]): Content =>
  pairs.map(([project, amount]) => ({ project, points: amount }));

/** Voters 0 to 4; pool 0 by approval, pool 1 by points, pool 2 with too few ballots. */
export function smallVotes(): Vote[] {
  return [
    { voter: 0, pool: 0, content: named(1, 2) },
    { voter: 1, pool: 0, content: named(2, 3) },
    { voter: 0, pool: 1, content: points([1, 3], [7, 2]) },
    { voter: 2, pool: 0, content: named(4) },
    { voter: 0, pool: 0, content: named(1, 3) },
    { voter: 3, pool: 0, content: [] },
    { voter: 1, pool: 1, content: [] },
    { voter: 2, pool: 1, content: points([9, 5]) },
    { voter: 4, pool: 0, content: named(1, 2, 3) },
    { voter: 3, pool: 1, content: points([7, 1], [8, 1], [9, 1]) },
    { voter: 4, pool: 2, content: named(1) },
  ];
}

const OPENING = 1_790_000_000;
/** Who is certified from then on is so after the end that the manifest announces. */
const EXTENDED_BEFORE_VOTE = 8;

export function manifestFields(
  trustees: readonly { signing: KeyPair; receiving: KeyPair }[],
  keys: Keys,
  board: Uint8Array,
  witnesses: readonly Uint8Array[],
): Fields {
  const projects = (count: number): Cbor[] =>
    Array.from({ length: count }, (_, i) => [
      `P${i + 1}`,
      10_000 + 1_050 * i,
      i === 0 ? 'Plac; "zabaw"' : `Projekt ${i + 1}`,
    ]);
  const pool = (id: string, rule: Cbor, counting: Cbor, count: number): Cbor =>
    new Map<number, Cbor>([
      [1, id],
      [2, `Pula ${id}`],
      [3, rule],
      [4, counting],
      [5, 30_050],
      [6, projects(count)],
      [
        7,
        [
          ['description', 'próba; "test"'],
          ['vote_type', id === 'b' ? 'cumulative' : 'approval'],
          ['rule', 'greedy'],
        ],
      ],
    ]);
  const rule = (form: string, most: number, pointLimits: Cbor, blank: boolean): Cbor =>
    new Map<number, Cbor>([
      [1, form],
      [2, 1],
      [3, most],
      [4, pointLimits],
      [5, null],
      [6, blank],
    ]);
  return new Map<number, Cbor>([
    [0, 'manifest'],
    [1, 'urna/1'],
    [2, 'pl-test-2026'],
    [3, 'Próbne głosowanie'],
    [4, 'Uchwała'],
    [
      5,
      [
        pool(
          'a',
          rule('approval', 3, null, false),
          ['equal-shares', [['completion', 'add1+utilitarian']]],
          4,
        ),
        pool('b', rule('points', 3, [1, 5, 1, 8], true), ['greedy', [['rank', 'points']]], 9),
        pool('c', rule('approval', 1, null, false), ['declared', []], 3),
      ],
    ],
    [
      6,
      [
        new Map<number, Cbor>([
          [1, 'grupa'],
          [2, [1, 2]],
          [3, 1],
        ]),
      ],
    ],
    [7, 'last'],
    [8, [OPENING, OPENING + 100_000]],
    [9, 2],
    [10, 'draw'],
    [11, 2],
    [12, encodeElement(keys.registrar.key)],
    [13, keys.officials.map(({ key }) => encodeElement(key))],
    [
      14,
      [
        2,
        trustees.map(({ signing, receiving }, i) => {
          const name = `Powiernik ${i + 1}`;
          const transcript = new Transcript('possession').append('name', utf8(name));
          return new Map<number, Cbor>([
            [1, name],
            [2, encodeElement(signing.key)],
            [3, encodeElement(receiving.key)],
            [4, proveKnowledge(transcript, [signing, receiving])],
          ]);
        }),
      ],
    ],
    [
      15,
      new Map<number, Cbor>([
        [1, 'example.org/board'],
        [2, board],
        [3, witnesses.map((key, i) => [`witness${i}.example.org`, key])],
        [4, 1],
      ]),
    ],
  ]);
}

export function manifestEntry(file: Uint8Array): Uint8Array {
  return encode(
    new Map<number, Cbor>([
      [0, 'manifest'],
      [1, hash(file)],
      [2, file.length],
    ]),
  );
}

export function makeRecord(votes: Vote[] = smallVotes(), options: RecordOptions = {}): BuiltRecord {
  options.votes?.(votes);
  const voterCount = Math.max(...votes.map((vote) => vote.voter)) + 1;
  const keys: Keys = {
    registrar: newKey(),
    officials: [newKey(), newKey(), newKey()],
    voters: Array.from({ length: voterCount }, newKey),
  };
  const trustees = [1, 2, 3].map(() => ({ signing: newKey(), receiving: newKey() }));
  const boardSecret = randomBytes(32);
  const witnessSecrets = [randomBytes(32), randomBytes(32)];
  const fields = manifestFields(
    trustees,
    keys,
    ed25519.getPublicKey(boardSecret),
    witnessSecrets.map((secret) => ed25519.getPublicKey(secret)),
  );
  options.manifest?.(fields);
  const manifestFile = encode(fields);
  const manifest = decodeManifest(manifestFile);
  const edition = manifest.hash;
  const entries: Uint8Array[] = [manifestEntry(manifestFile)];
  const t = manifest.threshold;

  const counts = new Map<string, number>();
  const make = (
    kind: string,
    pairs: [number, Cbor][],
    signers: readonly KeyPair[] | 'officials' | 'others' | 'official' = [],
  ): Uint8Array => {
    const certificate = kind === 'certificate';
    const map: Fields = new Map(certificate ? pairs : [[0, kind], [1, edition], ...pairs]);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    options.tweak?.(kind, map, count, keys);
    const last = Math.max(...map.keys()) + 1;
    const unsigned = new Map(map).set(last, null);
    const transcript = (): Transcript => structureTranscript(edition, kind, unsigned);
    const signed = (official: number): Cbor => [official, sign(transcript(), keys.officials[official]!)];
    if (signers === 'officials') map.set(last, [signed(0), signed(2)]);
    else if (signers === 'others') map.set(last, [signed(0), signed(1)]);
    else if (signers === 'official') map.set(last, signed(1));
    else if (signers.length > 0) map.set(last, sign(transcript(), signers[0]!));
    return encode(map);
  };
  const add = (...args: Parameters<typeof make>): Uint8Array => {
    entries.push(make(...args));
    return entries.at(-1)!;
  };

  // The trustees' key.
  const polynomials = trustees.map(() => Array.from({ length: t }, randomScalar));
  const evaluate = (polynomial: readonly bigint[], x: number): bigint =>
    polynomial.reduceRight((value, a) => value * BigInt(x) + a, 0n);
  const dealings = trustees.map(({ signing }, i) => {
    const coefficients = polynomials[i]!;
    const transcript = new Transcript('dealing').append('edition', edition).append('trustee', i + 1);
    const shares = trustees.map(({ receiving }, j) => {
      const { secret: r, key: R } = newKey();
      const pad = new Transcript('share')
        .append('edition', edition)
        .append('dealer', i + 1)
        .append('receiver', j + 1)
        .append('ephemeral', encodeElement(R))
        .append('key', encodeElement(receiving.key))
        .append('secret', encodeElement(multiply(r, receiving.key)))
        .challenge('pad');
      const share = encodeScalar(evaluate(coefficients, j + 1));
      return join(
        encodeElement(R),
        share.map((byte, k) => byte ^ pad[k]!),
      );
    });
    return make(
      'dealing',
      [
        [2, i + 1],
        [3, packElements(coefficients.map(timesG))],
        [4, proveKnowledge(transcript, [{ secret: coefficients[0]!, key: timesG(coefficients[0]!) }])],
        [5, join(...shares)],
      ],
      [signing],
    );
  });
  trustees.forEach(({ signing }, i) =>
    add(
      'dealing-commitment',
      [
        [2, i + 1],
        [3, hash(dealings[i]!)],
      ],
      [signing],
    ),
  );
  entries.push(...dealings);
  const jointKey = sum(polynomials.map(([a]) => timesG(a!)));
  const dealingsHash = hash(join(...dealings.map(leafHash)));
  trustees.forEach(({ signing }, i) =>
    add(
      'acceptance',
      [
        [2, i + 1],
        [3, dealingsHash],
        [4, encodeElement(jointKey)],
      ],
      [signing],
    ),
  );
  const secrets = trustees.map((_, j): KeyPair => {
    const secret = polynomials.reduce((total, polynomial) => total + evaluate(polynomial, j + 1), 0n);
    return { secret: modulo(secret), key: timesG(modulo(secret)) };
  });

  // Roll and opening. The last voter is added to the roll later.
  const pseudonyms = keys.voters.map((_, i) => hash(utf8(`voter ${i}`)));
  const everywhere = manifest.pools.map((pool) => pool.number);
  const onRoll = pseudonyms
    .slice(0, -1)
    .sort(compareBytes)
    .map((pseudonym): Cbor => [pseudonym, everywhere]);
  const rollEntry = add(
    'roll',
    [
      [2, onRoll.length],
      [3, merkleRoot(onRoll.map((pair) => leafHash(encode(pair))))],
    ],
    [keys.registrar],
  );
  add(
    'opening',
    [
      [2, encodeElement(jointKey)],
      [3, leafHash(rollEntry)],
      [4, OPENING],
    ],
    'officials',
  );

  // Ballots.
  add(
    'roll-addition',
    [
      [2, pseudonyms.at(-1)!],
      [3, everywhere],
    ],
    [keys.registrar],
  );
  const audited = manifest.pools[0]!;
  add('audited', [
    [2, 0],
    [3, packElements(encryptContent(jointKey, audited, named(1)).flatMap(({ pair }) => pair))],
  ]);
  const certificates = new Map<string, Cbor>();
  const ballots: Ballot[] = [];
  const chains = new Map<string, { count: number; last: Uint8Array }>();
  let hour = Math.floor(OPENING / 3600) + 1;
  for (const [i, { voter, pool: number, content, level = 2, elements }] of votes.entries()) {
    if (i === EXTENDED_BEFORE_VOTE) {
      add(
        'extension',
        [
          [2, OPENING + 50_000],
          [3, OPENING + 100_000],
          [4, OPENING + 160_000],
          [5, 'Awaria sieci.'],
          [6, 'The network failed.'],
        ],
        'officials',
      );
      hour = Math.floor((OPENING + 120_000) / 3600);
    }
    const pool = manifest.pools[number]!;
    const voterKey = keys.voters[voter]!;
    const pseudonym = pseudonyms[voter]!;
    const certificateId = `${voter} ${level}`;
    if (!certificates.has(certificateId)) {
      const certificate = make(
        'certificate',
        [
          [1, pseudonym],
          [2, encodeElement(voterKey.key)],
          [3, level],
          [4, everywhere],
          [5, hour],
          [6, certificates.size],
        ],
        [keys.registrar],
      );
      certificates.set(certificateId, decode(certificate));
    }
    const encrypted = elements
      ? encryptElements(jointKey, elements)
      : encryptContent(jointKey, pool, content);
    const packed = packElements(encrypted.flatMap(({ pair }) => pair));
    const proof = new Transcript('ballot')
      .append('edition', edition)
      .append('pool', number)
      .append('pseudonym', pseudonym)
      .append('voter key', encodeElement(voterKey.key))
      .append('key', encodeElement(jointKey))
      .append('ciphertext', packed);
    const chainId = `${number} ${voter}`;
    const chain = chains.get(chainId);
    const index = entries.length;
    add(
      'ballot',
      [
        [2, number],
        [3, certificates.get(certificateId)!],
        [4, chain?.count ?? 0],
        [5, chain?.last ?? null],
        [6, packed],
        [
          7,
          proveKnowledge(
            proof,
            encrypted.map(({ r, pair }) => ({ secret: r, key: pair[0] })),
          ),
        ],
      ],
      [voterKey],
    );
    chains.set(chainId, { count: (chain?.count ?? 0) + 1, last: leafHash(entries.at(-1)!) });
    ballots.push({
      index,
      pool: number,
      pseudonym: hex(pseudonym),
      level,
      packed,
      points: decodeCiphertext(packed, pool.width, 'own'),
      annulled: false,
    });
  }
  const annul = (ballot: Ballot): void => {
    ballot.annulled = true;
    add(
      'annulment',
      [
        [2, ballot.index],
        [3, leafHash(entries[ballot.index]!)],
        [4, 'death'],
      ],
      'officials',
    );
  };
  const freeze = (...contested: Ballot[]): void => {
    add(
      'freeze',
      [
        [2, contested.map(({ index }): Cbor => [index, leafHash(entries[index]!)])],
        [3, 'ABCDE-FGHJK'],
        [4, 'complaint'],
      ],
      'official',
    );
  };
  const uphold = (ballot: Ballot, ends: 'freeze' | 'annulment'): void => {
    ballot.annulled = false;
    add(
      'upholding',
      [
        [2, ballot.index],
        [3, leafHash(entries[ballot.index]!)],
        [4, ends],
        [5, 'ABCDE-FGHJK'],
        [6, 'voter-confirmed'],
      ],
      ends === 'freeze' ? 'officials' : 'others',
    );
  };
  annul(ballots[1]!);
  freeze(ballots[0]!, ballots[3]!);
  uphold(ballots[3]!, 'freeze');
  annul(ballots[5]!);
  add('closing', [[2, OPENING + 150_000]], 'officials');
  add('issuance', [[2, certificates.size]], [keys.registrar]);
  uphold(ballots[0]!, 'freeze');
  annul(ballots[2]!);
  uphold(ballots[5]!, 'annulment');
  freeze(ballots[7]!);
  uphold(ballots[7]!, 'freeze');

  // Count, mix, decrypt.
  const counted = countedBallots(manifest, manifest.pools.length, ballots);
  counted.forEach((list, pool) =>
    add('counted', [
      [2, pool],
      [3, list.length],
      [4, hash(join(...list.map((ballot) => be64(ballot.index))))],
    ]),
  );
  const files = new Map<string, Uint8Array>([
    [MANIFEST_FILE, manifestFile],
    ['roll.cbor', encode(onRoll)],
  ]);
  for (const pool of manifest.pools) {
    const { number, width } = pool;
    if (counted[number]!.length < manifest.privacyMinimum) {
      add('withheld', [
        [2, number],
        [3, counted[number]!.length],
      ]);
      continue;
    }
    let list = joinCiphertexts(counted[number]!);
    for (let round = 1; round <= (options.rounds ?? t); round++) {
      const transcript = new Transcript('shuffle')
        .append('edition', edition)
        .append('pool', number)
        .append('round', round)
        .append('trustee', round);
      const { outputs, proof } = proveShuffle(transcript, jointKey, list, width);
      const file = encode(
        new Map<number, Cbor>([
          [0, 'shuffle'],
          [1, outputs.packed],
          [2, proof.permutation],
          [3, proof.chain],
          [4, proof.chainCommitments],
          [5, proof.commitments],
          [6, proof.s],
          [7, proof.chainS],
          [8, proof.permutationS],
        ]),
      );
      files.set(`mix/${number}-${round}.cbor`, file);
      add(
        'mix',
        [
          [2, number],
          [3, round],
          [4, round],
          [5, hash(file)],
          [6, file.length],
        ],
        [trustees[round - 1]!.signing],
      );
      list = outputs;
    }
    const bases = [tieBase(number, edition), ...list.points.flat().map(([alpha]) => alpha)];
    const decrypting = options.decrypting ?? [1, 3];
    const shares = decrypting.map((trustee) => {
      const transcript = new Transcript('decryption')
        .append('edition', edition)
        .append('pool', number)
        .append('trustee', trustee);
      const { images, proof } = proveEquality(transcript, secrets[trustee - 1]!, bases);
      const file = encode(
        new Map<number, Cbor>([
          [0, 'shares'],
          [1, packElements(images)],
          [2, proof],
        ]),
      );
      files.set(`decryption/${number}-${trustee}.cbor`, file);
      add(
        'decryption',
        [
          [2, number],
          [3, trustee],
          [4, hash(file)],
          [5, file.length],
        ],
        [trustees[trustee - 1]!.signing],
      );
      return images;
    });
    const factors = lagrange(decrypting.slice(0, t));
    const combined = bases.map((_, i) =>
      sumOfMultiples(factors.map((factor, j) => [factor, shares[j]![i]!] as const)),
    );
    const messages = list.points.flat().map(([, beta], i) => encodeElement(beta.subtract(combined[i + 1]!)));
    const tieSeed = hash(encodeElement(combined[0]!));
    const plaintexts = join(...messages);
    files.set(`plaintexts/${number}.bin`, plaintexts);

    const costs = pool.projects.map((project) => project.cost);
    const read = list.points.map((_, i) =>
      readPlaintext(pool.ballotRule, costs, messages.slice(i * width, (i + 1) * width)),
    );
    const valid = read.flatMap((one, i) =>
      'content' in one ? [{ position: i + 1, content: one.content }] : [],
    );
    const codes = read.flatMap((one) => ('invalid' in one ? [one.invalid] : []));
    const invalid = Array.from({ length: 10 }, (_, i) => codes.filter((code) => code === i + 1).length);
    const pabulib = pabulibFile(pool, valid);
    files.set(`result/${number}.pb`, pabulib);
    const count = countPool(
      pool,
      valid.map(({ content }) => content),
      manifest.ties,
      tieSeed,
    );
    const winners = 'winners' in count ? count.winners : [];
    add('result', [
      [2, number],
      [3, tieSeed],
      [4, hash(plaintexts)],
      [5, hash(pabulib)],
      [6, valid.length],
      [7, valid.filter(({ content }) => content.length === 0).length],
      [8, invalid],
      [9, [...winners]],
      [10, winners.reduce((total, winner) => total + pool.projects[winner - 1]!.cost, 0)],
    ]);
  }

  const seal: BuiltRecord['seal'] = ({
    cosign = 1,
    origin = 'example.org/board',
    checkpoints = true,
  } = {}) => {
    const sealed = new Map(files);
    const hashes = entries.map(leafHash);
    const checkpoint = (size: number): Uint8Array => {
      const body = `${origin}\n${size}\n${toBase64(merkleRoot(hashes.slice(0, size)))}\n`;
      const line = (name: string, type: number, secret: Uint8Array, signature: Uint8Array): string => {
        const id = hash(join(utf8(`${name}\n`), new Uint8Array([type]), ed25519.getPublicKey(secret))).slice(
          0,
          4,
        );
        return `— ${name} ${toBase64(join(id, signature))}\n`;
      };
      const own = line(origin, 1, boardSecret, ed25519.sign(utf8(body), boardSecret));
      const cosigned = witnessSecrets.slice(0, cosign).map((secret, i) => {
        const message = utf8(`cosignature/v1\ntime ${OPENING}\n${body}`);
        return line(`witness${i}.example.org`, 4, secret, join(be64(OPENING), ed25519.sign(message, secret)));
      });
      return utf8(`${body}\n${own}${cosigned.join('')}`);
    };
    sealed.set(CHECKPOINT, checkpoint(entries.length));
    if (checkpoints) {
      for (const kind of ['opening', 'closing']) {
        const size = entries.map(kindOf).indexOf(kind) + 1;
        if (size > 0) sealed.set(`checkpoints/${size}`, checkpoint(size));
      }
    }
    const bundle = entries.map((entry) => join(be64(entry.length).slice(6), entry));
    addTiles(sealed, 'entries', bundle);
    let level: readonly Uint8Array[] = hashes;
    for (let number = 0; level.length > 0; number++, level = hashesAbove(level)) {
      addTiles(sealed, String(number), level);
    }
    return sealed;
  };
  return { entries, files, manifest, seal };
}

/** One pair and its randomness for each element. */
function encryptElements(key: Point, elements: readonly Point[]): { r: bigint; pair: Pair }[] {
  return elements.map((element) => {
    const r = randomScalar();
    return { r, pair: encrypt(key, element, r) };
  });
}

function encryptContent(key: Point, pool: Pool, content: Content): { r: bigint; pair: Pair }[] {
  const encodings = embedBallot(pool.ballotRule, pool.projects.length, content);
  return encryptElements(
    key,
    encodings.map((encoding) => decodeElement(encoding, 'a message')),
  );
}

function addTiles(files: Map<string, Uint8Array>, level: string, parts: readonly Uint8Array[]): void {
  for (let index = 0; 256 * index < parts.length; index++) {
    const tile = parts.slice(256 * index, 256 * index + 256);
    files.set(tilePath(level, index, tile.length), join(...tile));
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
