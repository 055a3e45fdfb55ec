import { expect, test } from "vitest";
import type { EndpointId, PoolId } from "../../../routing/units.ts";
import { Counters } from "../../../workers/edge/report.ts";

const ENDPOINT = "e".repeat(32) as EndpointId;

test("counters are taken once and begin again at nothing", () => {
  const counters = new Counters();
  counters.answered("a.example", 200, "pool");
  counters.answered("a.example", 503, null);
  counters.problem("a.example", "no-endpoint");
  counters.retried("a.example");
  counters.hedged("a.example");
  counters.tried(ENDPOINT, "failure", false);
  const { sequence, hosts, endpoints } = counters.take();
  expect(sequence).toBe(1);
  expect(hosts).toEqual({
    "a.example": {
      requests: 2,
      statuses: { "2xx": 1, "5xx": 1 },
      problems: { "no-endpoint": 1 },
      retries: 1,
      hedges: 1,
      pools: { pool: 1 },
    },
  });
  expect(endpoints.get(ENDPOINT)).toMatchObject({
    attempts: 1,
    outcomes: { failure: 1 },
    unreached: 1,
  });
  counters.acknowledge();
  expect(counters.take()).toMatchObject({ sequence: 2, hosts: {} });
});

test("what changed something, what broke off and what the platform refused are counted apart", () => {
  const counters = new Counters();
  counters.tried(ENDPOINT, "success", true, true);
  counters.tried(ENDPOINT, "success", true, false);
  counters.tried(ENDPOINT, "failure", true, false);
  counters.tried(ENDPOINT, "failure", false, false);
  counters.bodyEnded(ENDPOINT, true);
  counters.bodyEnded(ENDPOINT, false);
  counters.refusedByPlatform(ENDPOINT);
  expect(counters.take().endpoints.get(ENDPOINT)).toEqual({
    attempts: 5,
    outcomes: { success: 2, failure: 2, overload: 0, abandoned: 1 },
    unreached: 1,
    unsafe: { successes: 1, failures: 1 },
    bodies: { successes: 1, failures: 1 },
    platform: 1,
  });
});

test("a report that nobody acknowledged goes again as it was; what came after goes with the next", () => {
  const counters = new Counters();
  counters.answered("a.example", 200, "pool");
  const first = counters.take();
  counters.answered("b.example", 200, "pool");
  expect(counters.take()).toBe(first);
  counters.acknowledge();
  const next = counters.take();
  expect(next.sequence).toBe(first.sequence + 1);
  expect(Object.keys(next.hosts)).toEqual(["b.example"]);
});

test("what is counted after a report was taken is not in that report", () => {
  const counters = new Counters();
  counters.answered("a.example", 200, "pool");
  const first = counters.take();
  counters.answered("a.example", 200, "pool");
  expect(first.hosts["a.example"]?.requests).toBe(1);
});

test("what full pools gave away is counted by pool, and is absent when none tells its load", () => {
  const counters = new Counters();
  const [a, b] = ["a".repeat(32) as PoolId, "b".repeat(32) as PoolId];
  expect(counters.take().spills).toBeUndefined();
  counters.acknowledge();
  counters.spilled(a, undefined);
  counters.spilled(a, b);
  counters.spilled(a, b);
  const { spills } = counters.take();
  expect(spills).toEqual({ [a]: { asked: 3, to: { [b]: 2 } } });
  counters.spilled(a, b);
  expect(counters.take().spills).toBe(spills);
  counters.acknowledge();
  expect(counters.take().spills).toEqual({ [a]: { asked: 1, to: { [b]: 1 } } });
});
