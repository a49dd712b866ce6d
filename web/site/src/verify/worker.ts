// SPDX-License-Identifier: EUPL-1.2
// Verifies a record beside the page, so that the page stays responsive.
import { fromHex } from '$verify/bytes';
import { FilesSource, HttpSource } from '$verify/source';
import { verifyRecord } from '$verify/verify';
import type { Reply, Request } from './messages';

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
  } catch {
    reply({ kind: 'unreadable' });
  }
};
