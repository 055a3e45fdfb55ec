/**
 * A provider as bad as the contract allows, on virtual time: slow, throttling, forgetting its answers, listing what was, or half of it.
 *
 * Inside is the model that compares stamps when it writes. What it holds is seen by the checkers at every change, so nothing that anybody could
 * have been answered is missed.
 */

import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, type Change, subjectOf } from "../../../routing/dns/change.ts";
import { type RecordSet, setKey } from "../../../routing/dns/record.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Failure, Listing, Provider } from "../../../workers/central/dns/provider.ts";
import { MODEL_ABILITIES, type ModelZone } from "../../workers/central/dns/model-zone.ts";
import type { Kernel } from "../kernel.ts";
import { between } from "../random.ts";
import type { Timeline } from "../timeline.ts";

/** Shares of calls. */
const FAULTS = { slow: 0.15, throttled: 0.08, broken: 0.08, cut: 0.08, stale: 0.1, partial: 0.08 };
/** The AWS enactor that was late was late by minutes. */
const PAUSE_MS_MAX = 600_000;
const STATES_KEPT = 20;

/** Whole batches or set by set, and who compares. */
export type ProviderKind = Pick<Abilities, "atomic" | "fence">;
export const PROVIDER_KINDS: readonly ProviderKind[] = [
  { atomic: "batch", fence: "provider" },
  { atomic: "batch", fence: "reader" },
  { atomic: "set", fence: "provider" },
];

/** Who writes, and what his plan was made from: kept with his write, because others write while it is on its way. */
interface Actor {
  readonly name: string;
  readonly listed: ReadonlyMap<string, RecordSet>;
}

export class FaultyZone {
  readonly model: ModelZone;
  quiet = false;
  /** Who wrote what the zone is now. */
  actor = "";
  /** The zone as he had read it when he wrote. */
  read: ReadonlyMap<string, RecordSet> = new Map();
  /** The zone as the plan that he wrote was made from it. */
  listed: ReadonlyMap<string, RecordSet> = new Map();
  readonly #listings = new Map<string, ReadonlyMap<string, RecordSet>>();
  readonly kind: ProviderKind;
  readonly #abilities: Abilities;
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #rng: Rng;
  /** Past states, the newest last: what a stale listing shows. */
  readonly #states: ReadonlyMap<string, RecordSet>[] = [];

  constructor(model: ModelZone, kind: ProviderKind, kernel: Kernel, timeline: Timeline, rng: Rng) {
    this.kind = kind;
    this.#abilities = { ...ABILITIES, ...kind };
    this.model = model;
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#rng = rng;
    this.model.watchers.push((sets) => {
      this.#states.push(new Map(sets));
      if (this.#states.length > STATES_KEPT) this.#states.shift();
    });
  }

  /**
   * The provider as one syncer has it. Who gives up waiting is told that nobody knows; what is on its way arrives all the same, as bytes on a
   * wire do when their sender has died.
   */
  provider(who: string, actorOf: () => string): Provider {
    const zone = this;
    return {
      abilities: zone.#abilities,
      populate: (signal) => orGivenUp(signal, "unreachable", zone.#populate(who)),
      write: (batch, signal) => orGivenUp(signal, "unknown", zone.#write(who, actorOf(), batch)),
      get calls() {
        return zone.model.calls;
      },
    };
  }

  async #populate(who: string): Promise<Result<Listing, Failure>> {
    await this.#way();
    const mishap = this.#mishap("listing", who);
    if (mishap !== null) return refuse(mishap);
    const [past] = this.#hits("stale")
      ? this.#states.slice(-between(1, STATES_KEPT, this.#rng))
      : [];
    const sets = [...(past ?? this.model.sets).values()];
    if (past !== undefined) this.#timeline.note("stale listing", who);
    this.#listings.set(who, new Map(sets.map((set) => [setKey(set), set])));
    const isPartial = this.#hits("partial");
    if (isPartial) this.#timeline.note("partial listing", who);
    await this.#way();
    return {
      ok: true,
      value: { sets: isPartial ? sets.slice(0, sets.length / 2) : sets, complete: !isPartial },
    };
  }

  async #write(who: string, actor: string, batch: Batch): Promise<Result<null, Failure>> {
    const listed = this.#listings.get(who) ?? new Map();
    await this.#way();
    const mishap = this.#mishap("write", who);
    if (mishap !== null) return refuse(mishap);
    const done = await this.#apply({ name: actor, listed }, batch);
    const { fence } = batch;
    const stamp = fence.kind === "delete" ? "" : fence.after.values[0];
    this.#timeline.note(done.ok ? "written" : done.error.kind, `${who}: ${stamp}`);
    await this.#way();
    if (done.ok && this.#hits("cut")) {
      this.#timeline.note("answer cut", who);
      return refuse({ kind: "unknown", detail: "The answer was cut." });
    }
    return done;
  }

  async #apply(actor: Actor, batch: Batch): Promise<Result<null, Failure>> {
    if (this.kind.atomic === "set") return this.#setBySet(actor, batch);
    const read = new Map(this.model.sets);
    if (this.kind.fence === "reader") {
      const moved = this.model.whyMoved(batch);
      if (moved !== null) return refuse({ kind: "fenced", detail: moved });
      await this.#way();
      return this.#as(actor, read, () => this.model.overwrite(batch));
    }
    return this.#as(actor, read, () => this.model.write(batch));
  }

