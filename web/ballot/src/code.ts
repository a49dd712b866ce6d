// SPDX-License-Identifier: EUPL-1.2
// Short codes that people compare, and bytes as text for links.

import { demand } from '../../verify/src/bytes.js';

/** No 1, I, L: they look alike. No O: a zero is meant wherever somebody reads one. */
const ALPHABET = '023456789ABCDEFGHJKMNPQRSTUVWXYZ';
const CODE_BITS = 80;

/** The first 80 bits of an entry hash as four groups of four signs, each of 5 bits. */
export function shortCode(entryHash: Uint8Array): string {
  let signs = '';
  for (let at = 0; at < CODE_BITS; at += 5) {
    const two = 256 * entryHash[at >> 3]! + (entryHash[(at >> 3) + 1] ?? 0);
    signs += ALPHABET[(two >> (11 - (at & 7))) & 31];
  }
  return signs.replace(/(.{4})(?=.)/g, '$1-');
}

/** A code as somebody typed it, in its one form; undefined if it cannot be one. */
export function readCode(typed: string): string | undefined {
  const signs = typed
    .toUpperCase()
    .replace(/[\s\u2010-\u2015.-]/g, '')
    .replaceAll('O', '0');
  if (signs.length !== CODE_BITS / 5) return undefined;
  for (const sign of signs) if (!ALPHABET.includes(sign)) return undefined;
  return signs.replace(/(.{4})(?=.)/g, '$1-');
}

/** Base 64 for links, without padding. */
export function toLink(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The bytes of `toLink()`; refused unless it is the one form of them. */
export function fromLink(text: string): Uint8Array {
  demand(
    /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1,
    'the text holds a sign that does not belong',
  );
  const bytes = fromBase64(
    text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4),
  );
  demand(toLink(bytes) === text, 'the text is not in its one form');
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Refuses what is not standard base 64 in its one form. */
export function fromBase64(text: string): Uint8Array {
  let binary: string | undefined;
  try {
    binary = atob(text);
  } catch {
    binary = undefined;
  }
  demand(binary !== undefined && btoa(binary) === text, 'the text is not base 64');
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
