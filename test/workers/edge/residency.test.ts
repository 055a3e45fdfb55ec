/** Residency on the whole edge in Node: whatever fails, no endpoint outside is sent anything. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FetchPort } from "../../../workers/ports.ts";
import { compileDocument, routeManifest, toPool } from "./harness/document.ts";
import { type NodeEdge, type NodeEdgeOptions, startNodeEdge } from "./harness/node-edge.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "a.example";
const [EU_PORT, US_PORT, CELLAR_PORT] = [9001, 9002, 9003];

const at = (port: number, locality: object | undefined, more: object = {}) => ({
  origins: [
    {
      name: "only",
      address: "http://127.0.0.1",
      port,
      ...(locality === undefined ? {} : { locality }),
      ...more,
    },
  ],
});
const poolsWith = (ofEu: object = {}) => ({
  eu: at(EU_PORT, { cloud: "aws", region: "eu-central-1" }, ofEu),
  us: at(US_PORT, { cloud: "aws", region: "us-east-1" }),
  cellar: at(CELLAR_PORT, undefined),
});
const balancer = (more: object = {}) => ({
  default_pools: ["us", "cellar", "eu"],
  fallback_pool: "us",
  ...more,
});
const documentWith = (more: object = {}, ofEu: object = {}) => ({
  pools: poolsWith(ofEu),
  load_balancers: { [HOST]: balancer({ residency: ["EU"] }) },
  ...more,
});

function start(document: object, fetch?: FetchPort, options: NodeEdgeOptions = {}): NodeEdge {
  const edge = startNodeEdge({ ...(fetch === undefined ? {} : { fetch }), ...options });
  edge.write(compileDocument(1, document));
  return edge;
}
const portsOf = (edge: NodeEdge) => [
  ...new Set(edge.sent.map(({ url }) => Number(new URL(url).port))),
];
const fails: FetchPort = async () => new Response("no", { status: 503 });
const refuses: FetchPort = async () => {
  throw new TypeError("refused");
};

describe("under a residency", () => {
  test("the first pool of the order, the fallback pool and an unknown place are not used", async () => {
    const edge = start(documentWith());
    expect((await edge.ask(HOST, "/")).status).toBe(200);
    expect(portsOf(edge)).toEqual([EU_PORT]);
  });

  test.each([
    ["answers 503", fails, 503],
    ["refuses", refuses, 502],
  ])(
    "an endpoint inside that %s is tried in panic and as the last resort, and nobody else",
    async (_how, fetch, status) => {
      const edge = start(documentWith(), fetch);
      const statuses: number[] = [];
      for (let count = 0; count < 12; count += 1) statuses.push((await edge.ask(HOST, "/")).status);
      expect(new Set(statuses)).toEqual(new Set([status]));
      expect(edge.sent.length).toBeGreaterThan(12);
      expect(portsOf(edge)).toEqual([EU_PORT]);
    },
  );

  test("nobody left is a problem of its own, and nothing is sent", async () => {
    const edge = start(documentWith({}, { enabled: false }));
    const answer = await edge.ask(HOST, "/");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answer.json()).toMatchObject({ title: "no-resident-endpoint" });
    expect(edge.sent).toEqual([]);
  });

  test("nobody enabled where nobody is left out is the old problem", async () => {
    const pools = { eu: poolsWith({ enabled: false }).eu };
    const load_balancers = { [HOST]: { default_pools: ["eu"], fallback_pool: "eu" } };
    const edge = start({ pools, load_balancers });
    expect(await (await edge.ask(HOST, "/")).json()).toMatchObject({ title: "no-endpoint" });
  });

  const wildcard = (more: object = {}) =>
    routeManifest("r", ["*.example"], [toPool("/", "us", more)]);

  test("a wildcard's route leads the hostname's requests nowhere else", async () => {
    const edge = start(documentWith({ http_routes: [wildcard()] }));
    expect((await edge.ask(HOST, "/")).status).toBe(503);
    expect(edge.sent).toEqual([]);
    expect((await edge.ask("b.example", "/")).status).toBe(200);
    expect(portsOf(edge)).toEqual([US_PORT]);
  });

  test("no copy goes outside, and one that goes inside goes", async () => {
    const filters = ["us", "cellar", "eu"].map((name) => ({
      type: "RequestMirror",
      requestMirror: { backendRef: { name } },
    }));
    const rules = [toPool("/", "eu", { filters })];
    const edge = start(documentWith({ http_routes: [routeManifest("r", [HOST], rules)] }));
    expect((await edge.ask(HOST, "/")).status).toBe(200);
    expect(edge.sent.length).toBe(2);
    expect(portsOf(edge)).toEqual([EU_PORT]);
  });

  test("an error of ours in rules and in deciding fails open to those inside", async () => {
    const { chance } = fakePorts().ports;
    const broken = {
      ...chance,
      uniform: () => {
        throw new Error("ours");
      },
    };
    const random = balancer({ residency: ["EU"], steering_policy: "random" });
    const document = documentWith({
      load_balancers: { [HOST]: random },
      http_routes: [wildcard()],
    });
    const edge = start(document, undefined, { ports: { chance: broken } });
    expect((await edge.ask(HOST, "/")).status).toBe(200);
    expect(portsOf(edge)).toEqual([EU_PORT]);
    const free = documentWith({
      load_balancers: { [HOST]: balancer({ steering_policy: "random" }) },
    });
    const control = start(free, undefined, { ports: { chance: broken } });
    expect((await control.ask(HOST, "/")).status).toBe(200);
    expect(portsOf(control)).toEqual([CELLAR_PORT]);
  });

  test("a session of before goes on inside", async () => {
    const affine = { steering_policy: "off", session_affinity: "cookie" };
    const free = compileDocument(1, documentWith({ load_balancers: { [HOST]: balancer(affine) } }));
    const edge = startNodeEdge();
    edge.write(free);
    const first = await edge.ask(HOST, "/");
    const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect([portsOf(edge), cookie.length > 10]).toEqual([[US_PORT], true]);
    const bound = balancer({ ...affine, residency: ["EU"] });
    const later = startNodeEdge();
    later.write(
      compileDocument(2, documentWith({ load_balancers: { [HOST]: bound } }), free.table),
    );
    const second = await later.ask(HOST, "/", { headers: { cookie } });
    expect(portsOf(later)).toEqual([EU_PORT]);
    expect(second.headers.get("set-cookie")).not.toBeNull();
  });

  test("a cold isolate with nothing but a baked snapshot obeys it", async () => {
    const { manifest, shards } = compileDocument(1, documentWith());
    const byHash = Object.fromEntries(Object.values(shards).map((one) => [one.hash, one]));
    const edge = startNodeEdge({ baked: { manifest, shards: byHash } });
    expect((await edge.ask(HOST, "/")).status).toBe(200);
    expect(portsOf(edge)).toEqual([EU_PORT]);
  });

  test("a snapshot without the field sends where it always did", async () => {
    const edge = start(documentWith({ load_balancers: { [HOST]: balancer() } }));
    expect((await edge.ask(HOST, "/")).status).toBe(200);
    expect(portsOf(edge)).toEqual([US_PORT]);
  });
});
