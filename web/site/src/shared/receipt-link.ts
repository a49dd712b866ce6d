// SPDX-License-Identifier: EUPL-1.2
// A receipt as the fragment of an address, short enough for a QR code: its file, deflated, in base 64 for URLs.
import { fromBase64, toBase64 } from './bytes';

const MARK = 'r.';
const FILE_BYTES_MAX = 262_144;

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    // A few bytes can be inflated to gigabytes.
    if (length > FILE_BYTES_MAX) throw new Error('the receipt is too long');
    parts.push(part.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Undefined where the browser cannot deflate. */
export async function receiptFragment(file: Uint8Array): Promise<string | undefined> {
  if (!('CompressionStream' in window)) return undefined;
  const packed = await through(file, new CompressionStream('deflate-raw'));
  return MARK + toBase64(packed).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function isReceiptFragment(text: string): boolean {
  return text.startsWith(MARK);
}

/** The inverse; undefined if the text is none. */
export async function receiptOfFragment(text: string): Promise<Uint8Array | undefined> {
  if (!isReceiptFragment(text) || text.length > FILE_BYTES_MAX || !('DecompressionStream' in window)) {
    return undefined;
  }
  const base64 = text.slice(MARK.length).replace(/-/g, '+').replace(/_/g, '/');
  const packed = fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
  if (packed === undefined) return undefined;
  try {
    return await through(packed, new DecompressionStream('deflate-raw'));
  } catch {
    return undefined;
  }
}
