import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { MEDIA } from "./operations.ts";
import { ExternalDnsServer } from "./server.ts";

const www = { dnsName: "www.example.com", recordType: "A", targets: ["192.0.2.1"], recordTTL: 60 };
const taken = { ...www, dnsName: "taken.example.com" };
const alias = { dnsName: "alias.example.com", recordType: "CNAME", targets: ["a.example"] };

let server: ExternalDnsServer;
beforeAll(async () => {
  server = await new ExternalDnsServer({ domains: ["example.com"] }).start();
  server.foreignSet(taken);
  server.foreignSet(alias);
});
afterAll(() => server.stop());

const set = (body: unknown): Ask => ({ method: "POST", path: "/records", body });
const good = set({ create: [www] });
const create = (changes: object): Ask => set({ create: [{ ...www, ...changes }] });
const adjust = (body: unknown): Ask => ({ method: "POST", path: "/adjustendpoints", body });
const typed = (recordType: string, ...targets: string[]) => create({ recordType, targets });
const without = (field: string): Ask => {
  const { [field]: _, ...rest } = www as Record<string, unknown>;
  return set({ create: [rest] });
};

/** What is altered, how it is sent, and the status of the refusal. */
const ALTERED: readonly (readonly [string, Ask, number])[] = [
  [
    "JSON of another kind to accept",
    { method: "GET", path: "/", headers: { accept: "application/json" } },
    406,
  ],
  ["anything to accept", { method: "GET", path: "/", headers: { accept: "*/*" } }, 406],
  [
    "another version to accept",
    { method: "GET", path: "/", headers: { accept: MEDIA.replace("1", "2") } },
    406,
  ],
  [
    "no version to accept",
    { method: "GET", path: "/records", headers: { accept: MEDIA.split(";")[0] ?? "" } },
    406,
  ],
  ["nothing to accept", { method: "GET", path: "/records", headers: { accept: "" } }, 406],
  [
    "another answer to accept for adjusted endpoints",
    { ...adjust([www]), headers: { accept: "text/plain" } },
    406,
  ],
  [
    "plain JSON as the media type",
    { ...good, headers: { "content-type": "application/json" } },
    415,
  ],
  [
    "no version in the media type",
    { ...good, headers: { "content-type": MEDIA.split(";")[0] ?? "" } },
    415,
  ],
  [
    "another version in the media type",
    { ...good, headers: { "content-type": MEDIA.replace("1", "2") } },
    415,
  ],
  ["no media type", { ...good, headers: { "content-type": "" } }, 415],
  [
    "plain JSON to adjust",
    { ...adjust([www]), headers: { "content-type": "application/json" } },
    415,
  ],
  ["an unknown path", { ...good, path: "/applychanges" }, 404],
  ["a slash at the end of the path", { ...good, path: "/records/" }, 404],
  ["another method for records", { ...good, method: "PUT" }, 400],
  ["another method to negotiate", { ...good, path: "/" }, 400],
  ["another method to adjust", { method: "GET", path: "/adjustendpoints" }, 400],
  ["a query", { method: "GET", path: "/records?zone=example.com" }, 400],
  ["a body for a read", { method: "GET", path: "/records", body: [] }, 400],
  ["JSON that is cut", { ...good, raw: '{"create":[' }, 400],
  ["no body", { ...good, raw: "" }, 400],
  ["a list of changes", set([www]), 400],
  ["changes written large", set({ Create: [www] }), 400],
  ["an unknown list of changes", set({ upsert: [www] }), 400],
  ["one endpoint for a list", set({ create: www }), 400],
  ["null for a list", set({ create: null }), 400],
  ["changes to adjust", adjust({ create: [www] }), 400],
  ["an endpoint to adjust that is none", adjust(["www.example.com"]), 400],
  ["no name", without("dnsName"), 400],
  ["an empty name", create({ dnsName: "" }), 400],
  ["no type", without("recordType"), 400],
  ["no targets", without("targets"), 400],
  ["an empty list of targets", create({ targets: [] }), 400],
  ["targets as a text", create({ targets: "192.0.2.1" }), 400],
  ["targets as numbers", create({ targets: [1] }), 400],
  ["a target twice", create({ targets: ["192.0.2.1", "192.0.2.1"] }), 400],
  ["a TTL as a text", create({ recordTTL: "60" }), 400],
  ["half a second of TTL", create({ recordTTL: 0.5 }), 400],
  ["a negative TTL", create({ recordTTL: -1 }), 400],
  ["a TTL by another name", create({ ttl: 60 }), 400],
  ["labels as a list", create({ labels: ["a"] }), 400],
  ["a label that is a number", create({ labels: { weight: 1 } }), 400],
  ["properties of the provider as an object", create({ providerSpecific: { weight: "1" } }), 400],
  [
    "a property of the provider that is a number",
    create({ providerSpecific: [{ name: "weight", value: 1 }] }),
    400,
  ],
  ["an unknown field of a property", create({ providerSpecific: [{ key: "weight" }] }), 400],
  ["a set identifier that is a number", create({ setIdentifier: 1 }), 400],
  ["a type in small letters", create({ recordType: "a" }), 400],
  ["an unknown type", create({ recordType: "ALIAS" }), 400],
  ["a name outside the domains", create({ dnsName: "www.example.org" }), 400],
  ["a name whose end only looks like the domain", create({ dnsName: "notexample.com" }), 400],
  ["a name with a last dot", create({ dnsName: "www.example.com." }), 400],
  [
    "a label of 64 characters in the name",
    create({ dnsName: `${"l".repeat(64)}.example.com` }),
    400,
  ],
  ["an IPv6 address for A", typed("A", "2001:db8::1"), 400],
  ["an IPv4 address for AAAA", typed("AAAA", "192.0.2.1"), 400],
  ["an address for CNAME", typed("CNAME", "192.0.2.1"), 400],
  ["two targets of a CNAME", typed("CNAME", "a.example", "b.example"), 400],
  ["an MX without a priority", typed("MX", "mail.example"), 400],
  ["an SRV port above 65535", typed("SRV", "1 1 65536 a.example"), 400],
  ["an old version without a new one", set({ updateOld: [taken] }), 400],
  ["a new version without an old one", set({ updateNew: [taken] }), 400],
  ["a new version of another name", set({ updateOld: [taken], updateNew: [www] }), 400],
  ["an old version that is not there", set({ updateOld: [www], updateNew: [www] }), 404],
  [
    "an old version with other targets",
    set({ updateOld: [{ ...taken, targets: ["192.0.2.9"] }], updateNew: [taken] }),
    409,
  ],
  ["a deletion of what is not there", set({ delete: [www] }), 404],
  ["a deletion with another TTL", set({ delete: [{ ...taken, recordTTL: 61 }] }), 409],
  ["a creation of what is there", set({ create: [taken] }), 409],
  ["a creation twice", set({ create: [www, www] }), 409],
  ["an address beside a CNAME", create({ dnsName: "alias.example.com" }), 409],
  [
    "a good creation beside a bad deletion",
    set({ create: [www], delete: [{ ...www, dnsName: "b.example.com" }] }),
    404,
  ],
];

describe("an altered request", () => {
  test.each(ALTERED)("with %s is refused, and nothing changes", async (_name, ask, status) => {
    const before = server.endpoints;
    const media = ask.body === undefined && ask.raw === undefined ? {} : { "content-type": MEDIA };
    const got = await send(server.url, {
      ...ask,
      headers: { accept: MEDIA, ...media, ...ask.headers },
    });
    expect(got.status).toBe(status);
    expect(json(got)).toEqual({ message: expect.stringMatching(/./) });
    expect(server.endpoints).toEqual(before);
  });

  test("with a body of more than 32 MiB is too large", async () => {
    const headers = { accept: MEDIA, "content-type": MEDIA };
    const raw = JSON.stringify({ create: [{ ...www, labels: { l: "x".repeat(32 * 2 ** 20) } }] });
    expect((await send(server.url, { ...good, raw, headers })).status).toBe(413);
  });

  test("the request itself is taken", async () => {
    const headers = { accept: MEDIA, "content-type": MEDIA };
    expect((await send(server.url, { ...good, headers })).status).toBe(204);
  });
});
