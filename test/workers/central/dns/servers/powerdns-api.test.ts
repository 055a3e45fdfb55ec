import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Batch, Change } from "../../../../../routing/dns/change.ts";
import { type RecordSet, setKey } from "../../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../../routing/dns/stamp.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { type PowerDns, startPowerDns } from "../../../../servers/powerdns.ts";
import { OWNER, writeNext } from "../contract.ts";
import { asked } from "./asked.ts";
import { patch, providerAt, put, rrsetOf, stored, zone } from "./powerdns-zone.ts";

const never = new AbortController().signal;
const written = { ok: true, value: null };

describe.skipIf(serversMissing)(needingServers("powerdns and what PowerDNS does"), () => {
  let server: PowerDns;
  let provider: Provider;
  let ask: ReturnType<typeof asked>;
  beforeAll(async () => {
    server = await startPowerDns({ zones: [zone] });
    provider = providerAt(server);
    ask = asked(server.dnsPort);
  });
  afterAll(() => server?.stop());

  const set = (name: string, type: string, ...values: readonly string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type,
    ttl: 60,
    values,
  });
  const create = (after: RecordSet): Change => ({ kind: "create", after });
  const write = (...changes: readonly Change[]) => writeNext({ provider, zone }, changes);
  const sets = async () => {
    const listing = await provider.populate(never);
    if (!listing.ok) throw new Error(listing.error.detail);
    return new Map(listing.value.sets.map((each) => [setKey(each), each]));
  };
  const stampKey = setKey({ name: stampName(zone, OWNER), type: "TXT" });
  const at = async (name: string) =>
    (await stored(server)).find((each) => each.name === `${name}.${zone}.`);

  test("one set of a batch that the server refuses keeps all of it from being written", async () => {
    const stamp = (await sets()).get(stampKey);
    await patch(server, [rrsetOf(set("taken", "A", "198.51.100.1"))]);
    const refused = await write(
      create(set("first", "A", "192.0.2.1")),
      create(set("taken", "CNAME", "a.example.net")),
    );
    expect(refused).toMatchObject({ ok: false, error: { kind: "rejected" } });
    expect(refused.ok ? "" : refused.error.detail).toContain(
      `taken.${zone}. IN CNAME: Conflicts with pre-existing RRset`,
    );
    const found = await sets();
    expect(found.has(`first.${zone} A`)).toBe(false);
    expect(found.get(stampKey)).toEqual(stamp);
  });

  test("a stamp that somebody else wrote keeps a batch from being sent", async () => {
    expect(await write()).toEqual(written);
    const stamp = (await sets()).get(stampKey);
    const batch: Batch = {
      fence: fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence: 500 }),
      changes: [create(set("late", "A", "192.0.2.1"))],
    };
    expect(await write()).toEqual(written);
    const calls = provider.calls;
    expect(await provider.write(batch, never)).toMatchObject({
      ok: false,
      error: { kind: "fenced" },
    });
    expect(provider.calls - calls).toBe(1);
    expect(await at("late")).toBeUndefined();
  });

  test("a set that somebody made or changed after the listing is not replaced", async () => {
    const [theirs, ours] = [set("raced", "A", "203.0.113.77"), set("raced", "A", "192.0.2.1")];
    const stamp = (await sets()).get(stampKey);
    const fence = fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence: 550 });
    await patch(server, [rrsetOf(theirs)]);
    for (const change of [
      create(ours),
      { kind: "update", before: ours, after: { ...ours, ttl: 61 } },
      { kind: "delete", before: ours },
    ] as const) {
      const calls = provider.calls;
      const answer = await provider.write({ fence, changes: [change] }, never);
      expect(answer).toMatchObject({ ok: false, error: { kind: "fenced" } });
      expect(provider.calls - calls).toBe(1);
    }
    expect((await sets()).get(setKey(theirs))).toEqual(theirs);
    expect((await sets()).get(stampKey)).toEqual(stamp);
  });

  test("a batch that was written and is written again is refused, so repeating it is harmless", async () => {
    const stamp = (await sets()).get(stampKey);
    const fence = fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence: 600 });
    const batch: Batch = { fence, changes: [create(set("again", "A", "192.0.2.1"))] };
    expect(await provider.write(batch, never)).toEqual(written);
    expect(await provider.write(batch, never)).toMatchObject({
      ok: false,
      error: { kind: "fenced" },
    });
  });

  test("a set with a disabled record is told as opaque, so that nobody here replaces it", async () => {
    await patch(server, [
      {
        ...rrsetOf(set("parked", "A")),
        records: [
          { content: "198.51.100.1", disabled: false },
          { content: "198.51.100.2", disabled: true },
        ],
      },
      { ...rrsetOf(set("off", "A")), records: [{ content: "198.51.100.3", disabled: true }] },
    ]);
    const found = await sets();
    for (const name of ["parked", "off"]) {
      expect(found.get(`${name}.${zone} A`)).toMatchObject({
        values: [],
        policy: { kind: "opaque", text: expect.stringContaining("198.51.100") },
      });
    }
  });

  test("comments of a set that is replaced stay, and a comment alone is no set", async () => {
    const before = set("noted", "A", "192.0.2.1");
    const comments = [{ content: "asked for by Ada", account: "ada", modified_at: 1 }];
    expect(await write(create(before))).toEqual(written);
    await patch(server, [
      { name: `noted.${zone}.`, type: "A", changetype: "REPLACE", comments },
      { name: `nothing.${zone}.`, type: "A", changetype: "REPLACE", comments },
    ]);
    const after = set("noted", "A", "192.0.2.2");
    expect(await write({ kind: "update", before, after })).toEqual(written);
    expect(await at("noted")).toMatchObject({ records: [{ content: "192.0.2.2" }], comments });
    expect((await sets()).has(`nothing.${zone} A`)).toBe(false);
  });

  test("addresses become a CNAME and a CNAME addresses in one batch each", async () => {
    const [a, cname] = [set("swap", "A", "192.0.2.1"), set("swap", "CNAME", "a.example.net")];
    expect(await write(create(a))).toEqual(written);
    expect(await write(create(cname), { kind: "delete", before: a })).toEqual(written);
    expect(await ask(cname.name, "CNAME")).toEqual(["a.example.net"]);
    expect(await write(create(a), { kind: "delete", before: cname })).toEqual(written);
    expect(await ask(a.name, "A")).toEqual(["192.0.2.1"]);
  });

  test("records that nobody here writes are listed", async () => {
    await patch(server, [
      {
        ...rrsetOf(set("naptr", "NAPTR")),
        records: [{ content: '100 50 "s" "http" "" a.example.net.' }],
      },
      { ...rrsetOf(set("odd", "TYPE65300")), records: [{ content: "\\# 3 010203" }] },
      { ...rrsetOf(set("alias", "ALIAS")), records: [{ content: "a.example.net." }] },
      { ...rrsetOf(set("*.wild", "A", "192.0.2.1")) },
      { ...rrsetOf(set("strings", "TXT")), records: [{ content: '"one" "two"' }] },
      { ...rrsetOf(set("long6", "AAAA")), records: [{ content: "2001:0DB8:0:0:0:0:0:1" }] },
      {
        ...rrsetOf(set("hints", "HTTPS")),
        records: [{ content: '1 . alpn=h3 ipv6hint=2001:db8::1 key999="x"' }],
      },
    ]);
    const found = await sets();
    const values = (name: string, type: string) => found.get(`${name}.${zone} ${type}`)?.values;
    expect(values("naptr", "NAPTR")).toEqual(['100 50 "s" "http" "" a.example.net.']);
    expect(values("odd", "TYPE65300")).toEqual(["\\# 3 010203"]);
    expect(values("alias", "ALIAS")).toEqual(["a.example.net."]);
    expect(values("*.wild", "A")).toEqual(["192.0.2.1"]);
    expect(values("strings", "TXT")).toEqual(["onetwo"]);
    expect(values("long6", "AAAA")).toEqual(["2001:db8::1"]);
    expect(values("hints", "HTTPS")).toEqual(['1 . alpn="h3" ipv6hint="2001:db8::1" key999="x"']);
    expect([...found.values()].some(({ type }) => type === "SOA")).toBe(false);
  });

  test("a batch as large as the limits allow is one PATCH", async () => {
    const { changesMax, charactersMax } = provider.abilities.batch;
    const changes = Array.from({ length: changesMax }, (_, each) =>
      create(set(`${"l".repeat(60)}.${each}`, "TXT", "y".repeat(charactersMax / changesMax))),
    );
    expect(await write(...changes)).toEqual(written);
    const found = await sets();
    expect(
      changes.filter((change) => change.kind === "create" && !found.has(setKey(change.after))),
    ).toEqual([]);
    const most = [...Array(100).keys()].map((last) => `2001:db8:ffff:ffff:ffff:ffff:ffff:${last}`);
    const many = create(set("many", "AAAA", ...most.slice(0, provider.abilities.valuesMax)));
    expect(await write(many)).toEqual(written);
  });

  test("without LUA records it has no policy, and a set with one is not sent", async () => {
    const without = providerAt(server, { lua: false });
    expect(without.abilities).toMatchObject({ policies: [], checks: false });
    const policy = { kind: "weighted", members: [] } as const;
    const refused = await writeNext({ provider: without, zone }, [
      create({ ...set("p", "A"), policy }),
    ]);
    expect(refused).toMatchObject({ ok: false, error: { kind: "rejected" } });
  });

  test("a secondary is listed and not written to, because its primary overwrites it", async () => {
    const other = await startPowerDns({ zones: [zone] });
    try {
      await put(other, { kind: "Slave", masters: ["192.0.2.53"] });
      const secondary = { provider: providerAt(other), zone };
      const refused = await writeNext(secondary, [create(set("x", "A", "192.0.2.1"))]);
      expect(refused).toMatchObject({ ok: false, error: { kind: "rejected" } });
      expect(refused.ok ? "" : refused.error.detail).toContain("the zone is a Slave here");
      expect(await secondary.provider.populate(never)).toMatchObject({ ok: true });
      expect(await stored(other)).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});
