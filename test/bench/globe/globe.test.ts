import { expect, test } from "vitest";
import { compare, missesBar } from "./judge.ts";
import { STEERINGS } from "./policies.ts";
import { reportOf } from "./report.ts";
import { type Scenario, scenariosFor } from "./scenarios.ts";
import { type Run, simulate } from "./simulate.ts";
import { byOrder, type Steering } from "./steering.ts";
import { worldOf } from "./world.ts";

/** Of the oscillation: the minutes between which moved traffic is counted. */
const SWING_MS = 60_000;
const world = worldOf();
const [calm] = scenariosFor(1);
/** A third of the demand and hardly a warm-up: what the tests claim needs no more. */
const constantFor = (ms: number): Scenario => ({
  ...(calm as Scenario),
  warmUpMs: 2_000,
  ms,
  demandOf: () => 1 / 3,
  constant: [{ fromMs: 0, untilMs: ms }],
});

const named = (name: string): Steering => {
  const found = STEERINGS.find((steering) => steering.name === name);
  if (found === undefined) throw new Error(`There is no ${name}`);
  return found;
};

test("the same seed gives the same table, another seed another", () => {
  const scenario = constantFor(20_000);
  const tableOf = (seed: number) =>
    reportOf([scenario], [simulate(world, scenario, named("dynamic_latency"), seed)]).markdown;
  const table = tableOf(7);
  expect(tableOf(7)).toBe(table);
  expect(tableOf(8)).not.toBe(table);
});

test("every request that comes in is answered or an error, also where a region dies", () => {
  const scenario: Scenario = {
    ...constantFor(40_000),
    fault: { region: "eu-central-1", fromMs: 10_000, untilMs: 30_000 },
  };
  for (const name of ["nearest", "off"]) {
    const run = simulate(world, scenario, named(name), 1);
    expect(run.ended).toBe(run.asked);
    expect(run.answered + run.errors).toBe(run.requests);
    expect(run.requests).toBeGreaterThan(0.8 * 50 * 40);
  }
});

test("the same requests are asked of every policy", () => {
  const scenario = constantFor(20_000);
  const [one, other] = ["nearest", "random"].map((name) =>
    simulate(world, scenario, named(name), 3),
  );
  expect(one?.asked).toBe(other?.asked);
});

/** Sends everybody to one half of the world and then to the other, turn by turn. */
const oscillating: Steering = {
  ...byOrder("oscillating", ({ world: { sites }, clock }) => {
    const all = sites.map((_, at) => at);
    const turned = [...all].reverse();
    return () => (Math.floor(clock.nowMs / SWING_MS) % 2 === 0 ? all : turned);
  }),
  isOurs: true,
};

test("a policy that swings is caught, one that stands is not", () => {
  const scenario = constantFor(5 * SWING_MS);
  const swinging = simulate(world, scenario, oscillating, 1);
  expect(swinging.reversals).toBeGreaterThanOrEqual(3);
  expect(swinging.moved).toBeGreaterThan(0.5);
  expect(missesBar(swinging)).toBe(true);
  expect(reportOf([scenario], [swinging])).toMatchObject({ missed: 1 });
  expect(reportOf([scenario], [swinging]).markdown).toContain("MISSED");
  const standing = simulate(world, scenario, named("proximity"), 1);
  expect(standing.reversals).toBe(0);
  expect(standing.moved).toBeLessThan(0.01);
  expect(missesBar(standing)).toBe(false);
});

test("the best of ours meets the best baseline: by p99, and by the mean where that is even", () => {
  const run = (policy: string, isOurs: boolean, p99Ms: number, meanMs: number) =>
    ({ policy, isOurs, p99Ms, meanMs }) as Run;
  const compared = compare([
    run("a", true, 500, 100),
    run("b", true, 505, 90),
    run("c", false, 400, 100),
    run("d", false, 600, 10),
  ]);
  expect(compared).toMatchObject({ ours: { policy: "b" }, baseline: { policy: "c" } });
  expect(compared?.result).toBe("loss");
  expect(compare([run("a", true, 1, 1)])).toBeNull();
});
