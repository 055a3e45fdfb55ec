import { describe, expect, test } from "vitest";
import type { Table } from "../../../routing/model.ts";
import { disabledAtMs, stamped } from "../../../routing/table/disabled-since.ts";
import { toDocument } from "../../../routing/table/document.ts";
import { endpoint, pool } from "../steer/world.ts";
import { NOW_MS, tableOf } from "./fixtures.ts";

const MINUTE_MS = 60_000;
const documentOf = (pool: object, origin: object) => ({
  pools: {
    a: { ...pool, origins: [{ name: "a1", address: "a.example.net", ...origin }, other] },
  },
});
const other = { name: "a2", address: "b.example.net" };
const off = { enabled: false };

/** Of the pool and of its first endpoint. */
const since = ({ pools: [pool] }: Table) => [pool?.disabledAtMs, pool?.origins[0]?.disabledAtMs];

function history(...changes: readonly (readonly [pool: object, origin: object])[]): Table {
  let previous: Table | null = null;
  changes.forEach(([pool, origin], at) => {
    const nowMs = NOW_MS + at * MINUTE_MS;
    previous = tableOf(documentOf(pool, origin), { previous, nowMs });
  });
  if (previous === null) throw new Error("a history has changes");
  return previous;
}

describe("since when it is disabled is", () => {
  test("the moment of the change that did it", () => {
    expect(since(history([{}, {}], [{}, off]))).toEqual([undefined, NOW_MS + MINUTE_MS]);
    expect(since(history([{}, {}], [off, {}]))).toEqual([NOW_MS + MINUTE_MS, undefined]);
  });

  test("kept over later versions, whatever else they change", () => {
    const later = history([{}, off], [{ minimum_origins: 0 }, { ...off, weight: 0.5 }], [off, off]);
    expect(since(later)).toEqual([NOW_MS + 2 * MINUTE_MS, NOW_MS]);
  });

  test("gone when it is enabled, and begins anew", () => {
    expect(since(history([off, off], [{}, {}]))).toEqual([undefined, undefined]);
    const again = history([off, off], [{}, {}], [off, off]);
    expect(since(again)).toEqual([NOW_MS + 2 * MINUTE_MS, NOW_MS + 2 * MINUTE_MS]);
  });

  test("not to be written by who sends a document back", () => {
    const disabled_at = "2020-01-01T00:00:00Z";
    const sent = { ...off, disabled_at };
    expect(since(history([{}, {}], [sent, sent]))).toEqual([
      NOW_MS + MINUTE_MS,
      NOW_MS + MINUTE_MS,
    ]);
    expect(since(history([off, off], [sent, sent]))).toEqual([NOW_MS, NOW_MS]);
    expect(since(history([{ disabled_at }, { disabled_at }]))).toEqual([undefined, undefined]);
  });

  test("that of the document for what is new, as when one moves to another account", () => {
    const table = history([{}, off]);
    const moved = tableOf(toDocument(table), { nowMs: NOW_MS + MINUTE_MS });
    expect(since(moved)).toEqual([undefined, NOW_MS]);
  });
});

test("an operator reads it under the vendor's name", () => {
  const written = toDocument(history([{}, off])) as { pools: { a: { origins: object[] } } };
  expect(written.pools.a.origins[0]).toMatchObject({ disabled_at: "2026-11-26T10:00:00.125Z" });
  expect(written.pools.a).not.toHaveProperty("disabled_at");
});

test("an older version that is restored disables from now on, or from when it already was", () => {
  const disabled = { enabled: false, disabledAtMs: 1 };
  const old = [pool("a", [endpoint("a1", disabled), endpoint("a2", disabled), endpoint("a3")])];
  const inForce = [pool("a", ["a1", endpoint("a2", { enabled: false, disabledAtMs: 5 }), "a3"])];
  const [restored] = stamped(old, inForce, NOW_MS);
  expect(restored?.origins.map((one) => one.disabledAtMs)).toEqual([NOW_MS, 5, undefined]);
});

test("anything but a time is none", () => {
  for (const disabled_at of [undefined, null, 5, "", "yesterday", {}]) {
    expect(disabledAtMs({ disabled_at })).toEqual({});
  }
});
