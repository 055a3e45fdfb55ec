import { CRITICALITIES, type Criticality } from "../../../routing/model.ts";
import { BASE_LOAD } from "../tail/scenarios.ts";
import { FLOODED_WORKERS } from "../tail/servers.ts";
import type { Ended, Guard, Outcome, Setting } from "./simulation.ts";

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
  admission: { admission: true },
  leases: { leases: true },
  "admission, leases": { admission: true, leases: true },
};

/** Looked at by criticality: a tenth of the requests is critical, a fifth sheddable. */
export const GUARDS_BY_CRITICALITY: Readonly<Record<string, Guard>> = {
  nothing: {},
  admission: { admission: true },
  "admission by criticality": { admission: true, byCriticality: true },
  "by criticality, leases": { admission: true, byCriticality: true, leases: true },
};
export const LOADS_BY_CRITICALITY = ["overload", "long overload", "ramp"] as const;

/** As the tail bench. */
const GOOD_MS = 500;

export interface Figures {
  /** Good answers per second. */
  readonly goodput: number;
  /** Of what was asked. */
  readonly goodRatio: number;
  readonly refusedRatio: number;
  readonly failedRatio: number;
  /** All tries, whoever they were for. */
  readonly amplification: number;
}

/** Of the requests of some criticalities. Shape: outcomes of the same load, at least one. */
export function figuresOf(
  outcomes: readonly Outcome[],
  of: readonly Criticality[] = CRITICALITIES,
): Figures {
  const sum = (from: (outcome: Outcome) => number) =>
    outcomes.reduce((all, outcome) => all + from(outcome), 0);
  const count = (is: (ended: Ended) => boolean) =>
    sum(({ ended }) => ended.filter((one) => of.includes(one.criticality) && is(one)).length);
  const asked = sum((outcome) => of.reduce((all, each) => all + outcome.asked[each], 0));
  const good = count(({ how, afterMs }) => how === "answered" && afterMs <= GOOD_MS);
  const refused = count(({ how }) => how === "refused");
  const answered = count(({ how }) => how === "answered");
  return {
    goodRatio: good / asked,
    goodput: good / sum(({ seconds }) => seconds),
    refusedRatio: refused / asked,
    failedRatio: (asked - refused - answered) / asked,
    amplification: sum(({ tries }) => tries) / asked,
  };
}
