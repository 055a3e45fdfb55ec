/** A second request for an answer that is late, on the running planet with its distances: an endpoint freezes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { OriginProcess } from "../origins/process.ts";
import { until } from "../workers/edge/harness/until.ts";
import { startPlanet } from "./planet.ts";

const HOST = "www.example";
const COLO = "FRA";
/** Enough for the isolate to know what is usual; each pays a tenth of a token in. */
const LESSONS = 60;
const ASKED = 12;

const origins = ["e1", "e2", "e3"].map((name) => new OriginProcess({ name, pool: "web" }));
let planet: SpawnedPlanet;

beforeAll(async () => {
  await Promise.all(origins.map((origin) => origin.start()));
  const all = origins.map(({ port, options: { name } }) => ({
    name,
    address: "127.0.0.1",
    port,
    locality: { cloud: "gcp", region: "europe-west3" },
  }));
  planet = await startPlanet({
    rtt: true,
    config: {
      pools: { web: { origin_steering: { policy: "random" }, origins: all } },
      load_balancers: { [HOST]: { default_pools: ["web"], fallback_pool: "web" } },
    },
  });
});

afterAll(async () => {
  for (const origin of origins) origin.thaw();
  await planet?.stop();
  await Promise.all(origins.map((origin) => origin.kill()));
});

const get = () => planet.get(HOST, "/bytes/256?seed=1", { colo: COLO });

const hedges = async (): Promise<number> => {
  const { text } = await planet.api("/metrics");
  const lines = text.split("\n").filter((line) => line.startsWith("tradewind_hedges_total{"));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
};

test("nobody is failed by an endpoint that has frozen, and hedges are counted", async () => {
  for (let count = 0; count < LESSONS; count += 1) expect((await get()).status).toBe(200);
  const [frozen] = origins;
  frozen?.freeze();
  const before = await hedges();
  for (let count = 0; count < ASKED; count += 1) {
    const { status, headers } = await get();
    expect(status).toBe(200);
    expect(headers["x-origin"]).not.toBe("e1");
  }
  await until(async () => {
    await get();
    return (await hedges()) > before;
  });
});

test("endpoints are told how long they are waited for, by the edge and not by a visitor", async () => {
  for (const origin of origins) origin.thaw();
  const headers = { "tw-timeout-ms": "31" };
  const { text } = await planet.get(HOST, "/echo", { colo: COLO, headers });
  const told = JSON.parse(text) as { headers: Record<string, string> };
  expect(Number(told.headers["tw-timeout-ms"])).toBeGreaterThanOrEqual(1_000);
});
