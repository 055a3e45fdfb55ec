import { parseArgs } from "node:util";

export interface TailOptions {
  readonly scenarios: readonly string[];
  readonly targets: readonly string[];
  readonly seconds: number;
  readonly repeats: number;
  readonly seed: number;
  readonly warmUpMs: number;
  readonly tryTimeoutsMs: readonly number[];
  /** Where runs are kept and earlier ones found; `null` = this invocation's alone. */
  readonly pool: string | null;
  readonly quick: boolean;
}

/** 7 × 20 s at 199 requests/s are the 24,000 requests that an e99.9 needs to be more than an anecdote. */
const FULL = { seconds: 20, repeats: 7, warmUpMs: 5_000, tryTimeoutsMs: [1_000, 3_000] };
const QUICK = { seconds: 10, repeats: 1, warmUpMs: 3_000, tryTimeoutsMs: [1_000] };

/** Errors: throws on a flag that it does not know. */
export function readOptions(given: readonly string[]): TailOptions {
  const { values } = parseArgs({
    args: [...given],
    options: {
      quick: { type: "boolean", default: false },
      scenario: { type: "string", multiple: true, default: [] },
      target: { type: "string", multiple: true, default: [] },
      seconds: { type: "string" },
      repeats: { type: "string" },
      seed: { type: "string", default: "1" },
      "try-timeout": { type: "string", multiple: true },
      pool: { type: "string" },
    },
  });
  const defaults = values.quick ? QUICK : FULL;
  return {
    scenarios: values.scenario,
    targets: values.target,
    seconds: Number(values.seconds ?? defaults.seconds),
    repeats: Number(values.repeats ?? defaults.repeats),
    seed: Number(values.seed),
    warmUpMs: defaults.warmUpMs,
    tryTimeoutsMs:
      values["try-timeout"]?.map((seconds) => Number(seconds) * 1_000) ?? defaults.tryTimeoutsMs,
    pool: values.pool ?? null,
    quick: values.quick,
  };
}
