/** The goal table R1–R7 and R15–R18: `target` is the left column, which must hold, `proud` the right one. Pure. */
import { causeOf } from "./causes.ts";
import type { Figures } from "./figures.ts";

export type Held = "held" | "missed" | "not measured here";

export interface Row {
  readonly bar: string;
  readonly day: string;
  readonly says: string;
  /** The worst over all repeats, in words. */
  readonly found: string;
  readonly target: Held;
  readonly proud: Held;
  /** Why the right column is missed, or why nothing is said of it. */
  readonly cause: string;
}

interface Bar {
  readonly name: string;
  readonly says: string;
  /** `null`: every day. */
  readonly days: readonly string[] | null;
  /** The figure that is judged, smaller is better; several count each for itself. `null`: not measured, which is a miss. */
  figures(day: Figures): readonly Figure[];
  /** Why this run cannot tell whether the right column holds; empty where it can. */
  readonly untold?: (repeats: number) => string;
}

interface Figure {
  readonly what: string;
  readonly value: number | null;
  readonly target: number;
  readonly proud: number;
  /** `words`: they tell it all, and 0 is well. */
  readonly unit: "" | "%" | "s" | "×" | "words";
}

const figure = (
  what: string,
  value: number | null | undefined,
  target: number,
  proud: number,
  unit: Figure["unit"] = "",
): Figure => ({ what, value: value ?? null, target, proud, unit });
const percent = (ratio: number): number => 100 * ratio;
const seconds = (ms: number | null | undefined): number | null => (ms == null ? null : ms / 1_000);

const PROUD_REPEATS = 20;

const BARS: readonly Bar[] = [
  {
    name: "R1",
    says: "lost when a pool is killed: 0, at most 0.1 % slower than 1 s; 0 over 20 repeats",
    days: ["kill"],
    figures: (day) => [
      figure("lost", day.lost, 0, 0),
      figure("slower than 1 s", percent(day.slowRatio), 0.1, 0.1, "%"),
      figure("POSTs twice", day.postsTwice, 0, 0),
    ],
    untold: (repeats) => (repeats < PROUD_REPEATS ? `${repeats} of 20 repeats` : ""),
  },
  {
    name: "R2",
    says: "30 % 5xx: at most 0.5 % errors, out in 30 s; 0.1 %, 10 s",
    days: ["gray", "gray-one"],
    figures: (day) => [
      figure("errors", percent(day.errorRatio), 0.5, 0.1, "%"),
      figure("out after", seconds(day.movedMs), 30, 10, "s"),
    ],
  },
  {
    name: "R3",
    says: "moved at the edge in 15 s; 3 s",
    days: ["kill", "gray", "gray-one", "half", "stall", "black-hole"],
    figures: (day) => [figure("moved after", seconds(day.movedMs), 15, 3, "s")],
  },
  {
    name: "R3 DNS",
    says: "DNS written in 30 s",
    days: ["kill", "stall", "black-hole"],
    figures: (day) =>
      day.dnsWrites === null ? [] : [figure("written after", seconds(day.dnsFirstMs), 30, 30, "s")],
  },
  {
    name: "R4",
    says: "all objects gone: 99.99 % of the success of before, no colo answered by another pool",
    days: ["objects"],
    figures: (day) => [
      figure("less success", percent(1 - day.successDuring / day.successBefore), 0.01, 0.01, "%"),
      figure("colos moved", day.colosMoved, 0, 0),
    ],
    untold: () => "24 h are for the simulator",
  },
  {
    name: "R6",
    says: "half of a pool's answers are errors: at most 1.10 tries per request; 1.05",
    days: ["half"],
    figures: (day) => [figure("tries per request", day.amplification, 1.1, 1.05, "×")],
  },
  {
    name: "R7",
    says: "after the fault 95 % of the goodput of before in 30 s; 5 s",
    days: null,
    figures: (day) => [figure("back after", seconds(day.goodputBackMs), 30, 5, "s")],
  },
  {
    name: "R15",
    says: "killed under a change: old or new, and the audit agrees",
    days: ["planet"],
    figures: (day) => [
      figure(
        `the configuration is ${day.kept}`,
        day.kept === "old" || day.kept === "new" ? 0 : 1,
        0,
        0,
        "words",
      ),
      figure("lost while it listened", day.lostWhileUp, 0, 0),
    ],
    untold: () => "one moment of a change here; every await is enumerated in test/durable-objects",
  },
  {
    name: "R16",
    says: "a restore serves the old table in 5 s; 1 s",
    days: ["mistake"],
    figures: (day) => [figure("old table after", seconds(day.restoredMs), 5, 1, "s")],
  },
  {
    name: "R17",
    says: "a square wave of 43 s: at most 2 failovers in an hour; 1",
    days: ["flap"],
    figures: (day) => [figure("failovers in this run", day.failovers, 2, 1)],
    untold: () => "three periods are no hour: the simulator's scenario runs one",
  },
  {
    name: "R18",
    says: "nobody is taken out at 0.1 % noise; at 1 %",
    days: ["noise"],
    // What holds at 1 % holds at 0.1 %; whether the other way round the simulator tells.
    figures: (day) => [
      figure("taken out at 1 %", day.takenOut.length, Number.POSITIVE_INFINITY, 0),
    ],
  },
];

