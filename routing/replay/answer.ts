/** What a decision came to, in places instead of ids: what a record has, and what a replay must say again, byte for byte. */
import type { SteeringPolicy } from "../model.ts";
import type { Balanced } from "../snapshot.ts";
import type { Candidate, Why } from "../steer/candidates.ts";
import type { Decision, Trace } from "../steer/decide.ts";
import { mostOf } from "../steer/split.ts";
import type { StageKind } from "../steer/stages.ts";
import { placeOfPool } from "./places.ts";

export interface Answer {
  /** Endpoints in the order in which they would be tried. */
  readonly tries: readonly (readonly [place: number, why: Why])[];
  readonly policy: SteeringPolicy;
  /** Pools in the order of their use, those of one kind beside each other together. */
  readonly stages: readonly (readonly [StageKind, ...number[]])[];
  readonly exploring: boolean;
  readonly kept: Trace["kept"];
  /** Its pool was full, and nobody else took it. */
  readonly refused: boolean;
  readonly fault: string | null;
  /** The pool that takes most requests from now on; `null`: as before. */
  readonly settled: number | null;
}

/** The text of an error of ours is as long as it is; its beginning tells which. */
const FAULT_CHARACTERS_MAX = 120;

/** Shape: `tries` are the decision's candidates, all of them. `memory`: what it was given. */
export function answerOf(
  { trace, memory: after }: Pick<Decision, "trace" | "memory">,
  tries: readonly Candidate[],
  shard: Balanced,
  memory: unknown,
): Answer {
  const endpoints = shard.pools.flatMap(({ origins }) => origins);
  const settled = after === memory ? null : mostOf(after.incumbent);
  return {
    tries: tries.map(({ endpoint, why }) => [endpoints.indexOf(endpoint), why]),
    policy: trace.policy,
    stages: stageRuns(trace, shard),
    exploring: trace.exploring,
    kept: trace.kept,
    refused: trace.isRefused,
    fault: trace.fault?.slice(0, FAULT_CHARACTERS_MAX) ?? null,
    settled: settled === null ? null : placeOfPool(shard, { id: settled }),
  };
}

function stageRuns({ stages }: Trace, shard: Balanced): Answer["stages"] {
  const runs: [StageKind, ...number[]][] = [];
  for (const { kind, planned } of stages) {
    const place = placeOfPool(shard, planned.pool);
    const last = runs.at(-1);
    if (last?.[0] === kind) last.push(place);
    else runs.push([kind, place]);
  }
  return runs;
}
