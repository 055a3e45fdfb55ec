/** A person at the ledgers: applies what was reviewed, now and then too late; undoes, freezes, thaws. */
import type { Objection } from "../../../routing/dns/guard.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Kernel } from "../kernel.ts";
import { between, pick } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import type { Syncer } from "./syncer.ts";

/** What the history says of who writes. */
export const APPLIER = "applier";
export const UNDOER = "undoer";

/** What is confirmed without a thought: nothing that could take a name's answer away for good. */
const CONFIRMED = ["moment-of-emptiness", "never-foreign", "ttl-raise"];
/** The next order to a ledger that has not answered by then is sent all the same. */
const PATIENCE_MS = 600_000;

export class Operator {
  /** Confirmations that were ever sent. */
  readonly confirmed = new Set<string>();
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #rng: Rng;
  /** Whom an undo was sent to, and has not answered: not to be thawed meanwhile. */
  readonly #undoing = new Set<Syncer>();

  constructor(kernel: Kernel, timeline: Timeline, rng: Rng) {
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#rng = rng;
  }

  /** Looks, reviews for a while, and applies, or applies what was reviewed long ago. */
  async apply(syncer: Syncer, isQuick = false): Promise<void> {
    const { plan, objections } = await syncer.ledger.look();
    const isEmpty = plan === null || plan.units.length + plan.respected.length === 0;
    if (isEmpty) return;
    if (!isQuick) await this.#wait(between(100, 90_000, this.#rng));
    const order = {
      actor: APPLIER,
      checksum: plan.checksum,
      confirmations: this.#confirm(objections),
      includeRespected: isQuick || this.#rng() < 0.5,
    };
    const first = await syncer.ledger.apply(order);
    const done =
      first.ok || first.error.reason !== "guarded"
        ? first
        : await syncer.ledger.apply({
            ...order,
            // What is refused names only what was not confirmed yet.
            confirmations: [...order.confirmations, ...this.#confirm(first.error.objections)],
          });
    this.#timeline.note(done.ok ? "applied" : `apply: ${done.error.reason}`, syncer.name);
  }

  async undo(syncer: Syncer): Promise<void> {
    const entries = await syncer.ledger.history();
    if (entries.length === 0) return;
    const { sequence } = pick(entries.slice(0, 5), this.#rng);
    this.#undoing.add(syncer);
    const order = { actor: UNDOER, confirmations: [] };
    const first = await this.#soon(syncer.ledger.undo(sequence, order));
    const done =
      first === null || first.ok || first.error.reason !== "guarded"
        ? first
        : await this.#soon(
            syncer.ledger.undo(sequence, {
              ...order,
              confirmations: this.#confirm(first.error.objections),
            }),
          );
    this.#undoing.delete(syncer);
    const word = done === null ? "not answered" : done.ok ? "done" : done.error.reason;
    this.#timeline.note(`undo: ${word}`, `${syncer.name}: ${sequence}`);
  }

  async freeze(syncer: Syncer): Promise<void> {
    await syncer.ledger.freeze(true, APPLIER);
    syncer.shouldBeFrozen = true;
    this.#timeline.note("frozen", syncer.name);
  }

  async thaw(syncer: Syncer): Promise<void> {
    if (this.#undoing.has(syncer)) return;
    syncer.shouldBeFrozen = false;
    await syncer.ledger.freeze(false, APPLIER);
    this.#timeline.note("thawed", syncer.name);
  }

  #confirm(objections: readonly Objection[]): readonly string[] {
    const given = objections.flatMap(({ rule, confirmation }) =>
      confirmation !== null && CONFIRMED.includes(rule) ? [confirmation] : [],
    );
    for (const one of given) this.confirmed.add(one);
    return given;
  }

  #soon<T>(answer: Promise<T>): Promise<T | null> {
    return Promise.race([answer, this.#wait(PATIENCE_MS).then(() => null)]);
  }

  #wait(ms: number): Promise<void> {
    return this.#kernel.timers({ alive: true }).wait(ms);
  }
}
