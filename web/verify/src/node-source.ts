// SPDX-License-Identifier: EUPL-1.2
// A record in a directory, read with Node.js.

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tooLong, type RecordSource } from './source.js';
import { Malformed } from './bytes.js';

export class DirectorySource implements RecordSource {
  constructor(private readonly directory: string) {}

  async list(): Promise<readonly string[]> {
    const paths: string[] = [];
    const walk = async (below: string): Promise<void> => {
      for (const entry of await readdir(join(this.directory, below), { withFileTypes: true })) {
        const path = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) await walk(path);
        else if (entry.isFile()) paths.push(path);
        else throw new Malformed(`${path} is neither a file nor a directory`);
      }
    };
    await walk('');
    return paths;
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    let file;
    try {
      file = await open(join(this.directory, path), 'r');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
    try {
      const { size } = await file.stat();
      if (size > limit) throw tooLong(limit);
      const bytes = new Uint8Array(size);
      let length = 0;
      for (let more = 1; more > 0; length += more) {
        // A call reads less than 2 GiB.
        more = (await file.read(bytes, length, Math.min(size - length, 1 << 30), length)).bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  }
}
