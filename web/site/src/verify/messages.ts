// SPDX-License-Identifier: EUPL-1.2
// What the page and its worker tell each other.
import type { Step, Verdict } from '$verify/report';

export interface Request {
  /** Files of a folder by their paths, or the address of a record. */
  readonly record: readonly (readonly [path: string, file: File])[] | string;
  /** The expected manifest hash in hexadecimal, or empty. */
  readonly manifestHash: string;
}

export type Reply =
  | { readonly kind: 'progress'; readonly step: Step; readonly detail: string }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'unreadable' };
