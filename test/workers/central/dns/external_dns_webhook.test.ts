import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../routing/dns/stamp.ts";
import { endpointOf } from "../../../../workers/central/dns/external_dns_webhook/endpoint.ts";
import {
  EXTERNAL_DNS_WEBHOOK_ABILITIES,
  externalDnsWebhookProvider,
} from "../../../../workers/central/dns/external_dns_webhook.ts";
import type { Provider } from "../../../../workers/central/dns/provider.ts";
import {
  type ExternalDnsOptions,
  ExternalDnsServer,
} from "../../../vendors/external-dns/server.ts";
import { OWNER, providerContract, type Subject, writeNext } from "./contract.ts";
import { documentedCalls } from "./documented-calls.ts";
import { malformedSets } from "./malformed.ts";
import { realPorts } from "./real-ports.ts";

const zone = "shop.test";
const never = new AbortController().signal;
const done = { ok: true, value: null };

const start = (options: Partial<ExternalDnsOptions> = {}) =>
  new ExternalDnsServer({ domains: [zone, "other.test"], ...options }).start();

const providerAt = (server: ExternalDnsServer, of = zone, fetch = realPorts.fetch) =>
  externalDnsWebhookProvider(
    { zone: of, owner: OWNER, endpoint: server.url, settings: {}, credentials: {} },
    { ...realPorts, fetch },
  );

providerContract("external_dns_webhook", async (): Promise<Subject> => {
  const servers: ExternalDnsServer[] = [];
  const started = async () => {
    const server = await start();
    servers.push(server);
    return server;
  };
  const server = await started();
  const meets =
    (fault: (at: ExternalDnsServer) => void, of = zone) =>
    async () => {
      const other = await started();
      fault(other);
      return providerAt(other, of);
    };
  return {
    zone,
    provider: providerAt(server),
    foreign: async (set) => server.foreignSet(endpointOf(set) as never),
    // The protocol has neither credentials nor a code for too many calls; `client.test.ts` answers those that servers use.
    meet: {
      "no-zone": async () => {
        const other = await start({ domains: ["other.test"] });
        servers.push(other);
        return providerAt(other);
      },
      unreachable: meets(({ faults }) => faults.error({ status: 503, on: ["getRecords"] })),
      unknown: meets(({ faults }) => faults.applyThenDrop({ on: ["setRecords"] })),
    },
    stop: async () => {
      for (const each of servers) await each.stop();
    },
  };
});

