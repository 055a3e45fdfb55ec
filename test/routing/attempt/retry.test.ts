import { describe, expect, test } from "vitest";
import { balanceOf, openBudget } from "../../../routing/attempt/budget.ts";
import { isReplayable, mayRetry, type RetryQuestion } from "../../../routing/attempt/retry.ts";

const NOW = 1_800_000_000_000;

const ask = (more: Partial<RetryQuestion> = {}) =>
  mayRetry(
    {
      method: "GET",
      hasIdempotencyKey: false,
      body: "none",
      failure: "connect",
      triesSoFar: 1,
      triesMax: 3,
      deadlineLeftMs: 20_000,
      budget: openBudget(NOW),
      ...more,
    },
    NOW,
  );

const because = (more: Partial<RetryQuestion>) => {
  const answer = ask(more);
  return answer.retry ? null : answer.because;
};

test("a retry is paid for", () => {
  const answer = ask();
  expect(answer.retry && balanceOf(answer.budget, NOW)).toBe(19);
});

test("the one after a try of an endpoint that may be back is ours to pay, so that an empty account costs no visitor", () => {
  const empty = { ...openBudget(NOW), tokens: 0 };
  const answer = ask({ wasProbing: true, budget: empty });
  expect(answer.retry && balanceOf(answer.budget, NOW)).toBe(0);
  expect(because({ wasProbing: true, budget: empty, method: "POST" })).toBe("method");
  expect(because({ wasProbing: true, budget: empty, triesSoFar: 3 })).toBe("tries");
});

test.each(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])("%s may be sent again", (method) => {
  expect(because({ method })).toBeNull();
});

test.each(["POST", "PATCH", "CONNECT", "TRACE", "get", "PROPFIND"])(
  "%s is sent again only with an Idempotency-Key",
  (method) => {
    expect(because({ method })).toBe("method");
    expect(because({ method, hasIdempotencyKey: true })).toBeNull();
  },
);

describe("bodies", () => {
  test.each([
    ["PUT", "kept", null],
    ["PUT", "streamed", "body"],
    ["DELETE", "kept", null],
    ["OPTIONS", "kept", null],
    ["GET", "kept", "body"],
    ["HEAD", "kept", "body"],
    ["GET", "streamed", "body"],
  ] as const)("%s with a body that is %s", (method, body, expected) => {
    expect(because({ method, body })).toBe(expected);
  });

  test("an Idempotency-Key does not bring back a body that is gone", () => {
    expect(because({ method: "POST", hasIdempotencyKey: true, body: "streamed" })).toBe("body");
    expect(because({ method: "POST", hasIdempotencyKey: true, body: "kept" })).toBeNull();
  });
});

test.each(["connect", "reset", "timeout", "502", "503", "504", "429"] as const)(
  "after %s there is another try",
  (failure) => {
    expect(because({ failure })).toBeNull();
  },
);

test("any other answer is final", () => {
  expect(because({ failure: "final" })).toBe("failure");
});

test("a POST is not sent again even when the connection was refused", () => {
  expect(because({ method: "POST", failure: "connect" })).toBe("method");
});

test.each([
  [1, null],
  [2, null],
  [3, "tries"],
  [4, "tries"],
])("after %d tries", (triesSoFar, expected) => {
  expect(because({ triesSoFar })).toBe(expected);
});

test.each([
  [50, null],
  [49, "deadline"],
  [0, "deadline"],
  [Number.NaN, "deadline"],
])("with %d ms left", (deadlineLeftMs, expected) => {
  expect(because({ deadlineLeftMs })).toBe(expected);
});

test("an empty account pays for nothing", () => {
  expect(because({ budget: { ...openBudget(NOW), tokens: 0.99 } })).toBe("budget");
});

test("a request is replayable by what it is, not by what failed", () => {
  expect(isReplayable({ method: "GET", hasIdempotencyKey: false, body: "none" })).toBe(true);
  expect(isReplayable({ method: "POST", hasIdempotencyKey: false, body: "none" })).toBe(false);
});
