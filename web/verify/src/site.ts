// SPDX-License-Identifier: EUPL-1.2
// The site that people vote on, held against the list of its files that the manifest names (section 14.2).

import { textOf, demand, hash, hex, Malformed } from './bytes.js';
import type { SiteReport } from './report.js';
import { HttpSource, type RecordSource } from './source.js';

const META_KEY = 'site_sha256';
const LIST = 'code.json';
const MAXIMUM_LIST_BYTES = 1 << 20;
const MAXIMUM_FILE_BYTES = 4 << 20;
const MAXIMUM_FILES = 2_000;
/** Answered where there is nothing, so that nobody can ask for it. */
const MISSING_PAGE = '404.html';

const HASH = /^[0-9a-f]{64}$/;
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,4}$/;

/** A site at an address, by the names of its files. */
export class SiteOnTheWeb extends HttpSource {
  override read(name: string, limit: number): Promise<Uint8Array | undefined> {
    return super.read(name === 'index.html' ? '' : name.replace(/\/index\.html$/, '/'), limit);
  }
}

interface PoolMeta {
  readonly meta: readonly (readonly [key: string, value: string])[];
}

/** What the manifest's pools say of the site, and, if one is given, whether it is that one. Throws only where it cannot
    be read at all. */
export async function compareSite(pools: readonly PoolMeta[], site?: RecordSource): Promise<SiteReport> {
  const values = new Set(
    pools.flatMap(({ meta }) => meta.filter(([key]) => key === META_KEY).map(([, value]) => value)),
  );
  const named = values.size === 1 ? [...values][0]! : undefined;
  const report: SiteReport = named === undefined ? {} : { named };
  if (site === undefined) return report;
  try {
    demand(values.size > 0, 'the edition does not name the files of its site');
    demand(named !== undefined && HASH.test(named), 'pools of the edition do not name one list of files');
    await demandSite(named, site);
    return { ...report, same: true };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ...report, same: false, difference: error.message };
  }
}

async function demandSite(named: string, site: RecordSource): Promise<void> {
  const list = await site.read(LIST, MAXIMUM_LIST_BYTES);
  demand(list !== undefined, `the site has no ${LIST}`);
  const found = hex(hash(list));
  demand(found === named, `the edition names the list ${named}, the site has ${found}`);
  const files = readList(list);
  const names = await site.list();
  for (const [name, expected] of files) {
    if (names === undefined && name === MISSING_PAGE) continue;
    const bytes = await site.read(name, MAXIMUM_FILE_BYTES);
    demand(bytes !== undefined, `${name} is missing`);
    demand(hex(hash(bytes)) === expected, `${name} is not as the list says`);
  }
  for (const name of names ?? []) {
    demand(files.has(name) || name === LIST || name.endsWith('.gz'), `${name} is not on the list`);
  }
}

/** The files of the list with their hashes. */
function readList(bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = textOf(bytes, LIST);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed(`${LIST} is not JSON`);
  }
  const { version, files, ...others } = objectOf(value);
  demand(version === 1 && Object.keys(others).length === 0, `${LIST} is not of version 1`);
  const members = Object.entries(objectOf(files));
  demand(members.length > 0 && members.length <= MAXIMUM_FILES, `${LIST} names no file, or too many`);
  // The parser keeps the last of two members of one name; so what the text says is counted.
  const keys = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  demand(keys.length === members.length + 2, `${LIST} has a member twice`);
  return new Map(
    members.map(([name, expected]): [string, string] => {
      demand(NAME.test(name), `${LIST} names ${JSON.stringify(name)}, which is no file's name`);
      demand(typeof expected === 'string' && HASH.test(expected), `${LIST} has no hash of ${name}`);
      return [name, expected];
    }),
  );
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), `${LIST} is not of its form`);
  return value as Readonly<Record<string, unknown>>;
}
