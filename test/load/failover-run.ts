import { COLO_NAMES } from "../../local/colos.ts";
import { BEAT_MS_MIN } from "../../routing/limits.ts";
import { REGIONS } from "../../routing/names.ts";
import { seededRng } from "../../routing/rng.ts";
import { LoadGenerator, type Record } from "./generator.ts";
import { drawPlan } from "./plan.ts";
import { RefusedConnections, WINDOW_MS } from "./refused.ts";
import {
  ENDPOINTS_PER_POOL,
  type Executed,
  HOST,
  type Monitoring,
  type PoolName,
  Stage,
} from "./stage.ts";
import { dueIn, sharesByPool, summarize } from "./summary.ts";
import { warmUp } from "./warm-up.ts";

export interface FailoverTimes {
  readonly ratePerSecond: number;
  readonly killAtMs: number;
  readonly backAtMs: number;
  readonly endMs: number;
}

export interface FailoverRun {
  readonly records: readonly Record[];
  readonly lost: readonly Record[];
  readonly failedPosts: readonly Record[];
  readonly executed: Executed;
  /** When the origins were really gone, and when they really listened again. */
  readonly killedMs: number;
  readonly listeningMs: number;
  /** Connections refused in each 100 ms of the first three seconds after the kill, probes included. */
  readonly refused: readonly number[];
  /** After the kill, until at most 1 % of traffic tries the dead pool any more; `null`: never. */
  readonly offAfterMs: number | null;
  /** From listening again to when the first request was due that the pool answered. */
  readonly firstBackMs: number | null;
  readonly firstBackBoundMs: number;
  /** The pool's share before the kill, and in each second from the first request back on. */
  readonly steadyShare: number;
  readonly ramp: readonly number[];
}

export const KILLED: PoolName = "europe";
/** Rare enough that probes do not hide the traffic that is counted by refused connections. */
const MONITORING: Monitoring = { interval: 2, consecutiveUp: 2 };
const OFF_RATIO = 0.01;
const RAMP_SECONDS = 15;

/** One run: a pool of real processes is killed under load and comes back. */
export async function runFailover(times: FailoverTimes, seed: number): Promise<FailoverRun> {
  const stage = await Stage.open(MONITORING);
  try {
    await warmUp(stage, times.ratePerSecond);
    const plan = drawPlan(times.ratePerSecond, times.endMs, COLO_NAMES, seededRng(seed));
    const load = new LoadGenerator({ url: stage.planet.edge, host: HOST }, plan);
    const ended = load.run();
    const counter = new RefusedConnections(() => load.nowMs());
    const at = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms - load.nowMs()));
    await at(times.killAtMs);
    const killedMs = load.nowMs();
    await stage.kill(KILLED);
    await at(times.backAtMs);
    await stage.bringBack(KILLED);
    const listeningMs = load.nowMs();
    const records = await ended;
    counter.stop();
    return judge(records, counter, { killedMs, listeningMs }, times, stage.executed());
  } finally {
    await stage.close();
  }
}

function judge(
  records: readonly Record[],
  counter: RefusedConnections,
  { killedMs, listeningMs }: { killedMs: number; listeningMs: number },
  times: FailoverTimes,
  executed: Executed,
): FailoverRun {
  const { lostIdempotent, failedPosts } = summarize(records);
  const back = records
    .filter(({ ok, pool, planned }) => ok && pool === KILLED && planned.dueMs > listeningMs)
    .map(({ planned }) => planned.dueMs)
    .toSorted((a, b) => a - b)[0];
  const shareIn = (fromMs: number, toMs: number) =>
    sharesByPool(dueIn(records, fromMs, toMs))[KILLED] ?? 0;
  const seconds = Math.floor(Math.min(RAMP_SECONDS, (times.endMs - (back ?? 0)) / 1_000));
  const ramp = Array.from({ length: back === undefined ? 0 : seconds }, (_, second) =>
    shareIn((back ?? 0) + second * 1_000, (back ?? 0) + (second + 1) * 1_000),
  );
  const { interval, consecutiveUp } = MONITORING;
  const firstWindow = Math.round(killedMs / WINDOW_MS);
  return {
    records,
    lost: lostIdempotent,
    failedPosts,
    executed,
    killedMs,
    listeningMs,
    refused: Array.from({ length: 30 }, (_, index) => counter.windows[firstWindow + index] ?? 0),
    offAfterMs: offAfter(records, counter, killedMs, listeningMs),
    firstBackMs: back === undefined ? null : back - listeningMs,
    firstBackBoundMs: (consecutiveUp + 1) * interval * 1_000 + BEAT_MS_MIN,
    steadyShare: shareIn(killedMs / 2, killedMs),
    ramp,
  };
}

/**
 * From when on the dead pool stays left alone. Each region probes each endpoint once in an interval, so over
 * just that long the probes among the refused connections are a known number.
 */
function offAfter(
  records: readonly Record[],
  counter: RefusedConnections,
  killedMs: number,
  untilMs: number,
): number | null {
  const spanMs = MONITORING.interval * 1_000;
  const probes = REGIONS.length * ENDPOINTS_PER_POOL;
  const isOff = (fromMs: number) => {
    const tries = counter.between(fromMs, fromMs + spanMs) - probes;
    return tries <= dueIn(records, fromMs, fromMs + spanMs).length * OFF_RATIO;
  };
  const last = Math.floor((untilMs - spanMs - killedMs) / WINDOW_MS);
  if (last < 0 || !isOff(killedMs + last * WINDOW_MS)) return null;
  let off = last;
  while (off > 0 && isOff(killedMs + (off - 1) * WINDOW_MS)) off -= 1;
  return off * WINDOW_MS;
}
