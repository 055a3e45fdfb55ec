import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { signJwt } from "../sign.ts";
import { AzureServer } from "./server.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ZONE =
  "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/dnsZones/example.com";
const V = "api-version=2018-05-01";
const www = { properties: { TTL: 60, ARecords: [{ ipv4Address: "192.0.2.1" }] } };

let nowMs = 1_800_000_000_000;
let server: AzureServer;
let token = "";
beforeEach(async () => {
  server = await new AzureServer({
    tenant: "tenant",
    subscription: "sub",
    resourceGroup: "group",
    zones: ["example.com"],
    applications: [
      { clientId: "app", secret: "s3cret", certificate: { publicKey, thumbprint: "print" } },
    ],
    nowMs: () => nowMs,
  }).start();
  token = await tokenBy({ client_secret: "s3cret" });
});
afterEach(() => server.stop());

async function tokenBy(credential: Record<string, string>): Promise<string> {
  const form = {
    client_id: "app",
    scope: "https://management.azure.com/.default",
    grant_type: "client_credentials",
  };
  const raw = String(new URLSearchParams({ ...form, ...credential }));
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const got = await send(server.tokenUrl, { method: "POST", path: "", headers, raw });
  expect(json(got)).toMatchObject({ token_type: "Bearer", expires_in: server.tokens.lifetimeS });
  return json(got).access_token;
}

const call = (ask: Ask) =>
  send(server.url, {
    ...ask,
    headers: {
      authorization: `Bearer ${token}`,
      ...(ask.body === undefined ? {} : { "content-type": "application/json" }),
      ...ask.headers,
    },
  });
const get = (path: string) =>
  call({ method: "GET", path: `${ZONE}${path}${path.includes("?") ? "&" : "?"}${V}` });
const put = (path: string, body: unknown, headers = {}) =>
  call({ method: "PUT", path: `${ZONE}${path}?${V}`, body, headers });
const remove = (path: string, headers = {}) =>
  call({ method: "DELETE", path: `${ZONE}${path}?${V}`, headers });
const own = () => server.recordSets("example.com").filter((set) => set.name !== "@");

describe("a correct conversation", () => {
  test("finds the zone, makes a record set, reads, changes, replaces and removes it", async () => {
    const zones = json(
      await call({ method: "GET", path: `${ZONE.replace(/\/example.com$/, "")}?${V}` }),
    );
    expect(zones.value.map((zone: { name: string }) => zone.name)).toEqual(["example.com"]);

    const made = await put("/A/www", www);
    expect(made.status).toBe(201);
    expect(json(made)).toMatchObject({
      name: "www",
      type: "Microsoft.Network/dnszones/A",
      properties: { ...www.properties, fqdn: "www.example.com.", provisioningState: "Succeeded" },
    });
    const patch = { properties: { metadata: { owner: "tradewind" } } };
    const patched = await call({ method: "PATCH", path: `${ZONE}/A/www?${V}`, body: patch });
    expect(json(patched).properties).toMatchObject({ ...www.properties, ...patch.properties });
    expect((await put("/A/www", { properties: { ...www.properties, TTL: 300 } })).status).toBe(200);
    const read = json(await get("/A/www"));
    expect(read.properties.TTL).toBe(300);
    expect(read.properties).not.toHaveProperty("metadata");

    expect([(await remove("/A/www")).status, (await remove("/A/www")).status]).toEqual([200, 204]);
    expect((await get("/A/www")).status).toBe(404);
    expect(server.calls.permissions()).toEqual([
      "Microsoft.Network/dnsZones/A/delete",
      "Microsoft.Network/dnsZones/A/read",
      "Microsoft.Network/dnsZones/A/write",
      "Microsoft.Network/dnsZones/read",
      "token",
    ]);
  });

  test("each type of record is taken", async () => {
    const sets: readonly (readonly [string, object])[] = [
      ["AAAA/six", { AAAARecords: [{ ipv6Address: "2001:db8::1" }] }],
      ["CNAME/alias", { CNAMERecord: { cname: "a.example." } }],
      ["TXT/_owner", { TXTRecords: [{ value: ["a", "b"] }] }],
      ["MX/@", { MXRecords: [{ preference: 10, exchange: "mail.example" }] }],
      ["SRV/_s._tcp", { SRVRecords: [{ priority: 1, weight: 2, port: 443, target: "a.example" }] }],
      ["CAA/@", { caaRecords: [{ flags: 0, tag: "issue", value: "ca.example" }] }],
      ["A/*", { ARecords: [{ ipv4Address: "192.0.2.1" }] }],
      [
        "A/@",
        {
          targetResource: {
            id: "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/publicIPAddresses/ip",
          },
        },
      ],
    ];
    for (const [path, records] of sets) {
      const got = await put(`/${path}`, { properties: { TTL: 3600, ...records } });
      expect([path, got.status]).toEqual([path, 201]);
      expect(json(got).properties).toMatchObject(records);
    }
  });
});

