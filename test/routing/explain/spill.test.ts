import { describe, expect, test } from "vitest";
import { spillWords } from "../../../routing/explain/spill.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { loadsOf, spill, use } from "../steer/loads.ts";
import { asker, knowing, NOW, pool, shardOf } from "../steer/world.ts";

const shard = shardOf(["a", "b", "c"].map((name) => pool(name, [`${name}1`])));

function words(loads: ReturnType<typeof loadsOf>, chance: number) {
  const input = { shard, asker: asker(), know: knowing({}), memory: NO_MEMORY, loads };
  return spillWords(decide({ ...input, triesMax: 3 }, NOW, () => chance).trace.spill);
}

describe("headroom in words", () => {
  test("of a full pool", () => {
    const loads = loadsOf(
      { a1: use(80, 100), b1: use(30, 100), c1: use(1, 100) },
      { a: spill(100, { b: 20 }) },
    );
    const told = { pool: "a", utilization: 0.8, wanted: 1, full: true };
    const gives = [{ pool: "b", share: 0.2 }];
    expect(words(loads, 0)).toEqual({ ...told, gives, to: "b" });
    expect(words(loads, 0.5)).toEqual({ ...told, gives, to: null });
  });

  test("of one with room", () => {
    const told = { pool: "a", utilization: 0.5, wanted: 0.5, full: false, gives: [], to: null };
    expect(words(loadsOf({ a1: use(50, 100) }), 0)).toEqual(told);
  });

  test("of one that tells nothing", () => {
    expect(words(loadsOf({}), 0)).toBeNull();
  });
});
