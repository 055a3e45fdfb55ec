import { once } from "node:events";
import { expect } from "vitest";
import WebSocket from "ws";
import { type ConformanceCase, prefixRule, route, to } from "./case.ts";
import { MANY, many, withinSpread } from "./many.ts";
import type { Stage } from "./stage.ts";

/** Upstream's bounds: ±5 points of 500 requests, up to 10 checks. */
async function weights({ gateway, get }: Stage, wanted: Record<string, number>): Promise<void> {
  for (let check = 1; ; check += 1) {
    const counts: Record<string, number> = { v1: 0, v2: 0, v3: 0 };
    await many(async () => {
      const { status, headers } = await get(gateway, "/");
      expect(status).toBe(200);
      const backend = String(headers["x-pool"]);
      counts[backend] = (counts[backend] ?? 0) + 1;
    });
    expect(counts["v3"]).toBe(0);
    const isWithin = Object.entries(wanted).every(
      ([backend, ratio]) => Math.abs((counts[backend] ?? 0) / MANY - ratio) <= 0.05,
    );
    if (isWithin) return;
    if (check === 10) expect(counts).toEqual(wanted);
  }
}

/** One of two equal backends names nothing: half of the requests are a 500. */
async function halfFails({ gateway, get }: Stage): Promise<void> {
  const counts: Record<number, number> = {};
  await many(async () => {
    const { status } = await get(gateway, "/half");
    counts[status] = (counts[status] ?? 0) + 1;
  });
  expect(Object.keys(counts)).toEqual(["200", "500"]);
  expect(counts[500]).toSatisfy((count: number) => withinSpread(count, 0.5));
}

async function webSocket({ colo, gateway, planet }: Stage): Promise<void> {
  const { port } = new URL(planet.edge);
  const headers = { host: gateway, "tw-colo": colo };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
  await once(socket, "open");
  socket.send("Websocket Support!");
  expect(String((await once(socket, "message"))[0])).toBe("Websocket Support!");
  const bytes = Buffer.from([1, 2, 3, 4, 5, 6, 7]);
  socket.send(bytes);
  expect((await once(socket, "message"))[0]).toEqual(bytes);
  socket.close();
  await once(socket, "close");
}

export const BACKEND_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteNoBackendRefs",
    routes: [
      route("omitted", [
        { matches: [{ path: { type: "Exact", value: "/omitted-no-forward" } }] },
        { matches: [{ path: { type: "Exact", value: "/empty-no-forward" } }], backendRefs: [] },
        prefixRule("/", "v1"),
      ]),
    ],
    exchanges: [
      { ask: "/forward", to: "v1" },
      { ask: "/omitted-no-forward", status: 500 },
      { ask: "/empty-no-forward", status: 500 },
    ],
  },
  {
    name: "HTTPRouteInvalidNonExistentBackendRef",
    differs: "There is no status to say BackendNotFound in: the answer to the write warns.",
    routes: [route("nonexistent", [{ backendRefs: [to("nonexistent")] }])],
    exchanges: [{ ask: "/", status: 500 }],
  },
  {
    name: "HTTPRouteInvalidBackendRefUnknownKind",
    differs: "There is no status to say InvalidKind in: the answer to the write warns.",
    routes: [
      route("unknown-kind", [
        { backendRefs: [to("v1", { group: "unknownkind.example.com", kind: "NonExistent" })] },
      ]),
    ],
    exchanges: [{ ask: "/v2", status: 500 }],
  },
  {
    name: "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
    differs:
      "No namespace needs a grant here: a backend that does not exist stands for one not granted.",
    routes: [
      route("partially-invalid", [
        prefixRule("/v2", "not-granted"),
        { backendRefs: [to("v1")] },
        {
          matches: [{ path: { type: "PathPrefix", value: "/half" } }],
          backendRefs: [to("v1"), to("not-granted")],
        },
      ]),
    ],
    exchanges: [
      { ask: "/v2", status: 500 },
      { ask: "/", to: "v1" },
    ],
    check: halfFails,
  },
  {
    name: "HTTPRouteWeight",
    routes: [
      route("weighted", [
        {
          backendRefs: [
            to("v1", { weight: 70 }),
            to("v2", { weight: 30 }),
            to("v3", { weight: 0 }),
          ],
        },
      ]),
    ],
    exchanges: [{ ask: "/" }],
    check: (stage) => weights(stage, { v1: 0.7, v2: 0.3 }),
  },
  {
    name: "HTTPRouteNamedRule",
    routes: [
      route("named", [
        prefixRule("/named", "v1", { name: "named-rule" }),
        prefixRule("/unnamed", "v2"),
      ]),
    ],
    exchanges: [
      { ask: "/named", to: "v1" },
      { ask: "/unnamed", to: "v2" },
    ],
  },
  {
    name: "HTTPRouteBackendProtocolWebSocket",
    routes: [route("backend-protocol-ws", [{ backendRefs: [to("v1")] }])],
    exchanges: [],
    check: webSocket,
  },
];
