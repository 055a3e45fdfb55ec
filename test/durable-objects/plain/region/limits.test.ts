import { describe, expect, test } from "vitest";
import { Limits } from "../../../../durable-objects/region/limits.ts";
import { seededRng } from "../../../../routing/rng.ts";
import { endpointId, NOW, poolId } from "../../../routing/steer/world.ts";
import { reportOf } from "../messages.ts";

const BEAT_MS = 1_000;
const P = poolId("p");
const IDS = ["a", "b", "c", "d"].map(endpointId);

interface Beat {
  readonly asked: number;
  /** Of each endpoint. */
  readonly answered: number;
  readonly meanMs: number;
  readonly failed?: number;
}

function region(ids = IDS) {
  const limits = new Limits();
  limits.retarget(new Map([["default/p", ids]]));
  let nowMs = NOW;
  let sequence = 0;
  const report = ({ asked, answered, meanMs, failed = 0 }: Beat) => {
    const outcomes = { success: answered, failure: failed, overload: 0, abandoned: 0 };
    const endpoint = { attempts: answered + failed, outcomes, inFlight: 0 };
    const of = answered > 0 ? { ...endpoint, meanMs } : endpoint;
    sequence += 1;
    return reportOf("isolate", sequence, {
      endpoints: Object.fromEntries(ids.map((id) => [id, of])),
      pools: { [P]: { asked, refused: 0, answered: 0, answeredMs: 0 } },
    });
  };
  const beat = (told: Beat) => {
    nowMs += BEAT_MS;
    const sent = report(told);
    limits.fold(sent, BEAT_MS, nowMs);
    return limits.view(sent, BEAT_MS, nowMs).limits;
  };
  return {
    limits,
    beats: (count: number, told: Beat) => {
      for (let at = 1; at < count; at += 1) beat(told);
      return beat(told);
    },
    now: () => nowMs,
  };
}

const CALM: Beat = { asked: 400, answered: 100, meanMs: 80 };
const SLOW: Beat = { asked: 600, answered: 110, meanMs: 600 };

describe("limits are told", () => {
  test("of every endpoint of a pool whose answers are slow, with what it is asked, for four beats", () => {
    const { beats, now } = region();
    expect(beats(10, CALM)).toBeUndefined();
    const told = beats(3, SLOW);
    expect(Object.keys(told?.inFlight ?? {})).toEqual(IDS);
    expect(told?.untilMs).toBe(now() + 4 * BEAT_MS);
    expect(told?.asked[P]).toBeGreaterThan(400);
    // About 110 a second of 80 ms are 8.8 in flight.
    for (const limit of Object.values(told?.inFlight ?? {})) expect(limit).toBeCloseTo(16.7, 0);
  });

  test("looser with every window in which they are not slow, and none after twelve", () => {
    const { beats } = region();
    beats(10, CALM);
    const tight = beats(3, SLOW)?.inFlight[IDS[0] ?? endpointId("")] ?? 0;
    const loose = beats(4, CALM)?.inFlight[IDS[0] ?? endpointId("")] ?? 0;
    expect(loose).toBeGreaterThan(2 * tight);
    expect(beats(12, CALM)).toBeUndefined();
  });

  test("as long as nothing comes of what is tried, and no longer than anybody asks", () => {
    const { beats } = region();
    beats(10, CALM);
    beats(3, SLOW);
    const stalled = { asked: 400, answered: 0, meanMs: 0, failed: 100 };
    const limit = beats(30, stalled)?.inFlight[IDS[0] ?? endpointId("")];
    expect(limit).toBeGreaterThanOrEqual(1);
    expect(beats(13, { asked: 0, answered: 0, meanMs: 0 })).toBeUndefined();
  });

  test("not of an endpoint that is no longer in the table, and what is known of the others stays", () => {
    const { beats, limits } = region();
    beats(10, CALM);
    beats(3, SLOW);
    limits.retarget(new Map([["default/p", IDS.slice(1)]]));
    expect(Object.keys(beats(1, SLOW)?.inFlight ?? {})).toEqual(IDS.slice(1));
  });

  test("of one that has not answered enough as of the others on average", () => {
    const { beats, limits } = region();
    beats(10, CALM);
    limits.retarget(new Map([["default/p", [...IDS, endpointId("new")]]]));
    const told = beats(3, SLOW);
    expect(told?.inFlight[endpointId("new")]).toBeGreaterThan(10);
  });
});

