/** How others steer between regions, each as its textbook has it. */
import type { Rng } from "../../../routing/rng.ts";
import { pickWeighted } from "../../../routing/rng.ts";
import type { IsolateSim } from "./isolate.ts";
import { byOrder, type Setting, type Steering } from "./steering.ts";
import { byMap } from "./table.ts";
import { waterfall } from "./waterfall.ts";
import { byRtt, type Door, perSecondOf, type World } from "./world.ts";

/** The order of each door, for good. */
const fixed = (name: string, orderOf: (door: Door, setting: Setting) => readonly number[]) =>
  byOrder(name, (setting) => {
    const orders = new Map(setting.world.doors.map((door) => [door, orderOf(door, setting)]));
    return ({ door }) => orders.get(door) ?? [];
  });

/** By the true round trip, which nobody knows so well. */
const nearest = fixed("nearest", ({ rttMs }) => byRtt(rttMs));

/**
 * A table by the visitor's continent, as DNS services have it: the continent's own regions by weight of their capacity; one
 * without any, and all whose regions are gone, by the map.
 */
const geo = byOrder("geo by continent", ({ world, rng }) => {
  const orders = new Map(
    world.doors.map(({ continent }) => [continent, continental(world, continent)]),
  );
  return ({ door: { continent } }) => {
    const { own, map } = orders.get(continent) ?? { own: [], map: [] };
    const drawn = pickWeighted(own, rng);
    return (own[drawn] ?? 0) > 0 ? led(map, drawn) : map;
  };
});

function continental({ doors, sites }: World, continent: string) {
  const own = sites.map((site) => (site.continent === continent ? perSecondOf(site) : 0));
  const members = doors.filter((door) => door.continent === continent);
  return { own, map: byMap(sites, members) };
}

/** In turn, each isolate for itself. */
const roundRobin = byOrder("round robin", ({ world }) => {
  const turns = new WeakMap<IsolateSim, number>();
  const all = world.sites.map((_, at) => at);
  return (isolate) => {
    const turn = turns.get(isolate) ?? 0;
    turns.set(isolate, (turn + 1) % all.length);
    return [...all.slice(turn), ...all.slice(0, turn)];
  };
});

const WATERFALL_MS = 1_000;
/** The nearest first, up to 80 % of its capacity, then the next (Google Cloud's default for a region). */
const TARGET_UTILISATION = 0.8;

/**
 * Google Cloud's waterfall, better than it can be: capacity and the demand of this second are known exactly, everywhere.
 */
const perfectWaterfall = byOrder(
  "waterfall, perfect",
  ({ world, demand, isHealthy, clock, rng }) => {
    let shares: readonly (readonly number[])[] = [];
    let dueAtMs = 0;
    const places = new Map(world.doors.map((door, at) => [door, at]));
    const orders = world.doors.map(({ rttMs }) => byRtt(rttMs));
    return ({ door }) => {
      if (clock.nowMs >= dueAtMs) {
        dueAtMs = clock.nowMs + WATERFALL_MS;
        const capacity = world.sites.map((site, at) => (isHealthy(at) ? perSecondOf(site) : 0));
        shares = waterfall(demand(), orders, capacity, TARGET_UTILISATION);
      }
      const at = places.get(door) ?? 0;
      return led(orders[at] ?? [], pickWeighted(shares[at] ?? [1], rng));
    };
  },
);

const led = (order: readonly number[], first: number): readonly number[] => [
  first,
  ...order.filter((at) => at !== first),
];

const PROBE_MS = 10_000;
/** Of a new sample, as TCP smooths a round trip. */
const PROBE_WEIGHT = 1 / 8;
/** A probe's round trip is up to a few tenths longer than the best: exponential with this mean. */
const PROBE_JITTER = 0.1;

/** The lowest round trip by probes from the colo, smoothed: what is measured without traffic, and blind to load. */
const probeEwma = byOrder("probe RTT EWMA", ({ world, clock, rng }) => {
  const probed = new Map(world.doors.map((door) => [door, new Probed(door, rng)]));
  return ({ door }) => probed.get(door)?.orderAt(clock.nowMs) ?? [];
});

class Probed {
  readonly #rttMs: readonly number[];
  readonly #rng: Rng;
  #smoothedMs: readonly number[];
  #order: readonly number[] = [];
  #dueAtMs = 0;

  constructor({ rttMs }: Door, rng: Rng) {
    this.#rttMs = rttMs;
    this.#rng = rng;
    this.#smoothedMs = this.#sampled();
  }

  orderAt(nowMs: number): readonly number[] {
    if (nowMs < this.#dueAtMs) return this.#order;
    this.#dueAtMs = nowMs + PROBE_MS;
    const samples = this.#sampled();
    this.#smoothedMs = this.#smoothedMs.map(
      (ms, at) => ms + ((samples[at] ?? ms) - ms) * PROBE_WEIGHT,
    );
    this.#order = byRtt(this.#smoothedMs);
    return this.#order;
  }

  #sampled(): readonly number[] {
    return this.#rttMs.map((ms) => ms * (1 - PROBE_JITTER * Math.log(1 - this.#rng())));
  }
}

export const BASELINES: readonly Steering[] = [
  nearest,
  geo,
  roundRobin,
  perfectWaterfall,
  probeEwma,
];
