import { expect, test } from "vitest";
import { Estimates } from "../../../../durable-objects/region/estimates.ts";
import { ESTIMATES_MAX, LATENCY_DECAY_MS } from "../../../../routing/limits.ts";
import type { EndpointId } from "../../../../routing/units.ts";

const endpoint = "a" as EndpointId;
const sample = (ms: number, requests: number) => ({ colo: "FRA", endpoint, ms, requests });
const estimateOf = (estimates: Estimates) => estimates.of("FRA")[endpoint]?.ms;

test("the past fades, so that a change is followed by time and not by count", () => {
  const estimates = new Estimates([]);
  estimates.fold(sample(10, 1_000), 0);
  estimates.fold(sample(110, 10), 10);
  expect(estimateOf(estimates)).toBeLessThan(12);
  estimates.fold(sample(110, 10), 10 * LATENCY_DECAY_MS);
  expect(estimateOf(estimates)).toBeGreaterThan(109);
});

test("a clock that steps back does not make the past heavier than it was", () => {
  const estimates = new Estimates([]);
  estimates.fold(sample(10, 1), 1_000_000);
  estimates.fold(sample(30, 1), 0);
  expect(estimateOf(estimates)).toBe(20);
});

test("what is stored comes back, and is written only when something is new", () => {
  const estimates = new Estimates([]);
  expect(estimates.dirty).toBe(false);
  estimates.fold(sample(10, 4), 5);
  expect(estimates.dirty).toBe(true);
  const again = new Estimates(JSON.parse(JSON.stringify(estimates.stored(0))));
  expect(estimates.dirty).toBe(false);
  again.fold(sample(20, 4), 5);
  expect(estimateOf(again)).toBe(15);
});

test("when full, the pairs least recently heard go first", () => {
  const estimates = new Estimates([]);
  for (let at = 0; at <= ESTIMATES_MAX; at++) {
    const id = String(at) as EndpointId;
    estimates.fold({ colo: "FRA", endpoint: id, ms: 1, requests: 1 }, at);
  }
  const kept = estimates.of("FRA");
  expect(Object.keys(kept).length).toBeLessThanOrEqual(ESTIMATES_MAX);
  expect([kept["0" as EndpointId], kept[String(ESTIMATES_MAX) as EndpointId]]).toEqual([
    undefined,
    { ms: 1, atMs: ESTIMATES_MAX },
  ]);
});
