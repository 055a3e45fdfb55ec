import { beforeAll, expect, test, vi } from "vitest";
import { Region } from "../../../durable-objects/region/region.ts";
import type { ProbeTarget, Push } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { viewKey } from "../../../routing/names.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import { seal } from "../../../routing/snapshot.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../routing/units.ts";
import { type Crash, ObjectWorld } from "../../helpers/object-ports.ts";
import { monitorOf, reportOf } from "./messages.ts";

const NAMES = ["one", "two", "three"];
const idOf = (name: string) => name.padEnd(32, "0") as EndpointId;

function pushOf(version: number): Push {
  const at = { schema: SCHEMA, account: "acme", version: version as TableVersion };
  const targets = NAMES.map(
    (name): ProbeTarget => ({
      endpoint: idOf(name),
      pool: "pool",
      name,
      address: `${name}.example.net`,
      port: 443,
      scheme: "https",
      monitor: monitorOf({ type: "https", interval: 5, consecutive_down: 2, consecutive_up: 2 }),
    }),
  );
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

/** A region whose endpoint `one` dies and comes back, while its instances may end at any step. */
class Story {
  readonly world: ObjectWorld;
  readonly down = new Set<string>();
  region: Region | null = null;
  /** Verdicts that somebody outside was told, in order. */
  readonly told: boolean[] = [];

  constructor(crash?: Crash) {
    this.world = new ObjectWorld({
      fetch: async (request) => {
        const name = new URL(request.url).hostname.split(".")[0] ?? "";
        return new Response("", { status: this.down.has(name) ? 503 : 200 });
      },
      ...(crash === undefined ? {} : { crash }),
    });
  }

  #alive(): Region {
    if (this.world.crashed) this.region = null;
    this.region ??= new Region(this.world.ports(), { region: "weur", addresses: anyAddresses });
    return this.region;
  }

  /** Again until it works; callers of a region all do that. */
  async ask<T>(question: (region: Region) => Promise<T>): Promise<T> {
    for (let times = 0; ; times++) {
      try {
        const answer = await question(this.#alive());
        if (!this.world.crashed) return answer;
      } catch (error) {
        if (times > 3) throw error;
      }
      this.region = null;
    }
  }

  /** Half a minute in which an edge exchanges every 5 s and the alarm rings when it should. */
  async halfMinute(): Promise<RegionStatus> {
    for (let part = 0; part < 6; part++) {
      const beat = await this.ask((region) => region.exchange(reportOf("isolate", part)));
      const healthy = beat.view.health[idOf("one")]?.healthy;
      if (healthy !== undefined && healthy !== this.told.at(-1)) this.told.push(healthy);
      await this.world.run(5_000, () => this.#alive().alarm());
    }
    return await this.ask((region) => region.status());
  }

  async tell(): Promise<void> {
    await this.ask((region) => region.push(pushOf(1)));
    await this.halfMinute();
    this.down.add("one");
    expect((await this.halfMinute()).health[idOf("one")]?.healthy).toBe(false);
    await this.ask((region) => region.push(pushOf(2)));
    expect((await this.halfMinute()).health[idOf("one")]?.healthy).toBe(false);
    this.down.delete("one");
    expect((await this.halfMinute()).health[idOf("one")]?.healthy).toBe(true);
  }

  async check(): Promise<void> {
    // Told once each: a verdict that was told is never taken back by a restart.
    expect(this.told).toEqual([true, false, true]);
    const status = await this.ask((region) => region.status());
    expect(status.version).toBe(2);
    expect(status.nextAlarmAtMs).toBeGreaterThan(this.world.kernel.nowMs - 1);
    const events = await this.ask((region) => region.events(0));
    expect(events.map(({ detail }) => detail)).toEqual([
      "taken",
      "unhealthy: status 503",
      "taken",
      "healthy",
    ]);
    const published = JSON.parse(this.world.kv.get(viewKey("weur")) ?? "null");
    expect(published.health[idOf("one")].healthy).toBe(true);
  }
}

beforeAll(() => {
  // An instance that was made to end complains until it notices.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

test("without a crash the verdict flips twice", async () => {
  const story = new Story();
  await story.tell();
  await story.check();
});

test.each(["the effect", "nothing"] as const)(
  "an instance that ends at any step, after %s, loses no verdict and no alarm",
  async (after) => {
    const calm = new Story();
    await calm.tell();
    const { steps } = calm.world;
    expect(steps).toBeGreaterThan(100);
    for (let atStep = 1; atStep <= steps; atStep++) {
      const story = new Story({ atStep, after });
      await story
        .tell()
        .then(() => story.check())
        .catch((error: unknown) => {
          throw new Error(`crash at step ${atStep} of ${steps}`, { cause: error });
        });
    }
  },
  30_000,
);
