import { describe, expect, test } from "vitest";
import { STEERING_POLICIES } from "../../../routing/model.ts";
import { whatIf } from "../../../routing/replay/what-if.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { endpoint, knowing, measured, pool, shardOf } from "../steer/world.ts";
import { inputOf, recorded } from "./recordings.ts";
import { anyWorld } from "./worlds.ts";

const shard = shardOf([pool("far", ["far0"]), pool("near", ["near0"])]);
const know = knowing({ far0: measured(180.5), near0: measured(9.25) });
const { record } = recorded(shard, inputOf(shard, { know }), seededRng(1));

const firstOf = (found: ReturnType<typeof whatIf>) =>
  found.ok && found.value.known ? (found.value.first?.endpoint.name ?? null) : found;

test("another policy decides by what is known besides", () => {
  expect(record.answer.tries[0]).toEqual([0, "sound"]);
  expect(firstOf(whatIf(record, shard, { steering: "dynamic_latency" }))).toBe("near0");
  expect(firstOf(whatIf(record, shard, {}))).toBe("far0");
});

describe("what the record does not have is not made up", () => {
  test("a signal, where there was no room for it", () => {
    const { beside: _, ...strict } = record;
    const found = whatIf(strict, shard, { steering: "dynamic_latency" });
    expect(found).toMatchObject({ ok: true, value: { known: false } });
    expect(JSON.stringify(found)).toContain("far0:load");
  });

  test("the key of a client whose decision needed none", () => {
    const two = shardOf([pool("a", ["a0", "a1"])]);
    const { record } = recorded(two, inputOf(two), seededRng(1));
    expect(whatIf(record, two, { endpoints: "hash" })).toEqual({
      ok: true,
      value: { known: false, unrecorded: ["asker.clientKey"] },
    });
  });

  test("a record that was too large tells nothing", () => {
    expect(whatIf({ ...record, reads: null }, shard, {})).toMatchObject({ ok: false });
  });
});

test("chance beyond what was recorded is drawn, the same each time, and counted", () => {
  const two = shardOf([pool("a", [endpoint("a0"), endpoint("a1")])]);
  const input = inputOf(two, { triesMax: 1 });
  const { record } = recorded(two, input, seededRng(1));
  const ask = () => whatIf(record, two, { endpoints: "p2c_peak_ewma" });
  expect(ask()).toMatchObject({ ok: true, value: { known: true, redrawn: 1 } });
  expect(ask()).toEqual(ask());
});

test("where the record has everything, it is what the other policy would have decided", () => {
  let asked = 0;
  const wrong: unknown[] = [];
  for (let seed = 1; seed <= 300; seed += 1) {
    const { shard: own, input, nowMs } = anyWorld(8, seededRng(seed));
    const rng = () => 0.375;
    const { record: one } = recorded(own, input, rng, nowMs);
    const steering = STEERING_POLICIES[seed % STEERING_POLICIES.length] ?? "off";
    const found = whatIf(one, own, { steering });
    // One number of chance again and again: what is drawn anew would be another one.
    if (!found.ok || !found.value.known || found.value.redrawn > 0) continue;
    const load_balancer = { ...own.load_balancer, steering_policy: steering };
    const other = decide({ ...input, shard: { ...own, load_balancer } }, nowMs, rng);
    const [first] = [...other.candidates];
    asked += 1;
    if (found.value.first?.endpoint.id !== first?.endpoint.id) wrong.push({ seed, steering });
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(100);
});

test("the decision as it was needs nothing that is not recorded", () => {
  const wrong = Array.from({ length: 300 }, (_, seed) => seed).filter((seed) => {
    const { shard: own, input, nowMs } = anyWorld(30, seededRng(seed));
    const { record: one } = recorded(own, input, seededRng(seed), nowMs);
    // It says of itself that it is none to replay: everything was read of thirty endpoints, their loads too.
    if (one.reads === null) return false;
    const found = whatIf(one, own, {});
    if (!found.ok || !found.value.known) return true;
    const { first } = found.value;
    const ids = own.pools.flatMap(({ origins }) => origins.map(({ id }) => id));
    return ids[one.answer.tries[0]?.[0] ?? -1] !== first?.endpoint.id;
  });
  expect(wrong).toEqual([]);
});
