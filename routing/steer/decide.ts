/**
 * Which endpoints a request goes to: the file to read first.
 *
 * ```
 * shard ─planOf─▶ plan ─orderOf / orderByLatency─▶ pools in the policy's order, as seen now (pool-view, spill)
 *       ─keepersOf─▶ without the pools that shed this request (shedding)
 *       ─spilled─▶ what is above a full pool's target goes to the next that has room (headroom)
 *       ─stagesOf─▶ sound, doubtful, panic, last resort ─preferring─▶ a session's own pool before them (hold)
 *       ─admittedStages─▶ without the pools that are overloaded and do not let this request in (admitted)
 *       ─leasedStages─▶ without those that have no room (leased)
 *       ─candidatesOf─▶ endpoint after endpoint: a priority level by its share, then one of it (pick)
 * ```
 * Pure: the same input, time and chance give the same decision. Total: it never throws (`total-eval`), and it finds a
 * candidate whenever the load balancer has an enabled endpoint in an enabled pool (`last-resort-all`), unless residency
 * leaves all of them out: the plan does not have those, so that nothing after it can choose one.
 */
import type { RegionLoads } from "../exchange.ts";
import type { Criticality, SteeringPolicy } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { Balanced } from "../snapshot.ts";
import type { EndpointId, Ms } from "../units.ts";
import { admittedStages } from "./admitted.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { type LatencyOrder, orderByLatency } from "./dynamic-latency.ts";
import { type Chance, type Spill, spilled } from "./headroom.ts";
import { type Hold, isByKeyAlone, lotsOf, STICKY, shareOf, steadyPolicy } from "./hold.ts";
import type { Asker, Know, Memory } from "./knowledge.ts";
import { leasedStages } from "./leased.ts";
import { orderOf } from "./order.ts";
import { type Plan, type PlannedPool, planOf } from "./plan.ts";
import { type PoolView, viewOf } from "./pool-view.ts";
import { drainingByKey, type KeptVerdict, preferredOf, preferring, trusting } from "./preferred.ts";
import { isLost, keepersOf } from "./shedding.ts";
import { isSound, type Stage, stagesOf, viewsOf } from "./stages.ts";
import { staticOrder } from "./static-order.ts";

export interface DecideInput {
  readonly shard: Balanced;
  readonly asker: Asker;
  readonly know: Know;
  readonly memory: Memory;
  /** How full endpoints are, by the region; absent = nobody tells. */
  readonly loads?: RegionLoads | undefined;
  /** By its operator's word; absent = `default`. */
  readonly criticality?: Criticality | undefined;
  /** How many candidates to yield. */
  readonly triesMax: number;
  /** The endpoint that the request belongs to; it is tried first while it may be used. */
  readonly preferred?: EndpointId | undefined;
  /** How it is held to that one. */
  readonly hold?: Hold | undefined;
}

/** Enough to explain a decision afterwards; no text is made until somebody asks. */
export interface Trace {
  readonly policy: SteeringPolicy;
  /** Pools in the order in which they would be used, and what each was. */
  readonly stages: readonly Stage[];
  /** Pools that gave this request away. */
  readonly shed: readonly PlannedPool[];
  /** The pool that it would have gone to, when that is overloaded and did not let it in, */
  readonly refusedBy: PlannedPool | null;
  /** and why: the region lets in a share, or every endpoint has as many in flight as this isolate may have there. */
  readonly refusedFor: "share" | "leases" | null;
  /** No pool let it in: there is no candidate, and it should be told to come again. */
  readonly isRefused: boolean;
  /** The first pool is there to be measured. */
  readonly exploring: boolean;
  /** How full the first pool is, and what goes elsewhere; `null` = nobody tells, or this request may not be moved. */
  readonly spill: Spill | null;
  /** What became of the endpoint that the request belongs to; `null` = it belongs to none. */
  readonly kept: KeptVerdict | null;
  /** How many endpoints residency leaves out, which else would be candidates. */
  readonly outside: number;
  /** The message of an error inside the decision, which then is the snapshot's static order. */
  readonly fault: string | null;
}

export interface Decision {
  /** Lazy: take the first, and the next only when a try failed. At most `triesMax`. Once only. */
  readonly candidates: Iterable<Candidate>;
  readonly trace: Trace;
  /** To be handed to the next decision for this load balancer. */
  readonly memory: Memory;
}

/**
 * Cost: about 1 µs however many endpoints there are, where an isolate keeps what it knows (`Tally`); after a change, and
 * without one, linear in the endpoints of the pools looked at. `dynamic_latency` looks at the endpoints of the pools in which
 * something was measured since.
 */
export function decide(input: DecideInput, nowMs: Ms, rng: Rng): Decision {
  try {
    return steer(planOf(input.shard), input, nowMs, rng);
  } catch (error) {
    // A mistake of ours must cost a visitor nothing: fail open to what the operator wrote, and tell.
    const fault = String(error);
    const trace = {
      policy: "off",
      stages: [],
      shed: [],
      refusedBy: null,
      refusedFor: null,
      isRefused: false,
      exploring: false,
      spill: null,
      kept: null,
      outside: 0,
      fault,
    } as const;
    return { candidates: staticOrder(input.shard), trace, memory: input.memory };
  }
}

