// SPDX-License-Identifier: EUPL-1.2
// Merkle trees and checkpoints against known answers.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fromHex, hex, utf8 } from '../src/bytes.js';
import { parseCheckpoint, tilePath, verifyCheckpoint } from '../src/board.js';
import { hashesAbove, leafHash, merkleRoot } from '../src/merkle.js';

// The eight leaves with which implementations of RFC 6962 are tested.
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('tree hashes', () => {
  const leaves = LEAVES.map((leaf) => leafHash(fromHex(leaf)));
  for (const [size, root] of ROOTS.entries()) assert.equal(hex(merkleRoot(leaves.slice(0, size))), root);
});

test('hashes of full tiles fit the whole tree', () => {
  const leaves = Array.from({ length: 1000 }, (_, i) => leafHash(utf8(String(i))));
  const above = hashesAbove(leaves);
  assert.equal(above.length, 3);
  assert.deepEqual(merkleRoot([...above, merkleRoot(leaves.slice(768))]), merkleRoot(leaves));
});

test('paths of tiles', () => {
  assert.equal(tilePath('0', 0, 256), 'tile/0/000');
  assert.equal(tilePath('1', 5, 3), 'tile/1/005.p/3');
  assert.equal(tilePath('entries', 1234067, 256), 'tile/entries/x001/x234/067');
  assert.equal(tilePath('2', 1000, 1), 'tile/2/x001/000.p/1');
});

const ROOT = btoa('r'.repeat(32));
const SIGNATURE = `— example.org/a ${btoa('s'.repeat(68))}\n`;

test('checkpoints are read strictly', () => {
  const checkpoint = parseCheckpoint(utf8(`example.org/a\n7\n${ROOT}\n\n${SIGNATURE}`));
  assert.equal(checkpoint.size, 7);
  assert.equal(checkpoint.body, `example.org/a\n7\n${ROOT}\n`);
  assert.equal(checkpoint.signatures[0]!.name, 'example.org/a');
  for (const text of [
    '',
    `a\n7\n${ROOT}\n`,
    `a\n7\n${ROOT}\n\n`,
    `a\n07\n${ROOT}\n\n${SIGNATURE}`,
    `a\n-1\n${ROOT}\n\n${SIGNATURE}`,
    `a\n7\n${ROOT.slice(4)}\n\n${SIGNATURE}`,
    `a\n7\n${ROOT}x\n\n${SIGNATURE}`,
    `a\n7\n${ROOT}\n\n${SIGNATURE}\n`,
    `a\n7\n${ROOT}\n\n${SIGNATURE.slice(0, -1)}`,
    `a\n7\n${ROOT}\n\n${SIGNATURE.replace('—', '-')}`,
    `a\r\n7\n${ROOT}\n\n${SIGNATURE.replace(' example', '  example')}`,
  ]) {
    assert.throws(() => parseCheckpoint(utf8(text)), JSON.stringify(text));
  }
});

// The example of board.md.
const EXAMPLE = `board.example/lodz
3
Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=

— board.example/lodz ORXQKVvUuXsHFhHpPSaxUGn+GRrVQ9NsAnzL+BnnzIwGSXHH3iacrY4ArtAzde31F+TTJVFZwV8NaYjegWw9A1/m8wM=
— anna.example R2ob9QAAAABqz8AAXzEBZKsMwJasKIKzHS+aCwdgHHfvTEJBTZTuUBXOaRdhc91/TSSar1NILFJwuBw+96vuDa5PALEuA4AZwFquAQ==
`;
const keyOf = (note: string): Uint8Array =>
  Uint8Array.from(atob(note.split('+').slice(2).join('+')), (c) => c.charCodeAt(0)).slice(1);
const BOARD = {
  origin: 'board.example/lodz',
  key: keyOf('board.example/lodz+3915d029+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c'),
  witnesses: [
    {
      name: 'anna.example',
      key: keyOf('anna.example+476a1bf5+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU'),
    },
  ],
  quorum: 1,
};

test("the example's root and checkpoint hold", () => {
  const root = merkleRoot(['one', 'two', 'three'].map((entry) => leafHash(utf8(entry))));
  const checkpoint = parseCheckpoint(utf8(EXAMPLE));
  assert.deepEqual(checkpoint.root, root);
  verifyCheckpoint(checkpoint, BOARD);
});

test('a changed checkpoint, a missing or a wrong signature is refused', () => {
  const verify = (text: string, board = BOARD): void => verifyCheckpoint(parseCheckpoint(utf8(text)), board);
  const lines = EXAMPLE.split('\n');
  const without = (line: number): string => lines.filter((_, i) => i !== line).join('\n');
  assert.throws(() => verify(EXAMPLE.replace('\n3\n', '\n4\n')), /signature does not hold/);
  assert.throws(() => verify(without(4)), /signature is missing/);
  assert.throws(() => verify(without(5)), /0 witnesses/);
  verify(without(5), { ...BOARD, quorum: 0 });
  assert.throws(() => verify(EXAMPLE.replace('wFquAQ==', 'wFquAA==')), /anna.example does not hold/);
  assert.throws(() => verify(EXAMPLE.replace('wFquAQ==', 'wFquAR==')), /base64/);
  assert.throws(() => verify(EXAMPLE, { ...BOARD, origin: 'board.example/other' }), /another log/);
  assert.throws(() => verify(EXAMPLE + lines[5] + '\n'), /twice/);
  verify(`${EXAMPLE}— someone.else AAAAAAA=\n`);
  assert.throws(() => verify(`${EXAMPLE}— someone else AAAAAAA=\n`), /malformed/);
  // The board's key that cosigns, or the witness that signs like a log, is unknown.
  assert.throws(() => verify(EXAMPLE, { ...BOARD, key: BOARD.witnesses[0]!.key }), /signature is missing/);
});
