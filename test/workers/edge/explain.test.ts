/** Live explanations in a real workerd: only the holder of a good ticket is told, and nobody's answer is another. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TICKET_MS } from "../../../routing/explain/ticket.ts";
import { manifestKey, shardKey } from "../../../routing/names.ts";
import { seededRng } from "../../../routing/rng.ts";
import { toStored } from "../../../routing/snapshot.ts";
import { createEdge } from "../../../workers/edge/edge.ts";
import { sending } from "../../helpers/sending.ts";
import { OriginProcess } from "../../origins/process.ts";
import { type Ask, TestEdge } from "./harness/edge.ts";
import { fakePorts } from "./harness/ports.ts";
import { compile } from "./harness/table.ts";
import { forged, signerAt } from "./harness/tickets.ts";
import { World } from "./harness/world.ts";

const HOST = "a.example";
const FUZZED = 10_000;
const SEED = 3_303;
/** A port on which nothing listens: discard, which no test starts. */
const DEAD_PORT = 9;

const world = new World();
const origin = new OriginProcess({ name: "one", pool: "first" });
const signer = signerAt();
let edge: TestEdge;
let good: string;
let bad: Readonly<Record<string, string>>;

beforeAll(async () => {
  await Promise.all([world.start(), origin.start()]);
  const issued = await signer.sign(HOST);
  good = issued.ticket;
  const balancers = {
    [HOST]: { pools: [[DEAD_PORT, origin.port]] },
    "b.example": { pools: [[origin.port]] },
  };
  world.writeKv(compile(3, balancers, [issued.publicKey]));
  const old = await signerAt(() => Date.now() - 2 * TICKET_MS).sign(HOST);
  bad = {
    "of another key": (await signerAt().sign(HOST)).ticket,
    forged: await forged(issued.publicKey, {}),
    expired: await forged(issued.publicKey, { untilMs: Date.now() - TICKET_MS }),
    "expired, of another key": old.ticket,
    "of another host": (await signer.sign("b.example")).ticket,
    unsigned: good.split(".").slice(0, 2).join("."),
    garbage: "garbage",
    huge: `v1.${"A".repeat(20_000)}.${"A".repeat(86)}`,
    empty: "",
  };
  edge = await TestEdge.start(world);
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([world.stop(), origin.kill()]);
});

const ask = (path: string, ticket: string | null, more: Ask = {}) => {
  const headers = { ...more.headers, ...(ticket === null ? {} : { "tw-explain": ticket }) };
  return edge.ask(HOST, { path, ...more, headers });
};
const told = (headers: Readonly<Record<string, unknown>>) =>
  JSON.parse(String(headers["tw-explain"]));

describe("a good ticket", () => {
  test("is told the decision that served the request and how each try ended", async () => {
    const { status, headers } = await ask("/echo", good);
    expect(status).toBe(200);
    expect(told(headers)).toMatchObject({
      version: 3,
      host: HOST,
      status: 200,
      did: "forward",
      route: null,
      target: { kind: "LoadBalancer", name: HOST },
      policy: "off",
      pool: "pool-0",
      endpoint: `endpoint-${origin.port}`,
      attempts: [
        { endpoint: `endpoint-${DEAD_PORT}`, outcome: "failure", status: null, why: "sound" },
        { endpoint: `endpoint-${origin.port}`, outcome: "success", status: 200 },
      ],
    });
  });

  test("tells names and no address", async () => {
    const { headers } = await ask("/echo", good);
    expect(String(headers["tw-explain"])).not.toContain("127.0.0.1");
  });

  test("leaves an encoded body, a 304 and the answer to HEAD as they are", async () => {
    for (const [path, more] of [
      ["/gzip", { headers: { "accept-encoding": "gzip" } }],
      ["/status/304", {}],
      ["/bytes/1000", { method: "HEAD" }],
      ["/status/204", {}],
    ] as const) {
      const [plain, explained] = [await ask(path, null, more), await ask(path, good, more)];
      expect([path, explained.status, explained.body]).toEqual([path, plain.status, plain.body]);
      const { "tw-explain": text, date: _, ...headers } = explained.headers;
      const { date: __, ...plainHeaders } = plain.headers;
      expect([path, headers]).toEqual([path, plainHeaders]);
      expect(text).toBeDefined();
    }
  });

  test("is never seen by an endpoint, nor under a name that some servers read as it", async () => {
    const headers = { tw_explain: good, "TW-Explain": good };
    const answer = await edge.ask(HOST, { path: "/echo", headers });
    expect(JSON.parse(answer.text).headers).not.toHaveProperty("tw-explain");
    expect(answer.text).not.toContain(good);
  });

  test("of this host is nothing at another", async () => {
    const answer = await edge.ask("b.example", { path: "/echo", headers: { "tw-explain": good } });
    expect([answer.status, answer.headers["tw-explain"], answer.text.includes(good)]).toEqual([
      200,
      undefined,
      false,
    ]);
  });
});

