import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { REGIONS } from "../../../../routing/names.ts";
import type { TableVersion } from "../../../../routing/units.ts";
import { lookAtRegions } from "../../../../workers/central/watch/ask.ts";
import { STAND_IN_MS } from "../../../../workers/central/watch/watch.ts";
import { planet, START_MS } from "../planet.ts";

const errors: string[] = [];
beforeEach(() => {
  errors.length = 0;
  vi.spyOn(console, "error").mockImplementation((text) => errors.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());

const VERSION = 1 as TableVersion;

interface Answer {
  looked_at: string | null;
  late: boolean;
  looks: number;
  regions: { region: string; missed: string | null; missed_total: number; last_reason: string }[];
  dead_man: { host: string; at: string; ok: boolean; result: string } | null;
  dead_man_problem: string | null;
}

function watched(setting: Parameters<typeof planet>[0] = {}) {
  const all = planet(setting);
  const { world, ports, ask } = all;
  // A region that is silent is given up at once.
  world.endsBelowMs = Number.POSITIVE_INFINITY;
  const look = async (afterMs = 60_000) => {
    world.nowMs += afterMs;
    await ports.objects.watchdog().look();
  };
  const answer = async () => (await (await ask("/v1/watchdog")).json()) as Answer;
  const of = async (region: string) =>
    (await answer()).regions.find((one) => one.region === region);
  return { ...all, look, answer, of };
}

describe("a look", () => {
  test("finds nothing where everybody does as he should, and says when it was", async () => {
    const { look, answer } = watched();
    await look(0);
    expect(await answer()).toMatchObject({
      looked_at: new Date(START_MS).toISOString(),
      late: false,
      looks: 1,
      dead_man: null,
      dead_man_problem: null,
    });
    expect((await answer()).regions.map(({ region, missed }) => [region, missed])).toEqual(
      REGIONS.map((region) => [region, null]),
    );
    expect(errors).toEqual([]);
  });

  test.each([
    ["brokenRegions", "failed when it was asked"],
    ["silentRegions", "did not answer within 5 s"],
  ] as const)("finds a region of %s, and the others are whole", async (fault, reason) => {
    const { world, look, answer, of } = watched();
    world[fault].add("weur");
    await look();
    expect(await of("weur")).toMatchObject({ missed: reason, missed_total: 1 });
    expect((await answer()).regions.filter(({ missed }) => missed !== null)).toHaveLength(1);
    expect(errors).toEqual([
      JSON.stringify({ level: "error", event: "beat-missed", region: "weur", reason }),
    ]);
    world[fault].clear();
    await look();
    expect(await of("weur")).toMatchObject({ missed: null, missed_total: 1, last_reason: reason });
  });

  test("asks a region twice that was not awake: the first question wakes it, the second tells what it found", async () => {
    const { world, ports, look, of } = watched();
    const region = ports.objects.region;
    let asked = 0;
    ports.objects.region = (name) => ({
      ...region(name),
      status: async () => {
        const status = { ...(await region(name).status()), version: VERSION };
        if (name !== "weur") return status;
        asked += 1;
        return asked === 1
          ? { ...status, nextAlarmAtMs: null, alarmsLost: 0 }
          : { ...status, nextAlarmAtMs: world.nowMs + 1, alarmsLost: 1 };
      },
    });
    await look();
    const reason = "had lost its alarm, and set it again when it was asked";
    expect(await of("weur")).toMatchObject({ missed: reason, missed_total: 1 });
    await look();
    expect(await of("weur")).toMatchObject({ missed: null, missed_total: 1 });
    expect(asked).toBe(3);
  });

  test("finds a region that probes no more although it is awake", async () => {
    const { world, look, of } = watched();
    const stuck = { version: VERSION, intervalMs: 10_000, lastRoundAtMs: START_MS };
    world.statuses.set("apac", stuck);
    await look(60_000);
    expect(await of("apac")).toMatchObject({ missed: null });
    await look(60_000);
    expect(await of("apac")).toMatchObject({
      missed: "has ended no probe for 120 s, and one is due every 10 s",
    });
  });

  test("counts for nothing within half a minute of another, and is not lost when a clock steps back", async () => {
    const { look, answer } = watched();
    await look();
    await look(29_000);
    expect((await answer()).looks).toBe(1);
    await look(-3_600_000);
    expect((await answer()).looks).toBe(2);
  });
});

describe("the watchdog is watched", () => {
  test("the clock of the script asks for a look, and one that cannot be had is told and fails nothing", async () => {
    const { world, ports, answer } = watched();
    // Nothing is given up at once.
    world.endsBelowMs = 0;
    await lookAtRegions(ports);
    expect((await answer()).looks).toBe(1);
    ports.objects.watchdog = () => {
      throw new Error("no object");
    };
    await lookAtRegions(ports);
    expect(errors).toEqual([JSON.stringify({ level: "error", event: "regions-not-looked-at" })]);
  });

  test("its own alarm stands in for a clock that is late, and whoever asks sets a lost one again", async () => {
    const { world, look, answer } = watched();
    await look();
    expect(world.watchdogAlarmAtMs).toBe(world.nowMs + STAND_IN_MS);
    world.watchdogAlarmAtMs = null;
    await answer();
    expect(world.watchdogAlarmAtMs).toBe(world.nowMs);
  });

  test("that it has not looked for three minutes is told, and that it never did", async () => {
    const { world, look, answer } = watched();
    expect(await answer()).toMatchObject({ looked_at: null, late: true, regions: [] });
    await look();
    world.nowMs += 180_000;
    expect((await answer()).late).toBe(false);
    world.nowMs += 1;
    expect((await answer()).late).toBe(true);
  });

  test("metrics tell missed beats and the age of the last look", async () => {
    const { world, look, ask } = watched();
    world.brokenRegions.add("weur");
    await look();
    world.nowMs += 5_000;
    const text = await (await ask("/metrics")).text();
    expect(text).toContain('tradewind_beats_missed_total{region="weur"} 1');
    expect(text).toContain('tradewind_beats_missed_total{region="enam"} 0');
    expect(text).toContain("tradewind_watchdog_look_age_seconds 5");
  });
});

describe("the dead-man switch", () => {
  test("is told of every look, by POST, with who missed a beat", async () => {
    const { world, look, answer } = watched({ deadManUrl: "https://deadman.example/ping/SECRET" });
    const calls: [string, string, unknown][] = [];
    world.outside = async (request) => {
      calls.push([request.method, request.url, await request.json()]);
      return new Response(null, { status: 204 });
    };
    world.brokenRegions.add("weur");
    await look();
    const body = { from: "tradewind", looks: 1, missed: ["weur"] };
    expect(calls).toEqual([["POST", "https://deadman.example/ping/SECRET", body]]);
    const told = await answer();
    expect(told.dead_man).toEqual({
      host: "deadman.example",
      at: new Date(world.nowMs).toISOString(),
      ok: true,
      result: "status 204",
    });
    expect(JSON.stringify(told)).not.toContain("SECRET");
  });

  test.each([
    [async () => new Response("", { status: 500 }), "status 500"],
    // It is not followed: it may lead to where nobody may call.
    [async () => Response.redirect("https://other.example/", 302), "status 302"],
    [() => Promise.reject(new TypeError("SECRET refused")), "no connection"],
    [() => Promise.reject(new DOMException("", "TimeoutError")), "no answer within 5 s"],
  ] as const)("that does not answer well is no harm, and is told", async (outside, result) => {
    const { world, look, answer } = watched({ deadManUrl: "https://deadman.example/" });
    world.outside = outside;
    await look();
    expect(await answer()).toMatchObject({ looks: 1, dead_man: { ok: false, result } });
  });

  test.each([
    ["http://deadman.example/", "must begin with https://"],
    ["https://10.0.0.1/", "TW_DEADMAN_URL:"],
    ["https://[::1]/", "TW_DEADMAN_URL:"],
    ["https://localhost/", "TW_DEADMAN_URL:"],
    ["https://metadata.internal/", "TW_DEADMAN_URL:"],
    ["https://user:pass@deadman.example/", "carries a user name"],
    ["https://deadman.example:8443/", "names a port"],
    ["deadman.example", "is not a URL"],
  ])("is not called at %s, and the reason is told", async (deadManUrl, reason) => {
    const { world, look, answer } = watched({ deadManUrl });
    let calls = 0;
    world.outside = async () => {
      calls += 1;
      return new Response(null);
    };
    await look();
    expect(calls).toBe(0);
    const told = await answer();
    expect(told.dead_man_problem).toContain(reason);
    expect(told.dead_man_problem).not.toContain("pass");
  });
});
