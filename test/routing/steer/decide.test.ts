import { describe, expect, test } from "vitest";
import { STEERING_POLICIES } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { asker, down, knowing, measured, NOW, pool, poolId, shardOf } from "./world.ts";

const POOLS = [
  pool("fra", ["fra1"], { latitude: 50, longitude: 8.6 }),
  pool("iad", ["iad1"], { latitude: 39, longitude: -77 }),
  pool("nrt", ["nrt1"], { latitude: 35.7, longitude: 139.7 }),
];

const input = (more: Partial<DecideInput> = {}): DecideInput => ({
  shard: shardOf(POOLS),
  asker: asker(),
  know: knowing({}),
  memory: NO_MEMORY,
  triesMax: 3,
  ...more,
});

const run = (more: Partial<DecideInput> = {}, seed = 1) => {
  const decision = decide(input(more), NOW, seededRng(seed));
  return { ...decision, names: [...decision.candidates].map(({ pool: { name } }) => name) };
};

test.each(STEERING_POLICIES)(
  "%s: the same input, time and chance give the same decision",
  (policy) => {
    const shard = shardOf(POOLS, { steering_policy: policy });
    expect(run({ shard }, 4).names).toEqual(run({ shard }, 4).names);
    expect(run({ shard }).names.length).toBe(3);
    expect(run({ shard }).trace).toMatchObject({ policy, fault: null });
  },
);

test("each policy reaches its own order", () => {
  const from = (steering_policy: (typeof STEERING_POLICIES)[number], more = {}) =>
    run({
      shard: shardOf(POOLS, { steering_policy, ...more }),
      asker: asker({ colo: "NRT" }),
      know: knowing({ fra1: measured(300, 1), iad1: measured(200, 0), nrt1: measured(90, 5) }),
    }).names[0];
  expect(from("off")).toBe("fra");
  expect(from("geo", { pop_pools: { NRT: [poolId("iad")] } })).toBe("iad");
  expect(from("proximity")).toBe("nrt");
  expect(from("dynamic_latency")).toBe("nrt");
  expect(from("least_outstanding_requests")).toBe("iad");
  const only = { default_weight: 0, pool_weights: { [poolId("nrt")]: 1 } };
  expect(from("random", { random_steering: only })).toBe("nrt");
});

describe("dynamic_latency", () => {
  const shard = shardOf(POOLS, { steering_policy: "dynamic_latency" });
  const known = { fra1: measured(20), iad1: measured(95), nrt1: measured(250) };

  test("hands its memory on", () => {
    expect(run({ shard, know: knowing(known) }).memory).toEqual({ incumbent: "fra" });
  });

  test("skips a pool that is down, however fast it was", () => {
    const know = knowing({ ...known, fra1: { ...known.fra1, ...down } });
    expect(run({ shard, know }).names.slice(0, 2)).toEqual(["iad", "nrt"]);
  });

  test("tells when it explores", () => {
    expect(run({ shard }).trace.exploring).toBe(true);
    expect(run({ shard, know: knowing(known) }).trace.exploring).toBe(false);
  });

  test("falls to panic in the operator's order when every pool is down", () => {
    const know = knowing({ fra1: down, iad1: down, nrt1: down });
    const decision = run({ shard, know });
    expect(decision.trace.stages.map(({ kind }) => kind)).toEqual([
      "panic",
      "panic",
      "panic",
      "last-resort",
    ]);
    expect(decision.names[0]).toBe("fra");
  });
});

describe("fails open", () => {
  test("to the operator's order when knowing fails, and tells", () => {
    const decision = run({
      know: () => {
        throw new Error("no memory");
      },
    });
    expect(decision.names).toEqual(["fra", "iad", "nrt"]);
    expect(decision.trace).toMatchObject({ fault: "Error: no memory", stages: [] });
    expect(decision.memory).toBe(NO_MEMORY);
  });

  test("to the operator's order when the load balancer is not one", () => {
    const shard = { ...shardOf(POOLS), load_balancer: {} } as unknown as Balanced;
    expect(run({ shard }).names).toEqual(["fra", "iad", "nrt"]);
  });

  test("to nothing when there is nothing", () => {
    expect(run({ shard: undefined as unknown as Balanced }).names).toEqual([]);
  });
});
