/**
 * What another policy would have done with a recorded decision. It is made again over all that the record has, read by the decision or
 * not; where the other policy looks at something else, the answer is that nobody knows.
 */
import type { EndpointPolicy, SteeringPolicy } from "../model.ts";
import { ok, type Result, refuse } from "../result.ts";
import { seededRng } from "../rng.ts";
import type { Balanced } from "../snapshot.ts";
import type { Candidate } from "../steer/candidates.ts";
import { decide } from "../steer/decide.ts";
import type { EndpointId } from "../units.ts";
import { decodeReads } from "./encoding.ts";
import { placesOf } from "./places.ts";
import type { Leaves, Reads } from "./reads.ts";
import type { DecisionRecord } from "./record.ts";
import { Player } from "./replay.ts";

/** What is another way than it was written. */
export interface Change {
  readonly steering?: SteeringPolicy;
  /** Of every pool. */
  readonly endpoints?: EndpointPolicy;
}

export type WhatIf =
  | { readonly known: true; readonly first: Candidate | null; readonly redrawn: number }
  | { readonly known: false; readonly unrecorded: readonly string[] };

/**
 * Where the request would have gone first. `redrawn`: numbers of chance beyond those recorded; one is as good as
 * another, and they are the same each time. Shape: `shard` as of `replay`. Refusal: why the record tells nothing.
 */
export function whatIf(
  record: DecisionRecord,
  shard: Balanced,
  change: Change,
): Result<WhatIf, string> {
  if (record.reads === null) return refuse("what it read was larger than a record may be");
  const places = placesOf(shard, record.at);
  const reads = decodeReads(record.reads, places);
  if (!reads.ok) return reads;
  const beside = record.beside === undefined ? null : decodeReads(record.beside, places);
  if (beside?.ok === false) return beside;
  const player = new Player(
    beside === null ? reads.value : joined(reads.value, beside.value),
    changedBy(shard, change),
  );
  const first = firstOf(player, record);
  if (player.missed.size > 0) return ok({ known: false, unrecorded: [...player.missed] });
  if (!first.ok) return first;
  const redrawn = Math.max(0, player.drawn - reads.value.draws.length);
  return ok({ known: true, first: first.value, redrawn });
}

/** The first only: each further one would look at more. */
function firstOf(player: Player, { at }: DecisionRecord): Result<Candidate | null, string> {
  try {
    const { candidates, trace } = player.decide(at, decide, seededRng(at));
    const [first = null] = candidates;
    return trace.fault === null ? ok(first) : refuse(trace.fault);
  } catch (error) {
    // It was given nothing where it looked for something.
    return refuse((error as Error).message);
  }
}

function joined(reads: Reads, beside: Reads): Reads {
  const endpoints = new Map<EndpointId, Leaves>(reads.endpoints);
  for (const [id, leaves] of beside.endpoints) {
    endpoints.set(id, new Map([...(endpoints.get(id) ?? []), ...leaves]));
  }
  return { endpoints, given: new Map([...reads.given, ...beside.given]), draws: reads.draws };
}

const changes = new WeakMap<Balanced, Map<string, Balanced>>();

/** Kept, because what is planned for a shard hangs on the object. */
function changedBy(shard: Balanced, { steering, endpoints }: Change): Balanced {
  const known = changes.get(shard) ?? new Map<string, Balanced>();
  changes.set(shard, known);
  const key = `${steering} ${endpoints}`;
  const changed = known.get(key) ?? {
    ...shard,
    load_balancer:
      steering === undefined
        ? shard.load_balancer
        : { ...shard.load_balancer, steering_policy: steering },
    pools:
      endpoints === undefined
        ? shard.pools
        : shard.pools.map((pool) => ({ ...pool, origin_steering: { policy: endpoints } })),
  };
  known.set(key, changed);
  return changed;
}
