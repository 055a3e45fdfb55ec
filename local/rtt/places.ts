/** Which address stands where, read from the applied configuration. */
import { readAddress } from "../../routing/table/address.ts";
import { COLOS } from "../colos.ts";
import { type Measured, type Point, type RoundTrip, roundTrip } from "./model.ts";

/** What the round trips are computed from: read once at start, handed to the host worker as JSON. */
export interface RttData {
  readonly measured: Measured;
  /** `cloud/region`, such as `aws/us-east-1` → where it stands. */
  readonly cloudRegions: Readonly<Record<string, Point>>;
}

/** An endpoint that the configuration names and that has a known place. */
export interface Place {
  /** `pool/origin`. */
  readonly endpoint: string;
  /** `cloud/region`, or `latitude, longitude` of the pool. */
  readonly locality: string;
  readonly point: Point;
}

/** `hostname:port` → place. */
export type Places = ReadonlyMap<string, Place>;

type Loose = Record<string, unknown>;
const isRecord = (value: unknown): value is Loose => typeof value === "object" && value !== null;
/** A section is a map name → object, or a list of objects with `name`. */
const named = (section: unknown): (readonly [string, Loose])[] =>
  isRecord(section)
    ? Object.entries(section).flatMap(([key, member]) =>
        isRecord(member) ? [[Array.isArray(section) ? String(member["name"]) : key, member]] : [],
      )
    : [];

/** The document as operators write it, already accepted by the product: what has no place is left out. */
export function placesOf(document: unknown, data: RttData): Places {
  const pools = isRecord(document) ? named(document["pools"]) : [];
  return new Map(
    pools.flatMap(([poolName, pool]) =>
      named(pool["origins"]).flatMap(([name, origin]) => {
        const stands = standsAt(pool, origin, data);
        const address = addressKey(origin);
        if (stands === null || address === null) return [];
        return [[address, { endpoint: `${poolName}/${name}`, ...stands }] as const];
      }),
    ),
  );
}

function standsAt(pool: Loose, origin: Loose, data: RttData): Omit<Place, "endpoint"> | null {
  const locality = origin["locality"];
  if (isRecord(locality)) {
    const key = `${locality["cloud"]}/${locality["region"]}`;
    const point = data.cloudRegions[key] ?? pointOf(locality);
    if (point !== null) return { locality: key, point };
  }
  const point = pointOf(pool);
  return point === null ? null : { locality: `${point.latitude}, ${point.longitude}`, point };
}

function pointOf({ latitude, longitude }: Loose): Point | null {
  if (typeof latitude !== "number" || typeof longitude !== "number") return null;
  return { latitude, longitude };
}

/** `null` for an address that the product would refuse anyway. */
function addressKey(origin: Loose): string | null {
  const address = readAddress(String(origin["address"]));
  if (!address.ok) return null;
  const port = Number(origin["port"] ?? 0);
  const usual = address.value.scheme === "http" ? 80 : 443;
  return `${address.value.host}:${port === 0 ? usual : port}`;
}

/** The key under which a request to `url` finds its place. */
export const urlKey = (url: URL): string =>
  `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;

export interface RttRow extends RoundTrip {
  readonly colo: string;
  readonly endpoint: string;
  readonly locality: string;
}

/** Colo × endpoint, every colo of the planet. */
export function rttTable(places: Places, data: RttData): RttRow[] {
  return Object.entries(COLOS).flatMap(([colo, from]) =>
    [...places.values()].map(({ endpoint, locality, point }) => ({
      colo,
      endpoint,
      locality,
      ...roundTrip(data.measured, from, point),
    })),
  );
}
