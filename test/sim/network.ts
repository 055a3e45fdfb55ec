/**
 * What lies between shells: messages that take time, and that may be lost, late or doubled on the way there or on the way
 * back. Each takes a time of its own, so they overtake one another.
 *
 * Arguments and results of calls are structured-cloned, as the platform does: a shared mutable object shows here.
 */
import type { Rng } from "../../routing/rng.ts";
import type { Kernel, Life } from "./kernel.ts";
import { between, rngFor, untilNext } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface LostMessages {
  /** Share of messages whose request never arrives. */
  requestRatio: number;
  /** Share whose work is done and whose answer never arrives. */
  replyRatio: number;
  /** Of the lost calls, the share that never tells the caller; the others reject after a while. */
  hangRatio: number;
  /** Share of messages that wait somewhere for up to `LATE_MS.max`. */
  lateRatio: number;
  /** Share of calls whose request arrives once more, later; nobody hears what comes of it. */
  twiceRatio: number;
}

export const LOST_MESSAGES: Readonly<LostMessages> = {
  requestRatio: 0.03,
  replyRatio: 0.03,
  hangRatio: 0.5,
  lateRatio: 0.01,
  twiceRatio: 0.02,
};

/** Every decade is as likely: most of the late ones come within a run, the latest never do. */
const LATE_MS = { min: 500, max: 600_000 };
const TWICE_AFTER_MS_MAX = 3_000;
/** When the network becomes quiet, what is still under way arrives within this time. */
const FLUSHED_WITHIN_MS = 1_000;

/** How long a caller waits for the platform to tell him that a call was lost. */
const LOSS_NOTICED_MS = { min: 50, max: 8_000 };

export interface Route {
  readonly from: string;
  readonly to: string;
  /** What is asked, for the timeline. */
  readonly what: string;
  /** By which its losses are counted. */
  readonly kind: string;
  /** The caller: a dead one hears nothing. */
  readonly life: Life;
  /** In the same building. */
  readonly isNear?: boolean;
}

type Fate = "delivered" | "request lost" | "reply lost" | "request late" | "reply late";

/** What is wrong with whole stretches of the network, apart from single messages. */
export interface Weather {
  /** No message of this route passes, in either direction. */
  isCut(route: Route): boolean;
  /** What a message of this route waits in each direction. */
  slowMs(route: Route): number;
}

const FINE: Weather = { isCut: () => false, slowMs: () => 0 };

export class Network {
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #seed: number;
  readonly #rng: Rng;
  readonly #lost: Readonly<LostMessages>;
  readonly #distancesMs = new Map<string, number>();
  /** Told of every message that was lost. */
  readonly #onLost: (route: Route) => void;
  readonly #late = new Set<() => void>();
  readonly #sent = new Map<string, number>();
  readonly #arrived = new Map<string, number>();
  #quiet = false;
  weather: Weather = FINE;

  constructor(
    { kernel, timeline, seed }: { kernel: Kernel; timeline: Timeline; seed: number },
    lost: Readonly<LostMessages>,
    onLost: (route: Route) => void,
  ) {
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#seed = seed;
    this.#rng = rngFor(seed, "network");
    this.#lost = lost;
    this.#onLost = onLost;
  }

  /** While true no message is lost, late or doubled. */
  get quiet(): boolean {
    return this.#quiet;
  }

