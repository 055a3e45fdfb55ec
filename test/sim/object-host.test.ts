import { expect, test } from "vitest";
import { Kernel } from "./kernel.ts";
import { type AlarmFate, type Body, type Machine, ObjectHost } from "./object-host.ts";
import { Timeline } from "./timeline.ts";

/** An object that counts its alarms in storage, and works for as long as it is told. */
class Counter {
  readonly #kernel: Kernel;
  readonly #body: Body;
  alarms = 0;

  constructor(kernel: Kernel, body: Body) {
    this.#kernel = kernel;
    this.#body = body;
    body.sql.run("CREATE TABLE IF NOT EXISTS counted (times INTEGER)");
  }

  async count(workMs: number): Promise<number> {
    await this.#kernel.timers({ alive: true }).wait(workMs);
    this.#body.sql.run("INSERT INTO counted VALUES (1)");
    return this.#body.sql.run("SELECT * FROM counted").length;
  }

  async setAlarm(inMs: number): Promise<void> {
    await this.#body.alarm.set(this.#body.clock.nowMs() + inMs);
  }

  async commit(): Promise<void> {
    this.#body.sql.transaction(() => this.#body.sql.run("INSERT INTO counted VALUES (1)"));
  }

  /** Touches no storage. */
  async idle(workMs: number): Promise<string> {
    await this.#kernel.timers({ alive: true }).wait(workMs);
    return "well";
  }

  async alarm(): Promise<void> {
    await this.count(10);
  }
}

function open(machine?: Machine) {
  const kernel = new Kernel();
  const timeline = new Timeline(kernel, null);
  const build = (body: Body) => new Counter(kernel, body);
  const host = new ObjectHost("counter", kernel, timeline, build, machine);
  return { kernel, timeline, host };
}

test("storage outlives the instance, memory does not", async () => {
  const { kernel, host } = open();
  const counted: number[] = [];
  for (let time = 0; time < 2; time += 1) {
    host.call((object) => object.count(1)).then((times) => counted.push(times));
    await kernel.run(10);
    host.evict();
  }
  expect(counted).toEqual([1, 2]);
  expect(host.generation).toBe(2);
});

test("a call in flight rejects when its instance is evicted, and what it still does is not stored", async () => {
  const { kernel, host } = open();
  const said: string[] = [];
  host.call((object) => object.count(100)).catch((error: Error) => said.push(error.message));
  kernel.schedule(50, () => host.evict());
  await kernel.run(200);
  host.call((object) => object.count(1)).then((times) => said.push(`${times}`));
  await kernel.run(10);
  expect(said).toEqual(["The Durable Object was reset.", "1"]);
});

test("an alarm wakes an evicted object, and rings again when it was cut off", async () => {
  const { kernel, timeline, host } = open();
  host.call((object) => object.setAlarm(100));
  kernel.schedule(50, () => host.evict());
  kernel.schedule(105, () => host.evict());
  await kernel.run(10_000);
  let times = 0;
  host
    .call((object) => object.count(1))
    .then((counted) => {
      times = counted;
    });
  await kernel.run(10);
  expect(timeline.counts).toMatchObject({ alarm: 2, "alarm cut off": 1 });
  expect(times).toBe(2);
});

test("a crash before a commit stores nothing, one after it stores all; nobody is told of either", async () => {
  for (const [when, stored] of [["before", 0] as const, ["after", 1] as const]) {
    const { kernel, host } = open();
    const said: string[] = [];
    await host.call(async () => {});
    host.crashAtCommit(when);
    host.call((object) => object.commit()).catch((error: Error) => said.push(error.message));
    await kernel.run(10);
    expect(said).toEqual(["The Durable Object was reset."]);
    expect(host.read().run("SELECT * FROM counted").length).toBe(stored);
    expect(host.isRunning).toBe(false);
  }
});

test("a superseded instance goes on until it touches storage, and answers who had called it", async () => {
  const { kernel, host } = open();
  const said: string[] = [];
  const tell = (error: Error) => said.push(error.message);
  host.call((object) => object.count(50)).catch(tell);
  host.call((object) => object.idle(50)).then((word) => said.push(word), tell);
  await kernel.run(10);
  host.supersede();
  host.call((object) => object.count(1)).then((times) => said.push(`${times}`), tell);
  await kernel.run(100);
  expect(said).toEqual(["1", "This instance was superseded: its storage is closed to it.", "well"]);
  expect(host.generation).toBe(2);
});

test("an alarm is lost, doubled, or late as its machine says; a clock ahead moves none", async () => {
  const rung = async (fate: Partial<AlarmFate>, skewMs = 0) => {
    const { kernel, timeline, host } = open({
      skewMs,
      alarmFate: () => ({ does: "ring", lateMs: 0, ...fate }),
    });
    host.call((object) => object.setAlarm(100));
    await kernel.run(1_000);
    return timeline.counts["alarm"] ?? 0;
  };
  expect(await rung({})).toBe(1);
  expect(await rung({}, 300_000)).toBe(1);
  expect(await rung({ does: "never ring" })).toBe(0);
  expect(await rung({ does: "ring twice" })).toBe(2);
  expect(await rung({ lateMs: 5_000 })).toBe(0);
});
