import { describe, expect, test } from "vitest";
import {
  type Sight,
  seeing,
  trustMsOf,
  verdictBy,
  votesOf,
} from "../../../routing/health/quorum.ts";
import type { EndpointId } from "../../../routing/units.ts";

const E = "e".repeat(32) as EndpointId;
const NOW = 1_000_000;

const sight = (healthy: boolean | null, more: Partial<Sight> = {}): Sight => ({
  region: "weur",
  blind: false,
  lastRoundAtMs: NOW,
  health: healthy === null ? {} : { [E]: { healthy } },
  ...more,
});
const sights = (down: number, up: number) => [
  ...Array.from({ length: down }, () => sight(false)),
  ...Array.from({ length: up }, () => sight(true)),
];
const verdictOf = (voters: readonly Sight[], regions: number) =>
  verdictBy(votesOf(E, voters), regions);

describe("the regions' word on an endpoint", () => {
  test.each([
    [8, 0, "unhealthy"],
    [5, 3, "unhealthy"],
    [4, 4, "healthy"],
    [1, 7, "healthy"],
    [0, 8, "healthy"],
    [4, 0, "unhealthy"],
    [3, 0, "unknown"],
    [0, 3, "unknown"],
    [0, 0, "unknown"],
  ] as const)("%i of eight say down and %i say up: %s", (down, up, verdict) => {
    expect(verdictOf(sights(down, up), 8)).toBe(verdict);
  });

  test("regions that never probed it do not count", () => {
    expect(verdictOf([...sights(3, 0), sight(null), sight(null)], 8)).toBe("unknown");
  });
});

describe("who may vote", () => {
  test("not the blind, not the stale, not who never finished a round", () => {
    const all = [
      sight(true),
      sight(false, { blind: true }),
      sight(false, { lastRoundAtMs: NOW - 90_001 }),
      sight(false, { lastRoundAtMs: null }),
    ];
    expect(seeing(all, NOW, 90_000)).toEqual([all[0]]);
  });
});

test("votes are told by name", () => {
  const voters = [sight(false, { region: "oc" }), sight(true), sight(null, { region: "apac" })];
  expect(votesOf(E, voters)).toEqual({ healthy: ["weur"], unhealthy: ["oc"] });
});

test("a region is believed for two intervals, and never less than 90 seconds", () => {
  expect([0, 5_000, 60_000].map(trustMsOf)).toEqual([90_000, 90_000, 120_000]);
});
