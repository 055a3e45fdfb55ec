import { expect, test } from "vitest";
import { compare } from "../../../routing/replay/comparison.ts";
import { seededRng } from "../../../routing/rng.ts";
import { knowing, measured, pool, shardOf } from "../steer/world.ts";
import { ABOUT, inputOf, recorded } from "./recordings.ts";

const shard = shardOf([pool("far", ["far0"]), pool("near", ["near0"])]);
const know = knowing({ far0: measured(180.5), near0: measured(9.25) });
const { record } = recorded(shard, inputOf(shard, { know }), seededRng(1));
const { beside: _, ...strict } = record;
const named = (name: string) => (name === ABOUT.hash.slice(0, 16) ? shard : null);

test("records are replayed, those that cannot be are counted with the reason", () => {
  const other = { ...record, shard: "f".repeat(16) };
  const found = compare([record, record, other, { ...record, reads: null }], named, null);
  expect(found).toMatchObject({ records: 4, agreed: 2, disagreed: [], shares: [], unknown: 0 });
  expect([...found.skipped]).toEqual([
    ["its table (version 12) is not at hand", 1],
    ["what it read was larger than a record may be", 1],
  ]);
});

test("a record that was changed is told by its place", () => {
  const changed = { ...record, answer: { ...record.answer, exploring: true } };
  expect(compare([record, changed], named, null)).toMatchObject({
    agreed: 1,
    disagreed: [{ place: 1, unrecorded: [] }],
  });
});

test("what another policy would have done is counted beside what was done", () => {
  const change = { steering: "dynamic_latency" } as const;
  const found = compare([record, record, strict], named, change);
  expect(found.shares).toEqual([
    { pool: "far", endpoint: "far0", actual: 2, other: 0 },
    { pool: "near", endpoint: "near0", actual: 0, other: 2 },
  ]);
  expect(found.unknown).toBe(1);
  expect(found.missing.get("load")).toBe(1);
});
