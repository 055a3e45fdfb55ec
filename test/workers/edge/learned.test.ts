import { describe, expect, test } from "vitest";
import type { RegionView } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { Held } from "../../../workers/edge/held.ts";
import { publishedFor } from "../../../workers/edge/host-views.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import { endpoint, endpointId, NOW, pool } from "../../routing/steer/world.ts";

const E1 = endpointId("e1");
const candidate = { pool: pool("p", ["e1"]), endpoint: endpoint("e1"), why: "sound" } as const;

const viewOf = (more: Partial<RegionView> = {}): RegionView => ({
  schema: SCHEMA,
  region: "weur",
  asOfMs: NOW,
  health: {},
  latencyMs: {},
  ...more,
});

const ejectedByRegion = { untilMs: NOW + 5_000, reason: "30 % of 100 requests failed" };

describe("what the region has ejected", () => {
  test("is known of an endpoint that this isolate has never used, until a view says nothing of it", () => {
    const learned = new Learned();
    learned.hear(viewOf({ ejected: { [E1]: ejectedByRegion } }), NOW);
    expect(learned.know(E1).ejectedByRegion).toEqual(ejectedByRegion);
    learned.hear(viewOf({ asOfMs: NOW + 1_000 }), NOW + 1_000);
    expect(learned.know(E1).ejectedByRegion).toBeUndefined();
  });

  test("counts as a change, so that no kept view of the pool outlives it", () => {
    const learned = new Learned();
    const standings = () => learned.know.tally?.standings;
    learned.hear(viewOf(), NOW);
    const before = standings();
    learned.hear(viewOf({ ejected: { [E1]: ejectedByRegion } }), NOW);
    const after = standings();
    expect(after).not.toBe(before);
    learned.hear(viewOf({ ejected: { [E1]: ejectedByRegion }, asOfMs: NOW + 1 }), NOW);
    expect(standings()).toBe(after);
  });

  test("comes to a cold isolate with the published view; a view whose ejections are none is refused", () => {
    const held = new Held("default");
    const published = { ...viewOf({ ejected: { [E1]: ejectedByRegion } }), latencyMs: {} };
    const view = publishedFor(JSON.stringify(published), "FRA");
    expect(view !== null && held.takeView(view)).toBe(true);
    expect(held.view?.ejected).toEqual({ [E1]: ejectedByRegion });
    const broken = { ...viewOf({ asOfMs: NOW + 1 }), ejected: "none" } as unknown as RegionView;
    expect(held.takeView(broken)).toBe(false);
  });
});

test("a report has the mean of the successes since the one before", () => {
  const learned = new Learned();
  const serve = (latencyMs: number, outcome: "success" | "failure" = "success") => {
    learned.tryStarted(candidate, NOW);
    learned.tryEnded(candidate, { outcome, latencyMs }, NOW, NOW + 1);
  };
  expect(learned.gauges(E1)).toEqual({ inFlight: 0 });
  for (const ms of [10, 20, 60]) serve(ms);
  serve(9_000, "failure");
  expect(learned.gauges(E1).meanMs).toBe(30);
  expect(learned.gauges(E1).meanMs).toBeUndefined();
  serve(-5);
  expect(learned.gauges(E1).meanMs).toBe(0);
});
