/** An evacuation on the running planet under light traffic: nobody notices, its progress comes to an end, and its undo brings all back. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { OriginProcess } from "../origins/process.ts";
import { runCommand } from "./command.ts";
import { startPlanet } from "./planet.ts";

const HOST = "shop.example";
/** Four steps are half a minute, and what was measured is gone ten seconds later. */
const SOON = { timeout: 100_000, interval: 250 };
const LONG_MS = 240_000;
/** From three colos of three regions in turn: some 30 requests a second in all. */
const COLOS = ["FRA", "IAD", "SIN"];
const PAUSE_MS = 30;

const near = new OriginProcess({ name: "near", pool: "near" });
const far = new OriginProcess({ name: "far", pool: "far" });
let planet: SpawnedPlanet;

const origin = (
  { port, options: { name } }: OriginProcess,
  region: string,
  capacity_rps: number,
) => ({
  ...{ name, address: "127.0.0.1", port, capacity_rps },
  locality: { cloud: "aws", region },
});
const documentOf = (farCapacityRps: number) => ({
  pools: {
    near: { origins: [origin(near, "eu-central-1", 10_000)] },
    far: { origins: [origin(far, "us-east-1", farCapacityRps)] },
  },
  load_balancers: {
    [HOST]: { default_pools: ["near", "far"], fallback_pool: "far", steering_policy: "off" },
  },
});

beforeAll(async () => {
  await Promise.all([near.start(), far.start()]);
  planet = await startPlanet({ config: documentOf(10_000) });
});
afterAll(async () => {
  await planet?.stop();
  await Promise.all([near.kill(), far.kill()]);
});

/** Requests one after the other until it is stopped; the answer that each got. */
function traffic() {
  const statuses: number[] = [];
  const origins: string[] = [];
  let isOver = false;
  const run = async () => {
    for (let count = 0; !isOver; count += 1) {
      const colo = COLOS[count % COLOS.length] ?? "FRA";
      const { status, headers } = await planet.get(HOST, "/", { colo });
      statuses.push(status);
      origins.push(String(headers["x-origin"]));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const done = run();
  const stop = async () => {
    isOver = true;
    await done;
    return statuses.filter((status) => status !== 200);
  };
  return { stop, last: () => origins.slice(-2 * COLOS.length) };
}

async function call<T>(
  path: string,
  method = "GET",
  body?: object,
): Promise<{ status: number; told: T }> {
  const { status, text } = await planet.api(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { status, told: JSON.parse(text) as T };
}

interface Evacuation {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
  readonly progress: {
    readonly rps: number;
    readonly rps_before: number;
    readonly share: number;
    readonly done: boolean;
  };
}

describe("a pool is evacuated under traffic", () => {
  test(
    "without a failed request, with progress to nothing, and the undo brings it back",
    async () => {
      const visitors = traffic();
      const rpsOf = async (pool: string) => {
        const { told } = await call<{ now: { pools: { pool: string; rps: number }[] } }>(
          "/v1/capacity",
        );
        return told.now.pools.find((one) => one.pool === pool)?.rps ?? 0;
      };
      await expect.poll(() => rpsOf("near"), SOON).toBeGreaterThan(1);

      const order = { pool: "near", reason: "an exercise" };
      const dry = await call<{ after: { pools: { pool: string; share: number }[] } }>(
        "/v1/evacuations?dry_run=true",
        "POST",
        order,
      );
      expect(dry.told.after.pools.map(({ pool, share }) => [pool, share])).toEqual([
        ["far", 1],
        ["near", 0],
      ]);
      const { status, told } = await call<Evacuation>("/v1/evacuations", "POST", order);
      expect([status, told.status, told.progress.done]).toEqual([201, "standing", false]);
      expect(told.progress.rps_before).toBeGreaterThan(1);
      const progress = async () =>
        (await call<Evacuation>(`/v1/evacuations/${told.id}`)).told.progress;
      const shareLeft = async () => (await progress()).share;
      await expect.poll(shareLeft, SOON).toBeLessThan(0.9);
      expect((await progress()).done).toBe(false);
      await expect.poll(async () => (await progress()).done, SOON).toBe(true);
      expect((await progress()).rps).toBe(0);
      expect(new Set(visitors.last())).toEqual(new Set(["far"]));
      const drains = await call<{ drains: { pool: string; done: boolean }[] }>("/v1/drains");
      expect(drains.told.drains).toMatchObject([{ pool: "near", endpoint: null, done: true }]);

      const undone = await call<Evacuation>(`/v1/evacuations/${told.id}/undo`, "POST");
      expect([undone.status, undone.told.status]).toEqual([200, "undone"]);
      await expect.poll(() => new Set(visitors.last()), SOON).toEqual(new Set(["near"]));
      expect(await visitors.stop()).toEqual([]);
    },
    LONG_MS,
  );

  test("to where it does not fit is refused with the numbers", async () => {
    const visitors = traffic();
    expect((await call("/v1/config", "PUT", documentOf(1))).status).toBe(200);
    const order = { region: "eu-central-1", reason: "an exercise" };
    const tried = async () => (await call<Evacuation>("/v1/evacuations", "POST", order)).status;
    const shown = async () => {
      const { told } = await call<{ objections: object[] }>(
        "/v1/evacuations?dry_run=true",
        "POST",
        order,
      );
      return told.objections;
    };
    await expect
      .poll(shown, SOON)
      .toMatchObject([{ guard: "capacity", pool: "far", capacity_rps: 1 }]);
    expect(await tried()).toBe(409);
    expect(await visitors.stop()).toEqual([]);
  });
});

describe("npm run freeze", () => {
  test("stops changes and thaws them, and says what is left when central is gone", async () => {
    const frozen = await runCommand("freeze", planet, ["bad", "deploy"]);
    expect(frozen).toMatchObject({ code: 0, out: expect.stringContaining("Frozen by store.") });
    const refused = await call<{ detail: string }>("/v1/config", "PUT", documentOf(10_000));
    expect([refused.status, refused.told.detail]).toEqual([
      423,
      expect.stringContaining("To go on: DELETE /v1/freeze."),
    ]);
    const thawed = await runCommand("freeze", planet, ["--thaw"]);
    expect(thawed).toMatchObject({ code: 0, out: "Not frozen: changes are taken.\n" });
    expect((await call("/v1/config", "PUT", documentOf(10_000))).status).toBe(200);
    await planet.fault("config", "stop");
    const without = await runCommand("freeze", planet, ["bad", "deploy"]);
    expect(without).toMatchObject({
      code: 1,
      out: expect.stringContaining("npx wrangler kv key put v1:freeze:default 'bad deploy'"),
    });
  });
});
