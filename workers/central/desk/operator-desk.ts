/**
 * The operators' desk: a small bag of JSON on itty-durable, behind methods called by RPC only.
 *
 * Three traps of itty-durable are shut here (docs/adr/0004): its `fetch` would call any method named in a
 * URL, so this class has no `fetch` that reaches it; a cold object holds its defaults until it has loaded;
 * and nothing is stored until `persist`.
 */
import { DurableObject } from "cloudflare:workers";
import { createDurable } from "itty-durable";
import { clock } from "../../platform.ts";
import type { Acknowledgement, DeskObject } from "../../ports.ts";
import { withAcknowledged } from "./bag.ts";

class Bag extends createDurable() {
  acknowledged: readonly Acknowledgement[] = [];
}

export class OperatorDesk extends DurableObject<object> implements DeskObject {
  readonly #bag: Bag;

  constructor(state: DurableObjectState, env: object) {
    super(state, env);
    // The bag gets storage and nothing else: it writes into what it is given and mistakes bindings for objects.
    this.#bag = new Bag({ storage: state.storage });
  }

  async read(): Promise<{ readonly acknowledged: readonly Acknowledgement[] }> {
    await this.#bag.loadFromStorage();
    return { acknowledged: this.#bag.acknowledged };
  }

  async acknowledge(events: readonly string[], by: string) {
    await this.#bag.loadFromStorage();
    const note = { by, at: clock.nowMs() };
    this.#bag.acknowledged = withAcknowledged(this.#bag.acknowledged, events, note);
    await this.#bag.persist();
    return { acknowledged: this.#bag.acknowledged };
  }
}
