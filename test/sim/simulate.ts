/** One seed, one planet, one run. */
import { type Bench, CheckAnswers, CONVERGED_WITHIN_MS } from "./check-answers.ts";
import { CheckProposals } from "./check-proposals.ts";
import { CheckRecovery } from "./check-recovery.ts";
import { CheckReports } from "./check-reports.ts";
import { CheckVerdicts } from "./check-verdicts.ts";
import { History } from "./history.ts";
import { Kernel } from "./kernel.ts";
import { LOST_MESSAGES, type LostMessages, Network } from "./network.ts";
import { Origins } from "./origins.ts";
import { type Parts, shipped } from "./parts.ts";
import type { World } from "./planet.ts";
import { between, rngFor, sample } from "./random.ts";
import { Scenario } from "./scenario.ts";
import { Timeline } from "./timeline.ts";
import { everyone, type Watcher } from "./watcher.ts";

/** Nine colos of four regions; a run has four to six of them. */
const COLOS = ["FRA", "LHR", "CDG", "WAW", "IAD", "EWR", "SJC", "LAX", "SIN"];
const COLOS_MIN = 4;
const COLOS_MAX = 6;
const NOISY_MS = 30_000;
const QUIET_MS = CONVERGED_WITHIN_MS + 5_000;

export interface Options {
  readonly seed: number;
  readonly parts?: Parts;
  readonly lost?: Readonly<LostMessages>;
  readonly stepsMax?: number;
  readonly print?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Equal for two runs in which the same things happened. */
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly steps: number;
}

export async function simulate(options: Options): Promise<Outcome> {
  const { seed, parts = shipped, lost = LOST_MESSAGES, stepsMax, print = null } = options;
  const kernel = new Kernel();
  const timeline = new Timeline(kernel, print);
  const origins = new Origins(timeline);
  const history = new History();
  const violations: string[] = [];
  const violated = (sentence: string) => {
    violations.push(sentence);
    timeline.note("VIOLATION", sentence);
  };
  const bench: Bench = { kernel, timeline, origins, history, violated };
  const checkers = [CheckProposals, CheckAnswers, CheckReports, CheckVerdicts, CheckRecovery].map(
    (Checker): Watcher => new Checker(bench),
  );
  const watcher = everyone([history, ...checkers, complaints(bench)]);
  const network = new Network({ kernel, timeline, seed }, lost, (route) => watcher.lost(route));
  const world: World = { seed, kernel, timeline, network, origins, watcher, parts };
  const rng = rngFor(seed, "planet");
  const scenario = new Scenario(world, sample(COLOS, between(COLOS_MIN, COLOS_MAX, rng), rng));
  kernel.afterEachStep(() => watcher.step());
  const restore = listen(bench);
  try {
    scenario.begin(NOISY_MS, QUIET_MS);
    await kernel.run(NOISY_MS + QUIET_MS, stepsMax, () => violations.length > 0);
    if (violations.length === 0 && stepsMax === undefined) watcher.end();
  } finally {
    restore();
    scenario.planet.close();
  }
  const { counts } = timeline;
  return { seed, violations, digest: timeline.digest(), counts, steps: kernel.steps };
}

/** Operators' calls may fail while messages are lost; a visit and an isolate's own work never reject. */
function complaints({ timeline, violated }: Bench): Watcher {
  return {
    failed(what, error) {
      const said = error instanceof Error ? error.message : String(error);
      timeline.note("failed", `${what}: ${said}`);
      if (/^(visit|background)/.test(what)) violated(`${what} rejected: ${said}`);
    },
  };
}

/** What the product says to the console goes to the timeline; what nobody catches is a violation. */
function listen({ timeline, violated }: Bench): () => void {
  const { error } = console;
  console.error = (...words: readonly unknown[]) =>
    timeline.note("complaint", words.map(textOf).join(" "));
  const onRejection = (reason: unknown) =>
    violated(`a rejection that nobody handles: ${textOf(reason)}`);
  process.on("unhandledRejection", onRejection);
  return () => {
    console.error = error;
    process.off("unhandledRejection", onRejection);
  };
}

const textOf = (word: unknown): string => (word instanceof Error ? word.message : String(word));
