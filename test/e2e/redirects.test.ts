/**
 * Open redirects (security floor, S8): whatever a visitor writes into the target, Location names a host of the
 * configuration, or the one that was asked for, which is configured too; and no answer has a header of the visitor's making.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ConformanceCase,
  filterRule,
  fullPath,
  prefixMatch,
  redirect,
  rewrite,
} from "../conformance/case.ts";
import { type Stage, Theatre } from "../conformance/stage.ts";
import { exchangeRaw, statusesOf } from "./raw-client.ts";

const HOST = "safe.example";
const MAY_BE = [HOST, "new.example"];

/** As they follow a path that a rule matches, or stand for the whole target. */
const PAYLOADS: readonly string[] = [
  "//evil.example",
  "///evil.example",
  "////evil.example/%2f..",
  "/\\evil.example",
  "/\\/evil.example",
  "\\evil.example",
  "\\\\evil.example",
  "/%5cevil.example",
  "/%5c%5cevil.example",
  "/%2f%2fevil.example",
  "/%2fevil.example",
  "%2f%2fevil.example",
  "/.evil.example",
  "/..//evil.example",
  "/../../evil.example",
  "/%2e%2e//evil.example",
  "/%2e%2e/%2e%2e//evil.example",
  "/x/..//..//evil.example",
  "/@evil.example",
  "@evil.example",
  "/:80@evil.example",
  ":80@evil.example",
  "/https:evil.example",
  "/https://evil.example",
  "/http:/evil.example",
  "/javascript:alert(1)",
  "/data:text/html,x",
  "/?//evil.example",
  "/?url=https://evil.example",
  "/?\\evil.example",
  "/#@evil.example",
  "/;@evil.example",
  "/%0d%0aLocation:%20https://evil.example",
  "/%0d%0a%0d%0a<script>",
  "/%0aSet-Cookie:%20a=1",
  "/?%0d%0aX-Injected:%201",
  "/%e5%98%8a%e5%98%8dX-Injected:%201",
  "/%00//evil.example",
  "/%09/evil.example",
  "/\t/evil.example",
  "/%E3%80%82evil.example",
  "/evil%E3%80%82example",
  "/.safe.example.evil.example",
  "//[::1]",
  "//2130706433",
];

/** Where each of them is put. */
const PLACES: readonly ((payload: string) => string)[] = [
  (payload) => `/keep${payload}`,
  (payload) => `/strip${payload}`,
  (payload) => `/to${payload}`,
  (payload) => `/full${payload}`,
  (payload) => payload,
];

let theatre: Theatre;
let stage: Stage;

const routes: ConformanceCase["routes"] = [
  {
    name: "redirects",
    hostnames: [HOST],
    rules: [
      filterRule("/keep", [redirect({ scheme: "https" })]),
      filterRule("/strip", [redirect({ statusCode: 301, ...prefixMatch("") })]),
      filterRule("/to", [redirect({ hostname: "new.example", ...prefixMatch("/") })]),
      filterRule("/full", [redirect({ hostname: "new.example", ...fullPath("/there") })]),
      filterRule("/sent", [rewrite(prefixMatch(""))], "v1"),
      filterRule("/", [redirect({ statusCode: 308 })]),
    ],
  },
];

beforeAll(async () => {
  theatre = await Theatre.open();
  stage = await theatre.set({ name: "HTTPRouteRedirectPath", routes });
});
afterAll(() => theatre?.close());

const ask = (target: string): Promise<string> => {
  const head = [
    `GET ${target} HTTP/1.1`,
    `Host: ${HOST}`,
    `tw-colo: ${stage.colo}`,
    "Connection: close",
  ];
  return exchangeRaw(Number(new URL(stage.planet.edge).port), `${head.join("\r\n")}\r\n\r\n`);
};
const headersOf = (answer: string): readonly (readonly [string, string])[] =>
  answer
    .slice(0, answer.indexOf("\r\n\r\n"))
    .split("\r\n")
    .slice(1)
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });

describe("a redirect", () => {
  test.each(PAYLOADS)("never leaves the configured hosts: %j", async (payload) => {
    for (const place of PLACES) {
      const answer = await ask(place(payload));
      const [status = 0] = statusesOf(answer);
      // What is no target at all is refused before any rule.
      if (status === 400) continue;
      expect([301, 302, 308]).toContain(status);
      const locations = headersOf(answer).filter(([name]) => name === "location");
      expect(locations).toHaveLength(1);
      const [[, location = ""] = []] = locations;
      expect(location).toMatch(/^https?:\/\/[!-~]+$/);
      // As a browser reads it, from a page of anywhere.
      expect(MAY_BE).toContain(new URL(location, "https://evil.example").hostname);
    }
  });

  test("has no header of a visitor's making", async () => {
    const plain = new Set(headersOf(await ask("/strip/x")).map(([name]) => name));
    for (const payload of PAYLOADS) {
      const answer = await ask(`/strip${payload}`);
      if (statusesOf(answer)[0] === 400) continue;
      expect(new Set(headersOf(answer).map(([name]) => name))).toEqual(plain);
    }
  });

  test("answers nearly every one of them, so that this claims something", async () => {
    const answers = await Promise.all(PAYLOADS.map((payload) => ask(`/strip${payload}`)));
    const redirected = answers.filter((answer) => statusesOf(answer)[0] === 301);
    expect(redirected.length).toBeGreaterThan(PAYLOADS.length / 2);
  });
});

test("a path that is rewritten reaches the endpoint of the route, whatever it looks like", async () => {
  for (const payload of PAYLOADS) {
    const answer = await ask(`/sent${payload}`);
    const [status = 0] = statusesOf(answer);
    if (status !== 200) {
      expect([400, 308]).toContain(status);
      continue;
    }
    expect(headersOf(answer)).toContainEqual(["x-pool", "v1"]);
  }
});
