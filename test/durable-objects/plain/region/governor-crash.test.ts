import { beforeAll, expect, test, vi } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { Push } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { type Crash, ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf, reportOf } from "../messages.ts";

const NAMES = ["one", "two", "three", "four"] as const;
/** What probes call down, in this order; traffic is answered by all of them. */
const DOWN = ["one", "two"] as const;

function push(): Push {
  const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  const targets = NAMES.map((name) => ({
    endpoint: name as unknown as EndpointId,
    pool: "pool",
    name,
    address: `${name}.example`,
    port: 443,
    scheme: "https" as const,
    monitor: monitorOf({ type: "https", interval: 5 }),
  }));
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

class Story {
  readonly world: ObjectWorld;
  readonly down = new Set<string>();
  region: Region | null = null;
  readonly told = new Map<string, boolean[]>(NAMES.map((name) => [name, []]));
  #sequence = 0;

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

  /** Again until it works, as callers do. */
  async ask<T>(question: (region: Region) => Promise<T>): Promise<T> {
    for (let times = 0; ; times += 1) {
      try {
        const answer = await question(this.#alive());
        if (!this.world.crashed) return answer;
      } catch (error) {
        if (times > 3) throw error;
      }
      this.region = null;
    }
  }

  async tenSeconds(): Promise<void> {
    for (let second = 0; second < 10; second += 1) {
      this.#sequence += 1;
      const outcomes = { success: 10, failure: 0, overload: 0, abandoned: 0 };
      const endpoints = Object.fromEntries(
        NAMES.map((name) => [name, { attempts: 10, outcomes, inFlight: 0 }]),
      );
      const report = reportOf("isolate", this.#sequence, { endpoints });
      const { view } = await this.ask((region) => region.exchange(report));
      for (const name of NAMES) {
        const healthy = view.health[name as unknown as EndpointId]?.healthy;
        const told = this.told.get(name);
        if (healthy !== undefined && healthy !== told?.at(-1)) told?.push(healthy);
      }
      await this.world.run(1_000, () => this.#alive().alarm());
    }
  }

  async tell(): Promise<void> {
    await this.ask((region) => region.push(push()));
    await this.tenSeconds();
    for (const name of DOWN) this.down.add(name);
    await this.tenSeconds();
    await this.tenSeconds();
  }

  async check(): Promise<void> {
    const told = [...this.told.values()];
    // One of both is taken away, which one is chance; whoever was told so is not told otherwise.
    expect(told.toSorted((a, b) => b.length - a.length)).toEqual([
      [true, false],
      [true],
      [true],
      [true],
    ]);
    const status = await this.ask((region) => region.status());
    expect(Object.keys(status.held ?? {})).toHaveLength(1);
  }
}

beforeAll(() => {
  // An instance that was made to end complains until it notices.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

test.each(["the effect", "nothing"] as const)(
  "velocity-limit: an instance that ends at any step, after %s, takes away no second endpoint and gives back none",
  async (after) => {
    const calm = new Story();
    await calm.tell();
    await calm.check();
    const { steps } = calm.world;
    expect(steps).toBeGreaterThan(50);
    for (let atStep = 1; atStep <= steps; atStep += 1) {
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
