/** Health checks and the batches that need them, in front of moto behind the strict proxy. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  ListHealthChecksCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import { type Policy, type RecordSet, setKey, setText } from "../../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../../routing/dns/stamp.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import { ROUTE53_ABILITIES, route53Provider } from "../../../../../workers/central/dns/route53.ts";
import { root } from "../../../../house/source.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { MOTO_CREDENTIALS, MOTO_REGION, type Moto, startMoto } from "../../../../servers/moto.ts";
import { type Route53Proxy, startRoute53Proxy } from "../../../../servers/route53-proxy.ts";
import { listed, OWNER, POLICIES, writeNext } from "../contract.ts";
import { answersOf } from "../route53/evaluation.ts";
import { hastyPorts } from "../route53/ports.ts";

const ZONE = "shop.test";
const never = new AbortController().signal;
const done = { ok: true, value: null };

const setOf = (name: string, policy: RecordSet["policy"] = POLICIES.failover): RecordSet => ({
  name: `${name}.${ZONE}`,
  type: "A",
  ttl: 60,
  values: [],
  ...(policy === undefined ? {} : { policy }),
});
const CHECK = {
  protocol: "https",
  target: "edge.example.net",
  port: 443,
  path: "/.tw/healthz",
  interval: 30,
  failures: 3,
} as const;
/** Lists of health checks have pages of two, whatever was asked for. */
function pagedByTwo(request: Request): Request {
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.pathname.endsWith("/healthcheck")) return request;
  url.searchParams.set("maxitems", "2");
  return new Request(url, request);
}

const www = setOf("www");
const creates = (...sets: readonly RecordSet[]): readonly Change[] =>
  sets.map((after) => ({ kind: "create", after }));
const deletes = (...sets: readonly RecordSet[]): readonly Change[] =>
  sets.map((before) => ({ kind: "delete", before }));

