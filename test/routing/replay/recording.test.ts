import { describe, expect, test } from "vitest";
import { recordDecision } from "../../../routing/replay/recording.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import {
  asker,
  endpointId,
  knowing,
  measured,
  NOW,
  pool,
  shardOf,
  verdict,
} from "../steer/world.ts";
import { inputOf } from "./recordings.ts";

const p2c = { origin_steering: { policy: "p2c_peak_ewma" } } as const;
const hash = { origin_steering: { policy: "hash" } } as const;

describe("what is recorded is what was read", () => {
  test("of the two that are compared the load, of the others only whether they may be used", () => {
    const shard = shardOf([pool("a", ["a0", "a1", "a2"], p2c)]);
    const draws = [0.1, 0.9, 0.5];
    const input = inputOf(shard, { triesMax: 1 });
    const { reads } = recordDecision(input, NOW, () => draws.shift() ?? 0);
    const loads = [...reads.endpoints].filter(([, leaves]) => leaves.has("load.peakMs"));
    expect(loads.map(([id]) => id)).toEqual(["a0", "a2"]);
    expect([...reads.endpoints.keys()]).toEqual(["a0", "a1", "a2"]);
    expect(reads.draws).toEqual([0.1, 0.9]);
  });

  test("a key only where a key decides, a place on Earth only where distance does", () => {
    const givenOf = (policy: typeof p2c | typeof hash) => {
      const shard = shardOf([pool("a", ["a0", "a1"], policy)]);
      const visitor = asker({ latitude: 50.1, longitude: 8.7 });
      const { reads, beside } = recordDecision(inputOf(shard, { asker: visitor }), NOW, () => 0.5);
      return [...reads.given.keys(), ...beside().given.keys()];
    };
    expect(givenOf(hash)).toContain("asker.clientKey");
    expect(givenOf(p2c)).not.toContain("asker.clientKey");
    expect(givenOf(hash)).not.toContain("asker.latitude");
  });
});

test("beside what was read is what else is known, without the words of a probe", () => {
  const shard = shardOf([pool("a", ["a0"]), pool("b", ["b0"])]);
  const know = knowing({ b0: { ...measured(12), health: verdict(true) } });
  const { reads, beside } = recordDecision(inputOf(shard, { know, triesMax: 1 }), NOW, () => 0.5);
  const { endpoints } = beside();
  const of = endpoints.get(endpointId("b0"));
  expect(of?.get("load.latencyMs")).toBe(12);
  expect(of?.has("health.reason")).toBe(false);
  const both = [...reads.endpoints].flatMap(([id, leaves]) =>
    [...leaves.keys()].filter((path) => endpoints.get(id)?.has(path)),
  );
  expect(both).toEqual([]);
});

describe("the decision goes on as if nobody had watched", () => {
  test("what is remembered is what was handed in, when nothing new is settled", () => {
    const input = inputOf(shardOf([pool("a", ["a0"])]));
    expect(recordDecision(input, NOW, () => 0.5).decision.memory).toBe(input.memory);
  });

  test("what an isolate keeps of its pools is left as it is", () => {
    const known = new Known();
    const shard = shardOf([pool("a", ["a0", "a1"])]);
    const { standings } = known.know.tally ?? {};
    recordDecision(inputOf(shard, { know: known.know }), NOW, () => 0.5);
    expect(known.know.tally?.standings).toBe(standings);
    expect(known.know(endpointId("a0"))).toBe(UNKNOWN);
  });

  test("all tries are there at once", () => {
    const input = inputOf(shardOf([pool("a", ["a0", "a1", "a2", "a3"])]));
    expect(recordDecision(input, NOW, () => 0.5).decision.candidates).toHaveLength(3);
  });
});
