/**
 * The round trip between two places, from measured round trips between cloud regions.
 *
 * A colo and a cloud region are seldom where somebody measured. So each is joined to a measured region
 * near by, by a stub: light in fibre over the great circle, times the detour that fibre makes. The
 * measured part is kept apart from the derived part, because only one of them is a fact.
 */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Measured {
  /** Region → where it stands. */
  readonly points: Readonly<Record<string, Point>>;
  /** `from,to` → milliseconds. */
  readonly roundTripMs: Readonly<Record<string, number>>;
}

export interface RoundTrip {
  readonly ms: number;
  readonly measuredMs: number;
  readonly derivedMs: number;
  /** The measured pair, such as `germanywestcentral → eastus`; `null` when all of it is derived. */
  readonly pair: string | null;
}

const EARTH_RADIUS_KM = 6_371;
/** Light in fibre travels 200 km in a millisecond, one way. */
const FIBRE_KM_PER_MS = 200;
/** The median of measured ÷ light over the measured matrix (local/data/README.md). */
const DETOUR = 1.7;
/** Two machines in one city: switches and access lines. */
const SAME_CITY_MS = 1;
/** Regions tried around each end: the nearest may lack this pair, 8 % of pairs are not in the matrix. */
const NEAREST = 3;

export function greatCircleKm(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const latitude = Math.sin(((b.latitude - a.latitude) * radians) / 2) ** 2;
  const longitude = Math.sin(((b.longitude - a.longitude) * radians) / 2) ** 2;
  const across = Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * longitude;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(latitude + across));
}

/** The round trip over fibre nobody measured. */
export const stubMs = (a: Point, b: Point): number =>
  (2 * greatCircleKm(a, b) * DETOUR) / FIBRE_KM_PER_MS;

export function roundTrip(measured: Measured, from: Point, to: Point): RoundTrip {
  const direct = SAME_CITY_MS + stubMs(from, to);
  const [near, far] = [nearest(measured, from), nearest(measured, to)];
  const throughOneRegion = near[0] === far[0];
  const candidates = throughOneRegion ? [] : joined(measured, from, to, near, far);
  const best = candidates.reduce<RoundTrip | null>(
    (least, next) => (least === null || next.derivedMs < least.derivedMs ? next : least),
    null,
  );
  return best ?? { ms: direct, measuredMs: 0, derivedMs: direct, pair: null };
}

function joined(
  measured: Measured,
  from: Point,
  to: Point,
  near: readonly string[],
  far: readonly string[],
): RoundTrip[] {
  return near.flatMap((a) =>
    far.flatMap((b) => {
      const measuredMs = measured.roundTripMs[`${a},${b}`] ?? measured.roundTripMs[`${b},${a}`];
      const [pointA, pointB] = [measured.points[a], measured.points[b]];
      if (measuredMs === undefined || pointA === undefined || pointB === undefined) return [];
      const derivedMs = stubMs(from, pointA) + stubMs(pointB, to);
      return [{ ms: measuredMs + derivedMs, measuredMs, derivedMs, pair: `${a} → ${b}` }];
    }),
  );
}

function nearest(measured: Measured, point: Point): string[] {
  return Object.entries(measured.points)
    .map(([region, at]) => ({ region, km: greatCircleKm(point, at) }))
    .sort((a, b) => a.km - b.km)
    .slice(0, NEAREST)
    .map(({ region }) => region);
}
