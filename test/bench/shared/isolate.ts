/** An isolate without its I/O: the product's knowledge and decisions, and what it is told of others' requests. */
import type { EndpointReport, Report } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { type Know, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import { Counters } from "../../../workers/edge/report.ts";
import { asker } from "../../routing/steer/world.ts";
import { COLO, type Told } from "./region.ts";

/** What is added to an isolate's own requests in flight: nothing, others' at the last beat, or their mean over beats. */
export type Sharing = "none" | "last" | "mean";

/** The mean forgets a beat by half: over two or three of them. */
const MEAN_KEPT = 0.5;

export class SimIsolate {
  readonly id: string;
  readonly learned = new Learned();
  readonly counters = new Counters();
  readonly #shard: Balanced;
  readonly #sharing: Sharing;
  readonly #rng: Rng;
  readonly #others = new Map<EndpointId, number>();
  /** Own requests in flight as they were last reported: part of the sum that comes back. */
  #reported = new Map<EndpointId, number>();

  constructor(id: string, shard: Balanced, sharing: Sharing, rng: Rng) {
    this.id = id;
    this.#shard = shard;
    this.#sharing = sharing;
    this.#rng = rng;
  }

  choose(nowMs: Ms): Candidate {
    const know = this.#sharing === "none" ? this.learned.know : this.#crowded;
    const shard = this.#shard;
    const input = { shard, asker: asker({ colo: COLO }), know, memory: NO_MEMORY, triesMax: 1 };
    const [first] = decide(input, nowMs, this.#rng).candidates;
    if (first === undefined) throw new Error("the pool has endpoints");
    return first;
  }

  /** As if all requests that others have in flight were its own. */
  readonly #crowded: Know = (endpoint) => {
    const known = this.learned.know(endpoint);
    const pending = known.load.pending + (this.#others.get(endpoint) ?? 0);
    return { ...known, load: { ...known.load, pending } };
  };

  report(ids: readonly EndpointId[]): Report {
    const { sequence, endpoints } = this.counters.take();
    this.counters.acknowledge();
    this.#reported = new Map();
    const idle = { attempts: 0, outcomes: { success: 0, failure: 0, overload: 0, abandoned: 0 } };
    const reports = ids.map((id): [EndpointId, EndpointReport] => {
      const gauges = this.learned.gauges(id);
      this.#reported.set(id, gauges.inFlight);
      return [id, { ...(endpoints.get(id) ?? idle), ...gauges }];
    });
    return {
      schema: SCHEMA,
      account: "default",
      colo: COLO,
      isolate: this.id,
      sequence,
      manifest: null,
      snapshotAgeMs: 0,
      version: null,
      shards: {},
      endpoints: Object.fromEntries(reports),
      hosts: {},
      budgets: {},
    };
  }

  hear({ view, inFlight }: Told, nowMs: Ms): void {
    this.learned.hear(view, nowMs);
    for (const [id, own] of this.#reported) {
      const others = Math.max(0, (inFlight.get(id) ?? 0) - own);
      const before = this.#others.get(id) ?? others;
      const kept = this.#sharing === "mean" ? MEAN_KEPT : 0;
      this.#others.set(id, kept * before + (1 - kept) * others);
    }
  }
}
