import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { CloudflareServer } from "./server.ts";

const ZONE = "a".repeat(32);
const RECORDS = `/client/v4/zones/${ZONE}/dns_records`;
const ABSENT = "f".repeat(32);
const www = { type: "A", name: "www.example.com", content: "192.0.2.1", ttl: 60 };
const good: Ask = { method: "POST", path: RECORDS, body: www };
const auth = (token: string) => ({ authorization: `Bearer ${token}` });

let server: CloudflareServer;
let nowMs = 0;
beforeAll(async () => {
  server = await new CloudflareServer({
    zones: [
      { id: ZONE, name: "example.com", plan: "pro" },
      { id: "b".repeat(32), name: "free.example", plan: "free" },
    ],
    tokens: [
      { token: "writer", permissions: ["Zone Read", "DNS Read", "DNS Write"] },
      { token: "reader", permissions: ["DNS Read"] },
      { token: "elsewhere", permissions: ["DNS Read", "DNS Write"], zones: ["b".repeat(32)] },
      { token: "old", permissions: ["DNS Read", "DNS Write"], expiresMs: 1000 },
    ],
    nowMs: () => nowMs,
  }).start();
  nowMs = 2000;
  server.foreignCreate(ZONE, { ...www, name: "taken.example.com" });
  server.foreignCreate(ZONE, {
    type: "CNAME",
    name: "alias.example.com",
    content: "a.example",
    ttl: 60,
  });
  server.foreignCreate(ZONE, {
    type: "NS",
    name: "sub.example.com",
    content: "ns.example",
    ttl: 60,
  });
});
afterAll(() => server.stop());

const body = (changes: object): Ask => ({ ...good, body: { ...www, ...changes } });
const without = (field: string): Ask => {
  const { [field]: _, ...rest } = www as Record<string, unknown>;
  return { ...good, body: rest };
};
const list = (query: string): Ask => ({ method: "GET", path: `${RECORDS}?${query}` });
const batch = (changes: object): Ask => ({ ...good, path: `${RECORDS}/batch`, body: changes });
const cname = { type: "CNAME", name: "c.example.com", content: "a.example", ttl: 60 };
const srv = { type: "SRV", name: "_s._tcp.example.com", ttl: 60 };
const caa = { type: "CAA", name: "example.com", ttl: 60 };

