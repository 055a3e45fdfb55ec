/**
 * How full endpoints are, by what they tell of themselves or by what was declared, and what full pools gave away.
 *
 * A load report is about an endpoint and not about who asked, so reports of all isolates are one series. How many attempts
 * fill an endpoint is worked out whenever it tells, from the attempts of this region alone: where several regions share an
 * endpoint each gets its part of the capacity, in the proportion in which they use it.
 */
import type { EndpointReport, RegionLoads, Report } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, ENDPOINTS_MAX, LOAD_STALE_MS, POOLS_MAX } from "../../routing/limits.ts";
import { counted, openRate, perSecond, type Rate } from "../../routing/load/rate.ts";
import { type Utilization, withSample } from "../../routing/load/utilization.ts";
import type { EndpointId, Ms, PoolId } from "../../routing/units.ts";

interface Use {
  attempts: Rate;
  /** `null` where only a capacity is declared. */
  told: Utilization | null;
  capacityRps: number;
  atMs: Ms;
}

interface Spill {
  asked: Rate;
  readonly to: Map<PoolId, Rate>;
}

export interface StoredLoads {
  readonly endpoints: readonly (readonly [EndpointId, Use])[];
  readonly spills: readonly (readonly [PoolId, Rate, readonly (readonly [PoolId, Rate])[]])[];
}

/** Less than four requests in an hour are none. */
const RPS_MIN = 0.001;

export class Loads {
  readonly #endpoints: Map<EndpointId, Use>;
  readonly #spills: Map<PoolId, Spill>;
  #view: RegionLoads | undefined;
  #viewedAtMs: Ms = Number.NEGATIVE_INFINITY;

  constructor({ endpoints, spills }: StoredLoads) {
    this.#endpoints = new Map(endpoints.map(([id, use]) => [id, { ...use }]));
    this.#spills = new Map(spills.map(([id, asked, to]) => [id, { asked, to: new Map(to) }]));
  }

  fold({ endpoints, spills = {} }: Report, nowMs: Ms): void {
    for (const [id, report] of Object.entries(endpoints) as [EndpointId, EndpointReport][]) {
      this.#foldEndpoint(id, report, nowMs);
    }
    for (const [id, { asked, to }] of Object.entries(spills) as [PoolId, Spilled][]) {
      const spill = this.#spillOf(id, nowMs);
      if (spill === null) continue;
      spill.asked = counted(spill.asked, asked, nowMs);
      for (const [other, count] of Object.entries(to) as [PoolId, number][]) {
        if (spill.to.size >= POOLS_MAX && !spill.to.has(other)) continue;
        spill.to.set(other, counted(spill.to.get(other) ?? openRate(nowMs), count, nowMs));
      }
    }
  }

  /** As a member of a view. */
  told(nowMs: Ms): { readonly loads?: RegionLoads } {
    const loads = this.#current(nowMs);
    return loads === undefined ? {} : { loads };
  }

  stored(): StoredLoads {
    return {
      endpoints: [...this.#endpoints],
      spills: [...this.#spills].map(([id, { asked, to }]) => [id, asked, [...to]]),
    };
  }

  /** Made at most once in a beat, for all who ask. */
  #current(nowMs: Ms): RegionLoads | undefined {
    if (this.#endpoints.size + this.#spills.size === 0) return undefined;
    if (nowMs - this.#viewedAtMs < BEAT_MS_MIN && nowMs >= this.#viewedAtMs) return this.#view;
    this.#forget(nowMs);
    this.#viewedAtMs = nowMs;
    this.#view = {
      endpoints: Object.fromEntries(
        [...this.#endpoints].map(([id, use]) => [id, useView(use, nowMs)]),
      ),
      spills: Object.fromEntries(
        [...this.#spills].map(([id, { asked, to }]) => [
          id,
          {
            asked: short(perSecond(asked, nowMs)),
            to: Object.fromEntries(
              [...to].map(([other, r]) => [other, short(perSecond(r, nowMs))]),
            ),
          },
        ]),
      ),
    };
    return this.#view;
  }

  #foldEndpoint(id: EndpointId, report: EndpointReport, nowMs: Ms): void {
    const { attempts, utilization, capacityRps } = report;
    const known = this.#endpoints.get(id);
    const isTold = utilization !== undefined && utilization > 0;
    if (known === undefined && !isTold && capacityRps === undefined) return;
    if (known === undefined && this.#endpoints.size >= ENDPOINTS_MAX) return;
    const use = known ?? { attempts: openRate(nowMs), told: null, capacityRps: 0, atMs: nowMs };
    use.attempts = counted(use.attempts, attempts, nowMs);
    if (use.told !== null && nowMs - use.told.atMs > LOAD_STALE_MS) use.told = null;
    if (isTold) {
      use.told = withSample(use.told, utilization, nowMs);
      use.capacityRps = perSecond(use.attempts, nowMs) / use.told.value;
      use.atMs = nowMs;
    } else if (use.told === null && capacityRps !== undefined) {
      use.capacityRps = capacityRps;
      use.atMs = nowMs;
    }
    this.#endpoints.set(id, use);
  }

  #spillOf(id: PoolId, nowMs: Ms): Spill | null {
    const known = this.#spills.get(id);
    if (known !== undefined) return known;
    if (this.#spills.size >= POOLS_MAX) return null;
    const spill = { asked: openRate(nowMs), to: new Map<PoolId, Rate>() };
    this.#spills.set(id, spill);
    return spill;
  }

  #forget(nowMs: Ms): void {
    for (const [id, { atMs }] of this.#endpoints) {
      if (nowMs - atMs > LOAD_STALE_MS) this.#endpoints.delete(id);
    }
    for (const [id, { asked, to }] of this.#spills) {
      for (const [other, r] of to) if (perSecond(r, nowMs) < RPS_MIN) to.delete(other);
      if (perSecond(asked, nowMs) < RPS_MIN) this.#spills.delete(id);
    }
  }
}

type Spilled = NonNullable<Report["spills"]>[PoolId];

export const NO_LOADS: StoredLoads = { endpoints: [], spills: [] };

function useView({ attempts, told, capacityRps, atMs }: Use, nowMs: Ms) {
  const rps = perSecond(attempts, nowMs);
  const utilization = told?.value ?? (capacityRps > 0 ? rps / capacityRps : 0);
  return {
    utilization: short(utilization),
    rps: short(rps),
    capacityRps: short(capacityRps),
    atMs,
  };
}

/** A view travels to every isolate once a beat; the fifth digit of a measurement says nothing. */
const short = (value: number): number => Math.round(value * 1_000) / 1_000;
