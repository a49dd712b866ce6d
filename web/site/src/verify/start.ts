// SPDX-License-Identifier: EUPL-1.2
// Starts the worker under the pages' policy, which lets no text become the address of a program unless it is
// one of the site's own.
import type { Reply, Request } from './messages';
import workerUrl from './worker?worker&url';

interface Policy {
  createScriptURL(address: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): Policy;
}

function ownAddress(address: string): string {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith('/assets/')) {
    throw new TypeError('not a program of this site');
  }
  return url.href;
}

const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('urna', {
  createScriptURL: ownAddress,
});

/** Asks a new worker; `onReply` is called until it is terminated. */
export function startWorker(request: Request, onReply: (reply: Reply) => void): Worker {
  const address = (policy?.createScriptURL(workerUrl) ?? ownAddress(workerUrl)) as string;
  const worker = new Worker(address, { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Reply>) => onReply(data);
  worker.onerror = () => onReply({ kind: 'unreadable' });
  worker.postMessage(request);
  return worker;
}
