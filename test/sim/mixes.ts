/** The scenarios: one world, and in each another mix of what goes wrong. */
import type { Checker } from "./bench.ts";
import { CheckCalm } from "./check-calm.ts";
import { CheckFlaps } from "./check-flaps.ts";
import { CheckGray } from "./check-gray.ts";
import { CheckStill } from "./check-still.ts";
import { ALARMS_HAPPEN, MUST_HAPPEN } from "./coverage.ts";
import type { MonitorDraft } from "./documents.ts";
import { FAULTS, type Fault } from "./luck.ts";
import { LOST_MESSAGES, type LostMessages } from "./network.ts";

/** What a scenario does of its own, once, at `atMs`; `null` = nothing. */
export type Act =
  | { readonly does: "strike"; readonly ailment: "gray" | "flapping"; readonly atMs: number }
  | { readonly does: "take objects"; readonly atMs: number; readonly forMs: number }
  | { readonly does: "kill all at step"; readonly atMs: number };

export interface Mix {
  readonly noisyMs: number;
  readonly quietMs: number;
  readonly lost: Readonly<LostMessages>;
  readonly possible: readonly Fault[];
  readonly certain: readonly Fault[];
  /** Share of visits that a sound endpoint answers with an error. */
  readonly noiseRatio: number;
  readonly visitEveryMs: number;
  /** `null` = the first version stays the only one. */
  readonly proposalEveryMs: number | null;
  readonly monitor: MonitorDraft;
  /** Endpoints that every pool begins with; `null` = drawn. */
  readonly endpoints: number | null;
  readonly acts: readonly Act[];
  /** In the quiet phase one endpoint dies, for everybody to find out. */
  readonly leavesOneDead: boolean;
  readonly checkers: readonly Checker[];
  readonly mustHappen: readonly string[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const NOTHING_LOST: LostMessages = {
  ...{ requestRatio: 0, replyRatio: 0, hangRatio: 0.5 },
  ...{ lateRatio: 0, twiceRatio: 0 },
};

/** Long enough that the regions' probes are not most of the run. */
const MONITOR: MonitorDraft = {
  type: "https",
  path: "/healthz",
  interval: 5,
  timeout: 2,
  retries: 0,
  consecutive_up: 2,
  consecutive_down: 2,
  expected_codes: "200",
};

/**
 * The noise is shorter than the pauses of five failures in a row come to at an edge: the sixth would make one that is longer than
 * the quiet.
 */
const PLANET: Mix = {
  noisyMs: 24_000,
  quietMs: 29_000,
  lost: LOST_MESSAGES,
  possible: FAULTS,
  certain: [],
  noiseRatio: 0,
  visitEveryMs: 500,
  proposalEveryMs: 5_000,
  monitor: MONITOR,
  endpoints: null,
  acts: [],
  leavesOneDead: true,
  checkers: [],
  mustHappen: MUST_HAPPEN,
};

/** Nothing goes wrong but what a scenario says. */
const STILL: Mix = {
  ...PLANET,
  lost: NOTHING_LOST,
  possible: [],
  proposalEveryMs: null,
  leavesOneDead: false,
  mustHappen: ALARMS_HAPPEN,
};

export const MIXES = {
  planet: PLANET,
  /** R18: a healthy fleet and the noise of the internet. The monitor asks as rarely as the vendor's default, and for three failures in a row. */
  calm: {
    ...STILL,
    noisyMs: 7 * DAY_MS,
    lost: { ...NOTHING_LOST, requestRatio: 0.0005, replyRatio: 0.0005 },
    noiseRatio: 0.001,
    visitEveryMs: 2_000,
    monitor: { ...MONITOR, interval: 60, timeout: 5, retries: 2, consecutive_down: 3 },
    endpoints: 3,
    checkers: [CheckCalm],
  },
  /** R2: probes are answered, three visits in ten are not. */
  gray: {
    ...STILL,
    noisyMs: 2 * MINUTE_MS,
    visitEveryMs: 20,
    endpoints: 4,
    acts: [{ does: "strike", ailment: "gray", atMs: MINUTE_MS / 2 }],
    checkers: [CheckGray],
    mustHappen: [...ALARMS_HAPPEN, "origin gray", "ejected by traffic"],
  },
  /** R4: every object is gone for an hour, and nobody notices. */
  partition: {
    ...STILL,
    noisyMs: 65 * MINUTE_MS,
    visitEveryMs: 1_000,
    endpoints: 2,
    acts: [{ does: "take objects", atMs: 3 * MINUTE_MS, forMs: HOUR_MS }],
    checkers: [CheckStill],
    mustHappen: [...ALARMS_HAPPEN, "objects gone"],
  },
  /** R17: one endpoint is dead for 43 s and well for 43 s, for an hour. */
  flap: {
    ...STILL,
    noisyMs: HOUR_MS,
    visitEveryMs: 1_000,
    endpoints: 3,
    acts: [{ does: "strike", ailment: "flapping", atMs: MINUTE_MS }],
    checkers: [CheckFlaps],
    mustHappen: [...ALARMS_HAPPEN, "origin flapping"],
  },
  /** R15: all objects end at one step of a change, the seed says at which; old or new, and the audit agrees. */
  restart: {
    ...STILL,
    noisyMs: 8_000,
    proposalEveryMs: 3_000,
    acts: [{ does: "kill all at step", atMs: 4_000 }],
    mustHappen: [...ALARMS_HAPPEN, "object gone"],
  },
} as const satisfies Readonly<Record<string, Mix>>;
export type MixName = keyof typeof MIXES;
