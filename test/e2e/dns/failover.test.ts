import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "../../servers/find.ts";
import type { EventList, ZoneList } from "./answers.ts";
import { foundIn } from "./canary.ts";
import { bindPlace, DOMAIN, powerDnsPlace, route53Place, secretsOf } from "./servers.ts";
import { DnsStage, POOLS, told, until, zoneName } from "./stage.ts";

const WWW = `www.${DOMAIN}`;
type Place = "powerdns" | "bind" | "route53";
const PLACES: readonly Place[] = ["powerdns", "bind", "route53"];

describe.skipIf(serversMissing)(needingServers("DNS of a running planet"), () => {
  let stage: DnsStage<Place>;

  beforeAll(async () => {
    const [powerdns, bind, route53] = await Promise.all([
      powerDnsPlace(),
      bindPlace(),
      route53Place(),
    ]);
    stage = await DnsStage.open({
      places: { powerdns, bind, route53 },
      zone: { publish: { [WWW]: "direct" }, failback_hold_seconds: 5 },
    });
    await stage.apply(stage.document());
  });
  afterAll(() => stage?.close());

  test("three servers answer with the first pool, say whose it is, and are in step", async () => {
    console.log(`first answer after: ${told(await stage.answersAre(WWW, POOLS.frankfurt))}`);
    for (const place of PLACES) {
      const texts = await stage.places[place].texts(`a-${WWW}`);
      expect(texts.join()).toContain("external-dns/owner=default");
      expect((await stage.places[place].texts(`_tradewind-default.${DOMAIN}`)).join()).toContain(
        "tradewind owner=default version=1 sequence=1",
      );
    }
    const inStep = async () => {
      const { zones } = await stage.read<ZoneList>("/v1/zones");
      return zones.length === 3 && zones.every((zone) => zone.in_step === true);
    };
    expect(await until(inStep), stage.answered.at(-1)).toBe(true);
  });

  test("when a pool dies the answers move to the next, and come back after the hold", async () => {
    await stage.kill("frankfurt");
    console.log(`kill → answer moved: ${told(await stage.answersAre(WWW, POOLS.virginia))}`);
    await stage.bringBack("frankfurt");
    console.log(`back → answer returned: ${told(await stage.answersAre(WWW, POOLS.frankfurt))}`);
    for (const place of PLACES) {
      const { events } = await stage.read<EventList>(`/v1/zones/${zoneName(place)}/events`);
      const steps = events.filter(({ detail }) => detail.startsWith("in step with version 1"));
      // Published, moved and returned; endpoints of a pool may go one by one.
      expect(steps.length).toBeGreaterThanOrEqual(3);
    }
  });

  test("no secret was said by anybody", () => {
    expect(foundIn(stage.said(), secretsOf(stage.places))).toEqual([]);
  });
});
