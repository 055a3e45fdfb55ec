/** The proofs of `npm run proof:failover` and `proof:control-plane`, short: they assert counts and never times. */
import { expect, test } from "vitest";
import { runControlPlane } from "../load/control-plane-run.ts";
import { runFailover } from "../load/failover-run.ts";
import { reasons } from "../load/summary.ts";

test("a pool of real processes is killed under load and comes back: nothing idempotent is lost, no POST runs twice", async () => {
  const times = { ratePerSecond: 60, killAtMs: 3_000, backAtMs: 8_000, endMs: 18_000 };
  const run = await runFailover(times, 1);
  expect(reasons(run.lost)).toEqual([]);
  expect(run.executed.duplicates).toBe(0);
  expect(run.executed.posts).toBeGreaterThan(0);
  expect(run.firstBackMs).not.toBeNull();
});

test("every object is stopped and every isolate replaced under load: no error at all", async () => {
  const times = { ratePerSecond: 60, stopAtMs: 3_000, recycleAtMs: 6_000, endMs: 12_000 };
  const run = await runControlPlane(times, 2);
  expect(run.wasStopped).toBe(true);
  expect(reasons([...run.before, ...run.during])).toEqual([]);
  expect(run.during.length).toBeGreaterThan(0);
});
