/**
 * One policy through one scenario, event by event on virtual time: every request is decided by the production core, waits in a
 * real line and is learnt from. Not a fluid: what `decide` does depends on single requests in flight, first samples and
 * failures in a row, which a flow does not have.
 *
 * The same seed gives the same requests (when, where, how long they take) to every policy.
 */
import { REGIONS, type Region } from "../../../routing/names.ts";
import type { Rng } from "../../../routing/rng.ts";
import { pickIndex, pickWeighted } from "../../../routing/rng.ts";
import type { Ms } from "../../../routing/units.ts";
import { rngFor } from "../../sim/random.ts";
import { drawServiceMs } from "../tail/service-time.ts";
import { BEGIN_MS, Clock } from "./clock.ts";
import { IsolateSim } from "./isolate.ts";
import { RegionSim } from "./region.ts";
import type { Scenario } from "./scenarios.ts";
import { Sites } from "./sites.ts";
import type { Steerer, Steering } from "./steering.ts";
import { poolsOf } from "./table.ts";
import { type Figures, Tally } from "./tally.ts";
import { type Ended, visit } from "./visit.ts";
import { REQUESTS_PER_SECOND, SERVICE_MS, type World } from "./world.ts";

/** Of each colo: enough that none knows what the others have in flight. */
const ISOLATES = 2;
/** Demand is looked at anew so often. */
const DEMAND_MS = 1_000;
/** A round trip is longer than the measured median by an exponential part of this mean. */
const RTT_JITTER = 0.05;

export interface Run extends Figures {
  readonly scenario: string;
  readonly policy: string;
  readonly isOurs: boolean;
  /** All requests, those of the warm-up and those of them that were answered or lost. */
  readonly asked: number;
  readonly ended: number;
}

export function simulate(world: World, scenario: Scenario, steering: Steering, seed: number): Run {
  const run = new Simulation(world, scenario, steering, seed);
  const { asked, ended, figures } = run.run();
  const { name: policy, isOurs } = steering;
  return { scenario: scenario.name, policy, isOurs, asked, ended, ...figures };
}

class Simulation {
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #clock = new Clock();
  readonly #beginMs: Ms;
  readonly #endMs: Ms;
  readonly #sites: Sites;
  readonly #tally: Tally;
  readonly #isolates: readonly (readonly IsolateSim[])[];
  readonly #steerer: Steerer;
  readonly #arrivals: Rng;
  readonly #choices: Rng;
  #demand: readonly number[] = [];
  #total = 0;
  #demandUntilMs = 0;
  #asked = 0;
  #ended = 0;

  constructor(world: World, scenario: Scenario, steering: Steering, seed: number) {
    const pools = poolsOf(world);
    const clock = this.#clock;
    this.#world = world;
    this.#scenario = scenario;
    this.#beginMs = BEGIN_MS + scenario.warmUpMs;
    this.#endMs = this.#beginMs + scenario.ms;
    this.#sites = new Sites(world, pools, scenario, this.#beginMs);
    this.#tally = new Tally(scenario, world.doors.length, world.sites.length);
    this.#arrivals = rngFor(seed, "arrivals");
    this.#choices = rngFor(seed, "choices");
    const regions = new Map<Region, RegionSim>(
      REGIONS.map((name) => [name, new RegionSim(name, clock)]),
    );
    for (const [name, region] of regions) {
      region.probe(world, pools, this.#sites, this.#endMs, rngFor(seed, `probes ${name}`));
    }
    const beats = rngFor(seed, "beats");
    this.#isolates = world.doors.map((door) =>
      Array.from({ length: ISOLATES }, () => {
        const region = regions.get(door.region) as RegionSim;
        return new IsolateSim(door, region, clock, beats);
      }),
    );
    const observer = regions.get("weur") as RegionSim;
    this.#steerer = steering.start({
      world,
      pools,
      clock,
      rng: rngFor(seed, "steering"),
      demand: () => this.#demand,
      isHealthy: (site) => pools[site]?.origins.some(({ id }) => observer.isHealthy(id)) ?? false,
    });
  }

  run() {
    this.#next();
    this.#clock.run();
    return { asked: this.#asked, ended: this.#ended, figures: this.#tally.figures() };
  }

  /** Poisson arrivals at the rate of this second. */
  #next(): void {
    const { nowMs } = this.#clock;
    if (nowMs >= this.#demandUntilMs) this.#lookAround(nowMs);
    const gapMs = (-Math.log(1 - this.#arrivals()) * 1_000) / this.#total;
    if (nowMs + gapMs >= this.#endMs) return;
    this.#clock.in(gapMs, () => {
      this.#arrive();
      this.#next();
    });
  }

  #lookAround(nowMs: Ms): void {
    const atMs = nowMs - this.#beginMs;
    this.#demandUntilMs = nowMs + DEMAND_MS;
    this.#demand = this.#world.doors.map((door) => {
      const factor = this.#scenario.demandOf(door, Math.max(0, atMs));
      return door.share * REQUESTS_PER_SECOND * factor;
    });
    this.#total = this.#demand.reduce((sum, perSecond) => sum + perSecond, 0);
  }

  #arrive(): void {
    const rng = this.#arrivals;
    const door = pickWeighted(this.#demand, rng);
    const own = this.#isolates[door] ?? [];
    const isolate = own[pickIndex(own.length, rng)] as IsolateSim;
    const serviceMs = drawServiceMs(SERVICE_MS, rng);
    const rttFactor = 1 - RTT_JITTER * Math.log(1 - rng());
    this.#asked += 1;
    isolate.poke();
    visit({
      isolate,
      balanced: this.#steerer(isolate),
      asked: { serviceMs, rttFactor },
      clock: this.#clock,
      sites: this.#sites,
      rng: this.#choices,
      reached: ({ endpoint }, ms) =>
        this.#tally.asked(endpoint.id, ms, this.#clock.nowMs - this.#beginMs),
      ended: (ended) => this.#note(door, ended),
    });
  }

  #note(door: number, { candidate, isAnswered, tries, arrivedAtMs, endedAtMs }: Ended): void {
    this.#ended += 1;
    const endpoint = candidate?.endpoint.id ?? null;
    this.#tally.ended({
      door,
      site: endpoint === null ? 0 : this.#sites.siteOf(endpoint),
      endpoint,
      isAnswered,
      tries,
      arrivedAtMs: arrivedAtMs - this.#beginMs,
      tookMs: endedAtMs - arrivedAtMs,
    });
  }
}
