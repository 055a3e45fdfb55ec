import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { MEDIA } from "./operations.ts";
import { ExternalDnsServer } from "./server.ts";

const www = { dnsName: "www.example.com", recordType: "A", targets: ["192.0.2.1"], recordTTL: 60 };

let server: ExternalDnsServer;
beforeEach(async () => {
  server = await new ExternalDnsServer({
    domains: ["example.com"],
    adjust: (endpoint) => ({ ...endpoint, recordTTL: Math.max(endpoint.recordTTL, 30) }),
  }).start();
});
afterEach(() => server.stop());

const call = (ask: Ask) =>
  send(server.url, {
    ...ask,
    headers: { accept: MEDIA, ...(ask.body === undefined ? {} : { "content-type": MEDIA }) },
  });
const get = (path: string) => call({ method: "GET", path });
const set = (body: unknown) => call({ method: "POST", path: "/records", body });
const targets = () => server.endpoints.map((e) => e.targets);

describe("a correct conversation", () => {
  test("negotiates the media type and tells the domains, in either form of the filter", async () => {
    const got = await get("/");
    expect(got.headers["content-type"]).toBe(MEDIA);
    expect(json(got)).toEqual({ include: ["example.com"] });
    const other = await new ExternalDnsServer({
      domains: ["a.example"],
      filter: "filters",
    }).start();
    const said = await send(other.url, { method: "GET", path: "/", headers: { accept: MEDIA } });
    expect(json(said)).toEqual({ filters: ["a.example"] });
    await other.stop();
  });

  test("creates, lists, updates and deletes endpoints", async () => {
    const made = await set({ create: [{ ...www, labels: { owner: "tradewind" } }] });
    expect([made.status, made.text]).toEqual([204, ""]);
    expect(json(await get("/records"))).toEqual([{ ...www, labels: { owner: "tradewind" } }]);
    const next = { ...www, targets: ["192.0.2.2"] };
    await set({ updateOld: [www], updateNew: [next] });
    expect(targets()).toEqual([["192.0.2.2"]]);
    await set({ delete: [next] });
    expect(json(await get("/records"))).toEqual([]);
    expect(server.calls.count("setRecords")).toBe(3);
  });

  test("adjusts what is desired to what the provider can do, and changes nothing by it", async () => {
    const desired = [
      { ...www, recordTTL: 10, providerSpecific: [{ name: "weight", value: "10" }] },
    ];
    const got = await call({ method: "POST", path: "/adjustendpoints", body: desired });
    expect(json(got)).toEqual([{ ...desired[0], recordTTL: 30 }]);
    expect(targets()).toEqual([]);
  });

  test("endpoints of one name and type stand beside each other by their set identifiers", async () => {
    const sets = ["a", "b"].map((setIdentifier) => ({ ...www, setIdentifier }));
    expect((await set({ create: sets })).status).toBe(204);
    expect(json(await get("/records"))).toEqual(sets);
  });

  test("a change of type is an update of one name", async () => {
    await set({ create: [www] });
    const cname = {
      dnsName: www.dnsName,
      recordType: "CNAME",
      targets: ["a.example"],
      recordTTL: 60,
    };
    expect((await set({ updateOld: [www], updateNew: [cname] })).status).toBe(204);
    expect(targets()).toEqual([["a.example"]]);
  });
});

describe("a bad day", () => {
  test("throttles and fails as transient errors, and drops or cuts what it did or did not do", async () => {
    server.faults.throttle();
    server.faults.error({ on: ["setRecords"] });
    expect((await get("/records")).status).toBe(503);
    expect((await set({ create: [www] })).status).toBe(500);
    server.faults.drop();
    await expect(set({ create: [www] })).rejects.toThrow();
    expect(targets()).toEqual([]);
    server.faults.applyThenDrop();
    await expect(set({ create: [www] })).rejects.toThrow();
    expect(targets()).toEqual([["192.0.2.1"]]);
    server.faults.cut();
    await expect(get("/records")).rejects.toThrow();
  });

  test("lists nothing, half or what was, for as many listings as were asked", async () => {
    for (const n of [1, 2]) server.foreignSet({ ...www, dnsName: `h${n}.example.com` });
    const count = async () => json(await get("/records")).length;
    server.faults.emptyListing();
    expect(await count()).toBe(0);
    server.faults.truncatedListing(1);
    expect(await count()).toBe(1);
    server.faults.staleListing(2, { times: 2 });
    expect([await count(), await count(), await count()]).toEqual([0, 0, 2]);
  });

  test("somebody else's endpoint is there, so ours is not made over it", async () => {
    server.foreignSet({ ...www, targets: ["203.0.113.9"] });
    expect((await set({ create: [www] })).status).toBe(409);
    expect((await set({ delete: [www] })).status).toBe(409);
    expect(targets()).toEqual([["203.0.113.9"]]);
    server.foreignDelete(www);
    expect((await set({ create: [www] })).status).toBe(204);
  });
});