test("nothing is told of what a table does not have, nor to who reports no pools", () => {
  const { beats, limits, now } = region();
  beats(10, CALM);
  beats(3, SLOW);
  expect(limits.view({}, BEAT_MS, now()).limits?.asked).toEqual({});
  const strange = new Limits();
  strange.fold(reportOf("isolate", 1), BEAT_MS, NOW);
  expect(strange.view({}, BEAT_MS, NOW)).toEqual({});
});

/** Endpoints as a region sees them: `capacity` = answers per second of one, `ms` = what an answer takes when nothing waits. */
function lived(
  seed: number,
  at: (second: number) => { asked: number; capacity: number; ms: number },
) {
  const rng = seededRng(seed);
  const noisy = (mean: number) => {
    const normal = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  };
  const { beats } = region();
  let limit = Number.POSITIVE_INFINITY;
  let waiting = 0;
  return Array.from({ length: 240 }, (_, second) => {
    const { asked, capacity, ms } = at(second);
    const each = asked / IDS.length;
    // What may be in flight bounds what goes in; what goes in and cannot be answered waits.
    const entered = Math.min(each, Math.max(0, (limit * 1_000) / ms));
    const answered = Math.min(entered + waiting, capacity);
    waiting = Math.min(
      Math.max(0, entered + waiting - capacity),
      Math.max(0, limit - (capacity * ms) / 1_000),
    );
    const meanMs = ms + (1_000 * waiting) / capacity;
    const told = beats(1, { asked, answered: noisy(answered), meanMs });
    limit = told?.inFlight[IDS[0] ?? endpointId("")] ?? Number.POSITIVE_INFINITY;
    return { ratio: answered / each, meanMs, limit };
  });
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

describe.each([10, 100, 1_000])("with %d answers a second of each endpoint", (capacity) => {
  const seeds = [1, 2, 3];

  test.each(seeds)("an overload waits a little and answers as much as it can (seed %d)", (seed) => {
    const seconds = lived(seed, (second) => ({
      asked: 4 * capacity * (second < 20 ? 0.6 : 1.5),
      capacity,
      ms: 80,
    }));
    const late = seconds.slice(60);
    expect(mean(late.map(({ ratio }) => 1.5 * ratio))).toBeGreaterThan(0.95);
    // Without limits an answer would take 20 s after the first minute.
    expect(mean(late.map(({ meanMs }) => meanMs))).toBeLessThan(3 * 80 + 8_000 / capacity);
  });

  test.each(seeds)(
    "one that is four times slower by nature and can take everything is not strangled (seed %d)",
    (seed) => {
      const asked = 2 * capacity;
      const seconds = lived(seed, (second) => ({
        asked,
        capacity: 4 * capacity,
        ms: second < 20 ? 80 : 320,
      }));
      expect(mean(seconds.slice(60).map(({ ratio }) => ratio))).toBeGreaterThan(0.95);
    },
  );

  test.each(seeds)("a crowd after an overload is let in within seconds (seed %d)", (seed) => {
    const seconds = lived(seed, (second) =>
      second >= 20 && second < 40
        ? { asked: 6 * capacity, capacity, ms: 80 }
        : {
            asked: second < 42 ? 2 * capacity : 40 * capacity,
            capacity: second < 41 ? capacity : 20 * capacity,
            ms: 80,
          },
    );
    expect(mean(seconds.slice(55).map(({ ratio }) => ratio))).toBeGreaterThan(0.99);
  });

  test.each(seeds)(
    "a crowd that comes at once to who can take it has no limit (seed %d)",
    (seed) => {
      const seconds = lived(seed, (second) => ({
        asked: 4 * capacity * (second < 20 ? 0.1 : 10),
        capacity: 20 * capacity,
        ms: 80,
      }));
      expect(seconds.every(({ ratio }) => ratio === 1)).toBe(true);
    },
  );
});
