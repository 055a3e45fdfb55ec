import { describe, expect, test } from "vitest";
import {
  compileExpression,
  EXPRESSION_CHARACTERS_MAX,
} from "../../../routing/expression/compile.ts";
import { DEPTH_MAX, LIST_MAX, PATTERNS_MAX } from "../../../routing/expression/parse.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { compilePattern } from "../../../routing/table/pattern/pattern.ts";
import { REFUSALS, TRUTHS } from "./cases.ts";
import { FACTS, facts, NOBODY } from "./facts.ts";

function resultOf(expression: string, request: RequestFacts = FACTS): boolean | string {
  const compiled = compileExpression(expression, compilePattern);
  return compiled.ok ? compiled.value(request) : (compiled.error[0]?.detail ?? "");
}

const problemsOf = (expression: string) => {
  const compiled = compileExpression(expression, compilePattern);
  return compiled.ok ? [] : compiled.error;
};

describe.each(Object.entries(TRUTHS))("%s", (_, cases) => {
  test.each(cases)("%s is %s", (expression, expected) => {
    expect(resultOf(expression)).toBe(expected);
  });
});

describe("refused, with the place and the next step", () => {
  test.each(REFUSALS)("%s", (expression, position, length, says) => {
    const [first] = problemsOf(expression);
    expect(first?.detail).toMatch(says);
    expect(first).toMatchObject({ position, length });
  });

  test("every mistake of type is told at once, in the order of the text", () => {
    const problems = problemsOf('http.hots eq "a" and ip.src eq "x" or not http.host');
    expect(problems.map(({ position }) => position)).toEqual([0, 31, 42]);
  });

  test("a mistake of syntax is told alone, because what follows is guesswork", () => {
    expect(problemsOf("nofield eq and other eq")).toHaveLength(1);
  });

  test("what would have been right there is told", () => {
    expect(problemsOf("http.host eq 5")[0]?.expected).toBe("String");
    expect(problemsOf("ip.src gt 10.0.0.1")[0]?.expected).toBe("eq, ne, in");
  });
});

describe("limits", () => {
  test("the text has at most the vendor's 4,096 characters", () => {
    const longest = `ssl${" ".repeat(EXPRESSION_CHARACTERS_MAX - 3)}`;
    expect(resultOf(longest)).toBe(true);
    expect(problemsOf(`${longest} `)[0]).toMatchObject({ position: 4_096 });
  });

  test.each([
    ["(", ")"],
    ["not ", ""],
    ["!", ""],
  ])("%s nests as deep as the limit and no deeper", (open, close) => {
    const nested = (depth: number) => `${open.repeat(depth)}ssl${close.repeat(depth)}`;
    expect(typeof resultOf(nested(DEPTH_MAX - 1))).toBe("boolean");
    expect(resultOf(nested(DEPTH_MAX))).toMatch(/nested deeper/);
    expect(resultOf(nested(1_000))).toMatch(/nested deeper/);
  });

  test("calls nest as deep as the limit and no deeper", () => {
    const nested = (depth: number) =>
      `${"lower(".repeat(depth)}http.host${")".repeat(depth)} eq "shop.example"`;
    expect(resultOf(nested(DEPTH_MAX - 1))).toBe(true);
    expect(resultOf(nested(DEPTH_MAX))).toMatch(/nested deeper/);
  });

  test("a list has at most its number of values", () => {
    const list = (count: number) => `ip.src.asnum in {${"1 ".repeat(count)}}`;
    expect(resultOf(list(LIST_MAX))).toBe(false);
    expect(resultOf(list(LIST_MAX + 1))).toMatch(/at most 1000 values/);
  });

  test("an expression has at most its number of patterns", () => {
    const patterns = (count: number) => `ssl${' or http.host ~ "a"'.repeat(count)}`;
    expect(resultOf(patterns(PATTERNS_MAX))).toBe(true);
    expect(resultOf(patterns(PATTERNS_MAX + 1))).toMatch(/at most 16 patterns/);
  });

  test("a long chain is wide and not deep", () => {
    expect(resultOf(`ssl${" and ssl".repeat(500)}`)).toBe(true);
  });

  test("concat cannot grow a value beyond the longest header block", () => {
    const twice = (text: string) => `concat(${text}, ${text})`;
    const request = facts({ headers: { cookie: "x".repeat(30_000) } });
    expect(resultOf(`len(${twice(twice(twice("http.cookie")))}) eq 32768`, request)).toBe(true);
  });

  test("contains and wildcards look for at most 256 characters", () => {
    expect(resultOf(`http.host contains "${"a".repeat(256)}"`)).toBe(false);
    expect(resultOf(`http.host contains "${"a".repeat(257)}"`)).toMatch(/at most 256/);
    expect(resultOf(`http.host wildcard "${"a".repeat(257)}"`)).toMatch(/at most 256/);
  });
});

describe("of a visitor of whom nothing is known", () => {
  test.each([
    ["ip.src eq 203.0.113.9", false],
    ["ip.src ne 203.0.113.9", false],
    ["not ip.src in {0.0.0.0/0 ::/0}", true],
    ['ip.src.country ne "DE"', false],
    ['not ip.src.country eq "DE"', true],
    ["ip.src.asnum ge 0", false],
    ['ip.src.lat ne ""', false],
    ['cf.colo.region eq ""', false],
    ['http.user_agent eq ""', true],
    ['http.cookie eq ""', true],
    ['http.request.uri eq "/"', true],
    ['http.request.full_uri eq "http://shop.example/"', true],
    ["ssl", false],
    ["len(http.request.headers.names) eq 0", true],
    ['any(http.request.headers.names[*] eq "a")', false],
    ['concat(ip.src.country, ip.src.continent) ne "x"', false],
    ['to_string(ip.src) ne "x"', false],
  ])("%s is %s", (expression, expected) => {
    expect(resultOf(expression, NOBODY)).toBe(expected);
  });
});

describe("hostile requests", () => {
  const hostile = Object.fromEntries([
    ["__proto__", "p"],
    ["constructor", "c"],
  ]);

  test.each([
    ["__proto__", "p"],
    ["constructor", "c"],
  ])("a header named %s is a header", (name, value) => {
    const request = facts({ headers: hostile });
    expect(resultOf(`http.request.headers["${name}"][0] eq "${value}"`, request)).toBe(true);
  });

  test.each([
    ["ip.src eq 2001:db8::1", "2001:DB8:0:0:0:0:0:1", true],
    ["ip.src in {2001:db8::/32}", "2001:db8:ffff::", true],
    ["ip.src in {2001:db8::/32}", "2001:db9::", false],
    ["ip.src in {fe80::1..fe80::ff}", "fe80::7f", true],
    ["ip.src in {0.0.0.0/0}", "::ffff:1.2.3.4", false],
    ["ip.src in {0.0.0.0/0 ::/0}", "not an address", false],
  ])("%s of %s is %s", (expression, clientIp, expected) => {
    expect(resultOf(expression, facts({ clientIp }))).toBe(expected);
  });

  test("only so many cookies and headers are looked at", () => {
    const cookie = Array.from({ length: 500 }, (_, index) => `c=${index}`).join(";");
    const request = facts({ headers: { cookie } });
    expect(resultOf('len(http.request.cookies["c"]) eq 128', request)).toBe(true);
  });
});
