/** The country that an endpoint is in. */
import { CLOUD_REGIONS } from "../data/cloud-regions.ts";
import { isCountry } from "./places.ts";

/** Read when somebody first asks: most accounts have no residency. */
let regions: ReadonlyMap<string, string> | null = null;

const read = (line: string): readonly [string, string] => {
  const [cloud, region, , , country = ""] = line.split(" ");
  return [`${cloud} ${region}`, country];
};

/** Of a region of aws, azure, gcp or ibm; `null` when the table does not have it. */
export function countryOfCloudRegion(cloud: string, region: string): string | null {
  regions ??= new Map(CLOUD_REGIONS.trim().split("\n").map(read));
  const name = `${cloud} ${region}`;
  return regions.get(name) ?? regions.get(name.toLowerCase()) ?? null;
}

/** As far as it can be read. */
export interface Whereabouts {
  readonly cloud?: unknown;
  readonly region?: unknown;
  readonly country?: unknown;
}

/**
 * `null`: nobody knows. A cloud's region is where the table says, whatever else is declared: a document that contradicts
 * it is refused, so only a snapshot of somebody else's making could.
 *
 * Coordinates do not count: a border is not a matter of degrees.
 */
export function countryOf(locality: Whereabouts | undefined): string | null {
  const { cloud, region, country } = locality ?? {};
  const known = isText(cloud) && isText(region) ? countryOfCloudRegion(cloud, region) : null;
  return known ?? (isText(country) && isCountry(country) ? country : null);
}

/** A reader trusts no shape that it did not check. */
const isText = (value: unknown): value is string => typeof value === "string";
