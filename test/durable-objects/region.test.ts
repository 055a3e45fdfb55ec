import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, inject, test } from "vitest";
import { viewKey } from "../../routing/names.ts";
import { faults } from "./faults.ts";
import {
  behave,
  bindings,
  eventually,
  freshName,
  freshRegion,
  idOf,
  pushOf,
  reportOf,
  seenBy,
  targetOf,
} from "./fixtures.ts";

type Region = ReturnType<typeof freshRegion>;

const healthOf = async (region: Region, name: string) => (await region.status()).health[idOf(name)];
const becomes = (region: Region, name: string, reason: string) =>
  eventually(async () => (await healthOf(region, name))?.reason).toBe(reason);
const alarmOf = (region: Region) =>
  runInDurableObject(region, (_, state) => state.storage.getAlarm());
const loseAlarm = (region: Region) =>
  runInDurableObject(region, (_, state) => state.storage.deleteAlarm());

afterEach(() => {
  faults.kvDown = false;
});

test.concurrent("probes ring by alarm, flip the verdict both ways, and each flip is an event", async () => {
  const region = freshRegion();
  const [one, other] = [freshName("one"), freshName("other")];
  await region.push(pushOf(1, [targetOf(one), targetOf(other)]));
  await becomes(region, one, "");
  await behave(one, { status: 503 });
  await becomes(region, one, "status 503");
  await behave(one, {});
  await becomes(region, one, "");
  const details = (await region.events(0)).map(({ kind, detail }) => `${kind} ${detail}`);
  expect(details).toEqual(["push taken", "health unhealthy: status 503", "health healthy"]);
});

test.concurrent("a verdict, its event and the alarm outlive the instance, at every stage of a round", async () => {
  const region = freshRegion();
  const [one, other] = [freshName("one"), freshName("other")];
  await region.push(pushOf(1, [targetOf(one), targetOf(other)]));
  await evictDurableObject(region);
  await becomes(region, one, "");
  await behave(one, { status: 500 });
  await evictDurableObject(region);
  await becomes(region, one, "status 500");
  // From here no probe of it ends, so that what is known can only come from storage.
  await behave(one, { hang: true });
  await evictDurableObject(region);
  expect((await healthOf(region, one))?.reason).toBe("status 500");
  expect((await region.events(0)).map(({ detail }) => detail)).toContain("unhealthy: status 500");
  expect(await alarmOf(region)).not.toBeNull();
  const { lastRoundAtMs } = await region.status();
  await eventually(async () => (await region.status()).lastRoundAtMs).toBeGreaterThan(
    lastRoundAtMs ?? 0,
  );
});

test.concurrent("an alarm that was lost is set again by the next exchange", async () => {
  const region = freshRegion();
  const name = freshName("one");
  await region.push(pushOf(1, [targetOf(name)]));
  await becomes(region, name, "");
  await loseAlarm(region);
  await evictDurableObject(region);
  const { requests } = await seenBy(name);
  await region.exchange(reportOf("a", 1));
  await eventually(async () => (await seenBy(name)).requests).toBeGreaterThan(requests);
});

test.concurrent("an alarm that is lost under a running instance is missed once its time has passed", async () => {
  const region = freshRegion();
  const name = freshName("one");
  await region.push(pushOf(1, [targetOf(name)]));
  await becomes(region, name, "");
  await loseAlarm(region);
  await eventually(async () => {
    await region.exchange(reportOf("a", 1));
    return alarmOf(region);
  }).not.toBeNull();
});

test.concurrent("eleven black holes do not fail the living", async () => {
  const region = freshRegion();
  const hole = freshName("hole");
  const living = freshName("living");
  await behave(hole, { hang: true });
  const targets = Array.from({ length: 11 }, (_, at) =>
    targetOf(freshName("dead"), { path: `/${hole}/${at}`, timeout: 1, interval: 2 }),
  );
  await region.push(pushOf(1, [...targets, targetOf(living)]));
  await eventually(async () => {
    const { health } = await region.status();
    return targets.filter(({ endpoint }) => health[endpoint]?.reason === "timeout").length;
  }).toBe(11);
  expect(await healthOf(region, living)).toMatchObject({ healthy: true, reason: "" });
  const events = await region.events(0);
  expect(events.filter(({ subject }) => subject === `pool/${living}`)).toEqual([]);
});

test.concurrent("five probes at most are in flight, and the clock of a timeout starts inside the slot", async () => {
  const region = freshRegion();
  const slow = freshName("slow");
  await behave(slow, { delayMs: 600 });
  // Waves of 600 ms: a clock that started with the round would fail all but the first.
  const targets = Array.from({ length: 15 }, (_, at) =>
    targetOf(freshName("slow"), { path: `/${slow}/${at}`, timeout: 1, interval: 4 }),
  );
  await region.push(pushOf(1, targets));
  // Four of those that are new, five of those that have answered.
  await eventually(async () => (await region.status()).probes.sent).toBeGreaterThan(29);
  expect((await region.status()).probes.failed).toBe(0);
  expect((await seenBy(slow)).inFlightMax).toBe(5);
});

test.concurrent("when nothing answers the prober doubts itself and keeps every verdict", async () => {
  const region = freshRegion();
  const names = [freshName("a"), freshName("b"), freshName("c")];
  await region.push(
    pushOf(
      1,
      names.map((name) => targetOf(name)),
    ),
  );
  for (const name of names) await becomes(region, name, "");
  for (const name of names) await behave(name, { reset: true });
  await eventually(async () => (await region.status()).blind).toBe(true);
  const { sent } = (await region.status()).probes;
  await eventually(async () => (await region.status()).probes.sent).toBeGreaterThan(sent + 6);
  for (const name of names) expect(await healthOf(region, name)).toMatchObject({ healthy: true });
  // One answers again: the others are then really down.
  await behave(names[0] ?? "", {});
  await becomes(region, names[1] ?? "", "connection failed");
  expect(await region.status()).toMatchObject({ blind: false });
  expect(await healthOf(region, names[0] ?? "")).toMatchObject({ healthy: true });
});

test.concurrent("a TCP probe tells an open port from a closed one", async () => {
  const region = freshRegion();
  const [open, closed] = [freshName("open"), freshName("closed")];
  await region.push(
    pushOf(1, [
      targetOf(open, { type: "tcp" }, { port: inject("tcpPort") }),
      targetOf(closed, { type: "tcp" }, { port: inject("closedPort") }),
    ]),
  );
  await becomes(region, open, "");
  await becomes(region, closed, "connection failed");
});

test("a flip reaches KV at once, and KV that fails hurts nobody", async () => {
  const region = freshRegion();
  const [one, other] = [freshName("one"), freshName("other")];
  const published = async () => {
    const text = await bindings.SNAPSHOTS.get(viewKey("weur"));
    return JSON.parse(text ?? "{}").health?.[idOf(one)]?.healthy;
  };
  await region.push(pushOf(1, [targetOf(one), targetOf(other)]));
  await becomes(region, one, "");
  faults.kvDown = true;
  await behave(one, { status: 500 });
  await becomes(region, one, "status 500");
  faults.kvDown = false;
  await eventually(published).toBe(false);
});
