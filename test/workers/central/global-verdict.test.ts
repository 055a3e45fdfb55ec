/** What the regions' verdicts come to in `/v1/health`, and how events are asked for. */
import { describe, expect, test } from "vitest";
import type { Event } from "../../../routing/exchange.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { planet, putJson, START_MS } from "./planet.ts";

const A = "a".repeat(32) as EndpointId;
const DOCUMENT = {
  monitors: { web: { id: "f".repeat(32), interval: 120 } },
  pools: {
    north: {
      monitor: "web",
      origins: [{ id: A, name: "a", address: "https://a.example", port: 0 }],
    },
  },
};
const health = (healthy: boolean) => ({
  [A]: { healthy, changedAtMs: 0, observedAtMs: START_MS, reason: healthy ? "" : "timeout" },
});

interface Told {
  verdict: string;
  votes: { healthy: string[]; unhealthy: string[] };
  broken_paths: string[];
  disagrees_only_in: string | null;
  regions: { region: string; blind: boolean; disagreement?: unknown }[];
}

async function healthOf(prepare: (world: ReturnType<typeof planet>["world"]) => void) {
  const { ask, world } = planet();
  await ask("/v1/config", putJson(DOCUMENT));
  prepare(world);
  const { endpoints } = (await (await ask("/v1/health")).json()) as { endpoints: Told[] };
  return endpoints[0] as Told;
}

describe("the regions' word", () => {
  const down = (count: number, more: object = {}) =>
    healthOf((world) => {
      for (const [at, region] of REGIONS.entries()) {
        const status = { lastRoundAtMs: START_MS, health: health(at >= count) };
        world.statuses.set(region, at < count ? { ...status, ...more } : status);
      }
    });

  test("one region that calls an endpoint down has a broken path, and the endpoint is well", async () => {
    const told = await down(1);
    expect([told.verdict, told.broken_paths]).toEqual(["healthy", [REGIONS[0]]]);
    expect(told.votes.healthy).toHaveLength(REGIONS.length - 1);
  });

  test("most regions that call it down make it down, and no path is broken", async () => {
    const told = await down(5);
    expect([told.verdict, told.broken_paths]).toEqual(["unhealthy", []]);
  });

  test("the blind have no vote, and are shown as blind with what they saw last", async () => {
    const told = await down(5, { blind: true });
    expect(told.verdict).toBe("unknown");
    expect(told.regions.filter(({ blind }) => blind).map(({ region }) => region)).toEqual(
      REGIONS.slice(0, 5),
    );
  });

  test("a region is believed for two intervals of the endpoint's monitor", async () => {
    const at = async (lastRoundAtMs: number) => (await down(5, { lastRoundAtMs })).verdict;
    expect([await at(START_MS - 240_000), await at(START_MS - 240_001)]).toEqual([
      "unhealthy",
      "unknown",
    ]);
  });
});

describe("a disagreement", () => {
  const gray = { kind: "gray" as const, detail: "30 %", sinceMs: START_MS, seenAtMs: START_MS };
  const told = (...regions: (typeof REGIONS)[number][]) =>
    healthOf((world) => {
      for (const region of regions) world.statuses.set(region, { disagreements: { [A]: gray } });
    });

  test("of one region alone is told as such, with what it is", async () => {
    const { disagrees_only_in, regions } = await told("weur");
    expect(disagrees_only_in).toBe("weur");
    expect(regions.find(({ region }) => region === "weur")?.disagreement).toEqual({
      kind: "gray",
      detail: "30 %",
      since: new Date(START_MS).toISOString(),
    });
  });

  test("of two regions is the endpoint's", async () => {
    expect((await told("weur", "enam")).disagrees_only_in).toBeNull();
    expect((await told()).disagrees_only_in).toBeNull();
  });
});

describe("events", () => {
  const event = (sequence: number, subject: string, more: Partial<Event> = {}): Event => ({
    ...{ sequence, at: START_MS + sequence, kind: "health", source: "weur", subject, detail: "" },
    ...more,
  });

  test("are asked for by kind and subject, whatever an object of the release before answers", async () => {
    const { ask, world } = planet();
    const list = [event(1, "north/a"), event(2, "north"), event(3, "north2/a")];
    world.events.set("weur", [...list, event(4, "north/a", { kind: "push" })]);
    const idsOf = async (query: string) => {
      const { events } = (await (await ask(`/v1/events?${query}`)).json()) as { events: Event[] };
      return events.map(({ sequence }) => sequence);
    };
    expect(await idsOf("kind=health&subject=north")).toEqual([1, 2]);
    expect(await idsOf("subject=north/a")).toEqual([1, 4]);
    expect(await idsOf("kind=push")).toEqual([4]);
    expect((await ask("/v1/events?kind=weather")).status).toBe(400);
    expect((await ask(`/v1/events?subject=${"x".repeat(301)}`)).status).toBe(400);
  });

  test("tell what they rest on, with times as everywhere", async () => {
    const { ask, world } = planet();
    const probes = [{ atMs: START_MS, saw: "nothing", reason: "timeout" }];
    const evidence = { rule: "consecutive_down", numbers: { interval_ms: 5_000 }, probes };
    world.events.set("weur", [event(1, "north/a", { evidence })]);
    const { events } = (await (await ask("/v1/events")).json()) as { events: unknown[] };
    expect(events).toMatchObject([
      {
        evidence: {
          rule: "consecutive_down",
          numbers: { interval_ms: 5_000 },
          probes: [{ at: new Date(START_MS).toISOString(), saw: "nothing", reason: "timeout" }],
        },
      },
    ]);
  });
});
