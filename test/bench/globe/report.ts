/** The tables, as Markdown: what is printed is what can be included in a document. */
import { compare, missesBar, REVERSALS_MAX } from "./judge.ts";
import type { Scenario } from "./scenarios.ts";
import type { Run } from "./simulate.ts";

export interface Report {
  readonly markdown: string;
  readonly missed: number;
}

export function reportOf(scenarios: readonly Scenario[], runs: readonly Run[]): Report {
  const parts = scenarios.map((scenario) =>
    partOf(
      scenario,
      runs.filter((run) => run.scenario === scenario.name),
    ),
  );
  return { markdown: parts.join("\n"), missed: runs.filter(missesBar).length };
}

const HEAD = [
  "| policy | requests | mean ms | p50 | p99 | errors | tries/request | overload | moved/min | at most | reversals | in a colo |",
  "|---|---|---|---|---|---|---|---|---|---|---|---|",
];

function partOf({ name, says, constant }: Scenario, runs: readonly Run[]): string {
  const longestMs = Math.max(0, ...constant.map(({ fromMs, untilMs }) => untilMs - fromMs));
  return [
    `#### ${name}: ${says}`,
    "",
    ...HEAD,
    ...runs.map(lineOf),
    "",
    constant.length === 0
      ? "Nothing is constant, so no reversals are counted."
      : `Reversals: the most of any pool in one stretch in which nothing changes, the longest ${(longestMs / 60_000).toFixed(1)} min.`,
    ...sentencesOf(runs),
    "",
  ].join("\n");
}

function lineOf(run: Run): string {
  const { reversals, coloReversals } = run;
  const bar = missesBar(run) ? `${reversals} MISSED` : `${reversals ?? "–"}`;
  const cells = [
    run.isOurs ? `\`${run.policy}\`` : run.policy,
    run.requests,
    run.meanMs.toFixed(0),
    run.p50Ms.toFixed(0),
    run.p99Ms.toFixed(0),
    run.errors,
    run.amplification.toFixed(3),
    percent(run.overload),
    percent(run.moved),
    percent(run.movedMost),
    bar,
    coloReversals ?? "–",
  ];
  return `| ${cells.join(" | ")} |`;
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;

function sentencesOf(runs: readonly Run[]): readonly string[] {
  const compared = compare(runs);
  const missed = runs.filter(missesBar).map(({ policy }) => policy);
  return [
    ...(compared === null
      ? []
      : [
          `Best of ours \`${compared.ours.policy}\` against best baseline ${compared.baseline.policy}: p99 ${compared.ratio.toFixed(2)} ×, ${compared.result}.`,
        ]),
    ...(missed.length === 0
      ? []
      : [`MISSED: more than ${REVERSALS_MAX} reversals in ${missed.join(", ")}.`]),
  ];
}
