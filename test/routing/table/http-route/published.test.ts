/** Manifests as people publish them for the Gateway API, one per shape that its conformance cases use. */
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { toDocument } from "../../../../routing/table/document.ts";
import { parseDocument } from "../../../../routing/table/parse.ts";
import { options, tableOf } from "../fixtures.ts";
import { PUBLISHED } from "./published.ts";

const pools = Object.fromEntries(
  ["v1", "v2", "v3"].map((name) => [name, { origins: [{ name: "e", address: "e.example.net" }] }]),
);
const manifests = parseAllDocuments(PUBLISHED).map(
  (document) => document.toJS() as { metadata: { name: string } },
);
const tableWith = (manifest: unknown) => tableOf({ pools, http_routes: [manifest] });
const routeNamed = (name: string) => {
  const manifest = manifests.find(({ metadata }) => metadata.name === name);
  return tableWith(manifest).http_routes[0];
};

test("there is one for each shape", () => {
  expect(manifests.length).toBeGreaterThan(20);
});

test.each(manifests.map((manifest) => [manifest.metadata.name, manifest] as const))(
  "%s is read, and what is exported is read the same",
  (_name, manifest) => {
    const parsed = parseDocument({ pools, http_routes: [manifest] }, options());
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const { table } = parsed.value;
    expect(tableOf(toDocument(table))).toEqual(table);
  },
);

describe("what they mean", () => {
  test("exact paths stay exact, and a path without a type is a prefix", () => {
    expect(routeNamed("exact-path")?.rules[0]?.matches).toMatchObject([
      { path: { type: "Exact", value: "/one" } },
      { path: { type: "Exact", value: "/two" } },
    ]);
    expect(routeNamed("matching")?.rules[1]?.matches[0]?.path).toEqual({
      type: "PathPrefix",
      value: "/v2",
    });
  });

  test("weights are kept, a weight of nothing too", () => {
    const { rules } = routeNamed("weight") ?? {};
    expect(rules?.[0]?.backends.map(({ weight }) => weight)).toEqual([70, 30, 0]);
  });

  test("an unknown name and an unknown kind are unknown for their share", () => {
    const { rules } = routeNamed("unknown-references") ?? {};
    expect(rules?.[0]?.backends.map(({ target }) => target)).toMatchObject([
      { kind: "Pool" },
      { kind: "unknown", reference: "Pool/nonexistent" },
      { kind: "unknown", reference: "NonExistent/v1" },
    ]);
  });

  test("a rule without anything that answers is there all the same", () => {
    expect(routeNamed("no-backend-refs")?.rules).toMatchObject([
      { backends: [] },
      { backends: [] },
    ]);
  });

  test("filters of a backend are its own", () => {
    const { rules } = routeNamed("backend-filters") ?? {};
    expect(rules?.[0]?.backends.map(({ filters }) => filters.requestHeaders?.set)).toEqual([
      [{ name: "backend", value: "v1" }],
      [{ name: "backend", value: "v2" }],
    ]);
  });

  test("sessions say how they travel and how long they last", () => {
    expect(routeNamed("session-persistence")?.rules.map(({ session }) => session)).toEqual([
      { type: "Cookie", name: "split-route-cookie", absoluteMs: 300_000, isPermanent: true },
      { type: "Header", name: expect.any(String), idleMs: 3_600_000, isPermanent: false },
    ]);
  });

  test("timeouts of nothing are none, and retries say their own codes", () => {
    expect(routeNamed("timeouts")?.rules.map(({ timeouts }) => timeouts)).toEqual([
      { requestMs: 500 },
      { requestMs: 0 },
      { requestMs: 1_000, backendRequestMs: 500 },
    ]);
    expect(routeNamed("retry")?.rules[0]?.retry).toEqual({
      ...{ codes: [500, 502, 503, 504], attempts: 2, backoffMs: 25 },
    });
  });
});
