import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { signJwt } from "../sign.ts";
import { GoogleServer } from "./server.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const email = "dns@test.iam.gserviceaccount.com";
const zone = { name: "example-com", id: "7", dnsName: "example.com." };
const ZONE = "/dns/v1/projects/test/managedZones/example-com";
const www = { name: "www.example.com.", type: "A", ttl: 60, rrdatas: ["192.0.2.1"] };

let nowMs = 1_800_000_000_000;
let server: GoogleServer;
let token = "";
beforeEach(async () => {
  server = await new GoogleServer({
    project: "test",
    zones: [zone],
    accounts: [{ email, publicKey }],
    nowMs: () => nowMs,
  }).start();
  token = await tokenOf("https://www.googleapis.com/auth/ndev.clouddns.readwrite");
});
afterEach(() => server.stop());

async function tokenOf(scope: string): Promise<string> {
  const iat = nowMs / 1000;
  const claims = { iss: email, scope, aud: server.tokenUrl, iat, exp: iat + 3600 };
  const form = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: signJwt({ alg: "RS256" }, claims, privateKey),
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const got = await send(server.url, {
    method: "POST",
    path: "/token",
    headers,
    raw: String(form),
  });
  expect(got.status).toBe(200);
  return json(got).access_token;
}

const call = (ask: Ask) =>
  send(server.url, {
    ...ask,
    headers: {
      authorization: `Bearer ${token}`,
      ...(ask.body === undefined ? {} : { "content-type": "application/json" }),
    },
  });
const change = (body: unknown) => call({ method: "POST", path: `${ZONE}/changes`, body });
const get = (path: string) => call({ method: "GET", path: ZONE + path });
const own = () => server.rrsets(zone.name).filter((set) => set.name !== zone.dnsName);
const reason = (got: { text: string }) => JSON.parse(got.text).error.errors[0].reason;

describe("a correct conversation", () => {
  test("finds the zone, adds a record set, replaces it and takes it away", async () => {
    const zones = json(
      await call({
        method: "GET",
        path: "/dns/v1/projects/test/managedZones?dnsName=example.com.",
      }),
    );
    expect(zones.managedZones.map((z: { name: string }) => z.name)).toEqual(["example-com"]);

    const added = json(await change({ additions: [www] }));
    expect(added).toMatchObject({ kind: "dns#change", id: "1", status: "pending" });
    const next = { ...www, rrdatas: ["192.0.2.2", "192.0.2.3"] };
    await change({ deletions: [www], additions: [next] });
    const listed = json(await get("/rrsets?name=www.example.com.&type=A"));
    expect(listed.rrsets).toEqual([
      { ...next, signatureRrdatas: [], kind: "dns#resourceRecordSet" },
    ]);

    const turned = { ...next, rrdatas: [...next.rrdatas].reverse() };
    expect((await change({ deletions: [turned] })).status).toBe(200);
    expect(own()).toEqual([]);
    expect(server.calls.permissions()).toEqual([
      "dns.changes.create",
      "dns.managedZones.list",
      "dns.resourceRecordSets.list",
      "token",
    ]);
  });

  test("a change is pending until its time is over", async () => {
    server.changeMs = 5000;
    const { id } = json(await change({ additions: [www] }));
    const status = async () => json(await get(`/changes/${id}`)).status;
    expect(await status()).toBe("pending");
    nowMs += 4999;
    expect(await status()).toBe("pending");
    nowMs += 1;
    expect(await status()).toBe("done");
  });

  test("changes are listed in their order, or against it", async () => {
    await change({ additions: [www] });
    const ids = async (order: string) =>
      json(await get(`/changes?sortBy=changeSequence&sortOrder=${order}`)).changes.map(
        (c: { id: string }) => c.id,
      );
    expect(await ids("ascending")).toEqual(["0", "1"]);
    expect(await ids("descending")).toEqual(["1", "0"]);
  });

  test("one record set is created, patched and deleted by itself", async () => {
    await call({ method: "POST", path: `${ZONE}/rrsets`, body: www });
    const one = `${ZONE}/rrsets/www.example.com./A`;
    await call({ method: "PATCH", path: one, body: { ttl: 300 } });
    expect(json(await call({ method: "GET", path: one })).ttl).toBe(300);
    expect(json(await call({ method: "DELETE", path: one }))).toEqual({});
    expect(own()).toEqual([]);
  });

  test("record sets with each kind of routing policy are taken and shown", async () => {
    const healthCheck =
      "https://www.googleapis.com/compute/v1/projects/test/global/healthChecks/http";
    const geo = {
      items: [
        { location: "us-east1", rrdatas: ["192.0.2.1"] },
        { location: "europe-west1", rrdatas: ["192.0.2.2"] },
      ],
    };
    const policies = [
      {
        wrr: {
          items: [
            { weight: 0, rrdatas: ["192.0.2.1"] },
            { weight: 2.5, healthCheckedTargets: { externalEndpoints: ["192.0.2.2"] } },
          ],
        },
        healthCheck,
      },
      { geo: { ...geo, enableFencing: true } },
      {
        primaryBackup: {
          primaryTargets: { externalEndpoints: ["192.0.2.9"] },
          backupGeoTargets: geo,
          trickleTraffic: 0.1,
        },
        healthCheck,
      },
    ];
    const sets = policies.map((routingPolicy, i) => ({
      name: `p${i}.example.com.`,
      type: "A",
      ttl: 30,
      routingPolicy,
    }));
    expect((await change({ additions: sets })).status).toBe(200);
    const shown = json(
      await get("/rrsets?filter=name%3Dhas_suffix(%22example.com.%22)%20AND%20type%3D%22A%22"),
    );
    expect(shown.rrsets.map((set: object) => set)).toMatchObject(sets);
    // What the API shows can be deleted as it is shown.
    expect((await change({ deletions: shown.rrsets })).status).toBe(200);
  });
});

