/**
 * Puts the region's view into KV, where a cold isolate finds it while every object is gone.
 *
 * KV is a convenience here: a put that fails or hangs is tried again later and hurts nobody.
 */
import type { PublishedView } from "../../routing/exchange.ts";
import { VIEW_PUBLISH_MS } from "../../routing/limits.ts";
import { type Region, viewKey } from "../../routing/names.ts";
import type { Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";

/** KV takes one write a second for one key. */
const PUT_GAP_MS = 1_000;
const PUT_TIMEOUT_MS = 10_000;

export class Publisher {
  readonly #ports: Pick<ObjectPorts, "kv" | "timers">;
  readonly #region: Region;
  readonly #view: () => PublishedView;
  #lastMs: Ms = 0;
  #changed = true;
  #urgent = false;
  #busy = false;

  constructor(
    ports: Pick<ObjectPorts, "kv" | "timers">,
    region: Region,
    view: () => PublishedView,
  ) {
    this.#ports = ports;
    this.#region = region;
    this.#view = view;
  }

  /** Something in the view is new; `urgent` when a verdict flipped. */
  note(urgent: boolean): void {
    this.#changed = true;
    this.#urgent ||= urgent;
  }

  /** When `poke` should be called at the latest; `null` when there is nothing to publish. */
  get dueMs(): Ms | null {
    if (!this.#changed || this.#busy) return null;
    return this.#lastMs + (this.#urgent ? PUT_GAP_MS : VIEW_PUBLISH_MS);
  }

  /** Publishes when it is time. Never waits, never throws. */
  poke(nowMs: Ms): void {
    const { dueMs } = this;
    if (dueMs === null || nowMs < dueMs) return;
    this.#lastMs = nowMs;
    this.#busy = true;
    const urgent = this.#urgent;
    this.#changed = false;
    this.#urgent = false;
    this.#put()
      .catch(() => this.note(urgent))
      .finally(() => {
        this.#busy = false;
      });
  }

  async #put(): Promise<void> {
    const text = JSON.stringify(this.#view());
    const { kv, timers } = this.#ports;
    await within(timers, PUT_TIMEOUT_MS, kv.put(viewKey(this.#region), text));
  }
}
