/** One seed, one planet, one run. */
import { regionOf } from "../../routing/geo.ts";
import { REGIONS } from "../../routing/names.ts";
import type { Bench, Checker } from "./bench.ts";
import { CheckAnswers } from "./check-answers.ts";
import { CheckAudit } from "./check-audit.ts";
import { CheckBudget } from "./check-budget.ts";
import { CheckEjections } from "./check-ejections.ts";
import { CheckFence } from "./check-fence.ts";
import { CheckNeverEmpty } from "./check-never-empty.ts";
import { CheckProposals } from "./check-proposals.ts";
import { CheckRecovery } from "./check-recovery.ts";
import { CheckReports } from "./check-reports.ts";
import { CheckSight } from "./check-sight.ts";
import { CheckVerdicts } from "./check-verdicts.ts";
import { History } from "./history.ts";
import { Kernel } from "./kernel.ts";
import { Luck } from "./luck.ts";
import { MIXES, type Mix } from "./mixes.ts";
import { type LostMessages, Network } from "./network.ts";
import { Origins } from "./origins.ts";
import { type Parts, shipped } from "./parts.ts";
import type { World } from "./planet.ts";
import { between, pick, rngFor, sample } from "./random.ts";
import { Scenario } from "./scenario.ts";
import { type Happening, Timeline } from "./timeline.ts";
import { everyone, type Watcher } from "./watcher.ts";

/** Nine colos of five regions; a run has two to four of them, in at most two regions: a third one would show the same. */
const COLOS = ["FRA", "LHR", "CDG", "WAW", "IAD", "EWR", "SJC", "LAX", "SIN"];
const COLOS_MIN = 2;
const COLOS_MAX = 4;
const REGIONS_MAX = 2;

/** Always on, whatever the scenario. */
const CHECKERS: readonly Checker[] = [
  CheckProposals,
  CheckFence,
  CheckNeverEmpty,
  CheckAnswers,
  CheckReports,
  CheckVerdicts,
  CheckSight,
  CheckEjections,
  CheckBudget,
  CheckAudit,
  CheckRecovery,
];

export interface Options {
  readonly seed: number;
  readonly mix?: Mix;
  readonly parts?: Parts;
  readonly lost?: Readonly<LostMessages>;
  readonly stepsMax?: number;
  readonly print?: (line: string) => void;
  readonly record?: (happening: Happening) => void;
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
  const { seed, mix = MIXES.planet, parts = shipped, stepsMax } = options;
  const kernel = new Kernel();
  const timeline = new Timeline(kernel, options.print ?? null, options.record);
  const origins = new Origins(kernel, timeline, seed);
  const history = new History();
  const luck = new Luck(seed, mix.possible, mix.certain);
  const violations: string[] = [];
  const violated = (sentence: string) => {
    violations.push(sentence);
    timeline.note("VIOLATION", sentence);
  };
  const planet = () => scenario.planet;
  const bench: Bench = { kernel, timeline, origins, history, luck, mix, planet, violated };
  const checkers = [...CHECKERS, ...mix.checkers].map((Check): Watcher => new Check(bench));
  const watcher = everyone([history, ...checkers, complaints(bench)]);
  const lost = options.lost ?? mix.lost;
  const network = new Network({ kernel, timeline, seed }, lost, (route) => watcher.lost(route));
  const world: World = { seed, kernel, timeline, network, origins, watcher, parts, luck };
  const scenario = new Scenario(world, mix, placeOf(seed), () => history.newest);
  kernel.afterEachStep(() => watcher.step());
  const restore = listen(bench);
  for (const fault of SEEDLONG) if (luck.has(fault)) timeline.note(fault, "all run long");
  try {
    scenario.begin();
    await kernel.run(mix.noisyMs + mix.quietMs, stepsMax, () => violations.length > 0);
    if (violations.length === 0 && stepsMax === undefined) watcher.end();
  } finally {
    restore();
    scenario.planet.close();
  }
  const { counts } = timeline;
  return { seed, violations, digest: timeline.digest(), counts, steps: kernel.steps };
}

/** Faults that have no beginning and no end. */
const SEEDLONG = ["clocks apart", "release before"] as const;

/** The regions of the colos, and one that has none. */
function placeOf(seed: number) {
  const rng = rngFor(seed, "planet");
  const drawn = sample(COLOS, between(COLOS_MIN, COLOS_MAX, rng), rng);
  const near = [...new Set(drawn.map((colo) => regionOf(colo)))].slice(0, REGIONS_MAX);
  const colos = drawn.filter((colo) => near.includes(regionOf(colo)));
  const far = pick(
    REGIONS.filter((region) => !near.includes(region)),
    rng,
  );
  return { colos, regions: [...near, far] };
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
