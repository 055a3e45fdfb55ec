/** The tables, as Markdown: what is printed is what is written into docs/benchmarks.md. */
import { seededRng } from "../../../routing/rng.ts";
import { type Cell, cellOf, GOODPUT_MS, type Run } from "./cell.ts";
import { judge, type Verdict } from "./judge.ts";
import { mayLoseNothing, type Scenario } from "./scenarios.ts";
import { capacityPerSecond, FLOODED_WORKERS, serversWith, WORKERS } from "./servers.ts";

export interface Reported {
  readonly scenarios: readonly Scenario[];
  /** In the order of the table; which of them are peers; which one is judged. */
  readonly targets: readonly { readonly name: string; readonly isPeer: boolean }[];
  readonly judged: string;
  readonly runs: readonly Run[];
  readonly tryTimeoutMs: number;
}

export interface Report {
  readonly markdown: string;
  readonly missed: number;
}

/** Every number of chance of the report is from here: the same runs give the same text. */
const BOOTSTRAP_SEED = 1;

export function reportOf(reported: Reported): Report {
  const parts = reported.scenarios.map((scenario) => scenarioPart(scenario, reported));
  return {
    markdown: parts.map(({ text }) => text).join("\n"),
    missed: parts.reduce((sum, { missed }) => sum + missed, 0),
  };
}

function scenarioPart(scenario: Scenario, { targets, judged, runs, tryTimeoutMs }: Reported) {
  const cells = targets.flatMap(({ name, isPeer }) => {
    const own = runs.filter(
      (run) =>
        run.scenario === scenario.name && run.target === name && run.tryTimeoutMs === tryTimeoutMs,
    );
    if (own.length === 0) return [];
    return [{ isPeer, cell: cellOf(own, seededRng(BOOTSTRAP_SEED)) }];
  });
  const ours = cells.find(({ cell }) => cell.target === judged)?.cell;
  const peers = cells.filter(({ isPeer }) => isPeer).map(({ cell }) => cell);
  const judgedBy = {
    bars: scenario.bars,
    mayLoseNothing: mayLoseNothing(scenario),
  };
  const verdict = ours === undefined ? null : judge(ours, peers, judgedBy);
  const text = [
    `#### ${scenario.name}: ${scenario.says}`,
    "",
    HEAD,
    ...cells.map(({ cell }) => lineOf(cell)),
    "",
    ...(verdict === null ? [] : [sentenceOf(judged, verdict, scenario), ""]),
  ].join("\n");
  return { text, missed: verdict?.missed.length ?? 0 };
}

const HEAD = [
  `| target | requests | p50 | p90 | e99 (95 %) | e99.9 | errors | lost idempotent | amplification | good ≤ ${GOODPUT_MS} ms /s (95 %) | late |`,
  "|---|---|---|---|---|---|---|---|---|---|---|",
].join("\n");

function lineOf(cell: Cell): string {
  const { e99Interval, goodputInterval } = cell;
  const ms = (value: number) => value.toFixed(0);
  const cells = [
    cell.target,
    cell.requests,
    ms(cell.p50),
    ms(cell.p90),
    `${ms(cell.e99)} (${ms(e99Interval.low)} … ${ms(e99Interval.high)})`,
    ms(cell.e999),
    cell.errors,
    cell.lostIdempotent,
    cell.amplification.toFixed(3),
    `${ms(cell.goodput)} (${ms(goodputInterval.low)} … ${ms(goodputInterval.high)})`,
    cell.lateMs.toFixed(0),
  ];
  return `| ${cells.join(" | ")} |`;
}

function sentenceOf(judged: string, verdict: Verdict, { bars }: Scenario): string {
  const figure = bars.goodput ? "goodput" : "e99";
  const compared =
    verdict.ratio === null
      ? `${judged} ran without a peer.`
      : `${judged}: **${verdict.result}**, ${figure} ${verdict.ratio.toFixed(2)} × the best peer's (${verdict.bestPeer}).`;
  const missed =
    verdict.missed.length === 0 ? "All bars met." : `Missed: ${verdict.missed.join("; ")}.`;
  return `${compared} ${missed}`;
}

/** What was measured on, for the head of the section. */
export function fleetSentence(): string {
  const servers = serversWith(WORKERS);
  const means = servers.map(({ meanMs }) => meanMs).join(", ");
  const flooded = capacityPerSecond(serversWith(FLOODED_WORKERS)).toFixed(0);
  return `${servers.length} servers with ${WORKERS} workers each and mean service times of ${means} ms can do ${capacityPerSecond(servers).toFixed(0)} requests/s (overload and ramp: ${FLOODED_WORKERS} worker each, ${flooded} requests/s)`;
}
