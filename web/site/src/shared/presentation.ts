// SPDX-License-Identifier: EUPL-1.2
// What is told about projects beside the manifest: descriptions, topics, places, districts. The manifest
// names the file's hash in every pool (META presentation_sha256); a file with another hash is not shown.
import type { Text } from '$ui/language.svelte';
import { sha256Hex } from './bytes';

export interface PresentedProject {
  readonly pool: string;
  readonly id: string;
  readonly description?: Text;
  readonly topics: readonly string[];
  readonly for: readonly string[];
  readonly districts: readonly string[];
  /** Longitude and latitude. */
  readonly place?: readonly [number, number];
}

export interface DistrictShape {
  readonly name: string;
  /** Ids of the pools of who lives there. */
  readonly pools: readonly string[];
  /** Of GeoJSON; Polygon or MultiPolygon. */
  readonly geometry: unknown;
}

export interface Presentation {
  readonly city?: Text;
  readonly districts: readonly DistrictShape[];
  /** By pool id and project id: `${pool} ${id}`. */
  readonly projects: ReadonlyMap<string, PresentedProject>;
}

interface PoolMeta {
  readonly meta: readonly (readonly [key: string, value: string])[];
}

const BYTES_MAX = 8 << 20;

type Members = Record<string, unknown>;
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] =>
  list(value).filter((one): one is string => typeof one === 'string' && one.length <= 256);

function textOf(value: unknown): Text | undefined {
  if (!isObject(value)) return undefined;
  const { pl, en } = value;
  const first = typeof pl === 'string' ? pl : en;
  if (typeof first !== 'string') return undefined;
  return { pl: first, en: typeof en === 'string' ? en : first };
}

function placeOf(value: unknown): readonly [number, number] | undefined {
  const [longitude, latitude] = list(value);
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return undefined;
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return undefined;
  return [longitude, latitude];
}

/** Reads the file; undefined if it is none. */
export function readPresentation(text: string): Presentation | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(parsed) || parsed['version'] !== 1) return undefined;
  const projects = new Map<string, PresentedProject>();
  for (const one of list(parsed['projects'])) {
    if (!isObject(one) || typeof one['pool'] !== 'string' || typeof one['id'] !== 'string') continue;
    const description = textOf(one['description']);
    const place = placeOf(one['place']);
    projects.set(`${one['pool']} ${one['id']}`, {
      pool: one['pool'],
      id: one['id'],
      ...(description ? { description } : {}),
      topics: texts(one['topics']),
      for: texts(one['for']),
      districts: texts(one['districts']),
      ...(place ? { place } : {}),
    });
  }
  const collection = isObject(parsed['districts']) ? list(parsed['districts']['features']) : [];
  const districts = collection.filter(isObject).flatMap((feature): DistrictShape[] => {
    const properties = feature['properties'];
    if (!isObject(properties) || typeof properties['name'] !== 'string') return [];
    return [{ name: properties['name'], pools: texts(properties['pools']), geometry: feature['geometry'] }];
  });
  const city = textOf(parsed['city']);
  return { ...(city ? { city } : {}), districts, projects };
}

/** Asks for the file, before it is known which one the manifest names; undefined if there is none. */
export async function askForPresentation(base: string): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(new URL('presentation.json', base), {
      // As the page's preload asks (vote/index.html).
      credentials: 'same-origin',
      redirect: 'error',
    });
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}

/** The file of an edition; undefined if there is none, or not the one that the manifest names. */
export async function loadPresentation(
  base: string,
  pools: readonly PoolMeta[],
  asked = askForPresentation(base),
): Promise<Presentation | undefined> {
  const named = new Set(
    pools.flatMap((pool) =>
      pool.meta.filter(([key]) => key === 'presentation_sha256').map(([, value]) => value),
    ),
  );
  if (named.size !== 1) return undefined;
  const bytes = await asked;
  if (bytes === undefined || bytes.length > BYTES_MAX) return undefined;
  try {
    if (!named.has(await sha256Hex(bytes))) return undefined;
    return readPresentation(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
