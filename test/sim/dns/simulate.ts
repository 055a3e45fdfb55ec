/**
 * Three syncers, one zone, one seed: `npm run sim -- --scenario dns`.
 *
 * A noisy phase with every fault there is, in which nothing bad may happen; then a quiet one, in which everything wanted must. The scenario is
 * AWS's of 19 October 2025 and Google's of 5 April 2017: late writers, writers with old versions, writers that do not know that they were replaced.
 */

import type { Guard } from "../../../routing/dns/guard.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import type { Sight } from "../../../routing/health/quorum.ts";
import type { Provider } from "../../../workers/central/dns/provider.ts";
import type { Sql } from "../../../workers/ports.ts";
import { ModelZone } from "../../workers/central/dns/model-zone.ts";
import { Kernel } from "../kernel.ts";
import { between, pick, rngFor, untilNext } from "../random.ts";
import type { Outcome } from "../simulate.ts";
import { Timeline } from "../timeline.ts";
import { published, swept, unmarked, watch } from "./check-zone.ts";
import { FaultyZone, PROVIDER_KINDS } from "./faulty-zone.ts";
import { Foreign } from "./foreign.ts";
import { Health } from "./health.ts";
import { Operator } from "./operator.ts";
import { Syncer } from "./syncer.ts";
import { GUEST, Versions } from "./versions.ts";

const NOISY_MS = 1_800_000;
const PERIOD_MS = 66_000;
/** The longest pause that the last failure left, two periods, and what the writes take. */
const CONVERGED_MS = 480_000 + 2 * PERIOD_MS + 60_000;
/** What is not wanted any more goes after three listings have said so, and who came back is waited for. */
const SWEPT_MS = 5 * PERIOD_MS;
/** Longer than the pause after failures: two looks at a hollow configuration are never two in a row. */
const HOLLOW_APART_MS = 700_000;
const MEAN_MS = {
  version: 90_000,
  crash: 240_000,
  superseded: 400_000,
  foreign: 200_000,
  config: 200_000,
  hollow: 300_000,
  strike: 150_000,
  trouble: 100_000,
  everythingDown: 900_000,
  apply: 300_000,
  undo: 600_000,
  freeze: 600_000,
  thaw: 100_000,
};

export interface DnsOptions {
  readonly seed: number;
  readonly print?: (line: string) => void;
  readonly stepsMax?: number;
  /** A planted bug: what the product is given instead. */
  readonly provider?: (shipped: Provider) => Provider;
  readonly guards?: readonly Guard[];
  readonly model?: () => ModelZone;
  readonly intent?: (shipped: Intent) => Intent;
  readonly sight?: (shipped: Sight) => Sight;
  readonly sql?: (shipped: Sql) => Sql;
}

