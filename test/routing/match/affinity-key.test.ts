import { describe, expect, test } from "vitest";
import { headerKeyOf } from "../../../routing/match/affinity-key.ts";

const key = (headers: readonly string[], sent: Record<string, string>, needsAll = false) =>
  headerKeyOf({ headers, needsAll }, sent);

describe("a request has no session", () => {
  test("without any of the headers", () => {
    expect(key(["x-a", "x-b"], { "x-c": "1" })).toBe("");
    expect(key([], { "x-a": "1" })).toBe("");
    expect(key(["constructor"], {})).toBe("");
  });

  test("without one of them, where all are needed", () => {
    expect(key(["x-a", "x-b"], { "x-a": "1" }, true)).toBe("");
    expect(key(["x-a", "x-b"], { "x-a": "1" })).not.toBe("");
    expect(key(["x-a", "x-b"], { "x-a": "1", "x-b": "" }, true)).not.toBe("");
  });

  test("without one of the named cookies, where all are needed", () => {
    const sent = { cookie: "a=1; c=3" };
    expect(key(["cookie:a,b"], sent, true)).toBe("");
    expect(key(["cookie:a,c"], sent, true)).not.toBe("");
    expect(key(["cookie:b"], sent)).toBe("");
    expect(key(["cookie:a"], {})).toBe("");
  });
});

describe("two requests have one session", () => {
  const same = (one: Record<string, string>, other: Record<string, string>, names = ["x-a"]) =>
    key(names, one) === key(names, other);

  test("when the headers are equal, whatever else they bring", () => {
    expect(same({ "x-a": "1", "x-z": "2" }, { "x-a": "1" })).toBe(true);
    expect(same({ "x-a": "1" }, { "x-a": "2" })).toBe(false);
  });

  test("when the named cookies are equal, in any order and beside any others", () => {
    const names = ["cookie:s,t"];
    expect(same({ cookie: "s=1; x=9; t=2" }, { cookie: "t=2;s=1" }, names)).toBe(true);
    expect(same({ cookie: "s=1; t=2" }, { cookie: "s=2; t=1" }, names)).toBe(false);
    expect(same({ cookie: "s=1" }, { cookie: "xs=1; s=1" }, names)).toBe(true);
    expect(same({ cookie: "s=1" }, { cookie: "S=1; s=1" }, names)).toBe(true);
  });

  test("of all cookies only when all are equal", () => {
    expect(same({ cookie: "a=1" }, { cookie: "a=1; b=2" }, ["cookie"])).toBe(false);
  });

  test("and not because what one header lost another has", () => {
    const names = ["x-a", "x-b"];
    expect(same({ "x-a": "1" }, { "x-b": "1" }, names)).toBe(false);
    const quotes = { "x-a": '1"},{"name":"x-b","value":"2' };
    expect(same(quotes, { "x-a": "1", "x-b": "2" }, names)).toBe(false);
  });
});

test("the key is short, and says nothing of the headers", () => {
  const long = key(["authorization"], { authorization: `Bearer ${"s3cret".repeat(1_000)}` });
  expect(long).toMatch(/^[0-9a-z]{1,7}$/);
});