  set quiet(quiet: boolean) {
    this.#quiet = quiet;
    if (!quiet) return;
    for (const hurry of [...this.#late]) hurry();
  }

  /** A call of an object or store: `deliver` runs at the other side with nothing shared. */
  call<T>(route: Route, deliver: () => Promise<T>): Promise<T> {
    const copied = async () => copyOf(await deliver());
    return this.#send(route, copied, {
      isRepeatable: true,
      noticedMs: () =>
        this.#rng() < this.#lost.hangRatio
          ? null
          : between(LOSS_NOTICED_MS.min, LOSS_NOTICED_MS.max, this.#rng),
      error: () => new Error("Network connection lost."),
    });
  }

  /** A request to an endpoint: a lost one is a reset connection; `signal` ends the waiting. */
  fetch(
    route: Route,
    signal: AbortSignal | undefined,
    deliver: () => Promise<Response>,
  ): Promise<Response> {
    const answer = this.#send(route, deliver, {
      isRepeatable: false,
      noticedMs: () => this.#oneWayMs(route),
      error: () => new TypeError("fetch failed: connection reset"),
    });
    return signal === undefined ? answer : unlessAborted(answer, signal);
  }

  #send<T>(
    route: Route,
    deliver: () => Promise<T>,
    lost: { readonly isRepeatable: boolean; noticedMs(): number | null; error(): Error },
  ): Promise<T> {
    const fate = this.#fate(route);
    const number = this.#numberOf(route);
    return new Promise<T>((resolve, reject) => {
      const lose = (why: string) => {
        this.#timeline.note(`${why} (${route.kind})`, describe(route));
        this.#onLost(route);
        const noticedMs = lost.noticedMs();
        if (noticedMs === null) return;
        this.#kernel.schedule(noticedMs, () => reject(lost.error()), route.life);
      };
      const back = (settle: () => void) => {
        if (fate === "reply lost") return lose(fate);
        // The way back within a building is not worth an event: there are more of them than of all others.
        if (route.isNear) return route.life.alive ? settle() : undefined;
        this.#travel(route, fate === "reply late", () => {
          if (!route.life.alive) return;
          if (this.weather.isCut(route)) return lose("cut off");
          this.#timeline.trace(() => `${describe(route)} is back`);
          settle();
        });
      };
      const arrive = () => {
        if (fate === "request lost") return lose(fate);
        if (this.weather.isCut(route)) return lose("cut off");
        this.#timeline.trace(() => `${describe(route)} arrives`);
        this.#countOrder(route, number);
        deliver().then(
          (value) => back(() => resolve(value)),
          (error: unknown) => back(() => reject(asRemote(error))),
        );
      };
      this.#travel(route, fate === "request late", arrive);
      if (lost.isRepeatable) this.#perhapsAgain(route, deliver);
    });
  }

  #travel(route: Route, isLate: boolean, arrive: () => void): void {
    const ms = this.#oneWayMs(route);
    if (!isLate) {
      this.#kernel.schedule(ms, arrive);
      return;
    }
    const lateMs = Math.round(LATE_MS.min * (LATE_MS.max / LATE_MS.min) ** this.#rng());
    this.#timeline.note(`late (${route.kind})`, `${describe(route)} by ${lateMs} ms`);
    this.#onLost(route);
    const cancel = this.#kernel.schedule(ms + lateMs, () => {
      this.#late.delete(hurry);
      arrive();
    });
    const hurry = () => {
      cancel();
      this.#late.delete(hurry);
      this.#kernel.schedule(between(0, FLUSHED_WITHIN_MS, this.#rng), arrive);
    };
    this.#late.add(hurry);
  }

  #perhapsAgain(route: Route, deliver: () => Promise<unknown>): void {
    if (this.#quiet || route.isNear || this.#rng() >= this.#lost.twiceRatio) return;
    this.#travel(route, false, () => {
      this.#kernel.schedule(between(1, TWICE_AFTER_MS_MAX, this.#rng), () => {
        if (this.weather.isCut(route)) return;
        this.#timeline.note(`doubled (${route.kind})`, describe(route));
        deliver().catch(() => {
          // Who asked has heard the first answer, or will.
        });
      });
    });
  }

  #fate(route: Route): Fate {
    const drawn = this.#rng();
    if (this.#quiet) return "delivered";
    const { requestRatio, replyRatio, lateRatio } = this.#lost;
    if (drawn < requestRatio) return "request lost";
    if (drawn < requestRatio + replyRatio) return "reply lost";
    // A store has slowness of its own (`weather`): a write that is minutes late would be nobody's fault and nobody's to mend.
    if (route.isNear || route.kind === "KV") return "delivered";
    if (drawn < requestRatio + replyRatio + lateRatio / 2) return "request late";
    return drawn < requestRatio + replyRatio + lateRatio ? "reply late" : "delivered";
  }

  #numberOf({ from, to, isNear }: Route): number {
    if (isNear) return 0;
    const pair = `${from} ${to}`;
    const number = (this.#sent.get(pair) ?? 0) + 1;
    this.#sent.set(pair, number);
    return number;
  }

  #countOrder(route: Route, number: number): void {
    if (route.isNear) return;
    const pair = `${route.from} ${route.to}`;
    const last = this.#arrived.get(pair) ?? 0;
    if (number < last) this.#timeline.note("overtaken", describe(route));
    else this.#arrived.set(pair, number);
  }

  /** Half the round trip of this pair, the same all run long, plus what this message waited. */
  #oneWayMs(route: Route): number {
    const { from, to, isNear } = route;
    if (isNear) return between(0, 6, this.#rng);
    const pair = `${from} ${to}`;
    let distanceMs = this.#distancesMs.get(pair);
    if (distanceMs === undefined) {
      distanceMs = between(1, 60, rngFor(this.#seed, `distance ${pair}`));
      this.#distancesMs.set(pair, distanceMs);
    }
    return distanceMs + untilNext(3, this.#rng) + this.weather.slowMs(route);
  }
}

/** A text is its own copy. */
const copyOf = <T>(value: T): T =>
  typeof value === "string" || value === undefined ? value : structuredClone(value);

const describe = ({ from, to, what }: Route): string => `${from} → ${to} ${what}`;

/** What arrives of an error thrown in another isolate: its message, not its class. */
function asRemote(error: unknown): Error {
  if (error instanceof TypeError) return error;
  return new Error(error instanceof Error ? error.message : String(error));
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
