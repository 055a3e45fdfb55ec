/**
 * `npm run bench:globe [-- --quick] [--seed 1] [--scenario NAME …] [--policy NAME …] [--markdown]`: our steering policies and the
 * textbook's over a simulated planet with real demand and measured round trips. With `--markdown` nothing but the section
 * for a document. Ends with 1 when a policy of ours misses the bar for reversals.
 */
import type { Job } from "./job.ts";
import { readOptions } from "./options.ts";
import { STEERINGS } from "./policies.ts";
import { reportOf } from "./report.ts";
import { scenariosFor } from "./scenarios.ts";
import type { Run } from "./simulate.ts";
import { runAll } from "./threads.ts";
import { sectionHead } from "./words.ts";
import { worldOf } from "./world.ts";

const progressOf = ({ scenario, policy, requests, errors, meanMs, p99Ms }: Run): string =>
  [
    scenario.padEnd(17),
    policy.padEnd(27),
    `${requests} requests, ${errors} errors, mean ${meanMs.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
  ].join(" ");

const options = readOptions(process.argv.slice(2));
const { pace, seed, quick } = options;

const isAsked = (names: readonly string[]) => (one: { readonly name: string }) =>
  names.length === 0 || names.includes(one.name);
const scenarios = scenariosFor(pace).filter(isAsked(options.scenarios));
const steerings = STEERINGS.filter(isAsked(options.policies));
const known = [...scenariosFor(pace), ...STEERINGS].map(({ name }) => name);
const unknown = [...options.scenarios, ...options.policies].filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No such scenario or policy: ${unknown.join(", ")}`);
  process.exit(2);
}

const jobs = scenarios.flatMap(({ name: scenario }) =>
  steerings.map(({ name: policy }): Job => ({ scenario, policy, pace, seed })),
);
const runs = await runAll(jobs, (run) => {
  if (!options.markdown) console.log(progressOf(run));
});
const { markdown, missed } = reportOf(scenarios, runs);
console.log(`${sectionHead(worldOf(), { seed, quick })}\n\n${markdown}`);
process.exitCode = missed > 0 ? 1 : 0;
