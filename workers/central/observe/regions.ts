/** Asking every region at once, so that one that is silent costs its own line and nothing else. */

import { REGIONS, type Region } from "../../../routing/names.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import type { RegionObject } from "../../ports.ts";
import { ask, type NoAnswer, REGION_TIMEOUT_MS } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";

export type Heard<T> =
  | { readonly region: Region; readonly reachable: true; readonly value: T }
  | { readonly region: Region; readonly reachable: false; readonly reason: NoAnswer["reason"] };

/** In the order of `REGIONS`. Cost: at most `REGION_TIMEOUT_MS`. */
export const askRegions = <T>(
  central: Central,
  work: (object: RegionObject, region: Region) => Promise<T>,
): Promise<readonly Heard<T>[]> =>
  Promise.all(REGIONS.map((region) => askRegion(central, region, work)));

/** Cost: at most `REGION_TIMEOUT_MS`. */
export async function askRegion<T>(
  { ports }: Central,
  region: Region,
  work: (object: RegionObject, region: Region) => Promise<T>,
): Promise<Heard<T>> {
  const object = async () => work(ports.objects.region(region), region);
  const answer = await ask(ports, object, REGION_TIMEOUT_MS);
  return answer.ok
    ? { region, reachable: true, value: answer.value }
    : { region, reachable: false, reason: answer.error.reason };
}

export const askStatuses = (central: Central): Promise<readonly Heard<RegionStatus>[]> =>
  askRegions(central, (object) => object.status());
