import { expect, test } from "vitest";
import { Schedule } from "../../../../durable-objects/region/schedule.ts";
import type { ProbeTarget } from "../../../../routing/exchange.ts";
import type { EndpointId } from "../../../../routing/units.ts";
import { monitorOf } from "../messages.ts";

const target = (name: string, interval: number): ProbeTarget => ({
  endpoint: name as EndpointId,
  pool: "pool",
  name,
  address: "a.example.net",
  port: 443,
  scheme: "https",
  monitor: monitorOf({ interval }),
});
const half = () => 0.5;
const names = (targets: readonly ProbeTarget[]) => targets.map(({ name }) => name);

/** Of the first region, whose rounds are at the beginning of each interval; half of its jitter is 3.125 %. */
function scheduleOf(...targets: ProbeTarget[]) {
  const schedule = new Schedule("wnam", half);
  schedule.retarget(targets, {}, 0);
  return schedule;
}

test("each interval has its own times, and a round probes what is due", () => {
  const schedule = scheduleOf(target("a", 5), target("b", 60), target("c", 5));
  expect(schedule.nextMs).toBe(500);
  expect(schedule.take(499)).toEqual([]);
  expect(names(schedule.take(500))).toEqual(["a", "b", "c"]);
  expect(schedule.nextMs).toBe(5_156);
  expect(names(schedule.take(5_156))).toEqual(["a", "c"]);
});

test("after a long pause nothing is made up for", () => {
  const schedule = scheduleOf(target("a", 5));
  schedule.take(1_000_000);
  expect(schedule.nextMs).toBe(1_005_156);
});

test("what is in flight is not started a second time", () => {
  const schedule = scheduleOf(target("a", 1), target("b", 1));
  schedule.begin("a" as EndpointId);
  expect(names(schedule.take(1_000))).toEqual(["b"]);
  schedule.end("a" as EndpointId);
  expect(names(schedule.take(3_000))).toEqual(["a", "b"]);
});

test("another set of targets keeps the times of the intervals that stay", () => {
  const schedule = scheduleOf(target("a", 5));
  schedule.take(500);
  schedule.retarget([target("a", 5), target("b", 5), target("c", 7)], {}, 1_000);
  expect(schedule.stored()).toEqual({ 5000: 5_156, 7000: 1_500 });
});

test("a restarted instance goes on with the stored times, unless a wrong clock wrote them", () => {
  const schedule = new Schedule("wnam", half);
  const stored = { 5000: 4_000, 7000: 9_999_999 };
  schedule.retarget([target("a", 5), target("b", 7)], stored, 1_000);
  expect(schedule.stored()).toEqual({ 5000: 4_000, 7000: 15_000 });
});

test("no interval is shorter than a second, and without targets nothing is due", () => {
  const schedule = scheduleOf(target("a", 0));
  schedule.take(1_000);
  expect(schedule.nextMs).toBe(2_031);
  schedule.retarget([], {}, 0);
  expect(schedule.nextMs).toBeNull();
});
