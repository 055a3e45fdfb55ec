import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Batch, Change } from "../../../../routing/dns/change.ts";
import { RECORD_TYPES, type RecordSet } from "../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../routing/dns/stamp.ts";
import { powerdnsProvider } from "../../../../workers/central/dns/powerdns.ts";
import type { FailureKind, ProviderPorts } from "../../../../workers/central/dns/provider.ts";
import { badNames, badValues } from "./rfc2136/arbitraries.ts";

const zone = "shop.test";
const never = new AbortController().signal;
const CANARY = "canary-of-an-api-key";
const fence = fenceOf(zone, undefined, { owner: "o", version: 1, sequence: 1 });
const a: RecordSet = { name: `a.${zone}`, type: "A", ttl: 60, values: ["192.0.2.1"] };
const batch: Batch = { fence, changes: [{ kind: "create", after: a }] };
const SOA = {
  name: `${zone}.`,
  type: "SOA",
  ttl: 3_600,
  records: [{ content: `ns.${zone}. h.${zone}. 1 2 3 4 5` }],
};
const zoneWith = (...rrsets: readonly unknown[]) => ({ kind: "Native", rrsets: [SOA, ...rrsets] });
const EMPTY = zoneWith();

interface Told {
  readonly endpoint?: string;
  readonly zone?: string;
  readonly server?: string;
}

/** `answer` gives what the server says to each request; all of them are kept. */
function providerOver(answer: (request: Request) => Response | Promise<Response>, told: Told = {}) {
  const requests: Request[] = [];
  const ports = {
    clock: { nowMs: () => Date.UTC(2026, 10, 27) },
    fetch: async (request: Request) => {
      requests.push(request);
      return await answer(request);
    },
  } as unknown as ProviderPorts;
  const provider = powerdnsProvider(
    {
      zone: told.zone ?? zone,
      owner: "o",
      ...("endpoint" in told
        ? { endpoint: told.endpoint ?? "" }
        : { endpoint: "http://pdns.test/" }),
      settings: { server_id: told.server ?? "localhost", lua_records: true },
      credentials: { api_key: CANARY },
    },
    ports,
  );
  return { provider, requests };
}

/** The stamp is not there, and the PATCH meets `answer`. */
const atPatch = (answer: () => Response) => (request: Request) =>
  request.method === "PATCH" ? answer() : Response.json(EMPTY);

