import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../routing/dns/change.ts";
import { type RecordSet, setKey, setText } from "../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../routing/dns/stamp.ts";
import { GOOGLE_ABILITIES } from "../../../../workers/central/dns/google.ts";
import type { Provider } from "../../../../workers/central/dns/provider.ts";
import type { GoogleServer } from "../../../vendors/google/server.ts";
import { OWNER, providerContract, type Subject, writeNext } from "./contract.ts";
import {
  foreignSet,
  MANAGED,
  PROJECT,
  providerAt,
  startServer,
  type Told,
  zone,
} from "./google/subject.ts";
import { realPorts } from "./real-ports.ts";

const never = new AbortController().signal;
const done = { ok: true, value: null };

providerContract("google", async (): Promise<Subject> => {
  const servers: GoogleServer[] = [];
  const start = async () => {
    const server = await startServer();
    servers.push(server);
    return server;
  };
  const server = await start();
  const meets =
    (fault: (at: GoogleServer) => void, told: Told = {}) =>
    async () => {
      const other = await start();
      fault(other);
      return providerAt(other, told);
    };
  const ON = { on: ["dns.changes.create", "dns.resourceRecordSets.list"] };
  return {
    zone,
    provider: providerAt(server),
    foreign: async (set) => foreignSet(server, set),
    meet: {
      throttled: meets(({ faults }) => faults.throttle(ON)),
      unauthorized: meets(() => {}, { email: "nobody@test" }),
      "no-zone": meets(() => {}, { managedZone: "missing" }),
      unreachable: meets(({ faults }) => faults.error({ status: 503, ...ON })),
      unknown: meets(({ faults }) => faults.applyThenDrop(ON)),
    },
    stop: async () => {
      for (const each of servers) await each.stop();
    },
  };
});

