/**
 * What lies between shells: messages that take time and may be lost on the way there or on the way back.
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
}

export const LOST_MESSAGES: Readonly<LostMessages> = {
  requestRatio: 0.03,
  replyRatio: 0.03,
  hangRatio: 0.5,
};

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

type Fate = "delivered" | "request lost" | "reply lost";

export class Network {
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #seed: number;
  readonly #rng: Rng;
  readonly #lost: Readonly<LostMessages>;
  readonly #distancesMs = new Map<string, number>();
  /** Told of every message that was lost. */
  readonly #onLost: (route: Route) => void;
  /** While true no message is lost. */
  quiet = false;

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

  /** A call of an object or store: `deliver` runs at the other side with nothing shared. */
  call<T>(route: Route, deliver: () => Promise<T>): Promise<T> {
    return this.#send(route, async () => structuredClone(await deliver()), {
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
      noticedMs: () => this.#oneWayMs(route),
      error: () => new TypeError("fetch failed: connection reset"),
    });
    return signal === undefined ? answer : unlessAborted(answer, signal);
  }

  #send<T>(
    route: Route,
    deliver: () => Promise<T>,
    lost: { noticedMs(): number | null; error(): Error },
  ): Promise<T> {
    const fate = this.#fate();
    return new Promise<T>((resolve, reject) => {
      const back = (settle: () => void) =>
        this.#kernel.schedule(
          this.#oneWayMs(route),
          () => {
            this.#timeline.trace(() => `${describe(route)} is back`);
            settle();
          },
          route.life,
        );
      const lose = () => {
        this.#timeline.note(`${fate} (${route.kind})`, describe(route));
        this.#onLost(route);
        const noticedMs = lost.noticedMs();
        if (noticedMs === null) return;
        this.#kernel.schedule(noticedMs, () => reject(lost.error()), route.life);
      };
      const arrive = () => {
        if (fate === "request lost") return lose();
        this.#timeline.trace(() => `${describe(route)} arrives`);
        deliver().then(
          (value) => (fate === "reply lost" ? lose() : back(() => resolve(value))),
          (error: unknown) =>
            fate === "reply lost" ? lose() : back(() => reject(asRemote(error))),
        );
      };
      this.#kernel.schedule(this.#oneWayMs(route), arrive);
    });
  }

  #fate(): Fate {
    const drawn = this.#rng();
    if (this.quiet) return "delivered";
    if (drawn < this.#lost.requestRatio) return "request lost";
    return drawn < this.#lost.requestRatio + this.#lost.replyRatio ? "reply lost" : "delivered";
  }

  /** Half the round trip of this pair, the same all run long, plus what this message waited. */
  #oneWayMs({ from, to, isNear }: Route): number {
    if (isNear) return between(0, 3, this.#rng);
    const pair = `${from} ${to}`;
    let distanceMs = this.#distancesMs.get(pair);
    if (distanceMs === undefined) {
      distanceMs = between(1, 60, rngFor(this.#seed, `distance ${pair}`));
      this.#distancesMs.set(pair, distanceMs);
    }
    return distanceMs + untilNext(3, this.#rng);
  }
}

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
