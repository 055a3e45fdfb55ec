import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Batch, Change } from "../../../../../routing/dns/change.ts";
import { type RecordSet, setKey, setText } from "../../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../../routing/dns/stamp.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import { RFC2136_ABILITIES } from "../../../../../workers/central/dns/rfc2136.ts";
import type { DialPort } from "../../../../../workers/ports.ts";
import { dialPort } from "../../../../helpers/dial.ts";
import type { Bind } from "../../../../servers/bind.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { needPrograms } from "../../../../servers/programs.ts";
import { OWNER, writeNext } from "../contract.ts";
import { asked } from "./asked.ts";
import { add, nsupdate, providerAt, startEmptyBind, zone } from "./bind-zone.ts";

const never = new AbortController().signal;
const written = { ok: true, value: null };

describe.skipIf(serversMissing)(needingServers("rfc2136 and what BIND does"), () => {
  let server: Bind;
  let provider: Provider;
  let ask: ReturnType<typeof asked>;
  beforeAll(async () => {
    server = await startEmptyBind();
    provider = providerAt(server);
    ask = asked(server.port);
  });
  afterAll(() => server?.stop());

  const set = (name: string, type: string, ...values: readonly string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type,
    ttl: 60,
    values,
  });
  const create = (after: RecordSet): Change => ({ kind: "create", after });
  const remove = (before: RecordSet): Change => ({ kind: "delete", before });
  const write = (...changes: readonly Change[]) => writeNext({ provider, zone }, changes);
  const sets = async () => {
    const listing = await provider.populate(never);
    if (!listing.ok) throw new Error(listing.error.detail);
    expect(listing.value.complete).toBe(true);
    return new Map(listing.value.sets.map((each) => [setKey(each), each]));
  };
  const fenced = { ok: false, error: { kind: "fenced" } };

  test("what was listed must be so when it is written, value by value", async () => {
    const before = set("moved", "A", "192.0.2.1", "192.0.2.2");
    expect(await write(create(before))).toEqual(written);
    const moves: readonly (readonly string[])[] = [
      ["update delete moved.shop.test. A 192.0.2.2"],
      ["update add moved.shop.test. 60 A 192.0.2.2", "update add moved.shop.test. 60 A 192.0.2.3"],
      ["update delete moved.shop.test. A"],
    ];
    for (const lines of moves) {
      await nsupdate(server, lines);
      const after = { ...before, values: ["192.0.2.9"] };
      expect(await write({ kind: "update", before, after })).toMatchObject(fenced);
      expect(await write(remove(before))).toMatchObject(fenced);
    }
    expect((await sets()).has(setKey(before))).toBe(false);
  });

  test("what is made must not be there yet", async () => {
    await nsupdate(server, add(set("theirs", "A", "198.51.100.1")));
    expect(await write(create(set("theirs", "A", "192.0.2.1")))).toMatchObject(fenced);
    expect(await ask(`theirs.${zone}`, "A")).toEqual(["198.51.100.1"]);
  });

  test("one of a batch that is refused keeps all of it from being written", async () => {
    const [first, second] = [set("one", "A", "192.0.2.1"), set("theirs2", "A", "192.0.2.1")];
    await nsupdate(server, add(set("theirs2", "A", "198.51.100.1")));
    const stamp = (await sets()).get(setKey({ name: stampName(zone, OWNER), type: "TXT" }));
    expect(await write(create(first), create(second))).toMatchObject(fenced);
    const found = await sets();
    expect(found.has(setKey(first))).toBe(false);
    expect(found.get(setKey({ name: stampName(zone, OWNER), type: "TXT" }))).toEqual(stamp);
  });

  test("a CNAME beside other data, which BIND passes over in silence, is refused", async () => {
    await nsupdate(server, add(set("taken", "TXT", "theirs")));
    expect(await write(create(set("taken", "CNAME", "a.example.net")))).toMatchObject(fenced);
    expect(await write(create(set("alias", "CNAME", "a.example.net")))).toEqual(written);
    expect(await write(create(set("alias", "A", "192.0.2.1")))).toMatchObject(fenced);
  });

  test("addresses become a CNAME and a CNAME addresses in one batch each", async () => {
    const [a, aaaa] = [set("swap", "A", "192.0.2.1"), set("swap", "AAAA", "2001:db8::1")];
    const cname = set("swap", "CNAME", "a.example.net");
    expect(await write(create(a), create(aaaa))).toEqual(written);
    expect(await write(create(cname), remove(a), remove(aaaa))).toEqual(written);
    expect(await ask(cname.name, "CNAME")).toEqual(["a.example.net"]);
    expect(await write(create(a), create(aaaa), remove(cname))).toEqual(written);
    expect(await ask(aaaa.name, "AAAA")).toEqual(["2001:db8::1"]);
  });

  test("a batch that was written and is written again is refused, so repeating it is harmless", async () => {
    const stamp = (await sets()).get(setKey({ name: stampName(zone, OWNER), type: "TXT" }));
    const fence = fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence: 500 });
    const batch: Batch = { fence, changes: [create(set("again", "A", "192.0.2.1"))] };
    expect(await provider.write(batch, never)).toEqual(written);
    expect(await provider.write(batch, never)).toMatchObject(fenced);
    expect(await ask(`again.${zone}`, "A")).toEqual(["192.0.2.1"]);
  });

  test("of two that write at once one is refused", async () => {
    const stamp = (await sets()).get(setKey({ name: stampName(zone, OWNER), type: "TXT" }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => {
        const fence = fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence: 600 + at });
        const changes = [create(set(`race${at}`, "A", "192.0.2.1"))];
        return providerAt(server).write({ fence, changes }, never);
      }),
    );
    const kinds = answers.map((answer) => (answer.ok ? "written" : answer.error.kind));
    expect(kinds.sort()).toEqual([...Array<string>(7).fill("fenced"), "written"]);
    const names = [...(await sets()).keys()].filter((key) => key.startsWith("race"));
    expect(names).toHaveLength(1);
  });

  test("records that nobody here writes are listed, by names that are escaped and types that are unknown", async () => {
    await nsupdate(server, [
      `update add naptr.${zone}. 60 NAPTR 100 50 "s" "http" "" a.example.net.`,
      `update add odd.${zone}. 60 TYPE65400 \\# 3 010203`,
      `update add sshfp.${zone}. 60 SSHFP 1 1 0102030405060708090a0b0c0d0e0f1011121314`,
      `update add ptr.${zone}. 60 PTR Target.Example.Net.`,
      `update add *.wild.${zone}. 60 A 192.0.2.1`,
      `update add a\\.b.${zone}. 60 TXT "dot"`,
      `update add \\255.${zone}. 60 TXT "byte"`,
      `update add strings.${zone}. 60 TXT "one" "two"`,
      `update add null.${zone}. 60 MX 0 .`,
      `update add hints.${zone}. 60 HTTPS 1 . ipv6hint=2001:db8::1 alpn=h3 key999=x`,
    ]);
    const found = await sets();
    const values = (name: string, type: string) => found.get(`${name}.${zone} ${type}`)?.values;
    expect(values("naptr", "NAPTR")?.[0]).toMatch(/^\\# \d+ [0-9a-f]+$/);
    expect(values("odd", "TYPE65400")).toEqual(["\\# 3 010203"]);
    expect(values("sshfp", "SSHFP")).toEqual([
      "\\# 22 01010102030405060708090a0b0c0d0e0f1011121314",
    ]);
    expect(values("ptr", "PTR")).toEqual(["target.example.net"]);
    expect(values("*.wild", "A")).toEqual(["192.0.2.1"]);
    expect(values("a\\.b", "TXT")).toEqual(["dot"]);
    expect(values("\\255", "TXT")).toEqual(["byte"]);
    expect(values("strings", "TXT")).toEqual(["onetwo"]);
    expect(values("null", "MX")).toEqual(["0 ."]);
    expect(values("hints", "HTTPS")).toEqual(['1 . alpn="h3" ipv6hint="2001:db8::1" key999="x"']);
    expect([...found.values()].some(({ type }) => type === "SOA")).toBe(false);
  });

  test("dig lists the same zone", async () => {
    const { name, algorithm, secret } = server.key;
    const flags = [`@${server.host}`, "-p", `${server.port}`, zone, "AXFR", "+noall", "+answer"];
    const { stdout } = await promisify(execFile)(
      needPrograms("dig").dig,
      [...flags, "-y", `${algorithm}:${name}:${secret}`],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const keys = stdout
      .trim()
      .split("\n")
      .map((line) => /^(\S+)\.\s+\d+\s+IN\s+(\S+)/.exec(line))
      .map((found) => `${found?.[1]?.toLowerCase()} ${found?.[2]}`)
      .filter((key) => !key.endsWith(" SOA"));
    expect([...(await sets()).keys()].sort()).toEqual([...new Set(keys)].sort());
  });

  test("a batch as large as the limits allow is written by one message", async () => {
    const { batch } = RFC2136_ABILITIES;
    const changes = Array.from({ length: batch.changesMax }, (_, at) =>
      create(
        set(`${"l".repeat(60)}.${at}`, "TXT", "y".repeat(batch.charactersMax / batch.changesMax)),
      ),
    );
    const before = provider.calls;
    expect(await write(...changes)).toEqual(written);
    expect(provider.calls - before).toBe(2);
    const found = await sets();
    for (const change of changes) {
      if (change.kind !== "create") continue;
      const stored = found.get(setKey(change.after));
      expect(stored && setText(stored)).toBe(setText(change.after));
    }
  });

  test("a key that may not transfer is told what it lacks", async () => {
    const unknown = { ...server.key, name: "nobody" };
    const refused = await providerAt(server, { key: unknown }).populate(never);
    expect(refused).toMatchObject({ ok: false, error: { kind: "unauthorized" } });
    expect(refused.ok ? "" : refused.error.detail).toContain("BADKEY");
    expect(refused.ok ? "" : refused.error.detail).toContain("nobody");
  });

  test.each(["key", "key512"] as const)(
    "thousands of records are one listing, signed with %s",
    async (which) => {
      const count = 6_000;
      const lines = Array.from(
        { length: count },
        (_, at) => `update add n${at}.${which}.${zone}. 60 TXT "${"x".repeat(200)}"`,
      );
      for (let at = 0; at < count; at += 200) await nsupdate(server, lines.slice(at, at + 200));
      let bytes = 0;
      const counting: DialPort = async (target, signal) => {
        const connection = await dialPort(target, signal);
        const count = new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            bytes += chunk.length;
            controller.enqueue(chunk);
          },
        });
        return { ...connection, readable: connection.readable.pipeThrough(count) };
      };
      const signedWith = providerAt(server, { key: server[which], ports: { dial: counting } });
      const listing = await signedWith.populate(never);
      if (!listing.ok) throw new Error(listing.error.detail);
      const found = listing.value.sets.filter(({ name }) => name.endsWith(`.${which}.${zone}`));
      expect([listing.value.complete, found.length]).toEqual([true, count]);
      // More than one message has room for, so the chain of signatures was followed.
      expect(bytes).toBeGreaterThan(10 * 65_535);
    },
  );
});
