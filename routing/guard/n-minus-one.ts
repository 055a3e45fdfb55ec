/** N-1: if one cloud region or one pool dies now, which pools are asked more than they declared, and which hosts have nobody? */
import type { Pool } from "../model.ts";
import type { EndpointId } from "../units.ts";
import {
  askOf,
  type Forecast,
  forecastOf,
  type PoolForecast,
  poolsOf,
  type Stage,
} from "./forecast.ts";
import { hasEndpoint } from "./host-flow.ts";
import type { IsUp } from "./intake.ts";
import { regionName } from "./places.ts";

export interface Loss {
  readonly kind: "pool" | "region";
  /** A pool's name, or a cloud and its region: `aws eu-central-1`. */
  readonly name: string;
  /** Requests per second that it takes now. */
  readonly rps: number;
  /** Of the fullest pool that is left; `null` when none declares a capacity. */
  readonly utilization: number | null;
  /** Pools that would be asked more than their capacity, the fullest first. */
  readonly over: readonly PoolForecast[];
  /** Hostnames that would have no endpoint, and have one now. */
  readonly stranded: readonly string[];
}

export interface Capacity {
  readonly now: Forecast;
  /** Of each pool and each cloud region that has an endpoint in use; the worst first. */
  readonly losses: readonly Loss[];
}

/**
 * Cost: each host is led anew for every pool and cloud region that it may use, and nothing else is looked at, so it grows with the number
 * of hosts × their pools and not with hosts × pools of the account.
 */
export function nMinusOne(stage: Stage): Capacity {
  const base = new Base(stage);
  const losses = candidatesOf(stage, base.isUp).map((candidate) => base.without(candidate));
  return { now: forecastOf(stage), losses: losses.sort(worstFirst) };
}

interface Candidate extends Pick<Loss, "kind" | "name"> {
  readonly lost: ReadonlySet<EndpointId>;
}

type Staged = Stage["hosts"][number];

/** What each host asks now, so that a loss is a difference. */
class Base {
  readonly isUp: IsUp;
  readonly #byHost: ReadonlyMap<Staged, ReadonlyMap<EndpointId, number>>;
  readonly #all = new Map<EndpointId, number>();
  readonly #users = new Map<EndpointId, Set<Staged>>();
  readonly #poolOf: ReadonlyMap<EndpointId, Pool>;
  readonly #fullest: readonly PoolForecast[];
  readonly #rps: number;

  constructor({ table, hosts, down }: Stage) {
    this.isUp = (id) => !down.has(id);
    this.#byHost = new Map(hosts.map((host) => [host, this.#asks(host, this.isUp)]));
    for (const asked of this.#byHost.values()) add(this.#all, asked, 1);
    for (const host of hosts) {
      const { own, targets, alone } = host[0];
      const plans = [...(own === null ? [] : [own]), ...targets, ...alone.values()];
      for (const { id } of plans.flatMap((plan) => [...plan.pools.values()].flatMap(endpointsOf))) {
        this.#users.set(id, (this.#users.get(id) ?? new Set()).add(host));
      }
    }
    this.#poolOf = new Map(
      table.pools.flatMap((pool) => pool.origins.map((one) => [one.id, pool])),
    );
    this.#rps = [...this.#all.values()].reduce((sum, rps) => sum + rps, 0);
    this.#fullest = fullestFirst(poolsOf(table.pools, this.#all, this.isUp, this.#rps));
  }

  without({ kind, name, lost }: Candidate): Loss {
    const isLeft: IsUp = (id) => this.isUp(id) && !lost.has(id);
    const hosts = [...new Set([...lost].flatMap((id) => [...(this.#users.get(id) ?? [])]))];
    const change = new Map<EndpointId, number>([...lost].map((id) => [id, 0]));
    for (const host of hosts) {
      add(change, this.#byHost.get(host) ?? new Map(), -1);
      add(change, this.#asks(host, isLeft), 1);
    }
    const touched = new Set([...change.keys()].flatMap((id) => this.#poolOf.get(id) ?? []));
    const asked = new Map<EndpointId, number>();
    for (const { id } of [...touched].flatMap(({ origins }) => origins)) {
      const rps = (this.#all.get(id) ?? 0) + (change.get(id) ?? 0);
      if (rps > ROUNDING && !lost.has(id)) asked.set(id, rps);
    }
    const pools = poolsOf([...touched], asked, isLeft, this.#rps);
    const names = new Set([...touched].map((pool) => pool.name));
    const all = fullestFirst([
      ...pools,
      ...this.#fullest.filter(({ pool }) => !names.has(pool)).slice(0, 1),
    ]);
    return {
      kind,
      name,
      rps: short([...lost].reduce((sum, id) => sum + (this.#all.get(id) ?? 0), 0)),
      utilization: all[0]?.utilization ?? null,
      over: fullestFirst(pools).filter(({ utilization }) => (utilization ?? 0) > 1),
      stranded: hosts
        .filter(([host]) => hasEndpoint(host, this.isUp) && !hasEndpoint(host, isLeft))
        .map(([host]) => host.name)
        .sort(),
    };
  }

  #asks(host: Staged, isUp: IsUp): ReadonlyMap<EndpointId, number> {
    const asked = new Map<EndpointId, number>();
    askOf(host, isUp, asked);
    return asked;
  }
}

/** What a sum of differences leaves of nothing. */
const ROUNDING = 1e-6;

const endpointsOf = (pool: { readonly pool: Pool }) => pool.pool.origins;

function add(
  sums: Map<EndpointId, number>,
  added: ReadonlyMap<EndpointId, number>,
  sign: 1 | -1,
): void {
  for (const [id, rps] of added) sums.set(id, (sums.get(id) ?? 0) + sign * rps);
}

function candidatesOf({ table }: Stage, isUp: IsUp): readonly Candidate[] {
  const inUse = table.pools
    .filter(({ enabled }) => enabled)
    .map((pool) => [pool, pool.origins.filter((one) => one.enabled && isUp(one.id))] as const)
    .filter(([, endpoints]) => endpoints.length > 0);
  const regions = Map.groupBy(
    inUse.flatMap(([, endpoints]) => endpoints),
    ({ locality }) => regionName(locality),
  );
  regions.delete(null);
  return [
    ...inUse.map(([{ name }, endpoints]) => ({
      ...{ kind: "pool" as const, name },
      lost: new Set(endpoints.map(({ id }) => id)),
    })),
    ...[...regions].map(([name, endpoints]) => ({
      ...{ kind: "region" as const, name: name ?? "" },
      lost: new Set(endpoints.map(({ id }) => id)),
    })),
  ];
}

/** Hosts without anybody before full pools, then by how full, then by name. */
const worstFirst = (a: Loss, b: Loss): number =>
  b.stranded.length - a.stranded.length ||
  (b.utilization ?? 0) - (a.utilization ?? 0) ||
  b.rps - a.rps ||
  (a.name < b.name ? -1 : 1);

const fullestFirst = (pools: readonly PoolForecast[]): readonly PoolForecast[] =>
  pools.toSorted((a, b) => (b.utilization ?? -1) - (a.utilization ?? -1));

const short = (value: number): number => Math.round(value * 1_000) / 1_000;
