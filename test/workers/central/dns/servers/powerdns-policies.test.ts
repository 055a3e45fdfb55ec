import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import {
  type Check,
  type Policy,
  type RecordSet,
  setKey,
} from "../../../../../routing/dns/record.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { type PowerDns, startPowerDns } from "../../../../servers/powerdns.ts";
import { until } from "../../../../servers/process.ts";
import { listed, POLICIES, writeNext } from "../contract.ts";
import { asked } from "./asked.ts";
import { patch, providerAt, stored, zone } from "./powerdns-zone.ts";

const [primary, secondary] = ["127.0.0.1", "192.0.2.20"];
/** Nobody has it, and the machine itself says so at once. */
const DEAD_PORT = 1;

/** An endpoint that answers its health check, under one host only. */
async function startEndpoint(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const isAsked = request.url === "/healthz" && request.headers.host?.startsWith("edge.test");
    response.writeHead(isAsked ? 200 : 404).end();
  });
  server.listen(0, primary);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

describe.skipIf(serversMissing)(needingServers("policies of PowerDNS"), () => {
  let server: PowerDns;
  let ask: ReturnType<typeof asked>;
  const open: Server[] = [];
  beforeAll(async () => {
    server = await startPowerDns({ zones: [zone] });
    ask = asked(server.dnsPort);
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await close(each);
  });
  afterAll(() => server?.stop());

  const subject = () => ({ provider: providerAt(server), zone });
  const endpoint = async () => {
    const started = await startEndpoint();
    open.push(started.server);
    return started;
  };
  const check = (port: number, more: Partial<Check> = {}): Check => ({
    protocol: "http",
    target: "edge.test",
    port,
    path: "/healthz",
    interval: 10,
    failures: 1,
    ...more,
  });
  const setWith = (name: string, policy: Policy, type = "A", ttl = 60): RecordSet => ({
    name: `${name}.${zone}`,
    type,
    ttl,
    values: [],
    policy,
  });
  const create = async (...sets: readonly RecordSet[]) => {
    const changes = sets.map((after): Change => ({ kind: "create", after }));
    expect(await writeNext(subject(), changes)).toEqual({ ok: true, value: null });
  };
  const comes = (name: string, values: readonly string[], type = "A") =>
    until(`${name} answers ${values}`, async () => {
      return (await ask(`${name}.${zone}`, type)).join() === values.join();
    });

  test.each([
    ["http", { protocol: "http" }],
    ["tcp", { protocol: "tcp" }],
  ] as const)(
    "failover by %s: the server itself moves to the secondary and back",
    async (name, of) => {
      const first = await endpoint();
      const asks = check(first.port, of);
      await create(
        setWith(name, {
          kind: "failover",
          primary: { id: "edge", values: [primary], check: asks },
          secondary: { id: "direct", values: [secondary, "192.0.2.21"] },
        }),
      );
      await comes(name, [primary]);
      await close(first.server);
      await comes(name, [secondary, "192.0.2.21"]);
      const again = createServer((_request, response) => response.end()).listen(
        first.port,
        primary,
      );
      open.push(again);
      await once(again, "listening");
      await comes(name, [primary]);
    },
  );

  test("before the first look at an address the secondary answers, and never an address that is none", async () => {
    await create(
      setWith("never", {
        kind: "failover",
        primary: { id: "edge", values: [primary], check: check(DEAD_PORT) },
        secondary: { id: "direct", values: [secondary] },
      }),
    );
    for (let asks = 0; asks < 20; asks += 1) {
      expect(await ask(`never.${zone}`, "A")).toEqual([secondary]);
    }
  });

  test("of a primary with several addresses those that are up answer", async () => {
    const { port } = await endpoint();
    await create(
      setWith("half", {
        kind: "failover",
        primary: { id: "edge", values: [primary, "127.0.0.99"], check: check(port) },
        secondary: { id: "direct", values: [secondary] },
      }),
    );
    await comes("half", [primary]);
  });

  const weighted = (members: Extract<Policy, { kind: "weighted" }>["members"]): Policy => ({
    kind: "weighted",
    members,
  });
  const counted = async (name: string, asks: number) => {
    const counts = new Map<string, number>();
    for (let each = 0; each < asks; each += 1) {
      const answer = (await ask(`${name}.${zone}`, "A")).join();
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
    return counts;
  };

  test("weighted: each member has its share, all of its addresses, and a weight of 0 none", async () => {
    await create(
      setWith(
        "shares",
        weighted([
          { id: "a", values: ["192.0.2.30", "192.0.2.31"], weight: 200 },
          { id: "b", values: ["192.0.2.32"], weight: 55 },
          { id: "c", values: ["192.0.2.33"], weight: 0 },
        ]),
      ),
    );
    const counts = await counted("shares", 300);
    expect([...counts.keys()].sort()).toEqual(["192.0.2.30,192.0.2.31", "192.0.2.32"]);
    // 300 draws of 200/255: seven standard deviations are 50.
    expect(Math.abs((counts.get("192.0.2.32") ?? 0) - 300 * (55 / 255))).toBeLessThan(50);
  });

  test("weighted: where every weight is 0 each member answers", async () => {
    const even = [
      { id: "a", values: ["192.0.2.30"], weight: 0 },
      { id: "b", values: ["192.0.2.31"], weight: 0 },
    ];
    await create(setWith("even", weighted(even)));
    // One of two is never drawn in 60 with a chance of 2⁻⁵⁹.
    expect((await counted("even", 60)).size).toBe(2);
  });

  test("weighted: a member whose check fails is left out, and all answer when all fail", async () => {
    const { server: only, port } = await endpoint();
    await create(
      setWith(
        "checked",
        weighted([
          { id: "up", values: [primary], weight: 1, check: check(port) },
          { id: "down", values: ["127.0.0.2"], weight: 200, check: check(DEAD_PORT) },
        ]),
      ),
    );
    await until("the member that is up is alone", async () => {
      const counts = await counted("checked", 20);
      return counts.size === 1 && counts.has(primary);
    });
    await close(only);
    await until("a member that is down answers too", async () =>
      (await counted("checked", 5)).has("127.0.0.2"),
    );
  });

  test("weighted CNAMEs answer by their shares", async () => {
    const set = setWith(
      "names",
      weighted([
        { id: "a", values: ["a.example.net"], weight: 1 },
        { id: "b", values: ["b.example.net"], weight: 1 },
      ]),
      "CNAME",
    );
    await create(set);
    expect((await listed(subject())).sets.get(setKey(set))).toEqual(set);
    const answers = new Set<string>();
    for (let asks = 0; asks < 60; asks += 1) {
      answers.add((await ask(set.name, "CNAME")).join());
    }
    expect([...answers].sort()).toEqual(["a.example.net", "b.example.net"]);
  });

  test("A and AAAA of one name come and go by themselves, each with its own TTL", async () => {
    const six: Policy = {
      kind: "failover",
      primary: { id: "edge", values: ["::1"], check: check(DEAD_PORT) },
      secondary: { id: "direct", values: ["2001:db8::20"] },
    };
    const a = setWith("both", POLICIES.weighted, "A", 60);
    const aaaa = setWith("both", six, "AAAA", 300);
    await create(a);
    await create(aaaa);
    const of = async () => {
      const { sets } = await listed(subject());
      return [sets.get(setKey(a)), sets.get(setKey(aaaa))];
    };
    expect(await of()).toEqual([a, aaaa]);
    expect(await ask(aaaa.name, "AAAA")).toEqual(["2001:db8::20"]);
    expect((await stored(server)).filter(({ name }) => name === `${a.name}.`)).toMatchObject([
      { type: "LUA", ttl: 60 },
    ]);
    const plain: RecordSet = { name: a.name, type: "A", ttl: 60, values: ["192.0.2.1"] };
    expect(await writeNext(subject(), [{ kind: "update", before: a, after: plain }])).toEqual({
      ok: true,
      value: null,
    });
    expect(await of()).toEqual([plain, aaaa]);
    expect(await ask(a.name, "A")).toEqual(["192.0.2.1"]);
    await writeNext(subject(), [{ kind: "update", before: plain, after: a }]);
    expect(await of()).toEqual([a, aaaa]);
    await writeNext(subject(), [{ kind: "delete", before: a }]);
    await writeNext(subject(), [{ kind: "delete", before: aaaa }]);
    expect((await stored(server)).filter(({ name }) => name === `${a.name}.`)).toEqual([]);
  });

  test("LUA records of somebody else are told as opaque and kept beside ours", async () => {
    const name = `mixed.${zone}`;
    const foreign = [
      { content: `MX "'10 mail.example.net.'"`, disabled: false },
      { content: `TXT "'hidden'"`, disabled: true },
    ];
    await patch(server, [
      { name: `${name}.`, type: "LUA", ttl: 60, changetype: "REPLACE", records: foreign },
    ]);
    const set = setWith("mixed", POLICIES.weighted);
    await create(set);
    const { sets } = await listed(subject());
    expect(sets.get(setKey(set))).toEqual(set);
    for (const type of ["MX", "TXT"]) {
      expect(sets.get(setKey({ name, type }))).toMatchObject({ policy: { kind: "opaque" } });
    }
    const rest = async () =>
      (await stored(server)).find((each) => each.name === `${name}.`)?.records.slice(0);
    expect(await rest()).toEqual(expect.arrayContaining(foreign));
    await writeNext(subject(), [{ kind: "delete", before: set }]);
    expect((await rest())?.sort((x, y) => (x.content < y.content ? -1 : 1))).toEqual(foreign);
  });

  test("another TTL than that of LUA records of somebody else is refused and nothing is written", async () => {
    const name = `shared.${zone}`;
    await patch(server, [
      {
        name: `${name}.`,
        type: "LUA",
        ttl: 3_600,
        changetype: "REPLACE",
        records: [{ content: `MX "'10 mail.example.net.'"`, disabled: false }],
      },
    ]);
    const refused = await writeNext(subject(), [
      { kind: "create", after: setWith("shared", POLICIES.weighted) },
    ]);
    expect(refused.ok ? "written" : refused.error.kind).toBe("rejected");
    expect(refused.ok ? "" : refused.error.detail).toContain(`${name} A wants a TTL of 60`);
  });

  test("a LUA record of ours that somebody changed is no longer ours, and is not replaced", async () => {
    const set = setWith("edited", POLICIES.weighted);
    await create(set);
    const [rrset] = (await stored(server)).filter(({ name }) => name === `${set.name}.`);
    const content = rrset?.records[0]?.content.replace("{200,", "{201,") ?? "";
    await patch(server, [
      { ...rrset, changetype: "REPLACE", records: [{ content, disabled: false }] },
    ]);
    const { sets } = await listed(subject());
    expect(sets.get(setKey(set))).toMatchObject({ values: [], policy: { kind: "opaque" } });
    const refused = await writeNext(subject(), [{ kind: "delete", before: set }]);
    expect(refused.ok ? "written" : refused.error.kind).toBe("fenced");
    expect((await stored(server)).find(({ name }) => name === `${set.name}.`)?.records).toEqual([
      { content, disabled: false },
    ]);
  });

  test("where LUA records are no longer written, those of ours still go", async () => {
    const set = setWith("past", POLICIES.weighted);
    await create(set);
    const without = { provider: providerAt(server, { lua: false }), zone };
    const after: RecordSet = { name: set.name, type: "A", ttl: 60, values: ["192.0.2.1"] };
    expect(await writeNext(without, [{ kind: "update", before: set, after }])).toEqual({
      ok: true,
      value: null,
    });
    expect(await ask(set.name, "A")).toEqual(["192.0.2.1"]);
  });
});
