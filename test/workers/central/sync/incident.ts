/**
 * "All records deleted": what a ledger does when listings of a published zone throttle, come back empty, and are well again, and when the
 * configuration is away or hollow. Asked of each provider in front of its own server.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Intent } from "../../../../routing/dns/intent.ts";
import { setText } from "../../../../routing/dns/record.ts";
import type { FailureKind, ProviderPorts } from "../../../../workers/central/dns/provider.ts";
import { documentOf, EDGE, intentIn } from "./desired-zone.ts";
import { RealLedger } from "./real-ledger.ts";

/** What listings are like from now on. */
export type Weather =
  | "well"
  /** Refused for too many calls, or cut off where nobody throttles. */
  | "throttled"
  /** A good answer with nothing in it, not even what every zone has. */
  | "empty"
  /** A good answer with what every zone has and no more: the zone as it was when it was made. */
  | "bare";

export interface IncidentSite {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly credentials: unknown;
  /** The same that the server knows no more; absent where it asks for none. */
  readonly revoked?: unknown;
  readonly ports?: Partial<ProviderPorts>;
  readonly weather: (weather: Weather) => void;
  /** Calls that write, as the server counts them. */
  readonly writes: () => number;
  readonly stop: () => Promise<void>;
}

export interface Incident {
  readonly start: () => Promise<IncidentSite>;
  readonly throttledAs: FailureKind;
  /** `null`: an empty listing is believed to be one, and only the ledger's own memory says otherwise. */
  readonly emptyAs: FailureKind | null;
}

const NAMES = 40;
const ENTRY = "incident.test";
/** Fewer than `absent_listings`. */
const LOOKS = 2;

export function incident(name: string, { start, throttledAs, emptyAs }: Incident): void {
  describe(`a zone published to ${name}`, () => {
    let site: IncidentSite;
    let ledger: RealLedger;
    let whole: Intent;
    let intent: () => Intent | null;
    let credentials: unknown;

    beforeEach(async () => {
      site = await start();
      whole = intentIn(documentOf({ names: NAMES, zones: { [ENTRY]: site.fields } }), ENTRY);
      intent = () => whole;
      credentials = site.credentials;
      const at = site.ports?.fetch ?? fetch;
      ledger = new RealLedger({
        intent: () => intent(),
        credentials: () => credentials,
        ports: {
          ...site.ports,
          fetch: async (request) =>
            new URL(request.url).hostname === EDGE ? new Response("ok") : at(request),
        },
      });
      await ledger.apply();
      expect((await ledger.look()).plan?.units).toEqual([]);
    });
    afterEach(() => site?.stop());

    const content = async (): Promise<readonly string[]> =>
      (await ledger.listing()).map(setText).sort();
    const turns = async (count: number) => {
      for (let at = 0; at < count; at += 1) await ledger.turn();
    };
    /** Of everything that is done, what is told and whether anything was written. */
    async function during(work: () => Promise<void>): Promise<readonly string[]> {
      const [before, writes, told] = [await content(), site.writes(), await ledger.told()];
      await work();
      site.weather("well");
      expect(site.writes()).toBe(writes);
      expect(await content()).toEqual(before);
      return (await ledger.told()).slice(told.length);
    }
    const heads = (told: readonly string[]) => told.map((one) => one.replace(/:.*/s, ""));

    test.each(["empty", "bare"] as const)(
      "is left alone while listings throttle, are %s, and are well again; each is told once",
      async (kind) => {
        const told = await during(async () => {
          site.weather("throttled");
          await turns(3);
          site.weather(kind);
          await turns(LOOKS);
          site.weather("well");
          await turns(LOOKS);
        });
        const failedAs = kind === "empty" ? emptyAs : null;
        expect(heads(told)).toEqual([throttledAs, failedAs ?? "listing-shrank", "in step again"]);
        const { plan, objections } = await ledger.look();
        expect([plan?.units, plan?.drift, objections]).toEqual([[], [], []]);
      },
    );

    test("loses nothing when an empty listing stays, whatever is made of it", async () => {
      const before = await content();
      site.weather("bare");
      await turns(8);
      site.weather("well");
      await turns(2);
      expect((await content()).filter((one) => !one.includes("_tradewind-"))).toEqual(
        before.filter((one) => !one.includes("_tradewind-")),
      );
      expect((await ledger.look()).plan?.units).toEqual([]);
    });

    test("is left alone while the credentials are revoked, which is told once", async () => {
      if (site.revoked === undefined) return;
      const told = await during(async () => {
        credentials = site.revoked;
        await turns(4);
        credentials = site.credentials;
        await turns(1);
      });
      expect(heads(told)).toEqual(["unauthorized", "in step again"]);
    });

    test("is left alone while nobody can tell what is wanted, which is told once when it lasts", async () => {
      const told = await during(async () => {
        intent = () => {
          throw new Error("out of reach");
        };
        await turns(15);
        intent = () => whole;
        await turns(1);
      });
      expect(heads(told)).toEqual(["blind", "in step again"]);
    });

    test("is left alone while a version forgets all of it for fewer looks than it takes", async () => {
      await during(async () => {
        const hollow = { ...whole, publications: [], sync: { ...whole.sync, records: [] } };
        intent = () => hollow;
        await turns(LOOKS);
        intent = () => whole;
        await turns(LOOKS);
        intent = () => hollow;
        await turns(LOOKS);
        intent = () => whole;
        await turns(1);
      });
      expect((await ledger.look()).plan?.waiting).toEqual([]);
    });
  });
}
