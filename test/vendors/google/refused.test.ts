import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { GoogleServer } from "./server.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const email = "dns@test.iam.gserviceaccount.com";
const zone = { name: "example-com", id: "7", dnsName: "example.com." };
const PROJECT = "/dns/v1/projects/test";
const ZONE = `${PROJECT}/managedZones/example-com`;
const www = { name: "www.example.com.", type: "A", ttl: 60, rrdatas: ["192.0.2.1"] };
const nowMs = 1_800_000_000_000;
const READWRITE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";

let server: GoogleServer;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  server = await new GoogleServer({
    project: "test",
    zones: [zone],
    accounts: [
      { email, publicKey: keys.publicKey },
      {
        email: "adds",
        publicKey: keys.publicKey,
        permissions: ["dns.changes.create", "dns.resourceRecordSets.create"],
      },
    ],
    nowMs: () => nowMs,
  }).start();
  tokens["good"] = server.tokens.issue(email, [READWRITE], nowMs);
  tokens["old"] = server.tokens.issue(email, [READWRITE], nowMs - 3_600_000);
  tokens["reader"] = server.tokens.issue(email, [READWRITE.replace("write", "only")], nowMs);
  tokens["adds"] = server.tokens.issue("adds", [READWRITE], nowMs);
  server.foreignChange(zone.name, {
    additions: [
      { ...www, name: "taken.example.com." },
      { name: "alias.example.com.", type: "CNAME", ttl: 60, rrdatas: ["a.example."] },
    ],
  });
});
afterAll(() => server.stop());

const auth = (name: string) => ({ authorization: `Bearer ${tokens[name]}` });
const change = (body: unknown): Ask => ({ method: "POST", path: `${ZONE}/changes`, body });
const good = change({ additions: [www] });
const add = (changes: object): Ask => change({ additions: [{ ...www, ...changes }] });
const without = (field: string): Ask => {
  const { [field]: _, ...rest } = www as Record<string, unknown>;
  return change({ additions: [rest] });
};
const get = (path: string): Ask => ({ method: "GET", path });
const data = (type: string, ...rrdatas: string[]): Ask => add({ type, rrdatas });
const routed = (routingPolicy: object, changes: object = {}): Ask => {
  const { rrdatas: _, ...rest } = www;
  return change({ additions: [{ ...rest, ...changes, routingPolicy }] });
};
const healthCheck = "https://www.googleapis.com/compute/v1/projects/test/global/healthChecks/http";
const item = { weight: 1, rrdatas: ["192.0.2.1"] };
const east = { location: "us-east1", rrdatas: ["192.0.2.1"] };
const checked = { externalEndpoints: ["192.0.2.1"] };

