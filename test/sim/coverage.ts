import { AILMENTS } from "./origins.ts";

/**
 * What must have happened somewhere in a run of many seeds. A simulator in which it never does checks
 * nothing of it, so a run without it fails.
 */
export const MUST_HAPPEN: readonly string[] = [
  ...["exchange", "push", "propose", "KV", "cache", "visit", "probe"].flatMap((kind) => [
    `request lost (${kind})`,
    `reply lost (${kind})`,
  ]),
  ...["exchange", "push", "visit", "probe"].map((kind) => `late (${kind})`),
  ...["exchange", "push", "propose", "KV"].map((kind) => `doubled (${kind})`),
  "overtaken",
  "failover",
  "eviction",
  "eviction mid-call",
  "crash before commit",
  "crash after commit",
  "superseded",
  "object gone",
  "objects gone",
  "object start",
  "alarm",
  "alarm cut off",
  "alarm lost",
  "alarm doubled",
  "alarm late",
  "clocks apart",
  "release before",
  "copy damaged",
  "edges cut off",
  "config cut off",
  "prober cut off",
  "path broken",
  ...["exchange", "push", "probe", "visit"].map((kind) => `cut off (${kind})`),
  "KV slow",
  "KV stale",
  "isolate recycled",
  "version accepted",
  "version change",
  "version found in storage",
  "operators race",
  "proposal refused",
  ...AILMENTS.map((ailment) => `origin ${ailment}`),
  "left dead",
  "verdict down",
  "verdict up",
  "report repeated",
  "problem unknown-host",
  "problem no-snapshot",
];

/** What happens on every planet that lives. */
export const ALARMS_HAPPEN: readonly string[] = ["alarm", "object start", "version accepted"];

/**
 * Below this many seeds a rare event may be missing by chance: the rarest, a lost `propose`, happens about
 * 0.12 times a seed, so a hundred are without it once in 100,000.
 */
export const COVERED_BY_SEEDS = 100;

export type Counts = Readonly<Record<string, number>>;

export function addCounts(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [what, count] of Object.entries(other)) sum[what] = (sum[what] ?? 0) + count;
  return sum;
}

export const missing = (counts: Counts, mustHappen = MUST_HAPPEN): readonly string[] =>
  mustHappen.filter((what) => (counts[what] ?? 0) === 0);
