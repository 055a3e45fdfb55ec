/** What goes wrong and comes right again while the planet lives: each fault of this seed has its times. */
import { regionOf } from "../../routing/geo.ts";
import { configObject, DEFAULT_ACCOUNT, regionObject } from "../../routing/names.ts";
import type { Rng } from "../../routing/rng.ts";
import type { Route, Weather } from "./network.ts";
import { AILMENTS, type Ailment } from "./origins.ts";
import type { Planet, World } from "./planet.ts";
import { between, pick, rngFor, untilNext } from "./random.ts";

/** The mean time between two of a kind, and how long each lasts. Several of each fit a noisy phase. */
const TIMES_MS = {
  eviction: { every: 2_500 },
  crash: { every: 4_000 },
  second: { every: 5_000 },
  origin: { every: 4_000, min: 2_000, max: 20_000 },
  path: { every: 10_000, min: 3_000, max: 15_000 },
  edges: { every: 12_000, min: 2_000, max: 15_000 },
  config: { every: 12_000, min: 2_000, max: 15_000 },
  prober: { every: 10_000, min: 4_000, max: 20_000 },
  objects: { every: 15_000, min: 1_000, max: 10_000 },
  kv: { every: 12_000, min: 2_000, max: 12_000 },
} as const;
/** Of the evictions, those that wait for an object in the middle of a call. */
const MID_CALL_RATIO = 0.5;
const KV_SLOW_MS = { min: 500, max: 4_000 };
/** Half a wave of one that flaps: as short as a reboot, as long as the waves of outage O17. */
const FLAP_MS = { min: 3_000, max: 43_000 };

interface Times {
  readonly every: number;
  readonly min?: number;
  readonly max?: number;
}

type Side = (end: string) => boolean;

interface Cut {
  readonly one: Side;
  readonly other: Side;
}

const isRegion: Side = (end) => end.startsWith("v1:region:");
const isConfig: Side = (end) => end === configObject(DEFAULT_ACCOUNT);
const isOrigin: Side = (end) => end.endsWith(".example.net");

/** The region of an isolate or of a region's object; `null` of everybody else. */
const regionOfEnd = (end: string): string | null => {
  if (end.startsWith("v1:region:")) return end.split(":")[2] ?? null;
  const [colo, isolate] = end.split("#");
  return colo === undefined || isolate === undefined ? null : regionOf(colo);
};

export class Faults implements Weather {
  readonly #world: World;
  readonly #planet: Planet;
  readonly #addresses: () => readonly string[];
  readonly #cuts = new Set<Cut>();
  readonly #cures = new Set<() => void>();
  readonly #blind = new Set<string>();
  #kvSlow: Rng | null = null;
  #isOver = false;

  constructor(world: World, planet: Planet, addresses: () => readonly string[]) {
    this.#world = world;
    this.#planet = planet;
    this.#addresses = addresses;
  }

  isCut({ from, to }: Route): boolean {
    for (const { one, other } of this.#cuts) {
      if ((one(from) && other(to)) || (one(to) && other(from))) return true;
    }
    return false;
  }