describe("etags", () => {
  test("let nobody write over what somebody else wrote", async () => {
    const { etag } = json(await put("/A/www", www));
    server.foreignSet("example.com", "www", "A", {
      TTL: 60,
      ARecords: [{ ipv4Address: "203.0.113.9" }],
    });
    const written = await put("/A/www", www, { "if-match": etag });
    expect([written.status, json(written).code]).toEqual([412, "PreconditionFailed"]);
    expect((await remove("/A/www", { "if-match": etag })).status).toBe(412);
    const now = json(await get("/A/www")).etag;
    expect((await remove("/A/www", { "if-match": now })).status).toBe(200);
  });

  test("of any value make a set only when it is not there, or change it only when it is", async () => {
    expect((await put("/A/www", www, { "if-match": "*" })).status).toBe(412);
    expect((await put("/A/www", www, { "if-none-match": "*" })).status).toBe(201);
    expect((await put("/A/www", www, { "if-none-match": "*" })).status).toBe(412);
    expect((await put("/A/www", www, { "if-match": "*" })).status).toBe(200);
  });
});

describe("tokens", () => {
  test("come for a certificate as well, by either algorithm", async () => {
    const iat = nowMs / 1000;
    const claims = {
      aud: server.tokenUrl,
      iss: "app",
      sub: "app",
      jti: "1",
      nbf: iat,
      exp: iat + 600,
    };
    for (const header of [
      { alg: "PS256", "x5t#S256": "print" },
      { alg: "RS256", x5t: "print" },
    ]) {
      token = await tokenBy({
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: signJwt(header, claims, privateKey),
      });
      expect((await get("")).status).toBe(200);
    }
  });

  test("expire after the time that a test says, and a new one is let in", async () => {
    server.tokens.lifetimeS = 10;
    token = await tokenBy({ client_secret: "s3cret" });
    nowMs += 10_000;
    const got = await get("");
    expect([got.status, json(got).error.code]).toEqual([401, "ExpiredAuthenticationToken"]);
    expect(got.headers["www-authenticate"]).toContain('error="invalid_token"');
    token = await tokenBy({ client_secret: "s3cret" });
    expect((await get("")).status).toBe(200);
  });
});

describe("a listing", () => {
  beforeEach(() => {
    for (const n of [1, 2, 3]) server.foreignSet("example.com", `h${n}`, "A", www.properties);
  });
  const names = (got: { text: string }) =>
    JSON.parse(got.text).value.map(
      (set: { name: string; type: string }) => `${set.name} ${set.type.split("/").at(-1)}`,
    );

  test("comes in pages, each with the link of the next", async () => {
    const all: string[] = [];
    let got = await get("/recordsets?$top=2");
    all.push(...names(got));
    // Clients compare the names of a link's parameters with their own, which have no escapes.
    expect(json(got).nextLink).toContain("&$top=2&");
    for (let next = json(got).nextLink; next !== undefined; next = json(got).nextLink) {
      got = await call({ method: "GET", path: next.replace(server.url, "") });
      all.push(...names(got));
    }
    expect(all).toEqual(["@ NS", "@ SOA", "h1 A", "h2 A", "h3 A"]);
    expect(server.calls.count("RecordSets_ListByDnsZone")).toBe(3);
  });

  test("is of a type, of a suffix, or of all", async () => {
    expect(names(await get("/A"))).toEqual(["h1 A", "h2 A", "h3 A"]);
    expect(names(await get("/all?$recordsetnamesuffix=2"))).toEqual(["h2 A"]);
  });

  test("can be empty, cut short, or old, and is well again after", async () => {
    const count = async () => names(await get("/recordsets")).length;
    server.faults.emptyListing();
    expect(await count()).toBe(0);
    server.faults.truncatedListing(1);
    const cut = await get("/recordsets?$top=4");
    expect([names(cut).length, json(cut).nextLink]).toEqual([2, undefined]);
    server.faults.staleListing(1);
    expect([await count(), await count()]).toEqual([4, 5]);
  });
});

describe("a bad day", () => {
  test("throttles with a time to wait and what is left", async () => {
    server.faults.throttle({ retryAfterS: 17 });
    const got = await get("");
    expect(got.status).toBe(429);
    expect(got.headers).toMatchObject({
      "retry-after": "17",
      "x-ms-ratelimit-remaining-subscription-reads": "0",
    });
    expect((await get("")).headers["x-ms-ratelimit-remaining-subscription-writes"]).toBe("199");
  });

  test("a set may be written though no answer comes", async () => {
    server.faults.applyThenDrop({ on: ["RecordSets_CreateOrUpdate"] });
    await expect(put("/A/www", www, { "if-none-match": "*" })).rejects.toThrow();
    expect((await put("/A/www", www, { "if-none-match": "*" })).status).toBe(412);
    server.faults.cut();
    await expect(get("/A/www")).rejects.toThrow();
    server.faults.drop({ on: ["RecordSets_Delete"] });
    await expect(remove("/A/www")).rejects.toThrow();
    expect(own()).toHaveLength(1);
    server.foreignDelete("example.com", "www", "A");
    expect(own()).toEqual([]);
  });

  test("the record of calls has no token and no secret", async () => {
    await put("/A/www", www);
    expect(JSON.stringify(server.calls.all)).not.toMatch(/entra\.test|s3cret/);
  });
});
