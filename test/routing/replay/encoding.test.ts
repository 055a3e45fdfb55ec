import { expect, test } from "vitest";
import { decodeReads, encodeReads } from "../../../routing/replay/encoding.ts";
import { type Leaf, OBJECT, type Reads } from "../../../routing/replay/reads.ts";
import { seededRng } from "../../../routing/rng.ts";
import { endpointId, NOW } from "../steer/world.ts";

const ids = Array.from({ length: 300 }, (_, at) => `e${at}`);
const PLACES = { nowMs: NOW, endpoints: ids, pools: ["p"] };

const readsOf = (some: readonly string[]): Reads => ({
  draws: [0.25, 0.1],
  given: new Map<string, Leaf>([
    ["triesMax", 3],
    ["asker", OBJECT],
    ["asker.colo", "FRA"],
  ]),
  endpoints: new Map(
    some.map((id, at) => [
      endpointId(id),
      new Map<string, Leaf>([
        ["load.pending", at],
        ...(at % 2 === 0 ? [["health", undefined] as const] : []),
      ]),
    ]),
  ),
});

test.each([
  ["none", []],
  ["the first ones", ids.slice(0, 30)],
  ["all", ids],
  ["few of many", ["e3", "e250", "e299"]],
])("of %s of the endpoints what was read comes back", (_name, some) => {
  const reads = readsOf(some);
  const decoded = decodeReads(encodeReads(reads, PLACES), PLACES);
  expect(decoded).toEqual({ ok: true, value: reads });
});

test("what an older release wrote is read", () => {
  // As of 0.1.0 in November 2026, which gave the mode of every column a byte of its own.
  expect(decodeReads("AQAAAAAAANA_AAACA_cBAh8AAQABEgEBAMg", PLACES)).toEqual({
    ok: true,
    value: {
      draws: [0.25],
      given: new Map(),
      endpoints: new Map([
        [
          "e3",
          new Map<string, Leaf>([
            ["load.pending", 0],
            ["health", undefined],
          ]),
        ],
        ["e250", new Map<string, Leaf>([["load.pending", 1]])],
      ]),
    },
  });
});

test("an endpoint of another shard is no place to be written", () => {
  expect(() => encodeReads(readsOf(["gone"]), PLACES)).toThrow("of its shard");
});

test("what is cut, longer or changed is read as something or refused, and never throws", () => {
  const text = encodeReads(readsOf(ids.slice(0, 30)), PLACES);
  expect(decodeReads(text.slice(0, -4), PLACES)).toMatchObject({ ok: false });
  expect(decodeReads(`${text}AAAA`, PLACES)).toMatchObject({ ok: false });
  expect(decodeReads("?", PLACES)).toMatchObject({ ok: false });
  const rng = seededRng(3);
  for (let count = 0; count < 2_000; count += 1) {
    const at = Math.floor(rng() * text.length);
    const character = "AZaz09-_"[Math.floor(rng() * 8)];
    expect(decodeReads(text.slice(0, at) + character + text.slice(at + 1), PLACES)).toHaveProperty(
      "ok",
    );
  }
});