describe("a zone behind a webhook", () => {
  let server: ExternalDnsServer;
  let provider: Provider;
  beforeEach(async () => {
    server = await start({
      adjust: (endpoint) => ({
        ...endpoint,
        recordTTL: Math.max(endpoint.recordTTL, 30),
        providerSpecific: [{ name: "webhook", value: "was here" }],
      }),
    });
    provider = providerAt(server);
  });
  afterEach(() => server.stop());

  const write = (changes: readonly Change[]) => writeNext({ provider, zone }, changes);
  const found = async (name: string, type = "A") => {
    const listed = await provider.populate(never);
    if (!listed.ok) throw new Error(listed.error.detail);
    return listed.value.sets.find((set) => set.name === name && set.type === type);
  };
  const a = (name: string, ...values: string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type: "A",
    ttl: 60,
    values,
  });
  const endpointAt = (name: string, type = "A") =>
    server.endpoints.find((one) => one.dnsName === name && one.recordType === type);

  test("what the webhook adds to our endpoint is written, and stays with what others wrote to it", async () => {
    expect(await write([{ kind: "create", after: a("x", "192.0.2.1") }])).toEqual(done);
    const made = endpointAt(`x.${zone}`);
    expect(made?.providerSpecific).toEqual([{ name: "webhook", value: "was here" }]);
    server.foreignSet({ ...made, labels: { team: "web" } } as never);
    await write([
      { kind: "update", before: a("x", "192.0.2.1"), after: a("x", "192.0.2.2", "192.0.2.3") },
    ]);
    expect(endpointAt(`x.${zone}`)).toMatchObject({
      targets: ["192.0.2.2", "192.0.2.3"],
      labels: { team: "web" },
      providerSpecific: [{ name: "webhook" }],
    });
  });

  test("a set that the webhook would write as another is refused, with both", async () => {
    const low = { ...a("low", "192.0.2.1"), ttl: 10 };
    const refused = await write([{ kind: "create", after: low }]);
    expect(refused).toMatchObject({ error: { kind: "rejected" } });
    expect(refused.ok ? "" : refused.error.detail).toMatch(
      /low\.shop\.test A: the webhook would write .*,30,.* in place of .*,10,/,
    );
    expect(server.endpoints).toEqual([]);
  });

  describe("a batch that the webhook refuses", () => {
    /** It writes, of a batch, what begins with one of `prefixes`, and then refuses. */
    const refusingAfter =
      (...prefixes: readonly string[]): typeof realPorts.fetch =>
      async (request) => {
        if (request.method !== "POST" || !request.url.endsWith("/records")) return fetch(request);
        const { headers } = request;
        const all = (await request.json()) as Record<string, { dnsName: string }[] | undefined>;
        const some = Object.entries(all).map(([kind, endpoints]) => [
          kind,
          endpoints?.filter(({ dnsName }) => prefixes.some((each) => dnsName.startsWith(each))),
        ]);
        const body = JSON.stringify(Object.fromEntries(some));
        await fetch(request.url, { method: "POST", headers, body });
        return new Response("bad is no name of mine", { status: 400 });
      };
    const changes = ["bad", "good"].map(
      (name): Change => ({ kind: "create", after: a(name, "192.0.2.1") }),
    );
    const writeBy = (...prefixes: readonly string[]) =>
      writeNext({ provider: providerAt(server, zone, refusingAfter(...prefixes)), zone }, changes);

    test("and has written in part is told as written but for what is missing", async () => {
      const written = await writeBy("_tradewind", "good");
      expect(written).toMatchObject({ value: { refused: [{ key: `bad.${zone} A` }] } });
      expect(written.ok && written.value?.refused[0]?.detail).toContain("bad is no name of mine");
      expect(await found(`good.${zone}`)).toEqual(a("good", "192.0.2.1"));
      expect(await write([])).toEqual(done);
    });

    test("and has written whole is written", async () => {
      expect(await writeBy("_tradewind", "good", "bad")).toEqual(done);
    });

    test("and has written without its stamp is `unknown`", async () => {
      expect(await writeBy("good")).toMatchObject({ error: { kind: "unknown" } });
    });

    test("and has not begun is `rejected`", async () => {
      expect(await writeBy()).toMatchObject({ error: { kind: "rejected" } });
    });
  });

  test("of two writers that read the same stamp the later one reads the other's and is fenced", async () => {
    await write([]);
    const listed = await provider.populate(never);
    const stamp = listed.ok ? listed.value.sets[0] : undefined;
    const batch = (sequence: number) => ({
      fence: fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence }),
      changes: [{ kind: "create", after: a(`n${sequence}`, "192.0.2.1") } as const],
    });
    expect(await providerAt(server).write(batch(2), never)).toEqual(done);
    expect(await provider.write(batch(3), never)).toMatchObject({ error: { kind: "fenced" } });
    expect(await provider.write(batch(2), never)).toMatchObject({ error: { kind: "fenced" } });
    expect(endpointAt(`n3.${zone}`)).toBeUndefined();
  });

  test("a set that somebody changed is not overwritten, and one between our read and our write is told by the webhook", async () => {
    await write([{ kind: "create", after: a("x", "192.0.2.1") }]);
    server.foreignSet(endpointOf(a("x", "192.0.2.9")) as never);
    const update: Change = {
      kind: "update",
      before: a("x", "192.0.2.1"),
      after: a("x", "192.0.2.2"),
    };
    expect(await write([update])).toMatchObject({ error: { kind: "fenced" } });
    server.faults.staleListing(1, { on: ["getRecords"], times: 2 });
    const late = await write([update]);
    expect(late).toMatchObject({ error: { kind: "fenced" } });
    expect(late.ok ? "" : late.error.detail).toContain("HTTP 409");
    expect(endpointAt(`x.${zone}`)?.targets).toEqual(["192.0.2.9"]);
  });

  test("one of several answers is opaque, and what is of another zone is not listed", async () => {
    const endpoint = endpointOf(a("w", "192.0.2.1"));
    server.foreignSet({ ...endpoint, setIdentifier: "blue" } as never);
    server.foreignSet({ ...endpoint, setIdentifier: "green", targets: ["192.0.2.2"] } as never);
    server.foreignSet({ ...endpoint, dnsName: "w.other.test" } as never);
    server.foreignSet({ ...endpoint, dnsName: `w.not${zone}` } as never);
    const listed = await provider.populate(never);
    expect(listed).toMatchObject({
      ok: true,
      value: { sets: [{ name: `w.${zone}`, values: [], policy: { kind: "opaque" } }] },
    });
  });

  test("types that we never write are listed as they are", async () => {
    const naptr = { dnsName: `n.${zone}`, recordType: "NAPTR", targets: ['1 1 "U" "" "" .'] };
    server.foreignSet(naptr);
    expect(await found(`n.${zone}`, "NAPTR")).toEqual({
      name: `n.${zone}`,
      type: "NAPTR",
      ttl: 0,
      values: naptr.targets,
    });
  });

  test.each(["include", "filters"] as const)(
    "a filter (`%s`) that leaves the zone out is no-zone, before a listing",
    async (filter) => {
      const other = await start({ domains: [`deep.${zone}`], filter });
      const failed = await providerAt(other).populate(never);
      expect(failed).toMatchObject({ error: { kind: "no-zone" } });
      expect(other.calls.count("getRecords")).toBe(0);
      await other.stop();
    },
  );

  test("a record that the filter leaves out refuses the batch", async () => {
    const filter = { include: [zone], exclude: [`in.${zone}`] };
    const excluding = externalDnsWebhookProvider(
      { zone, owner: OWNER, endpoint: server.url, settings: {}, credentials: {} },
      {
        ...realPorts,
        fetch: async (request) => {
          const answer = await fetch(request);
          const isFilter = new URL(request.url).pathname === "/";
          return isFilter ? Response.json(filter, { headers: answer.headers }) : answer;
        },
      },
    );
    const refused = await writeNext({ provider: excluding, zone }, [
      { kind: "create", after: a("x.in", "192.0.2.1") },
    ]);
    expect(refused).toMatchObject({ error: { kind: "rejected" } });
    expect(refused.ok ? "" : refused.error.detail).toContain(`x.in.${zone} A is left out`);
    expect(server.endpoints).toEqual([]);
  });

  test("the calls that are made are those of the document, and the filter is asked once", async () => {
    await write([{ kind: "create", after: a("x", "192.0.2.1") }]);
    await write([{ kind: "delete", before: a("x", "192.0.2.1") }]);
    const made = server.calls.all.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(made)].sort()).toEqual(documentedCalls("external_dns_webhook"));
    expect(server.calls.count("negotiate")).toBe(1);
    expect(provider.calls).toBe(made.length);
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
        // What is well-formed by chance is the server's to take; the zone is emptied again.
        if (written.ok || one.calls > 0) {
          for (const endpoint of server.endpoints) server.foreignDelete(endpoint as never);
          expect(written.ok ? "written" : written.error.kind).toMatch(/written|rejected/);
          return;
        }
        refused += 1;
        expect(written.error.kind).toBe("rejected");
        expect(written.error.detail).toContain(
          `external_dns_webhook, zone ${zone}, POST /records: `,
        );
        expect(written.error.detail).toContain(JSON.stringify(set.name.slice(0, 100)).slice(1, -1));
      }),
      { numRuns: 1_100 },
    );
    expect(refused).toBeGreaterThanOrEqual(1_000);
  });

  test("a batch of the most changes is far from the most bytes", async () => {
    const { changesMax } = EXTERNAL_DNS_WEBHOOK_ABILITIES.batch;
    const many = Array.from(
      { length: changesMax },
      (_, at): Change => ({
        kind: "create",
        after: a(`n${at}`, "192.0.2.1"),
      }),
    );
    expect(await write(many)).toEqual(done);
    expect(server.endpoints.length).toBe(changesMax + 1);
  });
});
