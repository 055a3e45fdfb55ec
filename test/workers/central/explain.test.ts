import { describe, expect, test } from "vitest";
import type { Explanation } from "../../../routing/explain/explain.ts";
import { fromBase64Url, readTicket, TICKET_MS } from "../../../routing/explain/ticket.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { KEY_AGE_MS_MAX } from "../../../workers/central/explain/signer.ts";
import { compiledOf, planet, putJson, START_MS } from "./planet.ts";

const DOCUMENT = {
  pools: {
    eu: {
      origins: [
        { name: "a", address: "a.example.com" },
        { name: "b", address: "b.example.com" },
      ],
    },
    us: { origins: [{ name: "c", address: "c.example.com" }] },
  },
  load_balancers: {
    "shop.example": {
      default_pools: ["eu", "us"],
      fallback_pool: "us",
      steering_policy: "off",
      rules: [
        {
          name: "beta",
          condition: 'http.request.headers["x-beta"][0] eq "1"',
          overrides: { default_pools: ["us"] },
        },
        {
          name: "claimed",
          condition: 'http.request.headers["x-real-ip"][0] eq "192.0.2.9"',
          fixed_response: { status_code: 403 },
        },
        {
          name: "gone",
          condition: 'http.request.uri.path eq "/gone"',
          fixed_response: { status_code: 410 },
        },
      ],
    },
  },
  http_routes: [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "cart" },
      spec: {
        hostnames: ["shop.example"],
        rules: [
          {
            matches: [
              {
                path: { type: "PathPrefix", value: "/cart" },
                headers: [{ name: "x-new", value: "1" }],
              },
            ],
            backendRefs: [{ kind: "Pool", name: "us" }],
          },
        ],
      },
    },
  ],
};

type Explained = Explanation & { known: Record<string, unknown> };

async function configured() {
  const at = planet();
  await at.ask("/v1/config", putJson(DOCUMENT));
  const post = (path: string, body: unknown) => at.ask(path, { ...putJson(body), method: "POST" });
  const explained = async (body: object) => {
    const answer = await post("/v1/explain", { colo: "FRA", ...body });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Explained;
  };
  return { ...at, post, explained };
}

describe("POST /v1/explain", () => {
  test("names the rule, what came close, the pool and the endpoint", async () => {
    const { explained } = await configured();
    const url = "https://shop.example/cart/1?v=2";
    expect(await explained({ url, headers: { "X-New": "1" } })).toMatchObject({
      version: 1,
      outcome: "forward",
      route: { name: "cart", rule: 0, match: "PathPrefix /cart, header x-new" },
      pool: "us",
      endpoint: "c",
    });
    expect(await explained({ url })).toMatchObject({
      route: null,
      close: [{ name: "cart", lacks: "header x-new", loses: null }],
      pool: "eu",
    });
  });

  test("takes a URL or its parts, and what the client is", async () => {
    const { explained } = await configured();
    const whole = await explained({
      url: "http://Shop.Example./gone?a#b",
      client: { proto: "http" },
    });
    const parts = await explained({
      host: "shop.example",
      path: "/gone",
      query: "a",
      client: { proto: "http" },
    });
    expect(parts).toEqual(whole);
    expect(whole).toMatchObject({
      outcome: "answer",
      answer: { by: "fixed-response", status: 410 },
    });
  });

  test("obeys no header that the edge drops", async () => {
    const { explained } = await configured();
    const headers = { "X-Beta": "1", "tw-explain": "v1.a.b", "X-Real-IP": "192.0.2.9" };
    const { rules, pool } = await explained({ url: "https://shop.example/", headers });
    expect(rules.map(({ verdict }) => verdict)).toEqual(["met", "unmet", "unmet"]);
    expect(pool).toBe("us");
  });

  test("knows what the colo's region knows, and of a colo that reports the version", async () => {
    const { explained, world } = await configured();
    const { table } = compiledOf(world);
    const [a, b] = (table.pools.find(({ name }) => name === "eu")?.origins ?? []).map(
      ({ id }) => id,
    ) as [EndpointId, EndpointId];
    const reporter = {
      colo: "FRA",
      isolate: "i",
      heardAtMs: START_MS,
      version: table.version,
      snapshotAgeMs: 0,
      budgets: {},
    };
    world.statuses.set("weur", {
      health: {
        [a]: { healthy: false, changedAtMs: START_MS, observedAtMs: START_MS, reason: "refused" },
      },
      latencyMs: { FRA: { [b]: { ms: 12, atMs: START_MS } } },
      reporters: [reporter],
    });
    expect(await explained({ url: "https://shop.example/" })).toMatchObject({
      endpoint: "b",
      candidates: [{ endpoint: "b", estimate_ms: 12 }, {}, {}],
      pools: [
        {
          pool: "eu",
          endpoints: [{ endpoint: "a", standing: "unhealthy", reason: "refused" }, {}],
        },
        {},
      ],
      known: {
        colo: "FRA",
        colo_version: 1,
        region: "weur",
        reachable: true,
        as_of: "2026-11-23T10:00:00.000Z",
      },
    });
  });

  test("knows what the colo's region has ejected, and why", async () => {
    const { explained, world } = await configured();
    const { table } = compiledOf(world);
    const [a] = table.pools.find(({ name }) => name === "eu")?.origins ?? [];
    const ejection = { untilMs: START_MS + 60_000, reason: "30 % of 100 requests failed" };
    world.statuses.set("weur", { ejected: { [a?.id ?? ""]: ejection } });
    const { endpoint, pools } = await explained({ url: "https://shop.example/" });
    expect(endpoint).toBe("b");
    expect(pools[0]?.endpoints[0]).toMatchObject({
      endpoint: "a",
      standing: "ejected",
      reason: "30 % of 100 requests failed",
    });
  });

  test("says of a region that does not answer that it does not, and explains what it can", async () => {
    const { explained, world } = await configured();
    world.brokenRegions.add("weur");
    expect(await explained({ url: "https://shop.example/" })).toMatchObject({
      pool: "eu",
      known: { region: "weur", reachable: false, as_of: null, colo_version: null },
    });
  });

  test("tells of a host that nobody serves, and of no configuration at all", async () => {
    const { explained } = await configured();
    expect(await explained({ url: "https://other.example/" })).toMatchObject({
      outcome: "unknown-host",
    });
    const empty = planet();
    const body = { ...putJson({ url: "https://a.example/", colo: "FRA" }), method: "POST" };
    expect((await empty.ask("/v1/explain", body)).status).toBe(404);
  });

  test("refuses with every mistake at once, each with its pointer", async () => {
    const { post } = await configured();
    const answer = await post("/v1/explain", {
      method: "GET IT",
      url: "https://a@shop.example/",
      path: "x",
      headers: { "x y": "1", "x-long": 7 },
      client: { ip: "1.2.3", country: "Germany", lat: 91, proto: "ftp", age: 7 },
      colo: "fra",
      extra: 1,
    });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
    const client = ["age", "country", "ip", "lat", "proto"].map((field) => `/client/${field}`);
    const pointers = new Set(errors.map(({ pointer }) => pointer));
    const expected = [
      "/colo",
      "/extra",
      "/headers/x y",
      "/headers/x-long",
      "/method",
      "/path",
      "/url",
      ...client,
    ];
    expect([...pointers].sort()).toEqual(expected.sort());
  });

  test.each([
    [{}, "/url"],
    [{ url: "https://shop.example/", host: "shop.example" }, "/url"],
    [{ url: "https://shop.example/", query: "a" }, "/path"],
    [{ url: "ftp://shop.example/" }, "/url"],
    [{ host: "shop.example/x" }, "/host"],
    [{ host: "shop.example:99999" }, "/host"],
  ])("refuses %j at %s", async (body, pointer) => {
    const answer = await (await configured()).post("/v1/explain", { colo: "FRA", ...body });
    expect([answer.status, await answer.json()]).toMatchObject([422, { errors: [{ pointer }] }]);
  });
});

