import { expect, test } from "vitest";
import { Kernel } from "./kernel.ts";
import { type Body, ObjectHost } from "./object-host.ts";
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
    await this.#body.alarm.set(this.#kernel.nowMs + inMs);
  }

  async alarm(): Promise<void> {
    await this.count(10);
  }
}

function open() {
  const kernel = new Kernel();
  const timeline = new Timeline(kernel, null);
  const host = new ObjectHost("counter", kernel, timeline, (body) => new Counter(kernel, body));
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
