/** The watchdog as a Durable Object: it lives in central, apart from the objects that it looks at. */
import { DurableObject } from "cloudflare:workers";
import { alarmOf } from "../../../durable-objects/storage/platform.ts";
import { clock, fetchPort, timers } from "../../platform.ts";
import { type StateBindings, stateObjects } from "../objects.ts";
import { Watchdog as Core, type WatchdogObject, type WatchState } from "./watch.ts";

export interface WatchdogBindings extends StateBindings {
  /** https and a public name: it is told once a minute that we still look. A secret, because whoever knows it can keep it quiet. */
  readonly TW_DEADMAN_URL?: string;
}

const STATE = "state";

export class Watchdog extends DurableObject<WatchdogBindings> implements WatchdogObject {
  readonly #core: Core;

  constructor(state: DurableObjectState, bindings: WatchdogBindings) {
    super(state, bindings);
    const { storage } = state;
    this.#core = new Core({
      clock,
      timers,
      fetch: fetchPort,
      alarm: alarmOf(storage),
      region: stateObjects(bindings).region,
      read: async () => (await storage.get<WatchState>(STATE)) ?? null,
      write: (stored) => storage.put(STATE, stored),
      deadManUrl: bindings.TW_DEADMAN_URL ?? "",
    });
  }

  look() {
    return this.#core.look();
  }
  report() {
    return this.#core.report();
  }
  override alarm() {
    return this.#core.look();
  }
}
