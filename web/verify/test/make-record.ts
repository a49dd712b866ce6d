// SPDX-License-Identifier: EUPL-1.2
// Writes a record with invented votes into a directory: node dist-test/test/make-record.js DIRECTORY [VOTERS]

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeRecord, smallVotes, type Vote } from './record.js';

const [directory, voters] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: node dist-test/test/make-record.js DIRECTORY [VOTERS]');
  process.exit(2);
}
const votes = voters === undefined ? smallVotes() : manyVotes(Number(voters));
const record = makeRecord(votes, { rounds: 3 });
for (const [path, bytes] of record.seal()) {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), bytes);
}

/** All in pool 0, one to three of its four projects. */
function manyVotes(count: number): Vote[] {
  return Array.from({ length: count }, (_, voter): Vote => {
    const mask = 1 + ((voter * 5) % 14);
    const chosen = [1, 2, 3, 4].filter((project) => (mask >> (project - 1)) & 1);
    return { voter, pool: 0, content: chosen.map((project) => ({ project, points: 1 })) };
  });
}
