import { expect, test } from "vitest";
import { answerOf } from "../../../routing/replay/answer.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { down, knowing, measured, NOW, pool, poolId, shardOf } from "../steer/world.ts";
import { inputOf } from "./recordings.ts";

test("everything is said in places, pools of one kind together", () => {
  const shard = shardOf([pool("a", ["a0"]), pool("b", ["b0", "b1"]), pool("c", ["c0"])]);
  const decision = decide(inputOf(shard, { know: knowing({ a0: down }) }), NOW, () => 0);
  expect(answerOf(decision, [...decision.candidates], shard, NO_MEMORY)).toEqual({
    tries: [
      [1, "sound"],
      [2, "sound"],
      [3, "sound"],
    ],
    policy: "off",
    stages: [
      ["sound", 1, 2],
      ["last-resort", 2],
    ],
    exploring: false,
    kept: null,
    refused: false,
    fault: null,
    settled: null,
  });
});

test("the pool that is settled on is told where it is another", () => {
  const shard = shardOf([pool("a", ["a0"]), pool("b", ["b0"])], {
    steering_policy: "dynamic_latency",
  });
  const know = knowing({ a0: measured(90), b0: measured(10) });
  const settledOf = (memory: typeof NO_MEMORY) => {
    const decision = decide(inputOf(shard, { know, memory }), NOW, () => 0.5);
    return answerOf(decision, [...decision.candidates], shard, memory).settled;
  };
  expect(settledOf(NO_MEMORY)).toBe(1);
  expect(settledOf({ incumbent: poolId("b") })).toBeNull();
});

test("of a fault of ours its beginning is told", () => {
  const shard = shardOf([pool("a", ["a0"])]);
  const fault = "x".repeat(500);
  const none = {
    shed: [],
    refusedBy: null,
    refusedFor: null,
    isRefused: false,
    spill: null,
    outside: 0,
  } as const;
  const trace = {
    ...none,
    policy: "off",
    stages: [],
    exploring: false,
    kept: null,
    fault,
  } as const;
  const answer = answerOf({ trace, memory: NO_MEMORY }, [], shard, NO_MEMORY);
  expect(answer.fault).toHaveLength(120);
});
