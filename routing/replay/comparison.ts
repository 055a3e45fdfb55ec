/** A whole recording replayed, and what another policy would have made of it: counts, so that shares can be compared. */
import type { Shard } from "../snapshot.ts";
import { candidateAt } from "./places.ts";
import type { DecisionRecord } from "./record.ts";
import { replay } from "./replay.ts";
import { balancedAt } from "./spot.ts";
import { type Change, whatIf } from "./what-if.ts";

export interface Comparison {
  readonly records: number;
  /** Their answer was the record's, byte for byte, and nothing else was looked at. */
  readonly agreed: number;
  /** Which did not, by their place in the recording, and what they looked at besides. */
  readonly disagreed: readonly { readonly place: number; readonly unrecorded: readonly string[] }[];
  /** Reason → how many could not be replayed. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Of those that the other policy could be asked about; empty without one. */
  readonly shares: readonly Share[];
  /** Of the replayed, those that the record does not tell of what the other policy would read. */
  readonly unknown: number;
  /** What it would have read, and how often that is why. */
  readonly missing: ReadonlyMap<string, number>;
}

/** How many requests went there first, and how many would have. `null`: nowhere. */
export interface Share {
  readonly pool: string | null;
  readonly endpoint: string | null;
  readonly actual: number;
  readonly other: number;
}

const NOWHERE = { pool: null, endpoint: null };

/** Shape: `shardNamed` answers `null` for a shard that is not at hand. */
export function compare(
  records: readonly DecisionRecord[],
  shardNamed: (name: string) => Shard | null,
  change: Change | null,
): Comparison {
  const disagreed: { place: number; unrecorded: readonly string[] }[] = [];
  const skipped = new Map<string, number>();
  const missing = new Map<string, number>();
  const shares = new Shares();
  let [agreed, unknown] = [0, 0];
  for (const [place, record] of records.entries()) {
    const shard = shardNamed(record.shard);
    const balanced = shard === null ? null : balancedAt(shard, record.of);
    if (balanced === null) {
      add(skipped, `its table (version ${record.version}) is not at hand`);
      continue;
    }
    const replayed = replay(record, balanced);
    if (!replayed.ok) {
      add(skipped, replayed.error);
      continue;
    }
    const { agrees, unrecorded } = replayed.value;
    if (agrees && unrecorded.length === 0) agreed += 1;
    else disagreed.push({ place, unrecorded });
    if (change === null) continue;
    const other = whatIf(record, balanced, change);
    if (!other.ok) {
      add(skipped, other.error);
    } else if (other.value.known) {
      const [actual] = record.answer.tries;
      shares.add("actual", actual === undefined ? null : candidateAt(balanced, actual[0]));
      shares.add("other", other.value.first);
    } else {
      unknown += 1;
      for (const path of new Set(other.value.unrecorded.map(signalOf))) add(missing, path);
    }
  }
  const list = shares.list();
  return { records: records.length, agreed, disagreed, skipped, shares: list, unknown, missing };
}

/** Whichever endpoint it is of. */
const signalOf = (path: string): string => {
  const signal = path.slice(path.indexOf(":") + 1);
  return signal === "" ? "an endpoint" : signal;
};

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

interface Place {
  readonly pool: { readonly name: string };
  readonly endpoint: { readonly name: string };
}

class Shares {
  readonly #rows = new Map<string, { -readonly [field in keyof Share]: Share[field] }>();

  add(side: "actual" | "other", place: Place | null): void {
    const names =
      place === null ? NOWHERE : { pool: place.pool.name, endpoint: place.endpoint.name };
    const key = JSON.stringify(names);
    const row = this.#rows.get(key) ?? { ...names, actual: 0, other: 0 };
    this.#rows.set(key, row);
    row[side] += 1;
  }

  /** The busiest first. */
  list(): readonly Share[] {
    return [...this.#rows.values()].sort(
      (a, b) => Math.max(b.actual, b.other) - Math.max(a.actual, a.other),
    );
  }
}
