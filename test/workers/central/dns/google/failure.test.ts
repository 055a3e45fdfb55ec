import { describe, expect, test } from "vitest";
import { classified } from "../../../../../workers/central/dns/google/failure.ts";

const reply = (status: number, reason?: string, message = "what it says") => ({
  status,
  headers: new Headers(),
  body:
    reason === undefined
      ? "<html>"
      : { error: { code: status, message, errors: [{ reason, message, domain: "global" }] } },
});
const kindOf = (...of: Parameters<typeof reply>) => classified(reply(...of), "unknown").kind;

describe("an error of Cloud DNS", () => {
  test.each([
    [412, "conditionNotMet", "fenced"],
    [409, "alreadyExists", "fenced"],
    [400, "invalid", "rejected"],
    [400, "cnameResourceRecordSetConflict", "rejected"],
    [409, "cnameResourceRecordSetConflict", "rejected"],
    [403, "quotaExceeded", "rejected"],
    [403, "rateLimitExceeded", "throttled"],
    [429, "rateLimitExceeded", "throttled"],
    [403, "dailyLimitExceeded", "throttled"],
    [403, "forbidden", "unauthorized"],
    [403, "accessNotConfigured", "unauthorized"],
    [401, "authError", "unauthorized"],
    [404, "notFound", "no-zone"],
    [500, "internalError", "unreachable"],
    [503, "backendError", "unreachable"],
  ] as const)("%i %s is %s", (status, reason, kind) => {
    expect(kindOf(status, reason)).toBe(kind);
  });

  test("that a set to delete is gone is no missing zone", () => {
    const gone =
      "The 'entity.change.deletions[0]' resource named 'a.shop.test. (A)' does not exist.";
    expect(kindOf(404, "notFound", gone)).toBe("fenced");
  });

  test("without a reason is by its status, and what is not known may have been written", () => {
    expect([429, 404, 413].map((status) => kindOf(status))).toEqual([
      "throttled",
      "no-zone",
      "rejected",
    ]);
    expect([200, 302, 418, 502, 504].map((status) => kindOf(status))).toEqual(
      Array(5).fill("unknown"),
    );
    expect(classified(reply(502), "unreachable").kind).toBe("unreachable");
  });

  test("names the record of the place that it names, the next step, and Google's words", () => {
    const message = "Invalid value for 'entity.change.additions[2].rrdata[0]': 'x'";
    const { text } = classified(reply(400, "invalid", message), "unknown", (list, at) =>
      list === "additions" && at === 2 ? "a.shop.test A" : "another",
    );
    expect(text).toBe(
      `a.shop.test A: nothing was written; correct what it names. Answer: 400 invalid ${message}`,
    );
  });
});
