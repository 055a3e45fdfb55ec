/**
 * Where the requests of one host go by what is known before they come: the steering policy, the lists of pools, and what is up.
 *
 * Left out: what full pools give away, sessions and shedding. What is decided by measurements of the moment (latency, requests in
 * flight), or by a rule or route that matches or not, stays shared as it was last measured.
 */
import { placeOf } from "../geo.ts";
import type { BackendTarget } from "../http-route.ts";
import { SCHEMA } from "../limits.ts";
import { balancedOf } from "../match/target.ts";
import type { SteeringPolicy } from "../model.ts";
import type { Shard } from "../snapshot.ts";
import { UNKNOWN } from "../steer/knowledge.ts";
import { orderOf } from "../steer/order.ts";
import { type Plan, type PlannedPool, planOf } from "../steer/plan.ts";
import { type Head, servingTargetsOf } from "../table/heads.ts";
import { hasAnyUp, type IsUp, isUsable } from "./intake.ts";
import type { HostDemand } from "./measured.ts";

/** One host of a table, ready to be asked. */
export interface Host {
  readonly name: string;
  /** By its own load balancer; `null` where only routes lead. */
  readonly own: Plan | null;
  /** By each pool and load balancer that its routes name. */
  readonly targets: readonly Plan[];
  /** Rules or routes choose, so that only what was measured tells how many requests go where. */
  readonly isMixed: boolean;
  /** False where only redirects and such answer. */
  readonly needsEndpoint: boolean;
  /** Where they choose: by name, each pool that anything of the host may use, as if it were the only one. */
  readonly alone: ReadonlyMap<string, Plan>;
}

export function hostOf(head: Head, account: string): Host {
  const { host, loadBalancer, loadBalancers, pools, blocks } = head;
  const shard: Shard = {
    ...{ schema: SCHEMA, account, host, pools, blocks: blocks.length },
    ...{ load_balancer: loadBalancer, load_balancers: loadBalancers },
  };
  const planFor = (target: BackendTarget): readonly Plan[] => {
    const balanced = balancedOf(shard, target, loadBalancer?.residency);
    return balanced === null ? [] : [planOf(balanced)];
  };
  const targets = blocks.flat().flatMap(servingTargetsOf);
  const hasRules = loadBalancer?.rules.some(({ disabled }) => !disabled) ?? false;
  const isMixed = hasRules || blocks.length > 0;
  const alone = (isMixed ? pools : []).flatMap(({ id, name }) =>
    planFor({ kind: "Pool", pool: id }).map((plan) => [name, plan] as const),
  );
  return {
    name: host,
    own: loadBalancer === null ? null : planOf({ load_balancer: loadBalancer, pools }),
    targets: [...new Set(targets.flatMap(planFor))],
    isMixed,
    needsEndpoint: loadBalancer !== null || targets.length > 0,
    alone: new Map(alone),
  };
}

/** Whether anything is left that may serve a request for the host, if anything has to. */
export const hasEndpoint = ({ own, targets, needsEndpoint }: Host, isUp: IsUp): boolean =>
  !needsEndpoint ||
  [...(own === null ? [] : [own]), ...targets].some((plan) =>
    [...plan.pools.values()].some((pool) => hasAnyUp(pool, isUp)),
  );

/** Whether it counts from where a request comes. */
export const isByPlace = ({ own, targets }: Host): boolean =>
  [own, ...targets].some((plan) => plan?.policy === "geo" || plan?.policy === "proximity");

/** Requests per second to a pool. */
export type Flow = readonly [pool: PlannedPool, rps: number];

/** Of the requests that the demand is; what nobody can take is in no flow. */
export function flowsOf(host: Host, demand: HostDemand, isUp: IsUp): readonly Flow[] {
  const { own, targets, isMixed, alone } = host;
  const answered = Object.entries(demand.pools);
  if (!isMixed || answered.length === 0)
    return own === null ? [] : byPlan(own, demand, demand.rps, isUp);
  return answered.flatMap(([name, rps]) => {
    const plan = alone.get(name);
    const [pool] = plan?.defaults ?? [];
    if (pool !== undefined && isUsable(pool, isUp)) return [[pool, rps] as const];
    const instead = own ?? targets.find(({ balancer }) => balancer.id !== pool?.pool.id);
    return instead === undefined ? [] : byPlan(instead, demand, rps, isUp);
  });
}

/** Policies that ask what is measured at the moment of a request. */
export const isMeasuredBy = (policy: SteeringPolicy): boolean =>
  policy === "dynamic_latency" || policy.startsWith("least_");

function byPlan(plan: Plan, demand: HostDemand, rps: number, isUp: IsUp): readonly Flow[] {
  const { policy, defaults, fallback } = plan;
  const usable = defaults.filter((pool) => isUsable(pool, isUp));
  if (isMeasuredBy(policy) && usable.length > 0) {
    const seen = usable.map(({ pool }) => demand.pools[pool.name] ?? 0);
    return shared(usable, sumOf(seen) > 0 ? seen : usable.map(({ weight }) => weight), rps);
  }
  if (policy === "random" && usable.length > 0) {
    return shared(
      usable,
      usable.map(({ weight }) => weight),
      rps,
    );
  }
  const { colo } = demand;
  const country = placeOf(colo)?.country;
  const asker = { colo, country, clientKey: "", replayable: true };
  const order = orderOf(
    plan,
    asker,
    () => UNKNOWN,
    () => 0,
  );
  const found =
    order.find((pool) => isUsable(pool, isUp)) ??
    [fallback, ...order].find((pool) => pool !== undefined && hasAnyUp(pool, isUp));
  return found === undefined ? [] : [[found, rps]];
}

/** In proportion to the weights; all to the first when nothing has any. */
function shared(
  pools: readonly PlannedPool[],
  weights: readonly number[],
  rps: number,
): readonly Flow[] {
  const total = sumOf(weights);
  return pools.map((pool, at) => {
    const share = total > 0 ? (weights[at] ?? 0) / total : at === 0 ? 1 : 0;
    return [pool, rps * share];
  });
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
