/** Decisions that were recorded under real traffic, with rules, sessions, routes and a dying endpoint, are made again. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRecording } from "../../local/replay/recording-file.ts";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { compare } from "../../routing/replay/comparison.ts";
import { OriginProcess } from "../origins/process.ts";
import { runCommand } from "./command.ts";
import { startPlanet } from "./planet.ts";

const HOST = "shop.example";
const COLOS = ["FRA", "LHR", "IAD", "NRT"];
/** As many as show every way to a decision; each takes about a hundred requests. */
const DECISIONS = 12;
const ROUNDS_MAX = 100;

const origins = {
  eu1: new OriginProcess({ name: "eu1", pool: "eu" }),
  eu2: new OriginProcess({ name: "eu2", pool: "eu" }),
  us1: new OriginProcess({ name: "us1", pool: "us" }),
};
let planet: SpawnedPlanet;

const originOf = (name: keyof typeof origins) => ({
  name,
  address: "127.0.0.1",
  port: origins[name].port,
});

const document = () => ({
  monitors: {
    tcp: { type: "tcp", interval: 1, timeout: 1, consecutive_up: 1, consecutive_down: 1 },
  },
  pools: {
    eu: { monitor: "tcp", origins: [originOf("eu1"), originOf("eu2")] },
    us: { monitor: "tcp", origin_steering: { policy: "hash" }, origins: [originOf("us1")] },
  },
  load_balancers: {
    [HOST]: {
      default_pools: ["eu", "us"],
      fallback_pool: "us",
      steering_policy: "dynamic_latency",
      rules: [
        {
          name: "random",
          condition: 'starts_with(http.request.uri.path, "/random")',
          overrides: { steering_policy: "random" },
        },
        {
          name: "held",
          condition: 'starts_with(http.request.uri.path, "/held")',
          overrides: {
            session_affinity: "header",
            session_affinity_attributes: { headers: ["x-user"] },
          },
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
        hostnames: [HOST],
        rules: [
          { matches: [{ path: { value: "/pool" } }], backendRefs: [{ kind: "Pool", name: "us" }] },
        ],
      },
    },
  ],
});

beforeAll(async () => {
  await Promise.all(Object.values(origins).map((origin) => origin.start()));
  planet = await startPlanet({ config: document() });
});
afterAll(async () => {
  await planet?.stop();
  await Promise.all(Object.values(origins).map((origin) => origin.kill()));
});

const PATHS = ["/echo", "/random/echo", "/held/echo", "/pool/echo"];
const SECRETS = ["user-secret", "cookie-secret"];

const round = (number: number) =>
  Promise.all(
    COLOS.flatMap((colo) =>
      PATHS.map((path) => {
        const headers = { "x-user": `user-secret-${number}`, cookie: "a=cookie-secret" };
        return planet.get(HOST, path, { colo, headers });
      }),
    ),
  );

const recorded = async () => (await planet.api(`/v1/decisions?host=${HOST}`)).text;

const compared = (text: string) => {
  const recording = readRecording(text);
  if (!recording.ok) throw new Error(recording.error);
  const { records, shards } = recording.value;
  return compare(records, (name) => shards.get(name) ?? null, { steering: "off" });
};

/** Four isolates' traffic until enough is recorded and told; one endpoint dies on the way. */
async function recordEnough(): Promise<string> {
  for (let number = 0; number < ROUNDS_MAX; number += 1) {
    for (let count = 0; count < 5; count += 1) await round(number);
    if (number === 2) await origins.eu1.kill();
    const text = await recorded();
    if (compared(text).records >= DECISIONS) return text;
  }
  throw new Error(`fewer than ${DECISIONS} decisions after ${ROUNDS_MAX} rounds`);
}

const run = (...args: string[]) => runCommand("replay", planet, args);

test("every decision recorded under traffic is made again, byte for byte, and none tells who asked", async () => {
  const text = await recordEnough();
  const found = compared(text);
  expect({ ...found, shares: [] }).toMatchObject({
    agreed: found.records,
    disagreed: [],
    skipped: new Map(),
  });
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  // Told from a file and from the planet itself.
  const folder = mkdtempSync(join(tmpdir(), "tradewind-"));
  try {
    const file = join(folder, "decisions.json");
    writeFileSync(file, text);
    const { code, out } = await run("--from", file, "--policy", "off");
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`agree     ${found.records} of ${found.records}`),
    ]);
    expect(out).toContain("if it were off:");
  } finally {
    rmSync(folder, { recursive: true });
  }
  const live = await run("--from", `${planet.central}/v1/decisions?host=${HOST}`);
  expect([live.code, live.out]).toEqual([0, expect.stringMatching(/agree {5}(\d+) of \1 /)]);
});

test("what cannot be replayed is said in a line", async () => {
  const { code, out } = await run("--from", `${planet.central}/v1/events`);
  expect([code, out]).toEqual([1, expect.stringContaining("not an answer of /v1/decisions")]);
  const missing = await run("--from", "/nowhere.json");
  expect([missing.code, missing.out]).toEqual([1, expect.stringContaining("/nowhere.json")]);
});
