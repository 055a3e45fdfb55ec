/** What one isolate may have in flight where its region has told a limit: its leases, and its part of what pools are asked. */
import type { RegionView } from "../exchange.ts";
import { accrued, hasRoom, type Lease, newLease, partOf } from "../load/lease.ts";
import { counted, openRate, perSecond, type Rate } from "../load/rate.ts";
import type { EndpointId, Ms, PoolId } from "../units.ts";
import type { Leases } from "./leased.ts";

type Limits = NonNullable<RegionView["limits"]>;

interface Held {
  readonly pool: PoolId;
  readonly lease: Lease;
}

export class HeldLeases {
  readonly #own = new Map<PoolId, Rate>();
  /** Requests per second of all isolates, as last told. */
  readonly #all = new Map<PoolId, number>();
  readonly #held = new Map<EndpointId, Held>();
  #limits: Limits | null = null;
  #sequence = 0;
  #askedAtMs: Ms | null = null;
  #beatMs: Ms = 0;

  /** What pools were asked by this isolate, as it reports it: a report that is sent again is counted once. */
  asked(
    sequence: number,
    pools: Readonly<Record<PoolId, { readonly asked: number }>>,
    nowMs: Ms,
  ): void {
    if (sequence === this.#sequence) return;
    this.#sequence = sequence;
    this.#beatMs = Math.max(0, nowMs - (this.#askedAtMs ?? nowMs));
    this.#askedAtMs = nowMs;
    for (const [pool, { asked }] of Object.entries(pools) as [PoolId, { asked: number }][]) {
      this.#own.set(pool, counted(this.#own.get(pool) ?? openRate(nowMs), asked, nowMs));
    }
    for (const [pool, rate] of this.#own) {
      if (perSecond(rate, nowMs) >= RPS_MIN) continue;
      this.#own.delete(pool);
      this.#all.delete(pool);
    }
  }

  /** `pendingOf` as of now. A region that limits nobody, or that cannot be read, ends all leases. */
  hear(told: Limits | undefined, pendingOf: (endpoint: EndpointId) => number, nowMs: Ms): void {
    this.#limits = isReadable(told) ? told : null;
    if (this.#limits === null) {
      this.#held.clear();
      return;
    }
    for (const [pool, all] of Object.entries(this.#limits.asked))
      this.#all.set(pool as PoolId, all);
    for (const [endpoint, { pool, lease }] of this.#held) {
      const limit = this.#limitOf(endpoint);
      if (limit === null) {
        this.#held.delete(endpoint);
        continue;
      }
      const size = this.#part(limit, pool, nowMs);
      const until = accrued(lease, pendingOf(endpoint), nowMs);
      this.#held.set(endpoint, { pool, lease: { ...until, size } });
    }
  }

  /** `null`: no limit is told, or what was told is over. */
  at(pendingOf: (endpoint: EndpointId) => number, nowMs: Ms): Leases | null {
    // Written so that a broken time (NaN) is over.
    if (this.#limits === null || !(nowMs <= this.#limits.untilMs)) return null;
    return {
      hasRoom: (endpoint, pool) => {
        const lease = this.#leaseOf(endpoint, pool, nowMs);
        return lease === null || hasRoom(lease, pendingOf(endpoint), nowMs);
      },
    };
  }

  /** A try is sent, or ended; `pending` before that. */
  pendingChanges(endpoint: EndpointId, pool: PoolId, pending: number, nowMs: Ms): void {
    if (this.#limits === null) return;
    const lease = this.#leaseOf(endpoint, pool, nowMs);
    if (lease === null) return;
    this.#held.set(endpoint, { pool, lease: accrued(lease, pending, nowMs) });
  }

  #leaseOf(endpoint: EndpointId, pool: PoolId, nowMs: Ms): Lease | null {
    const held = this.#held.get(endpoint);
    if (held !== undefined) return held.lease;
    const limit = this.#limitOf(endpoint);
    return limit === null ? null : newLease(this.#part(limit, pool, nowMs), nowMs);
  }

  #limitOf(endpoint: EndpointId): number | null {
    const limit = this.#limits?.inFlight[endpoint];
    // Written so that what is no number limits nobody.
    return limit !== undefined && limit >= 0 ? limit : null;
  }

  /** Of a pool that this isolate has not reported yet it has the least part. */
  #part(limit: number, pool: PoolId, nowMs: Ms): number {
    const own = this.#own.get(pool);
    const all = this.#all.get(pool);
    if (own === undefined || all === undefined) return 0;
    // What the others have said is half a beat older on average, and has faded for so long.
    return partOf(limit, perSecond(own, nowMs + this.#beatMs / 2), all);
  }
}

/** Less than four requests in an hour are none. */
const RPS_MIN = 0.001;

const isReadable = (told: Limits | undefined): told is Limits =>
  isRecord(told) && isRecord(told.inFlight) && isRecord(told.asked);

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;
