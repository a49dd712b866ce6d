// SPDX-License-Identifier: EUPL-1.2
// What tests of mandates share: the two controllers of the demonstration, of the program under test.
import assert from 'node:assert/strict';
import * as controllers from '../../demo/controllers.mjs';
import { program, urna } from './town.mjs';

export { keeperLines } from '../../demo/controllers.mjs';
export { freePort } from '../../demo/desk.mjs';

export function ran(...words) {
  const done = program(...words);
  assert.equal(done.status, 0, `urna ${words.join(' ')}\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

export const startControllers = (folder, settings) => controllers.startControllers(urna, folder, settings);
