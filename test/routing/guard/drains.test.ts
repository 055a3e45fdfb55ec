import { expect, test } from "vitest";
import { drainsOf } from "../../../routing/guard/drains.ts";
import { NOW } from "../steer/world.ts";
import { balanced, HOST, poolsFrom, tableOf } from "./world.ts";

test("pools and endpoints that are disabled are told with how long they keep sessions and streams", () => {
  const pools = poolsFrom({ a: [{}, { enabled: false }], b: [{}, { enabled: false }], c: [{}] });
  const table = tableOf({
    pools: { ...pools, b: { ...pools["b"], enabled: false, stream_drain_seconds: 30 } },
    load_balancers: {
      [HOST]: balanced(["b"], {
        session_affinity: "cookie",
        session_affinity_attributes: { drain_duration: 60 },
      }),
      "plain.example": balanced(["a", "c"]),
    },
  });
  const told = drainsOf(table);
  expect(told.map(({ endpoints, ...rest }) => ({ ...rest, count: endpoints.length }))).toEqual([
    {
      pool: "a",
      endpoint: "b",
      sinceMs: NOW,
      sessionsUntilMs: null,
      streamsUntilMs: null,
      count: 1,
    },
    {
      ...{ pool: "b", endpoint: null, sinceMs: NOW, count: 2 },
      ...{ sessionsUntilMs: NOW + 60_000, streamsUntilMs: NOW + 90_000 },
    },
  ]);
});

test("where nothing is disabled nothing is drained", () => {
  expect(drainsOf(tableOf({ pools: poolsFrom({ a: [{}] }) }))).toEqual([]);
});
