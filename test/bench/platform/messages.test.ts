import { expect, test } from "vitest";
import { coldReads, messageBytes, monthOfUpkeep, USED } from "./messages.ts";

test("a beat grows with the endpoints of its reporter's host, and not with the account", async () => {
  const [few, many] = [await messageBytes(12), await messageBytes(USED)];
  const perEndpoint = (many.beat - few.beat) / (USED - 12);
  // Two ids of 32 characters, a verdict with two stamps, an estimate with one.
  expect(perEndpoint).toBeGreaterThan(100);
  expect(perEndpoint).toBeLessThan(250);
  expect(many.report).toBeGreaterThan(few.report);
  const most = await messageBytes(240);
  expect(most.beat).toBe(many.beat);
  expect((most.wholeBeat - many.wholeBeat) / (240 - USED)).toBeGreaterThan(100);
});

test("a region that probes every five seconds rings and writes a row that often, and publishes twice a minute", async () => {
  const { alarms, rowsWritten, kvWrites } = await monthOfUpkeep(3, 2);
  const rounds = (30 * 86_400) / 5;
  expect(alarms / rounds).toBeGreaterThan(0.9);
  // It also rings to publish.
  expect(alarms / rounds).toBeLessThan(1.5);
  // The alarm, the round, and every other time the estimates.
  expect(rowsWritten / rounds).toBeGreaterThan(2);
  expect(rowsWritten / rounds).toBeLessThan(3.5);
  expect(kvWrites / (30 * 24 * 60)).toBeCloseTo(2, 0);
});

test("a cold isolate reads its manifest, its view and its host's shard from KV", async () => {
  expect((await coldReads()).kvGets).toBe(3);
});
