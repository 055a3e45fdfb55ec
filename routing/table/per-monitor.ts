import type { Problem } from "./problem.ts";
import type { Rule } from "./rule.ts";
import type { Salvaged } from "./salvage.ts";
import type { MonitorFields } from "./schema.ts";

/** A rule that looks at one monitor at a time. `pointer` of a problem is relative to the monitor. */
export const perMonitor = (
  name: string,
  check: (monitor: Salvaged<MonitorFields>) => readonly Problem[],
): Rule => ({
  name,
  check: ({ drafts }) =>
    drafts.monitors.flatMap(({ pointer, fields }) =>
      check(fields).map((problem) => ({ ...problem, pointer: pointer + problem.pointer })),
    ),
});
