/** What happens to the world: demand by colo over time, a region that dies, and when nothing changes at all. */
import type { Ms } from "../../../routing/units.ts";
import { readWeek, weekAt } from "./demand.ts";
import type { Door } from "./world.ts";

/** From the beginning of the scenario. */
export interface Stretch {
  readonly fromMs: Ms;
  readonly untilMs: Ms;
}

export interface Scenario {
  readonly name: string;
  readonly says: string;
  /** Before it is measured everything runs as at its beginning: isolates learn what is how far. */
  readonly warmUpMs: Ms;
  /** Warm-up not counted. */
  readonly ms: Ms;
  /** A multiple of what arrives at the colo in the mean. */
  demandOf(door: Door, atMs: Ms): number;
  /** `region` of the site that is gone meanwhile. */
  readonly fault: (Stretch & { readonly region: string }) | null;
  /** Demand and health are as they were, and what was decided by earlier ones has had `SETTLE_MS`. */
  readonly constant: readonly Stretch[];
}

/** Every isolate has hundreds of samples by then. */
const WARM_UP_MS = 60_000;

/** After a change: two failed probes (10 s), slow start (10 s), three time constants of an estimate (30 s). */
const SETTLE_MS = 60_000;

const MINUTE_MS = 60_000;
const HOURS = 48;
/** Sunday noon in UTC: a day of the quiet and one of the busy kind. */
const FROM_HOUR = 6 * 24 + 12;

/** Shape: `pace` 1 is the whole measurement; less shortens every stretch, and a shorter one shows fewer reversals. */
export function scenariosFor(pace: number): readonly Scenario[] {
  const minutes = (count: number) => count * MINUTE_MS * pace;
  return [
    calm(minutes(60)),
    regionalFailure(minutes(5), minutes(10), minutes(10)),
    flashCrowd(minutes(5), minutes(15), minutes(10)),
    diurnal(minutes(48)),
  ];
}

function calm(ms: Ms): Scenario {
  return {
    name: "calm",
    says: "constant demand, everything works",
    warmUpMs: WARM_UP_MS,
    ms,
    demandOf: () => 1,
    fault: null,
    constant: [{ fromMs: 0, untilMs: ms }],
  };
}

function regionalFailure(beforeMs: Ms, deadMs: Ms, afterMs: Ms): Scenario {
  const backMs = beforeMs + deadMs;
  const ms = backMs + afterMs;
  return {
    name: "regional failure",
    says: `eu-central-1 refuses connections for ${textOf(deadMs)} and returns`,
    warmUpMs: WARM_UP_MS,
    ms,
    demandOf: () => 1,
    fault: { region: "eu-central-1", fromMs: beforeMs, untilMs: backMs },
    constant: settledBetween([0, beforeMs, backMs, ms]),
  };
}

function flashCrowd(beforeMs: Ms, crowdMs: Ms, afterMs: Ms): Scenario {
  const overMs = beforeMs + crowdMs;
  const ms = overMs + afterMs;
  const isCrowded = (atMs: Ms) => atMs >= beforeMs && atMs < overMs;
  return {
    name: "flash crowd",
    says: `Europe asks three times as much for ${textOf(crowdMs)}`,
    warmUpMs: WARM_UP_MS,
    ms,
    demandOf: (door, atMs) =>
      isCrowded(atMs) ? sumOf(door, ({ continent }) => (continent === "EU" ? 3 : 1)) : 1,
    fault: null,
    constant: settledBetween([0, beforeMs, overMs, ms]),
  };
}

/** The clock of the demand runs faster than the clock of requests, so demand moves faster than it does in life. */
function diurnal(ms: Ms): Scenario {
  const week = readWeek();
  const hourMs = ms / HOURS;
  return {
    name: "diurnal",
    says: `${HOURS} h of the weekly profile in ${textOf(ms)}`,
    warmUpMs: WARM_UP_MS,
    ms,
    demandOf: (door, atMs) =>
      sumOf(door, ({ solarOffsetH }) => weekAt(week, FROM_HOUR + atMs / hourMs + solarOffsetH)),
    fault: null,
    constant: [],
  };
}

function sumOf(door: Door, factorOf: (crowd: Door["crowds"][number]) => number): number {
  const all = door.crowds.reduce((sum, crowd) => sum + crowd.share * factorOf(crowd), 0);
  return all / door.share;
}

/** Between each two changes, without the time that the first of them needs; the first point is no change. */
function settledBetween(points: readonly Ms[]): readonly Stretch[] {
  return points.slice(1).flatMap((untilMs, index) => {
    const fromMs = (points[index] ?? 0) + (index === 0 ? 0 : SETTLE_MS);
    return fromMs < untilMs ? [{ fromMs, untilMs }] : [];
  });
}

const textOf = (ms: Ms): string => `${Number((ms / MINUTE_MS).toFixed(1))} min`;
