/**
 * What evil patterns cost at the longest subject that is read: `node test/bench/patterns.bench.ts`. Prints the worst
 * pattern, the worst ratio of a subject to one of half its length, and what compiling and refusing took.
 */
import { SUBJECT_CHARACTERS_MAX } from "../../routing/match/pattern.ts";
import { compilePattern } from "../../routing/table/pattern/pattern.ts";
import { EVIL, textOf } from "../routing/table/pattern/evil.ts";

const RUNS = 25;
/** The machine's noise is longer than one match: each sample is many. */
const MATCHES = 20;
const MATCH_MS_MAX = 5;
const RATIO_MAX = 2.5;

function msOf(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
/** The fastest: the others were interrupted. */
const fastest = (values: readonly number[]): number => sorted(values)[0] ?? 0;
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1] ?? 0;

const worst = { matchMs: 0, firstMs: 0, ratio: 0, compileMs: 0, refuseMs: 0 };
let refused = 0;
for (const evil of EVIL) {
  const compileMs = fastest([1, 2, 3].map(() => msOf(() => compilePattern(evil.pattern))));
  const compiled = compilePattern(evil.pattern);
  if (!compiled.ok) {
    refused += 1;
    worst.refuseMs = Math.max(worst.refuseMs, compileMs);
    console.log(`${evil.pattern.slice(0, 50).padEnd(52)} refused in ${compileMs.toFixed(1)} ms`);
    continue;
  }
  const matching = (text: string) => () => {
    for (let count = 0; count < MATCHES; count += 1) compiled.value(text);
  };
  const longest = textOf(evil, SUBJECT_CHARACTERS_MAX);
  const half = textOf(evil, SUBJECT_CHARACTERS_MAX / 2);
  const firstMs = msOf(() => compiled.value(longest));
  // One after the other, so that both see the same machine.
  const pairs = Array.from({ length: RUNS }, () => ({
    longMs: msOf(matching(longest)) / MATCHES,
    halfMs: msOf(matching(half)) / MATCHES,
  }));
  const matchMs = fastest(pairs.map(({ longMs }) => longMs));
  // A match at the first character takes no time at all, and has no ratio.
  const ratio = matchMs < 0.002 ? 1 : median(pairs.map(({ longMs, halfMs }) => longMs / halfMs));
  worst.matchMs = Math.max(worst.matchMs, matchMs);
  worst.firstMs = Math.max(worst.firstMs, firstMs);
  worst.ratio = Math.max(worst.ratio, ratio);
  worst.compileMs = Math.max(worst.compileMs, compileMs);
  const figures = `${matchMs.toFixed(3)} ms, ×${ratio.toFixed(2)}, compiled in ${compileMs.toFixed(1)} ms`;
  console.log(`${evil.pattern.slice(0, 50).padEnd(52)} ${figures}`);
}

console.log(
  `${EVIL.length} patterns, ${refused} refused (at most ${worst.refuseMs.toFixed(1)} ms); ` +
    `${SUBJECT_CHARACTERS_MAX} characters: at most ${worst.matchMs.toFixed(3)} ms, ` +
    `first match ${worst.firstMs.toFixed(3)} ms, ratio at most ${worst.ratio.toFixed(2)}; ` +
    `compiling at most ${worst.compileMs.toFixed(1)} ms`,
);
if (Math.max(worst.matchMs, worst.firstMs) > MATCH_MS_MAX || worst.ratio > RATIO_MAX) {
  process.exitCode = 1;
}
