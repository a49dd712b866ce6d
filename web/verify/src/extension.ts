// SPDX-License-Identifier: EUPL-1.2
// Until when votes may be cast, and what puts that off (section 7.1).

import { demand } from './bytes.js';
import { fields, keys, type CborMap } from './cbor.js';
import { demandOfficials, type Entry } from './entries.js';
import type { Point } from './group.js';
import { plain } from './manifest-form.js';

/** Times are Unix seconds. */
export interface Extension {
  /** When the officials decided. */
  readonly time: number;
  /** The end of the voting until then, and the new one. */
  readonly replaces: number;
  readonly closes: number;
  /** Why, in Polish and in English. */
  readonly reasonPl: string;
  readonly reasonEn: string;
}

const EXTENSIONS_MAX = 8;
const REASON_BYTES_MAX = 1024;
const LONGEST_SECONDS = 31 * 86_400;

export function readExtension(map: CborMap): Extension {
  const f = fields(map, 'the extension', keys(0, 7));
  return {
    time: f.uint(2),
    replaces: f.uint(3),
    closes: f.uint(4),
    reasonPl: plain(f.text(5, 1, REASON_BYTES_MAX), 'the reason in Polish'),
    reasonEn: plain(f.text(6, 1, REASON_BYTES_MAX), 'the reason in English'),
  };
}

/** From when until when: the times that are in force after the entries read so far. */
export class VotingTerm {
  readonly extensions: Extension[] = [];

  constructor(
    readonly opened: number,
    private readonly announced: number,
  ) {}

  get closes(): number {
    return this.extensions.at(-1)?.closes ?? this.announced;
  }

  /** The earliest time that the next decision of officials may state. */
  get decided(): number {
    return this.extensions.at(-1)?.time ?? this.opened;
  }

  private demandMayExtend(extension: Extension): void {
    const { closes } = this;
    demand(
      this.extensions.length < EXTENSIONS_MAX,
      `the vote was extended ${EXTENSIONS_MAX} times before the extension`,
    );
    demand(extension.replaces === closes, 'the extension replaces an end of the vote that is not in force');
    demand(
      extension.time >= Math.max(this.opened, this.decided),
      'the extension was decided before the opening or before the one that it follows',
    );
    demand(extension.time < closes, 'the extension was decided when the vote was over');
    demand(extension.closes > closes, 'the extension shortens the vote');
    demand(extension.closes - closes <= LONGEST_SECONDS, 'the extension is of more than 31 days');
  }

  /** Refuses an entry that may not follow; else its end is in force. */
  extend(entry: Entry, edition: Uint8Array, officials: readonly Point[]): void {
    const extension = readExtension(entry.map);
    this.demandMayExtend(extension);
    demandOfficials(entry, fields(entry.map, 'the extension', keys(0, 7)), 7, edition, officials);
    this.extensions.push(extension);
  }
}
