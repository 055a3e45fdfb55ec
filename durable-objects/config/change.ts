/** What one accepted change is made of, and what it must not be behind. */
import type { Table } from "../../routing/model.ts";
import type { TableVersion } from "../../routing/units.ts";
import type { AuditRow, Proposal } from "../../workers/config-object.ts";
import type { VersionRow } from "./versions.ts";

export interface Change {
  readonly table: Table;
  readonly before: VersionRow | null;
  readonly action: AuditRow["action"];
  readonly by: Pick<Proposal, "actor" | "note">;
  /** A public key that edges are told of from this version on. */
  readonly key?: string;
  /** What else is written in the same transaction. */
  also?(): void;
}

/** `expected` is the `ETag` last seen; the empty text stands for "there is no version yet". */
export function staleness(expected: string | undefined, newest: VersionRow | null) {
  const current = newest?.etag ?? "";
  if (expected === undefined || expected === current) return null;
  return { reason: "stale" as const, expected, current };
}

export const nextVersion = (before: VersionRow | null): TableVersion =>
  ((before?.version ?? 0) + 1) as TableVersion;

/** Of load balancers and routes; a wildcard as it is written. */
export const hostnamesOf = (table: Table): readonly string[] => [
  ...new Set([
    ...table.load_balancers.map((loadBalancer) => loadBalancer.name),
    ...table.http_routes.flatMap((route) => route.hostnames),
  ]),
];
