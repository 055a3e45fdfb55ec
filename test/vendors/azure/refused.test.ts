import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { AzureServer } from "./server.ts";

const nowMs = 1_800_000_000_000;
const PROVIDER = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/dnsZones";
const ZONE = `${PROVIDER}/example.com`;
const V = "?api-version=2018-05-01";
const properties = { TTL: 60, ARecords: [{ ipv4Address: "192.0.2.1" }] };
const SCOPE = "https://management.azure.com/.default";

let server: AzureServer;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  const reads = ["Microsoft.Network/dnsZones/A/read"];
  server = await new AzureServer({
    tenant: "tenant",
    subscription: "sub",
    resourceGroup: "group",
    zones: ["example.com"],
    applications: [{ clientId: "app" }, { clientId: "reader", permissions: reads }],
    nowMs: () => nowMs,
  }).start();
  tokens["good"] = server.tokens.issue("app", [SCOPE], nowMs);
  tokens["reader"] = server.tokens.issue("reader", [SCOPE], nowMs);
  tokens["old"] = server.tokens.issue("app", [SCOPE], nowMs - 4_000_000);
  server.foreignSet("example.com", "taken", "A", properties);
  server.foreignSet("example.com", "alias", "CNAME", {
    TTL: 60,
    CNAMERecord: { cname: "a.example" },
  });
});
afterAll(() => server.stop());

const auth = (name: string) => ({ authorization: `Bearer ${tokens[name]}` });
const put = (path: string, body: unknown): Ask => ({
  method: "PUT",
  path: `${ZONE}/${path}${V}`,
  body,
});
const good = put("A/www", { properties });
const set = (changes: object): Ask => put("A/www", { properties: { ...properties, ...changes } });
const typed = (path: string, records: object): Ask =>
  put(path, { properties: { TTL: 60, ...records } });
const get = (path: string): Ask => ({ method: "GET", path: `${ZONE}/${path}` });
const target = {
  targetResource: { id: "/subscriptions/sub/resourceGroups/group/providers/x/y/z" },
};
const at = (from: string, to: string) => ({ ...good, path: good.path.replace(from, to) });

type Altered = readonly [string, () => Ask, number, string];
/** What is altered, how it is sent, and the status and code of the refusal by the Resource Manager. */
const BY_ARM: readonly Altered[] = [
  [
    "no authorization",
    () => ({ ...good, headers: { authorization: "" } }),
    401,
    "AuthenticationFailed",
  ],
  [
    "another scheme of authorization",
    () => ({ ...good, headers: { authorization: "Basic x" } }),
    401,
    "InvalidAuthenticationToken",
  ],
  [
    "an unknown token",
    () => ({ ...good, headers: { authorization: "Bearer guess" } }),
    401,
    "InvalidAuthenticationToken",
  ],
  [
    "an expired token",
    () => ({ ...good, headers: auth("old") }),
    401,
    "ExpiredAuthenticationToken",
  ],
  [
    "an application that may not write",
    () => ({ ...good, headers: auth("reader") }),
    403,
    "AuthorizationFailed",
  ],
  [
    "an application that may not read another type",
    () => ({ ...get(`TXT/www${V}`), headers: auth("reader") }),
    403,
    "AuthorizationFailed",
  ],
  ["another subscription", () => at("/sub/", "/other/"), 404, "SubscriptionNotFound"],
  ["another resource group", () => at("/group/", "/other/"), 404, "ResourceGroupNotFound"],
  [
    "a zone that is not there",
    () => at("example.com", "example.org"),
    404,
    "ParentResourceNotFound",
  ],
  [
    "a zone to read that is not there",
    () => ({ method: "GET", path: `${PROVIDER}/example.org${V}` }),
    404,
    "ResourceNotFound",
  ],
  ["another provider", () => at("Microsoft.Network", "Microsoft.Dns"), 404, "InvalidResourceType"],
  ["a slash at the end of the path", () => at("?", "/?"), 404, "InvalidResourceType"],
  ["an unknown type", () => at("/A/", "/ALIAS/"), 404, "InvalidResourceType"],
  ["a type in small letters", () => at("/A/", "/a/"), 404, "InvalidResourceType"],
  ["another method", () => ({ ...good, method: "POST" }), 405, "MethodNotAllowed"],
  ["no version of the API", () => at(V, ""), 400, "MissingApiVersionParameter"],
  ["another version of the API", () => at("2018-05-01", "2015-01-01"), 400, "InvalidResourceType"],
  ["an unknown query parameter", () => at(V, `${V}&force=true`), 400, "InvalidQueryParameter"],
  ["a page that is no number", () => get(`recordsets${V}&$top=many`), 400, "InvalidQueryParameter"],
  [
    "a form instead of JSON",
    () => ({ ...good, headers: { "content-type": "application/x-www-form-urlencoded" } }),
    415,
    "UnsupportedMediaType",
  ],
  [
    "no content type",
    () => ({ ...good, headers: { "content-type": "" } }),
    415,
    "UnsupportedMediaType",
  ],
  ["JSON that is cut", () => ({ ...good, raw: '{"properties":' }), 400, "InvalidRequestContent"],
  ["no body", () => ({ ...good, raw: "" }), 400, "InvalidRequestContent"],
  ["a list as the body", () => put("A/www", [properties]), 400, "InvalidRequestContent"],
  ["an unknown field", () => put("A/www", { properties, ttl: 60 }), 400, "InvalidRequestContent"],
  ["an unknown property", () => set({ proxied: true }), 400, "InvalidRequestContent"],
  ["a TTL in small letters", () => set({ ttl: 60 }), 400, "InvalidRequestContent"],
  [
    "an unknown field of a record",
    () => set({ ARecords: [{ ipv4Address: "192.0.2.1", weight: 1 }] }),
    400,
    "InvalidRequestContent",
  ],
  ["a TTL as a text", () => set({ TTL: "60" }), 400, "InvalidRequestContent"],
  ["half a second of TTL", () => set({ TTL: 60.5 }), 400, "InvalidRequestContent"],
  [
    "one record for a list",
    () => set({ ARecords: { ipv4Address: "192.0.2.1" } }),
    400,
    "InvalidRequestContent",
  ],
  ["a record as a text", () => set({ ARecords: ["192.0.2.1"] }), 400, "InvalidRequestContent"],
  [
    "metadata that is a number",
    () => set({ metadata: { weight: 1 } }),
    400,
    "InvalidRequestContent",
  ],
  [
    "a list of CNAME records",
    () => typed("CNAME/c", { CNAMERecord: [{ cname: "a.example" }] }),
    400,
    "InvalidRequestContent",
  ],
  [
    "a text that is no list of strings",
    () => typed("TXT/t", { TXTRecords: [{ value: "t" }] }),
    400,
    "InvalidRequestContent",
  ],
  [
    "an SRV port as a text",
    () =>
      typed("SRV/_s._tcp", {
        SRVRecords: [{ priority: 1, weight: 1, port: "443", target: "a.example" }],
      }),
    400,
    "InvalidRequestContent",
  ],
  ["a body for a read", () => ({ ...get(`A/www${V}`), body: {} }), 400, "InvalidRequestContent"],
];

