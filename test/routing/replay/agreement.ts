/**
 * `node test/routing/replay/agreement.ts [--count 100000] [--seed 1] [--endpoints 30]`: decisions by chance, each recorded, written as
 * JSON, read and replayed. Prints what agreed, what was looked at besides the record, and how large records are; ends with 1 when
 * one of them does not agree.
 */
import { parseArgs } from "node:util";
import { RECORD_CHARACTERS_MAX } from "../../../routing/limits.ts";
import { candidateAt } from "../../../routing/replay/places.ts";
import { replay } from "../../../routing/replay/replay.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { ambientLooks } from "./ambient.ts";
import { recorded } from "./recordings.ts";
import { anyWorld } from "./worlds.ts";

export interface Agreement {
  readonly decisions: number;
  /** The replay's answer is the record's, byte for byte. */
  readonly agreed: number;
  /** The recorded decision is the one that is made without recording. */
  readonly same: number;
  /** Looks at what the record does not have, and at a clock or a source of chance. */
  readonly violations: number;
  /** Leaves that were recorded and not looked at. */
  readonly unread: number;
  /** Records whose reads did not fit. */
  readonly tooLarge: number;
  /** Records with all that is known besides. */
  readonly whole: number;
  /** Of every record, in characters, ascending. */
  readonly sizes: readonly number[];
  /** Seeds of the first that did not agree. */
  readonly wrong: readonly number[];
}

export function agreement(count: number, seed: number, endpointsMax: number): Agreement {
  const sum = { agreed: 0, same: 0, violations: 0, unread: 0, tooLarge: 0, whole: 0 };
  const sizes: number[] = [];
  const wrong: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const chance = seed * 1_000_003 + index;
    const { shard, input, nowMs } = anyWorld(endpointsMax, seededRng(chance));
    const plain = decide(input, nowMs, seededRng(chance));
    const tries = [...plain.candidates].map((one) => `${one.endpoint.id} ${one.why}`);
    const { text, record } = recorded(shard, input, seededRng(chance), nowMs);
    const first = record.answer.tries.map(([place, why]) => {
      return `${candidateAt(shard, place)?.endpoint.id} ${why}`;
    });
    sum.same += tries.join() === first.join() && plain.trace.fault === null ? 1 : 0;
    sizes.push(text.length);
    if (record.beside !== undefined) sum.whole += 1;
    if (record.reads === null) {
      sum.tooLarge += 1;
      continue;
    }
    const { result, looks } = ambientLooks(() => replay(record, shard));
    const isRight = result.ok && result.value.agrees;
    sum.agreed += isRight ? 1 : 0;
    sum.violations += looks + (result.ok ? result.value.unrecorded.length : 0);
    sum.unread += result.ok ? result.value.unread.length : 0;
    if (!isRight && wrong.length < 3) wrong.push(chance);
  }
  return { decisions: count, ...sum, sizes: sizes.sort((a, b) => a - b), wrong };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      endpoints: { type: "string", default: "30" },
    },
  });
  const found = agreement(Number(values.count), Number(values.seed), Number(values.endpoints));
  const at = (share: number) =>
    found.sizes[Math.min(found.sizes.length - 1, Math.floor(share * found.sizes.length))];
  console.log(
    `replay: ${found.agreed} of ${found.decisions - found.tooLarge} records agree byte for byte (seed ${values.seed}); ` +
      `${found.violations} looks at what is not recorded, ${found.unread} recorded and not looked at; ` +
      `${found.same} decisions are the same as without recording; ` +
      `characters p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} of ${RECORD_CHARACTERS_MAX}; ` +
      `${found.tooLarge} did not fit, ${found.whole} have room for all that is known`,
  );
  const isGood =
    found.agreed === found.decisions - found.tooLarge &&
    found.same === found.decisions &&
    found.violations === 0 &&
    found.unread === 0 &&
    found.wrong.length === 0;
  if (!isGood) console.error(`replay: seeds to look at: ${found.wrong.join(", ")}`);
  process.exitCode = isGood ? 0 : 1;
}
