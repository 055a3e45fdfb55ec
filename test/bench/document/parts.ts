import type { Part } from "./compose.ts";

export interface RunnablePart extends Part {
  readonly script: string;
  readonly args: readonly string[];
  /** Knows `--quick`. */
  readonly hasQuick: boolean;
  /** `section`: it writes its own section into the document. */
  readonly prints: "markdown" | "text" | "section";
}

/** Of the whole measurement, in the order of the document: the tail takes hours, so it is the last. */
export const PARTS: readonly RunnablePart[] = [
  {
    name: "overhead",
    title: "Overhead: our edge beside a reference worker and a bare pass-through",
    command: "npm run bench:overhead",
    script: "test/bench/run.ts",
    args: [],
    hasQuick: false,
    prints: "text",
  },
  {
    name: "decide",
    title: "Decision cost, and the heap of a large snapshot",
    command: "npm run bench:decide",
    script: "test/bench/decide.bench.ts",
    args: ["--markdown"],
    hasQuick: false,
    prints: "markdown",
  },
  {
    name: "platform",
    title: "Platform cost",
    command: "npm run bench:platform-cost",
    script: "test/bench/platform/run.ts",
    args: ["--markdown"],
    hasQuick: true,
    prints: "markdown",
  },
  {
    name: "globe",
    title: "Over the globe",
    command: "npm run bench:globe",
    script: "test/bench/globe/run.ts",
    args: ["--markdown"],
    hasQuick: true,
    prints: "markdown",
  },
  {
    name: "tail",
    title: "Tail: users behind Tradewind and behind stock proxies",
    command: "npm run bench:tail",
    script: "test/bench/tail/run.ts",
    args: [],
    hasQuick: true,
    prints: "section",
  },
];
