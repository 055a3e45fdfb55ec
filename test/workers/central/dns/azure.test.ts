import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../routing/dns/stamp.ts";
import { AZURE_ABILITIES } from "../../../../workers/central/dns/azure.ts";
import type { Provider } from "../../../../workers/central/dns/provider.ts";
import type { AzureServer } from "../../../vendors/azure/server.ts";
import { foreignSet, providerAt, startServer, type Told, zone } from "./azure/subject.ts";
import { OWNER, providerContract, type Subject, writeNext } from "./contract.ts";

const never = new AbortController().signal;
const done = { ok: true, value: null };
const DELETE = { on: ["RecordSets_Delete"] };
const PUT = { on: ["RecordSets_CreateOrUpdate"] };

providerContract("azure", async (): Promise<Subject> => {
  const servers: AzureServer[] = [];
  const start = async () => {
    const server = await startServer();
    servers.push(server);
    return server;
  };
  const server = await start();
  const meets =
    (fault: (at: AzureServer) => void, told: Told = {}) =>
    async () => {
      const other = await start();
      fault(other);
      return providerAt(other, told);
    };
  const ON = { on: ["RecordSets_CreateOrUpdate", "RecordSets_ListByDnsZone"] };
  return {
    zone,
    provider: providerAt(server),
    foreign: async (set) => foreignSet(server, set),
    meet: {
      throttled: meets(({ faults }) => faults.throttle({ retryAfterS: 7, ...ON })),
      unauthorized: meets(() => {}, { secret: "not the secret" }),
      unreachable: meets(({ faults }) => faults.error({ status: 503, ...ON })),
      unknown: meets(({ faults }) => faults.applyThenDrop(ON)),
    },
    stop: async () => {
      for (const each of servers) await each.stop();
    },
  };
});

