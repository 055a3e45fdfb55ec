import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Change } from "../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../routing/dns/stamp.ts";
import { contentOf } from "../../../../workers/central/dns/cloudflare/record.ts";
import { cloudflareProvider } from "../../../../workers/central/dns/cloudflare.ts";
import type { Provider } from "../../../../workers/central/dns/provider.ts";
import { type CloudflareOptions, CloudflareServer } from "../../../vendors/cloudflare/server.ts";
import { OWNER, providerContract, type Subject, writeNext } from "./contract.ts";
import { documentedCalls } from "./documented-calls.ts";
import { malformedSets } from "./malformed.ts";
import { realPorts } from "./real-ports.ts";

const ZONE = "a".repeat(32);
const ELSEWHERE = "b".repeat(32);
const TOKEN = "canary-token-of-the-tests";
const zone = "shop.test";
const never = new AbortController().signal;

const options: CloudflareOptions = {
  zones: [{ id: ZONE, name: zone, plan: "free" }],
  tokens: [
    { token: TOKEN, permissions: ["DNS Read", "DNS Write"] },
    { token: "reads-only", permissions: ["DNS Read"] },
  ],
};

interface Told {
  readonly zoneId?: string;
  readonly token?: string;
}

const providerAt = (server: CloudflareServer, { zoneId = ZONE, token = TOKEN }: Told = {}) =>
  cloudflareProvider(
    {
      zone,
      owner: OWNER,
      endpoint: server.url,
      settings: { zone_id: zoneId },
      credentials: { api_token: token },
    },
    realPorts,
  );

/** Every value of the set as the record that somebody else would make. */
function foreignSet(server: CloudflareServer, { name, type, ttl, values }: RecordSet): void {
  for (const value of values)
    server.foreignCreate(ZONE, { name, type, ttl, ...contentOf(type as "A", value) } as never);
}

providerContract("cloudflare", async (): Promise<Subject> => {
  const servers: CloudflareServer[] = [];
  const start = async () => {
    const server = await new CloudflareServer(options).start();
    servers.push(server);
    return server;
  };
  const server = await start();
  const meets =
    (fault: (at: CloudflareServer) => void, told: Told = {}) =>
    async () => {
      // A zone without a stamp, so that the first one is written there.
      const other = await start();
      fault(other);
      return providerAt(other, told);
    };
  return {
    zone,
    provider: providerAt(server),
    foreign: async (set) => foreignSet(server, set),
    meet: {
      throttled: meets(({ faults }) => faults.throttle({ retryAfterS: 7 })),
      unauthorized: meets(() => {}, { token: "revoked" }),
      "no-zone": meets(() => {}, { zoneId: ELSEWHERE }),
      unreachable: meets(({ faults }) => faults.error({ status: 503, on: ["dns.records.list"] })),
      unknown: meets(({ faults }) => faults.applyThenDrop({ on: ["dns.records.batch"] })),
    },
    stop: async () => {
      for (const each of servers) await each.stop();
    },
  };
});

