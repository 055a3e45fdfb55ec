/** "Probe this now": the prober's own code, in an object that has no verdicts. */
import { PREVIEW_ENDPOINTS_MAX, PREVIEW_MS_MAX, PROBE_SLOTS } from "../../routing/limits.ts";
import type { Preview, Previewed } from "../../routing/preview.ts";
import { list, record, schema } from "../arguments.ts";
import { startDeadline, until } from "../deadline.ts";
import { Semaphore } from "../semaphore.ts";
import { type Prober, probe } from "./probe.ts";

const NO_TIME = { saw: "unprobed", reason: "no time was left" } as const;

export class Previews {
  readonly #prober: Prober;
  /** Of all previews that are under way together. */
  readonly #slots = new Semaphore(PROBE_SLOTS);

  constructor(prober: Prober) {
    this.#prober = prober;
  }

  async run(asked: Preview): Promise<readonly Previewed[]> {
    record("preview", asked, 8);
    schema("preview", asked.schema);
    list("preview.targets", asked.targets, PREVIEW_ENDPOINTS_MAX);
    const { signal, cancel } = startDeadline(this.#prober.ports.timers, PREVIEW_MS_MAX);
    try {
      return await Promise.all(asked.targets.map((target) => this.#one(target, signal)));
    } finally {
      cancel();
    }
  }

  /** A probe that is under way when the time is over keeps its slot until it ends. */
  async #one(target: Preview["targets"][number], signal: AbortSignal): Promise<Previewed> {
    const { endpoint } = target;
    const probed = this.#slots.run(async () =>
      signal.aborted ? NO_TIME : await probe(target, this.#prober),
    );
    const view = await until(signal, probed).catch(() => NO_TIME);
    return { endpoint, ...view };
  }
}
