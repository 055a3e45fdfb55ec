/**
 * A recorded decision made again, from the record and its shard alone. It must come to the same answer, byte for byte, and look at
 * nothing that the record does not have: both are counted, so a signal that comes in by another door is found by one or the other.
 */
import type { RegionLoads } from "../exchange.ts";
import { EVERYBODY } from "../load/cutoff.ts";
import { ok, type Result, refuse } from "../result.ts";
import type { Balanced } from "../snapshot.ts";
import { type DecideInput, type Decision, decide } from "../steer/decide.ts";
import type { Know } from "../steer/knowledge.ts";
import type { Leases } from "../steer/leased.ts";
import type { EndpointId, PoolId } from "../units.ts";
import { type Answer, answerOf } from "./answer.ts";
import { decodeReads } from "./encoding.ts";
import { placesOf } from "./places.ts";
import { played } from "./played.ts";
import { CUTOFFS, LEASES, type Leaves, type Reads, ROOM, SPILLS, USE } from "./reads.ts";
import type { DecisionRecord } from "./record.ts";
import type { Decider } from "./recording.ts";
import { viewOf } from "./watched.ts";

export interface Replayed {
  /** The answer is the record's, byte for byte. */
  readonly agrees: boolean;
  /** `null`: without what it looked for it came to none. */
  readonly answer: Answer | null;
  /** What it looked at that the record does not have. */
  readonly unrecorded: readonly string[];
  /** What the record has and it did not look at. */
  readonly unread: readonly string[];
}

/** Shape: `shard` is what the record's spot says of its shard. Refusal: why there is nothing to replay. */
export function replay(
  record: DecisionRecord,
  shard: Balanced,
  decider: Decider = decide,
): Result<Replayed, string> {
  if (record.reads === null) return refuse("what it read was larger than a record may be");
  const decoded = decodeReads(record.reads, placesOf(shard, record.at));
  if (!decoded.ok) return decoded;
  const reads = decoded.value;
  const player = new Player(reads, shard);
  const answer = answerAgain(player, record, shard, decider);
  return ok({
    agrees: JSON.stringify(answer) === JSON.stringify(record.answer),
    answer,
    unrecorded: [...player.missed],
    unread: unreadIn(reads, player),
  });
}

function answerAgain(
  player: Player,
  { at }: DecisionRecord,
  shard: Balanced,
  decider: Decider,
): Answer | null {
  try {
    const decision = player.decide(at, decider);
    return answerOf(decision, [...decision.candidates], shard, player.memory);
  } catch {
    // It was given nothing where it looked for something: that is counted, and is no answer.
    return null;
  }
}

const NONE: Leaves = new Map();

/** Feeds a decision what was read, and notes what it looks at. Once only. */
export class Player {
  readonly missed = new Set<string>();
  readonly found = new Set<string>();
  drawn = 0;
  /** What the decision was given as such. */
  memory: unknown = null;
  readonly #reads: Reads;
  readonly #shard: Balanced;
  readonly #given: Omit<DecideInput, "shard" | "know">;

  constructor(reads: Reads, shard: Balanced) {
    this.#reads = reads;
    this.#shard = shard;
    this.#given = played(reads.given, this.#looks(""));
  }

  /** `more`: chance beyond what was recorded; without it, that is a miss. */
  decide(nowMs: number, decider: Decider, more?: () => number): Decision {
    const know = this.#know();
    const own = { shard: this.#shard, know, ...this.#loads() };
    const look = (key: string): unknown => {
      const value: unknown = Reflect.get(Object.hasOwn(own, key) ? own : this.#given, key);
      if (key === "memory") this.memory = value;
      return value;
    };
    const input = new Proxy(
      {},
      viewOf(look, () => Object.keys(own)),
    ) as DecideInput;
    return decider(input, nowMs, () => {
      const draw = this.#reads.draws[this.drawn];
      this.drawn += 1;
      if (draw === undefined && more === undefined) this.missed.add("chance");
      return draw ?? more?.() ?? 0;
    });
  }

  #know(): Know {
    const made = new Map<string, ReturnType<Know>>();
    const look = (endpoint: EndpointId) => {
      const leaves = this.#reads.endpoints.get(endpoint);
      if (leaves === undefined) this.missed.add(`${endpoint}:`);
      const known = made.get(endpoint) ?? played(leaves ?? NONE, this.#looks(`${endpoint}:`));
      made.set(endpoint, known);
      return known;
    };
    const { given } = this.#reads;
    const cutoffs = () => Reflect.get(this.#given, CUTOFFS) as Record<PoolId, number>;
    const leases: Leases = { hasRoom: (endpoint) => Reflect.get(look(endpoint), ROOM) !== false };
    // What is missing is counted as a look that the record does not have.
    return Object.assign(look, {
      ...(given.has(CUTOFFS) ? { cutoffOf: (pool: PoolId) => cutoffs()[pool] ?? EVERYBODY } : {}),
      ...(given.has(LEASES)
        ? { leasesAt: () => (Reflect.get(this.#given, LEASES) === undefined ? null : leases) }
        : {}),
    });
  }

  /** Absent where none were given. */
  #loads(): Pick<DecideInput, "loads"> {
    const { given, endpoints } = this.#reads;
    if (!given.has(SPILLS)) return {};
    const made = new Map<string, unknown>();
    const look = (id: string): unknown => {
      const leaves = endpoints.get(id as EndpointId);
      if (leaves?.has(USE) !== true) return undefined;
      this.found.add(`${id}:${USE}`);
      const use = made.get(id) ?? played(leaves, this.#looks(`${id}:`), USE);
      made.set(id, use);
      return use;
    };
    const telling = () => [...endpoints].filter(([, leaves]) => leaves.has(USE)).map(([id]) => id);
    const spills = Reflect.get(this.#given, SPILLS) as RegionLoads["spills"];
    return { loads: { endpoints: new Proxy({}, viewOf(look, telling)), spills } };
  }

  #looks(before: string) {
    return {
      found: (path: string) => void this.found.add(before + path),
      missed: (path: string) => void this.missed.add(before + path),
    };
  }
}

function unreadIn({ given, endpoints, draws }: Reads, { found, drawn }: Player): readonly string[] {
  const paths = [
    ...given.keys(),
    ...[...endpoints].flatMap(([id, leaves]) => [...leaves.keys()].map((path) => `${id}:${path}`)),
  ];
  const unread = paths.filter((path) => !found.has(path));
  return drawn < draws.length ? [...unread, "chance"] : unread;
}
