/** One recorded decision, and the record as who reads it has it. */
import { type DecisionRecord, readRecord, recordText } from "../../../routing/replay/record.ts";
import { type Decider, recordDecision } from "../../../routing/replay/recording.ts";
import { spotOf } from "../../../routing/replay/spot.ts";
import { invariant } from "../../../routing/result.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import type { Ms, TableVersion } from "../../../routing/units.ts";
import { asker, knowing, NOW } from "../steer/world.ts";

export const ABOUT = {
  host: "www.example",
  colo: "FRA",
  version: 12 as TableVersion,
  hash: "0123456789abcdef".repeat(4),
};

export const inputOf = (
  shard: DecideInput["shard"],
  more: Partial<DecideInput> = {},
): DecideInput => ({
  shard,
  asker: asker(),
  know: knowing({}),
  memory: NO_MEMORY,
  triesMax: 3,
  ...more,
});

export interface Recorded {
  readonly text: string;
  readonly record: DecisionRecord;
}

/** `of`: the shard that the input's is of. */
export function recorded(
  of: Shard,
  input: DecideInput,
  rng: Rng,
  nowMs: Ms = NOW,
  decider: Decider = decide,
): Recorded {
  const recording = recordDecision(input, nowMs, rng, decider);
  const about = { ...ABOUT, atMs: nowMs, of: spotOf(of, input.shard) };
  const text = recordText(recording, input.shard, about);
  const record = readRecord(JSON.parse(text));
  invariant(record.ok, "what was written as a record is one");
  return { text, record: record.value };
}
