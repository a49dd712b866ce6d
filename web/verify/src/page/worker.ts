// SPDX-License-Identifier: EUPL-1.2
// Verifies a record beside the page, so that the page stays responsive.

import { fromHex } from '../bytes.js';
import { FilesSource, HttpSource } from '../source.js';
import { verifyRecord } from '../verify.js';
import type { Reply, Request } from './messages.js';

const reply = (message: Reply): void => self.postMessage(message);

self.onmessage = async ({ data }: MessageEvent<Request>): Promise<void> => {
  const { record, manifestHash } = data;
  const source = typeof record === 'string' ? new HttpSource(record) : new FilesSource(new Map(record));
  try {
    const verdict = await verifyRecord(source, {
      ...(manifestHash !== '' && { manifestHash: fromHex(manifestHash) }),
      onProgress: ({ step, detail }) => reply({ kind: 'progress', step, detail }),
    });
    reply({ kind: 'verdict', verdict });
  } catch (error) {
    reply({ kind: 'unreadable', message: error instanceof Error ? error.message : String(error) });
  }
};
