import { describe, expect, test } from "vitest";
import type { HttpRoute } from "../../../../routing/http-route.ts";
import { targetsOf } from "../../../../routing/table/http-route/build.ts";
import type { PoolId } from "../../../../routing/units.ts";
import { manifest } from "../broken-routes.ts";
import { counter, NOW_MS, tableOf, wholeDocument } from "../fixtures.ts";

const pools = { eu: { origins: [{ name: "e", address: "e.example.net" }] } };
const routeOf = (spec: object, metadata: object = {}): HttpRoute | undefined => {
  const one = manifest("a", spec);
  const http_routes = [{ ...one, metadata: { ...one.metadata, ...metadata } }];
  return tableOf({ pools, http_routes }).http_routes[0];
};

describe("a route", () => {
  test("of the least manifest takes everything and answers nothing", () => {
    expect(routeOf({})).toMatchObject({
      ...{ namespace: "default", name: "a", createdAtMs: NOW_MS, hostnames: [] },
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" }, headers: [], query: [] }],
          ...{ filters: { mirrors: [] }, backends: [], timeouts: {} },
        },
      ],
    });
  });

  test("has the criticality of its annotation; annotations of others mean nothing", () => {
    const annotated = (annotations: object) => routeOf({}, { annotations })?.criticality;
    expect(annotated({ "tradewind/criticality": "critical", "x/y": "z" })).toBe("critical");
    expect(annotated({ "x/y": "z" })).toBeUndefined();
  });

  test("answers for hostnames in lower case, each once, without a trailing dot", () => {
    expect(routeOf({ hostnames: ["A.example.", "*.B.Example", "a.example"] })?.hostnames).toEqual([
      "a.example",
      "*.b.example",
    ]);
  });

  test("has one match where none is written, and a prefix where a match names no path", () => {
    const rules = [{ matches: [] }, { matches: [{ method: "GET" }] }];
    expect(routeOf({ rules })?.rules.map(({ matches }) => matches)).toMatchObject([
      [{ path: { type: "PathPrefix", value: "/" } }],
      [{ path: { type: "PathPrefix", value: "/" }, method: "GET" }],
    ]);
  });

  test("compares headers in lower case and takes the first of two spellings; queries keep theirs", () => {
    const headers = ["X-A", "x-a"].map((name, at) => ({ name, value: String(at) }));
    const queryParams = ["A", "a"].map((name, at) => ({ name, value: String(at) }));
    const [match] =
      routeOf({ rules: [{ matches: [{ headers, queryParams }] }] })?.rules[0]?.matches ?? [];
    expect(match?.headers).toEqual([{ type: "Exact", name: "x-a", value: "0" }]);
    expect(match?.query.map(({ name }) => name)).toEqual(["A", "a"]);
  });

  test("waits and retries in milliseconds, each code once", () => {
    const rules = [
      {
        timeouts: { request: "0s", backendRequest: "1500ms" },
        retry: { codes: [503, 500, 503], backoff: "1s" },
      },
    ];
    expect(routeOf({ rules })?.rules[0]).toMatchObject({
      timeouts: { requestMs: 0, backendRequestMs: 1_500 },
      retry: { codes: [503, 500], attempts: 1, backoffMs: 1_000 },
    });
  });

  test("takes null for absent, as Kubernetes does", () => {
    const route = routeOf({ rules: [{ name: null, matches: null }] }, { creationTimestamp: null });
    expect(route?.createdAtMs).toBe(NOW_MS);
    expect(route?.rules[0]).not.toHaveProperty("name");
  });

  test("refers to pools by name or id, and to load balancers by hostname", () => {
    const { rules } = tableOf(wholeDocument()).http_routes[0] ?? {};
    expect(rules?.[0]?.backends.map(({ target }) => target.kind)).toEqual([
      "Pool",
      "LoadBalancer",
      "Pool",
      "Pool",
    ]);
  });
});

describe("a reference", () => {
  const targetOf = targetsOf({
    pool: (name) => (name === "p" ? ("id-p" as PoolId) : null),
    loadBalancer: (name) => (name === "a.example" ? name : null),
  });
  test.each([
    ["Pool", "p", { kind: "Pool", pool: "id-p" }],
    ["LoadBalancer", "A.Example.", { kind: "LoadBalancer", host: "a.example" }],
    ["Pool", "q", { kind: "unknown", reference: "Pool/q" }],
    ["LoadBalancer", "p", { kind: "unknown", reference: "LoadBalancer/p" }],
    ["Service", "p", { kind: "unknown", reference: "Service/p" }],
  ])("of kind %s to %s", (kind, name, target) => {
    expect(targetOf({ kind, name })).toEqual(target);
  });
});

describe("the age and the id of a route", () => {
  const document = (metadata: object = {}, name = "a") => {
    const one = manifest(name, {});
    return { http_routes: [{ ...one, metadata: { ...one.metadata, ...metadata } }] };
  };
  const before = tableOf(document());
  const later = { previous: before, nowMs: NOW_MS + 5_000, mint: () => "f".repeat(32) };

  test("are kept while its namespace and name stay", () => {
    expect(tableOf(document(), later).http_routes).toEqual(before.http_routes);
    expect(tableOf(document({ namespace: "default" }), later).http_routes).toEqual(
      before.http_routes,
    );
  });

  test("are new in another namespace", () => {
    const [route] = tableOf(document({ namespace: "b" }), later).http_routes;
    expect(route).toMatchObject({ id: "f".repeat(32), createdAtMs: NOW_MS + 5_000 });
  });

  test("are what the manifest says: its timestamp, in any zone, and its uid", () => {
    const creationTimestamp = "2026-01-01T01:00:00+01:00";
    const uid = "01234567-89ab-cdef-0123-456789abcdef";
    const [route] = tableOf(document({ creationTimestamp, uid }), later).http_routes;
    expect(route?.createdAtMs).toBe(Date.UTC(2026, 0, 1));
    expect(route?.id).toBe("0123456789abcdef0123456789abcdef");
  });

  test("follow a route that is renamed with its uid", () => {
    const uid = "00000000-0000-0000-0000-000000000001";
    expect(before.http_routes[0]?.id).toBe(counter()());
    const [route] = tableOf(document({ uid }, "b"), later).http_routes;
    expect(route).toMatchObject({ name: "b", id: counter()(), createdAtMs: NOW_MS });
  });
});

test("routes stand in the order of their names, whatever the document's", () => {
  const http_routes = ["b", "a", "c"].map((name) => manifest(name, {}));
  expect(tableOf({ http_routes }).http_routes.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});