test("a ticket that is not good changes nothing and is not seen by the endpoint", async () => {
  const { headers: plainHeaders, status } = await ask("/bytes/100", null);
  for (const [what, ticket] of Object.entries(bad)) {
    const answer = await ask("/bytes/100", ticket);
    const { date: _, ...headers } = answer.headers;
    const { date: __, ...expected } = plainHeaders;
    expect([what, answer.status, headers]).toEqual([what, status, expected]);
    expect([what, (await ask("/echo", ticket)).text.includes("tw-explain")]).toEqual([what, false]);
  }
});

test("a problem of ours is told with what was tried", async () => {
  const host = "dead.example";
  const { ticket, publicKey } = await signer.sign(host);
  world.writeKv(compile(4, { [host]: { pools: [[DEAD_PORT]] } }, [publicKey]));
  const fresh = await TestEdge.start(world);
  const answer = await fresh.ask(host, { headers: { "tw-explain": ticket } });
  await fresh.stop();
  expect(answer.status).toBe(502);
  expect(told(answer.headers)).toMatchObject({
    status: 502,
    did: "forward",
    attempts: [{ outcome: "failure" }, {}, {}],
  });
});

test("an isolate that began with a baked snapshot learns the key with its first beat", async () => {
  const host = "baked.example";
  const { ticket, publicKey } = await signer.sign(host);
  const table = { [host]: { pools: [[origin.port]] } };
  const { manifest, shards } = compile(9, table);
  const baked = {
    manifest,
    shards: Object.fromEntries(Object.values(shards).map((shard) => [shard.hash, shard])),
  };
  world.kv.clear();
  world.cache.clear();
  world.pushed = compile(9, table, [publicKey]);
  const fresh = await TestEdge.start(world, baked);
  const isTold = async () => {
    const { status, headers } = await fresh.ask(host, { headers: { "tw-explain": ticket } });
    return status === 200 && "tw-explain" in headers;
  };
  expect(await isTold()).toBe(false);
  await expect.poll(isTold, { timeout: 10_000 }).toBe(true);
  await fresh.stop();
});

test(`${FUZZED} broken tickets never throw and never change an answer (seed ${SEED})`, async () => {
  const rng = seededRng(SEED);
  const { publicKey } = await signer.sign(HOST);
  const fake = fakePorts();
  const { manifest, shards } = compile(1, { [HOST]: { pools: [[1]] } }, [publicKey]);
  for (const shard of Object.values(shards)) fake.kv.set(shardKey(shard.hash), toStored(shard));
  fake.kv.set(manifestKey("default"), toStored(manifest));
  const seen: string[] = [];
  const fetch = async (request: Request) => {
    if (request.headers.has("tw-explain")) seen.push(request.headers.get("tw-explain") ?? "");
    return new Response("ok", { headers: { "x-origin": "one" } });
  };
  const inNode = createEdge({ ...fake.ports, send: sending(fetch) });
  const visit = (ticket: string) => {
    const headers = { host: HOST, "tw-explain": ticket };
    const request = new Request(`http://${HOST}/x`, { headers });
    return inNode.fetch(request, (work) => void work.catch(() => {}));
  };
  const isTold = async (ticket: string) => (await visit(ticket)).headers.has("tw-explain");
  expect(await isTold(good)).toBe(true);
  const wrong: string[] = [];
  for (let count = 0; count < FUZZED; count += 1) {
    const ticket = broken(good, rng);
    const answer = await visit(ticket);
    const all = [answer.status, await answer.text(), JSON.stringify([...answer.headers])];
    const isAsEver =
      all[0] === 200 &&
      all[1] === "ok" &&
      all[2] === '[["content-type","text/plain;charset=UTF-8"],["x-origin","one"]]';
    if (!isAsEver) wrong.push(ticket);
  }
  expect([wrong, seen]).toEqual([[], []]);
}, 60_000);

/** Another text than the ticket, of characters that a header may have. */
function broken(ticket: string, rng: () => number): string {
  const at = Math.floor(rng() * ticket.length);
  // What stands last carries bits that no byte has, so another character there may be the same signature.
  const to = Math.min(at + Math.floor(rng() * 5), ticket.length - 2);
  const put = Array.from({ length: Math.floor(rng() * 6) }, () =>
    String.fromCharCode(0x21 + Math.floor(rng() * 0x5d)),
  ).join("");
  const text = ticket.slice(0, Math.min(at, to)) + put + ticket.slice(to);
  return text === ticket ? `${ticket}x` : text;
}
