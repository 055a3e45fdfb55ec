/** What users saw behind each target, bad day by bad day: pure, from the runs. */
import { seededRng } from "../../../routing/rng.ts";
import { markdown } from "../../load/bad-days/markdown.ts";
import { cellOf, type Run } from "../tail/cell.ts";
import type { BadDay } from "./scenarios.ts";

/** Whoever waits longer has looked away. */
export const SLOW_MS = 1_000;
const HEAD = [
  "target",
  "requests",
  "errors",
  "lost idempotent",
  "> 1 s",
  "errors and slow",
  "p50",
  "e99",
  "tries per request",
  "late",
];

export interface Seen {
  readonly target: string;
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

export function seenBy(runs: readonly Run[]): Seen {
  const samples = runs.flatMap((run) => run.samples);
  return {
    target: runs[0]?.target ?? "",
    requests: samples.length,
    errors: samples.filter(({ ok }) => !ok).length,
    slow: samples.filter(({ ok, ms }) => ok && ms > SLOW_MS).length,
  };
}

/** In one sentence: whether fewer users of ours saw an error or waited than of the best other. */
export function comparedIn(ours: Seen | null, others: readonly Seen[]): string {
  if (ours === null) return "Tradewind did not run.";
  const [best] = others.toSorted((a, b) => hurt(a) - hurt(b));
  if (best === undefined) return `${ours.target} ran without a peer.`;
  const words =
    hurt(ours) < hurt(best) ? "fewer" : hurt(ours) > hurt(best) ? "**more**" : "as many";
  return `${ours.target}: ${words} users hurt, ${share(ours)}; ${best.target} ${share(best)}.`;
}

const hurt = ({ errors, slow, requests }: Seen): number => (errors + slow) / requests;
const share = (seen: Seen): string => `${(100 * hurt(seen)).toFixed(3)} %`;

export function reportOf(
  days: readonly BadDay[],
  targets: readonly { readonly name: string; readonly isPeer: boolean }[],
  judged: string,
  runs: readonly Run[],
): string {
  return days.map((day) => dayPart(day, targets, judged, runs)).join("\n");
}

function dayPart(
  { name, says }: BadDay,
  targets: readonly { readonly name: string; readonly isPeer: boolean }[],
  judged: string,
  runs: readonly Run[],
): string {
  const own = targets.flatMap((target) => {
    const of = runs.filter((run) => run.scenario === name && run.target === target.name);
    return of.length === 0 ? [] : [{ ...target, runs: of, seen: seenBy(of) }];
  });
  const ours = own.find((one) => one.name === judged)?.seen ?? null;
  const others = own.filter(({ isPeer }) => isPeer).map(({ seen }) => seen);
  const rows = own.map(({ runs: of, seen }) => {
    const cell = cellOf(of, seededRng(1));
    return [
      seen.target,
      seen.requests,
      seen.errors,
      cell.lostIdempotent,
      seen.slow,
      share(seen),
      `${cell.p50.toFixed(0)} ms`,
      `${cell.e99.toFixed(0)} ms`,
      cell.amplification.toFixed(3),
      `${cell.lateMs.toFixed(0)} ms`,
    ];
  });
  return [`### ${name}: ${says}`, "", markdown(HEAD, rows), "", comparedIn(ours, others), ""].join(
    "\n",
  );
}
