/** What the regions say of the endpoints: endpoints die and come back, regions go blind, silent or stale, and now and then everything is called down. */
import type { Sight } from "../../../routing/health/quorum.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import type { Kernel } from "../kernel.ts";
import { between, pick } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import { ENDPOINTS } from "./versions.ts";

/** A region is one of these for a while; what a blind one says is nonsense. */
const TROUBLES = ["blind", "silent", "stale"] as const;
type Trouble = (typeof TROUBLES)[number];

/** Twice the longest interval of a monitor here, and more: no vote is so old. */
const STALE_MS = 200_000;

/** Of endpoints, the share that is dead in a bad hour; a pool that is dead as a whole is what fails over. */
const POOL_DIES = 0.3;

export class Health {
  readonly dead = new Set<EndpointId>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #staleSinceMs = new Map<string, Ms>();
  #downUntilMs: Ms = 0;
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #rng: Rng;

  constructor(kernel: Kernel, timeline: Timeline, rng: Rng) {
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#rng = rng;
  }

  /** One endpoint, or all of a pool. */
  strike(): void {
    const one = pick(ENDPOINTS, this.#rng);
    const isDead = this.dead.has(one.id);
    const struck = this.#rng() < POOL_DIES ? ENDPOINTS.filter((other) => mates(one, other)) : [one];
    for (const { id } of struck) {
      if (isDead) this.dead.delete(id);
      else this.dead.add(id);
    }
    this.#timeline.note(isDead ? "endpoint back" : "endpoint dead", `${struck.length}`);
  }

  trouble(): void {
    const region = pick(REGIONS, this.#rng);
    const trouble = this.#troubles.has(region) ? null : pick(TROUBLES, this.#rng);
    this.#staleSinceMs.set(region, this.#kernel.nowMs);
    if (trouble === null) this.#troubles.delete(region);
    else this.#troubles.set(region, trouble);
    this.#timeline.note(`region ${trouble ?? "well"}`, region);
  }

  everythingDown(): void {
    this.#downUntilMs = this.#kernel.nowMs + between(60_000, 400_000, this.#rng);
    this.#timeline.note("everything down", "");
  }

  /** The faults are over. What stays dead: one endpoint, a whole pool, or nothing. */
  calm(): void {
    this.#troubles.clear();
    this.#downUntilMs = 0;
    this.dead.clear();
    const one = pick(ENDPOINTS, this.#rng);
    const draw = this.#rng();
    for (const other of ENDPOINTS) {
      if (draw < 0.4 ? other === one : draw < 0.8 && mates(one, other)) this.dead.add(other.id);
    }
  }

  /** Throws when the region is silent. */
  status(region: string): Sight {
    const trouble = this.#troubles.get(region);
    if (trouble === "silent") throw new Error(`region ${region} does not answer`);
    const { nowMs } = this.#kernel;
    const isDown = nowMs < this.#downUntilMs;
    const says = (id: EndpointId) =>
      trouble === undefined ? !isDown && !this.dead.has(id) : this.#rng() < 0.4;
    return {
      region,
      blind: trouble === "blind",
      lastRoundAtMs: trouble === "stale" ? (this.#staleSinceMs.get(region) ?? 0) - STALE_MS : nowMs,
      health: Object.fromEntries(ENDPOINTS.map(({ id }) => [id, { healthy: says(id) }])),
    };
  }

  /** Whom those regions that see call down, when they are enough to say anything; the checker's own count. */
  calledDown(): ReadonlySet<EndpointId> {
    if (2 * (REGIONS.length - this.#troubles.size) < REGIONS.length) return new Set();
    const isDown = this.#kernel.nowMs < this.#downUntilMs;
    return isDown ? new Set(ENDPOINTS.map(({ id }) => id)) : new Set(this.dead);
  }
}

type Named = (typeof ENDPOINTS)[number];
const poolIn = ({ name }: Named): string => name.split("-")[0] ?? "";
const mates = (one: Named, other: Named): boolean => poolIn(one) === poolIn(other);
