/** What happens in a run: how much load when, which server does what from when on, and by what it is judged. */
import type { Phase } from "./arrivals.ts";
import { type Behaviour, SERVING, serving } from "./behaviour.ts";
import { capacityPerSecond, FLOODED_WORKERS, serversWith, WORKERS } from "./servers.ts";

export interface Step {
  readonly atMs: number;
  readonly server: number;
  readonly behaviour: Behaviour;
}

/** Bars of the project: ratios are to the best peer's figure. */
export interface Bars {
  /** e99 at most this × the best peer's; `null` = not judged by its tail. */
  readonly tailRatio: number | null;
  readonly amplification: number;
  /** Answers within the goodput's limit are compared. */
  readonly goodput: boolean;
  readonly errors: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly says: string;
  /** Of each server. */
  readonly workers: number;
  readonly phases: readonly Phase[];
  readonly steps: readonly Step[];
  readonly bars: Bars;
}

/** Of capacity; where the published comparisons of balancing policies are made too. */
export const BASE_LOAD = 0.56;
/** A lost idempotent request is a miss only where the servers that are left can carry this much of the load. */
const HEADROOM = 1.2;

/** One of the fast servers: losing it hurts more. */
const BROKEN = 3;
/** Of the run, before the fault: what came before is part of what users see. */
const FAULT_AT = 0.25;
const RETURN_AT = 0.6;
const OVERLOAD = 1.3;
const OVERLOAD_MS = 8_000;
/** A short run has no room for all of it. */
const OVERLOAD_SHARE_MAX = 0.4;
/** A process is back this long after it has closed its port. */
const RESTART_MS = 700;
/** The next one begins when the last has served for about as long as it was away; twelve of them fit 20 s. */
const RESTART_EVERY_MS = 1_500;
/** The steps of the ramp in "Load is not what you should balance" (Prequal, NSDI 2024): each 10/9 of the last. */
const RAMP_STEPS = 9;
const RAMP_FIRST = 0.75;
const RAMP_FACTOR = 10 / 9;

const STEADY: Bars = { tailRatio: 0.9, amplification: 1.05, goodput: false, errors: true };
const GRAY: Bars = { tailRatio: 0.8, amplification: 1.1, goodput: false, errors: true };
const KILL: Bars = { ...GRAY, amplification: 1.3 };
const FLOOD: Bars = { tailRatio: null, amplification: 1.1, goodput: true, errors: false };

/** Every scenario for a run of this length. */
export function scenariosFor(runMs: number): readonly Scenario[] {
  const specs = serversWith(WORKERS);
  const capacity = capacityPerSecond(specs);
  const flooded = capacityPerSecond(serversWith(FLOODED_WORKERS));
  const base: readonly Phase[] = [{ ms: runMs, ratePerSecond: BASE_LOAD * capacity }];
  const faultMs = FAULT_AT * runMs;
  const broken = (behaviour: Behaviour): readonly Step[] => [
    { atMs: faultMs, server: BROKEN, behaviour },
  ];
  const scenario = (name: string, says: string, steps: readonly Step[], bars: Bars): Scenario => ({
    name,
    says,
    workers: WORKERS,
    phases: base,
    steps,
    bars,
  });
  return [
    scenario("steady", "two of twelve servers are 3 × slower, nothing breaks", [], STEADY),
    scenario("slow", "one server becomes 10 × slower", broken(serving({ slowdown: 10 })), GRAY),
    scenario(
      "gray",
      "one answers 30 % with 503, probes fine",
      broken(serving({ failRatio: 0.3 })),
      GRAY,
    ),
    scenario(
      "sinkhole",
      "one fails everything in 1 ms, probes fine",
      broken({ do: "sinkhole" }),
      GRAY,
    ),
    scenario("kill", "one dies at once and comes back later", killAndReturn(runMs), KILL),
    scenario(
      "silent",
      "one accepts and never answers, probes neither",
      broken({ do: "silent" }),
      GRAY,
    ),
    scenario("data-dead", "one answers probes and no visitor", broken({ do: "data-dead" }), GRAY),
    scenario("rolling", "servers restart, one every 1.5 s", rolling(specs.length, runMs), KILL),
    {
      name: "overload",
      says: "1.3 × capacity for 8 s",
      workers: FLOODED_WORKERS,
      phases: overload(flooded, runMs),
      steps: [],
      bars: FLOOD,
    },
    {
      name: "ramp",
      says: "0.75 … 1.74 × capacity in nine steps",
      workers: FLOODED_WORKERS,
      phases: ramp(flooded, runMs),
      steps: [],
      bars: FLOOD,
    },
  ];
}

function killAndReturn(runMs: number): readonly Step[] {
  return [
    { atMs: FAULT_AT * runMs, server: BROKEN, behaviour: { do: "killed" } },
    { atMs: RETURN_AT * runMs, server: BROKEN, behaviour: SERVING },
  ];
}

/** As many servers as the run has room for, at the pace at which supervisors do it. */
function rolling(servers: number, runMs: number): readonly Step[] {
  const count = Math.min(servers, Math.floor((runMs - RESTART_EVERY_MS) / RESTART_EVERY_MS));
  return Array.from({ length: count }, (_, server): readonly Step[] => {
    const atMs = (server + 1) * RESTART_EVERY_MS;
    return [
      { atMs, server, behaviour: { do: "drained" } },
      { atMs: atMs + RESTART_MS, server, behaviour: SERVING },
    ];
  }).flat();
}

function overload(capacity: number, runMs: number): readonly Phase[] {
  const ms = Math.min(OVERLOAD_MS, OVERLOAD_SHARE_MAX * runMs);
  const calm = { ms: (runMs - ms) / 2, ratePerSecond: BASE_LOAD * capacity };
  return [calm, { ms, ratePerSecond: OVERLOAD * capacity }, calm];
}

const ramp = (capacity: number, runMs: number): readonly Phase[] =>
  Array.from({ length: RAMP_STEPS }, (_, step) => ({
    ms: runMs / RAMP_STEPS,
    ratePerSecond: RAMP_FIRST * RAMP_FACTOR ** step * capacity,
  }));

/**
 * Whether no idempotent request may be lost: at every moment the servers that still work can carry `HEADROOM` × the load.
 * A server that is slow or fails some counts as none.
 */
export function mayLoseNothing({
  phases,
  steps,
  workers,
}: Pick<Scenario, "phases" | "steps" | "workers">): boolean {
  const specs = serversWith(workers);
  const peak = Math.max(...phases.map(({ ratePerSecond }) => ratePerSecond));
  const broken = new Set<number>();
  let worst = capacityPerSecond(specs);
  for (const { server, behaviour } of steps.toSorted((a, b) => a.atMs - b.atMs)) {
    if (behaviour === SERVING) broken.delete(server);
    else broken.add(server);
    worst = Math.min(worst, capacityPerSecond(specs.filter((_, index) => !broken.has(index))));
  }
  return worst >= HEADROOM * peak;
}
