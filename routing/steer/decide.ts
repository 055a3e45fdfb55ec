/**
 * Which endpoints a request goes to: the file to read first.
 *
 * ```
 * shard ─planOf─▶ plan ─orderOf / orderByLatency─▶ pools in the policy's order, as seen now (pool-view, spill)
 *       ─stagesOf─▶ sound, doubtful, panic, last resort ─preferring─▶ a session's own pool before them (hold)
 *       ─candidatesOf─▶ endpoint after endpoint: a priority level by its share, then one of it (pick)
 * ```
 * Pure: the same input, time and chance give the same decision. Total: it never throws (`total-eval`), and it finds a
 * candidate whenever the load balancer has an enabled endpoint in an enabled pool (`last-resort-all`).
 */
import type { SteeringPolicy } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { Balanced } from "../snapshot.ts";
import type { EndpointId, Ms } from "../units.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { type LatencyOrder, orderByLatency } from "./dynamic-latency.ts";
import { type Hold, isByKeyAlone, lotsOf, STICKY, shareOf, steadyPolicy } from "./hold.ts";
import type { Asker, Know, Memory } from "./knowledge.ts";
import { orderOf } from "./order.ts";
import { type Plan, planOf } from "./plan.ts";
import { viewOf } from "./pool-view.ts";
import { drainingByKey, type KeptVerdict, preferredOf, preferring, trusting } from "./preferred.ts";
import { isSound, type Stage, stagesOf, viewsOf } from "./stages.ts";
import { staticOrder } from "./static-order.ts";

export interface DecideInput {
  readonly shard: Balanced;
  readonly asker: Asker;
  readonly know: Know;
  readonly memory: Memory;
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
  /** The first pool is there to be measured. */
  readonly exploring: boolean;
  /** What became of the endpoint that the request belongs to; `null` = it belongs to none. */
  readonly kept: KeptVerdict | null;
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
 * without one, linear in the endpoints of the pools looked at. `dynamic_latency` always is.
 */
export function decide(input: DecideInput, nowMs: Ms, rng: Rng): Decision {
  try {
    return steer(planOf(input.shard), input, nowMs, rng);
  } catch (error) {
    // A mistake of ours must cost a visitor nothing: fail open to what the operator wrote, and tell.
    const fault = String(error);
    const trace = { policy: "off", stages: [], exploring: false, kept: null, fault } as const;
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
  const pools = isDynamic ? plan.defaults : orderOf(plan, asker, know, lots);
  const { views, memory, exploring } = isDynamic
    ? byLatency(plan, input, nowMs, rng)
    : { views: viewsOf(pools, asker, know, nowMs), memory: input.memory, exploring: false };
  const chance = isByKey ? () => shareOf(hold.key) : rng;
  const ordered = stagesOf(plan, views, asker, know, nowMs, chance);
  const found =
    preferred !== undefined
      ? preferredOf(preferred, plan, pools, asker, know, hold, nowMs)
      : byKeyAlone
        ? drainingByKey(hold, ordered[0], plan, asker, input.know, nowMs)
        : null;
  const first = found !== null && "view" in found ? found : null;
  const before = first === null ? null : preferring(first, ordered, hold);
  const isByWord = found === null ? byKeyAlone : found.verdict === "kept";
  const isPinned = hold.failover === "none" && isByWord;
  const walk = {
    stages: before ?? ordered,
    first: before === null ? null : first,
    failover: plan.failover,
    chooser: {
      know: input.know,
      client: isByKey ? { clientKey: hold.key } : asker,
      isByKey,
      nowMs,
    },
    triesMax: isPinned ? Math.min(1, input.triesMax) : input.triesMax,
  };
  return {
    candidates: candidatesOf(walk, rng),
    trace: {
      policy: plan.policy,
      stages: walk.stages,
      exploring: exploring && before === null,
      kept: first !== null && before === null ? "unavailable" : (found?.verdict ?? null),
      fault: null,
    },
    memory,
  };
}

/** Every pool is looked at, because the last one may be the fastest; those that cannot be used keep their order. */
function byLatency(plan: Plan, input: DecideInput, nowMs: Ms, rng: Rng): LatencyOrder {
  const { asker, know, memory } = input;
  const views = plan.defaults.map((pool) => viewOf(pool, know, asker.replayable, nowMs));
  const order = orderByLatency(views.filter(isSound), asker, memory, nowMs, rng);
  return { ...order, views: [...order.views, ...views.filter((view) => !isSound(view))] };
}
