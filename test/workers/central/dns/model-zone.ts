/**
 * A DNS provider that is only its contract: a zone in memory that compares the stamp when it writes, applies a batch whole, and can be told to
 * misbehave as real ones do. For tests of the ledger and for the simulator; every real provider is tested before its own server.
 */
import type { Abilities } from "../../../../routing/dns/abilities.ts";
import { type Batch, type Change, changeKey, subjectOf } from "../../../../routing/dns/change.ts";
import { isSameSet, type RecordSet, setKey } from "../../../../routing/dns/record.ts";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import type { Failure, Listing, Provider } from "../../../../workers/central/dns/provider.ts";

export const MODEL_ABILITIES: Abilities = {
  types: ["A", "AAAA", "CNAME", "TXT", "MX", "SRV", "CAA", "HTTPS", "SVCB"],
  policies: [],
  checks: false,
  atomic: "batch",
  fence: "provider",
  apexCname: false,
  ttl: { min: 1, max: 604_800 },
  batch: { changesMax: 100, charactersMax: 32_000, updateCountsTwice: false },
  valuesMax: 400,
};

const ADDRESSES = ["A", "AAAA"];

/** What the next call meets. */
export type Mishap =
  | { readonly kind: "nothing" }
  | { readonly kind: "failure"; readonly failure: Failure }
  /** The batch is written and the answer lost. */
  | { readonly kind: "cut" }
  | { readonly kind: "empty-listing" }
  | { readonly kind: "partial-listing" };

export class ModelZone {
  readonly sets = new Map<string, RecordSet>();
  /** Every state that anybody could have been answered from. */
  readonly watchers: ((sets: ReadonlyMap<string, RecordSet>) => void)[] = [];
  readonly mishaps: Mishap[] = [];
  /** Names that it does not take, whatever it is told of them. */
  readonly unlovely = new Set<string>();
  /** What every write meets. */
  refusal: (() => Failure) | null = null;
  calls = 0;
  writes = 0;

  put(set: RecordSet): void {
    this.sets.set(setKey(set), set);
    this.#changed();
  }

  remove(name: string, type: string): void {
    this.sets.delete(setKey({ name, type }));
    this.#changed();
  }

  listing(): Result<Listing, Failure> {
    this.calls += 1;
    const mishap = this.#next();
    if (mishap?.kind === "failure") return refuse(mishap.failure);
    if (mishap?.kind === "empty-listing") return ok({ sets: [], complete: true });
    const sets = [...this.sets.values()];
    if (mishap?.kind !== "partial-listing") return ok({ sets, complete: true });
    return ok({ sets: sets.slice(0, sets.length / 2), complete: false });
  }

  write({ fence, changes }: Batch): Result<null, Failure> {
    this.calls += 1;
    const mishap = this.#next();
    if (mishap?.kind === "failure") return refuse(mishap.failure);
    if (this.refusal !== null) return refuse(this.refusal());
    const unlovely = changes.map(subjectOf).find(({ name }) => this.unlovely.has(name));
    if (unlovely !== undefined) {
      return refuse({ kind: "rejected", detail: `${unlovely.name} is not taken here.` });
    }
    const refusal = this.whyMoved({ fence, changes });
    if (refusal !== null) return refuse({ kind: "fenced", detail: refusal });
    this.#put([fence, ...changes]);
    this.writes += 1;
    this.#changed();
    if (mishap?.kind === "cut") return refuse({ kind: "unknown", detail: "The answer was cut." });
    return ok(null);
  }

  /** Why a batch does not fit what is there; `null` when it does. */
  whyMoved({ fence, changes }: Batch): string | null {
    return [fence, ...changes].map((change) => this.mismatch(change)).find(Boolean) ?? null;
  }

  /** As a provider does that compares nothing but keeps CNAMEs alone. */
  overwrite({ fence, changes }: Batch): Result<null, Failure> {
    const after = this.#after([fence, ...changes]);
    const beside = changes.map(subjectOf).find(({ name, type }) => {
      const [isCname, others] = [
        after.has(`${name} CNAME`),
        ADDRESSES.some((one) => after.has(`${name} ${one}`)),
      ];
      return type !== "TXT" && isCname && others;
    });
    if (beside !== undefined) {
      return refuse({ kind: "rejected", detail: `${setKey(beside)} would be beside a CNAME.` });
    }
    this.#put([fence, ...changes]);
    this.#changed();
    return ok(null);
  }

  /** One set by itself. */
  writeOne(change: Change): Result<null, Failure> {
    const refusal = this.mismatch(change);
    if (refusal !== "") return refuse({ kind: "fenced", detail: refusal });
    this.#put([change]);
    this.#changed();
    return ok(null);
  }

  #after(changes: readonly Change[]): ReadonlyMap<string, RecordSet> {
    const after = new Map(this.sets);
    for (const change of changes) {
      if (change.kind === "delete") after.delete(changeKey(change));
      else after.set(changeKey(change), change.after);
    }
    return after;
  }

  #put(changes: readonly Change[]): void {
    const after = this.#after(changes);
    this.sets.clear();
    for (const [key, set] of after) this.sets.set(key, set);
  }

  /** Why a change does not fit what is there; empty when it does. */
  protected mismatch(change: Change): string {
    const there = this.sets.get(changeKey(change));
    if (change.kind === "create") {
      return there === undefined ? "" : `${changeKey(change)} is there already`;
    }
    return there !== undefined && isSameSet(there, change.before)
      ? ""
      : `${setKey(subjectOf(change))} is not as it was`;
  }

  #next(): Mishap | undefined {
    return this.mishaps.shift();
  }

  #changed(): void {
    for (const watch of this.watchers) watch(this.sets);
  }
}

export const modelProvider = (zone: ModelZone, abilities = MODEL_ABILITIES): Provider => ({
  abilities,
  populate: async () => zone.listing(),
  write: async (batch) => zone.write(batch),
  get calls() {
    return zone.calls;
  },
});
