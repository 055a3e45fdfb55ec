/** What operators write: a small configuration, and one change of it at a time. */
import { ENDPOINT_POLICIES, STEERING_POLICIES } from "../../routing/model.ts";
import type { Rng } from "../../routing/rng.ts";
import { between, pick, sample } from "./random.ts";

interface EndpointDraft {
  readonly name: string;
  readonly address: string;
  readonly enabled: boolean;
}

interface PoolDraft {
  readonly origins: readonly EndpointDraft[];
  readonly monitor: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly origin_steering: { readonly policy: string };
}

interface LoadBalancerDraft {
  readonly default_pools: readonly string[];
  readonly fallback_pool: string;
  readonly steering_policy: string;
}

export interface Document {
  readonly monitors: Readonly<Record<string, MonitorDraft>>;
  readonly pools: Readonly<Record<string, PoolDraft>>;
  readonly load_balancers: Readonly<Record<string, LoadBalancerDraft>>;
}

export const HOSTS = ["shop.example.com", "api.example.com", "www.example.com"] as const;
const POOLS = ["amber", "blue", "coral"] as const;
const ENDPOINTS_PER_POOL_MAX = 3;

export interface MonitorDraft {
  readonly type: string;
  readonly path: string;
  /** Seconds, as `timeout`. */
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly consecutive_up: number;
  readonly consecutive_down: number;
  readonly expected_codes: string;
}

/** Addresses are never used twice, so that an answer tells the version it was decided by. */
export class Author {
  readonly #rng: Rng;
  readonly #monitor: MonitorDraft;
  readonly #endpoints: number | null;
  #made = 0;

  /** `endpoints`: of every pool; `null` = drawn. */
  constructor(rng: Rng, monitor: MonitorDraft, endpoints: number | null) {
    this.#rng = rng;
    this.#monitor = monitor;
    this.#endpoints = endpoints;
  }

  first(): Document {
    const pools = sample(POOLS, between(2, POOLS.length, this.#rng), this.#rng);
    const hosts = sample(HOSTS, between(2, HOSTS.length, this.#rng), this.#rng);
    return {
      monitors: { "is-it-up": this.#monitor },
      pools: Object.fromEntries(pools.map((name) => [name, this.#pool()])),
      load_balancers: Object.fromEntries(hosts.map((host) => [host, this.#loadBalancer(pools)])),
    };
  }

  next(from: Document): Document {
    const change = pick(
      [this.#replaced, this.#grown, this.#toggled, this.#steered, this.#hosted],
      this.#rng,
    );
    return change.call(this, from);
  }

  /** One endpoint gives way to a new one. */
  #replaced(from: Document): Document {
    return this.#withPool(from, (origins) => {
      const gone = pick(origins, this.#rng);
      return [...origins.filter((one) => one !== gone), this.#endpoint()];
    });
  }

  #grown(from: Document): Document {
    return this.#withPool(from, (origins) =>
      origins.length >= ENDPOINTS_PER_POOL_MAX ? origins.slice(1) : [...origins, this.#endpoint()],
    );
  }

  /** One is switched off or on again; the first of a pool always stays on. */
  #toggled(from: Document): Document {
    return this.#withPool(from, (origins) => {
      const [first, ...others] = origins;
      if (first === undefined || others.length === 0) return [...origins, this.#endpoint()];
      const chosen = pick(others, this.#rng);
      return [
        { ...first, enabled: true },
        ...others.map((one) => (one === chosen ? { ...one, enabled: !one.enabled } : one)),
      ];
    });
  }

  #steered(from: Document): Document {
    const host = pick(Object.keys(from.load_balancers), this.#rng);
    const changed = this.#loadBalancer(Object.keys(from.pools));
    return { ...from, load_balancers: { ...from.load_balancers, [host]: changed } };
  }

  /** A host comes or goes; one always stays. */
  #hosted(from: Document): Document {
    const host = pick(HOSTS, this.#rng);
    const { [host]: gone, ...others } = from.load_balancers;
    if (gone !== undefined && Object.keys(others).length > 0)
      return { ...from, load_balancers: others };
    const added = this.#loadBalancer(Object.keys(from.pools));
    return { ...from, load_balancers: { ...from.load_balancers, [host]: added } };
  }

  #withPool(
    from: Document,
    change: (origins: readonly EndpointDraft[]) => readonly EndpointDraft[],
  ): Document {
    const name = pick(Object.keys(from.pools), this.#rng);
    const pool = from.pools[name] as PoolDraft;
    const [first, ...others] = change(pool.origins);
    const origins =
      first === undefined ? [this.#endpoint()] : [{ ...first, enabled: true }, ...others];
    return { ...from, pools: { ...from.pools, [name]: { ...pool, origins } } };
  }

  #pool(): PoolDraft {
    return {
      origins: Array.from({ length: this.#endpoints ?? between(1, 3, this.#rng) }, () =>
        this.#endpoint(),
      ),
      monitor: "is-it-up",
      latitude: between(-60, 60, this.#rng),
      longitude: between(-180, 180, this.#rng),
      origin_steering: { policy: pick(ENDPOINT_POLICIES, this.#rng) },
    };
  }

  #endpoint(): EndpointDraft {
    this.#made += 1;
    return { name: `e${this.#made}`, address: `e${this.#made}.cloud.example.net`, enabled: true };
  }

  #loadBalancer(pools: readonly string[]): LoadBalancerDraft {
    const used = sample(pools, between(1, pools.length, this.#rng), this.#rng);
    return {
      default_pools: used,
      fallback_pool: pick(pools, this.#rng),
      steering_policy: pick(STEERING_POLICIES, this.#rng),
    };
  }
}

/** The addresses that may answer for `host` by this document: of enabled endpoints in pools it names. */
export function addressesFor(document: Document, host: string): ReadonlySet<string> {
  const balancer = document.load_balancers[host];
  if (balancer === undefined) return new Set();
  const names = [...balancer.default_pools, balancer.fallback_pool];
  return new Set(
    names.flatMap((name) =>
      (document.pools[name]?.origins ?? []).filter((one) => one.enabled).map((one) => one.address),
    ),
  );
}
