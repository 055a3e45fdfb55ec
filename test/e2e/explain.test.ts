/** What an explanation says is what a request then meets, on a whole planet. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answered } from "../../local/explain/print.ts";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { OriginProcess } from "../origins/process.ts";
import { runCommand } from "./command.ts";
import { startPlanet } from "./planet.ts";

const HOST = "shop.example";
const origins = {
  eu1: new OriginProcess({ name: "eu1", pool: "eu" }),
  eu2: new OriginProcess({ name: "eu2", pool: "eu" }),
  us1: new OriginProcess({ name: "us1", pool: "us" }),
};
let planet: SpawnedPlanet;

const originOf = (name: keyof typeof origins, priority: number) => ({
  name,
  address: "127.0.0.1",
  port: origins[name].port,
  priority,
});

/** Nothing here is left to chance: pools in order, endpoints by priority. */
const document = () => ({
  monitors: {
    tcp: {
      type: "tcp",
      interval: 1,
      timeout: 1,
      retries: 0,
      consecutive_up: 1,
      consecutive_down: 1,
    },
  },
  pools: {
    eu: { monitor: "tcp", origins: [originOf("eu1", 0), originOf("eu2", 1)] },
    us: { monitor: "tcp", origins: [originOf("us1", 0)] },
  },
  load_balancers: {
    [HOST]: {
      default_pools: ["eu", "us"],
      fallback_pool: "us",
      steering_policy: "geo",
      pop_pools: { SYD: ["us"] },
      rules: [
        {
          name: "beta",
          condition: 'http.request.headers["x-beta"][0] eq "1"',
          overrides: { steering_policy: "off", default_pools: ["us", "eu"] },
        },
        {
          name: "gone",
          condition: 'http.request.uri.path eq "/gone"',
          fixed_response: { status_code: 410, message_body: "gone" },
        },
      ],
    },
  },
  http_routes: [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "shop" },
      spec: {
        hostnames: [HOST, "*.wild.example"],
        rules: [
          { matches: [{ path: { value: "/cart" } }], backendRefs: [{ kind: "Pool", name: "us" }] },
          {
            matches: [{ path: { value: "/old" } }],
            filters: [
              {
                type: "RequestRedirect",
                requestRedirect: {
                  path: { type: "ReplaceFullPath", replaceFullPath: "/new" },
                  statusCode: 301,
                },
              },
            ],
          },
          {
            matches: [{ path: { value: "/broken" } }],
            backendRefs: [{ kind: "Pool", name: "nowhere" }],
          },
          {
            matches: [{ path: { value: "/double" }, headers: [{ name: "x-beta", value: "1" }] }],
            backendRefs: [{ kind: "LoadBalancer", name: HOST }],
          },
        ],
      },
    },
  ],
});

const post = async <T>(path: string, body: object): Promise<T> => {
  const headers = { "content-type": "application/json" };
  const answer = await planet.api(path, { method: "POST", headers, body: JSON.stringify(body) });
  expect([answer.status, answer.text]).toEqual([
    expect.toSatisfy((status) => status < 300),
    answer.text,
  ]);
  return JSON.parse(answer.text) as T;
};

interface Asked {
  readonly path: string;
  readonly host?: string;
  readonly colo?: string;
  readonly headers?: Record<string, string>;
}

const explained = ({ path, host = HOST, colo = "FRA", headers = {} }: Asked) =>
  post<Answered>("/v1/explain", {
    url: `http://${host}${path}`,
    colo,
    headers,
    client: { proto: "http" },
  });

const STATUSES = {
  forward: 200,
  fail: 500,
  "no-endpoint": 503,
  overloaded: 503,
  "not-found": 404,
  "unknown-host": 421,
};

/** The explanation, and the visit that it speaks of. */
async function expectTrue(asked: Asked): Promise<Answered> {
  const { path, host = HOST, colo = "FRA", headers = {} } = asked;
  const told = await explained(asked);
  const met = await planet.get(host, path, { colo, headers });
  const status = told.outcome === "answer" ? told.answer?.status : STATUSES[told.outcome];
  const origin = told.outcome === "forward" ? told.endpoint : undefined;
  expect([asked, met.status, met.headers["x-origin"]]).toEqual([
    asked,
    status,
    origin ?? undefined,
  ]);
  return told;
}

beforeAll(async () => {
  await Promise.all(Object.values(origins).map((origin) => origin.start()));
  planet = await startPlanet({ config: document() });
});
afterAll(async () => {
  await planet?.stop();
  await Promise.all(Object.values(origins).map((origin) => origin.kill()));
});

const beta = { "x-beta": "1" };

