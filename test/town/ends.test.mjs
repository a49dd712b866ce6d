// SPDX-License-Identifier: EUPL-1.2
// A demonstration that was asked to end does, with every service that it started.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startTown } from './town.mjs';

test("a town with the officials' desk ends by itself", { timeout: 120_000 }, async () => {
  const pages = mkdtempSync(path.join(tmpdir(), 'urna-pages-'));
  try {
    writeFileSync(path.join(pages, 'index.html'), '<!doctype html>\n<title>Desk</title>\n');
    const town = await startTown('--desk', pages, '--exit');
    await town.stop();
  } finally {
    rmSync(pages, { recursive: true });
  }
});