describe.skipIf(serversMissing)(needingServers("health checks of Route 53"), () => {
  let moto: Moto;
  let proxy: Route53Proxy;
  let somebody: Route53Client;
  let zoneId: string;
  let subject: { zone: string; provider: Provider };
  let providerOf: (owner: string) => Provider;

  beforeAll(async () => {
    moto = await startMoto();
    somebody = new Route53Client({
      endpoint: moto.endpoint,
      region: MOTO_REGION,
      credentials: MOTO_CREDENTIALS,
    });
  });
  beforeEach(async () => {
    await proxy?.stop();
    await moto.reset();
    zoneId = await moto.createZone(ZONE);
    const ports = hastyPorts((request) => fetch(pagedByTwo(request)));
    proxy = await startRoute53Proxy({ moto, nowMs: ports.clock.nowMs });
    providerOf = (owner) =>
      route53Provider(
        {
          zone: ZONE,
          owner,
          endpoint: proxy.endpoint,
          settings: { hosted_zone_id: zoneId },
          credentials: { access_key_id: "testing", secret_access_key: "testing" },
        },
        ports,
      );
    subject = { zone: ZONE, provider: providerOf(OWNER) };
  });
  afterAll(async () => {
    somebody?.destroy();
    await proxy?.stop();
    await moto?.stop();
  });

  const operations = () =>
    proxy.calls.all.map(({ operation }) => operation).filter((each) => each !== "GetChange");
  const found = async (set: RecordSet) => {
    const read = (await listed(subject)).sets.get(setKey(set));
    return read && setText(read);
  };
  const foreignCheck = async (reference: string) => {
    const command = new CreateHealthCheckCommand({
      CallerReference: reference,
      HealthCheckConfig: { Type: "TCP", IPAddress: "192.0.2.1", Port: 443 },
    });
    return (await somebody.send(command)).HealthCheck?.Id ?? "";
  };
  /** The ids of all there are. */
  const checksThere = async () => {
    const { HealthChecks = [] } = await somebody.send(new ListHealthChecksCommand({}));
    return HealthChecks.map(({ Id }) => Id ?? "");
  };

  test("while the check of the edge fails, the secondary answers, as documented", async () => {
    expect(await writeNext(subject, creates(www))).toEqual(done);
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: zoneId });
    const { ResourceRecordSets = [] } = await somebody.send(command);
    const [edge = ""] = await checksThere();
    const answers = (down: readonly string[]) =>
      answersOf(ResourceRecordSets, (id) => !down.includes(id), { name: www.name, type: "A" });
    expect(answers([])).toEqual([{ values: ["192.0.2.10"], share: 1 }]);
    expect(answers([edge])).toEqual([{ values: ["192.0.2.20", "192.0.2.21"], share: 1 }]);
  });

  test("weights, latency and location are what was meant, as documented", async () => {
    const sets = (["weighted", "latency", "geo"] as const).map((kind) =>
      setOf(kind, POLICIES[kind]),
    );
    expect(await writeNext(subject, creates(...sets))).toEqual(done);
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: zoneId });
    const { ResourceRecordSets = [] } = await somebody.send(command);
    const ask = (name: string, more: object = {}) =>
      answersOf(ResourceRecordSets, () => true, { name: `${name}.${ZONE}`, type: "A", ...more });
    expect(ask("weighted").map(({ share }) => share)).toEqual([200 / 255, 55 / 255]);
    expect(ask("latency", { regions: ["us-east-1", "eu-west-1"] })[0]?.values).toEqual([
      "192.0.2.41",
    ]);
    const from = (country: string, continent: string) =>
      ask("geo", { from: { country, continent } })[0]?.values[0];
    expect([from("DE", "EU"), from("FR", "EU"), from("US", "NA")]).toEqual([
      "192.0.2.52",
      "192.0.2.51",
      "192.0.2.50",
    ]);
  });

  test("a check is made before the set, shared by sets that ask the same, and removed after the last", async () => {
    const api = setOf("api");
    expect(await writeNext(subject, creates(www))).toEqual(done);
    expect(operations()).toEqual([
      "ListResourceRecordSets",
      "ListHealthChecks",
      "CreateHealthCheck",
      "ChangeResourceRecordSets",
    ]);
    expect(await writeNext(subject, creates(api))).toEqual(done);
    expect(await checksThere()).toHaveLength(1);
    expect(await writeNext(subject, deletes(www))).toEqual(done);
    expect(await checksThere()).toHaveLength(1);
    expect(await writeNext(subject, deletes(api))).toEqual(done);
    expect(await checksThere()).toHaveLength(0);
    expect(operations().slice(-2)).toEqual(["ChangeResourceRecordSets", "DeleteHealthCheck"]);
  });

  test("one that could not be removed goes with the next batch that has checks", async () => {
    const other = setOf("other", {
      ...POLICIES.failover,
      primary: { id: "edge", values: ["192.0.2.10"], check: { ...CHECK, failures: 5 } },
    } as Policy);
    expect(await writeNext(subject, creates(www))).toEqual(done);
    proxy.faults.throttle({ on: ["DeleteHealthCheck"] });
    expect(await writeNext(subject, deletes(www))).toEqual(done);
    expect(await checksThere()).toHaveLength(1);
    expect(await writeNext(subject, creates(other))).toEqual(done);
    expect(await checksThere()).toHaveLength(1);
    expect(await found(other)).toBe(setText(other));
  });

  test("what was removed can be made again", async () => {
    for (const change of [creates(www), deletes(www), creates(www)]) {
      expect(await writeNext(subject, change)).toEqual(done);
    }
    expect(await found(www)).toBe(setText(www));
    expect(await checksThere()).toHaveLength(1);
  });

  test("checks of others, and of another owner in the same zone, are never removed", async () => {
    const foreign = [await foreignCheck("theirs"), await foreignCheck("tradewind-by-hand")];
    const other = { zone: ZONE, provider: providerOf("other") };
    const theirs = setOf("theirs");
    expect(await writeNext(other, creates(theirs))).toEqual(done);
    expect(await writeNext(subject, creates(www))).toEqual(done);
    expect(await writeNext(subject, deletes(www))).toEqual(done);
    const there = await checksThere();
    expect(there).toEqual(expect.arrayContaining(foreign));
    // And that of the other owner.
    expect(there).toHaveLength(3);
    expect(await found(theirs)).toBe(setText(theirs));
  });

  test("a batch whose answer was lost is unknown; once more it is fenced, and makes no second check", async () => {
    const { provider } = subject;
    await provider.populate(never);
    const batch = {
      fence: fenceOf(ZONE, undefined, { owner: OWNER, version: 1, sequence: 1 }),
      changes: creates(www),
    };
    proxy.faults.applyThenDrop({ on: ["ChangeResourceRecordSets"] });
    expect(await provider.write(batch, never)).toMatchObject({ error: { kind: "unknown" } });
    expect(await providerOf(OWNER).write(batch, never)).toMatchObject({
      error: { kind: "fenced" },
    });
    expect(await checksThere()).toHaveLength(1);
    expect(await found(www)).toBe(setText(www));
  });

  test("a check whose creation was lost is made once", async () => {
    proxy.faults.applyThenDrop({ on: ["CreateHealthCheck"] });
    expect(await writeNext(subject, creates(www))).toMatchObject({
      error: { kind: "unreachable" },
    });
    expect(await writeNext(subject, creates(www))).toEqual(done);
    expect(await checksThere()).toHaveLength(1);
  });

  test("a batch that is refused leaves its check to the next one that needs it", async () => {
    const bad: RecordSet = { name: ZONE, type: "CNAME", ttl: 60, values: ["a.test"] };
    expect(await writeNext(subject, creates(www, bad))).toMatchObject({
      error: { kind: "rejected" },
    });
    const made = await checksThere();
    expect(await writeNext(subject, creates(www))).toEqual(done);
    expect([made.length, await checksThere()]).toEqual([1, made]);
  });

  test("a check that somebody changed shows in the listing, and is replaced by one as wanted", async () => {
    expect(await writeNext(subject, creates(www))).toEqual(done);
    const [made = ""] = await checksThere();
    await somebody.send(
      new UpdateHealthCheckCommand({ HealthCheckId: made, ResourcePath: "/other" }),
    );
    const before = (await listed(subject)).sets.get(setKey(www)) ?? www;
    expect(setText(before)).not.toBe(setText(www));
    expect(await writeNext(subject, [{ kind: "update", before, after: www }])).toEqual(done);
    expect(await found(www)).toBe(setText(www));
    expect(await checksThere()).toHaveLength(1);
    expect(await checksThere()).not.toContain(made);
  });

  test("a set that somebody wrote in another spelling is replaced as it was read", async () => {
    const client = new Route53Client({
      endpoint: proxy.endpoint,
      region: MOTO_REGION,
      credentials: MOTO_CREDENTIALS,
    });
    const ResourceRecordSet = {
      Name: `*.${ZONE}`,
      Type: "TXT" as const,
      TTL: 300,
      ResourceRecords: [{ Value: '"v=spf1"   " -all"' }],
    };
    const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet }] };
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
    client.destroy();
    const before = (await listed(subject)).sets.get(`*.${ZONE} TXT`);
    expect(before?.values).toEqual(["v=spf1 -all"]);
    const after: RecordSet = { name: `*.${ZONE}`, type: "TXT", ttl: 60, values: ["v=spf1 -all"] };
    const change: Change = { kind: "update", before: before ?? after, after };
    expect(await writeNext(subject, [change])).toEqual(done);
    expect((await listed(subject)).sets.get(setKey(after))?.ttl).toBe(60);
  });

  test("350 sets are listed over pages, and an empty listing is no listing", async () => {
    const many = Array.from(
      { length: 350 },
      (_, at): RecordSet => ({ name: `n${at}.${ZONE}`, type: "A", ttl: 60, values: ["192.0.2.1"] }),
    );
    expect(await writeNext(subject, creates(...many))).toEqual(done);
    const { calls } = subject.provider;
    expect((await listed(subject)).sets.size).toBe(350);
    expect(subject.provider.calls - calls).toBe(2);
    proxy.faults.emptyListing();
    expect(await subject.provider.populate(never)).toMatchObject({
      error: { kind: "unreachable" },
    });
  });

  test("a page in the middle that is throttled or broken off fails the listing", async () => {
    const sets = Array.from(
      { length: 300 },
      (_, at): RecordSet => ({ name: `n${at}.${ZONE}`, type: "A", ttl: 60, values: ["192.0.2.1"] }),
    );
    expect(await writeNext(subject, creates(...sets))).toEqual(done);
    const slow = hastyPorts(async (request) => {
      if (new URL(request.url).searchParams.has("name")) proxy.faults.cut();
      return fetch(request);
    });
    const provider = route53Provider(
      {
        zone: ZONE,
        owner: OWNER,
        endpoint: proxy.endpoint,
        settings: { hosted_zone_id: zoneId },
        credentials: { access_key_id: "testing", secret_access_key: "testing" },
      },
      slow,
    );
    expect(await provider.populate(never)).toMatchObject({ error: { kind: "unreachable" } });
  });

  test("the stamp of another owner is a foreign set", async () => {
    const other = { zone: ZONE, provider: providerOf("other") };
    expect(await writeNext(other, [])).toEqual(done);
    const listing = await subject.provider.populate(never);
    const names = listing.ok ? listing.value.sets.map(({ name }) => name) : [];
    expect(names).toContain(stampName(ZONE, OWNER));
  });

  test("what is called is exactly what the documented policy allows, and its limits are the ones that it tells", async () => {
    proxy.calls.clear();
    for (const change of [creates(www), deletes(www)]) {
      expect(await writeNext(subject, change)).toEqual(done);
    }
    const text = readFileSync(join(root, "docs/dns-providers/route53.md"), "utf8");
    const policy = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? "{}") as {
      Statement: { Action: string | string[] }[];
    };
    const allowed = policy.Statement.flatMap(({ Action }) => Action).sort();
    expect(proxy.calls.permissions()).toEqual(allowed);
    const { valuesMax = 0, charactersMax } = ROUTE53_ABILITIES.batch;
    expect(text).toContain(
      `at most ${valuesMax} values of ${charactersMax.toLocaleString("en")} characters`,
    );
  });
});
