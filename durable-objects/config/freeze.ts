/** The freeze switch as a ConfigStore reads it: its own row, the key in KV, the variable of the script. */
import { type FreezePlace, freezeKey, frozenBy } from "../../routing/guard/freeze.ts";
import type { FreezeState } from "../../routing/guard/orders.ts";
import type { Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";
import type { Documents } from "../storage/documents.ts";

const NAME = "freeze";
/** A KV that is slow must not hold up the change by which somebody mends things. */
const KV_TIMEOUT_MS = 1_000;

type Stored = FreezeState["store"];

export interface FreezeParts {
  readonly ports: Pick<ObjectPorts, "kv" | "timers">;
  readonly documents: Documents;
  readonly account: string;
  /** The variable of the script. */
  readonly isFrozen: () => boolean;
}

export class Freeze {
  readonly #parts: FreezeParts;

  constructor(parts: FreezeParts) {
    this.#parts = parts;
  }

  /** Cost: one read of KV, at most `KV_TIMEOUT_MS`. */
  async read(): Promise<FreezeState> {
    const { ports, account, isFrozen } = this.#parts;
    const asked = within(ports.timers, KV_TIMEOUT_MS, ports.kv.get(freezeKey(account)));
    const kv = await asked.then(
      (text) => ({ text, isSilent: false }),
      // What cannot be read says nothing: else losing KV would freeze everybody.
      () => ({ text: null, isSilent: true }),
    );
    const store = this.#stored();
    const by = frozenBy({
      store: store === null ? null : "1",
      kv: kv.text,
      script: isFrozen() ? "1" : null,
    });
    return { by, store, isKvSilent: kv.isSilent };
  }

  /** The places that can be read without waiting: between a check and its commit somebody may have turned one. */
  atHand(): readonly FreezePlace[] {
    const { isFrozen } = this.#parts;
    return frozenBy({
      store: this.#stored() === null ? null : "1",
      script: isFrozen() ? "1" : null,
    });
  }

  async places(): Promise<readonly FreezePlace[]> {
    return (await this.read()).by;
  }

  /** `null` turns it back. Call it inside a transaction. */
  turn(reason: string | null, actor: string, atMs: Ms): void {
    const { documents } = this.#parts;
    if (reason === null) documents.remove(NAME);
    else documents.write(NAME, { reason, actor, atMs });
  }

  /** A row that this release cannot read freezes: it must not thaw what somebody froze. */
  #stored(): Stored {
    const { documents } = this.#parts;
    const stored = documents.read(NAME) as Stored;
    if (stored !== null || !documents.names(NAME).includes(NAME)) return stored;
    return { reason: "written by another release", actor: "", atMs: 0 };
  }
}
