/** What an operator calls a place from which traffic is taken: a pool, a cloud, or a region of a cloud. */
import type { Endpoint, Locality, Table } from "../model.ts";
import { ok, type Result, refuse } from "../result.ts";

export const TARGET_KINDS = ["pool", "cloud", "region"] as const;

export interface Target {
  readonly kind: (typeof TARGET_KINDS)[number];
  /** Of a region with its cloud, `aws eu-central-1`, or alone where no other cloud has one of that name. */
  readonly name: string;
}

/** `null`: the endpoint does not say where it is. */
export const regionName = (locality: Locality | undefined): string | null =>
  locality === undefined ? null : `${locality.cloud} ${locality.region}`;

/** `known`: what there is of that kind. `meant`: a region's name that several clouds have, each with its cloud. */
export type TargetRefusal =
  | { readonly reason: "unknown-target"; readonly known: readonly string[] }
  | { readonly reason: "ambiguous-target"; readonly meant: readonly string[] };

/** The target by its full name, and every endpoint there, enabled or not. */
export function found(
  { pools }: Pick<Table, "pools">,
  { kind, name }: Target,
): Result<{ readonly target: Target; readonly endpoints: readonly Endpoint[] }, TargetRefusal> {
  if (kind === "pool") {
    const pool = pools.find((one) => one.name === name);
    return pool === undefined
      ? refuse({ reason: "unknown-target", known: pools.map((one) => one.name).sort() })
      : ok({ target: { kind, name }, endpoints: pool.origins });
  }
  const all = pools.flatMap(({ origins }) => origins);
  const nameOf = ({ locality }: Endpoint) =>
    kind === "cloud" ? (locality?.cloud ?? null) : regionName(locality);
  const byName = Map.groupBy(all, nameOf);
  byName.delete(null);
  const known = [...byName.keys()].flatMap((one) => one ?? []).sort();
  const meant = known.filter(
    (one) => one === name || (kind === "region" && one.endsWith(` ${name}`)),
  );
  const [only] = meant;
  if (only === undefined) return refuse({ reason: "unknown-target", known });
  if (meant.length > 1) return refuse({ reason: "ambiguous-target", meant });
  return ok({ target: { kind, name: only }, endpoints: byName.get(only) ?? [] });
}
