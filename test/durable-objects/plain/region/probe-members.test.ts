import { describe, expect, test } from "vitest";
import { isGrouped, Members } from "../../../../durable-objects/region/probe-members.ts";
import type { CheckView } from "../../../../durable-objects/region/probe-try.ts";
import type { ProbeTarget } from "../../../../routing/exchange.ts";
import type { ProbeMember } from "../../../../routing/health/group.ts";
import type { EndpointId } from "../../../../routing/units.ts";
import { monitorOf } from "../messages.ts";

const member = (name: string, interval: number, flags: Partial<ProbeMember> = {}): ProbeMember => ({
  ...{ monitor: monitorOf({ name, interval }), port: 80, scheme: "http" },
  ...{ monitoringOnly: false, mustBeHealthy: false },
  ...flags,
});

const targetOf = (...members: readonly ProbeMember[]): ProbeTarget => ({
  ...{ endpoint: "e".repeat(32) as EndpointId, pool: "p", name: "e", address: "e.example" },
  ...{ port: 80, scheme: "http", members },
  monitor: monitorOf({ interval: Math.min(...members.map(({ monitor }) => monitor.interval)) }),
});

const GOOD: CheckView = { saw: "healthy", reason: "", status: 200, ms: 3 };
const BAD: CheckView = { saw: "unhealthy", reason: "status 503", status: 503, ms: 3 };
const NONE: CheckView = { saw: "nothing", reason: "timeout", ms: 1_000 };

/** Members answer what `views` says; a round tells who was asked. */
function stage(target: ProbeTarget, views: Record<string, CheckView>) {
  const members = new Members();
  let nowMs = 100_000;
  const round = async (atSeconds: number) => {
    nowMs = 100_000 + atSeconds * 1_000;
    const asked: string[] = [];
    if (!isGrouped(target)) throw new Error("a target with members");
    const view = await members.probe(target, { nowMs: () => nowMs }, async ({ monitor }) => {
      asked.push(monitor.name);
      nowMs += 200;
      return views[monitor.name] ?? GOOD;
    });
    return { ...view, asked: asked.join(" ") };
  };
  return { members, round };
}

test("members are asked one after the other, and what they say is one view", async () => {
  const target = targetOf(member("a", 10), member("b", 10), member("c", 10));
  const { round } = stage(target, { a: BAD, b: NONE });
  expect(await round(0)).toMatchObject({
    ...{ asked: "a b c", saw: "unhealthy", ms: 600 },
    reason: "2 of 3 monitors failed: a (status 503); b (timeout)",
  });
});

test("each is asked at its own interval, and until then what it saw last counts", async () => {
  const target = targetOf(member("often", 10), member("seldom", 30, { mustBeHealthy: true }));
  const views: Record<string, CheckView> = {};
  const { round } = stage(target, views);
  const asked = [];
  for (const at of [0, 10, 20, 30, 40]) asked.push((await round(at)).asked);
  expect(asked).toEqual(["often seldom", "often", "often", "often seldom", "often"]);
  views["seldom"] = BAD;
  expect(await round(50)).toMatchObject({ saw: "healthy", asked: "often" });
  expect(await round(60)).toMatchObject({ saw: "unhealthy", asked: "often seldom" });
  views["seldom"] = GOOD;
  expect(await round(70)).toMatchObject({ saw: "unhealthy", asked: "often" });
});

test("an alarm that is late by a little does not make it skip a round", async () => {
  const { round } = stage(targetOf(member("a", 10), member("b", 20)), {});
  await round(0.3);
  expect((await round(10)).asked).toBe("a");
  expect((await round(20.2)).asked).toBe("a b");
});

describe("who hears nothing", () => {
  test("asks the others too, so that an earlier answer does not stand for one now", async () => {
    const views: Record<string, CheckView> = {};
    const { round } = stage(targetOf(member("often", 10), member("seldom", 60)), views);
    await round(0);
    views["often"] = NONE;
    expect(await round(10)).toMatchObject({ asked: "often seldom", saw: "healthy" });
    views["seldom"] = NONE;
    expect(await round(20)).toMatchObject({ asked: "often seldom", saw: "nothing" });
  });

  test("is asked again at the next probe: it may have been the prober that was blind", async () => {
    const views: Record<string, CheckView> = { seldom: NONE, often: NONE };
    const { round } = stage(targetOf(member("often", 10), member("seldom", 60)), views);
    await round(0);
    views["seldom"] = GOOD;
    views["often"] = GOOD;
    expect(await round(10)).toMatchObject({ asked: "often seldom", saw: "healthy" });
  });
});

test("who only watches is shown and changes nothing", async () => {
  const target = targetOf(member("a", 10), member("watch", 10, { monitoringOnly: true }));
  const { members, round } = stage(target, { watch: BAD });
  expect(await round(0)).toMatchObject({ saw: "healthy", reason: "" });
  expect(members.shown([target])).toMatchObject({
    members: {
      [target.endpoint]: [
        { monitor: "a", healthy: true, monitoringOnly: false, observedAtMs: 100_200 },
        { monitor: "watch", healthy: false, reason: "status 503", monitoringOnly: true },
      ],
    },
  });
});

test("a target of another version asks everybody, and one without a group shows nothing", async () => {
  const target = targetOf(member("a", 10), member("b", 60));
  const { members, round } = stage(target, {});
  await round(0);
  expect(members.of({ ...target })).toEqual([]);
  const { members: _, ...single } = target;
  expect([isGrouped(single), members.shown([single])]).toEqual([false, {}]);
});
