import { expect, test } from "vitest";
import { PoolWaits } from "../../../../durable-objects/region/pool-waits.ts";
import { WaitCounts } from "../../../../routing/attempt/waits.ts";
import type { PoolId } from "../../../../routing/units.ts";
import { reportOf } from "../messages.ts";

const NOW = 1_800_000_000_000;
const A = "a".repeat(32) as PoolId;

function reporting(ms: number, count: number, more: object = {}) {
  const counts = new WaitCounts();
  for (let one = 0; one < count; one += 1) counts.add(ms);
  return { ...reportOf("isolate", 1), waits: { [A]: counts.flat }, ...more };
}

test("isolates that each know too little know it together", () => {
  const waits = new PoolWaits();
  for (let count = 0; count < 3; count += 1) waits.fold(reporting(100, 6), NOW);
  expect(waits.told(reporting(0, 0).colo)).toEqual({});
  waits.fold(reporting(100, 6), NOW);
  const late = waits.told(reporting(0, 0).colo).lateMs?.[A] ?? 0;
  expect(late).toBeGreaterThan(90);
  expect(late).toBeLessThan(116);
});

test("another colo is at another distance", () => {
  const waits = new PoolWaits();
  waits.fold(reporting(20, 30, { colo: "FRA" }), NOW);
  waits.fold(reporting(280, 30, { colo: "SYD" }), NOW);
  expect(waits.told("FRA").lateMs?.[A]).toBeLessThan(24);
  expect(waits.told("SYD").lateMs?.[A]).toBeGreaterThan(250);
  expect(waits.told("GRU")).toEqual({});
});

test("of more pairs than it keeps, those go that were not heard of for longest", () => {
  const waits = new PoolWaits();
  const of = (pool: string) => ({ waits: { [pool]: [20, 30] } });
  for (let at = 0; at < 10_000; at += 1) waits.fold({ ...reportOf("i", at), ...of(`p${at}`) }, NOW);
  waits.fold({ ...reportOf("i", 10_000), ...of("p0") }, NOW);
  waits.fold({ ...reportOf("i", 10_001), ...of("new") }, NOW);
  const { lateMs = {} } = waits.told(reportOf("i", 0).colo);
  expect(Object.keys(lateMs)).toHaveLength(10_000);
  expect(lateMs).toHaveProperty("p0");
  expect(lateMs).toHaveProperty("new");
  expect(lateMs).not.toHaveProperty("p1");
});

test("what nobody has heard of for ten minutes is forgotten, with colos that nobody is in", () => {
  const waits = new PoolWaits();
  waits.fold(reporting(100, 30, { colo: "MADE UP" }), NOW);
  expect(waits.told("MADE UP")).toHaveProperty("lateMs");
  waits.fold(reporting(100, 30), NOW + 600_001);
  expect(waits.told("MADE UP")).toEqual({});
  expect(waits.told("FRA")).toHaveProperty("lateMs");
});

test("of the pools that are asked for alone", () => {
  const waits = new PoolWaits();
  waits.fold(reporting(100, 30), NOW);
  expect(waits.told("FRA", ["b".repeat(32) as PoolId])).toEqual({});
  expect(waits.told("FRA", [A])).toHaveProperty("lateMs");
});
