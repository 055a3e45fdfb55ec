/**
 * Which decisions of this isolate are recorded, and the records that wait for the next report. A report that was not acknowledged
 * is sent again as it was, so that no record comes twice.
 */
import { RECORD_ONE_IN, RECORDS_PER_MINUTE_MAX } from "../../routing/limits.ts";
import type { Site } from "../../routing/match/site.ts";
import { recordText } from "../../routing/replay/record.ts";
import { recordDecision } from "../../routing/replay/recording.ts";
import { spotOf } from "../../routing/replay/spot.ts";
import type { Rng } from "../../routing/rng.ts";
import { type DecideInput, type Decision, decide } from "../../routing/steer/decide.ts";
import type { Ms } from "../../routing/units.ts";
import type { Isolate } from "./isolate.ts";

type Here = Pick<Isolate, "colo" | "ports" | "snapshot">;

const MINUTE_MS = 60_000;

export class Samples {
  readonly #uniform: Rng;
  #left: number;
  #minuteFromMs: Ms = 0;
  #inMinute = 0;
  /** Written when a report takes them: nobody waits for that. */
  #waiting: (() => string)[] = [];
  #unacknowledged: readonly string[] | null = null;

  constructor(uniform: Rng) {
    this.#uniform = uniform;
    this.#left = this.#gap();
  }

  /** Asked once for every decision; true about once in `RECORD_ONE_IN`. */
  isNext(): boolean {
    this.#left -= 1;
    return this.#left < 0;
  }

  /** As `decide`, and written down if there is room. Shape: `sites` are those that the request was decided by. */
  decide(input: DecideInput, nowMs: Ms, sites: readonly Site[], here: Here): Decision {
    const { uniform } = here.ports.chance;
    this.#left = this.#gap();
    if (!this.#hasRoom(nowMs)) return decide(input, nowMs, uniform);
    try {
      return this.#recorded(input, nowMs, sites, here);
    } catch {
      // A mistake in what only watches must not change what is decided.
      return decide(input, nowMs, uniform);
    }
  }

  /** What the next report carries: the last again while it is not acknowledged. */
  take(): readonly string[] {
    if (this.#unacknowledged !== null) return this.#unacknowledged;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#unacknowledged = waiting.flatMap(textOf);
    return this.#unacknowledged;
  }

  acknowledge(): void {
    this.#unacknowledged = null;
  }

  #recorded(
    input: DecideInput,
    nowMs: Ms,
    sites: readonly Site[],
    { colo, ports, snapshot }: Here,
  ): Decision {
    const { held } = snapshot;
    const [pool] = input.shard.pools;
    const of = sites.find(({ shard }) => pool !== undefined && shard.pools.includes(pool))?.shard;
    const hash = of === undefined ? undefined : held.hashOfShard(of);
    if (of === undefined || hash === undefined) return decide(input, nowMs, ports.chance.uniform);
    const recording = recordDecision(input, nowMs, ports.chance.uniform);
    const isCurrent = held.hashOf(of.host) === hash;
    const version = isCurrent ? (held.manifest?.value.version ?? null) : null;
    const about = { host: of.host, colo, version, hash, atMs: nowMs };
    this.#inMinute += 1;
    this.#waiting.push(() =>
      recordText(recording, input.shard, { ...about, of: spotOf(of, input.shard) }),
    );
    return recording.decision;
  }

  /** At random, or a page with as many requests as the gap would always be seen at the same one of them. */
  #gap(): number {
    try {
      return Math.floor(2 * RECORD_ONE_IN * this.#uniform());
    } catch {
      // Chance that is broken is for those to meet who cannot do without.
      return RECORD_ONE_IN;
    }
  }

  #hasRoom(nowMs: Ms): boolean {
    // Written so that a clock that steps back opens a new minute.
    if (!(nowMs - this.#minuteFromMs >= 0 && nowMs - this.#minuteFromMs < MINUTE_MS)) {
      this.#minuteFromMs = nowMs;
      this.#inMinute = 0;
    }
    return this.#inMinute < RECORDS_PER_MINUTE_MAX && this.#waiting.length < RECORDS_PER_MINUTE_MAX;
  }
}

/** A decision that read what cannot be written is not told: a report must go whatever was read. */
function textOf(write: () => string): readonly string[] {
  try {
    return [write()];
  } catch {
    return [];
  }
}
