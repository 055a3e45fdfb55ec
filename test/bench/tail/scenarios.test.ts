import { expect, test } from "vitest";
import { SERVING } from "./behaviour.ts";
import { mayLoseNothing, type Scenario, scenariosFor } from "./scenarios.ts";
import { capacityPerSecond, serversWith, WORKERS } from "./servers.ts";

const RUN_MS = 20_000;
const all = scenariosFor(RUN_MS);
const named = (name: string): Scenario => {
  const scenario = all.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`No scenario ${name}`);
  return scenario;
};
const sharesOf = (name: string) =>
  named(name).phases.map(
    ({ ratePerSecond }) => ratePerSecond / capacityPerSecond(serversWith(named(name).workers)),
  );

test("capacity is what all workers finish when none is idle", () => {
  expect(capacityPerSecond([{ name: "a", workers: 2, meanMs: 50 }])).toBe(40);
  // Ten servers of 2 × 60 ms and two that are three times slower.
  expect(capacityPerSecond(serversWith(2))).toBeCloseTo(10 * (2_000 / 60) + 2 * (2_000 / 180), 9);
});

test("every scenario lasts as long as the run, and its steps are within it", () => {
  for (const { phases, steps } of all) {
    expect(phases.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(RUN_MS, 6);
    for (const { atMs } of steps) expect(atMs).toBeLessThan(RUN_MS);
  }
});

test("all but the floods load 56 % of capacity", () => {
  for (const { name } of all.filter(({ bars }) => !bars.goodput)) {
    const [share] = sharesOf(name);
    expect(share).toBeCloseTo(0.56, 9);
  }
});

test("the overload is 1.3 of capacity for 8 s, in the middle", () => {
  expect(sharesOf("overload").map((share) => Number(share.toFixed(9)))).toEqual([0.56, 1.3, 0.56]);
  expect(named("overload").phases.map(({ ms }) => ms)).toEqual([6_000, 8_000, 6_000]);
});

test("the ramp has the nine published steps from 0.75 to 1.74", () => {
  const published = [0.75, 0.83, 0.93, 1.03, 1.14, 1.27, 1.41, 1.57, 1.74];
  expect(sharesOf("ramp").map((share) => Number(share.toFixed(2)))).toEqual(published);
});

test("a rolling restart stops every server once, one at a time, and each comes back", () => {
  const { steps } = named("rolling");
  const stops = steps.filter(({ behaviour }) => behaviour.do === "drained");
  expect(new Set(stops.map(({ server }) => server)).size).toBe(serversWith(WORKERS).length);
  let down = 0;
  for (const { behaviour } of steps.toSorted((a, b) => a.atMs - b.atMs)) {
    down += behaviour === SERVING ? -1 : 1;
    expect(down).toBeLessThanOrEqual(1);
  }
  expect(down).toBe(0);
});

test("nothing may be lost where the servers that are left can carry 1.2 × the load", () => {
  for (const { bars, ...scenario } of all) {
    expect([scenario.name, mayLoseNothing(scenario)]).toEqual([scenario.name, !bars.goodput]);
  }
  const half = serversWith(WORKERS)
    .slice(0, 6)
    .map((_, server) => ({
      atMs: server,
      server,
      behaviour: { do: "killed" } as const,
    }));
  expect(mayLoseNothing({ ...named("steady"), steps: half })).toBe(false);
});
