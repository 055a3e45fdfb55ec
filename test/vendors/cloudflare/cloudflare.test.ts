import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ask, json, send } from "../client.ts";
import { CloudflareServer } from "./server.ts";

const ZONE = "a".repeat(32);
const RECORDS = `/client/v4/zones/${ZONE}/dns_records`;
const token = "for-tests";
const www = { type: "A", name: "www.example.com", content: "192.0.2.1", ttl: 60 };

let server: CloudflareServer;
beforeEach(async () => {
  server = await new CloudflareServer({
    zones: [{ id: ZONE, name: "example.com", plan: "pro" }],
    tokens: [{ token, permissions: ["Zone Read", "DNS Read", "DNS Write"] }],
  }).start();
});
afterEach(() => server.stop());

const call = (ask: Ask) =>
  send(server.url.replace("/client/v4", ""), {
    ...ask,
    headers: {
      authorization: `Bearer ${token}`,
      ...(ask.body === undefined ? {} : { "content-type": "application/json" }),
      ...ask.headers,
    },
  });
const post = (body: unknown, path = RECORDS) => call({ method: "POST", path, body });
const get = (path: string) => call({ method: "GET", path });
const contents = () => server.records(ZONE).map((record) => record.content);

describe("a correct conversation", () => {
  test("finds the zone, creates, reads, edits, overwrites and deletes a record", async () => {
    const zones = json(await get("/client/v4/zones?name=example.com"));
    expect(zones.result.map((zone: { id: string }) => zone.id)).toEqual([ZONE]);

    const made = json(await post({ ...www, comment: "ours", tags: ["owner:tradewind"] })).result;
    expect(made).toMatchObject({ ...www, proxied: false, proxiable: true, comment: "ours" });

    const edited = json(
      await call({ method: "PATCH", path: `${RECORDS}/${made.id}`, body: { ...www, ttl: 300 } }),
    ).result;
    expect(edited).toMatchObject({ ttl: 300, comment: "ours", tags: ["owner:tradewind"] });

    const put = { ...www, content: "192.0.2.2" };
    await call({ method: "PUT", path: `${RECORDS}/${made.id}`, body: put });
    const read = json(await get(`${RECORDS}/${made.id}`)).result;
    expect(read).toMatchObject({ content: "192.0.2.2", tags: [] });
    expect(read).not.toHaveProperty("comment");

    const gone = json(await call({ method: "DELETE", path: `${RECORDS}/${made.id}` }));
    expect(gone.result).toEqual({ id: made.id });
    expect((await get(`${RECORDS}/${made.id}`)).status).toBe(404);
    expect(server.calls.count("dns.records.create")).toBe(1);
    expect(server.calls.permissions()).toEqual(["DNS Read", "DNS Write", "Zone Read"]);
  });

  test("a proxied record has the automatic TTL, whatever was asked", async () => {
    const made = json(await post({ ...www, proxied: true, ttl: 600 })).result;
    expect(made).toMatchObject({ proxied: true, ttl: 1 });
  });

  test("a text that comes bare is quoted, a quoted one stays", async () => {
    const text = { type: "TXT", name: "t.example.com", ttl: 1 };
    expect(json(await post({ ...text, content: "a b" })).result.content).toBe('"a b"');
    expect(json(await post({ ...text, content: '"c" "d"' })).result.content).toBe('"c" "d"');
  });

  test("a target's last dot is taken and not kept", async () => {
    const alias = { type: "CNAME", name: "alias.example.com", ttl: 60 };
    const made = json(await post({ ...alias, content: "a.example." }));
    expect(made.result.content).toBe("a.example");
    const again = await post({ ...alias, type: "MX", content: "A.example", priority: 10 });
    expect(json(again).result).toMatchObject({ content: "a.example", priority: 10 });
  });

  test("records of data show their content", async () => {
    const data = { priority: 1, weight: 2, port: 443, target: "www.example.com" };
    const made = json(await post({ type: "SRV", name: "_s._tcp.example.com", ttl: 60, data }));
    expect(made.result).toMatchObject({ content: "1 2 443 www.example.com", data });
  });
});

