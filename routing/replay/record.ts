/**
 * One decision as a line of JSON, at most `RECORD_CHARACTERS_MAX`: what it was about, what it read, what it came to.
 *
 * The shard is named and not kept. What does not fit is left out as a whole and said to be: first what was not read, then the reads.
 */
import { RECORD_CHARACTERS_MAX, SCHEMA } from "../limits.ts";
import { ok, type Result, refuse } from "../result.ts";
import type { Balanced, Hash } from "../snapshot.ts";
import type { Colo, Ms, TableVersion } from "../units.ts";
import type { Answer } from "./answer.ts";
import { encodeReads } from "./encoding.ts";
import { placesOf } from "./places.ts";
import type { Recording } from "./recording.ts";
import type { Spot } from "./spot.ts";

export interface DecisionRecord {
  readonly schema: number;
  /** The time that the decision was given. */
  readonly at: Ms;
  /** The host key. */
  readonly host: string;
  readonly colo: Colo;
  readonly version: TableVersion | null;
  /** The first `SHARD_CHARACTERS` of the shard's hash. */
  readonly shard: string;
  readonly of: Spot;
  readonly answer: Answer;
  /** As of `encodeReads`; `null`: they were larger than a record may be. */
  readonly reads: string | null;
  /** What the decision did not read and another policy might have. Absent: it did not fit. */
  readonly beside?: string;
}

/** 64 bits: an account's shards of all time do not collide. */
const SHARD_CHARACTERS = 16;

export const shardName = (hash: Hash): string => hash.slice(0, SHARD_CHARACTERS);

export type About = Pick<DecisionRecord, "host" | "colo" | "version" | "of"> & {
  readonly hash: Hash;
  readonly atMs: Ms;
};

/** Errors: throws for a decision that read what is no plain data. */
export function recordText(recording: Recording, shard: Balanced, about: About): string {
  const { atMs, hash, ...rest } = about;
  const places = placesOf(shard, atMs);
  const { answer } = recording;
  const head = { schema: SCHEMA, at: atMs, ...rest, shard: shardName(hash), answer };
  const reads = encodeReads(recording.reads, places);
  const strict = JSON.stringify({ ...head, reads });
  if (strict.length <= RECORD_CHARACTERS_MAX) {
    const beside = encodeReads(recording.beside(), places);
    const whole = JSON.stringify({ ...head, reads, beside });
    return whole.length <= RECORD_CHARACTERS_MAX ? whole : strict;
  }
  return JSON.stringify({ ...head, answer: { ...answer, stages: [] }, reads: null });
}

/** Refusal: one line. What is inside `answer` and `reads` is looked at by who replays it. */
export function readRecord(value: unknown): Result<DecisionRecord, string> {
  if (typeof value !== "object" || value === null) return refuse("a record is an object");
  const { schema, at, host, shard, of, answer, reads } = value as Record<string, unknown>;
  if (schema !== SCHEMA && schema !== SCHEMA - 1)
    return refuse(`no release reads schema ${schema}`);
  const isRecord =
    typeof at === "number" &&
    typeof host === "string" &&
    typeof shard === "string" &&
    typeof of === "object" &&
    of !== null &&
    typeof answer === "object" &&
    answer !== null &&
    (reads === null || typeof reads === "string");
  return isRecord
    ? ok(value as DecisionRecord)
    : refuse("a record has at, host, shard, of, answer and reads");
}
