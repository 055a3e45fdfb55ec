import { describe, expect, test } from "vitest";
import { problemsIn, tableOf } from "./fixtures.ts";

const MONITORS = {
  quick: { interval: 10, timeout: 5 },
  other: { interval: 10, timeout: 5 },
  slow: { interval: 60, timeout: 10 },
};
const problemsOf = (...members: readonly object[]) =>
  problemsIn({ monitors: MONITORS, monitor_groups: { g: { members } } });

describe("a group is taken", () => {
  test("whose timeouts just fit into its shortest interval", () => {
    expect(problemsOf({ monitor_id: "quick" }, { monitor_id: "other" })).toEqual([]);
  });

  test("whose member that would not fit is not enabled", () => {
    const members = [{ monitor_id: "quick" }, { monitor_id: "slow", enabled: false }];
    expect(problemsOf(...members)).toEqual([]);
  });

  test("with one member that counts beside those that watch", () => {
    const members = [{ monitor_id: "quick" }, { monitor_id: "other", monitoring_only: true }];
    expect(problemsOf(...members)).toEqual([]);
  });

  test("whose members bring the vendor's read-only times", () => {
    const created_at = "2026-01-01T00:00:00Z";
    expect(problemsOf({ monitor_id: "quick", created_at, updated_at: created_at })).toEqual([]);
  });
});

test("a member that does not fit is told with both numbers", () => {
  expect(problemsOf({ monitor_id: "quick" }, { monitor_id: "slow" })).toMatchObject([
    {
      pointer: "/monitor_groups/g/members",
      detail: expect.stringMatching(/15 s together, and the shortest interval is 10 s/),
    },
  ]);
});

test("a group that names its members by id keeps them, and its own id, when they are renamed", () => {
  const before = tableOf({
    monitors: MONITORS,
    monitor_groups: { g: { members: [{ monitor_id: "quick" }] } },
  });
  const [quick] = before.monitors.filter(({ name }) => name === "quick");
  const [group] = before.monitor_groups;
  const after = tableOf(
    {
      monitors: { renamed: { ...MONITORS.quick, id: quick?.id } },
      monitor_groups: { h: { id: group?.id, members: [{ monitor_id: quick?.id }] } },
    },
    { previous: before },
  );
  expect(after.monitor_groups).toMatchObject([
    { id: group?.id, name: "h", members: [{ monitor_id: quick?.id }] },
  ]);
});
