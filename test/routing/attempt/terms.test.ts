import { expect, test } from "vitest";
import { DEFAULT_TERMS, termsOf, tryLimitMs } from "../../../routing/attempt/terms.ts";
import type { RouteRule } from "../../../routing/http-route.ts";
import { TRIES_MAX, TRY_TIMEOUT_MS } from "../../../routing/limits.ts";
import { ruleOf } from "../match/routes.ts";

const NONE = Number.POSITIVE_INFINITY;
const of = (timeouts: RouteRule["timeouts"], retry?: RouteRule["retry"]) =>
  termsOf(ruleOf([{}], { timeouts, ...(retry === undefined ? {} : { retry }) }));

test("a rule that says nothing has the product's terms", () => {
  expect(of({})).toEqual(DEFAULT_TERMS);
  expect(DEFAULT_TERMS).toEqual({
    requestMs: null,
    tryMs: null,
    triesMax: TRIES_MAX,
    codes: null,
    backoffMs: 0,
  });
});

test.each<[RouteRule["timeouts"], number | null, number | null]>([
  [{ requestMs: 500 }, 500, null],
  [{ backendRequestMs: 200 }, null, 200],
  [{ requestMs: 500, backendRequestMs: 200 }, 500, 200],
  [{ backendRequestMs: 0 }, null, NONE],
  [{ requestMs: 500, backendRequestMs: 0 }, 500, NONE],
  // Tries with a limit would end a request that has none.
  [{ requestMs: 0 }, NONE, NONE],
  [{ requestMs: 0, backendRequestMs: 200 }, NONE, 200],
])("timeouts %j: a request %d ms, a try %d ms", (timeouts, requestMs, tryMs) => {
  expect(of(timeouts)).toMatchObject({ requestMs, tryMs });
});

test("a retry replaces codes, attempts and backoff; attempts are re-tries", () => {
  const terms = of({}, { codes: [500, 503], attempts: 2, backoffMs: 20 });
  expect(terms).toMatchObject({ triesMax: 3, codes: new Set([500, 503]), backoffMs: 20 });
  expect(of({}, { codes: [], attempts: 1, backoffMs: 0 }).codes).toEqual(new Set());
});

test("terms are made once per rule", () => {
  const rule = ruleOf([{}], { timeouts: { requestMs: 500 } });
  expect(termsOf(rule)).toBe(termsOf(rule));
});

test("without a limit of its own a try has the product's, unless the request is sent only once", () => {
  expect(tryLimitMs(DEFAULT_TERMS, true, null)).toBe(TRY_TIMEOUT_MS);
  expect(tryLimitMs(DEFAULT_TERMS, false, null)).toBe(NONE);
  expect(tryLimitMs(of({ backendRequestMs: 200 }), true, null)).toBe(200);
  expect(tryLimitMs(of({ backendRequestMs: 200 }), false, null)).toBe(200);
});
