import { describe, expect, test } from "vitest";
import { candidateWords, poolWords } from "../../../routing/explain/pools.ts";
import type { Pool } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import {
  asker,
  down,
  ejected,
  endpoint,
  knowing,
  measured,
  NOW,
  pool,
  poolId,
  shardOf,
} from "../steer/world.ts";
import { EU, US } from "./world.ts";

function told(pools: readonly Pool[], known: Parameters<typeof knowing>[0] = {}, more = {}) {
  const shard = shardOf(pools, more);
  const know = knowing(known);
  const input = { shard, asker: asker(), know, memory: NO_MEMORY, triesMax: 3 };
  const { candidates, trace } = decide(input, NOW, seededRng(1));
  const asked = { know, replayable: true, criticality: undefined };
  return {
    pools: poolWords(shard, trace, asked, NOW),
    candidates: [...candidates].map((one) => candidateWords(shard, one, trace, asked, NOW)),
  };
}

describe("admission", () => {
  const limited = (more: Partial<Pool>, criticality: "critical" | "default" | "sheddable") => {
    const shard = shardOf([{ ...EU, ...more }]);
    const know = Object.assign(knowing({}), { cutoffOf: () => 1.4 });
    const known = { know, replayable: true, criticality };
    return poolWords(shard, { stages: [], shed: [] }, known, NOW)[0]?.admitted;
  };

  test("is told as the share of such requests that the pool lets in", () => {
    expect(limited({}, "critical")).toBe(1);
    expect(limited({}, "default")).toBeCloseTo(0.4);
    expect(limited({}, "sheddable")).toBe(0);
  });

  test("is everything where an operator has turned it off", () => {
    expect(limited({ admission_control: false }, "sheddable")).toBe(1);
  });
});

describe("residency", () => {
  const at = (id: string, country: string) =>
    endpoint(id, { locality: { cloud: "own", region: id, country } });
  const mixed = pool("mixed", [at("de", "DE"), at("us", "US"), "nowhere"]);

  test("tells of each endpoint where it is and whether it is left out, however healthy", () => {
    const [found] = told([mixed], {}, { residency: ["EU"] }).pools;
    expect(found).toMatchObject({ pool: "mixed", residency: null, outside_total: 2 });
    expect(found?.endpoints).toMatchObject([
      { endpoint: "de", standing: "admitted", country: "DE", outside: false },
      { endpoint: "us", standing: "admitted", country: "US", outside: true },
      { endpoint: "nowhere", country: null, outside: true },
    ]);
  });

  test("of the pool itself is told with it, and no candidate is ever left out", () => {
    const { pools, candidates } = told([{ ...mixed, residency: ["US"] }]);
    expect(pools[0]?.residency).toEqual(["US"]);
    expect(candidates).toMatchObject([
      { endpoint: "us", outside: false },
      { endpoint: "us", why: "again" },
      { endpoint: "us", why: "again" },
    ]);
  });
});

describe("pools", () => {
  test("are told in the order of their use, with what is known of each endpoint", () => {
    const found = told([EU, US], { eu1: { ...measured(20), ...down }, us1: ejected }).pools;
    expect(found).toMatchObject([
      {
        pool: "eu",
        stage: "sound",
        endpoints_total: 2,
        endpoints: [
          {
            endpoint: "eu1",
            standing: "unhealthy",
            health: "unhealthy",
            reason: "timeout",
            estimate_ms: 20,
          },
          {
            endpoint: "eu2",
            standing: "admitted",
            health: "unknown",
            reason: "",
            estimate_ms: null,
          },
        ],
      },
      { pool: "us", endpoints: [{ endpoint: "us1", standing: "ejected" }] },
    ]);
  });

  test("tell how their requests are shared among priorities", () => {
    const tiers = pool("t", ["p1", "p2", endpoint("z1", { priority: 5 })]);
    expect(told([tiers]).pools[0]?.levels).toEqual([
      { priority: 0, share: 1 },
      { priority: 5, share: 0 },
    ]);
    const [half, spare] = told([tiers], { p1: down }).pools[0]?.levels ?? [];
    expect([half?.share, spare?.share]).toEqual([0.7, expect.closeTo(0.3, 9)]);
    const off = pool("off", ["off1"], { enabled: false });
    expect(told([off, tiers], {}).pools[1]?.levels).toEqual([]);
  });

  test("that are not used are told last, those that the load balancer does not have not at all", () => {
    const off = pool("off", [endpoint("off1", { enabled: false })], { enabled: false });
    const more = { default_pools: [poolId("off"), poolId("eu")], fallback_pool: poolId("eu") };
    const found = told([off, EU, US], {}, more).pools;
    expect(found.map(({ pool: name, enabled, stage }) => [name, enabled, stage])).toEqual([
      ["eu", true, "sound"],
      ["off", false, null],
    ]);
    expect(found[1]?.endpoints).toMatchObject([{ standing: "disabled" }]);
  });

  test("are bounded: 32 of them with 16 endpoints each, and the whole number is told", () => {
    const many = Array.from({ length: 60 }, (_, at) =>
      pool(
        `p${at}`,
        Array.from({ length: 40 }, (_, e) => `p${at}e${e}`),
      ),
    );
    const found = told(many).pools;
    expect([found.length, found[0]?.endpoints.length, found[0]?.endpoints_total]).toEqual([
      32, 16, 40,
    ]);
  });
});

test("a candidate is told with its pool's stage and why it is its turn", () => {
  const known = { eu1: down, eu2: down, us1: down };
  expect(
    told([EU, US], known).candidates.map(({ pool: name, why, stage }) => [name, why, stage]),
  ).toEqual([
    ["eu", "panic", "panic"],
    ["us", "panic", "panic"],
    ["eu", "panic", "panic"],
  ]);
  expect(told([US]).candidates.map(({ why }) => why)).toEqual(["sound", "again", "again"]);
});