function steer(written: Plan, input: DecideInput, nowMs: Ms, rng: Rng): Decision {
  const { asker, preferred, hold = STICKY } = input;
  const byKeyAlone = isByKeyAlone(hold);
  const plan = byKeyAlone ? { ...written, policy: steadyPolicy(written.policy) } : written;
  const know = byKeyAlone && hold.failover === "none" ? trusting(input.know) : input.know;
  const isByKey = hold.key !== "";
  const isDynamic = plan.policy === "dynamic_latency";
  const lots = isByKey ? lotsOf(hold.key) : rng;
  const named = isDynamic ? plan.defaults : orderOf(plan, asker, know, lots);
  const client = isByKey ? { clientKey: hold.key } : asker;
  const owner = { client: byKeyAlone ? client : asker, byKeyAlone, preferred };
  const pools = keepersOf(
    named,
    plan,
    owner,
    (pool) => viewOf(pool, know, asker.replayable, nowMs).isAvailable,
    rng,
  );
  const isShed = pools !== named;
  const {
    views: looked,
    memory,
    exploring,
  } = isDynamic
    ? byLatency(pools, isShed, input, nowMs, rng)
    : { views: viewsOf(pools, asker, know, nowMs), memory: input.memory, exploring: false };
  const chance = isByKey ? () => shareOf(hold.key) : rng;
  const isMovable = plan.failover && preferred === undefined && !byKeyAlone && !exploring;
  const { views, spill } = isMovable
    ? givingAway(plan, looked, input, nowMs, chance)
    : { views: looked, spill: null };
  const ordered = stagesOf(plan, views, asker, know, nowMs, chance);
  const found =
    preferred !== undefined
      ? isShed && isLost(preferred, named, pools)
        ? SHED
        : preferredOf(preferred, plan, pools, asker, know, hold, nowMs)
      : byKeyAlone
        ? drainingByKey(hold, ordered[0], plan, asker, input.know, nowMs)
        : null;
  const first = found !== null && "view" in found ? found : null;
  const before = first === null ? null : preferring(first, ordered, hold);
  const isByWord = found === null ? byKeyAlone : found.verdict === "kept";
  const isPinned = hold.failover === "none" && isByWord;
  const wanted = before ?? ordered;
  const home = before === null ? null : first;
  // A session is told to come again, and not sent to where nobody knows it.
  const mayLeave = plan.failover && home === null;
  const admitted = admittedStages(wanted, input.know.cutoffOf, input, mayLeave, nowMs, rng);
  // Who belongs somewhere goes on to there, and what is critical is let in first: the others have so much less room.
  const told = isByKey ? null : (input.know.leasesAt?.(nowMs) ?? null);
  const leases = told === null || input.criticality === "critical" ? null : told;
  const stages = home === null ? leasedStages(admitted, leases, mayLeave) : admitted;
  const isRefused = stages.length === 0 && wanted.length > 0;
  const walk = {
    stages,
    first: isRefused ? null : home,
    failover: plan.failover,
    chooser: {
      know: input.know,
      client,
      isByKey,
      leases,
      nowMs,
    },
    triesMax: isPinned ? Math.min(1, input.triesMax) : input.triesMax,
  };
  return {
    candidates: candidatesOf(walk, rng),
    trace: {
      policy: plan.policy,
      stages: walk.stages,
      refusedBy: stages === wanted ? null : (wanted[0]?.planned ?? null),
      refusedFor: stages === wanted ? null : stages === admitted ? "share" : "leases",
      isRefused,
      shed: isShed ? named.filter((pool) => !pools.includes(pool)) : NONE,
      exploring: exploring && before === null,
      spill,
      kept: first !== null && before === null ? "unavailable" : (found?.verdict ?? null),
      outside: plan.outside,
      fault: null,
    },
    memory,
  };
}

const NONE: readonly PlannedPool[] = [];
const SHED = { verdict: "shed" } as const;
/** By `random` the shares of pools are what the operator wrote down; nobody changes them for less than that a pool cannot take its. */
function givingAway(
  { policy }: Plan,
  views: readonly PoolView[],
  { loads, asker, hold = STICKY }: DecideInput,
  nowMs: Ms,
  chance: Rng,
) {
  if (loads === undefined) return { views, spill: null };
  // Where a visitor's address keeps him on an endpoint it keeps him in a pool too, as long as shares stay.
  const isKept = (pool: PlannedPool) =>
    pool.policy === "hash" && asker.clientKey !== "" && hold.key === "";
  const lot: Chance = (pool) => (isKept(pool) ? shareOf(asker.clientKey) : chance());
  return spilled(views, loads, nowMs, lot, policy === "random" ? "above-capacity" : "above-target");
}

/** Every pool is looked at, because the last one may be the fastest; those that cannot be used keep their order. */
function byLatency(
  pools: readonly PlannedPool[],
  isShed: boolean,
  input: DecideInput,
  nowMs: Ms,
  rng: Rng,
): LatencyOrder {
  const { asker, know } = input;
  const views = pools.map((pool) => viewOf(pool, know, asker.replayable, nowMs));
  const order = orderByLatency(views.filter(isSound), asker, input.memory, nowMs, rng);
  // Where one request had to go says nothing about where the others should.
  const memory = isShed ? input.memory : order.memory;
  return { ...order, memory, views: [...order.views, ...views.filter((view) => !isSound(view))] };
}