describe("a listing", () => {
  beforeEach(() => {
    for (let i = 1; i <= 5; i += 1)
      server.foreignCreate(ZONE, { ...www, name: `h${i}.example.com` });
  });
  const names = (text: { result: readonly { name: string }[] }) => text.result.map((r) => r.name);

  test("comes in pages that say how many there are", async () => {
    const last = json(await get(`${RECORDS}?per_page=2&page=3`));
    expect(names(last)).toEqual(["h5.example.com"]);
    expect(last.result_info).toEqual({
      page: 3,
      per_page: 2,
      count: 1,
      total_count: 5,
      total_pages: 3,
    });
  });

  test("is filtered by name, type and both or either of two", async () => {
    const one = json(await get(`${RECORDS}?name.exact=h2.example.com&type=A`));
    expect(names(one)).toEqual(["h2.example.com"]);
    const either = `${RECORDS}?match=any&name.startswith=h1&name.endswith=xample.org`;
    expect(names(json(await get(either)))).toEqual(["h1.example.com"]);
  });

  test("can be empty, cut short on a page, or old, and is well again after", async () => {
    server.faults.emptyListing();
    expect(names(json(await get(RECORDS)))).toEqual([]);

    server.faults.truncatedListing(2);
    expect(names(json(await get(`${RECORDS}?per_page=2`)))).toHaveLength(2);
    const second = json(await get(`${RECORDS}?per_page=2&page=2`));
    expect(names(second)).toHaveLength(1);
    expect(second.result_info).toMatchObject({ total_pages: 2, total_count: 5 });

    server.faults.staleListing(2);
    expect(names(json(await get(RECORDS)))).toHaveLength(3);
    expect(names(json(await get(RECORDS)))).toHaveLength(5);
  });
});

describe("a batch", () => {
  test("deletes first, so a name can be taken over in one call", async () => {
    const id = server.foreignCreate(ZONE, www);
    const alias = { type: "CNAME", name: www.name, content: "other.example.net", ttl: 60 };
    const got = json(await post({ deletes: [{ id }], posts: [alias] }, `${RECORDS}/batch`));
    expect(got.result.posts[0]).toMatchObject(alias);
    expect(contents()).toEqual(["other.example.net"]);
  });

  test("changes nothing when one of its changes is refused", async () => {
    const id = server.foreignCreate(ZONE, www);
    const wrong = { ...www, content: "no address" };
    const got = await post({ deletes: [{ id }], posts: [wrong] }, `${RECORDS}/batch`);
    expect([got.status, json(got).errors[0].code]).toEqual([400, 9005]);
    expect(contents()).toEqual(["192.0.2.1"]);
  });

  test("patches before it puts", async () => {
    const id = server.foreignCreate(ZONE, www);
    const patches = [{ ...www, id, comment: "patched" }];
    await post({ puts: [{ ...www, id, ttl: 90 }], patches }, `${RECORDS}/batch`);
    expect(server.records(ZONE)[0]).toMatchObject({ ttl: 90, comment: undefined });
  });
});

describe("a bad day", () => {
  test("throttles with a time to wait, as many calls as were asked", async () => {
    server.faults.throttle({ times: 2, retryAfterS: 7 });
    const got = [await get(RECORDS), await get(RECORDS), await get(RECORDS)];
    expect(got.map((g) => g.status)).toEqual([429, 429, 200]);
    expect(got[0]?.headers["retry-after"]).toBe("7");
    expect(got[2]?.headers["ratelimit-policy"]).toBe('"default";q=1200;w=300');
  });

  test("fails only the operation that it is for", async () => {
    server.faults.error({ status: 502, on: ["dns.records.create"] });
    expect((await get(RECORDS)).status).toBe(200);
    expect((await post(www)).status).toBe(502);
    expect(contents()).toEqual([]);
  });

  test("a dropped call changes nothing; one that ends after it was done, or in its answer, does", async () => {
    server.faults.drop();
    await expect(post(www)).rejects.toThrow();
    expect(contents()).toEqual([]);
    server.faults.applyThenDrop();
    await expect(post(www)).rejects.toThrow();
    expect(contents()).toEqual(["192.0.2.1"]);
    server.faults.cut();
    await expect(post({ ...www, content: "192.0.2.2" })).rejects.toThrow();
    expect(contents()).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(server.calls.all.map((c) => c.status)).toEqual([null, null, null]);
  });

  test("a delayed call keeps nobody else waiting", async () => {
    const slow = await new CloudflareServer({
      zones: [{ id: ZONE, name: "example.com", plan: "free" }],
      tokens: [{ token, permissions: ["Zone Read", "DNS Read"] }],
    }).start();
    slow.faults.delay(3_600_000, { on: ["dns.records.list"] });
    const headers = { authorization: `Bearer ${token}` };
    const ask = (path: string) => send(slow.url, { method: "GET", path, headers });
    const late = ask(`/zones/${ZONE}/dns_records`).catch((error: Error) => error);
    expect((await ask(`/zones/${ZONE}`)).status).toBe(200);
    await slow.stop();
    expect(await late).toBeInstanceOf(Error);
  });

  test("somebody else edits a record, and the next read shows it", async () => {
    const id = server.foreignCreate(ZONE, www);
    server.foreignEdit(ZONE, id, { content: "203.0.113.9" });
    expect(json(await get(`${RECORDS}/${id}`)).result.content).toBe("203.0.113.9");
    server.foreignDelete(ZONE, id);
    expect((await get(`${RECORDS}/${id}`)).status).toBe(404);
  });

  test("no token is in the record of calls", async () => {
    await post(www);
    expect(JSON.stringify(server.calls.all)).not.toContain(token);
  });
});
