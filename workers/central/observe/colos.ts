/** What the isolates of one colo have in common, from what each of them last reported. */
import type { ReporterStatus } from "../../../routing/region-status.ts";
import type { Colo, TableVersion } from "../../../routing/units.ts";

export interface ColoStatus {
  readonly colo: Colo;
  readonly isolates: number;
  /** The oldest in use: when it is the newest, all have it. `null`: one has none. */
  readonly version: TableVersion | null;
  /** Of the isolate that waits longest. */
  readonly snapshotAgeMs: number;
  /** Per pool name, of the isolate that has least. */
  readonly budgets: Readonly<Record<string, number>>;
}

/** By colo, in alphabetical order. Cost: one pass. */
export function coloStatuses(reporters: readonly ReporterStatus[]): readonly ColoStatus[] {
  const colos = new Map<Colo, ColoStatus>();
  for (const { colo, version, snapshotAgeMs, budgets } of reporters) {
    const known = colos.get(colo);
    colos.set(
      colo,
      known === undefined
        ? { colo, isolates: 1, version, snapshotAgeMs, budgets }
        : {
            colo,
            isolates: known.isolates + 1,
            version: oldest(known.version, version),
            snapshotAgeMs: Math.max(known.snapshotAgeMs, snapshotAgeMs),
            budgets: least(known.budgets, budgets),
          },
    );
  }
  return [...colos.values()].sort((one, other) => (one.colo < other.colo ? -1 : 1));
}

const oldest = (one: TableVersion | null, other: TableVersion | null): TableVersion | null =>
  one === null || other === null ? null : one < other ? one : other;

function least(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const lowest = { ...one };
  for (const [pool, left] of Object.entries(other)) {
    lowest[pool] = Math.min(lowest[pool] ?? left, left);
  }
  return lowest;
}
