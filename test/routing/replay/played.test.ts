import { expect, test } from "vitest";
import { played } from "../../../routing/replay/played.ts";
import { type Leaf, OBJECT } from "../../../routing/replay/reads.ts";

interface Known {
  readonly load: { readonly pending: number; readonly peakMs: number };
  readonly health?: object;
}

const LEAVES = new Map<string, Leaf>([
  ["load", OBJECT],
  ["load.pending", 2],
  ["health", undefined],
]);

function playedOf() {
  const [found, missed]: [string[], string[]] = [[], []];
  const looks = { found: (at: string) => found.push(at), missed: (at: string) => missed.push(at) };
  return { known: played<Known>(LEAVES, looks), found, missed };
}

test("it answers as the record does", () => {
  const { known, found, missed } = playedOf();
  const [one, other] = [known.load, known.load];
  expect([one.pending, known.health, one === other]).toEqual([2, undefined, true]);
  expect(missed).toEqual([]);
  expect(new Set(found)).toEqual(new Set(["load", "load.pending", "health"]));
});

test("a look at what was not recorded is counted", () => {
  const { known, missed } = playedOf();
  expect(known.load.peakMs).toBeUndefined();
  expect(missed).toEqual(["load.peakMs"]);
});

test("a copy has what was recorded", () => {
  const { known } = playedOf();
  expect(Object.keys({ ...known })).toEqual(["load", "health"]);
});
