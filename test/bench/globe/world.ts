/**
 * The planet of the bench: colos with their demand, cloud regions with endpoints of finite capacity, and the measured
 * round trips between them. All of it follows from the data; nothing is drawn by chance.
 */
import { HOME_COLO } from "../../../local/colos.ts";
import { readRttData } from "../../../local/rtt/data.ts";
import { roundTrip } from "../../../local/rtt/model.ts";
import type { Point } from "../../../routing/geo.ts";
import { REGIONS, type Region } from "../../../routing/names.ts";
import type { Ms } from "../../../routing/units.ts";
import { type Entrance, entrancesOf, knownPlace, readCells } from "./demand.ts";

/** One cloud region: a pool of equal endpoints. */
export interface Site {
  readonly cloud: string;
  readonly region: string;
  readonly continent: string;
  readonly point: Point;
  readonly endpoints: number;
}

export interface Door extends Entrance {
  /** The region object that its isolates exchange with, and how far that is. */
  readonly region: Region;
  readonly regionRttMs: Ms;
  /** To each site. */
  readonly rttMs: readonly Ms[];
}

export interface World {
  readonly sites: readonly Site[];
  readonly doors: readonly Door[];
  /** From each region's object to each site: what its probes take. */
  readonly probeRttMs: ReadonlyMap<Region, readonly Ms[]>;
}

/** Of the whole world in the mean: a customer of moderate size, and as many as one machine can decide in minutes. */
export const REQUESTS_PER_SECOND = 150;
/**
 * Requests that an endpoint works on at the same time, the others wait in one line; and what one takes in the mean. The
 * whole planet then has 18 endpoints: an ordinary number, with real queues, however small the customer is.
 */
export const WORKERS = 2;
export const SERVICE_MS = 100;

/**
 * Each region is built for the highest hour of those nearest to it (1.33 × the mean, the profile's), at 80 % to the nearest
 * whole endpoint: an operator who pays for little more than he needs.
 */
const PEAK = 1.33;
const PEAK_UTILISATION = 0.8;
/** One endpoint is none when it fails. */
const ENDPOINTS_MIN = 2;

/** Where the users are, in three clouds: half of them in Asia, and 5 % in the Americas' south. */
const SITES = [
  { cloud: "aws", region: "us-east-1", continent: "NA" },
  { cloud: "gcp", region: "us-west1", continent: "NA" },
  { cloud: "aws", region: "sa-east-1", continent: "SA" },
  { cloud: "aws", region: "eu-central-1", continent: "EU" },
  { cloud: "gcp", region: "asia-south1", continent: "AS" },
  { cloud: "azure", region: "southeastasia", continent: "AS" },
  { cloud: "azure", region: "eastasia", continent: "AS" },
  { cloud: "gcp", region: "asia-northeast1", continent: "AS" },
] as const;

/** Requests per second that an endpoint can do when it is never idle. */
export const ENDPOINT_PER_SECOND = (WORKERS * 1_000) / SERVICE_MS;

export const perSecondOf = ({ endpoints }: Site): number => endpoints * ENDPOINT_PER_SECOND;

export function worldOf(): World {
  const { measured, cloudRegions } = readRttData();
  const points = SITES.map(({ cloud, region }) => {
    const point = cloudRegions[`${cloud}/${region}`];
    if (point === undefined) throw new Error(`${cloud}/${region} is in no table of cloud regions`);
    return point;
  });
  const rttsFrom = (from: Point) => points.map((to) => roundTrip(measured, from, to).ms);
  const homeOf = (region: Region): Point => knownPlace(HOME_COLO[region]);
  const doors = entrancesOf(readCells()).map((entrance): Door => {
    const { region } = entrance.place;
    const regionRttMs = roundTrip(measured, entrance.place, homeOf(region)).ms;
    return { ...entrance, region, regionRttMs, rttMs: rttsFrom(entrance.place) };
  });
  const sites = SITES.map((site, at) => {
    const point = points[at] as Point;
    return { ...site, point, endpoints: endpointsOf(at, doors) };
  });
  const probeRttMs = new Map(REGIONS.map((region) => [region, rttsFrom(homeOf(region))]));
  return { sites, doors, probeRttMs };
}

function endpointsOf(at: number, doors: readonly Door[]): number {
  const share = doors
    .filter(({ rttMs }) => rttMs[at] === Math.min(...rttMs))
    .reduce((sum, door) => sum + door.share, 0);
  const peakPerSecond = share * REQUESTS_PER_SECOND * PEAK;
  const endpoints = Math.round(peakPerSecond / PEAK_UTILISATION / ENDPOINT_PER_SECOND);
  return Math.max(ENDPOINTS_MIN, endpoints);
}

/** The sites from the nearest to the farthest by round trip. */
export const byRtt = (rttMs: readonly Ms[]): readonly number[] =>
  rttMs.map((_, at) => at).sort((a, b) => (rttMs[a] ?? 0) - (rttMs[b] ?? 0));
