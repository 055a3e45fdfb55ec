import { expect, test } from "vitest";
import { retryDelayMs } from "../../../durable-objects/config/followers.ts";
import { configMigrations } from "../../../durable-objects/config/migrations.ts";
import { objects } from "../../../durable-objects/config/objects.ts";
import { versions } from "../../../durable-objects/config/versions.ts";
import { documents } from "../../../durable-objects/storage/documents.ts";
import { migrate } from "../../../durable-objects/storage/migrations.ts";
import { VERSIONS_KEPT, VERSIONS_KEPT_MS } from "../../../routing/limits.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { openDatabase } from "../../helpers/sqlite.ts";

const COUNTS = { monitors: 0, pools: 0, load_balancers: 0, zones: 1, http_routes: 0 };

function storage() {
  const sql = openDatabase();
  migrate(sql, configMigrations);
  const list = versions(sql);
  const store = objects(sql, documents(sql));
  const add = (version: number, zone: string, at: number) => {
    const zones = [{ id: zone, name: zone, description: "" }];
    const manifest = store.store({
      monitors: [],
      monitor_groups: [],
      pools: [],
      load_balancers: [],
      zones,
      http_routes: [],
    });
    const etag = String(version);
    const by = { actor: "ann", note: "" };
    list.add({ version: version as TableVersion, etag, at, ...by, counts: COUNTS, manifest });
  };
  const stored = () => sql.run("SELECT id FROM objects ORDER BY id").map(({ id }) => id);
  const sweep = () => store.sweep(new Set(list.list().map(({ manifest }) => manifest)));
  return { list, store, add, stored, sweep };
}

test("the newest hundred are kept; what only the others had is swept, what a restore points at stays", () => {
  const { list, add, stored, sweep, store } = storage();
  for (let version = 1; version <= VERSIONS_KEPT + 10; version++) add(version, `z${version}`, 0);
  add(VERSIONS_KEPT + 11, "z3", 0);
  expect(list.compact(0)).toBe(true);
  sweep();
  expect(list.list()).toHaveLength(VERSIONS_KEPT);
  expect(stored()).toHaveLength(VERSIONS_KEPT);
  expect(stored()).toContain("z3");
  expect(stored()).not.toContain("z4");
  for (const { manifest } of list.list()) expect(store.load(manifest).zones).toHaveLength(1);
});

test("after thirty days only the newest five are left", () => {
  const { list, add } = storage();
  for (let version = 1; version <= 20; version++) add(version, "z", 0);
  expect(list.compact(VERSIONS_KEPT_MS)).toBe(false);
  expect(list.compact(VERSIONS_KEPT_MS + 1)).toBe(true);
  expect(list.list().map(({ version }) => version)).toEqual([20, 19, 18, 17, 16]);
});

test("equal objects of two versions are stored once", () => {
  const { add, stored } = storage();
  add(1, "z", 0);
  add(2, "z", 0);
  expect(stored()).toEqual(["z"]);
});

test("retries wait longer each time, up to a minute, and never in step", () => {
  const [soonest, latest] = [() => 0, () => 1];
  expect([1, 2, 3, 7, 50].map((failures) => retryDelayMs(failures, latest))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
  expect(retryDelayMs(3, soonest)).toBe(2_000);
});
