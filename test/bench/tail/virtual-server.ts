/** One origin server of the bench on virtual time: the same queue, service times and behaviours as the real one. */
import { type Rng, seededRng } from "../../../routing/rng.ts";
import type { Kernel } from "../../sim/kernel.ts";
import { type Behaviour, DEAF_TO_PROBES, MUTE, SERVING } from "./behaviour.ts";
import { WorkQueue } from "./queue.ts";
import { HEALTH_PATH } from "./server.ts";
import { drawServiceMs } from "./service-time.ts";

const SINKHOLE_MS = 1;

export class VirtualServer {
  readonly #meanMs: number;
  readonly #kernel: Kernel;
  readonly #queue: WorkQueue;
  readonly #rng: Rng;
  /** Of the connections that a kill resets. */
  readonly #underWay = new Set<Request>();
  readonly #open = new Set<(error: Error) => void>();
  #behaviour: Behaviour = SERVING;
  attempts = 0;

  constructor(meanMs: number, workers: number, seed: number, kernel: Kernel) {
    this.#meanMs = meanMs;
    this.#kernel = kernel;
    this.#queue = new WorkQueue(workers, (ms, run) => kernel.schedule(ms, run));
    this.#rng = seededRng(seed);
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    if (behaviour.do !== "killed") return;
    this.#queue.drop();
    for (const reset of this.#open) reset(new Error("reset"));
  }

  answer(request: Request): Promise<Response> {
    const { signal, url } = request;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        this.#open.delete(reject);
        this.#underWay.delete(request);
        settle();
      };
      const give = (status: number) => end(() => resolve(new Response("ok", { status })))();
      if (this.#behaviour.do === "killed" || this.#behaviour.do === "drained") {
        reject(new Error("refused"));
        return;
      }
      this.#open.add(reject);
      // Node lets go of a request's signal with the request, whenever the collector comes by.
      this.#underWay.add(request);
      signal.addEventListener("abort", () => end(() => reject(signal.reason))());
      if (new URL(url).pathname === HEALTH_PATH) {
        if (!DEAF_TO_PROBES.has(this.#behaviour.do)) give(200);
        return;
      }
      this.attempts += 1;
      this.#work(() => signal.aborted, give);
    });
  }

  #work(isAbandoned: () => boolean, give: (status: number) => void): void {
    switch (this.#behaviour.do) {
      case "sinkhole":
        this.#kernel.schedule(SINKHOLE_MS, () => give(503));
        return;
      default:
        if (MUTE.has(this.#behaviour.do)) return;
        this.#queue.add(
          {
            serviceMs: drawServiceMs(this.#meanMs, this.#rng),
            done: () => this.#done(give),
            isAbandoned,
          },
          () => (this.#behaviour.do === "serve" ? this.#behaviour.slowdown : 1),
        );
    }
  }

  #done(give: (status: number) => void): void {
    const behaviour = this.#behaviour;
    if (MUTE.has(behaviour.do)) return;
    const fails = behaviour.do === "serve" && this.#rng() < behaviour.failRatio;
    give(fails || behaviour.do === "sinkhole" ? 503 : 200);
  }
}