describe("a zone on Cloudflare", () => {
  let server: CloudflareServer;
  let provider: Provider;
  beforeEach(async () => {
    server = await new CloudflareServer(options).start();
    provider = providerAt(server);
  });
  afterEach(() => server.stop());

  const subject = () => ({ provider, zone });
  const write = (changes: readonly Change[]) => writeNext(subject(), changes);
  const listing = async () => {
    const listed = await provider.populate(never);
    if (!listed.ok) throw new Error(listed.error.detail);
    return listed.value;
  };
  const found = async (name: string, type = "A") =>
    (await listing()).sets.find((set) => set.name === `${name}.${zone}` && set.type === type);
  const a = (name: string, ...values: string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type: "A",
    ttl: 60,
    values,
  });
  const stampOf = async () =>
    (await listing()).sets.find(({ name }) => name === stampName(zone, OWNER));
  const done = { ok: true, value: null };

  test("of two writers that read the same stamp the second is fenced by the vendor, whole", async () => {
    await write([]);
    const second = providerAt(server);
    const stamp = await stampOf();
    await second.populate(never);
    const batch = (sequence: number, name: string) => ({
      fence: fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence }),
      changes: [{ kind: "create", after: a(name, "192.0.2.1") } as const],
    });
    expect(await provider.write(batch(2, "first"), never)).toEqual(done);
    const refused = await second.write(batch(2, "second"), never);
    expect(refused).toMatchObject({ error: { kind: "fenced" } });
    expect(refused.ok ? "" : refused.error.detail).toContain("81044 Record does not exist.");
    expect(await found("second")).toBeUndefined();
    expect(server.calls.all.at(-2)).toMatchObject({ operation: "dns.records.batch", status: 404 });
  });

  test("of two writers of a first stamp the second is fenced, even after both found none", async () => {
    const second = providerAt(server);
    const batch = {
      fence: fenceOf(zone, undefined, { owner: OWNER, version: 1, sequence: 1 }),
      changes: [],
    };
    await Promise.all([provider.populate(never), second.populate(never)]);
    const both = await Promise.all([provider.write(batch, never), second.write(batch, never)]);
    expect(both.map((one) => (one.ok ? "written" : one.error.kind)).sort()).toEqual([
      "fenced",
      "written",
    ]);
    expect(server.records(ZONE).length).toBe(1);
  });

  test("a first stamp that somebody wrote after our listing fences ours, of whatever version", async () => {
    const second = providerAt(server);
    await second.populate(never);
    await write([]);
    const fence = fenceOf(zone, undefined, { owner: OWNER, version: 2, sequence: 1 });
    const late = await second.write({ fence, changes: [] }, never);
    expect(late).toMatchObject({ error: { kind: "fenced" } });
    expect(server.records(ZONE).length).toBe(1);
  });

  test("a batch that is written again is fenced, by the writer that wrote it and by a new one", async () => {
    const batch = {
      fence: fenceOf(zone, undefined, { owner: OWNER, version: 1, sequence: 1 }),
      changes: [{ kind: "create", after: a("once", "192.0.2.1") } as const],
    };
    expect(await provider.write(batch, never)).toEqual(done);
    for (const again of [provider, providerAt(server)])
      expect(await again.write(batch, never)).toMatchObject({ error: { kind: "fenced" } });
    expect(server.records(ZONE).length).toBe(2);
  });

  test("batch after batch is written without listing between them", async () => {
    await write([{ kind: "create", after: a("x", "192.0.2.1") }]);
    server.calls.clear();
    const before = provider.calls;
    let stamp = await stampOf();
    for (let sequence = 2; sequence < 5; sequence += 1) {
      const fence = fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence });
      const values = [`192.0.2.${sequence}`];
      const change: Change = {
        kind: "update",
        before: a("x", `192.0.2.${sequence - 1}`),
        after: a("x", ...values),
      };
      expect(await provider.write({ fence, changes: [change] }, never)).toEqual(done);
      stamp = fence.kind === "delete" ? undefined : fence.after;
    }
    expect(server.calls.all.map(({ operation }) => operation)).toEqual([
      "dns.records.list",
      ...Array(3).fill("dns.records.batch"),
    ]);
    expect(provider.calls - before).toBe(4);
  });

  test("a comment that somebody wrote stays when values and TTL change", async () => {
    await write([{ kind: "create", after: a("c", "192.0.2.1", "192.0.2.2") }]);
    for (const { id, content, type } of server.records(ZONE))
      if (type === "A") server.foreignEdit(ZONE, id, { comment: `about ${content}` });
    const after = { ...a("c", "192.0.2.2", "192.0.2.3"), ttl: 120 };
    await write([{ kind: "update", before: a("c", "192.0.2.1", "192.0.2.2"), after }]);
    const records = server.records(ZONE).filter(({ type }) => type === "A");
    expect(records.map(({ content, ttl, comment }) => [content, ttl, comment]).sort()).toEqual([
      ["192.0.2.2", 120, "about 192.0.2.2"],
      ["192.0.2.3", 120, "about 192.0.2.1"],
    ]);
  });

  test("what is written is DNS only, and what somebody proxies is opaque from then on", async () => {
    await write([{ kind: "create", after: a("p", "192.0.2.1") }]);
    const record = server.records(ZONE).find(({ type }) => type === "A");
    expect(record?.proxied).toBe(false);
    server.foreignEdit(ZONE, record?.id ?? "", { proxied: true });
    expect(await found("p")).toMatchObject({ values: [], ttl: 1, policy: { kind: "opaque" } });
    const fenced = await write([{ kind: "delete", before: a("p", "192.0.2.1") }]);
    expect(fenced).toMatchObject({ error: { kind: "fenced" } });
  });

  test("an automatic TTL is listed as 1, and types that we never write as the vendor has them", async () => {
    server.foreignCreate(ZONE, { name: `auto.${zone}`, type: "A", ttl: 1, content: "192.0.2.9" });
    const data = { usage: 3, selector: 1, matching_type: 1, certificate: "ab".repeat(32) };
    server.foreignCreate(ZONE, { name: `_443._tcp.${zone}`, type: "TLSA", ttl: 300, data });
    server.foreignCreate(ZONE, { name: `sub.${zone}`, type: "NS", ttl: 300, content: "ns1.test" });
    expect(await found("auto")).toMatchObject({ ttl: 1, values: ["192.0.2.9"] });
    expect(await found("_443._tcp", "TLSA")).toMatchObject({
      values: [`3 1 1 ${"ab".repeat(32)}`],
    });
    expect(await found("sub", "NS")).toMatchObject({ values: ["ns1.test"] });
  });

  test("a listing that was cut says that it is not complete", async () => {
    await write([1, 2, 3].map((at) => ({ kind: "create", after: a(`n${at}`, "192.0.2.1") })));
    server.faults.truncatedListing(1);
    const { sets, complete } = await listing();
    expect({ complete, sets: sets.length }).toEqual({ complete: false, sets: 2 });
    expect((await listing()).complete).toBe(true);
  });

  test("a zone id of another zone is found out by the names that are there", async () => {
    const other = cloudflareProvider(
      {
        zone: "other.test",
        owner: OWNER,
        endpoint: server.url,
        settings: { zone_id: ZONE },
        credentials: { api_token: TOKEN },
      },
      realPorts,
    );
    await write([]);
    expect(await other.populate(never)).toMatchObject({ error: { kind: "no-zone" } });
  });

  test("a token that may only read lists, and writes nothing", async () => {
    const reader = providerAt(server, { token: "reads-only" });
    expect(await reader.populate(never)).toMatchObject({ ok: true });
    const refused = await writeNext({ provider: reader, zone }, []);
    expect(refused).toMatchObject({ error: { kind: "unauthorized" } });
  });

  test("the wait that the vendor asks for is handed on, and nothing is asked again here", async () => {
    server.faults.throttle({ retryAfterS: 7 });
    expect(await provider.populate(never)).toMatchObject({
      error: { kind: "throttled", retryAfterMs: 7_000 },
    });
    expect(provider.calls).toBe(1);
  });

  test("a batch larger than the plan allows is refused whole", async () => {
    const many = Array.from(
      { length: 199 },
      (_, at): Change => ({
        kind: "create",
        after: a(`n${at}`, "192.0.2.1"),
      }),
    );
    await write([]);
    expect(await write(many)).toMatchObject({ error: { kind: "rejected" } });
    expect(await write(many.slice(0, provider.abilities.batch.changesMax))).toEqual(done);
  });

  test("the calls that are made are those of the document, with the permissions that it names", async () => {
    await write([{ kind: "create", after: a("x", "192.0.2.1") }]);
    await write([{ kind: "delete", before: a("x", "192.0.2.1") }]);
    const made = server.calls.all.map(({ method, path }) => {
      const { pathname } = new URL(path, server.url);
      return `${method} ${pathname.replace("/client/v4", "").replace(ZONE, "{zone_id}")}`;
    });
    expect([...new Set(made)].sort()).toEqual(documentedCalls("cloudflare"));
    expect(server.calls.permissions()).toEqual(["DNS Read", "DNS Write"]);
  });

  test("1,000 malformed sets are refused before a call, by an error that names provider, zone and record", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(malformedSets(zone), async (set) => {
        const fence = fenceOf(zone, undefined, { owner: OWNER, version: 1, sequence: 1 });
        const one = providerAt(server);
        const written = await one.write(
          { fence, changes: [{ kind: "create", after: set }] },
          never,
        );
        // What is well-formed by chance is the vendor's to take; the zone is emptied again.
        if (written.ok || one.calls > 0) {
          for (const { id } of server.records(ZONE)) server.foreignDelete(ZONE, id);
          expect(written.ok ? "written" : written.error.kind).toMatch(/written|rejected/);
          return;
        }
        refused += 1;
        expect(written.error.kind).toBe("rejected");
        expect(written.error.detail).toContain(`cloudflare, zone ${zone}, write: `);
        const shown = JSON.stringify(set.name.slice(0, 100)).slice(1, -1);
        expect(written.error.detail).toContain(shown);
      }),
      { numRuns: 1_100 },
    );
    expect(refused).toBeGreaterThanOrEqual(1_000);
  });

  test("the token is all that is sent of credentials, whatever the process has, and to nobody else", async () => {
    const ambient = { CLOUDFLARE_EMAIL: "ops@shop.test", CLOUDFLARE_API_KEY: "global" };
    for (const [name, value] of Object.entries(ambient)) vi.stubEnv(name, value);
    const seen: Request[] = [];
    const watched = cloudflareProvider(
      { zone, owner: OWNER, settings: { zone_id: ZONE }, credentials: { api_token: TOKEN } },
      {
        ...realPorts,
        fetch: async (request) => {
          seen.push(request);
          return new Response(null, { status: 302, headers: { location: "https://x.test" } });
        },
      },
    );
    await watched.populate(never);
    vi.unstubAllEnvs();
    expect(seen.map(({ url, redirect }) => [new URL(url).origin, redirect])).toEqual([
      ["https://api.cloudflare.com", "manual"],
    ]);
    const headers = Object.fromEntries(seen[0]?.headers ?? []);
    expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
    expect(Object.keys(headers).filter((name) => name.startsWith("x-auth"))).toEqual([]);
  });

  test("no failure says the token, even when the vendor's answer does", async () => {
    const answers: (() => Response | Promise<Response>)[] = [
      () => Response.json({ errors: [{ code: 9109, message: `no ${TOKEN}` }] }, { status: 403 }),
      () => new Response(`<html>${TOKEN}`, { status: 502 }),
      () => new Response(`not JSON ${TOKEN}`, { status: 200 }),
      () => Response.json({ success: true, result: [{ id: TOKEN, name: 1 }], result_info: {} }),
      () => Promise.reject(new Error("socket", { cause: new Error(`Bearer ${TOKEN}`) })),
    ];
    for (const answer of answers) {
      const leaky = cloudflareProvider(
        { zone, owner: OWNER, settings: { zone_id: ZONE }, credentials: { api_token: TOKEN } },
        { ...realPorts, fetch: async () => answer() },
      );
      const listed = await leaky.populate(never);
      expect(JSON.stringify(listed)).not.toContain(TOKEN);
      expect(listed).toMatchObject({ ok: false });
    }
  });
});
