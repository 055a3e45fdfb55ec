/**
 * Three syncers, one zone, one seed: `npm run sim -- --scenario dns`.
 *
 * A noisy phase with every fault there is, in which nothing bad may happen; then a quiet one, in which everything wanted must. The scenario is
 * AWS's of 19 October 2025 and Google's of 5 April 2017: late writers, writers with old versions, writers that do not know that they were replaced.
 */

import type { Guard } from "../../../routing/dns/guard.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import { readMark } from "../../../routing/dns/mark.ts";
import { type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import { readStamp, type Stamp } from "../../../routing/dns/stamp.ts";
import type { Provider } from "../../../workers/central/dns/provider.ts";
import { ModelZone } from "../../workers/central/dns/model-zone.ts";
import { Kernel } from "../kernel.ts";
import { between, pick, rngFor, untilNext } from "../random.ts";
import type { Outcome } from "../simulate.ts";
import { Timeline } from "../timeline.ts";
import { FaultyZone } from "./faulty-zone.ts";
import { Syncer } from "./syncer.ts";
import { DOMAIN, GUEST, NAMES, OWNER, Versions, versionOfAnswer } from "./versions.ts";

const NOISY_MS = 1_800_000;
const PERIOD_MS = 66_000;
/** The longest pause that the last failure left, two periods, and what the writes take. */
const CONVERGED_MS = 480_000 + 2 * PERIOD_MS + 60_000;
/** What is not wanted any more goes after three listings have said so. */
const SWEPT_MS = 3 * PERIOD_MS;
/** Longer than the pause after failures: two looks at a hollow configuration are never two in a row. */
const HOLLOW_APART_MS = 700_000;
const MEAN_MS = {
  version: 90_000,
  crash: 240_000,
  superseded: 400_000,
  foreign: 200_000,
  config: 200_000,
  hollow: 300_000,
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
}

export async function simulateDns(options: DnsOptions): Promise<Outcome> {
  const { seed, print, stepsMax, guards } = options;
  const { provider = (one: Provider) => one, intent = (one: Intent) => one } = options;
  const kernel = new Kernel();
  const timeline = new Timeline(kernel, print ?? null);
  const rng = rngFor(seed, "dns");
  const model = options.model?.() ?? new ModelZone();
  const zone = new FaultyZone(model, kernel, timeline, rngFor(seed, "provider"));
  const versions = new Versions(rngFor(seed, "versions"));
  const violations: string[] = [];
  const violated = (sentence: string) => {
    violations.push(sentence);
    timeline.note("VIOLATION", sentence);
  };
  const foreign = new Foreign(zone, timeline, rngFor(seed, "foreign"));
  const lags = new Map<string, number>();
  const hollow = new Set<string>();
  let quiet = false;
  const world = {
    kernel,
    timeline,
    ...(guards === undefined ? {} : { guards }),
    provider: (who: string) => provider(zone.provider(who)),
    intent: (who: string) => {
      const lag = quiet ? 0 : (lags.get(who) ?? 0);
      if (lag < 0) throw new Error("the configuration store does not answer");
      const told = versions.at(lag);
      return intent(hollow.delete(who) ? without(told) : told);
    },
  };
  const syncers = ["one", "two", "three"].map(
    (name) => new Syncer(name, world, rngFor(seed, name)),
  );
  watch(zone, foreign, violated);

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
    timeline.note("quiet", "");
    const isBad = () => violations.length > 0;
    await kernel.run(CONVERGED_MS, stepsMax, isBad);
    if (!isBad() && stepsMax === undefined) published(zone, versions, foreign, violated);
    await kernel.run(SWEPT_MS, stepsMax, isBad);
    if (!isBad() && stepsMax === undefined) swept(zone, versions, violated);
  } finally {
    console.error = error;
    for (const syncer of syncers) syncer.close();
  }
  const { counts } = timeline;
  return { seed, violations, digest: timeline.digest(), counts, steps: kernel.steps };
}

/** A stage of the pipe that lost everything once (Google, 21 September 2023). */
const without = (intent: Intent): Intent => ({ ...intent, sync: { ...intent.sync, records: [] } });

/** Somebody else in the same zone, who has records of his own and lays hands on ours. */
class Foreign {
  /** As he last wrote them: nobody else may change these. */
  readonly own = new Map<string, RecordSet>();
  isActing = false;
  readonly #zone: FaultyZone;
  readonly #timeline: Timeline;
  readonly #rng: () => number;
  #made = 0;

  constructor(zone: FaultyZone, timeline: Timeline, rng: () => number) {
    this.#zone = zone;
    this.#timeline = timeline;
    this.#rng = rng;
  }

