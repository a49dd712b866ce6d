// SPDX-License-Identifier: EUPL-1.2
// Ports that are chosen before a service starts are not those that the system gives away meanwhile.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { freePort } from '../../demo/desk.mjs';

test('a free port is free, and none that the system gives away', async () => {
  const given = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const [least, most] = given.trim().split(/\s+/).map(Number);
  for (let i = 0; i < 50; ++i) {
    const port = await freePort();
    if (least >= 32_768) assert.ok(port < least || port > most, `${port} is among ${given}`);
    const server = createServer();
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  }
});
