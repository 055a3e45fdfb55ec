import type { Record } from "../../load/generator.ts";
import { LOST_MS } from "../../load/generator.ts";

/** What is kept of one request: small, so that runs of several days can be pooled. */
export interface Sample {
  /** After the start of its run. */
  readonly dueMs: number;
  /** From when it was due to its complete answer; an error counts as `LOST_MS` in every percentile. */
  readonly ms: number;
  readonly ok: boolean;
  readonly idempotent: boolean;
}

export const sampleOf = ({ planned, doneMs, ok }: Record): Sample => ({
  dueMs: Math.round(planned.dueMs),
  ms: ok ? Math.round((doneMs - planned.dueMs) * 10) / 10 : LOST_MS,
  ok,
  idempotent: planned.kind !== "post",
});
