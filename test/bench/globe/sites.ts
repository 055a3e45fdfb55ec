/** The endpoints as a try meets them: a line, a fault, an answer. */
import type { Pool } from "../../../routing/model.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import type { Scenario } from "./scenarios.ts";
import { Server } from "./server.ts";
import type { World } from "./world.ts";

/** What comes back from an endpoint, and when it leaves there. */
export interface Reply {
  readonly kind: "answer" | "busy" | "refused" | "reset";
  readonly atMs: Ms;
}

interface Stand {
  readonly site: number;
  readonly server: Server;
}

export class Sites {
  readonly #stands: ReadonlyMap<EndpointId, Stand>;
  readonly #deadSite: number;
  readonly #diesAtMs: Ms;
  readonly #backAtMs: Ms;

  /** `beginMs`: when the scenario begins, on the clock. */
  constructor(world: World, pools: readonly Pool[], { fault }: Scenario, beginMs: Ms) {
    this.#stands = new Map(
      pools.flatMap(({ origins }, site) =>
        origins.map(({ id }) => [id, { site, server: new Server() }] as const),
      ),
    );
    this.#deadSite = world.sites.findIndex(({ region }) => region === fault?.region);
    this.#diesAtMs = beginMs + (fault?.fromMs ?? Number.POSITIVE_INFINITY);
    this.#backAtMs = beginMs + (fault?.untilMs ?? Number.POSITIVE_INFINITY);
  }

  isDead(site: number, nowMs: Ms): boolean {
    return site === this.#deadSite && nowMs >= this.#diesAtMs && nowMs < this.#backAtMs;
  }

  siteOf(endpoint: EndpointId): number {
    return this.#stands.get(endpoint)?.site ?? 0;
  }

  /** A request arrives at the endpoint. A region that dies resets what it works on at that moment. */
  arrive(endpoint: EndpointId, serviceMs: Ms, nowMs: Ms): Reply {
    const stand = this.#stands.get(endpoint);
    if (stand === undefined) throw new Error(`${endpoint} is an endpoint of no site`);
    const { site, server } = stand;
    if (this.isDead(site, nowMs)) {
      server.drop();
      return { kind: "refused", atMs: nowMs };
    }
    const endMs = server.take(nowMs, serviceMs);
    if (endMs === null) return { kind: "busy", atMs: nowMs };
    const dies = site === this.#deadSite && nowMs < this.#diesAtMs && endMs >= this.#diesAtMs;
    return dies ? { kind: "reset", atMs: this.#diesAtMs } : { kind: "answer", atMs: endMs };
  }
}
