import {
  type Change,
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  DeleteHealthCheckCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  HealthCheckAlreadyExists,
  InvalidChangeBatch,
  ListHealthChecksCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  NoSuchChange,
  NoSuchHealthCheck,
  NoSuchHostedZone,
  PriorRequestNotComplete,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "./find.ts";
import { MOTO_CREDENTIALS, MOTO_REGION, type Moto, startMoto } from "./moto.ts";
import { isFree, until } from "./process.ts";
import { FIVE_A_SECOND } from "./route53/quotas.ts";
import { type Route53Proxy, type Route53ProxyOptions, startRoute53Proxy } from "./route53-proxy.ts";

describe.skipIf(serversMissing)(needingServers("Route 53 before moto"), () => {
  let moto: Moto;
  let proxy: Route53Proxy;
  let client: Route53Client;
  let zone: string;
  const running: Route53Proxy[] = [];
  /** A clock that stands: what a rate allows is then a count. */
  let nowMs = 0;

  async function start(options: Omit<Route53ProxyOptions, "moto"> = {}) {
    proxy = await startRoute53Proxy({ moto, nowMs: () => nowMs, ...options });
    running.push(proxy);
    const { endpoint } = proxy;
    client = new Route53Client({
      endpoint,
      region: MOTO_REGION,
      credentials: MOTO_CREDENTIALS,
      maxAttempts: 1,
    });
  }

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.stop());
  beforeEach(async () => {
    zone = await moto.createZone("r53.test");
    await start();
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
    await moto.reset();
  });

  const record = (name: string, ...values: string[]): ResourceRecordSet => ({
    Name: `${name}.r53.test`,
    Type: "A",
    TTL: 60,
    ResourceRecords: values.map((Value) => ({ Value })),
  });
  const weighted = (name: string, id: string, value: string): ResourceRecordSet => ({
    ...record(name, value),
    SetIdentifier: id,
    Weight: 10,
  });
  const change = (...changes: [Change["Action"], ResourceRecordSet][]) =>
    client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: {
          Comment: "a test's",
          Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })),
        },
      }),
    );
  const createCheck = (CallerReference: string, Port = 80) =>
    client.send(
      new CreateHealthCheckCommand({
        CallerReference,
        HealthCheckConfig: { Type: "HTTP", FullyQualifiedDomainName: "x.test", Port },
      }),
    );
  const list = async (more: { StartRecordName?: string } = {}) => {
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...more });
    return await client.send(command);
  };
  /** Ours, without the zone's own NS and SOA. */
  const held = async () =>
    ((await list()).ResourceRecordSets ?? [])
      .filter(({ Type }) => Type === "A")
      .map((set) => [
        set.Name,
        set.SetIdentifier ?? null,
        set.ResourceRecords?.map((r) => r.Value),
      ]);

  test("what the vendor's own client writes and reads is what it meant", async () => {
    const rich: ResourceRecordSet = {
      ...weighted("*.w", "eu", "192.0.2.1"),
      HealthCheckId: (await createCheck("one")).HealthCheck?.Id,
    };
    const geo: ResourceRecordSet = {
      ...record("geo", "192.0.2.2"),
      SetIdentifier: "us-ca",
      GeoLocation: { CountryCode: "US", SubdivisionCode: "CA" },
    };
    const alias: ResourceRecordSet = {
      Name: "alias.r53.test",
      Type: "A",
      AliasTarget: { HostedZoneId: zone, DNSName: "geo.r53.test", EvaluateTargetHealth: false },
    };
    await change(["CREATE", rich], ["CREATE", geo], ["CREATE", alias]);
    const { ResourceRecordSets: sets = [] } = await list();
    expect(sets.filter(({ Type }) => Type === "A")).toEqual([
      {
        ...alias,
        Name: "alias.r53.test.",
        AliasTarget: { ...alias.AliasTarget, DNSName: "geo.r53.test." },
      },
      { ...geo, Name: "geo.r53.test." },
      { ...rich, Name: "\\052.w.r53.test." },
    ]);
  });

  test("a set is deleted alone, where moto would take all that share its identifier", async () => {
    const [a, b] = [weighted("a", "eu", "192.0.2.1"), weighted("b", "eu", "192.0.2.2")];
    await change(["CREATE", a], ["CREATE", b]);
    await change(["DELETE", a]);
    expect(await held()).toEqual([["b.r53.test.", "eu", ["192.0.2.2"]]]);
  });

  test("a set is created again after it was deleted, where moto would refuse it", async () => {
    const www = record("www", "192.0.2.1");
    await change(["CREATE", www], ["CREATE", record("zzz", "192.0.2.2")]);
    await change(["DELETE", www]);
    await change(["CREATE", www]);
    expect((await held()).map(([name]) => name)).toEqual(["www.r53.test.", "zzz.r53.test."]);
  });

  test("a batch with one wrong change writes nothing", async () => {
    await change(["CREATE", record("www", "192.0.2.1")]);
    const batch = change(
      ["CREATE", record("new", "192.0.2.2")],
      ["DELETE", record("www", "192.0.2.9")],
    );
    await expect(batch).rejects.toThrow(InvalidChangeBatch);
    await expect(batch).rejects.toThrow("do not match the current values");
    expect(await held()).toEqual([["www.r53.test.", null, ["192.0.2.1"]]]);
    expect(proxy.batches).toHaveLength(1);
  });

  test("a request of the largest size is written whole, and one record more is refused", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i): [Change["Action"], ResourceRecordSet] => [
        "UPSERT",
        record(`n${i}`, "192.0.2.1"),
      ]);
    await expect(change(...many(501))).rejects.toThrow("Number of records limit of 1000 exceeded");
    await change(...many(500));
    let names = 0;
    for (let start: string | undefined = "a.r53.test"; start !== undefined; ) {
      const page = await list({ StartRecordName: start });
      names += page.ResourceRecordSets?.length ?? 0;
      start = page.NextRecordName;
    }
    expect(names).toBe(500);
    expect(proxy.calls.count("ListResourceRecordSets")).toBe(2);
  });

  test("a change is PENDING for as many polls as it was told, then INSYNC", async () => {
    await start({ pendingPolls: 2 });
    const { ChangeInfo } = await change(["UPSERT", record("www", "192.0.2.1")]);
    expect(ChangeInfo?.Status).toBe("PENDING");
    const poll = async () =>
      (await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status;
    expect([await poll(), await poll(), await poll(), await poll()]).toEqual([
      "PENDING",
      "PENDING",
      "INSYNC",
      "INSYNC",
    ]);
    const unknown = client.send(new GetChangeCommand({ Id: "C0" }));
    await expect(unknown).rejects.toThrow(NoSuchChange);
  });

  test("a change that arrives while another is processed is refused, and only of the same zone", async () => {
    proxy.faults.delay(1_000, { on: ["ChangeResourceRecordSets"] });
    const first = change(["UPSERT", record("one", "192.0.2.1")]);
    await until("the first has arrived", async () => proxy.calls.count() === 1);
    await expect(change(["UPSERT", record("two", "192.0.2.2")])).rejects.toThrow(
      PriorRequestNotComplete,
    );
    const mine = zone;
    zone = await moto.createZone("other.test");
    await change(["UPSERT", { ...record("x", "192.0.2.3"), Name: "x.other.test" }]);
    zone = mine;
    await first;
    expect((await held()).map(([name]) => name)).toEqual(["one.r53.test."]);
  });

  test("a zone with a PENDING change takes no other when it is told to be that strict", async () => {
    await start({ pendingPolls: 1, busyWhilePending: true });
    const { ChangeInfo } = await change(["UPSERT", record("one", "192.0.2.1")]);
    const second = () => change(["UPSERT", record("two", "192.0.2.2")]);
    await expect(second()).rejects.toThrow(PriorRequestNotComplete);
    await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }));
    expect((await second()).ChangeInfo?.Status).toBe("PENDING");
  });

  test("the sixth request in a second is throttled, and a fifth of a second later one passes", async () => {
    await start({ requests: FIVE_A_SECOND });
    for (let i = 0; i < 5; i++) await list();
    await expect(list()).rejects.toMatchObject({
      name: "Throttling",
      message: "Rate exceeded",
      $metadata: { httpStatusCode: 400 },
    });
    nowMs += 200;
    expect((await list()).ResourceRecordSets).toHaveLength(2);
    await expect(list()).rejects.toMatchObject({ name: "Throttling" });
  });

  test("more changes than the throughput allows are throttled, however few requests they are in", async () => {
    await start({ changes: { capacity: 3, perSecond: 1 } });
    await change(["UPSERT", record("one", "192.0.2.1")]);
    const second = () => change(["UPSERT", record("two", "192.0.2.2")]);
    await expect(second()).rejects.toMatchObject({ name: "Throttling" });
    nowMs += 1_000;
    await second();
    expect(proxy.batches).toHaveLength(2);
  });

  describe("a bad day", () => {
    const upsert = () => change(["UPSERT", record("www", "192.0.2.1")]);

    test("throttles the next calls of an operation, and no other", async () => {
      proxy.faults.throttle({ times: 2, on: ["ChangeResourceRecordSets"] });
      await expect(upsert()).rejects.toMatchObject({ name: "Throttling" });
      await list();
      await expect(upsert()).rejects.toMatchObject({ name: "Throttling" });
      await upsert();
      expect(proxy.calls.all.map(({ operation, status }) => [operation, status])).toEqual([
        ["ChangeResourceRecordSets", 400],
        ["ListResourceRecordSets", 200],
        ["ChangeResourceRecordSets", 400],
        ["ChangeResourceRecordSets", 200],
      ]);
    });

    test.each([
      ["error", [] as unknown[]],
      ["drop", []],
      ["applyThenDrop", [["www.r53.test.", null, ["192.0.2.1"]]]],
      ["cut", [["www.r53.test.", null, ["192.0.2.1"]]]],
    ] as const)(
      "%s: the client hears of a failure, and the zone holds %j",
      async (kind, expected) => {
        proxy.faults[kind]({ on: ["ChangeResourceRecordSets"] });
        await expect(upsert()).rejects.toThrow();
        expect(await held()).toEqual(expected);
        expect(proxy.calls.all[0]?.status).toBe(kind === "error" ? 500 : null);
      },
    );

    test("shows an empty listing, a short one, an old one, and then the truth", async () => {
      await upsert();
      await change(["UPSERT", record("xxx", "192.0.2.2")]);
      proxy.faults.emptyListing();
      expect((await list()).ResourceRecordSets).toEqual([]);
      proxy.faults.truncatedListing(1);
      const short = await list();
      expect([short.ResourceRecordSets?.length, short.IsTruncated]).toEqual([2, false]);
      proxy.faults.staleListing(1);
      expect(await held()).toHaveLength(1);
      expect(await held()).toHaveLength(2);
    });
  });

  test("calls are told by method, path and operation, and hold no credential", async () => {
    await list({ StartRecordName: "b.r53.test" });
    await client.send(new GetHostedZoneCommand({ Id: zone }));
    expect(proxy.calls.all).toEqual([
      {
        operation: "ListResourceRecordSets",
        permission: "route53:ListResourceRecordSets",
        method: "GET",
        path: `/2013-04-01/hostedzone/${zone}/rrset?name=b.r53.test`,
        status: 200,
      },
      {
        operation: "GetHostedZone",
        permission: "route53:GetHostedZone",
        method: "GET",
        path: `/2013-04-01/hostedzone/${zone}`,
        status: 200,
      },
    ]);
    expect(JSON.stringify(proxy.calls.all)).not.toMatch(/testing|signature/i);
  });

  test("a zone that is not there, and a request that nobody signed, are refused", async () => {
    const real = zone;
    zone = "Z0";
    await expect(list()).rejects.toThrow(NoSuchHostedZone);
    await expect(change(["UPSERT", record("www", "192.0.2.1")])).rejects.toThrow(NoSuchHostedZone);
    const unsigned = await fetch(`${proxy.endpoint}/2013-04-01/hostedzone/${real}/rrset`);
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain("MissingAuthenticationToken");
  });

  test("moto answers what is not about record sets, and its own changes are in step", async () => {
    const command = new CreateHostedZoneCommand({ Name: "made.test", CallerReference: "1" });
    const { ChangeInfo, HostedZone } = await client.send(command);
    expect(HostedZone?.Name).toBe("made.test.");
    const { ChangeInfo: then } = await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }));
    expect(then?.Status).toBe("INSYNC");
  });

  test("a set with a health check that is not there is refused", async () => {
    const set = { ...weighted("w", "eu", "192.0.2.1"), HealthCheckId: "absent" };
    await expect(change(["UPSERT", set])).rejects.toThrow(NoSuchHealthCheck);
  });

  test("a reference makes one health check, and none of other settings or after it was deleted", async () => {
    const { HealthCheck: first } = await createCheck("mine");
    expect((await createCheck("mine")).HealthCheck?.Id).toBe(first?.Id);
    await expect(createCheck("mine", 81)).rejects.toThrow(HealthCheckAlreadyExists);
    await client.send(new DeleteHealthCheckCommand({ HealthCheckId: first?.Id }));
    await expect(createCheck("mine")).rejects.toThrow(HealthCheckAlreadyExists);
    await createCheck("m".repeat(64));
    await expect(createCheck("m".repeat(65))).rejects.toThrow("1 to 64 characters");
  });

  test("health checks are listed page by page", async () => {
    for (const reference of ["a", "b", "c"]) await createCheck(reference);
    const first = await client.send(new ListHealthChecksCommand({ MaxItems: 2 }));
    const second = await client.send(
      new ListHealthChecksCommand({ MaxItems: 2, Marker: first.NextMarker }),
    );
    const references = [first, second].map(({ HealthChecks = [] }) =>
      HealthChecks.map(({ CallerReference }) => CallerReference),
    );
    expect(references).toEqual([["a", "b"], ["c"]]);
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  });

  test("zones by name are those from that name on, page by page, and not of that name alone", async () => {
    for (const name of ["a.r53.test", "s53.test", "a.test"]) await moto.createZone(name);
    const byName = async (more: object) => {
      const answer = await client.send(new ListHostedZonesByNameCommand(more));
      return { ...answer, names: answer.HostedZones?.map(({ Name }) => Name) };
    };
    const first = await byName({ DNSName: "r53.test", MaxItems: 2 });
    expect(first.names).toEqual(["r53.test.", "a.r53.test."]);
    const { NextDNSName: DNSName, NextHostedZoneId: HostedZoneId } = first;
    expect((await byName({ DNSName, HostedZoneId })).names).toEqual(["s53.test."]);
    expect((await byName({})).names).toEqual(["a.test.", "r53.test.", "a.r53.test.", "s53.test."]);
  });

  test("a stopped one leaves its port to others", async () => {
    const port = Number(new URL(proxy.endpoint).port);
    await running.pop()?.stop();
    expect(await isFree(port)).toBe(true);
  });
});
