/** The fields by which a load balancer, or one of its rules, names pools: references in and ids out, and back. */
import type { LoadShedding, Pool, RandomSteering } from "../model.ts";
import type { PoolId } from "../units.ts";

type PoolIdOf = (reference: string) => PoolId;

/** The order of a map in a document means nothing, so it must not show in a table. */
export const sortedRecord = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

export const placeLists = (
  record: Readonly<Partial<Record<string, readonly string[]>>>,
  poolId: PoolIdOf,
): Record<string, readonly PoolId[]> =>
  sortedRecord(
    Object.fromEntries(
      Object.entries(record).map(([code, references]) => [code, (references ?? []).map(poolId)]),
    ),
  );

export function randomSteeringOf(
  fields: {
    readonly default_weight: number;
    readonly pool_weights: Readonly<Record<string, number>>;
  },
  poolId: PoolIdOf,
): RandomSteering {
  const weights = Object.entries(fields.pool_weights);
  return {
    default_weight: fields.default_weight,
    pool_weights: sortedRecord(
      Object.fromEntries(weights.map(([reference, weight]) => [poolId(reference), weight])),
    ),
  };
}

/** One that sheds nothing is the same as none. */
export function sheddingField(fields: LoadShedding | undefined): Pick<Pool, "load_shedding"> {
  const sheds = fields !== undefined && fields.default_percent + fields.session_percent > 0;
  return sheds ? { load_shedding: fields } : {};
}

export const namedLists = (
  record: Readonly<Partial<Record<string, readonly PoolId[]>>>,
  nameOf: (id: PoolId) => string,
): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(record).map(([code, ids]) => [code, (ids ?? []).map(nameOf)]));

export function namedWeights(
  { default_weight, pool_weights }: RandomSteering,
  nameOf: (id: PoolId) => string,
) {
  const weights = Object.entries(pool_weights) as [PoolId, number][];
  return {
    default_weight,
    pool_weights: Object.fromEntries(weights.map(([id, weight]) => [nameOf(id), weight])),
  };
}
