import { expect, test } from "vitest";
import { healthySinceMs } from "../../../routing/dns/healthy-since.ts";
import type { EndpointId } from "../../../routing/units.ts";

const E = "e" as EndpointId;
const sight = (healthy: boolean, changedAtMs?: number, blind = false) => ({
  blind,
  health: { [E]: { healthy, ...(changedAtMs === undefined ? {} : { changedAtMs }) } },
});

test("it is the time at which the regions that call it healthy became the majority", () => {
  expect(healthySinceMs(E, [sight(true, 10), sight(true, 30), sight(true, 20)])).toBe(20);
  expect(healthySinceMs(E, [sight(true, 10), sight(false, 40), sight(true, 30)])).toBe(30);
});

test("one region whose path flaps alone says nothing", () => {
  expect(healthySinceMs(E, [sight(true, 0), sight(true, 0), sight(true, 99)])).toBe(0);
});

test("a region that is blind, or tells no times, makes nobody wait", () => {
  expect(healthySinceMs(E, [sight(true, 99, true), sight(true, 5)])).toBe(5);
  expect(healthySinceMs(E, [sight(true), sight(true)])).toBe(0);
  expect(healthySinceMs(E, [])).toBe(0);
});
