/** What `npm run proof:dns` shows of 2,000 names, of 200: real ledgers, real Route 53 quotas, PowerDNS and BIND. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { KeptZone } from "./kept-zone.ts";
import { type Site, startSites } from "./sites.ts";
import { written } from "./witness.ts";

const ENTRIES = ["route53.test", "powerdns.test", "bind.test"];
const NAMES = 200;
const nothing = { units: [], respected: [], drift: [], conflicts: [], waiting: [], kept: [] };

describe.skipIf(serversMissing)(needingServers("a zone of 200 names"), () => {
  let sites: readonly Site[];
  beforeAll(async () => {
    sites = await startSites();
  });
  afterAll(() => Promise.all((sites ?? []).map((site) => site.stop())));
  const siteOf = (entry: string): Site => {
    const found = sites.find((site) => site.entry === entry);
    if (found === undefined) throw new Error(`no site ${entry}`);
    return found;
  };

  describe.each(ENTRIES)("at %s", (entry) => {
    let zone: KeptZone;
    beforeAll(() => {
      zone = new KeptZone({ site: siteOf(entry), names: NAMES });
    });

    test("is published with creates only, after one question: mail at the apex", async () => {
      const { first, entry: done, batches } = await zone.publish();
      expect(first.objections.map(({ confirmation }) => confirmation)).toEqual([
        "protected-name shop.test MX",
      ]);
      expect(new Set(done.changes.map(({ kind }) => kind))).toEqual(new Set(["create"]));
      expect([done.outcome, done.written]).toEqual(["done", batches.length]);
      expect(done.changes.length).toBeGreaterThan(2 * NAMES);
    });

    test("is then in step, for whoever remembers and for who does not", async () => {
      expect((await zone.ledger.look()).plan).toMatchObject(nothing);
      zone.ledger.forget();
      expect(await zone.ledger.look()).toMatchObject({ plan: nothing, objections: [] });
    });

    test("is repaired when somebody edits it, and that is told as drift", async () => {
      const key = await zone.edit();
      await zone.ledger.turn();
      expect(await zone.ledger.told()).toContain(
        `drift: 1 sets of ours are not as we wrote them, the first is ${key}`,
      );
      expect((await zone.ledger.look()).plan).toMatchObject(nothing);
    });

    test("keeps an edit that is respected, until an operator applies it too", async () => {
      zone.drift("respect");
      await zone.ledger.turn();
      const batches = zone.ledger.batches.length;
      const key = await zone.edit();
      const { plan } = await zone.ledger.turn();
      expect(plan?.units).toEqual([]);
      expect(plan?.respected.map(({ subject }) => `${subject.name} ${subject.type}`)).toEqual([
        key,
      ]);
      expect(zone.ledger.batches.length).toBe(batches);
      await zone.ledger.apply(true);
      expect((await zone.ledger.look()).plan).toMatchObject(nothing);
    });

    test("is what octoDNS would make of it", async () => {
      expect(await zone.judged()).toEqual([]);
    });
  });
});

describe.skipIf(serversMissing)(needingServers("a zone of 200 names that octoDNS wrote"), () => {
  let sites: readonly Site[];
  beforeAll(async () => {
    sites = await startSites();
  });
  afterAll(() => Promise.all((sites ?? []).map((site) => site.stop())));

  test.each(ENTRIES)(
    "is taken over at %s with a mark for each set, and nothing else",
    async (entry) => {
      const site = sites.find((one) => one.entry === entry) as Site;
      const zone = new KeptZone({ site, names: NAMES, imported: true });
      await written(site, zone.intent.sync.records);
      const { first, entry: done } = await zone.publish();
      expect([first.objections, first.plan?.conflicts]).toEqual([[], []]);
      const { records } = zone.intent.sync;
      expect(done.changes.filter(({ kind }) => kind !== "create")).toEqual([]);
      expect(done.changes.length).toBe(records.length);
      const keys = new Set(records.map(({ name, type }) => `${name} ${type}`));
      expect(done.changes.filter(({ key }) => keys.has(key))).toEqual([]);
      expect((await zone.ledger.look()).plan).toMatchObject(nothing);
      expect(await zone.judged()).toEqual([]);
    },
  );
});