describe("powerdns", () => {
  test("a listing is one request, and a write two: the zone is read right before", async () => {
    const { provider, requests } = providerOver(atPatch(() => new Response(null, { status: 204 })));
    await provider.populate(never);
    expect(await provider.write(batch, never)).toEqual({ ok: true, value: null });
    const url = `http://pdns.test/api/v1/servers/localhost/zones/${zone}.`;
    expect(requests.map(({ method, url: to }) => `${method} ${to}`)).toEqual([
      `GET ${url}`,
      `GET ${url}`,
      `PATCH ${url}`,
    ]);
    expect(provider.calls).toBe(3);
    for (const request of requests) {
      expect(request.headers.get("x-api-key")).toBe(CANARY);
      expect(request.redirect).toBe("manual");
    }
    expect(await requests[2]?.json()).toEqual({
      rrsets: [
        {
          name: `_tradewind-o.${zone}.`,
          type: "TXT",
          ttl: 60,
          changetype: "REPLACE",
          records: [{ content: '"tradewind owner=o version=1 sequence=1"', disabled: false }],
        },
        {
          name: `a.${zone}.`,
          type: "A",
          ttl: 60,
          changetype: "REPLACE",
          records: [{ content: "192.0.2.1", disabled: false }],
        },
      ],
    });
  });

  describe("what came between the listing and the write", () => {
    const stamp = fence.kind === "create" ? fence.after : a;
    const other: RecordSet = { ...a, values: ["203.0.113.77"] };
    const rrset = ({ name, type, ttl, values: [value] }: RecordSet) => ({
      name: `${name}.`,
      type,
      ttl,
      records: [{ content: type === "TXT" ? `"${value}"` : value }],
    });
    test.each<readonly [string, Batch, readonly RecordSet[], string]>([
      ["a set where one is to be made", batch, [other], `a.${zone} A is there by now`],
      [
        "another content of a set to be replaced",
        { fence, changes: [{ kind: "update", before: a, after: { ...a, ttl: 61 } }] },
        [other],
        `a.${zone} A was changed`,
      ],
      [
        "another TTL of a set to be deleted",
        { fence, changes: [{ kind: "delete", before: a }] },
        [{ ...a, ttl: 61 }],
        `a.${zone} A was changed`,
      ],
      [
        "nothing where a set is to be replaced",
        { fence, changes: [{ kind: "update", before: a, after: other }] },
        [],
        `a.${zone} A is gone`,
      ],
      ["a stamp where there was none", batch, [stamp], `${stamp.name} TXT is there by now`],
    ])("%s keeps the batch from being sent", async (_title, sent, there, reason) => {
      const { provider, requests } = providerOver(() =>
        Response.json(zoneWith(...there.map(rrset))),
      );
      const answer = await provider.write(sent, never);
      expect(answer).toMatchObject({ ok: false, error: { kind: "fenced" } });
      expect(answer.ok ? "" : answer.error.detail).toContain(reason);
      expect(requests.map(({ method }) => method)).toEqual(["GET"]);
    });
  });

  test.each<readonly [number, string, FailureKind, FailureKind]>([
    [400, "Bad Request", "rejected", "rejected"],
    [401, '{"error": "Unauthorized"}', "unauthorized", "unauthorized"],
    [403, "", "unauthorized", "unauthorized"],
    [404, '{"error": "Not Found"}', "no-zone", "no-zone"],
    [405, "", "rejected", "rejected"],
    [409, '{"error": "Conflict"}', "rejected", "rejected"],
    [413, "", "rejected", "rejected"],
    [422, `{"error": "Could not find domain 'shop.test.'"}`, "no-zone", "no-zone"],
    [422, '{"error": "RRset a: Conflicts"}', "rejected", "rejected"],
    [429, "", "throttled", "throttled"],
    [500, '{"error": "Internal Server Error"}', "unreachable", "unknown"],
    [502, "<html>", "unreachable", "unknown"],
    [503, "", "unreachable", "unknown"],
    [504, "", "unreachable", "unknown"],
    [302, "", "unreachable", "unreachable"],
  ])(
    "HTTP %i with %s is told as %s in listing and as %s in writing",
    async (status, body, read, write) => {
      const answer = () =>
        new Response(body, { status, headers: { "retry-after": "7", location: "http://x.test/" } });
      const listing = await providerOver(answer).provider.populate(never);
      const written = await providerOver(atPatch(answer)).provider.write(batch, never);
      for (const [answered, kind] of [
        [listing, read],
        [written, write],
      ] as const) {
        expect(answered).toMatchObject({ ok: false, error: { kind, retryAfterMs: 7_000 } });
        const detail = answered.ok ? "" : answered.error.detail;
        expect(detail).toContain(`powerdns, zone ${zone}`);
        expect(detail).toContain(`HTTP ${status}`);
      }
      const detail = written.ok ? "" : written.error.detail;
      expect(detail).toContain(`a.${zone} A`);
      if (body.startsWith('{"error"')) expect(detail).toContain(JSON.parse(body).error);
    },
  );

  test("an answer that is no zone is no listing", async () => {
    for (const body of [
      "",
      "<html>",
      "[]",
      "{}",
      '{"kind": "Native"}',
      '{"kind": 1, "rrsets": []}',
    ]) {
      const listing = await providerOver(() => new Response(body)).provider.populate(never);
      expect(listing).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    }
  });

  test("a zone without its SOA is not listed as empty, and not written", async () => {
    const bare = providerOver(() => Response.json({ kind: "Native", rrsets: [] }));
    for (const answer of [
      await bare.provider.populate(never),
      await bare.provider.write(batch, never),
    ]) {
      expect(answer).toMatchObject({ ok: false, error: { kind: "unreachable" } });
      expect(answer.ok ? "" : answer.error.detail).toContain("no SOA");
    }
    expect(bare.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
  });

  test("a call that throws changed nothing before the PATCH, and may have after it", async () => {
    const broken = () => {
      throw new TypeError("fetch failed", { cause: new Error(`reset by ${CANARY}`) });
    };
    const listing = await providerOver(broken).provider.populate(never);
    expect(listing).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    expect(await providerOver(broken).provider.write(batch, never)).toMatchObject({
      ok: false,
      error: { kind: "unreachable" },
    });
    const written = await providerOver(atPatch(broken)).provider.write(batch, never);
    expect(written).toMatchObject({ ok: false, error: { kind: "unknown" } });
    for (const answered of [listing, written]) {
      expect(answered.ok ? "" : answered.error.detail).toContain("fetch failed reset by …");
    }
  });

  test("a key that the server repeats is in no failure", async () => {
    const answer = () => Response.json({ error: `no such key ${CANARY}` }, { status: 401 });
    const told = JSON.stringify([
      await providerOver(answer).provider.populate(never),
      await providerOver(answer).provider.write(batch, never),
      await providerOver(atPatch(answer)).provider.write(batch, never),
    ]);
    expect(told).not.toContain(CANARY);
    expect(told.split("no such key …").length - 1).toBe(3);
  });

  test("a call that is called off sends nothing", async () => {
    const { provider, requests } = providerOver(() => Response.json(EMPTY));
    const listing = await provider.populate(AbortSignal.abort(new Error("too late")));
    expect(listing).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    expect(requests).toEqual([]);
  });

  test.each([
    [
      "http://pdns.test",
      zone,
      "localhost",
      `http://pdns.test/api/v1/servers/localhost/zones/${zone}.`,
    ],
    ["https://x.test/dns/", zone, "a/b", `https://x.test/dns/api/v1/servers/a%2Fb/zones/${zone}.`],
    [
      "http://pdns.test",
      "0/25.2.0.192.in-addr.arpa",
      "s",
      "http://pdns.test/api/v1/servers/s/zones/0=2F25.2.0.192.in-addr.arpa.",
    ],
    ["http://pdns.test", "_x.test", "s", "http://pdns.test/api/v1/servers/s/zones/=5Fx.test."],
  ])("the API at %s has zone %s of server %s at %s", async (endpoint, of, server, url) => {
    const { provider, requests } = providerOver(() => Response.json(EMPTY), {
      endpoint,
      zone: of,
      server,
    });
    await provider.populate(never);
    expect(requests.map((request) => request.url)).toEqual([url]);
  });

  test("without an endpoint it tells so, and calls nobody", async () => {
    const { provider, requests } = providerOver(() => Response.json(EMPTY), { endpoint: "pdns" });
    expect(await provider.populate(never)).toMatchObject({
      ok: false,
      error: { kind: "rejected" },
    });
    expect(requests).toEqual([]);
  });

  describe("what the server is never sent", () => {
    const unsent = async (changes: readonly Change[], about: string) => {
      const { provider, requests } = providerOver(() => Response.json(EMPTY));
      const answer = await provider.write({ fence, changes }, never);
      expect(answer).toMatchObject({ ok: false, error: { kind: "rejected" } });
      const detail = answer.ok ? "" : answer.error.detail;
      expect(detail).toContain(`powerdns, zone ${zone}:`);
      expect(detail).toContain(about);
      expect(requests.filter(({ method }) => method === "PATCH")).toEqual([]);
    };

    test("a thousand malformed names", async () => {
      const prefixes = badNames.filter((text) => !/[\s"]/.test(text) && text.length < 80);
      await fc.assert(
        fc.asyncProperty(prefixes, async (bad) => {
          const named = { ...a, name: `${bad}.${zone}` };
          await unsent([{ kind: "create", after: named }], `${bad}.${zone} A`.slice(0, 80));
        }),
        { numRuns: 1_000 },
      );
    });

    test("a thousand malformed values", async () => {
      const sets = fc
        .constantFrom(...RECORD_TYPES)
        .chain((type) => badValues[type].map((value) => ({ ...a, type, values: [value] })));
      await fc.assert(
        fc.asyncProperty(sets, async (set) => {
          await unsent([{ kind: "create", after: set }], `${set.name} ${set.type} has the value`);
        }),
        { numRuns: 1_000 },
      );
    });

    test("a policy that no LUA record can say", async () => {
      const set: RecordSet = {
        ...a,
        values: [],
        policy: {
          kind: "failover",
          primary: { id: "a", values: a.values },
          secondary: { id: "b", values: a.values },
        },
      };
      await unsent([{ kind: "create", after: set }], "has a primary without a check");
    });
  });
});
