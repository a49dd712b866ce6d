// SPDX-License-Identifier: EUPL-1.2
// What every browser and later Node.js have: Node.js 18 keeps it in a module. Loaded before the tests.

import { webcrypto } from 'node:crypto';

if (globalThis.crypto === undefined) {
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto });
}
