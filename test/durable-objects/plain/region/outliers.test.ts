/** What isolates report together, what the region makes of it, and what an isolate does that hears it. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { EndpointReport, Push } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { viewKey } from "../../../../routing/names.ts";
import { pickIndex, seededRng } from "../../../../routing/rng.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { decide } from "../../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../../routing/steer/knowledge.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { Learned } from "../../../../workers/edge/learned.ts";
import { type Crash, ObjectWorld } from "../../../helpers/object-ports.ts";
import { asker, endpoint, pool, shardOf } from "../../../routing/steer/world.ts";
import { reportOf } from "../messages.ts";

beforeAll(() => {
  // An instance that was made to end complains until it notices.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const IDS = Array.from({ length: 12 }, (_, at) => String(at).padStart(32, "0") as EndpointId);
const [FIRST = "" as EndpointId] = IDS;

/** A pool that nobody probes: only traffic can speak against its endpoints. */
function pushOf(version: number): Push {
  const at = { schema: SCHEMA, account: "default", version: version as TableVersion };
  const unprobed = IDS.map((id, index) => ({ endpoint: id, pool: "p", name: `e${index}` }));
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets: [], unprobed };
}

const openIn = (world: ObjectWorld) =>
  new Region(world.ports(), { region: "weur", addresses: anyAddresses });

const ended = (successes: number, failures: number): EndpointReport => ({
  attempts: successes + failures,
  outcomes: { success: successes, failure: failures, overload: 0, abandoned: 0 },
  inFlight: 0,
});

const allBut = (failures: number, successes = 0) =>
  Object.fromEntries(
    IDS.map((id) => [id, id === FIRST ? ended(successes, failures) : ended(5, 0)]),
  );

const ask = (region: Region, isolate: string, sequence: number, endpoints = {}) =>
  region.exchange(reportOf(isolate, sequence, { endpoints }));

test("an endpoint that fails 30 % leaves the choice of an isolate that has never used it", async () => {
  const world = new ObjectWorld();
  const region = openIn(world);
  await region.push(pushOf(1));
  const rng = seededRng(1);
  // 24 isolates, each of which sends a request to each endpoint every three seconds: none sees three failures in a row.
  let sequence = 0;
  for (let second = 0; second < 12; second += 1) {
    sequence += 1;
    for (let isolate = 0; isolate < 24; isolate += 1) {
      const endpoints = Object.fromEntries(
        IDS.filter(() => pickIndex(3, rng) === 0).map((id) => {
          const fails = id === FIRST && rng() < 0.3;
          return [id, fails ? ended(0, 1) : ended(1, 0)];
        }),
      );
      await ask(region, `isolate${isolate}`, sequence, endpoints);
    }
    await world.kernel.run(1_000);
    const { ejected = {} } = (await ask(region, "spy", sequence)).view;
    if (FIRST in ejected) break;
  }
  const { view } = await ask(region, "newcomer", 1);
  const nowMs = world.kernel.nowMs;
  expect(Object.keys(view.ejected ?? {})).toEqual([FIRST]);
  const learned = new Learned();
  learned.hear(view, nowMs);
  const origins = IDS.map((id) => endpoint(id));
  const shard = shardOf([pool("p", origins, { origin_steering: { policy: "p2c_peak_ewma" } })]);
  const input = { shard, asker: asker(), know: learned.know, memory: NO_MEMORY, triesMax: 3 };
  const used = (atMs: number) =>
    new Set(
      Array.from({ length: 500 }, () => {
        const [candidate] = decide(input, atMs, rng).candidates;
        return candidate?.endpoint.id;
      }),
    );
  expect(used(nowMs).has(FIRST)).toBe(false);
  expect(used(nowMs).size).toBe(IDS.length - 1);
  expect(used(nowMs + 60_000).has(FIRST)).toBe(true);
});

