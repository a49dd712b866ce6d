// SPDX-License-Identifier: EUPL-1.2
// The project's test vectors, test/vectors/*.json, in the formats of docs/vectors.md.

import { test } from 'node:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

// From web/verify/dist-test/test up to the repository.
const folder = new URL('../../../../test/vectors/', import.meta.url);

/** For each file its reader, which checks all vectors in it. */
const READERS: Record<string, (vectors: unknown) => void | Promise<void>> = {};

const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

if (files.length === 0) {
  test('test vectors', { skip: 'there are none in test/vectors yet' }, () => {});
}
for (const name of files) {
  const reader = READERS[name];
  const skip = reader ? false : 'its format is not known to this verifier';
  test(`test vectors of ${name}`, { skip }, async () => {
    await reader!(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  });
}