describe("a zone on Azure DNS", () => {
  let server: AzureServer;
  let provider: Provider;
  beforeEach(async () => {
    server = await startServer();
    provider = providerAt(server);
  });
  afterEach(() => server.stop());

  const write = (changes: readonly Change[], by = provider) =>
    writeNext({ provider: by, zone }, changes);
  const listing = async (by = provider) => {
    const listed = await by.populate(never);
    if (!listed.ok) throw new Error(listed.error.detail);
    return listed.value;
  };
  const found = async (name: string, type = "A") =>
    (await listing(providerAt(server))).sets.find(
      (set) => set.name === `${name}.${zone}` && set.type === type,
    );
  const a = (name: string, ...values: string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type: "A",
    ttl: 60,
    values,
  });
  const of = (type: string, name: string, ...values: string[]): RecordSet => ({
    ...a(name, ...values),
    type,
  });
  const create = (after: RecordSet): Change => ({ kind: "create", after });
  const remove = (before: RecordSet): Change => ({ kind: "delete", before });
  const stampOf = async () =>
    (await listing(providerAt(server))).sets.find(({ name }) => name === stampName(zone, OWNER));
  const batchOf = async (changes: readonly Change[], sequence = 900) => ({
    fence: fenceOf(zone, await stampOf(), { owner: OWNER, version: 1, sequence }),
    changes,
  });
  const writes = () =>
    server.calls.all
      .filter(({ method }) => method === "PUT" || method === "DELETE")
      .map(({ method, path }) => `${method} ${path.replace(/^.*dnsZones\/[^/]+\/|\?.*$/g, "")}`);
  const detailOf = (result: Awaited<ReturnType<Provider["write"]>>) =>
    result.ok ? "" : result.error.detail;

  test("of two writers that read the same stamp the second is fenced before it wrote anything", async () => {
    await write([]);
    const second = providerAt(server);
    await Promise.all([provider.populate(never), second.populate(never)]);
    const first = await batchOf([create(a("first", "192.0.2.1"))], 901);
    const late = await batchOf([create(a("second", "192.0.2.2"))], 902);
    expect(await provider.write(first, never)).toEqual(done);
    server.calls.clear();
    const refused = await second.write(late, never);
    expect(refused).toMatchObject({ error: { kind: "fenced" } });
    expect(detailOf(refused)).toContain("412 PreconditionFailed");
    expect(writes()).toEqual(["PUT TXT/_tradewind-contract"]);
    expect(await found("second")).toBeUndefined();
  });

  test("of two first writers one is fenced", async () => {
    const batch = await batchOf([]);
    const both = await Promise.all([
      provider.write(batch, never),
      providerAt(server).write(batch, never),
    ]);
    expect(both.map((one) => (one.ok ? "written" : one.error.kind)).sort()).toEqual([
      "fenced",
      "written",
    ]);
  });

  test("a batch that is written again is fenced, by the writer that wrote it and by a new one", async () => {
    await write([]);
    const batch = await batchOf([create(a("once", "192.0.2.1"))]);
    expect(await provider.write(batch, never)).toEqual(done);
    server.calls.clear();
    for (const by of [provider, providerAt(server)]) {
      expect(await by.write(batch, never)).toMatchObject({ error: { kind: "fenced" } });
    }
    expect(writes()).toEqual([]);
  });

  test("a writer that has listed nothing asks for the sets that it replaces, and no others", async () => {
    await write([create(a("www", "192.0.2.1")), create(a("old", "192.0.2.1"))]);
    const batch = await batchOf([
      { kind: "update", before: a("www", "192.0.2.1"), after: a("www", "192.0.2.2") },
      remove(a("old", "192.0.2.1")),
      create(a("new", "192.0.2.3")),
    ]);
    server.calls.clear();
    const fresh = providerAt(server);
    expect(await fresh.write(batch, never)).toEqual(done);
    expect(server.calls.count("RecordSets_Get")).toBe(3);
    expect(fresh.calls).toBe(server.calls.count());
    expect([await found("www"), await found("old"), await found("new")]).toEqual([
      a("www", "192.0.2.2"),
      undefined,
      a("new", "192.0.2.3"),
    ]);
  });

  test("a set that is another by now stops the batch before the stamp where it is seen in time", async () => {
    await write([create(a("www", "192.0.2.1"))]);
    const change = {
      kind: "update",
      before: a("www", "192.0.2.9"),
      after: a("www", "192.0.2.2"),
    } as const;
    const batch = await batchOf([change]);
    server.calls.clear();
    const refused = await provider.write(batch, never);
    expect(refused).toMatchObject({ error: { kind: "fenced" } });
    expect(detailOf(refused)).toContain(`www.${zone} A is not as it was listed`);
    expect(writes()).toEqual([]);
  });

  test("a set that changes between the listing and the batch ends it there, and what was written is told", async () => {
    await write([create(a("one", "192.0.2.1")), create(a("two", "192.0.2.1"))]);
    await listing();
    const batch = await batchOf(
      ["one", "two", "three"].map((name) =>
        name === "three"
          ? create(a(name, "192.0.2.1"))
          : { kind: "update", before: a(name, "192.0.2.1"), after: a(name, "192.0.2.2") },
      ),
    );
    foreignSet(server, a("two", "198.51.100.1"));
    const written = await provider.write(batch, never);
    expect(written).toMatchObject({ error: { kind: "unknown" } });
    expect(detailOf(written)).toContain("the stamp and 1 of 3 changes were written");
    expect([await found("one"), await found("two"), await found("three")]).toEqual([
      a("one", "192.0.2.2"),
      a("two", "198.51.100.1"),
      undefined,
    ]);
  });

  test.each([
    ["throttled", "a 429", ({ faults }: AzureServer) => faults.throttle(DELETE)],
    ["unknown", "a lost answer", ({ faults }: AzureServer) => faults.drop(DELETE)],
    ["unknown", "a 500", ({ faults }: AzureServer) => faults.error(DELETE)],
  ])(
    "a batch that ends in the middle is told as %s after %s, and the next listing shows the rest",
    async (kind, _after, fault) => {
      await write([create(a("gone", "192.0.2.1"))]);
      await listing();
      const batch = await batchOf([remove(a("gone", "192.0.2.1")), create(a("come", "192.0.2.1"))]);
      fault(server);
      const written = await provider.write(batch, never);
      expect(written).toMatchObject({ error: { kind } });
      expect(detailOf(written)).toContain("the stamp and 1 of 2 changes were written");
      expect(await found("come")).toEqual(a("come", "192.0.2.1"));
      expect(await write([remove(a("gone", "192.0.2.1"))])).toEqual(done);
      expect(await found("gone")).toBeUndefined();
    },
  );

  test("a CNAME makes room for an address and an address for a CNAME", async () => {
    const cname = of("CNAME", "www", "other.example.net");
    await write([create(cname)]);
    expect(await write([create(a("www", "192.0.2.1")), remove(cname)])).toEqual(done);
    expect([await found("www"), await found("www", "CNAME")]).toEqual([
      a("www", "192.0.2.1"),
      undefined,
    ]);
    expect(await write([remove(a("www", "192.0.2.1")), create(cname)])).toEqual(done);
    expect([await found("www"), await found("www", "CNAME")]).toEqual([undefined, cname]);
  });

  test.each([
    ["is refused", ({ faults }: AzureServer) => faults.throttle(PUT)],
    ["gets no answer", ({ faults }: AzureServer) => faults.drop(PUT)],
  ])("a set that made room is back when what should come %s", async (_how, fault) => {
    const cname = of("CNAME", "www", "other.example.net");
    await write([create(cname)]);
    await listing();
    const batch = await batchOf([remove(cname), create(a("www", "192.0.2.1"))]);
    const tripped = providerAt(server, {
      ports: {
        fetch: async (request) => {
          const response = await fetch(request);
          if (request.method === "DELETE") fault(server);
          return response;
        },
      },
    });
    const written = await tripped.write(batch, never);
    expect(detailOf(written)).toContain("www CNAME is there as before");
    expect(await found("www", "CNAME")).toEqual(cname);
  });

  test("what fills an emptied name is written though the caller's time is up", async () => {
    const cname = of("CNAME", "www", "other.example.net");
    await write([create(cname)]);
    const ends = new AbortController();
    const batch = await batchOf([
      remove(cname),
      create(a("www", "192.0.2.1")),
      remove(of("TXT", "later", "x")),
    ]);
    foreignSet(server, of("TXT", "later", "x"));
    const hurried = providerAt(server, {
      ports: {
        fetch: async (request) => {
          if (request.url.includes("/A/www")) ends.abort();
          return fetch(request);
        },
      },
    });
    const written = await hurried.write(batch, ends.signal);
    expect(written).toMatchObject({ error: { kind: "unknown" } });
    expect(detailOf(written)).toContain("2 of 3 changes were written");
    expect(await found("www")).toEqual(a("www", "192.0.2.1"));
    expect(await found("later", "TXT")).toEqual(of("TXT", "later", "x"));
  });

  test("a CNAME that somebody's set is in the way of is refused before anything is taken away", async () => {
    await write([create(a("www", "192.0.2.1"))]);
    foreignSet(server, of("TXT", "www", "theirs"));
    await listing();
    server.calls.clear();
    const swap = [remove(a("www", "192.0.2.1")), create(of("CNAME", "www", "b.example.net"))];
    const refused = await write(swap);
    expect(refused).toMatchObject({ error: { kind: "rejected" } });
    expect(detailOf(refused)).toContain(`www.${zone} CNAME cannot be beside www.${zone} TXT`);
    expect(writes()).toEqual([]);
    expect(await found("www")).toEqual(a("www", "192.0.2.1"));
  });

  test("alias sets are opaque, empty sets too, and metadata of others stays on what we write", async () => {
    const target = {
      id: `/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/publicIPAddresses/z`,
    };
    server.foreignSet(zone, "alias", "A", { TTL: 60, targetResource: target });
    server.foreignSet(zone, "@", "A", {
      TTL: 60,
      metadata: { team: "theirs" },
      ARecords: [{ ipv4Address: "192.0.2.1" }],
    });
    expect((await found("alias"))?.policy).toEqual({ kind: "opaque", text: target.id });
    const apex: RecordSet = { ...a("", "192.0.2.1"), name: zone };
    expect(await write([{ kind: "update", before: apex, after: { ...apex, ttl: 90 } }])).toEqual(
      done,
    );
    const kept = server.recordSets(zone).find(({ name, type }) => name === "@" && type === "A");
    expect(kept).toMatchObject({ ttl: 90, metadata: { team: "theirs" } });
  });

  test("every page is read, of its own host only", async () => {
    for (let at = 0; at < 230; at += 1) foreignSet(server, a(`h${at}`, "192.0.2.1"));
    server.calls.clear();
    expect((await listing()).sets.length).toBe(231);
    expect(server.calls.count("RecordSets_ListByDnsZone")).toBe(3);
    const elsewhere = providerAt(server, {
      ports: {
        fetch: async (request) =>
          request.method === "POST"
            ? fetch(request)
            : Response.json({ value: [], nextLink: "https://elsewhere.example/recordsets" }),
      },
    });
    expect(await elsewhere.populate(never)).toMatchObject({ error: { kind: "unreachable" } });
    expect(elsewhere.calls).toBe(2);
  });

  test("a listing without the SOA is not told as one of a zone without sets", async () => {
    const bare = providerAt(server, {
      ports: {
        fetch: async (request) =>
          request.method === "POST" ? fetch(request) : Response.json({ value: [] }),
      },
    });
    const listed = await bare.populate(never);
    expect(listed).toMatchObject({ error: { kind: "unreachable" } });
    expect(listed.ok ? "" : listed.error.detail).toContain("no SOA");
  });

  test("a zone, a group or a subscription that is not there is told as such, in listing and in writing", async () => {
    const other = providerAt(server, { of: "missing.test" });
    expect(await other.populate(never)).toMatchObject({ error: { kind: "no-zone" } });
    const stamp = { owner: OWNER, version: 1, sequence: 1 };
    const batch = { fence: fenceOf("missing.test", undefined, stamp), changes: [] };
    expect(await other.write(batch, never)).toMatchObject({ error: { kind: "no-zone" } });
  });

  test("an application that may only list is told what it lacks", async () => {
    const written = await write([], providerAt(server, { isReader: true }));
    expect(written).toMatchObject({ error: { kind: "unauthorized" } });
    expect(detailOf(written)).toContain("docs/dns-providers/azure.md");
  });

  test("a token that ends in the middle of a batch is exchanged once more", async () => {
    await write([create(a("one", "192.0.2.1"))]);
    const batch = await batchOf([create(a("two", "192.0.2.1")), create(a("three", "192.0.2.1"))]);
    const issued = server.tokens.issued;
    let revoked = 0;
    const once = providerAt(server, {
      ports: {
        fetch: async (request) => {
          if (request.url.includes("/A/two") && revoked++ === 0) server.tokens.revokeAll();
          return fetch(request);
        },
      },
    });
    expect(await once.write(batch, never)).toEqual(done);
    expect(server.tokens.issued - issued).toBe(2);
  });

  test("as many sets as the abilities say are one batch", async () => {
    const sets = Array.from({ length: AZURE_ABILITIES.batch.changesMax }, (_, at) =>
      create(a(`n${at}`, "192.0.2.1")),
    );
    expect(await write(sets)).toEqual(done);
    expect((await listing()).sets.length).toBe(sets.length + 2);
  });
});