  slowMs({ kind }: Route): number {
    if (this.#kvSlow === null || kind !== "KV") return 0;
    return between(KV_SLOW_MS.min, KV_SLOW_MS.max, this.#kvSlow);
  }

  begin(): void {
    const { luck } = this.#world;
    if (luck.has("objects evicted")) this.#often("evictions", TIMES_MS.eviction, this.#evict);
    if (luck.has("crash at commit")) this.#often("crashes", TIMES_MS.crash, this.#crash);
    if (luck.has("second instance")) this.#often("seconds", TIMES_MS.second, this.#supersede);
    if (luck.has("origins sick")) this.#often("origins", TIMES_MS.origin, this.#sicken);
    if (luck.has("path broken")) this.#often("paths", TIMES_MS.path, this.#breakPath);
    if (luck.has("edges cut off")) this.#often("edges", TIMES_MS.edges, this.#cutEdges);
    if (luck.has("config cut off")) this.#often("config", TIMES_MS.config, this.#cutConfig);
    if (luck.has("prober cut off")) this.#often("probers", TIMES_MS.prober, this.#cutProber);
    if (luck.has("objects gone")) this.#often("objects", TIMES_MS.objects, this.#loseObjects);
    if (luck.has("KV slow")) this.#often("KV slow", TIMES_MS.kv, this.#slowKv);
    if (luck.has("KV stale")) this.#often("KV stale", TIMES_MS.kv, this.#staleKv);
  }

  /** All of it is over, and nothing begins any more. */
  end(): void {
    this.#isOver = true;
    this.#world.luck.isOver = true;
    for (const cure of [...this.#cures]) cure();
    for (const host of this.#planet.objects.values()) host.crashAtCommit(null);
    this.#world.origins.healAll();
  }

  /** From now until it is healed or all faults end. */
  strike(address: string, ailment: Ailment, flapMs?: number): void {
    this.#world.origins.strike(address, ailment, flapMs);
  }

  /** Nobody reaches any object until the returned function is called. */
  takeObjects(): () => void {
    return this.#lasting("objects gone", "all", () => {
      for (const host of this.#planet.objects.values()) {
        host.evict("object gone");
        host.isGone = true;
      }
      return () => {
        for (const host of this.#planet.objects.values()) host.isGone = false;
      };
    });
  }

  #often(name: string, times: Times, strike: (this: Faults, rng: Rng, ms: number) => void): void {
    const { kernel, seed } = this.#world;
    const rng = rngFor(seed, name);
    const { every, min = 0, max = 0 } = times;
    const again = () => {
      if (this.#isOver) return;
      strike.call(this, rng, between(min, max, rng));
      kernel.schedule(untilNext(every, rng), again);
    };
    kernel.schedule(untilNext(every, rng), again);
  }

  /** Begins something that ends after `ms`, or when it is called off. */
  #lasting(what: string, where: string, begin: () => () => void, ms?: number): () => void {
    const { kernel, timeline } = this.#world;
    timeline.begins(what, where);
    const end = begin();
    const cure = () => {
      if (!this.#cures.delete(cure)) return;
      end();
      timeline.ends(what, where);
    };
    this.#cures.add(cure);
    if (ms !== undefined) kernel.schedule(ms, cure);
    return cure;
  }

  #cut(what: string, where: string, one: Side, other: Side, ms: number): void {
    const begin = () => {
      const cut = { one, other };
      this.#cuts.add(cut);
      return () => this.#cuts.delete(cut);
    };
    this.#lasting(what, where, begin, ms);
  }

  #evict(rng: Rng): void {
    const running = [...this.#planet.objects.values()].filter((host) => host.isRunning);
    const busy = running.filter((host) => host.isBusy);
    const chosen = busy.length > 0 && rng() < MID_CALL_RATIO ? busy : running;
    if (chosen.length > 0) pick(chosen, rng).evict();
  }

  #crash(rng: Rng): void {
    pick([...this.#planet.objects.values()], rng).crashAtCommit(rng() < 0.5 ? "before" : "after");
  }

  #supersede(rng: Rng): void {
    const running = [...this.#planet.objects.values()].filter((host) => host.isRunning);
    const busy = running.filter((host) => host.isBusy);
    if (running.length > 0) pick(busy.length > 0 ? busy : running, rng).supersede();
  }

  #sicken(rng: Rng, ms: number): void {
    const { kernel, origins } = this.#world;
    const address = pick(this.#addresses(), rng);
    const ailment = pick(AILMENTS, rng);
    if (origins.ailmentOf(address) !== null) return;
    this.strike(address, ailment, between(FLAP_MS.min, FLAP_MS.max, rng));
    kernel.schedule(ms, () => {
      if (!this.#isOver) origins.heal(address);
    });
  }

  /** From one region, its edges and its prober, to one endpoint. */
  #breakPath(rng: Rng, ms: number): void {
    const [region, address] = [pick(this.#planet.regions, rng), pick(this.#addresses(), rng)];
    const [one, other] = [sideOf(region), (end: string) => end === address];
    this.#cut("path broken", `${region} ${address}`, one, other, ms);
  }

  #cutEdges(rng: Rng, ms: number): void {
    const region = pick(this.#planet.regions, rng);
    const edges: Side = (end) => end.includes("#") && regionOfEnd(end) === region;
    this.#cut("edges cut off", region, edges, isRegion, ms);
  }

  #cutConfig(rng: Rng, ms: number): void {
    const region = pick(this.#planet.regions, rng);
    const object = regionObject(region);
    this.#cut("config cut off", region, (end) => end === object, isConfig, ms);
  }

  #cutProber(rng: Rng, ms: number): void {
    const { watcher } = this.#world;
    const object = regionObject(pick(this.#planet.regions, rng));
    if (this.#blind.has(object)) return;
    const begin = () => {
      const cut: Cut = { one: (end) => end === object, other: isOrigin };
      this.#cuts.add(cut);
      this.#blind.add(object);
      watcher.blinded(object, true);
      return () => {
        this.#cuts.delete(cut);
        this.#blind.delete(object);
        watcher.blinded(object, false);
      };
    };
    this.#lasting("prober cut off", object, begin, ms);
  }

  #loseObjects(_rng: Rng, ms: number): void {
    this.#world.kernel.schedule(ms, this.takeObjects());
  }

  #slowKv(rng: Rng, ms: number): void {
    const begin = () => {
      this.#kvSlow = rng;
      return () => {
        this.#kvSlow = null;
      };
    };
    this.#lasting("KV slow", "all", begin, ms);
  }

  #staleKv(_rng: Rng, ms: number): void {
    this.#lasting("KV stale", "all", () => this.#planet.staleKv(), ms);
  }
}

/** A region's edges and its prober. */
const sideOf =
  (region: string): Side =>
  (end) =>
    regionOfEnd(end) === region;