export async function simulateDns(options: DnsOptions): Promise<Outcome> {
  const { seed, print, stepsMax, guards } = options;
  const { provider = (one: Provider) => one, intent = (one: Intent) => one } = options;
  const { sight = (one: Sight) => one, sql = (one: Sql) => one } = options;
  const kernel = new Kernel();
  const timeline = new Timeline(kernel, print ?? null);
  const rng = rngFor(seed, "dns");
  const model = options.model?.() ?? new ModelZone();
  const terms = rngFor(seed, "terms");
  const drift = terms() < 0.25 ? "respect" : "repair";
  const takeover = terms() < 0.25 ? [GUEST] : [];
  const kind = pick(PROVIDER_KINDS, terms);
  const isStrict = kind.atomic === "batch" && kind.fence === "provider";
  let needsWord = drift === "respect" || takeover.length > 0 || kind.atomic === "set";
  const zone = new FaultyZone(model, kind, kernel, timeline, rngFor(seed, "provider"));
  const versions = new Versions(rngFor(seed, "versions"), { drift, takeover });
  const health = new Health(kernel, timeline, rngFor(seed, "health"));
  const violations: string[] = [];
  const violated = (sentence: string) => {
    violations.push(sentence);
    timeline.note("VIOLATION", sentence);
  };
  const foreign = new Foreign(zone, takeover, timeline, rngFor(seed, "foreign"));
  const lags = new Map<string, number>();
  const hollow = new Set<string>();
  let quiet = false;
  const world = {
    kernel,
    timeline,
    ...(guards === undefined ? {} : { guards }),
    provider: (who: string, actorOf: () => string) => provider(zone.provider(who, actorOf)),
    intent: (who: string) => {
      const lag = quiet ? 0 : (lags.get(who) ?? 0);
      if (lag < 0) throw new Error("the configuration store does not answer");
      const told = versions.at(lag);
      return intent(hollow.delete(who) ? without(told) : told);
    },
    sight: (region: string) => sight(health.status(region)),
    calledDown: () => health.calledDown(),
    sql,
    violated,
  };
  const syncers = ["one", "two", "three"].map(
    (name) => new Syncer(name, world, rngFor(seed, name)),
  );
  const operator = new Operator(kernel, timeline, rngFor(seed, "operator"));
  const isConfirmed = (name: string) => operator.confirmed.has(`moment-of-emptiness ${name}`);
  watch(zone, foreign, isConfirmed, violated);

  const often = (meanMs: number, act: () => void) => {
    const next = () =>
      kernel.schedule(untilNext(meanMs, rng), () => {
        if (quiet) return;
        act();
        next();
      });
    next();
  };
  often(MEAN_MS.version, () => {
    versions.propose();
    timeline.note("version", String(versions.newest.version));
  });
  often(MEAN_MS.crash, () => pick(syncers, rng).crash());
  often(MEAN_MS.superseded, () => pick(syncers, rng).supersede());
  often(MEAN_MS.foreign, () => foreign.act());
  often(MEAN_MS.config, () => {
    const { name } = pick(syncers, rng);
    const lag = pick([-1, 0, 0, 1, between(1, 20, rng)], rng);
    lags.set(name, lag);
    timeline.note(lag < 0 ? "configuration down" : "configuration late", `${name}: ${lag}`);
  });
  often(MEAN_MS.strike, () => health.strike());
  often(MEAN_MS.trouble, () => health.trouble());
  often(MEAN_MS.everythingDown, () => health.everythingDown());
  const order = (work: (syncer: Syncer) => Promise<void>) => () => {
    // A ledger that ends meanwhile refuses everything.
    work(pick(syncers, rng)).catch(() => timeline.note("order failed", ""));
  };
  often(
    MEAN_MS.apply,
    order((one) => operator.apply(one)),
  );
  often(
    MEAN_MS.undo,
    order((one) => operator.undo(one)),
  );
  often(
    MEAN_MS.freeze,
    order((one) => operator.freeze(one)),
  );
  often(
    MEAN_MS.thaw,
    order((one) => operator.thaw(one)),
  );
  /** In the end everything is thawed, and what waits for a word gets it. */
  const settleDown = () => {
    kernel.schedule(PERIOD_MS, settleDown);
    // Where the zone may change within a write, one writer takes a mark away that another relies on by now: the operator must say whose it is.
    const lost = isStrict ? [] : unmarked(zone, foreign);
    if (lost.length > 0) {
      needsWord = true;
      versions.handOver(lost);
      timeline.note("mark lost", lost.join(" "));
    }
    for (const syncer of syncers) {
      if (syncer.isFrozen) operator.thaw(syncer);
      if (needsWord) operator.apply(syncer, true).catch(() => {});
    }
  };
  const lastHollowMs = new Map<string, number>();
  often(MEAN_MS.hollow, () => {
    const { name } = pick(syncers, rng);
    // The promise is for fewer in a row than `absent_listings`.
    if (kernel.nowMs - (lastHollowMs.get(name) ?? 0) < HOLLOW_APART_MS) return;
    lastHollowMs.set(name, kernel.nowMs);
    hollow.add(name);
    timeline.note("configuration hollow", name);
  });
  const { error } = console;
  console.error = (...words: readonly unknown[]) =>
    timeline.note("complaint", words.map(String).join(" "));
  try {
    await kernel.run(NOISY_MS, stepsMax, () => violations.length > 0);
    quiet = true;
    zone.quiet = true;
    health.calm();
    settleDown();
    timeline.note("quiet", "");
    const isBad = () => violations.length > 0;
    await kernel.run(CONVERGED_MS, stepsMax, isBad);
    if (!isBad() && stepsMax === undefined) published(zone, versions, foreign, violated);
    await kernel.run(SWEPT_MS, stepsMax, isBad);
    if (!isBad() && stepsMax === undefined) swept(zone, versions, health.dead, violated);
  } finally {
    console.error = error;
    for (const syncer of syncers) syncer.close();
  }
  const { counts } = timeline;
  return { seed, violations, digest: timeline.digest(), counts, steps: kernel.steps };
}

/** A stage of the pipe that lost everything once (Google, 21 September 2023). */
const without = (intent: Intent): Intent => ({
  ...intent,
  sync: { ...intent.sync, records: [] },
  publications: [],
});

/** What must have happened in many seeds, or they show nothing. */
export const DNS_MUST_HAPPEN: readonly string[] = [
  "written",
  "fenced",
  "crash",
  "superseded",
  "throttled",
  "provider down",
  "answer cut",
  "stale listing",
  "partial listing",
  "foreign record",
  "foreign edit",
  "foreign deletion",
  "configuration late",
  "configuration down",
  "configuration hollow",
  "endpoint dead",
  "endpoint back",
  "region blind",
  "region silent",
  "region stale",
  "everything down",
  "applied",
  "apply: stale-plan",
  "apply: frozen",
  "undo: done",
  "undo: guarded",
  "batch cut",
  "frozen",
];
