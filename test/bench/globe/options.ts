import { parseArgs } from "node:util";

export interface GlobeOptions {
  readonly quick: boolean;
  readonly seed: number;
  readonly markdown: boolean;
  readonly scenarios: readonly string[];
  readonly policies: readonly string[];
  /** Of the scenarios' lengths. */
  readonly pace: number;
}

/** Enough to see that everything works; too short for the bar, which is about an hour. */
const QUICK_PACE = 0.1;

/** Errors: throws on a flag that it does not know. */
export function readOptions(given: readonly string[]): GlobeOptions {
  const { values } = parseArgs({
    args: [...given],
    options: {
      quick: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      scenario: { type: "string", multiple: true, default: [] },
      policy: { type: "string", multiple: true, default: [] },
    },
  });
  return {
    quick: values.quick,
    markdown: values.markdown,
    seed: Number(values.seed),
    scenarios: values.scenario,
    policies: values.policy,
    pace: values.quick ? QUICK_PACE : 1,
  };
}
