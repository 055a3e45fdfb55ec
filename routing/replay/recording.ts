/**
 * A decision made with everything it is given watched: the decision itself, what it read, and what it did not read but another policy
 * might have.
 *
 * It is the same decision (`test/routing/replay`), with one difference: all candidates are chosen at once, so that a second
 * try does not see what the first has changed.
 */
import type { RegionLoads } from "../exchange.ts";
import { EVERYBODY } from "../load/cutoff.ts";
import type { Rng } from "../rng.ts";
import type { CutoffOf } from "../steer/admitted.ts";
import type { Candidate } from "../steer/candidates.ts";
import { type DecideInput, type Decision, decide } from "../steer/decide.ts";
import type { EndpointKnowledge, Know } from "../steer/knowledge.ts";
import { planOf } from "../steer/plan.ts";
import type { EndpointId, Ms } from "../units.ts";
import { type Answer, answerOf } from "./answer.ts";
import {
  CUTOFFS,
  joinedPath,
  LEASES,
  type Leaf,
  leafOf,
  OBJECT,
  type Reads,
  ROOM,
  SPILLS,
  USE,
} from "./reads.ts";
import { viewOf, watched } from "./watched.ts";

export interface Recording {
  readonly decision: Decision & { readonly candidates: readonly Candidate[] };
  readonly answer: Answer;
  readonly reads: Reads;
  /** Worked out when it is asked for, from what was known at the time. */
  readonly beside: () => Reads;
}

/** Whatever decides. Another one than ours shows in a test that a hidden look is found. */
export type Decider = typeof decide;

/** Cost: 0.1 to 0.2 ms for 10 to 30 endpoints, three times what a fresh look at all of them costs; the text is made later. */
export function recordDecision(
  input: DecideInput,
  nowMs: Ms,
  rng: Rng,
  decider: Decider = decide,
): Recording {
  const given = new Map<string, Leaf>();
  const endpoints = new Map<EndpointId, Map<string, Leaf>>();
  const draws: number[] = [];
  const { shard, know, loads, ...rest } = input;
  const leavesAt = (endpoint: EndpointId): Map<string, Leaf> => {
    const leaves = endpoints.get(endpoint) ?? new Map<string, Leaf>();
    endpoints.set(endpoint, leaves);
    return leaves;
  };
  const watchedRest = watched(rest, (path, leaf) => given.set(path, leaf));
  const seen = {
    shard,
    know: watchedKnow(know, leavesAt, given),
    ...(loads === undefined ? {} : { loads: watchedLoads(loads, leavesAt, given) }),
  };
  let memory: unknown = null;
  const look = (key: string): unknown => {
    const value: unknown = Reflect.get(Object.hasOwn(seen, key) ? seen : watchedRest, key);
    if (key === "memory") memory = value;
    return value;
  };
  const watchedInput = new Proxy(
    {},
    viewOf(look, () => Reflect.ownKeys(input)),
  ) as DecideInput;
  const decided = decider(watchedInput, nowMs, () => {
    const draw = rng();
    draws.push(draw);
    return draw;
  });
  const candidates = [...decided.candidates];
  const reads = copyOf({ given, endpoints, draws });
  // What was handed in, and not what watches it.
  const after = decided.memory === memory ? input.memory : decided.memory;
  const decision = { ...decided, candidates, memory: after };
  const answer = answerOf(decision, candidates, shard, input.memory);
  return { decision, answer, reads, beside: besideOf(input, reads) };
}

/** Without a count of changes, so that every endpoint is looked at and nothing is taken from a view made before. */
function watchedKnow(
  know: Know,
  leavesAt: (endpoint: EndpointId) => Map<string, Leaf>,
  given: Map<string, Leaf>,
): Know {
  const made = new Map<EndpointId, EndpointKnowledge>();
  const look = (endpoint: EndpointId): EndpointKnowledge => {
    const known = made.get(endpoint);
    if (known !== undefined) return known;
    const leaves = leavesAt(endpoint);
    const knowledge = watched(know(endpoint), (path, leaf) => leaves.set(path, leaf));
    made.set(endpoint, knowledge);
    return knowledge;
  };
  const { cutoffOf, leasesAt } = know;
  return Object.assign(look, {
    ...(cutoffOf === undefined ? {} : { cutoffOf: watchedCutoffs(cutoffOf, given) }),
    ...(leasesAt === undefined ? {} : { leasesAt: watchedLeases(leasesAt, leavesAt, given) }),
  });
}

