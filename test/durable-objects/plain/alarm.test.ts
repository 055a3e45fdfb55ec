import { expect, test } from "vitest";
import { ALARM_LATE_MS, AlarmKeeper, isLost } from "../../../durable-objects/alarm.ts";

function storedAlarm(initialMs: number | null) {
  const alarm = {
    atMs: initialMs,
    isBroken: false,
    get: async () => alarm.atMs,
    async set(atMs: number) {
      if (alarm.isBroken) throw new Error("storage refuses");
      alarm.atMs = atMs;
    },
  };
  return alarm;
}

test.each([
  ["none", null, 0, true],
  ["in the future", 10, 0, false],
  ["due now", 10, 10, false],
  ["a little late", 10, 10 + ALARM_LATE_MS, false],
  ["too late", 10, 11 + ALARM_LATE_MS, true],
])("an alarm that is %s", (_what, dueMs, nowMs, lost) => {
  expect(isLost(dueMs, nowMs)).toBe(lost);
});

test("a new instance asks storage, and sets an alarm only when there is none", async () => {
  const [stored, missing] = [storedAlarm(500), storedAlarm(null)];
  await new AlarmKeeper(stored).ensure(100);
  await new AlarmKeeper(missing).ensure(100);
  expect([stored.atMs, missing.atMs]).toEqual([500, 100]);
});

test("an alarm that was lost is counted once, however many callers find it so", async () => {
  const keeper = new AlarmKeeper(storedAlarm(null));
  await Promise.all([keeper.ensure(100), keeper.ensure(100), keeper.ensure(101)]);
  expect(keeper.lost).toBe(1);
  await keeper.ensure(100 + ALARM_LATE_MS);
  expect(keeper.lost).toBe(1);
  await keeper.ensure(101 + ALARM_LATE_MS);
  expect(keeper.lost).toBe(2);
});

test("an alarm is moved to a sooner time, never to a later one", async () => {
  const alarm = storedAlarm(500);
  const keeper = new AlarmKeeper(alarm);
  await keeper.sooner(700);
  expect(alarm.atMs).toBe(500);
  await keeper.sooner(300);
  expect(alarm.atMs).toBe(300);
});

test("an alarm that rang is spent: a later time can be set", async () => {
  const alarm = storedAlarm(500);
  const keeper = new AlarmKeeper(alarm);
  await keeper.ensure(0);
  keeper.rang();
  await keeper.sooner(900);
  expect(alarm.atMs).toBe(900);
});

test("a set that storage refuses is not believed", async () => {
  const alarm = storedAlarm(null);
  const keeper = new AlarmKeeper(alarm);
  alarm.isBroken = true;
  await expect(keeper.set(400)).rejects.toThrow("storage refuses");
  alarm.isBroken = false;
  await keeper.ensure(100);
  expect(alarm.atMs).toBe(100);
});
