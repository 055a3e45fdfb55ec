/**
 * What of a region's view an isolate can use: what is said of the pools that its hosts name, and of their endpoints.
 *
 * The view of a whole account is a megabyte and a half at 10,000 endpoints, and an isolate that holds one host chooses among
 * some tens of them. So a view may speak of some pools alone, and says of which. Of those it says everything: what it does
 * not say of their endpoints is not so. Of all others it says nothing at all.
 */
import type {
  PoolSpill,
  RegionAdmission,
  RegionLimits,
  RegionLoads,
  RegionView,
} from "./exchange.ts";
import type { Pool } from "./model.ts";
import type { EndpointId, PoolId } from "./units.ts";

export interface Scope {
  readonly pools: ReadonlySet<PoolId>;
  /** Of these pools, enabled or not. */
  readonly endpoints: readonly EndpointId[];
}

export function scopeOf(pools: readonly Pool[]): Scope {
  const endpoints = pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  return { pools: new Set(pools.map(({ id }) => id)), endpoints: [...new Set(endpoints)] };
}

/** Those of `pools` that the view says nothing of; whatever nobody has heard from the region speaks of none. */
export function unspoken(view: RegionView | null, pools: Iterable<Pool>): readonly Pool[] {
  if (view === null) return [...pools];
  if (view.scope === undefined) return [];
  const spoken = setOf(view.scope);
  return [...pools].filter(({ id }) => !spoken.has(id));
}

/** Asked for host after host. */
const sets = new WeakMap<readonly PoolId[], ReadonlySet<PoolId>>();

function setOf(scope: readonly PoolId[]): ReadonlySet<PoolId> {
  const known = sets.get(scope) ?? new Set(scope);
  sets.set(scope, known);
  return known;
}

/** How one member of a view is made smaller, and how two that speak of different pools are one. */
interface Member<T> {
  restrict(value: T, scope: Scope): T;
  join(newer: T, older: T): T;
}

const asItIs = { restrict: <T>(value: T): T => value, join: <T>(newer: T): T => newer };
const byEndpoint = {
  restrict: <T>(record: Readonly<Record<EndpointId, T>>, { endpoints }: Scope) =>
    picked(record, endpoints),
  join: <T>(newer: Readonly<Record<EndpointId, T>>, older: Readonly<Record<EndpointId, T>>) => ({
    ...older,
    ...newer,
  }),
};

const byPool: Member<Readonly<Record<PoolId, number>>> = {
  restrict: (record, { pools }) => picked(record, pools),
  join: (newer, older) => ({ ...older, ...newer }),
};

/** All of them, so that nobody adds one without saying what of it an isolate needs. */
type Members<T> = { readonly [M in keyof T]-?: Member<NonNullable<T[M]>> };

const memberwise = <T extends object>(members: Members<T>): Member<T> => ({
  restrict: (value, scope) =>
    mapped(members, (name, member) => {
      const part = value[name];
      return isThere(part) ? member.restrict(part, scope) : undefined;
    }),
  join: (newer, older) =>
    mapped(members, (name, member) => {
      const [one, other] = [newer[name], older[name]];
      return isThere(one) && isThere(other) ? member.join(one, other) : (one ?? other);
    }),
});

const VIEW = memberwise<RegionView>({
  schema: asItIs,
  region: asItIs,
  asOfMs: asItIs,
  health: byEndpoint,
  latencyMs: byEndpoint,
  ejected: byEndpoint,
  admission: memberwise<RegionAdmission>({ untilMs: asItIs, ratios: byPool, cutoffs: byPool }),
  limits: memberwise<RegionLimits>({ untilMs: asItIs, inFlight: byEndpoint, asked: byPool }),
  loads: memberwise<RegionLoads>({
    endpoints: byEndpoint,
    spills: { restrict: (spills, { pools }) => spillsOf(spills, pools), join: bothSpills },
  }),
  lateMs: byPool,
  scope: {
    restrict: (spoken, { pools }) => spoken.filter((pool) => pools.has(pool)),
    join: (newer, older) => [...newer, ...older],
  },
});

/** Cost: linear in the scope and not in the view. */
export function restricted(view: RegionView, scope: Scope): RegionView {
  return VIEW.restrict({ ...view, scope: view.scope ?? [...scope.pools] }, scope);
}

/** The newer one; and of those of `pools` that it does not speak of, what the older one says. */
export function joined(newer: RegionView, older: RegionView, pools: Iterable<Pool>): RegionView {
  const missing = unspoken(newer, pools);
  if (missing.length === 0) return newer;
  const rest = restricted(older, scopeOf(missing));
  return rest.scope?.length === 0 ? newer : VIEW.join(newer, rest);
}

/** What a broken region says must not make a beat fail. */
const isThere = <T>(value: T): value is NonNullable<T> => value !== undefined && value !== null;

function mapped<T extends object>(
  members: Members<T>,
  value: <M extends keyof T>(name: M, member: Member<NonNullable<T[M]>>) => unknown,
): T {
  const made: Partial<Record<keyof T, unknown>> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    const found = value(name, members[name]);
    if (found !== undefined) made[name] = found;
  }
  return made as T;
}

function picked<K extends string, T>(
  record: Readonly<Record<K, T>>,
  keys: Iterable<K>,
): Record<K, T> {
  const some = {} as Record<K, T>;
  for (const key of keys) {
    // No id is the name of something that every object has.
    const value: T | undefined = record[key];
    if (value !== undefined) some[key] = value;
  }
  return some;
}

type Spills = RegionLoads["spills"];

/**
 * What these pools give away, and what others give them: how full a pool is depends on both. In the order in which they
 * were, because sums of the same numbers in another order are other numbers.
 */
function spillsOf(spills: Spills, pools: ReadonlySet<PoolId>): Spills {
  const entries = Object.entries(spills) as [PoolId, PoolSpill][];
  const places = placesIn(spills, entries);
  const wanted = new Set([...pools].flatMap((pool) => places.get(pool) ?? []));
  const some: Record<PoolId, PoolSpill> = {};
  for (const place of [...wanted].sort((a, b) => a - b)) {
    const [from, spill] = entries[place] as [PoolId, PoolSpill];
    some[from] = pools.has(from) ? spill : { ...spill, to: picked(spill?.to ?? {}, pools) };
  }
  return some;
}

/** By pool: where it gives, and where it is given to. */
type Places = ReadonlyMap<PoolId, readonly number[]>;

/** A region asks the same spills for every isolate of a beat. */
const knownPlaces = new WeakMap<Spills, Places>();

function placesIn(spills: Spills, entries: readonly (readonly [PoolId, PoolSpill])[]): Places {
  const known = knownPlaces.get(spills);
  if (known !== undefined) return known;
  const places = new Map<PoolId, number[]>();
  for (const [place, [from, spill]] of entries.entries()) {
    for (const pool of [from, ...(Object.keys(spill?.to ?? {}) as PoolId[])]) {
      const found = places.get(pool);
      if (found === undefined) places.set(pool, [place]);
      else found.push(place);
    }
  }
  knownPlaces.set(spills, places);
  return places;
}

function bothSpills(newer: Spills, older: Spills): Spills {
  const both: Record<PoolId, PoolSpill> = { ...older };
  for (const [from, spill] of Object.entries(newer) as [PoolId, PoolSpill][]) {
    both[from] = { ...spill, to: { ...older[from]?.to, ...spill?.to } };
  }
  return both;
}
