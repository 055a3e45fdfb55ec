import { expect, test } from "vitest";
import { printed } from "../../../local/replay/print.ts";
import type { Comparison } from "../../../routing/replay/comparison.ts";

const found: Comparison = {
  records: 12,
  agreed: 9,
  disagreed: [{ place: 4, unrecorded: ["a0:load.samples"] }],
  skipped: new Map([["its table (version 6) is not at hand", 2]]),
  shares: [
    { pool: "eu", endpoint: "a", actual: 6, other: 1 },
    { pool: "us", endpoint: "b", actual: 1, other: 7 },
    { pool: "eu", endpoint: "c", actual: 1, other: 0 },
  ],
  unknown: 2,
  missing: new Map([
    ["load", 1],
    ["asker.latitude", 2],
  ]),
};

test("a recording is printed with what agreed first", () => {
  expect(printed("shop.example", found, null)).toBe(
    [
      "12 recorded decisions of shop.example",
      "  agree     9 of 10 replayed, byte for byte, and looked at nothing else",
      "  differs   decision 4, which looked at a0:load.samples",
      "  skipped   2: its table (version 6) is not at hand",
    ].join("\n"),
  );
});

test("what another policy would have done is a table by pool and endpoint, and says what is not known", () => {
  const change = { steering: "proximity", endpoints: "hash" } as const;
  expect(printed("shop.example", found, change).split("\n").slice(4)).toEqual([
    "if it were proximity with hash: known of 8 of 10",
    "                               as it was   as it would be",
    "  eu                            7  87.5 %      1  12.5 %",
    "    a                           6  75.0 %      1  12.5 %",
    "    c                           1  12.5 %      0   0.0 %",
    "  us                            1  12.5 %      7  87.5 %",
    "    b                           1  12.5 %      7  87.5 %",
    "  unknown   2, because they do not have asker.latitude (2), load (1)",
  ]);
});

test("where nothing is known there is no table", () => {
  const text = printed("a", { ...found, shares: [] }, { steering: "geo" });
  expect(text).toContain("known of 0 of 2\n  unknown   2");
});
