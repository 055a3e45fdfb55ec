/** The tables of a run, as Markdown: what is printed is what is written into docs/bad-days.md. */
import type { Day } from "./days.ts";
import type { Figures } from "./figures.ts";
import type { Row } from "./judge.ts";
import { markdown } from "./markdown.ts";

export type Outcome =
  | { readonly day: string; readonly figures: Figures }
  /** It could not be played. */
  | { readonly day: string; readonly failed: string };

export function tableOf(days: readonly Day[], outcomes: readonly Outcome[]): string {
  const rows = days.flatMap((day) =>
    outcomes
      .filter((outcome) => outcome.day === day.name)
      .map((outcome) =>
        rowOf(day, "figures" in outcome ? cellsOf(outcome.figures) : [failure(outcome.failed)]),
      ),
  );
  return markdown(HEAD, rows);
}

const HEAD = [
  "day",
  "requests",
  "lost",
  "POSTs 502 (failed)",
  "> 1 s",
  "moved after",
  "still tried",
  "share back",
  "goodput back",
  "p50 / p99 before",
  "during",
  "after",
  "DNS writes (first)",
  "tries per request",
  "late",
];

const rowOf = (day: Day, cells: readonly (string | number)[]) => [
  `**${day.name}**: ${day.says}`,
  ...cells,
];

const failure = (reason: string): string => `FAILED: ${reason.replaceAll(/\s+/g, " ")}`;

function cellsOf(it: Figures): readonly (string | number)[] {
  const dark =
    it.darkMs === undefined
      ? ""
      : ` (${it.lostWhileUp} while it listened; dark ${seconds(it.darkMs)})`;
  return [
    it.requests,
    `${it.lost}${dark}`,
    `${it.posts502} (${it.failedPosts})`,
    percent(it.slowRatio),
    it.restoredMs === undefined ? seconds(it.movedMs) : `restored ${seconds(it.restoredMs)}`,
    it.strayRatio === undefined ? "–" : percent(it.strayRatio),
    seconds(it.backMs),
    seconds(it.goodputBackMs),
    latency(it.before),
    latency(it.during),
    latency(it.after),
    dns(it),
    it.amplification.toFixed(3),
    `${it.lateMs.toFixed(0)} ms`,
  ];
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;
const seconds = (ms: number | null | undefined): string =>
  ms === undefined ? "–" : ms === null ? "never" : `${(ms / 1_000).toFixed(1)} s`;
const latency = ({ p50, p99 }: Figures["before"]): string =>
  Number.isNaN(p50) ? "–" : `${p50.toFixed(0)} / ${p99.toFixed(0)} ms`;

function dns({ dnsWrites, dnsFirstMs }: Figures): string {
  if (dnsWrites === null) return "not here";
  return dnsFirstMs === null ? "0" : `${dnsWrites} (${seconds(dnsFirstMs)})`;
}

export const judgedTable = (rows: readonly Row[]): string =>
  markdown(
    ["bar", "day", "promised; hoped for", "found", "left", "right", "cause"],
    rows.map(({ bar, day, says, found, target, proud, cause }) => [
      bar,
      day,
      says,
      found,
      target === "missed" ? "**MISSED**" : target,
      proud,
      cause,
    ]),
  );

/** How often a pool went out, where it matters, and what regions said of servers. */
export function notesOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => {
    if (!("figures" in outcome)) return [];
    const { day, failovers, takenOut, colosMoved } = outcome.figures;
    const said = [
      failovers > 0 && `the pool went out of rotation ${failovers} times`,
      colosMoved > 0 && `${colosMoved} colos answered by another pool`,
      takenOut.length > 0 && `taken out ${takenOut.length} times, the first: ${takenOut[0]}`,
    ].filter((words) => words !== false);
    return said.length === 0 ? [] : [`- ${day}: ${said.join("; ")}`];
  });
}
