import { expect, test } from "vitest";
import { Health } from "../../../../durable-objects/region/health.ts";
import type { Result } from "../../../../durable-objects/region/sight.ts";
import type { ProbeTarget } from "../../../../routing/exchange.ts";
import type { EndpointId } from "../../../../routing/units.ts";

const ID = "a" as EndpointId;
const target = {
  endpoint: ID,
  address: "a.example",
  port: 80,
  scheme: "http",
  monitor: { consecutive_up: 2, consecutive_down: 2 },
} as ProbeTarget;
const saw = (what: "healthy" | "nothing"): Result => ({
  endpoint: ID,
  round: 1,
  saw: what,
  reason: what === "healthy" ? "" : "timeout",
});

test("a failed probe that does not flip the verdict does not confirm it either", () => {
  const health = new Health({});
  health.fold(saw("healthy"), target, 1_000);
  health.fold(saw("nothing"), target, 2_000);
  expect(health.view()[ID]).toMatchObject({ healthy: true, observedAtMs: 1_000 });
  health.fold(saw("nothing"), target, 3_000);
  expect(health.view()[ID]).toMatchObject({ healthy: false, observedAtMs: 3_000 });
});

test("a first healthy verdict is not a return", () => {
  const health = new Health({});
  health.fold(saw("healthy"), target, 1_000);
  expect(health.view()[ID]?.changedAtMs).toBe(0);
});
