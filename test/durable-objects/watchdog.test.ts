/** The watchdog's look at real regions in workerd, whose alarms are lost. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import { Watchdog, type WatchState } from "../../workers/central/watch/watch.ts";
import { clock, timers } from "../../workers/platform.ts";
import type { RegionObject } from "../../workers/ports.ts";
import {
  behave,
  eventually,
  freshName,
  freshRegion,
  pushOf,
  seenBy,
  targetOf,
} from "./fixtures.ts";

beforeAll(() => {
  // It complains of every region that it finds.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

type Region = ReturnType<typeof freshRegion>;

const alarmOf = (region: Region) =>
  runInDurableObject(region, (_, state) => state.storage.getAlarm());
const loseAlarm = (region: Region) =>
  runInDurableObject(region, (_, state) => state.storage.deleteAlarm());

/** Every name of a region stands for this one. */
function watchdogOf(region: Region): Watchdog {
  let stored: WatchState | null = null;
  let alarmAtMs: number | null = null;
  return new Watchdog({
    clock,
    timers,
    region: () => region as unknown as RegionObject,
    alarm: {
      get: async () => alarmAtMs,
      set: async (atMs) => {
        alarmAtMs = atMs;
      },
    },
    fetch: () => Promise.reject(new Error("nobody is told")),
    read: async () => stored,
    write: async (state) => {
      stored = state;
    },
    deadManUrl: "",
  });
}

const missedOf = async (watchdog: Watchdog) =>
  (await watchdog.report()).regions.map(({ missed }) => missed).filter((one) => one !== null);

async function probing() {
  const region = freshRegion();
  const name = freshName("one");
  await behave(name, {});
  await region.push(pushOf(1, [targetOf(name)]));
  await eventually(async () => (await region.status()).probes.succeeded).toBeGreaterThan(0);
  return { region, name };
}

test.concurrent("a region that lost its alarm together with its instance is found, and probes again", async () => {
  const { region, name } = await probing();
  await loseAlarm(region);
  await evictDurableObject(region);
  const { requests } = await seenBy(name);
  const watchdog = watchdogOf(region);
  await watchdog.look();
  expect(await missedOf(watchdog)).toContain(
    "had lost its alarm, and set it again when it was asked",
  );
  expect(await alarmOf(region)).not.toBeNull();
  await eventually(async () => (await seenBy(name)).requests).toBeGreaterThan(requests);
});

test.concurrent("a region whose alarm is lost under a running instance is found once it is late, and probes again", async () => {
  const { region, name } = await probing();
  await loseAlarm(region);
  const { requests } = await seenBy(name);
  await eventually(async () => {
    const watchdog = watchdogOf(region);
    await watchdog.look();
    return (await missedOf(watchdog)).length;
  }).toBeGreaterThan(0);
  await eventually(async () => (await seenBy(name)).requests).toBeGreaterThan(requests);
});

test.concurrent("a region that rings by itself is left alone", async () => {
  const { region } = await probing();
  const watchdog = watchdogOf(region);
  await watchdog.look();
  expect(await missedOf(watchdog)).toEqual([]);
});
