import { describe, expect, test } from "vitest";
import { endingOf, endingOfSilence } from "../../../workers/edge/classify.ts";

const ending = (status: number, headers: Record<string, string> = {}) =>
  endingOf({ status, headers: new Headers(headers) } as Response);

describe("an answer", () => {
  test.each([101, 200, 204, 206, 301, 304, 400, 401, 404, 413, 422, 451, 501, 505, 508])(
    "%i is a success of the endpoint, and final",
    (status) => {
      expect(ending(status)).toEqual({ outcome: "success", failure: "final" });
    },
  );

  test.each([
    [500, "final"],
    [507, "final"],
    [502, "502"],
    [503, "503"],
    [504, "504"],
    [520, "connect"],
    [521, "connect"],
    [522, "504"],
    [523, "connect"],
    [524, "504"],
    [526, "connect"],
    [530, "connect"],
  ])("%i is a failure; for another try it is %s", (status, failure) => {
    expect(ending(status)).toEqual({ outcome: "failure", failure });
  });

  test("429 is overload, and another endpoint is asked only when this one says when to come back", () => {
    expect(ending(429)).toEqual({ outcome: "overload", failure: "final" });
    expect(ending(429, { "retry-after": "3" })).toEqual({
      outcome: "overload",
      failure: "429",
      retryAfterMs: 3_000,
    });
  });

  test("503 with Retry-After is overload; a date is not read", () => {
    expect(ending(503, { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" })).toEqual({
      outcome: "overload",
      failure: "503",
    });
  });
});

describe("an answer of the platform in an endpoint's place", () => {
  const answer = { status: 403, headers: new Headers() } as Response;

  test("for a reason that is ours has another endpoint tried, and is nobody's failure", () => {
    expect(endingOf(answer, "ours")).toEqual({
      outcome: "failure",
      failure: "connect",
      isOurs: true,
    });
  });

  test("because the endpoint cannot be reached is its failure, although 403 would be a success", () => {
    expect(endingOf(answer, "endpoint")).toEqual({ outcome: "failure", failure: "connect" });
    expect(endingOf(answer)).toEqual({ outcome: "success", failure: "final" });
  });
});

describe("silence", () => {
  test("after the visitor left blames nobody", () => {
    const left = endingOfSilence({ isUploadBroken: true, isTimeout: true });
    expect(left).toEqual({ outcome: "abandoned", failure: "final" });
  });

  test("is a timeout when our timer ended it, a reset otherwise", () => {
    const silence = (isTimeout: boolean) => endingOfSilence({ isUploadBroken: false, isTimeout });
    expect(silence(true)).toEqual({ outcome: "failure", failure: "timeout" });
    expect(silence(false)).toEqual({ outcome: "failure", failure: "reset" });
  });
});
