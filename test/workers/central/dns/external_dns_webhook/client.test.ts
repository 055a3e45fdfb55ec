import { describe, expect, test } from "vitest";
import { WebhookClient } from "../../../../../workers/central/dns/external_dns_webhook/client.ts";
import { realPorts } from "../real-ports.ts";

const never = new AbortController().signal;
const SECRET = "canary-bearer-of-the-tests";
const MEDIA = "application/external.dns.webhook+json;version=1";

function clientOf(answer: (request: Request) => Response | Promise<Response>) {
  const fetch = async (request: Request) => answer(request);
  return new WebhookClient("shop.test", "http://webhook.test/", SECRET, {
    ...realPorts,
    clock: { nowMs: () => 0 },
    fetch,
  });
}

const empty = { create: [], updateOld: [], updateNew: [], delete: [] };
const CALLS = {
  "GET /": (client: WebhookClient) => client.negotiate(never),
  "GET /records": (client: WebhookClient) => client.records(never),
  "POST /adjustendpoints": (client: WebhookClient) => client.adjust([], never),
  "POST /records": (client: WebhookClient) => client.apply(empty, never),
};
type Name = keyof typeof CALLS;
const NAMES = Object.keys(CALLS) as readonly Name[];

async function failureOf(name: Name, answer: () => Response | Promise<Response>) {
  const result = await CALLS[name](clientOf(answer));
  if (result.ok) throw new Error(`${name} went well`);
  return result.error;
}

describe("a webhook's answers", () => {
  test.each(NAMES)(
    "%s names the media type, the version and the credential, and follows nobody",
    async (name) => {
      let seen: Request | undefined;
      await CALLS[name](
        clientOf((request) => {
          seen = request;
          return Response.json({}, { headers: { "content-type": MEDIA } });
        }),
      );
      expect(`${seen?.method} ${new URL(seen?.url ?? "").pathname}`).toBe(name);
      expect(seen?.headers.get("accept")).toBe(MEDIA);
      expect(seen?.headers.get("authorization")).toBe(`Bearer ${SECRET}`);
      expect(seen?.headers.get("content-type")).toBe(name.startsWith("GET") ? null : MEDIA);
      expect(seen?.redirect).toBe("manual");
    },
  );

  test.each([
    [401, "unauthorized", "unauthorized"],
    [403, "unauthorized", "unauthorized"],
    [429, "throttled", "throttled"],
    [302, "rejected", "rejected"],
    [400, "rejected", "rejected"],
    [413, "rejected", "rejected"],
    [409, "rejected", "fenced"],
    [412, "rejected", "fenced"],
    [500, "unreachable", "unknown"],
    [503, "unreachable", "unknown"],
  ] as const)("HTTP %i is %s, and %s of the write", async (status, kind, ofWrite) => {
    for (const name of NAMES) {
      const { kind: found } = await failureOf(name, () => new Response("why", { status }));
      expect([name, found]).toEqual([name, name === "POST /records" ? ofWrite : kind]);
    }
  });

  test.each(NAMES)("%s: no failure says the credential", async (name) => {
    const unavailable = () =>
      new Response(SECRET, { status: 503, headers: { "retry-after": "9" } });
    const leaks = [
      unavailable,
      () => new Response(`no ${SECRET}`, { status: 401 }),
      () => Promise.reject(new Error(`sent ${SECRET}`, { cause: new Error(SECRET) })),
    ];
    for (const leak of leaks) {
      const failure = await failureOf(name, leak);
      expect(JSON.stringify(failure)).not.toContain(SECRET);
      expect(failure.detail).toContain(`external_dns_webhook, zone shop.test, ${name}: `);
    }
    expect((await failureOf(name, unavailable)).retryAfterMs).toBe(9_000);
  });

  test.each([
    ["cut JSON", '[{"dnsName":'],
    ["another shape", '{"records":[]}'],
    ["a name that is a number", '[{"dnsName":1}]'],
  ])("a listing that is %s is not taken for an empty one", async (_what, text) => {
    expect((await failureOf("GET /records", () => new Response(text))).kind).toBe("unreachable");
  });

  test("a body that ends too soon is a failure of that call", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode("["));
        controller.error(new Error("reset"));
      },
    });
    const { kind, detail } = await failureOf("GET /records", () => new Response(body));
    expect(kind).toBe("unreachable");
    expect(detail).toContain("reset");
  });

  test("`null` is Go's list without entries", async () => {
    const listed = await clientOf(() => Response.json(null)).records(never);
    expect(listed).toEqual({ ok: true, value: [] });
  });

  test("a server of another version or of another kind is named as it is", async () => {
    const { kind, detail } = await failureOf("GET /", () => new Response("<html>"));
    expect(kind).toBe("rejected");
    expect(detail).toContain(`answers text/plain;charset=UTF-8 and not ${MEDIA}`);
  });

  test("of a body above 32 MiB neither is the answer read on nor the request sent", async () => {
    const MiB = 1_024 * 1_024;
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(MiB).fill(0x20));
      },
    });
    const { detail } = await failureOf("GET /records", () => new Response(body));
    expect(detail).toContain(`more than ${32 * MiB} bytes`);
    expect(sent).toBeLessThan(40);
    const client = clientOf(() => new Response());
    const huge = { dnsName: "x".repeat(33 * MiB), recordType: "A" };
    const refused = await client.apply({ ...empty, create: [huge] }, never);
    expect(refused).toMatchObject({ error: { kind: "rejected" } });
    expect(client.calls).toBe(0);
  });
});
