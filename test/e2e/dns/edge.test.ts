import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "../../servers/find.ts";
import { foundIn } from "./canary.ts";
import {
  bindPlace,
  DOMAIN,
  powerDnsPlace,
  type Route53Place,
  route53Place,
  secretsOf,
} from "./servers.ts";
import { DnsStage, POOLS, told, until } from "./stage.ts";

const API = `api.${DOMAIN}`;
const EDGE = "edge.example.net";
/** Where the planet's edge is. */
const EDGE_ADDRESS = "127.0.0.1";
type Place = "powerdns" | "bind" | "route53" | "lua";

describe.skipIf(serversMissing)(needingServers("DNS while the edge does not answer"), () => {
  let stage: DnsStage<Place>;
  let route53: Route53Place;

  beforeAll(async () => {
    const [powerdns, lua, bind, aws] = await Promise.all([
      powerDnsPlace(),
      powerDnsPlace({ lua: true }),
      bindPlace(),
      route53Place(),
    ]);
    route53 = aws;
    stage = await DnsStage.open({
      places: { powerdns, bind, route53, lua },
      zone: { publish: { [API]: "edge_with_fallback" }, failback_hold_seconds: 5 },
    });
    await stage.apply(document());
  });
  afterAll(() => stage?.close());

  const document = (more = {}) =>
    stage.document({
      edge: {
        name: EDGE,
        addresses: [EDGE_ADDRESS],
        health_url: `${stage.planet.edge}/.tw/healthz`,
      },
      ...more,
    });

  test("while it answers, every server leads to it", async () => {
    await stage.answersAre(API, [EDGE], ["powerdns", "bind", "route53"]);
    await stage.answersAre(API, [EDGE_ADDRESS], ["lua"]);
  });

  test("Route 53 asks it by a health check of its own, and answers with endpoints while that fails", async () => {
    const checks = await route53.checks();
    expect(await route53.addressesWhile([], API)).toEqual([EDGE]);
    expect(await route53.addressesWhile(checks, API)).toEqual(POOLS.frankfurt);
  });

  test("when it is out, our ledgers switch what no provider checks, and PowerDNS what it checks itself", async () => {
    await stage.planet.fault("edge", "error");
    const moved = await stage.answersAre(API, POOLS.frankfurt, ["powerdns", "bind", "lua"]);
    console.log(`edge out → endpoints answer: ${told(moved)}`);
    await stage.planet.fault("heal", "edge");
    const back = await Promise.all([
      stage.answersAre(API, [EDGE], ["powerdns", "bind"]),
      stage.answersAre(API, [EDGE_ADDRESS], ["lua"]),
    ]);
    console.log(`edge back → it answers: ${back.map(told).join(", ")}`);
  });

  test("health checks go with the records that needed them", async () => {
    expect((await route53.checks()).length).toBeGreaterThan(0);
    await stage.apply(document({ publish: {} }));
    expect(await until(async () => (await route53.checks()).length === 0)).toBe(true);
    expect(await route53.addresses(API)).toEqual([]);
  });

  test("with all of Tradewind gone, PowerDNS moves the answer by itself", async () => {
    await stage.apply(document());
    await stage.answersAre(API, [EDGE_ADDRESS], ["lua"]);
    const startMs = performance.now();
    await stage.planet.stop();
    const isMoved = async () =>
      (await stage.places.lua.addresses(API)).join() === POOLS.frankfurt.join();
    expect(await until(isMoved)).toBe(true);
    console.log(`planet gone → endpoints answer: ${told({ lua: performance.now() - startMs })}`);
    expect(await stage.places.bind.addresses(API)).toEqual([EDGE]);
  });

  test("no secret was said by anybody", () => {
    expect(foundIn(stage.said(), secretsOf(stage.places))).toEqual([]);
  });
});
