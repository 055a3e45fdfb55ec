import { APIConnectionError, APIError } from "cloudflare/core/error";
import { describe, expect, test } from "vitest";
import { failureOf } from "../../../../../workers/central/dns/cloudflare/failure.ts";

const where = { zone: "shop.test", secrets: ["s3cret"], nowMs: 1_000 };
const answer = (status: number, code: number | null, headers: Record<string, string> = {}) =>
  APIError.generate(
    status,
    code === null ? undefined : { errors: [{ code, message: "as the vendor says" }] },
    "not JSON",
    new Headers(headers),
  );
const kinds = (thrown: unknown) =>
  (["list", "write"] as const).map((call) => failureOf(thrown, { ...where, call }).kind);

describe("Cloudflare's failures", () => {
  test.each([
    [429, 971, "throttled"],
    [429, null, "throttled"],
    [400, 971, "throttled"],
    [400, 6_003, "unauthorized"],
    [400, 9_106, "unauthorized"],
    [403, 9_109, "unauthorized"],
    [403, 10_000, "unauthorized"],
    [401, null, "unauthorized"],
    [404, 7_003, "no-zone"],
    [400, 7_000, "no-zone"],
    [404, 81_044, "fenced"],
    [400, 81_058, "fenced"],
    [400, 81_053, "rejected"],
    [400, 81_054, "rejected"],
    [400, 1_004, "rejected"],
    [400, 9_005, "rejected"],
    [302, null, "rejected"],
  ] as const)("HTTP %i with code %s is %s in both calls", (status, code, kind) => {
    expect(kinds(answer(status, code))).toEqual([kind, kind]);
  });

  test.each([
    answer(500, null),
    answer(503, 10_000),
    new APIConnectionError({ message: "socket closed" }),
    new SyntaxError("Unexpected end of JSON input"),
    "thrown text",
  ])("%s leaves open whether a write happened", (thrown) => {
    expect(kinds(thrown)).toEqual(["unreachable", "unknown"]);
  });

  test("a wait is told in seconds or as a date", () => {
    const wait = (header: string) =>
      failureOf(answer(429, 971, { "retry-after": header }), { ...where, call: "list" })
        .retryAfterMs;
    expect(wait("7")).toBe(7_000);
    expect(wait("Thu, 01 Jan 1970 00:00:03 GMT")).toBe(2_000);
    expect(wait("Thu, 01 Jan 1970 00:00:00 GMT")).toBe(0);
    expect(wait("soon")).toBeUndefined();
  });

  test("the sentence names zone, call, records, the vendor's reasons and the next step, and no secret", () => {
    const errors = [
      {
        code: 1_004,
        message: "DNS Validation Error",
        error_chain: [{ code: 9_005, message: "Content s3cret\nis no address." }],
      },
    ];
    const thrown = APIError.generate(400, { errors }, undefined, new Headers());
    expect(failureOf(thrown, { ...where, call: "write", about: "a.shop.test A" }).detail).toBe(
      "cloudflare, zone shop.test, write of a.shop.test A: HTTP 400: 1004 DNS Validation Error, " +
        "as 9005 Content … is no address. (nothing was written; correct what it names)",
    );
  });
});
