/** The endpoints as functions: each answers with its own address, unless something is wrong with it. */
import type { Rng } from "../../routing/rng.ts";
import type { Kernel } from "./kernel.ts";
import { between, pick, rngFor } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/**
 * `dead`: refuses connections. `gray`: probes are answered well, of the visits three in ten with an error. `slow`: seconds to the
 * first byte. `black hole`: never answers. `flapping`: dead and well in turns.
 */
export const AILMENTS = ["dead", "gray", "slow", "black hole", "flapping"] as const;
export type Ailment = (typeof AILMENTS)[number];

export const GRAY_RATIO = 0.3;
/** 503 may be tried again elsewhere, 500 is for the visitor to see. */
const GRAY_STATUSES = [500, 503] as const;
const SLOW_MS = { min: 1_500, max: 6_000 };
/** Half a square wave. */
export const FLAP_MS = 43_000;

interface Sick {
  readonly ailment: Ailment;
  readonly sinceMs: number;
  readonly flapMs: number;
}

export class Origins {
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #rng: Rng;
  readonly #sick = new Map<string, Sick>();
  readonly #everSick = new Set<string>();
  readonly #flapped = new Set<string>();
  #struck = 0;
  /** Share of visits that any endpoint, however well, answers with 503. */
  noiseRatio = 0;

  constructor(kernel: Kernel, timeline: Timeline, seed: number) {
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#rng = rngFor(seed, "origins");
  }

  /** How often something went wrong with one: when two moments differ, something did in between. */
  get struck(): number {
    return this.#struck;
  }

  get isAnySick(): boolean {
    return this.#sick.size > 0;
  }

  ailmentOf(address: string): Ailment | null {
    return this.#sick.get(address)?.ailment ?? null;
  }

  wasSick(address: string): boolean {
    return this.#everSick.has(address);
  }

  /** Whether it has come and gone: a region may doubt it for a while after it is well. */
  hasFlapped(address: string): boolean {
    return this.#flapped.has(address);
  }

  strike(address: string, ailment: Ailment, flapMs = FLAP_MS): void {
    this.#timeline.begins(`origin ${ailment}`, address);
    this.#sick.set(address, { ailment, sinceMs: this.#kernel.nowMs, flapMs });
    this.#everSick.add(address);
    if (ailment === "flapping") this.#flapped.add(address);
    this.#struck += 1;
  }

  heal(address: string): void {
    const sick = this.#sick.get(address);
    if (sick === undefined) return;
    this.#sick.delete(address);
    this.#timeline.ends(`origin ${sick.ailment}`, address);
  }

  healAll(): void {
    for (const address of [...this.#sick.keys()]) this.heal(address);
  }

  /** Whether it refuses connections now. */
  isDead(address: string): boolean {
    const sick = this.#sick.get(address);
    if (sick === undefined) return false;
    if (sick.ailment === "dead") return true;
    const waves = (this.#kernel.nowMs - sick.sinceMs) / sick.flapMs;
    return sick.ailment === "flapping" && Math.floor(waves) % 2 === 0;
  }

  connect(address: string): void {
    if (this.isDead(address)) throw new TypeError("connect failed: connection refused");
  }

  async answer(request: Request, isVisit: boolean): Promise<Response> {
    const { hostname } = new URL(request.url);
    this.connect(hostname);
    const ailment = this.ailmentOf(hostname);
    if (ailment === "black hole") await new Promise<never>(() => {});
    if (ailment === "slow") await this.#wait(between(SLOW_MS.min, SLOW_MS.max, this.#rng));
    const isGray = ailment === "gray" && isVisit && this.#rng() < GRAY_RATIO;
    const isNoise = isVisit && this.noiseRatio > 0 && this.#rng() < this.noiseRatio;
    const status = isGray ? pick(GRAY_STATUSES, this.#rng) : isNoise ? 503 : 200;
    return new Response(hostname, { status, headers: { "Content-Type": "text/plain" } });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#kernel.schedule(ms, resolve));
  }
}
