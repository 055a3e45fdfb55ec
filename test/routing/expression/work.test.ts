import { afterEach, describe, expect, test } from "vitest";
import { compileExpression } from "../../../routing/expression/compile.ts";
import { isWorkOver, refillWork, spend, WORK_MAX } from "../../../routing/expression/work.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { compilePattern } from "../../../routing/table/pattern/pattern.ts";

const facts = (headers: Record<string, string>): RequestFacts => ({
  method: "GET",
  scheme: "https",
  host: "shop.example",
  path: "/",
  query: "",
  headers,
  clientIp: "192.0.2.1",
  colo: "FRA",
});

const holds = (text: string, headers: Record<string, string>): boolean => {
  const compiled = compileExpression(text, compilePattern);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value(facts(headers));
};

afterEach(refillWork);

describe("the work of a request's rules", () => {
  test("is not over for a hundred rules that search a cookie of 4 KB", () => {
    const headers = { cookie: "x".repeat(4_096) };
    for (let rule = 0; rule < 100; rule += 1) holds('http.cookie contains "session"', headers);
    expect(isWorkOver()).toBe(false);
  });

  test.each([
    ["functions", `${'lower(http.cookie) eq "a" or '.repeat(100)}ssl`],
    [
      "patterns",
      `${'http.cookie matches "a+b" or '.repeat(16)}ssl`.replaceAll(
        "http.cookie",
        "lower(lower(lower(http.cookie)))",
      ),
    ],
    ["cookies", `${'http.request.cookies["a"][0] eq "b" or '.repeat(60)}ssl`],
    ["decoding", `${'url_decode(http.cookie, "r") eq "a" or '.repeat(60)}ssl`],
  ])("is over for a hostile header and %s, and the condition is then false", (_name, text) => {
    expect(holds(text, { cookie: "%41".repeat(10_900) })).toBe(false);
    expect(isWorkOver()).toBe(true);
  });

  test("once over stays over until it is filled again", () => {
    expect(() => spend(WORK_MAX + 1)).toThrow("");
    expect(holds("ssl", {})).toBe(true);
    expect(holds('http.cookie contains "a"', { cookie: "a" })).toBe(false);
    refillWork();
    expect(holds('http.cookie contains "a"', { cookie: "a" })).toBe(true);
  });
});
