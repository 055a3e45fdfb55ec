/** A hidden look must be found: planted here are the ways in which a decision could read what nobody hands it. */
import { describe, expect, test } from "vitest";
import { EVERYBODY } from "../../../routing/load/cutoff.ts";
import { type Decider, recordDecision } from "../../../routing/replay/recording.ts";
import { replay } from "../../../routing/replay/replay.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import type { EndpointId, PoolId } from "../../../routing/units.ts";
import { knowing, measured, NOW, pool, shardOf } from "../steer/world.ts";
import { ambientLooks } from "./ambient.ts";
import { inputOf, recorded } from "./recordings.ts";

const p2c = { origin_steering: { policy: "p2c_peak_ewma" } } as const;
const shard = shardOf([pool("a", ["a0", "a1", "a2"], p2c), pool("b", ["b0"])]);
const know = knowing({ a0: measured(12.5), a1: measured(80.25, 2), a2: measured(30.125) });
const input = inputOf(shard, { know });

const replayed = (decider: Decider, recordedBy: Decider = decide) => {
  const { record } = recorded(shard, input, seededRng(5), NOW, recordedBy);
  const { result, looks } = ambientLooks(() => replay(record, shard, decider));
  if (!result.ok) throw new Error(result.error);
  return { ...result.value, looks };
};

test("the same record gives the same answer, and nothing else is looked at", () => {
  const { record } = recorded(shard, input, seededRng(5));
  expect(replayed(decide)).toEqual({
    agrees: true,
    answer: record.answer,
    unrecorded: [],
    unread: [],
    looks: 0,
  });
});

describe("whom a region lets in", () => {
  const telling = (cutoffs: Readonly<Record<string, number>>) => {
    const cutoffOf = (id: PoolId) => cutoffs[id] ?? EVERYBODY;
    const some = inputOf(shard, {
      know: Object.assign((id: EndpointId) => know(id), { cutoffOf }),
      criticality: "critical",
    });
    const recording = recordDecision(some, NOW, seededRng(5));
    const { record } = recorded(shard, some, seededRng(5));
    return { given: recording.reads.given, replayed: replay(record, shard) };
  };

  test("is in a record where it is not everybody, of every pool asked, with the criticality", () => {
    const { given, replayed: found } = telling({ a: 0.5, b: EVERYBODY });
    expect(given.get("cutoffs.a")).toBe(0.5);
    expect(given.get("criticality")).toBe("critical");
    expect(found).toMatchObject({ value: { agrees: true, unrecorded: [], unread: [] } });
  });

  test("and takes no room where it is everybody", () => {
    const { given, replayed: found } = telling({});
    expect([...given.keys()].filter((path) => /cutoffs|criticality/.test(path))).toEqual([]);
    expect(found).toMatchObject({ value: { agrees: true, unrecorded: [], unread: [] } });
  });
});

describe("a hidden look is found", () => {
  test("at a signal that the record does not have, by the counter", () => {
    const planted: Decider = (given, nowMs, rng) => {
      const reads = given.know(
        shard.pools[0]?.origins[0]?.id ?? (input.shard.pools[0]?.origins[0]?.id as never),
      );
      return reads.load.samples > 5 ? decide(given, nowMs + 1, rng) : decide(given, nowMs, rng);
    };
    expect(replayed(planted).unrecorded).toEqual(["a0:load.samples"]);
  });

  test("at an endpoint that the record does not have", () => {
    const planted: Decider = (given, nowMs, rng) => {
      given.know("nobody" as never);
      return decide(given, nowMs, rng);
    };
    expect(replayed(planted).unrecorded).toEqual(["nobody:"]);
  });

  test("at a clock, by the watch on clocks, and by the answer", () => {
    const planted: Decider = (given, _nowMs, rng) => decide(given, Date.now() - 1e12, rng);
    expect(replayed(planted).looks).toBe(1);
  });

  test("at chance, by the count of draws and by the watch on its sources", () => {
    const one: Decider = (given, nowMs, rng) => {
      rng();
      return decide(given, nowMs, rng);
    };
    expect(replayed(one).unrecorded).toEqual(["chance"]);
    const other: Decider = (given, nowMs) => decide(given, nowMs, Math.random);
    const { looks, unread } = replayed(other);
    expect(looks).toBeGreaterThan(0);
    expect(unread).toEqual(["chance"]);
  });

  test("at something behind the input's back, by the answer", () => {
    let hidden = 0;
    const planted: Decider = (given, nowMs, rng) => {
      hidden += 1;
      return decide(hidden > 1 ? { ...given, shard, know, triesMax: 1 } : given, nowMs, rng);
    };
    expect(replayed(planted, planted).agrees).toBe(false);
  });
});

test("a look that is not made any more is told", () => {
  const lazy: Decider = (given, nowMs, rng) => decide({ ...given, know: knowing({}) }, nowMs, rng);
  expect(replayed(lazy).unread).toContain("a0:load.peakMs");
});

test("a record without its reads, or of another shard, is refused", () => {
  const { record } = recorded(shard, input, seededRng(5));
  expect(replay({ ...record, reads: null }, shard)).toMatchObject({ ok: false });
  expect(replay(record, shardOf([pool("z", ["z0"])]))).toMatchObject({ ok: false });
});
