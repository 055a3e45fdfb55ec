import { describe, expect, test } from "vitest";
import { factsOf } from "../../../workers/edge/facts.ts";
import { readHeaders } from "../../../workers/edge/request-headers.ts";
import type { Described } from "../../../workers/edge/visitor.ts";

const VISITOR: Described = {
  colo: "FRA",
  country: "DE",
  continent: "EU",
  asn: 3320,
  latitude: 52.5,
  longitude: 13.4,
  clientKey: "203.0.113.9",
};

function facts(target: string, more: { rawHost?: string; scheme?: string } = {}, headers = {}) {
  const { rawHost = "a.example", scheme = "http" } = more;
  const asked = {
    method: "GET",
    url: `${scheme}://${rawHost}${target}`,
    host: "a.example",
    hostKey: "a.example",
    rawHost,
    target,
  };
  return factsOf(asked, readHeaders(new Headers(headers)), VISITOR);
}

/** A prefix rule must see the path that `fetch` will send, or it is passed by a spelling of it. */
describe("the path that is matched is the one that is forwarded", () => {
  test.each([
    ["/x/%2e%2e/admin", "/admin"],
    ["/x/%2E%2E/admin", "/admin"],
    ["/x/.%2e/admin", "/admin"],
    ["/x/../admin", "/admin"],
    ["/./admin", "/admin"],
    ["/x/..", "/"],
    ["/../../admin", "/admin"],
    ["//", "//"],
    ["//admin", "//admin"],
    ["//evil.example/admin", "//evil.example/admin"],
    ["/x//..//admin", "/x//admin"],
    ["/a%2fadmin", "/a%2fadmin"],
    ["/%2fadmin", "/%2fadmin"],
    ["/a%5cadmin", "/a%5cadmin"],
    ["/a\\..\\admin", "/admin"],
    ["/admin;x=1", "/admin;x=1"],
    ["/admin%00", "/admin%00"],
    ["/%61dmin", "/%61dmin"],
    ["/@evil.example", "/@evil.example"],
    ["/:80", "/:80"],
  ])("%s is matched as %s", (target, path) => {
    expect(facts(target).path).toBe(path);
    expect(new URL(`http://127.0.0.1:9001${target}`).pathname).toBe(path);
  });
});

test("the query is what follows the first question mark, as it came", () => {
  expect(facts("/a?x=1&y=%2F?z").query).toBe("x=1&y=%2F?z");
  expect(facts("/a?").query).toBe("");
  expect(facts("/a").query).toBe("");
});

test("the port is the Host header's, and absent when it has none", () => {
  expect(facts("/", { rawHost: "a.example:8443" }).port).toBe(8443);
  expect(facts("/").port).toBeUndefined();
});

test("the scheme is the platform's word", () => {
  expect(facts("/", { scheme: "https" }).scheme).toBe("https");
  expect(facts("/").scheme).toBe("http");
});

test("who asks is what the platform says, with the region of the colo that it names", () => {
  expect(facts("/")).toMatchObject({
    clientIp: "203.0.113.9",
    country: "DE",
    continent: "EU",
    asn: 3320,
    latitude: 52.5,
    longitude: 13.4,
    colo: "FRA",
    coloRegion: "WEU",
  });
});

test("a header that does not go on decides nothing", () => {
  const claims = { "x-real-ip": "10.0.0.1", "x-forwarded-for": "10.0.0.1", "x-a": "1" };
  expect(facts("/", {}, claims).headers).toEqual({ "x-a": "1" });
});