  #isOurs(name: string): boolean {
    const { sets } = this.#zone.model;
    return ["A", "CNAME"].some(
      (type) => sets.has(`${name} ${type}`) && !this.own.has(`${name} ${type}`),
    );
  }

  act(): void {
    this.isActing = true;
    const { model } = this.#zone;
    const ours = NAMES.flatMap((name) => model.sets.get(`${name} A`) ?? []);
    const victim = ours.length > 0 && this.#rng() < 0.5 ? pick(ours, this.#rng) : null;
    if (victim === null) {
      this.#made += 1;
      // One of his names is one that we want now and then.
      const label =
        this.#made % 4 === 0 && !this.#isOurs(GUEST)
          ? GUEST
          : `foreign-${this.#made % 4}.${DOMAIN}`;
      const set = {
        name: label,
        type: "A",
        ttl: 300,
        values: [`203.0.113.${this.#made % 250}`],
      };
      this.own.set(setKey(set), set);
      model.put(set);
      this.#timeline.note("foreign record", set.name);
    } else if (this.#rng() < 0.5) {
      model.remove(victim.name, victim.type);
      this.#timeline.note("foreign deletion", victim.name);
    } else {
      model.put({ ...victim, values: ["203.0.113.250"] });
      this.#timeline.note("foreign edit", victim.name);
    }
    this.isActing = false;
  }
}

/** The checkers: they see every state that the zone is ever in, and who made it. */
function watch(zone: FaultyZone, foreign: Foreign, violated: (sentence: string) => void): void {
  let stamp: Stamp | null = null;
  let before = new Map<string, RecordSet>();
  const newest = new Map<string, number>();
  const answersAt = (sets: ReadonlyMap<string, RecordSet>, name: string) =>
    ["A", "CNAME"].flatMap((type) => sets.get(`${name} ${type}`) ?? []);
  zone.model.watchers.push((sets) => {
    const now = new Map(sets);
    if (!foreign.isActing) {
      const next = readStamp(now.get(`_tradewind-${OWNER}.${DOMAIN} TXT`));
      if (next === null) violated("a write left the zone without a stamp");
      else if (stamp !== null && next.version < stamp.version) {
        violated(`the zone went back from version ${stamp.version} to ${next.version}`);
      } else if (stamp !== null && next.sequence <= stamp.sequence) {
        violated(`write ${next.sequence} came after write ${stamp.sequence}`);
      }
      stamp = next;
      for (const name of NAMES) {
        if (answersAt(before, name).length > 0 && answersAt(now, name).length === 0) {
          violated(`${name} was left without an answer`);
        }
        for (const set of answersAt(now, name)) {
          const { type, values } = set;
          // What somebody else wrote there is not ours to judge, until we write it.
          if (before.get(setKey(set)) === set) continue;
          if (values.length === 0) violated(`${name} ${type} is empty`);
          const version = Math.max(...values.map((value) => versionOfAnswer(type, value) ?? 0));
          if (version < (newest.get(name) ?? 0)) {
            violated(`${name} went back from version ${newest.get(name)} to ${version}`);
          }
          newest.set(name, Math.max(version, newest.get(name) ?? 0));
        }
      }
      for (const [key, set] of foreign.own) {
        const there = now.get(key);
        if (there === undefined || setText(there) !== setText(set)) {
          violated(`${key} is somebody else's and was changed`);
        }
      }
    }
    before = now;
  });
}

/** Two periods after the last fault: everything wanted is there. */
function published(
  { model: { sets } }: FaultyZone,
  { newest }: Versions,
  foreign: Foreign,
  violated: (sentence: string) => void,
): void {
  for (const record of newest.sync.records) {
    // Where somebody else stands, ours waits.
    if (["A", "CNAME"].some((type) => foreign.own.has(`${record.name} ${type}`))) continue;
    const there = sets.get(setKey(record));
    if (there === undefined || setText(there) !== setText(record)) {
      violated(`${setKey(record)} is not as version ${newest.version} wants it`);
    }
  }
}

/** And a little later nothing of ours is there that is not wanted. */
function swept(
  { model: { sets } }: FaultyZone,
  { newest }: Versions,
  violated: (sentence: string) => void,
): void {
  const wanted = new Set(newest.sync.records.map(setKey));
  for (const [key, set] of sets) {
    const isOurs = readMark(sets.get(`${set.type.toLowerCase()}-${set.name} TXT`)) !== null;
    if (isOurs && !wanted.has(key)) violated(`${key} is not wanted and still there`);
  }
}

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
];