describe("a zone on Cloud DNS", () => {
  let server: GoogleServer;
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
    (await listing()).sets.find((set) => set.name === `${name}.${zone}` && set.type === type);
  const a = (name: string, ...values: string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type: "A",
    ttl: 60,
    values,
  });
  const stampOf = async () =>
    (await listing()).sets.find(({ name }) => name === stampName(zone, OWNER));
  const batchOf = async (changes: readonly Change[], sequence = 900) => ({
    fence: fenceOf(zone, await stampOf(), { owner: OWNER, version: 1, sequence }),
    changes,
  });

  test("of two writers that read the same stamp Google refuses the second one, whole", async () => {
    await write([]);
    const second = providerAt(server);
    const first = await batchOf([{ kind: "create", after: a("first", "192.0.2.1") }], 901);
    const late = await batchOf([{ kind: "create", after: a("second", "192.0.2.2") }], 902);
    expect(await provider.write(first, never)).toEqual(done);
    const refused = await second.write(late, never);
    expect(refused).toMatchObject({ error: { kind: "fenced" } });
    expect(refused.ok ? "" : refused.error.detail).toContain("conditionNotMet");
    expect(refused.ok ? "" : refused.error.detail).toContain(`${stampName(zone, OWNER)} TXT`);
    expect(await found("second")).toBeUndefined();
  });

  test("a listing without the SOA is not told as one of a zone without sets", async () => {
    const bare = providerAt(server, {
      ports: {
        fetch: async (request) => (request.method === "POST" ? fetch(request) : Response.json({})),
      },
    });
    const listed = await bare.populate(never);
    expect(listed).toMatchObject({ error: { kind: "unreachable" } });
    expect(listed.ok ? "" : listed.error.detail).toContain("no SOA");
  });

  test("a batch that is written again is fenced, by the writer that wrote it and by a new one", async () => {
    const batch = await batchOf([{ kind: "create", after: a("once", "192.0.2.1") }]);
    expect(await provider.write(batch, never)).toEqual(done);
    expect(await provider.write(batch, never)).toMatchObject({ error: { kind: "fenced" } });
    expect(await providerAt(server).write(batch, never)).toMatchObject({
      error: { kind: "fenced" },
    });
  });

  test("a set that somebody changed meanwhile is fenced and named", async () => {
    await write([{ kind: "create", after: a("www", "192.0.2.1") }]);
    const before = a("www", "192.0.2.1");
    const batch = await batchOf([{ kind: "update", before, after: a("www", "192.0.2.2") }]);
    const was = { name: `www.${zone}.`, type: "A", ttl: 60, rrdatas: ["192.0.2.1"] };
    server.foreignChange(MANAGED, { deletions: [was], additions: [{ ...was, ttl: 61 }] });
    const refused = await provider.write(batch, never);
    expect(refused).toMatchObject({ error: { kind: "fenced" } });
    expect(refused.ok ? "" : refused.error.detail).toContain(`www.${zone} A`);
    const gone = await batchOf([{ kind: "delete", before: a("never", "192.0.2.1") }]);
    expect(await provider.write(gone, never)).toMatchObject({ error: { kind: "fenced" } });
  });

  test("a set in somebody's own spelling is listed canonical and deleted as it is spelt", async () => {
    const spelt = [
      { name: `MIXED.${zone}.`, type: "CNAME", ttl: 60, rrdatas: ["Target.Example.NET."] },
      { name: `text.${zone}.`, type: "TXT", ttl: 60, rrdatas: ['"a" "b\\099"'] },
      { name: `six.${zone}.`, type: "AAAA", ttl: 60, rrdatas: ["2001:DB8:0:0::1"] },
    ];
    server.foreignChange(MANAGED, { additions: spelt });
    const sets = [
      await found("mixed", "CNAME"),
      await found("text", "TXT"),
      await found("six", "AAAA"),
    ];
    expect(sets.map((set) => set?.values)).toEqual([
      ["target.example.net"],
      ["abc"],
      ["2001:db8::1"],
    ]);
    const deletes = sets.flatMap((before) =>
      before === undefined ? [] : [{ kind: "delete", before } as const],
    );
    expect(await write(deletes)).toEqual(done);
    expect((await listing()).sets.map(setKey)).toEqual([
      `${stampName(zone, OWNER)} TXT`,
      `${zone} NS`,
    ]);
  });

  test("a CNAME takes the place of an address, and the other way round, in one change", async () => {
    const cname: RecordSet = { ...a("www"), type: "CNAME", values: ["other.example.net"] };
    await write([{ kind: "create", after: a("www", "192.0.2.1") }]);
    const there: readonly Change[] = [
      { kind: "delete", before: a("www", "192.0.2.1") },
      { kind: "create", after: cname },
    ];
    expect(await write(there)).toEqual(done);
    expect(await found("www", "CNAME")).toEqual(cname);
    expect(
      await write([
        { kind: "delete", before: cname },
        { kind: "create", after: a("www", "192.0.2.9") },
      ]),
    ).toEqual(done);
    expect(await found("www")).toEqual(a("www", "192.0.2.9"));
  });

  test("a weighted set is changed and deleted", async () => {
    const weighted = (weight: number): RecordSet => ({
      ...a("w"),
      policy: {
        kind: "weighted",
        members: [
          { id: "old", values: ["192.0.2.1", "192.0.2.2"], weight },
          { id: "new", values: ["192.0.2.3"], weight: 255 - weight },
        ],
      },
    });
    await write([{ kind: "create", after: weighted(200) }]);
    const before = await found("w");
    expect(before && setText(before)).toBe(setText(weighted(200)));
    expect(await write([{ kind: "update", before: weighted(200), after: weighted(0) }])).toEqual(
      done,
    );
    const after = await found("w");
    expect(after && setText(after)).toBe(setText(weighted(0)));
    expect(await write([{ kind: "delete", before: weighted(0) }])).toEqual(done);
  });

  test("policies that are somebody else's are opaque, and so is one of shares that asks endpoints", async () => {
    const healthCheck = `https://www.googleapis.com/compute/v1/projects/${PROJECT}/global/healthChecks/http`;
    const geo = { items: [{ location: "europe-west1", rrdatas: ["192.0.2.2"] }] };
    const targets = { externalEndpoints: ["192.0.2.9"] };
    const policies = {
      geo: { geo },
      failover: {
        primaryBackup: { primaryTargets: targets, backupGeoTargets: geo },
        healthCheck,
      },
      checked: { wrr: { items: [{ weight: 1, healthCheckedTargets: targets }] }, healthCheck },
      halves: { wrr: { items: [{ weight: 0.5, rrdatas: ["192.0.2.3"] }] } },
    };
    server.foreignChange(MANAGED, {
      additions: Object.entries(policies).map(([name, routingPolicy]) => ({
        name: `${name}.${zone}.`,
        type: "A",
        ttl: 30,
        routingPolicy,
      })),
    });
    for (const name of Object.keys(policies)) {
      const policy = (await found(name))?.policy;
      expect(policy?.kind).toBe("opaque");
      expect(policy?.kind === "opaque" && policy.text).toContain(
        name === "halves" ? "0.5" : "192.0.2",
      );
    }
  });

  test("every page is read, and a page that fails is a failure and no listing", async () => {
    const additions = Array.from({ length: 230 }, (_, at) => ({
      name: `h${at}.${zone}.`,
      type: "A",
      ttl: 60,
      rrdatas: ["192.0.2.1"],
    }));
    server.foreignChange(MANAGED, { additions });
    server.calls.clear();
    const { sets, complete } = await listing();
    expect([sets.length, complete]).toEqual([231, true]);
    expect(server.calls.count("dns.resourceRecordSets.list")).toBe(3);
    expect(provider.calls).toBe(server.calls.count());
    // The second page of the next listing.
    const faulty = providerAt(server, {
      ports: {
        fetch: (request) => {
          if (request.url.includes("pageToken")) server.faults.throttle();
          return fetch(request);
        },
      },
    });
    expect(await faulty.populate(never)).toMatchObject({ error: { kind: "throttled" } });
  });

  test("a zone of another name is told before anything is planned for it", async () => {
    const listed = await providerAt(server, { managedZone: "elsewhere" }).populate(never);
    expect(listed).toMatchObject({ error: { kind: "no-zone" } });
    expect(listed.ok ? "" : listed.error.detail).toContain("elsewhere.test.");
  });

  test("a change is waited for until it is done, and until the signal ends at most", async () => {
    await listing();
    server.changeMs = 600;
    const begun = server.calls.count("dns.changes.get");
    expect(await write([])).toEqual(done);
    expect(server.calls.count("dns.changes.get") - begun).toBeGreaterThan(1);

    server.changeMs = 3_600_000;
    const ends = new AbortController();
    const impatient = providerAt(server, {
      ports: {
        timers: {
          ...realPorts.timers,
          wait: (ms, signal) => {
            ends.abort();
            return signal?.aborted ? Promise.reject(signal.reason) : realPorts.timers.wait(ms);
          },
        },
      },
    });
    const batch = await batchOf([{ kind: "create", after: a("slow", "192.0.2.1") }]);
    const written = await impatient.write(batch, ends.signal);
    expect(written).toMatchObject({ error: { kind: "unknown" } });
    expect(written.ok ? "" : written.error.detail).toContain(
      "was taken and is not known to be done",
    );
    expect(await found("slow")).toEqual(a("slow", "192.0.2.1"));
  });

  test("a token that ends in the middle is exchanged once more, and one that is fresh is kept", async () => {
    await listing();
    await listing();
    expect(server.tokens.issued).toBe(1);
    server.tokens.revokeAll();
    expect(await write([{ kind: "create", after: a("again", "192.0.2.1") }])).toEqual(done);
    expect(server.tokens.issued).toBe(2);
  });

  test("the same answer 401 twice is the operator's", async () => {
    server.faults.error({ status: 401, times: 2, on: ["dns.resourceRecordSets.list"] });
    expect(await provider.populate(never)).toMatchObject({ error: { kind: "unauthorized" } });
    expect(server.tokens.issued).toBe(2);
  });

  test("an account that may only read is told what it lacks", async () => {
    const reads = providerAt(server, { email: "reads@test" });
    const written = await write([], reads);
    expect(written).toMatchObject({ error: { kind: "unauthorized" } });
    expect(written.ok ? "" : written.error.detail).toContain("docs/dns-providers/google.md");
  });

  test("both statuses of too many calls are told as throttled", async () => {
    await listing();
    for (const status of [403, 429] as const) {
      server.throttledStatus = status;
      server.faults.throttle();
      expect(await provider.populate(never)).toMatchObject({ error: { kind: "throttled" } });
    }
  });

  test("a change of as many sets as the abilities say is taken, and one more is refused by Google", async () => {
    const sets = (count: number): readonly Change[] =>
      Array.from({ length: count }, (_, at) => ({
        kind: "create",
        after: a(`n${at}`, "192.0.2.1"),
      }));
    const { changesMax } = GOOGLE_ABILITIES.batch;
    const over = await write(sets(changesMax + 1));
    expect(over).toMatchObject({ error: { kind: "rejected" } });
    expect(await write(sets(changesMax))).toEqual(done);
  });

  test("an empty batch without a stamp leaves one", async () => {
    expect(await write([])).toEqual(done);
    expect((await stampOf())?.values).toEqual(["tradewind owner=contract version=1 sequence=1"]);
  });
});