describe("a change is refused as a whole", () => {
  const other = { ...www, name: "other.example.com." };

  test("when a deletion does not match exactly", async () => {
    await change({ additions: [www] });
    const got = await change({ additions: [other], deletions: [{ ...www, ttl: 61 }] });
    expect([got.status, reason(got)]).toEqual([412, "conditionNotMet"]);
    expect(own()).toEqual([{ ...www, routingPolicy: undefined }]);
  });

  test("when a deletion is not there, or an addition is", async () => {
    const missing = await change({ additions: [other], deletions: [www] });
    expect([missing.status, reason(missing)]).toEqual([404, "notFound"]);
    await change({ additions: [www] });
    const there = await change({ additions: [other, { ...www, ttl: 120 }] });
    expect([there.status, reason(there)]).toEqual([409, "alreadyExists"]);
    expect(own()).toHaveLength(1);
  });
});

describe("tokens", () => {
  test("expire, and a new one is let in", async () => {
    nowMs += 3600_000;
    const got = await get("/rrsets");
    expect([got.status, reason(got)]).toEqual([401, "authError"]);
    expect(got.headers["www-authenticate"]).toContain("Bearer");
    token = await tokenOf("https://www.googleapis.com/auth/cloud-platform");
    expect((await get("/rrsets")).status).toBe(200);
  });

  test("live as long as a test says, and end when it revokes them", async () => {
    server.tokens.lifetimeS = 10;
    token = await tokenOf("https://www.googleapis.com/auth/cloud-platform");
    nowMs += 9_999;
    expect((await get("/rrsets")).status).toBe(200);
    server.tokens.revokeAll();
    expect((await get("/rrsets")).status).toBe(401);
  });

  test("to read let nobody write", async () => {
    token = await tokenOf("https://www.googleapis.com/auth/ndev.clouddns.readonly");
    expect((await get("/rrsets")).status).toBe(200);
    const got = await change({ additions: [www] });
    expect([got.status, reason(got)]).toEqual([403, "insufficientPermissions"]);
  });
});

describe("a listing", () => {
  beforeEach(() => {
    const additions = [1, 2, 3].map((n) => ({ ...www, name: `h${n}.example.com.` }));
    server.foreignChange(zone.name, { additions });
  });

  test("comes in pages until there is no token", async () => {
    const names: string[] = [];
    let pages = 0;
    for (let more: string | undefined = ""; more !== undefined; pages += 1) {
      const page = json(await get(`/rrsets?maxResults=2${more && `&pageToken=${more}`}`));
      names.push(
        ...page.rrsets.map((set: { name: string; type: string }) => `${set.name} ${set.type}`),
      );
      more = page.nextPageToken;
    }
    expect(pages).toBe(3);
    expect(names).toEqual([
      "example.com. NS",
      "example.com. SOA",
      "h1.example.com. A",
      "h2.example.com. A",
      "h3.example.com. A",
    ]);
  });

  test("can be empty, cut short, or old, and is well again after", async () => {
    const count = async (query = "") => json(await get(`/rrsets${query}`)).rrsets.length;
    server.faults.emptyListing();
    expect(await count()).toBe(0);
    server.faults.truncatedListing(1);
    const cut = json(await get("/rrsets?maxResults=4"));
    expect([cut.rrsets.length, cut.nextPageToken]).toEqual([2, undefined]);
    server.faults.staleListing(1, { times: 2 });
    expect([await count(), await count(), await count()]).toEqual([2, 2, 5]);
  });
});

describe("a bad day", () => {
  test("throttles as either status, without a time to wait", async () => {
    server.faults.throttle();
    const first = await get("/rrsets");
    server.throttledStatus = 403;
    server.faults.throttle();
    const second = await get("/rrsets");
    expect([first.status, reason(first)]).toEqual([429, "rateLimitExceeded"]);
    expect([second.status, reason(second)]).toEqual([403, "rateLimitExceeded"]);
    expect(first.headers["retry-after"]).toBeUndefined();
  });

  test("a change may be applied though its answer is cut", async () => {
    server.faults.cut({ on: ["dns.changes.create"] });
    await expect(change({ additions: [www] })).rejects.toThrow();
    expect(own()).toHaveLength(1);
    server.faults.applyThenDrop({ on: ["dns.changes.create"] });
    await expect(change({ deletions: [www] })).rejects.toThrow();
    expect(own()).toEqual([]);
  });

  test("the record of calls has no token and no assertion", async () => {
    await change({ additions: [www] });
    expect(server.calls.count("token")).toBe(1);
    expect(JSON.stringify(server.calls.all)).not.toMatch(/ya29|assertion|eyJ/);
  });
});
