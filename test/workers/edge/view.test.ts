import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { COLD_START_MS, SCHEMA } from "../../../routing/limits.ts";
import { manifestKey, shardKey, viewKey } from "../../../routing/names.ts";
import { toStored } from "../../../routing/snapshot.ts";
import { Snapshot } from "../../../workers/edge/snapshot.ts";
import { fakePorts } from "./harness/ports.ts";
import { compile } from "./harness/table.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "www.example";
const VIEW = { schema: SCHEMA, region: "weur", asOfMs: 1, health: {}, latencyMs: {} };

/** A cold isolate whose KV takes this long for the region's view and no time for the rest; when its first request goes on. */
async function cold(viewMs: number) {
  const fake = fakePorts();
  const { manifest, shards } = compile(1, { [HOST]: { pools: [[80]] } });
  for (const shard of Object.values(shards)) fake.kv.set(shardKey(shard.hash), toStored(shard));
  fake.kv.set(manifestKey("default"), toStored(manifest));
  const get = async (key: string) => {
    if (key !== viewKey("weur")) return fake.ports.kv.get(key);
    await fake.ports.timers.wait(viewMs);
    return JSON.stringify(VIEW);
  };
  const ports = { ...fake.ports, kv: { ...fake.ports.kv, get } };
  const snapshot = new Snapshot(ports, "default", { colo: "FRA", region: "weur" });
  const startMs = Date.now();
  const found = snapshot.find(HOST, () => {}).then(() => Date.now() - startMs);
  await vi.advanceTimersByTimeAsync(1_000);
  return { tookMs: await found, knows: snapshot.held.view !== null };
}

describe("the first request of a cold isolate", () => {
  test("is steered by its region's view, which comes a little after the snapshot", async () => {
    expect(await cold(30)).toEqual({ tookMs: 30, knows: true });
  });

  test("waits for a view no longer than a cold start may take", async () => {
    expect((await cold(900)).tookMs).toBe(COLD_START_MS);
  });
});
