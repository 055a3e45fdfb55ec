import { describe, expect, test } from "vitest";
import type { RouteSession } from "../../../../routing/http-route.ts";
import {
  buildSession,
  sessionDocument,
} from "../../../../routing/table/http-route/build-session.ts";
import { manifest } from "../broken-routes.ts";
import { problemsIn, tableOf } from "../fixtures.ts";

const sessionsOf = (...rules: readonly object[]): readonly (RouteSession | undefined)[] =>
  tableOf({ http_routes: [manifest("a", { rules })] }).http_routes[0]?.rules.map(
    ({ session }) => session,
  ) ?? [];

describe("a session", () => {
  test("is a cookie that ends with the browser, where nothing is said", () => {
    expect(sessionsOf({ sessionPersistence: {} }, {})).toEqual([
      { type: "Cookie", name: expect.stringMatching(/^tw-[0-9a-f]{16}$/), isPermanent: false },
      undefined,
    ]);
  });

  test("has its own name in every rule, and the same whenever the manifest is read", () => {
    const rule = { sessionPersistence: {} };
    const [one, two] = sessionsOf(rule, rule);
    expect(one?.name).not.toBe(two?.name);
    expect(sessionsOf(rule, rule)).toEqual([one, two]);
    expect(buildSession({ type: "Cookie" }, "default/a/0").name).toBe(one?.name);
  });

  test("keeps the case of a cookie and not that of a header", () => {
    const named = (type: string) => ({ sessionPersistence: { type, sessionName: "My-S" } });
    expect(sessionsOf(named("Cookie"), named("Header")).map((one) => one?.name)).toEqual([
      "My-S",
      "my-s",
    ]);
  });

  test("ends after milliseconds", () => {
    const cookieConfig = { lifetimeType: "Permanent" };
    const sessionPersistence = { absoluteTimeout: "1h1m", idleTimeout: "1500ms", cookieConfig };
    expect(sessionsOf({ sessionPersistence })).toMatchObject([
      { absoluteMs: 3_660_000, idleMs: 1_500, isPermanent: true },
    ]);
  });

  test("is written with its name, so that it outlives a rule that is put in front", () => {
    expect(
      sessionDocument({ type: "Header", name: "x-s", idleMs: 60_000, isPermanent: false }),
    ).toEqual({ sessionName: "x-s", type: "Header", idleTimeout: "1m" });
    expect(
      sessionDocument({ type: "Cookie", name: "S", absoluteMs: 1_000, isPermanent: true }),
    ).toMatchObject({ absoluteTimeout: "1s", cookieConfig: { lifetimeType: "Permanent" } });
  });
});

describe("one name", () => {
  const named = (type: string) => [{ sessionPersistence: { type, sessionName: "x-s" } }];

  test("may be had by sessions of two hosts", () => {
    const http_routes = ["a", "b"].map((name) =>
      manifest(name, { hostnames: [`${name}.example`], rules: named("Cookie") }),
    );
    expect(problemsIn({ http_routes })).toEqual([]);
  });

  test("may be had by a cookie and a header", () => {
    const rules = [...named("Cookie"), ...named("Header")];
    expect(problemsIn({ http_routes: [manifest("a", { rules })] })).toEqual([]);
  });

  test("is told once of two sessions that have several hosts in common", () => {
    const hostnames = ["a.example", "b.example"];
    const rules = [...named("Cookie"), ...named("Cookie")];
    expect(problemsIn({ http_routes: [manifest("a", { hostnames, rules })] })).toHaveLength(1);
  });
});
