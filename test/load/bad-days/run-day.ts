/** One bad day on a planet of its own: opened, warmed up, broken, mended, counted and closed. */
import { COLO_NAMES } from "../../../local/colos.ts";
import { seededRng } from "../../../routing/rng.ts";
import { LoadGenerator, type Record, type Target } from "../generator.ts";
import { drawPlan } from "../plan.ts";
import { HOST, type Stage } from "../stage.ts";
import { warmUp } from "../warm-up.ts";
import { BROKEN, type Day, type Times } from "./days.ts";
import { type Counted, type Figures, figuresOf, type Moments } from "./figures.ts";
import { MISTAKEN, Scene } from "./scene.ts";
import { Tickets } from "./tickets.ts";

export interface DayOptions {
  readonly ratePerSecond: number;
  readonly times: Times;
  readonly seed: number;
  /** Told of each scene that opens, so that who is interrupted can close it. */
  readonly opened: (scene: Scene) => void;
}

export interface DayRun {
  readonly figures: Figures;
  readonly records: readonly Record[];
}

/**
 * Enough that a window of a pool's own colos holds a hundred at 500/s, or 1 % of it would be less than one request. Writing
 * tries down costs an edge work: of all requests it would be part of what is measured.
 */
const TOLD_PER_SECOND = 125;
/** Beyond the day itself: opening, warming up, closing. What takes longer hangs. */
const PATIENCE_MS = 180_000;

/** Errors: rejects when the stage cannot be opened, an act fails, or it hangs; whatever was started is gone then. */
export async function runDay(day: Day, options: DayOptions): Promise<DayRun> {
  const scene = await Scene.open();
  options.opened(scene);
  try {
    return await within(options.times.totalMs + PATIENCE_MS, day.name, play(day, scene, options));
  } finally {
    await scene.close();
  }
}

async function play(
  day: Day,
  scene: Scene,
  { ratePerSecond, times, seed }: DayOptions,
): Promise<DayRun> {
  const { stage } = scene;
  const tickets = await Tickets.open(stage);
  await warmUp(stage, ratePerSecond);
  await tickets.renew();
  const every = Math.max(1, Math.round(ratePerSecond / TOLD_PER_SECOND));
  const target: Target = {
    url: stage.planet.edge,
    host: HOST,
    headersOf: (index) => (index % every === 0 ? tickets.shown : {}),
  };
  const [triesBefore, postsBefore] = [await scene.tries(), stage.executed().duplicates];
  const plan = drawPlan(ratePerSecond, times.totalMs, COLO_NAMES, seededRng(seed));
  const load = new LoadGenerator(target, plan);
  const [records, moments, faultAtMs] = await underLoad(load, day, scene, times);
  const counted: Counted = {
    tries: (await scene.tries()) - triesBefore,
    postsTwice: stage.executed().duplicates - postsBefore,
    dnsWrites: since(faultAtMs, await scene.dnsWrites()),
    takenOut: await takenOut(stage, faultAtMs),
    kept: isDark(day) ? await scene.kept() : null,
  };
  const about = {
    day: day.name,
    pool: BROKEN,
    leaves: day.leaves,
    isDark: isDark(day),
    mistaken: day.end.do === "restore" ? MISTAKEN : null,
  };
  return { figures: figuresOf(about, records, moments, counted), records };
}

const isDark = ({ end }: Day): boolean => end.do === "restart-planet";

/** What really happened when, and the time of day at which it broke. */
async function underLoad(
  load: LoadGenerator,
  day: Day,
  scene: Scene,
  { startMs, durationMs, totalMs }: Times,
): Promise<readonly [readonly Record[], Moments, number]> {
  const ended = load.run();
  const until = (ms: number) => pause(ms - load.nowMs());
  let [faultMs, faultAtMs] = [0, 0];
  for (const [index, { atMs, act }] of day.steps(durationMs).entries()) {
    await until(startMs + atMs);
    if (index === 0) [faultMs, faultAtMs] = [load.nowMs(), Date.now()];
    await scene.perform(act);
  }
  await until(startMs + durationMs);
  const endMs = load.nowMs();
  await scene.perform(day.end);
  const endedMs = load.nowMs();
  const records = await ended;
  return [records, { faultMs, endMs, endedMs, totalMs }, faultAtMs];
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`${what} hangs: it is not over after ${(ms / 1_000).toFixed(0)} s`);
    timer = setTimeout(() => reject(error), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const since = (fromMs: number, writes: Awaited<ReturnType<Scene["dnsWrites"]>>) =>
  writes
    ?.filter(({ atMs }) => atMs >= fromMs)
    .map(({ atMs, changes }) => ({ atMs: atMs - fromMs, changes })) ?? null;

async function takenOut({ planet }: Stage, fromMs: number): Promise<readonly string[]> {
  const { events } = JSON.parse((await planet.api("/v1/events")).text) as {
    events: readonly Readonly<{ [K in "at" | "source" | "subject" | "detail"]: string }>[];
  };
  return events
    .filter(({ at, detail }) => Date.parse(at) >= fromMs && /^(unhealthy|ejected)/.test(detail))
    .map(({ source, subject, detail }) => `${source}: ${subject} ${detail}`);
}
