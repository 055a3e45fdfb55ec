import fc from "fast-check";
import { expect, test } from "vitest";
import { loadOf } from "../../../routing/load/load.ts";
import {
  type EndpointKnowledge,
  estimateOf,
  isStale,
  UNKNOWN,
} from "../../../routing/steer/knowledge.ts";
import { Loads } from "../../../routing/steer/loads.ts";
import { measured, NOW } from "./world.ts";

const ms = fc.constantFrom(0, 0.5, 20, 21, 900, 5_000);
/** On both sides of stale, of the future, and of a clock that is none. */
const atMs = fc.constantFrom(-1_000, 0, 1, 59_999, 60_000, 60_001, 600_000).map((age) => NOW - age);
const knowledge: fc.Arbitrary<EndpointKnowledge> = fc
  .record({
    load: fc.record({
      pending: fc.constantFrom(0, 1, 7),
      peakMs: ms,
      peakAtMs: atMs,
      latencyMs: fc.option(ms),
      latencyAtMs: atMs,
      samples: fc.constantFrom(0, 1, 2),
    }),
    shared: fc.option(fc.record({ ms, atMs: fc.oneof(atMs, fc.constant(Number.NaN)) })),
  })
  .map(({ load, shared }) => ({ ...UNKNOWN, load, shared: shared ?? undefined }));

test("property: a row says what the record says", () => {
  fc.assert(
    fc.property(fc.array(knowledge, { minLength: 1, maxLength: 40 }), (all) => {
      const loads = new Loads();
      const slots = all.map(() => loads.add());
      for (const [at, one] of all.entries()) loads.set(slots[at] ?? 0, one);
      for (const [at, one] of all.entries()) {
        const slot = slots[at] ?? 0;
        const estimate = estimateOf(one, NOW);
        expect(loads.pendingOf(slot)).toBe(one.load.pending);
        expect(loads.loadOf(slot, NOW)).toBe(loadOf(one.load, NOW, estimate?.ms));
        expect(loads.isStale(slot, NOW)).toBe(estimate !== null && isStale(estimate, NOW));
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a row that was another's begins as unknown", () => {
  const loads = new Loads();
  const slot = loads.add();
  loads.set(slot, { ...UNKNOWN, ...measured(20, 3, 100_000) });
  loads.remove(slot);
  expect(loads.add()).toBe(slot);
  expect([loads.pendingOf(slot), loads.loadOf(slot, NOW), loads.isStale(slot, NOW)]).toEqual([
    0,
    0,
    false,
  ]);
});

test("rows of endpoints that are known at the same time are different ones, however many", () => {
  const loads = new Loads();
  const slots = Array.from({ length: 1_000 }, () => loads.add());
  for (const slot of slots) loads.set(slot, { ...UNKNOWN, ...measured(1, slot) });
  expect(slots.map((slot) => loads.pendingOf(slot))).toEqual(slots);
  expect(new Set(slots).size).toBe(1_000);
});