describe("an ejection", () => {
  test("is told with the same exchange that brought the last failure, as an event, in the status, and soon to cold isolates", async () => {
    const world = new ObjectWorld();
    const region = openIn(world);
    await region.push(pushOf(1));
    await world.run(40_000, () => region.alarm());
    const beat = await ask(region, "one", 1, allBut(10));
    expect(beat.view.ejected?.[FIRST]?.reason).toBe("100 % of 10 requests failed");
    const [, event] = await region.events(0);
    expect(event).toMatchObject({
      kind: "health",
      subject: "p/e0",
      detail: "ejected for 5 s: 100 % of 10 requests failed",
    });
    expect((await region.status()).ejected).toEqual(beat.view.ejected);
    await ask(region, "one", 2);
    const published = JSON.parse(world.kv.get(viewKey("weur")) ?? "null");
    expect(published.ejected).toEqual(beat.view.ejected);
  });

  test("of a report that comes twice is judged once", async () => {
    const world = new ObjectWorld();
    const region = openIn(world);
    await region.push(pushOf(1));
    await ask(region, "one", 1, allBut(3));
    const beat = await ask(region, "one", 1, allBut(3));
    expect(beat.view.ejected).toEqual({});
  });
});

/** A region whose first endpoint dies for a few seconds, while its instances may end at any step. */
class Story {
  readonly world: ObjectWorld;
  region: Region | null = null;
  /** Ends of the ejection that somebody outside was told, in order. */
  readonly told: number[] = [];

  constructor(crash?: Crash) {
    this.world = new ObjectWorld(crash === undefined ? {} : { crash });
  }

  /** Again until it works, as callers do. */
  async #ask<T>(question: (region: Region) => Promise<T>): Promise<T> {
    for (let times = 0; ; times += 1) {
      try {
        if (this.world.crashed) this.region = null;
        this.region ??= openIn(this.world);
        const answer = await question(this.region);
        if (!this.world.crashed) return answer;
      } catch (error) {
        if (times > 3) throw error;
      }
      this.region = null;
    }
  }

  async tell(): Promise<void> {
    await this.#ask((region) => region.push(pushOf(1)));
    for (let second = 1; second <= 8; second += 1) {
      const endpoints = allBut(second <= 2 ? 20 : 0, second <= 2 ? 0 : 20);
      const beat = await this.#ask((region) =>
        region.exchange(reportOf("isolate", second, { endpoints })),
      );
      const untilMs = beat.view.ejected?.[FIRST]?.untilMs;
      expect(untilMs, `second ${second}`).toBeDefined();
      if (untilMs !== undefined && untilMs !== this.told.at(-1)) this.told.push(untilMs);
      await this.world.kernel.run(1_000);
    }
  }
}

test.each(["the effect", "nothing"] as const)(
  "an instance that ends at any step, after %s, takes back no ejection that it told",
  async (after) => {
    const calm = new Story();
    await calm.tell();
    expect(calm.told).toHaveLength(1);
    const { steps } = calm.world;
    expect(steps).toBeGreaterThan(10);
    for (let atStep = 1; atStep <= steps; atStep += 1) {
      const story = new Story({ atStep, after });
      await story.tell().catch((error: unknown) => {
        throw new Error(`crash at step ${atStep} of ${steps}`, { cause: error });
      });
      expect(story.told, `crash at step ${atStep}`).toHaveLength(1);
    }
  },
);

test("an instance that is gone between two exchanges knows the ejection, its name, and how often it was", async () => {
  const world = new ObjectWorld();
  const first = openIn(world);
  await first.push(pushOf(1));
  const told = await ask(first, "one", 1, allBut(20));
  await world.kernel.run(6_000);
  const second = openIn(world);
  expect((await ask(second, "two", 1)).view.ejected).toEqual(told.view.ejected);
  await ask(second, "one", 2, allBut(2));
  const details = (await second.events(0)).map(({ subject, detail }) => `${subject} ${detail}`);
  expect(details.at(-1)).toBe("p/e0 ejected for 10 s: 100 % of 2 requests failed");
});
