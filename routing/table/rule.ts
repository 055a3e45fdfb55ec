/** What a rule between fields looks like, and what it is given. */
import type { AddressPolicy } from "./address.ts";
import type { DraftTable } from "./draft.ts";
import type { Identity } from "./identity.ts";
import type { Problem } from "./problem.ts";
import { type Lookup, lookupOf } from "./references.ts";
import { type SyncedZone, syncedZones } from "./zone/synced.ts";

export interface RuleInput {
  readonly drafts: DraftTable;
  readonly identity: Identity;
  readonly addresses: AddressPolicy;
  readonly pools: Lookup<DraftTable["pools"][number]>;
  readonly monitors: Lookup<DraftTable["monitors"][number]>;
  readonly monitorGroups: Lookup<DraftTable["monitorGroups"][number]>;
  readonly loadBalancers: Lookup<DraftTable["loadBalancers"][number]>;
  readonly syncedZones: readonly SyncedZone[];
  /** Whose document it is. */
  readonly account: string;
}

export interface Rule {
  readonly name: string;
  readonly check: (input: RuleInput) => readonly Problem[];
}

export const ruleInput = (
  drafts: DraftTable,
  identity: Identity,
  addresses: AddressPolicy,
  account: string,
): RuleInput => ({
  drafts,
  identity,
  addresses,
  pools: lookupOf("pool", drafts.pools, identity.idOf),
  monitors: lookupOf("monitor", drafts.monitors, identity.idOf),
  monitorGroups: lookupOf("monitor group", drafts.monitorGroups, identity.idOf),
  loadBalancers: lookupOf("load balancer", drafts.loadBalancers, identity.idOf),
  syncedZones: syncedZones(drafts),
  account,
});

/** Those whose key an earlier one has; an empty key is not compared. */
export function repeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly { readonly item: T; readonly first: T }[] {
  const seen = new Map<string, T>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    const first = seen.get(key);
    if (key === "") return [];
    if (first === undefined) seen.set(key, item);
    return first === undefined ? [] : [{ item, first }];
  });
}
