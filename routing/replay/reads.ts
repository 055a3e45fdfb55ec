/**
 * Everything that one decision read besides the shard, the time of its request and nothing else: leaf by leaf, under the path by
 * which it was reached. `load.pending` of an endpoint, `asker.colo` of the input.
 */
import type { EndpointId } from "../units.ts";

/** What was found where an object is: that it is there. What is in it is read under longer paths. */
export const OBJECT = Symbol("object");

export type Leaf = string | number | boolean | null | undefined | typeof OBJECT;

export type Leaves = ReadonlyMap<string, Leaf>;

export interface Reads {
  /** Of the input. */
  readonly given: Leaves;
  /** Of what is known of endpoints, in the order in which they were first asked for. */
  readonly endpoints: ReadonlyMap<EndpointId, Leaves>;
  /** Every number of chance, in order. */
  readonly draws: readonly number[];
}

/** Where it is kept, by pool, whom a region lets in: a function gave it. Absent: everybody. */
export const CUTOFFS = "cutoffs";

/** Where it is kept that endpoints have limits; and of an endpoint, whether one more try may go there. */
export const LEASES = "leases";
export const ROOM = "room";

/** Where it is kept what pools give away; present where loads were given at all. */
export const SPILLS = "spills";
/** Of an endpoint: what the region says of its load. */
export const USE = "use";

export const leafOf = (value: unknown): Leaf =>
  typeof value === "object" && value !== null ? OBJECT : (value as Leaf);

export const joinedPath = (path: string, key: string): string =>
  path === "" ? key : `${path}.${key}`;
