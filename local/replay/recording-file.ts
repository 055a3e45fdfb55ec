/** What `/v1/decisions` answers, read back: records, and shards that are what their names say. */
import { hashOf } from "../../routing/hash.ts";
import { type DecisionRecord, readRecord, shardName } from "../../routing/replay/record.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";
import { readShard, type Shard } from "../../routing/snapshot.ts";

export interface RecordingFile {
  readonly host: string;
  readonly records: readonly DecisionRecord[];
  readonly shards: ReadonlyMap<string, Shard>;
}

/** Refusal: one line. */
export function readRecording(text: string): Result<RecordingFile, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`it is not JSON (${(error as Error).message})`);
  }
  const { host, decisions, shards } = Object(value) as Record<string, unknown>;
  if (!Array.isArray(decisions) || typeof shards !== "object" || shards === null) {
    return refuse("it is not an answer of /v1/decisions: that has decisions and shards");
  }
  const records: DecisionRecord[] = [];
  for (const [at, each] of decisions.entries()) {
    const record = readRecord(each);
    if (!record.ok) return refuse(`decision ${at}: ${record.error}`);
    records.push(record.value);
  }
  const read = new Map<string, Shard>();
  for (const [name, of] of Object.entries(shards)) {
    const shard = shardIn(name, of);
    if (!shard.ok) return refuse(`shard ${name}: ${shard.error}`);
    read.set(name, shard.value);
  }
  return ok({ host: String(host), records, shards: read });
}

function shardIn(name: string, text: unknown): Result<Shard, string> {
  if (typeof text !== "string" || shardName(hashOf(text)) !== name) {
    return refuse("its text is not the one that it is named after");
  }
  const shard = readShard(text);
  return shard.ok ? shard : refuse(JSON.stringify(shard.error));
}
