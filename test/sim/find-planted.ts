/**
 * `node test/sim/find-planted.ts [--seeds 1000] [--only WORD]`: how many seeds it takes to find each planted bug, and what finds it; exit code 1
 * when one is not found.
 */
import { parseArgs } from "node:util";
import { PLANTED } from "./planted.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1000" }, only: { type: "string", default: "" } },
});
Error.stackTraceLimit = 0;

console.log("| planted bug | invariant | seeds | found as |\n|---|---|---|---|");
for (const { name, invariant, foundBy, parts, mix } of PLANTED) {
  if (!name.includes(values.only)) continue;
  let found: string | null = null;
  let seed = 0;
  const said = new Set<string>();
  while (found === null && seed < Number(values.seeds)) {
    seed += 1;
    const { violations } = await simulate({ seed, parts, ...(mix === undefined ? {} : { mix }) });
    found = violations.find((violation) => foundBy.test(violation)) ?? null;
    for (const violation of violations) said.add(violation);
  }
  if (found === null) process.exitCode = 1;
  const instead = `NOT FOUND; said instead: ${[...said].slice(0, 3).join("; ") || "nothing"}`;
  console.log(`| ${name} | ${invariant ?? "–"} | ${seed} | ${found ?? instead} |`);
}
