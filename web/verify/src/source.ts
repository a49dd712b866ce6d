// SPDX-License-Identifier: EUPL-1.2
// Where a record is read from: a website, or files that a person chose in a browser.

import { Malformed } from './bytes.js';

export interface RecordSource {
  /** All files of the record, paths with `/`; undefined where files cannot be listed. */
  list(): Promise<readonly string[] | undefined>;
  /** The bytes of a file, undefined if there is none. Refuses files of more than `limit` bytes. */
  read(path: string, limit: number): Promise<Uint8Array | undefined>;
}

export function tooLong(limit: number): Malformed {
  return new Malformed(`the file has more than ${limit} bytes`);
}

/** The longest that one file may take to arrive, in milliseconds. */
const TIMEOUT = 600_000;

/** A record published as a static website. */
export class HttpSource implements RecordSource {
  private readonly base: string;

  constructor(base: string) {
    this.base = base.endsWith('/') ? base : `${base}/`;
  }

  async list(): Promise<undefined> {
    return undefined;
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const response = await fetch(new URL(path, this.base), {
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${path}: the server answers ${response.status}`);
    if (response.body === null) return new Uint8Array();
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > limit) {
        await reader.cancel();
        throw tooLong(limit);
      }
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
}

/** Files of a folder that a person chose, by their paths below that folder. */
export class FilesSource implements RecordSource {
  constructor(private readonly files: ReadonlyMap<string, Blob>) {}

  async list(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    if (file.size > limit) throw tooLong(limit);
    return new Uint8Array(await file.arrayBuffer());
  }
}

/** A record in memory, by path. */
export class MemorySource implements RecordSource {
  constructor(private readonly files: ReadonlyMap<string, Uint8Array>) {}

  async list(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const file = this.files.get(path);
    if (file !== undefined && file.length > limit) throw tooLong(limit);
    return file;
  }
}