/** What is altered, how it is sent, and the status and code of the refusal. */
const ALTERED: readonly (readonly [string, Ask, number, number])[] = [
  ["no authorization", { ...good, headers: { authorization: "" } }, 400, 6003],
  [
    "another scheme of authorization",
    { ...good, headers: { authorization: "Basic d3JpdGVy" } },
    400,
    6003,
  ],
  ["an unknown token", { ...good, headers: auth("guess") }, 403, 9109],
  ["an expired token", { ...good, headers: auth("old") }, 403, 9109],
  ["a token that may only read", { ...good, headers: auth("reader") }, 403, 10_000],
  ["a token of another zone", { ...good, headers: auth("elsewhere") }, 403, 10_000],
  ["a path that is not there", { ...good, path: `/client/v4/zones/${ZONE}/records` }, 400, 7000],
  ["no version in the path", { ...good, path: RECORDS.replace("/client/v4", "") }, 400, 7000],
  ["a slash at the end of the path", { ...good, path: `${RECORDS}/` }, 400, 7000],
  ["a zone's name for its id", { ...good, path: RECORDS.replace(ZONE, "example.com") }, 404, 7003],
  ["a zone that is not there", { ...good, path: RECORDS.replace(ZONE, ABSENT) }, 404, 7003],
  ["another method on the collection", { ...good, method: "PUT" }, 405, 7001],
  ["another method on the batch", { ...batch({}), method: "PATCH" }, 404, 7003],
  [
    "a form instead of JSON",
    { ...good, headers: { "content-type": "application/x-www-form-urlencoded" } },
    400,
    9207,
  ],
  ["no content type", { ...good, headers: { "content-type": "" } }, 400, 9207],
  ["JSON that is cut", { ...good, raw: JSON.stringify(www).slice(0, -1) }, 400, 9207],
  ["no body", { ...good, raw: "" }, 400, 9207],
  ["a list as the body", { ...good, body: [www] }, 400, 9207],
  ["a body for a read", { method: "GET", path: RECORDS, body: {} }, 400, 9207],
  ["no type", without("type"), 400, 9207],
  ["no name", without("name"), 400, 9207],
  ["no TTL", without("ttl"), 400, 9207],
  ["no content", without("content"), 400, 9005],
  ["a type that is not there", body({ type: "ALIAS" }), 400, 9207],
  ["a type in small letters", body({ type: "a" }), 400, 9207],
  ["an unknown field", body({ weight: 1 }), 400, 9207],
  ["an unknown setting", body({ settings: { flatten: true } }), 400, 9207],
  ["a field that is only shown", body({ id: ABSENT }), 400, 9207],
  ["a TTL as a text", body({ ttl: "60" }), 400, 9207],
  ["proxied as a text", body({ proxied: "true" }), 400, 9207],
  ["a name as a number", body({ name: 7 }), 400, 9207],
  ["tags as a text", body({ tags: "a:b" }), 400, 9207],
  ["a comment of null", body({ comment: null }), 400, 9207],
  ["a TTL of 59", body({ ttl: 59 }), 400, 9021],
  ["a TTL of 0", body({ ttl: 0 }), 400, 9021],
  ["a TTL above a day", body({ ttl: 86_401 }), 400, 9021],
  ["half a second of TTL", body({ ttl: 60.5 }), 400, 9021],
  ["a name in another zone", body({ name: "www.example.org" }), 400, 9000],
  ["a relative name", body({ name: "www" }), 400, 9000],
  ["a name whose end only looks like the zone's", body({ name: "notexample.com" }), 400, 9000],
  ["a label of 64 characters", body({ name: `${"l".repeat(64)}.example.com` }), 400, 9000],
  ["an empty label", body({ name: "a..example.com" }), 400, 9000],
  ["a host name as an address", body({ content: "www.example.org" }), 400, 9005],
  ["an IPv6 address for A", body({ content: "2001:db8::1" }), 400, 9005],
  ["an address with a port", body({ content: "192.0.2.1:80" }), 400, 9005],
  ["an IPv4 address for AAAA", body({ type: "AAAA" }), 400, 9006],
  ["an address as the target of a CNAME", body({ ...cname, content: "192.0.2.1" }), 400, 9007],
  ["a CNAME to itself", body({ ...cname, content: "c.example.com" }), 400, 9039],
  ["an MX record without a priority", body({ ...cname, type: "MX" }), 400, 9101],
  ["an SRV record without data", { ...good, body: srv }, 400, 9101],
  [
    "an SRV record without a port",
    { ...good, body: { ...srv, data: { priority: 1, weight: 1, target: "a.example" } } },
    400,
    9101,
  ],
  [
    "an SRV port above 65535",
    {
      ...good,
      body: { ...srv, data: { priority: 1, weight: 1, port: 65_536, target: "a.example" } },
    },
    400,
    9102,
  ],
  [
    "content in a CAA record",
    { ...good, body: { ...caa, content: '0 issue "ca.example"' } },
    400,
    9207,
  ],
  [
    "an unknown tag of a CAA record",
    { ...good, body: { ...caa, data: { flags: 0, tag: "issued", value: "ca.example" } } },
    400,
    9102,
  ],
  ["a proxied TXT record", body({ type: "TXT", content: "t", proxied: true }), 400, 9004],
  ["a proxied private address", body({ content: "10.0.0.1", proxied: true }), 400, 9004],
  ["a comment of 501 characters", body({ comment: "c".repeat(501) }), 400, 9301],
  ["a tag without a value", body({ tags: ["owner"] }), 400, 9302],
  ["21 tags", body({ tags: Array.from({ length: 21 }, (_, i) => `t${i}:v`) }), 400, 9300],
  [
    "a tag on the free plan",
    {
      ...body({ name: "free.example", tags: ["a:b"] }),
      path: RECORDS.replace(ZONE, "b".repeat(32)),
    },
    400,
    9300,
  ],
  ["a record that is there already", body({ name: "taken.example.com", ttl: 120 }), 400, 81_058],
  ["an A record beside a CNAME", body({ name: "alias.example.com" }), 400, 81_054],
  ["a CNAME beside an A record", body({ ...cname, name: "taken.example.com" }), 400, 81_053],
  [
    "a second CNAME",
    body({ ...cname, name: "alias.example.com", content: "b.example" }),
    400,
    81_053,
  ],
  ["a record on a delegated name", body({ name: "sub.example.com" }), 400, 81_056],
  [
    "a read of a record that is not there",
    { method: "GET", path: `${RECORDS}/${ABSENT}` },
    404,
    81_044,
  ],
  [
    "an edit of a record that is not there",
    { ...good, method: "PATCH", path: `${RECORDS}/${ABSENT}` },
    404,
    81_044,
  ],
  [
    "a deletion of a record that is not there",
    { method: "DELETE", path: `${RECORDS}/${ABSENT}` },
    404,
    81_044,
  ],
  ["an unknown filter", list("name=www.example.com"), 400, 9207],
  ["an unknown order", list("order=id"), 400, 9207],
  ["page 0", list("page=0"), 400, 9207],
  ["a page that is no number", list("page=two"), 400, 9207],
  ["pages of none", list("per_page=0"), 400, 9207],
  ["zones in pages of 51", { method: "GET", path: "/client/v4/zones?per_page=51" }, 400, 9207],
  ["an unknown part of a batch", batch({ creates: [www] }), 400, 9207],
  ["a batch that deletes by id alone", batch({ deletes: [ABSENT] }), 400, 9207],
  ["a batch that puts without an id", batch({ puts: [www] }), 400, 9207],
  [
    "a batch that deletes what is not there",
    batch({ posts: [www], deletes: [{ id: ABSENT }] }),
    404,
    81_044,
  ],
];