/** Nothing is written of a first pool that lets everybody in, as almost always: none is asked after it. */
const watchedCutoffs =
  (cutoffOf: CutoffOf, given: Map<string, Leaf>): CutoffOf =>
  (pool, nowMs) => {
    const cutoff = cutoffOf(pool, nowMs);
    if (cutoff === EVERYBODY && !given.has(CUTOFFS)) return cutoff;
    given.set(CUTOFFS, OBJECT);
    given.set(joinedPath(CUTOFFS, pool), cutoff);
    return cutoff;
  };

/** Nothing is written while nobody has a limit. */
const watchedLeases =
  (
    leasesAt: NonNullable<Know["leasesAt"]>,
    leavesAt: (endpoint: EndpointId) => Map<string, Leaf>,
    given: Map<string, Leaf>,
  ): NonNullable<Know["leasesAt"]> =>
  (nowMs) => {
    const leases = leasesAt(nowMs);
    if (leases === null) return null;
    given.set(LEASES, OBJECT);
    return {
      hasRoom: (endpoint, pool) => {
        const hasRoom = leases.hasRoom(endpoint, pool);
        leavesAt(endpoint).set(ROOM, hasRoom);
        return hasRoom;
      },
    };
  };

/** What a region says of an endpoint's load is kept with what is known of it: by columns, which is short. */
function watchedLoads(
  { endpoints, spills }: RegionLoads,
  leavesAt: (endpoint: EndpointId) => Map<string, Leaf>,
  given: Map<string, Leaf>,
): RegionLoads {
  const made = new Map<string, unknown>();
  const look = (id: string): unknown => {
    const use: unknown = Reflect.get(endpoints, id);
    if (made.has(id) || use === undefined) return made.get(id);
    const leaves = leavesAt(id as EndpointId);
    leaves.set(USE, OBJECT);
    made.set(
      id,
      watched(Object(use), (path, leaf) => leaves.set(path, leaf), USE),
    );
    return made.get(id);
  };
  given.set(SPILLS, OBJECT);
  return {
    endpoints: new Proxy(
      {},
      viewOf(look, () => Reflect.ownKeys(endpoints)),
    ),
    spills: watched(spills, (path, leaf) => given.set(path, leaf), SPILLS),
  };
}

const copyOf = ({ given, endpoints, draws }: Reads): Reads => ({
  given: new Map(given),
  endpoints: new Map([...endpoints].map(([id, leaves]) => [id, new Map(leaves)])),
  draws: [...draws],
});

/** Where somebody is to within a city, and who he is, is kept only of those whose decision needed it. */
const BESIDE_OF_ASKER = [
  "asker",
  "asker.colo",
  "asker.country",
  "asker.continent",
  "asker.replayable",
];
const BESIDE_OF_MEMORY = ["memory", "memory.incumbent"];
/** The words of a probe decide nothing, and are long. */
const NOT_BESIDE = ["health.reason"];

/** Everything else that is known of the endpoints that the load balancer may use: what is known is replaced, never changed. */
function besideOf({ shard, know, asker, memory }: DecideInput, reads: Reads): () => Reads {
  const given = new Map<string, Leaf>();
  for (const path of [...BESIDE_OF_ASKER, ...BESIDE_OF_MEMORY]) {
    if (!reads.given.has(path)) given.set(path, leafAt({ asker, memory }, path));
  }
  const planned = [...planOf(shard).pools.values()].flatMap(({ endpoints }) => endpoints);
  const known = planned.map(({ endpoint: { id } }) => [id, know(id)] as const);
  return () => {
    const endpoints = new Map<EndpointId, ReadonlyMap<string, Leaf>>();
    for (const [id, knowledge] of known) {
      const read = reads.endpoints.get(id);
      const leaves = leavesOf(knowledge).filter(
        ([path]) => read?.has(path) !== true && !NOT_BESIDE.includes(path),
      );
      if (leaves.length > 0) endpoints.set(id, new Map(leaves));
    }
    return { given, endpoints, draws: [] };
  };
}

const leafAt = (source: object, path: string): Leaf =>
  leafOf(path.split(".").reduce<unknown>((value, key) => Reflect.get(Object(value), key), source));

/** What an endpoint may be known by and is not is a leaf too: it is read as often. */
const OFTEN_ABSENT = ["health", "healthAsOfMs", "shared"];

function leavesOf(source: object, path = ""): readonly (readonly [string, Leaf])[] {
  const keys =
    path === "" ? [...new Set([...Object.keys(source), ...OFTEN_ABSENT])] : Object.keys(source);
  return keys.flatMap((key) => {
    const value: unknown = Reflect.get(source, key);
    const at = joinedPath(path, key);
    const leaf = leafOf(value);
    return leaf === OBJECT
      ? [[at, leaf] as const, ...leavesOf(Object(value), at)]
      : [[at, leaf] as const];
  });
}
