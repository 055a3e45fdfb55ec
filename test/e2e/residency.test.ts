/** Residency on the running planet, with its distances: Europe burns, and America is never asked. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { OriginProcess } from "../origins/process.ts";
import { until } from "../workers/edge/harness/until.ts";
import { startPlanet } from "./planet.ts";

const BOUND = "bound.example";
const FREE = "free.example";
const SOON_MS = 30_000;
const ROUNDS = 5;
/** Who is where does not matter, nor whether anybody knows: the second has no country, the third comes through Tor. */
const VISITORS = [
  { colo: "FRA", headers: { "tw-client": "country=DE" } },
  { colo: "FRA", headers: {} },
  { colo: "NRT", headers: { "tw-client": "country=T1" } },
  { colo: "IAD", headers: { "tw-client": "country=US" } },
] as const;

const european = ["e1", "e2"].map((name) => new OriginProcess({ name, pool: "eu" }));
let american = 0;
const america = createServer((_request, response) => {
  american += 1;
  response.end("america");
});
let planet: SpawnedPlanet;

const documentOf = (enabled: boolean) => ({
  pools: {
    eu: {
      origins: european.map(({ port, options: { name } }) => ({
        ...{ name, address: "127.0.0.1", port, enabled },
        locality: { cloud: "aws", region: "eu-central-1" },
      })),
    },
    // Not probed: whatever it is asked, a visitor's request was sent to it.
    us: {
      origins: [
        {
          ...{ name: "u1", address: "127.0.0.1", port: (america.address() as AddressInfo).port },
          locality: { cloud: "gcp", region: "us-east4" },
        },
      ],
    },
  },
  load_balancers: {
    [BOUND]: { default_pools: ["us", "eu"], fallback_pool: "us", residency: ["EU"] },
    [FREE]: { default_pools: ["eu", "us"], fallback_pool: "us" },
  },
  http_routes: [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "copied" },
      spec: {
        hostnames: ["*.example"],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/copied" } }],
            filters: [{ type: "RequestMirror", requestMirror: { backendRef: { name: "us" } } }],
            backendRefs: [{ name: "eu" }, { name: "us" }],
          },
        ],
      },
    },
  ],
});

const put = (enabled: boolean, query = "") =>
  planet.api(`/v1/config${query}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(documentOf(enabled)),
  });

/** Everybody asks for both paths; the answers as `status title`. */
async function everybody(host: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const visitor of VISITORS) {
      for (const path of ["/", "/copied"]) {
        const { status, text } = await planet.get(host, path, visitor);
        found.add(text.startsWith("{") ? `${status} ${JSON.parse(text).title ?? ""}` : `${status}`);
      }
    }
  }
  return [...found].sort();
}

beforeAll(async () => {
  await Promise.all(european.map((origin) => origin.start()));
  await new Promise<void>((resolve) => void america.listen(0, "127.0.0.1", resolve));
  planet = await startPlanet({ rtt: true });
  expect((await put(true)).status).toBeLessThan(300);
  for (const { colo } of VISITORS) {
    const isThere = async () => (await planet.get(BOUND, "/", { colo })).status === 200;
    await until(isThere, SOON_MS);
  }
});
afterAll(async () => {
  await planet?.stop();
  await Promise.all(european.map((origin) => origin.kill()));
  america.close();
});

describe("while Europe burns", () => {
  test("nobody's request reaches America, from old isolates and new ones", async () => {
    american = 0;
    await Promise.all(european.map((origin) => origin.kill()));
    const old = await everybody(BOUND);
    await planet.fault("isolate", "all", "recycle");
    const fresh = await everybody(BOUND);
    // The share of the route that goes to `us` has nobody left at all.
    for (const seen of [old, fresh]) {
      expect(seen.filter((one) => !/^50[234] /.test(one))).toEqual([]);
      expect(seen).toContain("503 no-resident-endpoint");
    }
    expect(american).toBe(0);
  });

  test("a host without residency is served by America, so that the test above could have failed", async () => {
    expect((await planet.get(FREE, "/", VISITORS[0])).status).toBe(200);
    expect(american).toBeGreaterThan(0);
  });
});

describe("when Europe", () => {
  test("is back, it serves", async () => {
    await Promise.all(european.map((origin) => origin.start()));
    for (const visitor of VISITORS) {
      await until(async () => (await planet.get(BOUND, "/", visitor)).status === 200, SOON_MS);
    }
  });

  test("is disabled, nobody is left, and explain names who may not serve", async () => {
    const refused = await put(false);
    expect([refused.status, refused.text.includes("force=true")]).toEqual([409, true]);
    const answer = await put(false, "?force=true");
    expect(answer.status < 300 ? "" : answer.text).toBe("");
    expect(answer.text).toContain(`may serve ${BOUND}`);
    american = 0;
    const isLeft = async () => (await planet.get(BOUND, "/", VISITORS[0])).text;
    await until(async () => (await isLeft()).includes("no-resident-endpoint"), SOON_MS);
    expect(american).toBe(0);
    const told = await planet.api("/v1/explain", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: `http://${BOUND}/`, colo: "FRA" }),
    });
    expect(JSON.parse(told.text)).toMatchObject({
      outcome: "no-endpoint",
      steering: { residencies: [["EU"]], outside: 1 },
      candidates: [],
    });
  });
});
