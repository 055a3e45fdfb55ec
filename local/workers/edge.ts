/** The product's edge as the local planet runs it: the same composition, with the host's entrypoints for ports. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { Beat, Report } from "../../routing/exchange.ts";
import { createEdge, type Edge } from "../../workers/edge/edge.ts";
import { chance, channel, clock, hash, sendPort, timers } from "../../workers/platform.ts";
import type { ColoCache, EdgePorts, KeyValue, RegionObject } from "../../workers/ports.ts";
import { type RoundTrips, wayToEndpoints } from "./way.ts";

interface LocalEdgeEnv {
  readonly REGIONS: { exchange(region: string, report: Report): Promise<Beat> };
  readonly KEYS: KeyValue;
  readonly CACHE: ColoCache;
  /** Absent when the planet has no distances. */
  readonly DISTANCES?: { roundTrips(): Promise<RoundTrips> };
}

/** Asked before the first request, so that the isolate is started by nobody's request. */
export class Loaded extends WorkerEntrypoint {
  ready(): boolean {
    return true;
  }
}

let edge: Edge | null = null;

export default {
  fetch(request: Request, env: LocalEdgeEnv, ctx: ExecutionContext): Promise<Response> {
    edge ??= createEdge(ports(env));
    return edge.fetch(request, (work) => ctx.waitUntil(work));
  },
};

const ports = ({ REGIONS, KEYS, CACHE, DISTANCES }: LocalEdgeEnv): EdgePorts => ({
  clock,
  timers,
  chance,
  hash,
  send:
    DISTANCES === undefined
      ? sendPort
      : wayToEndpoints({
          nowMs: clock.nowMs,
          wait: timers.wait,
          send: sendPort,
          roundTrips: () => DISTANCES.roundTrips(),
        }),
  // An edge exchanges with a region and asks nothing else of it.
  objects: {
    region: (region) =>
      ({ exchange: (report) => REGIONS.exchange(region, report) }) as RegionObject,
  },
  kv: KEYS,
  cache: CACHE,
  channel,
  baked: null,
});
