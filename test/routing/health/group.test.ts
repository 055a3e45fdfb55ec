import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combine, groupMonitor, type Opinion } from "../../../routing/health/group.ts";
import { monitorOf } from "../../durable-objects/plain/messages.ts";

/** `a` healthy, `A` not; `!` must be healthy, `?` is only watched. */
const opinionsOf = (text: string): readonly Opinion[] =>
  text.split(" ").map((word) => {
    const healthy = word === word.toLowerCase();
    return {
      monitor: word.replace(/[!?]/, "").toLowerCase(),
      healthy,
      reason: healthy ? "" : "timeout",
      monitoringOnly: word.endsWith("?"),
      mustBeHealthy: word.endsWith("!"),
    };
  });

describe("an endpoint is", () => {
  test.each([
    ["a b", "", "up when all say so"],
    ["a B", "", "up when only half say no"],
    ["a b C", "", "up when fewer than half say no"],
    [
      "A B c",
      "2 of 3 monitors failed: a (timeout); b (timeout)",
      "down when more than half say no",
    ],
    ["A", "1 of 1 monitors failed: a (timeout)", "down when its only one says no"],
    [
      "A! b c d",
      "1 of 4 monitors failed: a (must be healthy, timeout)",
      "down when one that must be healthy says no",
    ],
    [
      "A! B c d e",
      "2 of 5 monitors failed: a (must be healthy, timeout); b (timeout)",
      "down with every name that failed",
    ],
    ["a! B", "", "up when half say no, whoever must be healthy being among the others"],
    ["a B? C? D?", "", "up whatever the watchers say"],
    ["A b? c?", "1 of 1 monitors failed: a (timeout)", "down whatever the watchers say"],
  ])("%s: %s (%s)", (text, reason) => {
    expect(combine(opinionsOf(text))).toEqual({ healthy: reason === "", reason });
  });

  test("never better for a member that fails besides", () => {
    const opinion = fc.record({
      monitor: fc.constant("m"),
      healthy: fc.boolean(),
      reason: fc.constant("timeout"),
      monitoringOnly: fc.boolean(),
      mustBeHealthy: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(opinion, { minLength: 1, maxLength: 5 }), fc.nat(4), (all, at) => {
        const worse = all.map((one, index) =>
          index === at % all.length ? { ...one, healthy: false } : one,
        );
        expect(combine(all).healthy || !combine(worse).healthy).toBe(true);
      }),
    );
  });
});

describe("the monitor that stands for a group", () => {
  const group = { id: "g".repeat(32), name: "group", description: "both" };
  const member = (more: object, monitoringOnly = false) => ({
    monitor: monitorOf(more),
    monitoringOnly,
  });

  test("asks what the first that counts asks, as often as the most frequent", () => {
    const members = [
      member({ path: "/watch", interval: 10, timeout: 1, consecutive_down: 9 }, true),
      member({ path: "/a", interval: 60, timeout: 2, consecutive_up: 2 }),
      member({ path: "/b", interval: 30, timeout: 3, consecutive_down: 3 }),
    ];
    expect(groupMonitor(group, members)).toMatchObject({
      ...group,
      ...{ path: "/a", interval: 10, timeout: 6, consecutive_up: 2, consecutive_down: 3 },
    });
  });

  test("is nobody when no member counts", () => {
    expect(groupMonitor(group, [])).toBeNull();
    expect(groupMonitor(group, [member({}, true)])).toBeNull();
  });
});
