// SPDX-License-Identifier: EUPL-1.2
// A map of a city without tiles: degrees to pixels, districts to paths. A city is small enough for a plane;
// and planar rings may turn either way, which on a globe decides between a district and all the rest.

export type Degrees = readonly [longitude: number, latitude: number];
export type Pixels = readonly [x: number, y: number];
type Ring = readonly Degrees[];
export type Polygon = readonly Ring[];

export interface MapDistrict {
  readonly name: string;
  readonly polygons: readonly Polygon[];
}

export interface MapPlace {
  readonly key: string;
  readonly name: string;
  readonly place: Degrees;
  /** Full places are filled, others are rings. */
  readonly full?: boolean;
}

function isDegrees(value: unknown): value is Degrees {
  return Array.isArray(value) && value.length >= 2 && Number.isFinite(value[0]) && Number.isFinite(value[1]);
}

function polygonOf(value: unknown): Polygon | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const sound = value.every((ring) => Array.isArray(ring) && ring.length >= 4 && ring.every(isDegrees));
  return sound ? (value as unknown as Polygon) : undefined;
}

/** The polygons of a geometry of GeoJSON; none if it is another or malformed. */
export function polygonsOf(geometry: unknown): readonly Polygon[] {
  if (typeof geometry !== 'object' || geometry === null) return [];
  const { type, coordinates } = geometry as { type?: unknown; coordinates?: unknown };
  const list = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : [];
  if (!Array.isArray(list)) return [];
  return list.map(polygonOf).filter((polygon) => polygon !== undefined);
}

export interface Projection {
  readonly width: number;
  readonly height: number;
  readonly project: (place: Degrees) => Pixels;
}

/** Fits everything into the width, with a margin; the height follows from the city's shape, within bounds. */
export function projectionOf(
  districts: readonly MapDistrict[],
  places: readonly Degrees[],
  width: number,
  { margin = 12, heightMost = 640 } = {},
): Projection | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const add = ([longitude, latitude]: Degrees): void => {
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
  };
  for (const district of districts) district.polygons.forEach((polygon) => polygon[0]?.forEach(add));
  // A place far outside is a mistake of somebody's; it must not make the city a dot.
  if (districts.length === 0) places.forEach(add);
  if (west > east || width <= 2 * margin) return undefined;
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * shrink, 1e-3);
  const tall = Math.max(north - south, 1e-3);
  const scale = Math.min((width - 2 * margin) / wide, (heightMost - 2 * margin) / tall);
  const height = tall * scale + 2 * margin;
  const left = (width - wide * scale) / 2;
  return {
    width,
    height,
    project: ([longitude, latitude]) => [
      left + (longitude - west) * shrink * scale,
      margin + (north - latitude) * scale,
    ],
  };
}

const tenth = (value: number): string => (Math.round(value * 10) / 10).toString();

/** The outline of polygons as an SVG path; holes are holes under the rule evenodd. */
export function pathOf(polygons: readonly Polygon[], { project }: Projection): string {
  return polygons
    .flat()
    .map((ring) => {
      const points = ring.slice(0, -1).map((place) => project(place).map(tenth).join(' '));
      return `M${points.join('L')}Z`;
    })
    .join('');
}

/** Where a name stands: the middle of the largest polygon; and how wide that is there, in pixels. */
export function labelOf(
  polygons: readonly Polygon[],
  { project }: Projection,
): { readonly at: Pixels; readonly room: number } | undefined {
  let best: { at: Pixels; room: number; area: number } | undefined;
  for (const polygon of polygons) {
    const ring = (polygon[0] ?? []).map(project);
    let [area, x, y] = [0, 0, 0];
    for (let i = 0; i + 1 < ring.length; i++) {
      const [[x1, y1], [x2, y2]] = [ring[i]!, ring[i + 1]!];
      const cross = x1 * y2 - x2 * y1;
      area += cross;
      x += (x1 + x2) * cross;
      y += (y1 + y2) * cross;
    }
    if (Math.abs(area) < 1 || (best && Math.abs(area) <= best.area)) continue;
    const at: Pixels = [x / (3 * area), y / (3 * area)];
    // Where the outline crosses the line of the name.
    const crossings: number[] = [];
    for (let i = 0; i + 1 < ring.length; i++) {
      const [[x1, y1], [x2, y2]] = [ring[i]!, ring[i + 1]!];
      if (y1 > at[1] !== y2 > at[1]) crossings.push(x1 + ((at[1] - y1) / (y2 - y1)) * (x2 - x1));
    }
    const left = Math.max(...crossings.filter((one) => one <= at[0]), -Infinity);
    const right = Math.min(...crossings.filter((one) => one > at[0]), Infinity);
    const room = 2 * Math.min(at[0] - left, right - at[0]);
    best = { at, room: Number.isFinite(room) ? room : 0, area: Math.abs(area) };
  }
  return best;
}