describe("beyond the plan", () => {
  const FREE = "b".repeat(32);
  const path = `/client/v4/zones/${FREE}/dns_records`;
  const post = (n: number) => ({ ...www, name: `h${n}.free.example` });
  const many = (count: number) => Array.from({ length: count }, (_, n) => post(n));
  const ask = (to: string, sent: unknown) =>
    send(server.url.replace("/client/v4", ""), ready({ method: "POST", path: to, body: sent }));

  test("a batch of 201 changes is refused, one of 200 is taken, and then the zone is full", async () => {
    const large = await ask(`${path}/batch`, { posts: many(201) });
    expect([large.status, json(large).errors[0].code]).toEqual([400, 9207]);
    expect(server.records(FREE)).toEqual([]);
    expect((await ask(`${path}/batch`, { posts: many(200) })).status).toBe(200);
    const full = await ask(path, post(200));
    expect([full.status, json(full).errors[0].code]).toEqual([400, 81_045]);
    expect(server.records(FREE)).toHaveLength(200);
  });
});

describe("an altered request", () => {
  test("the request itself is taken", async () => {
    const got = await send(server.url.replace("/client/v4", ""), ready(good));
    expect(got.status).toBe(200);
    server.foreignDelete(ZONE, json(got).result.id);
  });

  test.each(ALTERED)(
    "with %s is refused, and nothing changes",
    async (_name, ask, status, code) => {
      const before = server.records(ZONE);
      const got = await send(server.url.replace("/client/v4", ""), ready(ask));
      const answer = json(got);
      expect([got.status, answer.errors[0].code]).toEqual([status, code]);
      expect(answer).toMatchObject({ success: false, messages: [], result: null });
      expect(typeof answer.errors[0].message).toBe("string");
      expect(server.records(ZONE)).toEqual(before);
    },
  );

  test("without any authorization is told which headers are missing", async () => {
    const got = await send(server.url.replace("/client/v4", ""), { method: "GET", path: RECORDS });
    expect([got.status, json(got).errors[0].code]).toEqual([400, 9106]);
  });
});

const ready = (ask: Ask): Ask => ({
  ...ask,
  headers: { ...auth("writer"), "content-type": "application/json", ...ask.headers },
});
