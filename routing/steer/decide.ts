/**
 * Which endpoints a request goes to: the file to read first.
 *
 * ```
 * shard ─planOf─▶ plan ─orderOf / orderByLatency─▶ pools in the policy's order, as seen now (pool-view, spill)
 *       ─stagesOf─▶ sound, doubtful, panic, last resort ─preferring─▶ a session's own pool before them
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
import type { Asker, Know, Memory } from "./knowledge.ts";
import { orderOf } from "./order.ts";
import { type Plan, planOf } from "./plan.ts";
import { viewOf } from "./pool-view.ts";
import { preferredOf, preferring } from "./preferred.ts";
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
}

/** Enough to explain a decision afterwards; no text is made until somebody asks. */
export interface Trace {
  readonly policy: SteeringPolicy;
  /** Pools in the order in which they would be used, and what each was. */
  readonly stages: readonly Stage[];
  /** The first pool is there to be measured. */
  readonly exploring: boolean;
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
    const trace = { policy: "off", stages: [], exploring: false, fault: String(error) } as const;
    return { candidates: staticOrder(input.shard), trace, memory: input.memory };
  }
}

function steer(plan: Plan, input: DecideInput, nowMs: Ms, rng: Rng): Decision {
  const { asker, know, preferred, triesMax } = input;
  const isDynamic = plan.policy === "dynamic_latency";
  const pools = isDynamic ? plan.defaults : orderOf(plan, asker, know, rng);
  const { views, memory, exploring } = isDynamic
    ? byLatency(plan, input, nowMs, rng)
    : { views: viewsOf(pools, asker, know, nowMs), memory: input.memory, exploring: false };
  const ordered = stagesOf(plan, views, asker, know, nowMs, rng);
  const { stages, first } =
    preferred === undefined
      ? { stages: ordered, first: null }
      : preferring(preferredOf(preferred, pools, asker, know, nowMs), ordered);
  const chooser = { know, clientKey: asker.clientKey, nowMs };
  const walk = { stages, first, failover: plan.failover, chooser, triesMax };
  return {
    candidates: candidatesOf(walk, rng),
    trace: { policy: plan.policy, stages, exploring: exploring && first === null, fault: null },
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
