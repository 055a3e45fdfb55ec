import { describe, expect, test } from "vitest";
import { PROVIDERS } from "../../../../routing/dns/abilities.ts";
import { SETTINGS } from "../../../../routing/dns/settings.ts";
import { publicAddresses } from "../../../../routing/table/address.ts";
import { problemsIn, tableOf } from "../fixtures.ts";
import { balancers, zone } from "./zone.ts";

const pointersIn = (fields: object, changes = {}) =>
  problemsIn({ ...balancers("a.shop.test"), zones: { "shop.test": zone(fields) } }, changes).map(
    ({ pointer }) => pointer.replace("/zones/shop.test", ""),
  );

test("everything that is wrong with a zone is told at once, each at its place", () => {
  const fields = {
    endpoint: "ftp://a.test",
    settings: { server_id: "a b", lua_records: 7, extra: 1 },
    credentials: null,
    publish: { "b.shop.test": "edge", "c.other.test": "direct" },
    edge: null,
    interval: 9,
    records: [
      { name: "www", type: "A", values: ["192.0.2.1"] },
      { name: "@", type: "MX", values: ["10 mail.test", "mail.test"] },
      { name: "@", type: "CNAME", values: ["b.test"] },
    ],
    takeover: ["old"],
  };
  expect(pointersIn(fields).toSorted()).toEqual([
    "/credentials",
    "/edge",
    "/endpoint",
    "/interval",
    "/publish/b.shop.test",
    "/publish/c.other.test",
    "/publish/c.other.test",
    "/records/0/name",
    "/records/1/values/1",
    "/records/2/type",
    "/settings/extra",
    "/settings/lua_records",
    "/settings/server_id",
    "/takeover/0",
  ]);
});

describe("in production", () => {
  const addresses = publicAddresses;

  test("no credentials go to a private network, by the endpoint or by a setting", () => {
    expect(pointersIn({}, { addresses })).toEqual(["/endpoint"]);
    expect(pointersIn({ endpoint: "https://pdns.example" }, { addresses })).toEqual([]);
    const google = (token_uri: string) =>
      pointersIn(
        {
          provider: "google",
          endpoint: null,
          settings: { project: "p", managed_zone: "z", token_uri },
        },
        { addresses },
      );
    expect(google("https://169.254.169.254/token")).toEqual(["/settings/token_uri"]);
    expect(google("https://u:p@token.example")).toEqual(["/settings/token_uri"]);
    expect(google("https://token.example")).toEqual([]);
  });

  test("nor does a look at the edge, which would tell who lives there", () => {
    const at = (health_url: string) =>
      pointersIn(
        { endpoint: "https://pdns.example", edge: { name: "edge.example.net", health_url } },
        { addresses },
      );
    expect(at("http://127.0.0.1/healthz")).toEqual(["/edge/health_url"]);
    expect(at("https://edge.example.net/healthz")).toEqual([]);
  });

  test("records say what their owner wants, private addresses too", () => {
    const records = [{ name: "vpn.shop.test", type: "A", values: ["10.0.0.1"] }];
    expect(pointersIn({ endpoint: "https://pdns.example", records }, { addresses })).toEqual([]);
  });
});

test("every setting that is called is known to be a URL, and so checked as one", () => {
  const named = PROVIDERS.flatMap((provider) => Object.keys(SETTINGS[provider].shape)).filter(
    (field) => /(?:endpoint|uri|url|authority)$/.test(field),
  );
  const checked = named.filter((field) => {
    const provider = PROVIDERS.find((one) => field in SETTINGS[one].shape) ?? "powerdns";
    const pointers = pointersIn({ provider, settings: { [field]: "http://u:p@a.example" } });
    return pointers.includes(`/settings/${field}`);
  });
  expect(named.length).toBe(3);
  expect(checked).toEqual(named);
});

test("one zone at three providers is three entries, and one provider twice needs two owners", () => {
  const entry = zone({ domain: "shop.test" });
  const route53 = { provider: "route53", endpoint: null, settings: { hosted_zone_id: "Z1" } };
  const document = (other: object) => ({
    ...balancers("a.shop.test"),
    zones: { "shop-a": entry, "shop-b": { ...entry, ...other } },
  });
  expect(tableOf(document(route53)).zones.map(({ sync }) => sync?.domain)).toEqual([
    "shop.test",
    "shop.test",
  ]);
  expect(problemsIn(document({})).map(({ pointer }) => pointer)).toEqual(["/zones/shop-b/owner"]);
  expect(problemsIn(document({ owner: "default" })).map(({ pointer }) => pointer)).toEqual([
    "/zones/shop-b/owner",
  ]);
  expect(problemsIn(document({ owner: "other" }))).toEqual([]);
  expect(problemsIn(document({ endpoint: "http://127.0.0.1:8082" }))).toEqual([]);
});

describe("beside what is published", () => {
  const at = (name: string, type: string, value: string) =>
    pointersIn({
      publish: { "a.shop.test": "direct" },
      records: [{ name, type, values: [value] }],
    });

  test("nothing stands below the apex, where a load balancer is a CNAME", () => {
    expect(at("a.shop.test", "TXT", "a")).toEqual(["/records/0/name"]);
    expect(at("b.shop.test", "TXT", "a")).toEqual([]);
  });

  test("at the apex everything but what leads elsewhere", () => {
    const apex = (type: string, value: string) =>
      problemsIn({
        ...balancers("shop.test"),
        zones: {
          "shop.test": zone({
            publish: { "shop.test": "direct" },
            records: [{ name: "@", type, values: [value] }],
          }),
        },
      }).map(({ pointer }) => pointer);
    expect(apex("MX", "10 mail.test")).toEqual([]);
    expect(apex("CAA", "0 issue ca.test")).toEqual([]);
    expect(apex("A", "192.0.2.1")).toEqual(["/zones/shop.test/records/0/name"]);
  });

  test("a TXT at the name of a mark would be overwritten by it; another type is nobody's business", () => {
    expect(at("aaaa-a.shop.test", "TXT", "a")).toEqual(["/records/0/name"]);
    expect(at("cname-a.shop.test", "CNAME", "b.test")).toEqual(["/records/0/name"]);
    expect(at("aaaa-a.shop.test", "A", "192.0.2.1")).toEqual([]);
    expect(at("mx-a.shop.test", "TXT", "a")).toEqual([]);
  });
});