/** The same of Azure DNS, whose errors have no `error` around them. */
const BY_DNS: readonly Altered[] = [
  [
    "no TTL",
    () => put("A/www", { properties: { ARecords: properties.ARecords } }),
    400,
    "BadRequest",
  ],
  ["no properties", () => put("A/www", {}), 400, "BadRequest"],
  ["a TTL of 0", () => set({ TTL: 0 }), 400, "BadRequest"],
  ["a TTL above 31 bits", () => set({ TTL: 2 ** 31 }), 400, "BadRequest"],
  [
    "a host name as an address",
    () => set({ ARecords: [{ ipv4Address: "a.example" }] }),
    400,
    "BadRequest",
  ],
  ["a record without an address", () => set({ ARecords: [{}] }), 400, "BadRequest"],
  [
    "an address twice",
    () => set({ ARecords: [...properties.ARecords, ...properties.ARecords] }),
    400,
    "BadRequest",
  ],
  [
    "21 addresses",
    () =>
      set({ ARecords: Array.from({ length: 21 }, (_, i) => ({ ipv4Address: `192.0.2.${i}` })) }),
    400,
    "BadRequest",
  ],
  ["the records of another type", () => set({ TXTRecords: [{ value: ["t"] }] }), 400, "BadRequest"],
  [
    "an IPv4 address for AAAA",
    () => typed("AAAA/www", { AAAARecords: [{ ipv6Address: "192.0.2.1" }] }),
    400,
    "BadRequest",
  ],
  ["a CNAME set without a record", () => typed("CNAME/c", {}), 400, "BadRequest"],
  [
    "an address for a CNAME",
    () => typed("CNAME/c", { CNAMERecord: { cname: "192.0.2.1" } }),
    400,
    "BadRequest",
  ],
  [
    "quotes around a CNAME",
    () => typed("CNAME/c", { CNAMERecord: { cname: '"a.example"' } }),
    400,
    "BadRequest",
  ],
  [
    "a CNAME at the apex",
    () => typed("CNAME/@", { CNAMERecord: { cname: "a.example" } }),
    400,
    "BadRequest",
  ],
  [
    "a string of 256 characters",
    () => typed("TXT/t", { TXTRecords: [{ value: ["t".repeat(256)] }] }),
    400,
    "BadRequest",
  ],
  [
    "an MX without a preference",
    () => typed("MX/@", { MXRecords: [{ exchange: "mail.example" }] }),
    400,
    "BadRequest",
  ],
  [
    "an SRV port above 65535",
    () =>
      typed("SRV/_s._tcp", {
        SRVRecords: [{ priority: 1, weight: 1, port: 65_536, target: "a.example" }],
      }),
    400,
    "BadRequest",
  ],
  [
    "an unknown tag of a CAA",
    () => typed("CAA/@", { caaRecords: [{ flags: 0, tag: "issued", value: "ca.example" }] }),
    400,
    "BadRequest",
  ],
  [
    "flags of a CAA above 255",
    () => typed("CAA/@", { caaRecords: [{ flags: 256, tag: "issue", value: "ca.example" }] }),
    400,
    "BadRequest",
  ],
  [
    "a wildcard of NS",
    () => typed("NS/*", { NSRecords: [{ nsdname: "ns.example" }] }),
    400,
    "BadRequest",
  ],
  ["a label of 64 characters", () => put(`A/${"l".repeat(64)}`, { properties }), 400, "BadRequest"],
  ["an empty label", () => put("A/a..b", { properties }), 400, "BadRequest"],
  ["records and a target resource", () => set(target), 400, "BadRequest"],
  [
    "a target resource that is none",
    () => typed("A/www", { targetResource: { id: "www.example.org" } }),
    400,
    "BadRequest",
  ],
  ["a target resource of a TXT set", () => typed("TXT/t", target), 400, "BadRequest"],
  [
    "a second SOA",
    () => typed("SOA/www", { SOARecord: { email: "a.example" } }),
    400,
    "BadRequest",
  ],
  [
    "a deletion of the SOA",
    () => ({ method: "DELETE", path: `${ZONE}/SOA/@${V}` }),
    400,
    "BadRequest",
  ],
  [
    "a deletion of the zone's NS",
    () => ({ method: "DELETE", path: `${ZONE}/NS/@${V}` }),
    400,
    "BadRequest",
  ],
  ["pages of none", () => get(`recordsets${V}&$top=0`), 400, "BadRequest"],
  [
    "a token of a page of its own making",
    () => get(`recordsets${V}&$skipToken=2`),
    400,
    "BadRequest",
  ],
  [
    "a CNAME beside an address",
    () => typed("CNAME/taken", { CNAMERecord: { cname: "a.example" } }),
    409,
    "Conflict",
  ],
  ["an address beside a CNAME", () => put("A/alias", { properties }), 409, "Conflict"],
  [
    "an etag that is old",
    () => ({ ...put("A/taken", { properties }), headers: { "if-match": "old" } }),
    412,
    "PreconditionFailed",
  ],
  [
    "any etag for what is not there",
    () => ({ ...good, headers: { "if-match": "*" } }),
    412,
    "PreconditionFailed",
  ],
  [
    "no etag for what is there",
    () => ({ ...put("A/taken", { properties }), headers: { "if-none-match": "*" } }),
    412,
    "PreconditionFailed",
  ],
  [
    "a deletion by an old etag",
    () => ({ method: "DELETE", path: `${ZONE}/A/taken${V}`, headers: { "if-match": "old" } }),
    412,
    "PreconditionFailed",
  ],
  ["a record set to read that is not there", () => get(`A/none${V}`), 404, "NotFound"],
  [
    "a record set to change that is not there",
    () => ({ ...good, method: "PATCH" }),
    404,
    "NotFound",
  ],
];

async function refusal(ask: () => Ask) {
  const before = server.recordSets("example.com");
  const { headers, ...rest } = ask();
  const media =
    rest.body === undefined && rest.raw === undefined ? {} : { "content-type": "application/json" };
  const got = await send(server.url, {
    ...rest,
    headers: { ...auth("good"), ...media, ...headers },
  });
  expect(server.recordSets("example.com")).toEqual(before);
  return got;
}

describe("an altered request", () => {
  test.each(BY_ARM)(
    "with %s is refused by the Resource Manager, and nothing changes",
    async (_name, ask, status, code) => {
      const got = await refusal(ask);
      expect([got.status, json(got)]).toEqual([
        status,
        { error: { code, message: expect.stringMatching(/./) } },
      ]);
    },
  );

  test.each(BY_DNS)(
    "with %s is refused by Azure DNS, and nothing changes",
    async (_name, ask, status, code) => {
      const got = await refusal(ask);
      expect([got.status, json(got)]).toEqual([
        status,
        { code, message: expect.stringMatching(/./) },
      ]);
    },
  );

  test("the request itself is taken", async () => {
    const headers = { ...auth("good"), "content-type": "application/json" };
    expect((await send(server.url, { ...good, headers })).status).toBe(201);
  });
});