describe("POST /v1/explain/tickets", () => {
  const issue = async (at: Awaited<ReturnType<typeof configured>>, hostname = "shop.example") => {
    const answer = await at.post("/v1/explain/tickets", { hostname });
    return {
      status: answer.status,
      body: (await answer.json()) as Record<string, string & number>,
    };
  };

  test("gives a ticket that the key in the manifest verifies, for one host and five minutes", async () => {
    const at = await configured();
    const { status, body } = await issue(at, "Shop.example.");
    expect([status, body]).toMatchObject([
      201,
      { hostname: "shop.example", header: "tw-explain", version: 2 },
    ]);
    const ticket = readTicket(body["ticket"] ?? "");
    expect(ticket).toMatchObject({ host: "shop.example", untilMs: START_MS + TICKET_MS });
    const snapshot = await at.ports.objects.config("default").snapshot("shop.example");
    const [key = ""] = (JSON.parse(snapshot?.manifest.text ?? "{}") as { explain_keys: string[] })
      .explain_keys;
    const algorithm = { name: "Ed25519" };
    const bytes = fromBase64Url(key) ?? new Uint8Array();
    const publicKey = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
    if (ticket === null) throw new Error("it is a ticket");
    expect(await crypto.subtle.verify(algorithm, publicKey, ticket.signature, ticket.signed)).toBe(
      true,
    );
  });

  test("makes one key and one version however many are asked for, also at once", async () => {
    const at = await configured();
    const issued = await Promise.all(Array.from({ length: 5 }, () => issue(at)));
    const keys = new Set(issued.map(({ body }) => readTicket(body["ticket"] ?? "")?.key));
    expect([keys.size, at.world.documents.length]).toEqual([1, 2]);
    expect((await issue(at)).body["version"]).toBe(2);
  });

  test("changes its key when that is old, and the one before stays known", async () => {
    const at = await configured();
    const before = (await issue(at)).body;
    at.world.nowMs += KEY_AGE_MS_MAX;
    const after = (await issue(at)).body;
    expect([before["version"], after["version"]]).toEqual([2, 3]);
    expect(readTicket(after["ticket"] ?? "")?.key).not.toBe(
      readTicket(before["ticket"] ?? "")?.key,
    );
    const snapshot = await at.ports.objects.config("default").snapshot("shop.example");
    expect(JSON.parse(snapshot?.manifest.text ?? "{}")).toMatchObject({
      explain_keys: [{}, {}].map(() => expect.any(String)),
    });
  });

  test("gives none for a host that is not served, and tells nothing of the key", async () => {
    const at = await configured();
    expect(await issue(at, "other.example")).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/hostname" }] },
    });
    expect(at.world.documents).toHaveLength(1);
    const { body } = await issue(at);
    expect(Object.keys(body).sort()).toEqual([
      "expires_at",
      "header",
      "hostname",
      "ticket",
      "version",
    ]);
  });
});
