import { BASE_LOAD } from "../tail/scenarios.ts";
import { FLOODED_WORKERS } from "../tail/servers.ts";
import type { Guard, Outcome, Setting } from "./simulation.ts";

export type Load = Pick<Setting, "phases" | "workers"> & { readonly slowdown?: number };

const CALM = { ms: 6_000, load: BASE_LOAD };
const minute = (load: number): Load => ({
  workers: FLOODED_WORKERS,
  phases: [{ ms: 60_000, load }],
});

/** Overload and ramp are those of the tail bench. */
export const LOADS: Readonly<Record<string, Load>> = {
  calm: minute(BASE_LOAD),
  busy: minute(0.8),
  overload: { workers: FLOODED_WORKERS, phases: [CALM, { ms: 8_000, load: 1.3 }, CALM] },
  "long overload": { workers: FLOODED_WORKERS, phases: [CALM, { ms: 60_000, load: 1.3 }, CALM] },
  ramp: {
    workers: FLOODED_WORKERS,
    phases: Array.from({ length: 9 }, (_, step) => ({
      ms: 20_000 / 9,
      load: 0.75 * (10 / 9) ** step,
    })),
  },
  "4 × slower": { ...minute(BASE_LOAD / 4), slowdown: 4 },
};

export const GUARDS: Readonly<Record<string, Guard>> = {
  nothing: {},
  throttle: { throttle: true },
  "lease 1": { lease: 1 },
  "lease 2": { lease: 2 },
  admission: { admission: true },
  "admission, lease 1": { admission: true, lease: 1 },
};

/** As the tail bench. */
const GOOD_MS = 500;

export interface Figures {
  /** Good answers per second. */
  readonly goodput: number;
  readonly refusedRatio: number;
  readonly failedRatio: number;
  readonly amplification: number;
}

/** Shape: outcomes of the same load, at least one. */
export function figuresOf(outcomes: readonly Outcome[]): Figures {
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((all, outcome) => all + of(outcome), 0);
  const asked = sum((outcome) => outcome.asked);
  const good = sum(
    ({ ended }) =>
      ended.filter(({ how, afterMs }) => how === "answered" && afterMs <= GOOD_MS).length,
  );
  const refused = sum(({ ended }) => ended.filter(({ how }) => how === "refused").length);
  const answered = sum(({ ended }) => ended.filter(({ how }) => how === "answered").length);
  return {
    goodput: good / sum(({ seconds }) => seconds),
    refusedRatio: refused / asked,
    failedRatio: (asked - refused - answered) / asked,
    amplification: sum(({ tries }) => tries) / asked,
  };
}
