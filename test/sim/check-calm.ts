/** R18: on a healthy fleet nobody is called down and nobody is ejected, whatever the noise. */
import type { EndpointId } from "../../routing/units.ts";
import { type Bench, type Said, saidIn } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckCalm implements Watcher {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served(call: ServedCall): void {
    const said = saidIn(call);
    if (said !== null) this.#look(call.object, said);
  }

  #look(object: string, { health, ejected = {} }: Said): void {
    const { history, violated } = this.#bench;
    const nameOf = (one: string) => history.member(one as EndpointId)?.address ?? one;
    for (const [endpoint, { healthy, reason }] of Object.entries(health)) {
      if (!healthy) violated(`${object} calls ${nameOf(endpoint)} down, which is well: ${reason}`);
    }
    for (const [endpoint, { reason }] of Object.entries(ejected)) {
      violated(`${object} ejects ${nameOf(endpoint)}, which is well: ${reason}`);
    }
  }
}