  /**
   * As Azure's: every set is compared by itself when it is written, the stamp first; what makes room for another type goes right before it, and
   * what else goes goes last. It may end anywhere.
   */
  async #setBySet(actor: Actor, { fence, changes }: Batch): Promise<Result<null, Failure>> {
    const put = changes.filter(({ kind }) => kind !== "delete");
    const gone = changes.filter(({ kind }) => kind === "delete");
    const isMark = (change: Change) => subjectOf(change).type === "TXT";
    const room = (change: Change) =>
      gone.filter(
        (one) =>
          !isMark(one) &&
          subjectOf(one).name === subjectOf(change).name &&
          [one, change].some((either) => subjectOf(either).type === "CNAME"),
      );
    const first = put
      .filter((change) => !isMark(change))
      .flatMap((change) => [...room(change), change]);
    const order = new Set([
      ...put.filter(isMark),
      ...first,
      ...gone.filter((one) => !isMark(one)),
      ...gone,
    ]);
    let done = 0;
    for (const change of [fence, ...order]) {
      if (done > 0 && this.#hits("cut")) {
        this.#timeline.note("batch cut", `after ${done}`);
        return refuse({ kind: "unknown", detail: `The answer was cut after ${done}.` });
      }
      const one = this.#as(actor, new Map(this.model.sets), () => this.model.writeOne(change));
      if (!one.ok) return done === 0 ? one : refuse({ ...one.error, kind: "unknown" });
      done += 1;
      if (this.#hits("slow")) await this.#way();
    }
    return ok(null);
  }

  /** Lets the checkers know who it is, and what he had read. */
  #as<T>({ name, listed }: Actor, read: ReadonlyMap<string, RecordSet>, work: () => T): T {
    this.actor = name;
    this.listed = listed;
    this.read = read;
    return work();
  }

  #mishap(what: string, who: string): Failure | null {
    if (this.#hits("throttled")) {
      this.#timeline.note("throttled", `${who}: ${what}`);
      return { kind: "throttled", detail: "Rate exceeded", retryAfterMs: 2_000 };
    }
    if (this.#hits("broken")) {
      this.#timeline.note("provider down", `${who}: ${what}`);
      return { kind: "unreachable", detail: "503" };
    }
    return null;
  }

  #hits(fault: keyof typeof FAULTS): boolean {
    return !this.quiet && this.#rng() < FAULTS[fault];
  }

  /** A message on its way, now and then for minutes. */
  #way(): Promise<void> {
    const ms = this.#hits("slow")
      ? between(1_000, PAUSE_MS_MAX, this.#rng)
      : between(5, 300, this.#rng);
    return this.#kernel.timers({ alive: true }).wait(ms);
  }
}

/** Small batches, so that there is something between two of them. */
const ABILITIES = { ...MODEL_ABILITIES, batch: { ...MODEL_ABILITIES.batch, changesMax: 4 } };

function orGivenUp<T>(
  signal: AbortSignal,
  kind: "unreachable" | "unknown",
  work: Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve(refuse({ kind, detail: "No answer in time." }));
    signal.addEventListener("abort", giveUp, { once: true });
    work.then(resolve, reject);
  });
}
