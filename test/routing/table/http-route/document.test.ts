import { expect, test } from "vitest";
import { toDocument } from "../../../../routing/table/document.ts";
import { targetDocument } from "../../../../routing/table/http-route/document.ts";
import type { PoolId } from "../../../../routing/units.ts";
import { tableOf, wholeDocument } from "../fixtures.ts";

test("a route is written as a plain manifest: references by name, its age, its id as uid", () => {
  const { http_routes } = toDocument(tableOf(wholeDocument())) as { http_routes: unknown[] };
  expect(http_routes).toMatchObject([
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: {
        name: "shop",
        namespace: "team-a",
        creationTimestamp: "2026-01-02T03:04:05.000Z",
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      spec: {
        hostnames: ["shop.example", "*.shop.example"],
        rules: [
          {
            name: "first",
            timeouts: { request: "10s", backendRequest: "500ms" },
            retry: { codes: [500, 503], attempts: 2, backoff: "10ms" },
            sessionPersistence: { sessionName: "Stay", absoluteTimeout: "1h", idleTimeout: "10m" },
            backendRefs: [
              { kind: "Pool", name: "eu", weight: 3 },
              { kind: "LoadBalancer", name: "shop.example", weight: 1 },
              { kind: "Pool", name: "us" },
              { kind: "Pool", name: "us" },
            ],
          },
          { filters: [{ type: "RequestRedirect" }] },
          {},
          {},
        ],
      },
    },
  ]);
});

test.each([
  [
    { kind: "Pool", pool: "id-p" as PoolId },
    { kind: "Pool", name: "p" },
  ],
  [
    { kind: "LoadBalancer", host: "a.example" },
    { kind: "LoadBalancer", name: "a.example" },
  ],
  [
    { kind: "unknown", reference: "Service/a/b" },
    { kind: "Service", name: "a/b" },
  ],
] as const)("%j is written %j", (target, document) => {
  expect(targetDocument(target, (id) => id.slice(3))).toEqual(document);
});
