// SPDX-License-Identifier: EUPL-1.2
// The false records that `urna mutate` makes out of a rehearsed one: each must be refused in the step that it names.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DirectorySource } from '../src/node-source.js';
import { verifyRecord } from '../src/verify.js';

/** A false record; `step` holds the steps in which it may be refused, parted by `|`, and nothing if it is right. */
interface Mutant {
  readonly name: string;
  readonly step: string;
  readonly description: string;
}

const program = process.env['URNA_PROGRAM'];
// From web/verify/dist-test/test.
const data = fileURLToPath(new URL('../../test/data/', import.meta.url));

if (program === undefined) {
  test('false records', { skip: 'URNA_PROGRAM does not name the program urna that makes them' }, () => {});
} else {
  const folder = mkdtempSync(join(tmpdir(), 'urna-mutants-'));
  after(() => rmSync(folder, { recursive: true }));
  const [record, secrets, mutants] = ['record', 'secrets', 'mutants'].map((name) => join(folder, name));
  const urna = (...args: readonly string[]): void => void execFileSync(program, args);
  // Ballots of one element and of two, points, and a pool that is withheld.
  const pools = ['approval', 'wide', 'points', 'few'].map((name) => join(data, `${name}.pb`));
  urna('rehearse', ...pools, '--out', record!, '--keep-secrets', secrets!, '--threads', '1', '--quiet');
  urna('mutate', record!, '--secrets', secrets!, '--out', mutants!, '--quiet');

  const list = JSON.parse(readFileSync(join(mutants!, 'mutants.json'), 'utf8')) as Mutant[];
  test('there are more than a hundred false records', () => assert.ok(list.length > 100));
  for (const { name, step, description } of list) {
    test(`${name}: ${description}`, async () => {
      const { accepted, failure } = await verifyRecord(new DirectorySource(join(mutants!, name)));
      assert.equal(accepted, step === '', failure?.problem);
      if (failure) assert.ok(step.split('|').includes(failure.step), `${failure.step}: ${failure.problem}`);
    });
  }
}
