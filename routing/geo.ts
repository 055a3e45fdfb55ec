/**
 * Where things are: the only table colo → place, and the distances that follow from it.
 *
 * Two kinds of region come out, which must not be mixed up: the *region* is where a RegionState lives (a
 * location hint that hosts objects), the *steering region* is one of the vendor's 13 codes that an operator
 * writes into `region_pools`.
 */
import { COLOS } from "./data/colos.ts";
import { COUNTRIES } from "./data/countries.ts";
import { STEERING_REGIONS, type SteeringRegion } from "./model.ts";
import type { Region } from "./names.ts";
import type { Colo } from "./units.ts";

/** Degrees, north and east positive. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Place extends Point {
  readonly country: string;
  readonly region: Region;
  readonly steeringRegion: SteeringRegion;
}

/** What a request tells about where its sender is; every part may be missing. */
export interface Whereabouts {
  readonly colo?: Colo | undefined;
  readonly country?: string | undefined;
  /** The platform's codes: AF AN AS EU NA OC SA. */
  readonly continent?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
}

/**
 * The region for a colo that no table knows and whose visitor has no coordinates: eastern North America hosts
 * the objects of two hints (`enam` and, because it has none of its own, `sam`) and is in the middle of the rest.
 */
const DEFAULT_REGION: Region = "enam";

/** Our rule for `apac`, which overlaps its two parts: the neighbours of Tokyo and of Singapore go to those. */
const APAC_NORTH_EAST = new Set("CN HK JP KP KR MN MO TW".split(" "));
const APAC_SOUTH_EAST = new Set("BN ID KH LA MM MY PH SG TH TL VN".split(" "));

/** Hints that host no object, and where the platform starts theirs or where most cables lead. */
const HOSTED_AT: Readonly<Record<string, Region>> = {
  wnam: "wnam",
  enam: "enam",
  weur: "weur",
  eeur: "eeur",
  oc: "oc",
  sam: "enam",
  afr: "weur",
  me: "weur",
};

/** West of 100° W the US and Canada are western. The vendor splits only these two, by state, which we are not told. */
const NORTH_AMERICA_SPLIT = -100;
/** East of 90° E the cables of Siberia lead to Japan and not to Europe. */
const SIBERIA_SPLIT = 90;

const STEERING_BY_COUNTRY = new Map<string, SteeringRegion>(
  STEERING_REGIONS.flatMap((region) =>
    COUNTRIES[region].split(" ").map((country) => [country, region] as const),
  ),
);

/** For a country that the table lacks: where most of the continent's people are. */
const STEERING_BY_CONTINENT: Readonly<Record<string, SteeringRegion>> = {
  AF: "SAF",
  AN: "OC",
  AS: "SEAS",
  EU: "WEU",
  NA: "ENAM",
  OC: "OC",
  SA: "SSAM",
};

const PLACES: ReadonlyMap<Colo, Place> = new Map(COLOS.split("\n").map(parseColo));

export const placeOf = (colo: Colo): Place | undefined => PLACES.get(colo);

export const knownColos = (): readonly Colo[] => [...PLACES.keys()];

/**
 * The region whose RegionState serves a colo. A colo newer than the table gets the region of the known colo
 * nearest to the visitor, or `enam` when the visitor has no coordinates either.
 *
 * Cost: one look-up for a known colo; a scan of the table (about 20 µs) for an unknown one.
 */
export function regionOf(colo: Colo, visitor?: Whereabouts): Region {
  const known = PLACES.get(colo);
  if (known !== undefined) return known.region;
  const at = pointOf(visitor);
  return at === undefined ? DEFAULT_REGION : nearestPlace(at).region;
}

/**
 * The vendor's region of a visitor: by country, else by continent, else by the colo. `null` = nothing is known.
 *
 * Countries that span regions are split by the visitor's longitude, or the colo's when that is missing.
 */
export function steeringRegionOf(visitor: Whereabouts): SteeringRegion | null {
  const place = visitor.colo === undefined ? undefined : PLACES.get(visitor.colo);
  if (visitor.country !== undefined) {
    const near = place?.country === visitor.country ? place : undefined;
    const byCountry = steeringOfCountry(visitor.country, pointOf(visitor) ?? near);
    if (byCountry !== undefined) return byCountry;
  }
  const byContinent = STEERING_BY_CONTINENT[visitor.continent ?? ""];
  return byContinent ?? place?.steeringRegion ?? null;
}

/** The coordinates, when both are there and are a place on Earth. */
export function pointOf(of: Partial<Whereabouts> | undefined): Point | undefined {
  const latitude = of?.latitude;
  const longitude = of?.longitude;
  if (latitude === undefined || longitude === undefined) return undefined;
  // Written so that NaN fails too.
  const onEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return onEarth ? { latitude, longitude } : undefined;
}

const EARTH_RADIUS_KM = 6371;
const RADIANS = Math.PI / 180;

/** Great-circle distance on a sphere (haversine): at most 0.6 % off the ellipsoid. */
export function distanceKm(a: Point, b: Point): number {
  const sinLatitude = Math.sin(((b.latitude - a.latitude) * RADIANS) / 2);
  const sinLongitude = Math.sin(((b.longitude - a.longitude) * RADIANS) / 2);
  const chord =
    sinLatitude * sinLatitude +
    Math.cos(a.latitude * RADIANS) * Math.cos(b.latitude * RADIANS) * sinLongitude * sinLongitude;
  // Rounding may lift opposite points above 1, where the arc sine has no answer.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Light in fibre covers 200 km a millisecond; there and back is the least a round trip can take. */
export const lightMs = (km: number): number => (2 * km) / 200;

function nearestPlace(point: Point): Place {
  let nearest: Place | undefined;
  let nearestKm = Number.POSITIVE_INFINITY;
  for (const place of PLACES.values()) {
    const km = distanceKm(point, place);
    if (km < nearestKm) {
      nearest = place;
      nearestKm = km;
    }
  }
  return nearest as Place;
}

function steeringOfCountry(country: string, at: Point | undefined): SteeringRegion | undefined {
  const whole = STEERING_BY_COUNTRY.get(country);
  if (at === undefined) return whole;
  if (country === "US" || country === "CA") {
    return at.longitude < NORTH_AMERICA_SPLIT ? "WNAM" : "ENAM";
  }
  return whole;
}

function hostingRegion(hint: string, country: string, longitude: number): Region {
  if (country === "RU" && longitude > SIBERIA_SPLIT) return "apac-ne";
  if (APAC_NORTH_EAST.has(country)) return "apac-ne";
  if (APAC_SOUTH_EAST.has(country)) return "apac-se";
  return HOSTED_AT[hint] ?? "apac";
}

function parseColo(line: string): readonly [Colo, Place] {
  const [colo = "", country = "", north, east, hint = ""] = line.split(" ");
  const point = { latitude: Number(north), longitude: Number(east) };
  const region = hostingRegion(hint, country, point.longitude);
  const steeringRegion = steeringOfCountry(country, point) ?? "ENAM";
  return [colo, { ...point, country, region, steeringRegion }];
}
