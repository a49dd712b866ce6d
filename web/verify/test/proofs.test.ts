// SPDX-License-Identifier: EUPL-1.2
// Signatures and proofs: honest ones hold, changed ones do not.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { be64, join } from '../src/bytes.js';
import { verifyEquality } from '../src/equality.js';
import { ORDER, sum, sumOfMultiples, type Point, type Term } from '../src/group.js';
import { knowledgeEquations } from '../src/knowledge.js';
import { decodeCiphertexts, verifyShuffle, type Ciphertexts, type ShuffleProof } from '../src/shuffle.js';
import { signatureEquation } from '../src/signature.js';
import { Transcript } from '../src/transcript.js';
import { lagrange } from '../src/decryption.js';
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
} from './prover.js';

const holds = (...equations: Term[][]): boolean => equations.every((terms) => sumOfMultiples(terms).is0());
const context = (text = 'test'): Transcript => new Transcript(text).append('edition', be64(1));

test('signatures', () => {
  const pair = newKey();
  const signature = sign(context(), pair);
  assert.ok(holds(signatureEquation(context(), pair.key, signature)));
  assert.ok(!holds(signatureEquation(context('other'), pair.key, signature)));
  assert.ok(!holds(signatureEquation(context(), newKey().key, signature)));
  const other = sign(context(), pair);
  assert.ok(!holds(signatureEquation(context(), pair.key, join(signature.slice(0, 32), other.slice(32)))));
  assert.throws(() => signatureEquation(context(), pair.key, signature.slice(0, 63)), /63 bytes/);
  const large = join(signature.slice(0, 32), encodeScalar(0n).fill(255));
  assert.throws(() => signatureEquation(context(), pair.key, large), /order/);
});

test('knowledge of logarithms', () => {
  const keys = [newKey(), newKey(), newKey()];
  const elements = keys.map(({ key }) => key);
  const proof = proveKnowledge(context(), keys);
  assert.ok(holds(...knowledgeEquations(context(), elements, proof)));
  assert.ok(!holds(...knowledgeEquations(context('other'), elements, proof)));
  assert.ok(!holds(...knowledgeEquations(context(), [elements[1]!, elements[0]!, elements[2]!], proof)));
  assert.throws(() => knowledgeEquations(context(), elements.slice(1), proof), /bytes/);
  const liar = proveKnowledge(context(), [keys[0]!, { ...keys[1]!, secret: 5n }, keys[2]!]);
  assert.deepEqual(
    knowledgeEquations(context(), elements, liar).map((terms) => holds(terms)),
    [true, false, true],
  );
});

test('equality of logarithms', () => {
  for (const count of [1, 2, 20]) {
    const pair = newKey();
    const bases = Array.from({ length: count }, () => newKey().key);
    const { images, proof } = proveEquality(context(), pair, bases);
    const verify = (changed: readonly Point[], transcript = context(), key = pair.key): boolean =>
      verifyEquality(
        transcript,
        key,
        { points: bases, packed: packElements(bases) },
        { points: changed, packed: packElements(changed) },
        proof,
      );
    assert.ok(verify(images));
    assert.ok(!verify(images, context('other')));
    assert.ok(!verify(images, context(), newKey().key));
    assert.ok(!verify(images.map((image, i) => (i === count - 1 ? newKey().key : image))));
  }
  // A liar who makes the proof for a wrong image.
  const pair = newKey();
  const bases = [newKey().key, newKey().key];
  const { images, proof } = proveEquality(context(), { ...pair, key: newKey().key }, bases);
  const packed = (points: Point[]): { points: Point[]; packed: Uint8Array } => ({
    points,
    packed: packElements(points),
  });
  assert.ok(!verifyEquality(context(), pair.key, packed(bases), packed(images), proof));
});

function ciphertexts(key: Point, count: number, width: number): Ciphertexts {
  const pairs = Array.from({ length: count * width }, () => encrypt(key, newKey().key, randomScalar()));
  return decodeCiphertexts(packElements(pairs.flat()), count, width, 'inputs');
}

