import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import { markSet } from "../../../../../routing/dns/mark.ts";
import { type RecordSet, setKey } from "../../../../../routing/dns/record.ts";
import { readStamp, stampName } from "../../../../../routing/dns/stamp.ts";
import type { AzureServer } from "../../../../vendors/azure/server.ts";
import { BenchZone } from "../../sync/bench-zone.ts";
import { OWNER, writeNext } from "../contract.ts";
import { foreignSet, providerAt, startServer, type Told, zone } from "./subject.ts";

const never = new AbortController().signal;
const a = (name: string): RecordSet => ({
  name: `${name}.${zone}`,
  type: "A",
  ttl: 60,
  values: ["192.0.2.1"],
});
const cname = (name: string): RecordSet => ({ ...a(name), type: "CNAME", values: ["b.example"] });
const mark = (set: RecordSet) => markSet(zone, set, { owner: OWNER, resource: "tradewind/x" });
const create = (after: RecordSet): Change => ({ kind: "create", after });
const remove = (before: RecordSet): Change => ({ kind: "delete", before });

describe("a set that Azure refuses after the stamp was written", () => {
  let server: AzureServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.stop());

  /** Refuses the calls that `at` fits, as the service does. */
  const refusing = (at: RegExp): Told => ({
    ports: {
      fetch: async (request) =>
        at.test(`${request.method} ${request.url}`)
          ? Response.json({ code: "BadRequest", message: "The name is bad." }, { status: 400 })
          : fetch(request),
    },
  });
  const keys = async () => {
    const listing = await providerAt(server).populate(never);
    if (!listing.ok) throw new Error(listing.error.detail);
    return listing.value.sets
      .filter(({ name }) => name !== zone && name !== stampName(zone, OWNER))
      .map(setKey)
      .sort();
  };
  const write = (changes: readonly Change[], at: RegExp) =>
    writeNext({ provider: providerAt(server, refusing(at)), zone }, changes);
  const refusedIn = (written: Awaited<ReturnType<typeof write>>) =>
    written.ok ? (written.value?.refused.map(({ key }) => key) ?? []) : written.error;

  test("keeps no other set out, and is told with the service's words", async () => {
    const written = await write(["one", "bad", "two"].map(a).map(create), /PUT .*\/A\/bad\?/);
    expect(refusedIn(written)).toEqual([setKey(a("bad"))]);
    expect(written.ok ? written.value?.refused[0]?.detail : "").toContain("The name is bad.");
    expect(await keys()).toEqual([a("one"), a("two")].map(setKey));
  });

  test("keeps its own out where its mark is refused", async () => {
    const changes = [create(mark(a("bad"))), create(a("bad")), create(a("two"))];
    const written = await write(changes, /PUT .*\/TXT\/a-bad\?/);
    expect(refusedIn(written)).toEqual([mark(a("bad")), a("bad")].map(setKey));
    expect(await keys()).toEqual([setKey(a("two"))]);
  });

  test("keeps its mark where it cannot be deleted", async () => {
    for (const set of [a("stays"), mark(a("stays"))]) foreignSet(server, set);
    const changes = [remove(a("stays")), remove(mark(a("stays")))];
    const written = await write(changes, /DELETE .*\/A\/stays\?/);
    expect(refusedIn(written)).toEqual([a("stays"), mark(a("stays"))].map(setKey));
    expect(await keys()).toEqual([a("stays"), mark(a("stays"))].map(setKey).sort());
  });

  test("leaves what was to make room for it, with its mark", async () => {
    for (const set of [cname("www"), mark(cname("www"))]) foreignSet(server, set);
    const changes = [
      remove(cname("www")),
      remove(mark(cname("www"))),
      create(a("www")),
      create(a("two")),
    ];
    const written = await write(changes, /PUT .*\/A\/www\?/);
    expect(refusedIn(written)).toEqual([cname("www"), a("www"), mark(cname("www"))].map(setKey));
    expect(await keys()).toEqual([a("two"), mark(cname("www")), cname("www")].map(setKey).sort());
  });

  test("is `unknown` where what made room for it does not come back", async () => {
    foreignSet(server, cname("www"));
    const written = await write([remove(cname("www")), create(a("www"))], /PUT .*www\?/);
    expect(written).toMatchObject({ ok: false, error: { kind: "unknown" } });
    expect(written.ok ? "" : written.error.detail).toContain("www CNAME MAY BE MISSING");
  });

  test("does not wedge the ledger: the others get there at the first look, and each look tells which did not", async () => {
    const provider = providerAt(server, refusing(/PUT .*\/A\/bad\?/));
    const names = ["aa", "bad", "cc", "dd", "ee"];
    const sync = { publish: {}, owner: OWNER, records: names.map(recordOf) };
    const bench = new BenchZone({ sync, provider });
    const there = async () => (await keys()).filter((key) => key.endsWith(" A"));
    for (let look = 1; look <= 3; look += 1) {
      await bench.ledger.alarm();
      expect(await there()).toEqual(["aa", "cc", "dd", "ee"].map(a).map(setKey));
      const [entry] = await bench.ledger.history();
      expect(entry).toMatchObject({ outcome: "stopped" });
      expect(entry?.detail).toContain(`${setKey(a("bad"))}: `);
      expect(entry?.detail).toContain("The name is bad.");
      const isNoted = entry?.changes.some(({ key }) => key === setKey(a("bad")));
      expect(isNoted).toBe(false);
    }
    const listing = await provider.populate(never);
    const stamp = listing.ok
      ? listing.value.sets.find(({ name }) => name === stampName(zone, OWNER))
      : undefined;
    expect(readStamp(stamp)?.sequence).toBe(3);
  });
});

const recordOf = (name: string) => ({ ...a(name), type: "A" as const });