/** What this run says nothing of, and where it is. */
const ELSEWHERE: readonly Row[] = [
  {
    bar: "R5",
    day: "",
    says: "300 cold isolates: peak at most 3 × steady; 1.5 ×",
    found: "",
    target: "not measured here",
    proud: "not measured here",
    cause: "this planet has 13 isolates: O18 of test/museum and npm run bench:platform-cost",
  },
];

/** `runs`: at least one. Each bar with each of its days that ran; the worst of the repeats counts. */
export function judge(runs: readonly Figures[]): readonly Row[] {
  const days = [...new Set(runs.map(({ day }) => day))];
  const rows = BARS.flatMap((bar) =>
    days
      .filter((day) => bar.days === null || bar.days.includes(day))
      .flatMap((day) => rowOf(bar, day, runs)),
  );
  return [...rows, ...ELSEWHERE];
}

function rowOf(bar: Bar, day: string, runs: readonly Figures[]): readonly Row[] {
  const own = runs.filter((run) => run.day === day);
  const figures = own.map((run) => bar.figures(run));
  const worst = (figures[0] ?? []).map((_, index) =>
    figures.map((all) => all[index]).reduce((one, other) => (isWorse(other, one) ? other : one)),
  );
  const known = worst.filter((found) => found !== undefined);
  if (known.length === 0) return [];
  const target = known.every((it) => isWithin(it.value, it.target)) ? "held" : "missed";
  const isProud = known.every((it) => isWithin(it.value, it.proud));
  const untold = bar.untold?.(own.length) ?? "";
  const proud = !isProud ? "missed" : untold === "" ? "held" : "not measured here";
  const cause = proud === "missed" ? causeOf(bar.name, day) : untold;
  const found = [...known.map(words), ...spoiled(own)].join(", ");
  return [{ bar: bar.name, day, says: bar.says, found, target, proud, cause }];
}

/** A load that is later than this was short of CPU, and so was the planet: what was found is the machine's. */
const LATE_MS_MAX = 30;

function spoiled(runs: readonly Figures[]): readonly string[] {
  const lateMs = Math.max(...runs.map((run) => run.lateMs));
  return lateMs > LATE_MS_MAX
    ? [`**spoiled**: the load itself was ${lateMs.toFixed(0)} ms late`]
    : [];
}

const isWithin = (value: number | null, most: number): boolean => value !== null && value <= most;

function isWorse(one: Figure | undefined, other: Figure | undefined): boolean {
  if (one === undefined || other === undefined) return other === undefined;
  return one.value === null || (other.value !== null && one.value > other.value);
}

function words({ what, value, unit }: Figure): string {
  if (unit === "words") return what;
  if (value === null) return `${what}: never`;
  const digits = unit === "" ? 0 : unit === "s" ? 1 : 3;
  return `${what} ${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}
