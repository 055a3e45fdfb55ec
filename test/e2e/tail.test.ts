/** The harness of `npm run bench:tail`, short and with Tradewind alone: it asserts counts and never times. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fleet } from "../bench/tail/fleet.ts";
import { runOne } from "../bench/tail/run-one.ts";
import type { Scenario } from "../bench/tail/scenarios.ts";
import { WORKERS } from "../bench/tail/servers.ts";
import { tradewind } from "../bench/tail/tradewind.ts";
import { reasons } from "../load/summary.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.stop());

test("two isolates serve two seconds in which a server dies: every request is answered, every try counted", async () => {
  const scenario: Pick<Scenario, "phases" | "steps" | "workers"> = {
    workers: WORKERS,
    phases: [{ ms: 2_000, ratePerSecond: 60 }],
    steps: [{ atMs: 500, server: 3, behaviour: { do: "killed" } }],
  };
  const options = { seed: 1, tryTimeoutMs: 3_000, warmUpMs: 0 };
  const { records, counts } = await runOne(tradewind(2), scenario, fleet, options);
  const idempotent = records.filter(({ planned }) => planned.kind === "get");
  expect(reasons(idempotent)).toEqual([]);
  expect(idempotent.length).toBeGreaterThan(0);
  expect(counts.postsTwice).toBe(0);
  // A connection that is refused reaches no server, so answers are the least there can be.
  expect(counts.attempts).toBeGreaterThanOrEqual(records.filter(({ ok }) => ok).length);
  expect(counts.attemptsByServer.filter((attempts) => attempts > 0).length).toBeGreaterThan(6);
});

test("probes are no visitors: what no visitor asked for is no attempt", async () => {
  const scenario = { workers: WORKERS, phases: [{ ms: 2_000, ratePerSecond: 5 }], steps: [] };
  const options = { seed: 2, tryTimeoutMs: 3_000, warmUpMs: 0 };
  const { records, counts } = await runOne(tradewind(1), scenario, fleet, options);
  expect(counts.attempts).toBe(records.length);
});