describe("a request meets what its explanation says", () => {
  test.each<[string, Asked, object]>([
    [
      "the load balancer's first pool",
      { path: "/echo" },
      { pool: "eu", endpoint: "eu1", route: null },
    ],
    ["the pool of its place", { path: "/echo", colo: "SYD" }, { pool: "us" }],
    [
      "a rule that overrides",
      { path: "/echo", headers: beta },
      { pool: "us", rules: [{ verdict: "met" }, { verdict: "unmet" }] },
    ],
    [
      "a rule that answers",
      { path: "/gone" },
      { outcome: "answer", answer: { by: "fixed-response" } },
    ],
    ["a route to a pool", { path: "/cart/echo" }, { pool: "us", route: { name: "shop", rule: 0 } }],
    [
      "a route that redirects",
      { path: "/old/x" },
      { outcome: "answer", answer: { by: "redirect" } },
    ],
    [
      "a route to nothing",
      { path: "/broken" },
      { outcome: "fail", route: { targets: [{ exists: false }] } },
    ],
    [
      "a route to a load balancer, whose rules are asked",
      { path: "/double", headers: beta },
      { pool: "us", route: { rule: 3 } },
    ],
    [
      "a route that came close",
      { path: "/double" },
      { pool: "eu", close: [{ rule: 3, lacks: "header x-beta" }] },
    ],
    [
      "a wildcard",
      { path: "/cart", host: "a.wild.example" },
      { pool: "us", hostnames: ["*.wild.example"] },
    ],
    ["nothing", { path: "/", host: "a.wild.example" }, { outcome: "not-found" }],
    ["no such host", { path: "/", host: "other.example" }, { outcome: "unknown-host" }],
  ])("%s", async (_name, asked, fields) => {
    expect(await expectTrue(asked)).toMatchObject(fields);
  });
});

test("the holder of a ticket is told what served the request; the endpoint never sees the ticket", async () => {
  const { ticket } = await post<{ ticket: string }>("/v1/explain/tickets", { hostname: HOST });
  const visit = () => planet.get(HOST, "/echo", { colo: "FRA", headers: { "tw-explain": ticket } });
  // The key travels with the next beat of the isolate.
  await expect
    .poll(async () => (await visit()).headers["tw-explain"], { timeout: 15_000 })
    .toBeDefined();
  const { headers, text } = await visit();
  expect(JSON.parse(String(headers["tw-explain"]))).toMatchObject({
    colo: "FRA",
    status: 200,
    pool: "eu",
    endpoint: headers["x-origin"],
    attempts: [{ outcome: "success" }],
  });
  expect(text).not.toContain(ticket);
  const other = await planet.get("a.wild.example", "/cart", { headers: { "tw-explain": ticket } });
  expect(other.headers["tw-explain"]).toBeUndefined();
});

describe("npm run explain", () => {
  const run = (...args: string[]) => runCommand("explain", planet, args);

  test("prints it for a person", async () => {
    const { code, out } = await run("--url", `http://${HOST}/cart/1`, "--colo", "NRT");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^shop\.example\/cart\/1 at NRT, version \d+: us\/us1\n {2}route +default\/shop rule 0 /,
    );
  });

  test("sends the request itself when it is asked to", async () => {
    const { code, out } = await run("--url", `http://${HOST}/echo`, "--colo", "FRA", "--live");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ colo: "FRA", pool: "eu" });
  });

  test("says what is wrong with what it was given", async () => {
    const { code, out } = await run("--url", "ftp://x", "--colo", "fra");
    expect(code).toBe(1);
    expect(out).toContain("/url:");
    expect(out).toContain("/colo:");
  });
});

/** Last, because what it kills stays dead. */
describe("a dead endpoint", () => {
  test("is explained as such as soon as the region says so, and the request meets the next", async () => {
    await origins.eu1.kill();
    const health = async () => (await explained({ path: "/echo" })).pools[0]?.endpoints[0]?.health;
    await expect.poll(health, { timeout: 20_000, interval: 200 }).toBe("unhealthy");
    await expect
      .poll(async () => (await planet.get(HOST, "/echo", { colo: "FRA" })).headers["x-origin"])
      .toBe("eu2");
    const told = await expectTrue({ path: "/echo" });
    expect(told).toMatchObject({
      endpoint: "eu2",
      pools: [
        {
          endpoints: [
            { endpoint: "eu1", standing: "unhealthy" },
            { endpoint: "eu2", standing: "admitted" },
          ],
        },
        {},
      ],
    });
  });

  test("of a region that is silent is not known, and that is said", async () => {
    await planet.fault("region", "weur", "stop");
    const { known, pools } = await explained({ path: "/echo" });
    expect(known).toMatchObject({ region: "weur", reachable: false });
    expect(pools[0]?.endpoints[0]).toMatchObject({ health: "unknown" });
    await planet.fault("heal");
  });
});
