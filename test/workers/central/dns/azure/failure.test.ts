import { describe, expect, test } from "vitest";
import { classified, isAbsent } from "../../../../../workers/central/dns/azure/failure.ts";

const arm = (status: number, code: string, message = "what it says") => ({
  status,
  headers: new Headers(),
  body: { error: { code, message } },
});
const bare = (status: number, code: string, message = "what it says") => ({
  status,
  headers: new Headers(),
  body: { code, message },
});

describe("an error of the Resource Manager or of Azure DNS", () => {
  test.each([
    [arm(400, "InvalidRequestContent"), "rejected"],
    [bare(400, "BadRequest"), "rejected"],
    [arm(401, "ExpiredAuthenticationToken"), "unauthorized"],
    [arm(403, "AuthorizationFailed"), "unauthorized"],
    [arm(404, "SubscriptionNotFound"), "no-zone"],
    [arm(404, "ResourceGroupNotFound"), "no-zone"],
    [arm(404, "ParentResourceNotFound"), "no-zone"],
    [bare(409, "Conflict"), "rejected"],
    [arm(409, "ScopeLocked"), "unauthorized"],
    [arm(409, "ReadOnlyDisabledSubscription"), "unauthorized"],
    [bare(412, "PreconditionFailed"), "fenced"],
    [arm(429, "TooManyRequests"), "throttled"],
    [arm(500, "InternalServerError"), "unreachable"],
    [arm(503, "ServerTimeout"), "unreachable"],
    [arm(502, "BadGateway"), "unknown"],
    [arm(202, "Accepted"), "unknown"],
  ] as const)("%j is %s", (reply, kind) => {
    expect(classified(reply, "unknown").kind).toBe(kind);
  });

  test("says the next step and Azure's words, and without any its status", () => {
    expect(classified(bare(409, "Conflict", "A CNAME is there."), "unknown").text).toBe(
      "correct the record. Answer: 409 Conflict A CNAME is there.",
    );
    const html = { status: 502, headers: new Headers(), body: "<html>" };
    expect(classified(html, "unreachable")).toEqual({
      kind: "unreachable",
      text: "it is asked again later. Answer: 502  ",
    });
  });

  test("a set that is not there is no zone that is not there", () => {
    expect(isAbsent(bare(404, "NotFound"))).toBe(true);
    expect(isAbsent(arm(404, "NotFound"))).toBe(true);
    expect(isAbsent(arm(404, "ParentResourceNotFound"))).toBe(false);
    expect(isAbsent(bare(200, "NotFound"))).toBe(false);
  });
});
