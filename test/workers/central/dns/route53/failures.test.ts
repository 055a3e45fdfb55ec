/** How failures are told, and what is refused before anything is sent. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shownName } from "../../../../../workers/central/dns/failure.ts";
import { changed, failed, refused, scripted } from "./scripted.ts";
import { batchOf, CANARY, create, kindOf, never, providerOf, www } from "./subject.ts";

describe("failures", () => {
  const TABLE = [
    ["throttled", failed("Throttling", "Rate exceeded")],
    ["throttled", failed("PriorRequestNotComplete", "still processing a prior request")],
    ["throttled", failed("SomethingNew", "slow down", 429)],
    ["unauthorized", failed("InvalidClientTokenId", "The security token is invalid", 403)],
    ["unauthorized", failed("SignatureDoesNotMatch", "The signature does not match", 403)],
    ["unauthorized", failed("AccessDenied", "is not authorized to perform", 403)],
    ["unauthorized", failed("ExpiredToken", "The security token is expired", 403)],
    ["no-zone", failed("NoSuchHostedZone", "No hosted zone found with ID: Z1", 404)],
    ["fenced", failed("NoSuchHealthCheck", "No health check exists with the ID", 404)],
    ["rejected", failed("InvalidInput", "Invalid XML")],
    ["rejected", failed("TooManyHealthChecks", "the limit is reached")],
    ["rejected", failed("SomethingNew", "no")],
    ["unreachable", failed("InternalFailure", "internal error", 500)],
    ["unreachable", failed("ServiceUnavailable", "try again", 503)],
  ] as const;

  test.each(TABLE)("%s, in listing and in writing", async (kind, answer) => {
    expect(kindOf(await providerOf(scripted(answer)).populate(never))).toBe(kind);
    expect(kindOf(await providerOf(scripted(answer)).write(batchOf(create), never))).toBe(kind);
  });

  test.each([
    ["fenced", ["Tried to create resource record set [name='w.', type='A'] but it already exists"]],
    ["fenced", ["Tried to delete resource record set [name='w.', type='A'] but it was not found"]],
    [
      "fenced",
      [
        "RRSet of type CNAME is not permitted",
        "Tried to delete resource record set [name='w.', type='A'] but the values provided do not match the current values",
      ],
    ],
    ["rejected", ["RRSet with DNS name x.test. is not permitted in zone shop.test."]],
  ] as const)("a batch that is refused is %s by its sentences: %j", async (kind, messages) => {
    const written = await providerOf(scripted(refused(...messages))).write(batchOf(create), never);
    expect(kindOf(written)).toBe(kind);
    expect(!written.ok && written.error.detail).toContain(messages[0]);
  });

  test.each([
    ["a connection that breaks", new Error("connection reset")],
    ["a gateway's page", new Response("<html>Not found</html>", { status: 404 })],
    ["another gateway's page", new Response("<html>Bad gateway</html>", { status: 502 })],
    ["an empty answer", new Response(null, { status: 500 })],
    ["what is no XML", new Response("{}", { status: 200 })],
    ["a redirect", new Response(null, { status: 302, headers: { location: "http://x.test/" } })],
  ])("%s is unreachable in listing and unknown in writing", async (_, answer) => {
    expect(kindOf(await providerOf(scripted(answer)).populate(never))).toBe("unreachable");
    expect(kindOf(await providerOf(scripted(answer)).write(batchOf(create), never))).toBe(
      "unknown",
    );
  });

  test("how long to wait is told on", async () => {
    const script = scripted(failed("Throttling", "Rate exceeded", 400, { "retry-after": "3" }));
    expect(await providerOf(script).populate(never)).toMatchObject({
      error: { retryAfterMs: 3_000 },
    });
  });

  test("a sentence names provider, zone, reason and next step", async () => {
    const script = scripted(failed("AccessDenied", "is not authorized to perform: x", 403));
    const listing = await providerOf(script).populate(never);
    expect(!listing.ok && listing.error.detail).toBe(
      "Route 53, zone shop.test (Z1): listing its records failed: AccessDenied: is not authorized to perform: x. " +
        "Next: check the access key, the role and that its policy allows what docs/dns-providers/route53.md lists.",
    );
  });

  test("no credential is ever in a failure, whatever the other side says", async () => {
    const secrets = [`id-${CANARY}`, `secret-${CANARY}`, `token-${CANARY}`];
    const words = `you sent ${secrets.join(" and ")}`;
    const answers = [
      ...["Throttling", "AccessDenied", "InvalidInput", "SomethingNew"].map((code) =>
        failed(code, words, 403),
      ),
      refused(words),
      new Response(words, { status: 502 }),
      new Error(words),
    ];
    for (const answer of answers) {
      const provider = providerOf(scripted(answer));
      const told = [await provider.populate(never), await provider.write(batchOf(create), never)];
      expect(JSON.stringify(told)).not.toContain(CANARY);
    }
  });
});

describe("malformed content", () => {
  test("of 1,000 sets with a bad name, value or TTL none is sent, and each refusal names provider, zone and record", async () => {
    const bad = fc.oneof(
      fc.string().map((name) => ({ name })),
      fc.string().map((label) => ({ name: `${label}\u0000.shop.test` })),
      fc
        .tuple(
          fc.constantFrom("A", "AAAA", "CNAME", "MX", "SRV", "CAA", "HTTPS", "NS", "bogus"),
          fc.string(),
        )
        .map(([type, value]) => ({ type, values: [`${value}\n`] })),
      fc.string({ minLength: 1 }).map((text) => ({ type: "TXT", values: [`${text}\u00e9`] })),
      fc.constantFrom(-1, 0.5, 2 ** 31, Number.NaN).map((ttl) => ({ ttl })),
      fc.constant({ values: [] }),
    );
    const script = scripted(changed("INSYNC"));
    const property = fc.asyncProperty(bad, async (more) => {
      const after = { ...www, ...more };
      const written = await providerOf(script).write(batchOf({ kind: "create", after }), never);
      expect(kindOf(written)).toBe("rejected");
      const { detail } = (written as { error: { detail: string } }).error;
      expect(detail).toContain("Route 53, zone shop.test (Z1)");
      expect(detail).toContain(shownName(after));
    });
    await fc.assert(property, { numRuns: 1_000 });
    expect(script.asked).toEqual([]);
  });

  test("all reasons are told at once, and an opaque policy is never written", async () => {
    const script = scripted(changed("INSYNC"));
    const written = await providerOf(script).write(
      batchOf(
        { kind: "create", after: { ...www, ttl: -1, values: ["x"] } },
        { kind: "create", after: { ...www, policy: { kind: "opaque", text: "" } } },
      ),
      never,
    );
    const detail = written.ok ? "" : written.error.detail;
    expect(detail.match(/"www\.shop\.test" "A" has /g)).toHaveLength(3);
    expect(script.asked).toEqual([]);
  });
});
