// SPDX-License-Identifier: EUPL-1.2
// Which pools a voter is asked about, and in which order projects are shown.
import type { Group, ManifestForm, Pool, Project } from '$ballot/types';
import type { Presentation } from '../shared/presentation';

/** Where somebody may live, and the pools that only its residents vote in. */
export interface District {
  readonly name: string;
  readonly pools: readonly number[];
}

export interface Offer {
  /** Pools that everybody votes in. */
  readonly everybody: readonly Pool[];
  /** A voter lives in one of them. */
  readonly districts: readonly District[];
  /** Of which a voter chooses some pools. */
  readonly groups: readonly Group[];
}

/** The district of a pool as its META says it, where the city gave no map. */
function subunitOf(pool: Pool): string | undefined {
  return pool.meta.find(([key]) => key === 'subunit')?.[1];
}

export function offerOf(manifest: ManifestForm, presentation: Presentation | undefined): Offer {
  const grouped = new Set(manifest.groups.flatMap((group) => group.pools));
  const byName = new Map<string, Set<number>>();
  const add = (name: string, pool: number): void => {
    if (!grouped.has(pool)) byName.set(name, (byName.get(name) ?? new Set()).add(pool));
  };
  if (presentation !== undefined && presentation.districts.some((one) => one.pools.length > 0)) {
    const numbers = new Map(manifest.pools.map((pool) => [pool.id, pool.number]));
    // A pool that every district names is everybody's.
    const everywhere = new Set(
      [...numbers.keys()].filter((id) => presentation.districts.every((one) => one.pools.includes(id))),
    );
    const several = presentation.districts.length > 1;
    for (const district of presentation.districts) {
      // Who lives where there is no pool of its own must be able to say so.
      if (several) byName.set(district.name, new Set());
      for (const id of district.pools) {
        const number = numbers.get(id);
        if (number !== undefined && !(several && everywhere.has(id))) add(district.name, number);
      }
    }
  } else {
    for (const pool of manifest.pools) {
      const subunit = subunitOf(pool);
      if (subunit !== undefined && subunit !== '') add(subunit, pool.number);
    }
  }
  const districts = [...byName].map(([name, pools]) => ({ name, pools: [...pools].sort((a, b) => a - b) }));
  const ofDistricts = new Set(districts.flatMap((one) => one.pools));
  const everybody = manifest.pools.filter(
    (pool) => !grouped.has(pool.number) && !ofDistricts.has(pool.number),
  );
  return { everybody, districts, groups: manifest.groups };
}

/** The pools to fill in, in the manifest's order: everybody's, then the district's, then those chosen. */
export function poolsFor(
  offer: Offer,
  manifest: ManifestForm,
  district: string | undefined,
  chosen: readonly number[],
): Pool[] {
  const own = offer.districts.find((one) => one.name === district)?.pools ?? [];
  const grouped = offer.groups.flatMap((group) =>
    group.pools.filter((pool) => chosen.includes(pool)).slice(0, group.most),
  );
  const numbers = [...offer.everybody.map((pool) => pool.number), ...own, ...grouped];
  return numbers.flatMap((number) => manifest.pools[number] ?? []);
}

/** Numbers below 2³², the same for the same seed: xoshiro128** (Blackman, Vigna 2018). */
function generator(seed: Uint8Array, stream: number): () => number {
  const view = new DataView(seed.buffer, seed.byteOffset, 16);
  const s = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  let [a, b, c, d] = s as [number, number, number, number];
  a = (a ^ Math.imul(stream + 1, 0x9e3779b1)) >>> 0;
  if ((a | b | c | d) === 0) d = 1;
  const next = (): number => {
    const m = Math.imul(b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  // The first numbers of near seeds are near.
  for (let k = 0; k < 16; ++k) next();
  return next;
}

/** The projects of a pool in an order drawn by `seed` (16 bytes): every order is equally likely. */
export function drawnOrder(
  pool: Pool,
  seed: Uint8Array,
): { readonly number: number; readonly project: Project }[] {
  const order = pool.projects.map((project, k) => ({ number: k + 1, project }));
  const next = generator(seed, pool.number);
  for (let k = order.length - 1; k > 0; --k) {
    const bound = k + 1;
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let drawn = next();
    while (drawn >= limit) drawn = next();
    const j = drawn % bound;
    [order[k], order[j]] = [order[j]!, order[k]!];
  }
  return order;
}

/** For searching: without marks and capitals, so that "zolw" finds "Żółw". */
export function plainly(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ł/g, 'l').replace(/Ł/g, 'l').toLowerCase();
}