type Altered = readonly [string, () => Ask, number, string];
/** What is altered, how it is sent, and the status and reason of the refusal. */
const ALTERED: readonly Altered[] = [
  ["no authorization", () => ({ ...good, headers: { authorization: "" } }), 401, "required"],
  [
    "another scheme of authorization",
    () => ({ ...good, headers: { authorization: "Basic x" } }),
    401,
    "required",
  ],
  [
    "an unknown token",
    () => ({ ...good, headers: { authorization: "Bearer guess" } }),
    401,
    "authError",
  ],
  ["an expired token", () => ({ ...good, headers: auth("old") }), 401, "authError"],
  ["a token to read", () => ({ ...good, headers: auth("reader") }), 403, "insufficientPermissions"],
  [
    "an account that may not list",
    () => ({ ...get(`${ZONE}/rrsets`), headers: auth("adds") }),
    403,
    "forbidden",
  ],
  [
    "an account that may not delete",
    () => ({
      ...change({ deletions: [{ ...www, name: "taken.example.com." }] }),
      headers: auth("adds"),
    }),
    403,
    "forbidden",
  ],
  [
    "another project",
    () => ({ ...good, path: good.path.replace("/test/", "/other/") }),
    403,
    "forbidden",
  ],
  [
    "a zone that is not there",
    () => ({ ...good, path: good.path.replace("example-com", "example-org") }),
    404,
    "notFound",
  ],
  [
    "another version of the API",
    () => ({ ...good, path: good.path.replace("v1", "v3") }),
    404,
    "notFound",
  ],
  ["another method", () => ({ ...good, method: "PUT" }), 404, "notFound"],
  ["a slash at the end of the path", () => ({ ...good, path: `${good.path}/` }), 404, "notFound"],
  [
    "a form instead of JSON",
    () => ({ ...good, headers: { "content-type": "application/x-www-form-urlencoded" } }),
    400,
    "parseError",
  ],
  ["JSON that is cut", () => ({ ...good, raw: '{"additions": [' }), 400, "parseError"],
  ["a list as the body", () => change([www]), 400, "badRequest"],
  [
    "an unknown field of the change",
    () => change({ additions: [www], comment: "x" }),
    400,
    "badRequest",
  ],
  ["an unknown field of a record set", () => add({ proxied: true }), 400, "badRequest"],
  ["additions as one record set", () => change({ additions: www }), 400, "badRequest"],
  ["a TTL as a text", () => add({ ttl: "soon" }), 400, "badRequest"],
  ["half a second of TTL", () => add({ ttl: 60.5 }), 400, "badRequest"],
  ["a TTL above 32 bits", () => add({ ttl: 2 ** 31 }), 400, "badRequest"],
  ["a negative TTL", () => add({ ttl: -1 }), 400, "invalid"],
  ["data as a text", () => add({ rrdatas: "192.0.2.1" }), 400, "badRequest"],
  ["data as numbers", () => add({ rrdatas: [1] }), 400, "badRequest"],
  ["an unknown status", () => change({ additions: [www], status: "ready" }), 400, "badRequest"],
  ["another kind", () => change({ additions: [www], kind: "dns#rrset" }), 400, "invalid"],
  ["another kind of a record set", () => add({ kind: "dns#change" }), 400, "invalid"],
  ["no changes", () => change({}), 400, "required"],
  ["no name", () => without("name"), 400, "required"],
  ["no type", () => without("type"), 400, "required"],
  ["no TTL", () => without("ttl"), 400, "required"],
  ["no data", () => without("rrdatas"), 400, "required"],
  ["a name without its last dot", () => add({ name: "www.example.com" }), 400, "invalid"],
  ["a name in another zone", () => add({ name: "www.example.org." }), 400, "invalid"],
  [
    "a name whose end only looks like the zone's",
    () => add({ name: "notexample.com." }),
    400,
    "invalid",
  ],
  [
    "a label of 64 characters",
    () => add({ name: `${"l".repeat(64)}.example.com.` }),
    400,
    "invalid",
  ],
  ["an unknown type", () => data("HOST", "192.0.2.1"), 400, "invalid"],
  ["an address that is none", () => data("A", "192.0.2.256"), 400, "invalid"],
  ["the same address twice", () => data("A", "192.0.2.1", "192.0.2.1"), 400, "invalid"],
  ["an IPv4 address for AAAA", () => data("AAAA", "192.0.2.1"), 400, "invalid"],
  ["a target without its last dot", () => data("CNAME", "a.example"), 400, "invalid"],
  ["two targets of a CNAME", () => data("CNAME", "a.example.", "b.example."), 400, "invalid"],
  ["a text without quotes", () => data("TXT", "two words"), 400, "invalid"],
  ["a string of 256 characters", () => data("TXT", `"${"t".repeat(256)}"`), 400, "invalid"],
  ["an MX without a preference", () => data("MX", "mail.example."), 400, "invalid"],
  ["an SRV port above 65535", () => data("SRV", "1 1 65536 a.example."), 400, "invalid"],
  ["an unknown tag of a CAA", () => data("CAA", '0 issued "ca.example"'), 400, "invalid"],
  [
    "101 addresses",
    () => data("A", ...Array.from({ length: 101 }, (_, i) => `192.0.2.${i}`)),
    403,
    "quotaExceeded",
  ],
  [
    "1,001 additions",
    () =>
      change({
        additions: Array.from({ length: 1001 }, (_, i) => ({ ...www, name: `h${i}.example.com.` })),
      }),
    403,
    "quotaExceeded",
  ],
  ["a record set that is there", () => add({ name: "taken.example.com." }), 409, "alreadyExists"],
  ["a record set twice", () => change({ additions: [www, www] }), 409, "alreadyExists"],
  ["a deletion of what is not there", () => change({ deletions: [www] }), 404, "notFound"],
  [
    "a deletion with other data",
    () => change({ deletions: [{ ...www, name: "taken.example.com.", rrdatas: ["192.0.2.2"] }] }),
    412,
    "conditionNotMet",
  ],
  [
    "a record set beside a CNAME",
    () => add({ name: "alias.example.com." }),
    400,
    "cnameResourceRecordSetConflict",
  ],
  [
    "a CNAME beside a record set",
    () => add({ name: "taken.example.com.", type: "CNAME", rrdatas: ["a.example."] }),
    400,
    "cnameResourceRecordSetConflict",
  ],
  [
    "a CNAME at the apex",
    () => add({ name: "example.com.", type: "CNAME", rrdatas: ["a.example."] }),
    400,
    "cnameResourceRecordSetConflict",
  ],
  [
    "data and a routing policy",
    () => add({ routingPolicy: { wrr: { items: [item] } } }),
    400,
    "invalid",
  ],
  [
    "two routing policies",
    () => routed({ wrr: { items: [item] }, geo: { items: [east] } }),
    400,
    "invalid",
  ],
  ["an empty routing policy", () => routed({}), 400, "invalid"],
  ["a routing policy without items", () => routed({ wrr: { items: [] } }), 400, "invalid"],
  ["an unknown routing policy", () => routed({ latency: {} }), 400, "badRequest"],
  [
    "a negative weight",
    () => routed({ wrr: { items: [{ ...item, weight: -1 }] } }),
    400,
    "invalid",
  ],
  ["no weight", () => routed({ wrr: { items: [{ rrdatas: ["192.0.2.1"] }] } }), 400, "invalid"],
  [
    "a location that is no region",
    () => routed({ geo: { items: [{ ...east, location: "WNAM" }] } }),
    400,
    "invalid",
  ],
  ["a location twice", () => routed({ geo: { items: [east, east] } }), 400, "invalid"],
  [
    "a failover without a backup",
    () => routed({ primaryBackup: { primaryTargets: checked }, healthCheck }),
    400,
    "invalid",
  ],
  [
    "more than all traffic as a trickle",
    () =>
      routed({
        primaryBackup: {
          primaryTargets: checked,
          backupGeoTargets: { items: [east] },
          trickleTraffic: 1.5,
        },
        healthCheck,
      }),
    400,
    "invalid",
  ],
  [
    "checked endpoints without a health check",
    () => routed({ wrr: { items: [{ weight: 1, healthCheckedTargets: checked }] } }),
    400,
    "invalid",
  ],
  [
    "a health check by its name alone",
    () => routed({ wrr: { items: [item] }, healthCheck: "http" }),
    400,
    "invalid",
  ],
  [
    "checked endpoints of a CNAME",
    () =>
      routed(
        { wrr: { items: [{ weight: 1, healthCheckedTargets: checked }] }, healthCheck },
        { type: "CNAME" },
      ),
    400,
    "invalid",
  ],
  ["an unknown query parameter", () => get(`${ZONE}/rrsets?limit=5`), 400, "badRequest"],
  ["a page of none", () => get(`${ZONE}/rrsets?maxResults=0`), 400, "invalid"],
  ["a page token of its own making", () => get(`${ZONE}/rrsets?pageToken=2`), 400, "invalid"],
  ["a type without a name", () => get(`${ZONE}/rrsets?type=A`), 400, "invalid"],
  ["a filter beside a name", () => get(`${ZONE}/rrsets?name=a.&filter=x`), 400, "invalid"],
  ["an unknown order", () => get(`${ZONE}/changes?sortOrder=up`), 400, "invalid"],
  ["a change that is not there", () => get(`${ZONE}/changes/99`), 404, "notFound"],
  [
    "a record set that is not there",
    () => get(`${ZONE}/rrsets/none.example.com./A`),
    404,
    "notFound",
  ],
  [
    "the deletion of the zone's NS",
    () => ({ method: "DELETE", path: `${ZONE}/rrsets/example.com./NS` }),
    400,
    "invalidZoneApex",
  ],
];

describe("an altered request", () => {
  test.each(ALTERED)(
    "with %s is refused, and nothing changes",
    async (_name, ask, status, reason) => {
      const before = server.rrsets(zone.name);
      const { headers, ...rest } = ask();
      const got = await send(server.url, {
        ...rest,
        headers: {
          ...auth("good"),
          ...(rest.method === "GET" || rest.method === "DELETE"
            ? {}
            : { "content-type": "application/json" }),
          ...headers,
        },
      });
      const { error } = json(got);
      expect([got.status, error.errors[0].reason]).toEqual([status, reason]);
      expect(error).toMatchObject({ code: status, message: error.errors[0].message });
      expect(server.rrsets(zone.name)).toEqual(before);
    },
  );

  test("the request itself is taken", async () => {
    const headers = { ...auth("good"), "content-type": "application/json" };
    expect((await send(server.url, { ...good, headers })).status).toBe(200);
  });
});