test('shuffles of all small sizes', async () => {
  const { key } = newKey();
  for (const count of [0, 1, 2, 3, 9]) {
    for (const width of [1, 2, 5]) {
      const inputs = ciphertexts(key, count, width);
      const { outputs, proof } = proveShuffle(context(), key, inputs, width);
      await verifyShuffle(context(), key, inputs, outputs, width, proof);
      if (count > 0)
        await assert.rejects(verifyShuffle(context('other'), key, inputs, outputs, width, proof));
    }
  }
});

test('shuffles of which anything was changed', async () => {
  const { key } = newKey();
  const [count, width] = [4, 2];
  const inputs = ciphertexts(key, count, width);
  const { outputs, proof } = proveShuffle(context(), key, inputs, width);
  const packed = (packedBytes: Uint8Array): Ciphertexts =>
    decodeCiphertexts(packedBytes, count, width, 'changed');

  const swapped = join(
    outputs.packed.slice(128, 256),
    outputs.packed.slice(0, 128),
    outputs.packed.slice(256),
  );
  const replaced = join(encryptedPair(key), outputs.packed.slice(64));
  for (const changed of [swapped, replaced]) {
    await assert.rejects(verifyShuffle(context(), key, inputs, packed(changed), width, proof), /equation/);
  }
  await assert.rejects(verifyShuffle(context(), key, packed(swapped), outputs, width, proof), /equation/);
  await assert.rejects(verifyShuffle(context(), newKey().key, inputs, outputs, width, proof), /equation/);
  const fewer = decodeCiphertexts(outputs.packed.slice(128), 3, width, 'fewer');
  await assert.rejects(verifyShuffle(context(), key, inputs, fewer, width, proof), /as many/);

  for (const part of Object.keys(proof) as (keyof ShuffleProof)[]) {
    const bytes = proof[part];
    for (let at = 0; at < bytes.length; at += 32) {
      const changed = bytes.slice();
      changed.set(
        part === 's' || part.endsWith('S') ? encodeScalar(randomScalar()) : packElements([newKey().key]),
        at,
      );
      await assert.rejects(
        verifyShuffle(context(), key, inputs, outputs, width, { ...proof, [part]: changed }),
        /equation/,
        `${part} at ${at}`,
      );
    }
  }
});

test('each equation of a shuffle is tested', async () => {
  // A number of the response that stands in one equation only makes that one fail.
  const { key } = newKey();
  const inputs = ciphertexts(key, 3, 1);
  const { outputs, proof } = proveShuffle(context(), key, inputs, 1);
  const refusedBy = async (part: keyof ShuffleProof, at: number): Promise<string> => {
    const changed = proof[part].slice();
    changed.set(encodeScalar(randomScalar()), at);
    try {
      await verifyShuffle(context(), key, inputs, outputs, 1, { ...proof, [part]: changed });
      return 'accepted';
    } catch (error) {
      return /equation \((.)\)/.exec((error as Error).message)![1]!;
    }
  };
  assert.deepEqual(await Promise.all([0, 32, 64, 96].map((at) => refusedBy('s', at))), ['1', '2', '3', '4']);
  assert.equal(await refusedBy('chainS', 64), '5');
});

function encryptedPair(key: Point): Uint8Array {
  return packElements([...encrypt(key, newKey().key, randomScalar())]);
}

test('Lagrange factors rebuild a shared secret', () => {
  const polynomial = [randomScalar(), randomScalar(), randomScalar()];
  const at = (x: number): bigint => polynomial.reduceRight((value, a) => (value * BigInt(x) + a) % ORDER, 0n);
  for (const trustees of [
    [1, 2, 3],
    [2, 5, 31],
    [1, 4, 32],
  ]) {
    const factors = lagrange(trustees);
    assert.equal(
      trustees.reduce((total, j, i) => (total + factors[i]! * at(j)) % ORDER, 0n),
      polynomial[0],
    );
  }
  assert.deepEqual(lagrange([7]), [1n]);
  assert.ok(sum([timesG(2n), timesG(3n)]).equals(timesG(5n)));
});
