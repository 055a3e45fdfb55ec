import { expect, test } from "vitest";
import { previewTargets } from "../../../durable-objects/config/preview-targets.ts";
import { tableOf } from "../../routing/table/fixtures.ts";

const table = tableOf({
  monitors: { web: { port: 8080 }, sql: { type: "tcp", port: 5432 } },
  monitor_groups: { g: { members: [{ monitor_id: "sql" }, { monitor_id: "web" }] } },
  pools: {
    off: { enabled: false, monitor: "web", origins: [{ name: "a", address: "a.example" }] },
    grouped: { monitor_group: "g", origins: [{ name: "b", address: "b.example", enabled: false }] },
  },
});

test("a disabled endpoint of a disabled pool is asked, at the port that the prober would use", () => {
  const plan = previewTargets(table, { pool: "off" });
  expect(plan).toMatchObject({
    ok: true,
    value: { version: 1, targets: [{ name: "a", port: 8080, monitor: { name: "web" } }] },
  });
  expect(previewTargets(table, { pool: "grouped" })).toMatchObject({
    value: { targets: [{ name: "b", monitor: { name: "g" }, members: [{}, {}] }] },
  });
});

test("a monitor that is named takes the place of the pool's group", () => {
  const plan = previewTargets(table, { pool: "grouped", monitor: "web" });
  expect(plan).toMatchObject({ value: { targets: [{ monitor: { name: "web" } }] } });
  expect(plan.ok && plan.value.targets[0]?.members).toBeUndefined();
});

test("a draft is held to every rule of a monitor, with pointers into it", () => {
  const draft = { type: "smtp", timeout: 70, interval: 60, expected_codes: "1xx" };
  const plan = previewTargets(table, { pool: "off", draft });
  const pointers = plan.ok || plan.error.reason !== "invalid" ? [] : plan.error.problems;
  expect(pointers.map(({ pointer }) => pointer).sort()).toEqual([
    "/expected_codes",
    "/timeout",
    "/type",
  ]);
});

test("a question of a caller who knows nothing of them is refused, and the table stays as it is", () => {
  const before = JSON.stringify(table);
  const endpoints = Array.from({ length: 257 }, () => "a");
  expect(() => previewTargets(table, { pool: "off", endpoints })).toThrow(/at most 256/);
  expect(previewTargets(table, { draft: {} })).toEqual({ ok: false, error: { reason: "no-pool" } });
  previewTargets(table, { pool: "off" });
  expect(JSON.stringify(table)).toBe(before);
});
