import { DurableObject } from "cloudflare:workers";
import type { Beat, Report } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, SCHEMA } from "../../routing/limits.ts";

/** Answers every beat and has nothing to say: the edge's own work is measured, not a region's. */
export class RegionState extends DurableObject {
  exchange(report: Report): Beat {
    return {
      schema: SCHEMA,
      beatMs: BEAT_MS_MIN,
      manifestHash: report.manifest,
      shards: {},
      view: { schema: SCHEMA, region: "weur", asOfMs: Date.now(), health: {}, latencyMs: {} },
    };
  }
}

export default { fetch: () => new Response("a region is not fetched", { status: 404 }) };
