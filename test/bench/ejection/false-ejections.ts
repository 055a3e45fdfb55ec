/** How often the production `Outliers` leave somebody out where all endpoints are equally sound, on virtual time. */
import type { EndpointReport } from "../../../routing/exchange.ts";
import { Outliers } from "../../../routing/health/outliers.ts";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import type { EndpointId } from "../../../routing/units.ts";

export interface Quiet {
  readonly seed: number;
  readonly endpoints: number;
  readonly rps: number;
  readonly seconds: number;
  /** Of all requests, at random. */
  readonly errorRatio: number;
}

/** As ten isolates with a beat of a second: a pool is judged with each of them. */
const REPORTS_PER_SECOND = 10;
const BOTH = { isUsable: () => true, isProbed: () => true };

/** Ejections in that time. */
export function ejections({ seed, endpoints, rps, seconds, errorRatio }: Quiet): number {
  const rng = seededRng(seed);
  const ids = Array.from({ length: endpoints }, (_, at) => `e${at}` as EndpointId);
  const outliers = new Outliers([]);
  outliers.retarget(new Map([["p", ids]]));
  let ejected = 0;
  for (let report = 0; report < seconds * REPORTS_PER_SECOND; report += 1) {
    const counts = ids.map(() => ({ success: 0, failure: 0 }));
    const mean = rps / REPORTS_PER_SECOND;
    const requests = Math.floor(mean) + (rng() < mean % 1 ? 1 : 0);
    for (let request = 0; request < requests; request += 1) {
      const count = counts[pickIndex(endpoints, rng)];
      if (count !== undefined) count[rng() < errorRatio ? "failure" : "success"] += 1;
    }
    const told = ids.flatMap((id, at): [EndpointId, EndpointReport][] => {
      const { success = 0, failure = 0 } = counts[at] ?? {};
      const attempts = success + failure;
      const outcomes = { success, failure, overload: 0, abandoned: 0 };
      return attempts === 0 ? [] : [[id, { attempts, outcomes, inFlight: 0 }]];
    });
    const nowMs = 1_000_000_000 + (report * 1_000) / REPORTS_PER_SECOND;
    ejected += outliers.fold(
      { colo: "FRA", endpoints: Object.fromEntries(told) },
      BOTH,
      nowMs,
    ).length;
  }
  return ejected;
}
