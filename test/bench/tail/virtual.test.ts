import { expect, test } from "vitest";
import { Kernel } from "../../sim/kernel.ts";
import { SERVING, serving } from "./behaviour.ts";
import { type Scenario, scenariosFor } from "./scenarios.ts";
import { runVirtual } from "./virtual.ts";
import { VirtualServer } from "./virtual-server.ts";

const RUN_MS = 2_000;
const named = (name: string): Scenario => {
  const found = scenariosFor(RUN_MS).find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`There is no scenario ${name}.`);
  return found;
};

test("the same seed gives the same run, another one another", async () => {
  const [one, same, other] = [
    await runVirtual(named("gray"), 3, 1),
    await runVirtual(named("gray"), 3, 1),
    await runVirtual(named("gray"), 3, 2),
  ];
  expect(same).toEqual(one);
  expect(other.samples).not.toEqual(one.samples);
});

test("every request is answered or lost, and each has reached a server at least once", async () => {
  const { samples, attempts } = await runVirtual(named("steady"), 3, 1);
  expect(samples.length).toBeGreaterThan(300);
  expect(samples.every(({ ok }) => ok)).toBe(true);
  expect(attempts).toBeGreaterThanOrEqual(samples.length);
});

test("a fault is a fault: the server that is killed gets nothing more", async () => {
  const scenario = named("kill");
  const steps = scenario.steps.slice(0, 1).map((step) => ({ ...step, atMs: 0 }));
  const { attemptsByServer } = await runVirtual({ ...scenario, steps }, 3, 1);
  expect(attemptsByServer[steps[0]?.server ?? -1]).toBe(0);
});

test("a server's worker takes one request after the other, and a kill resets what is open", async () => {
  const kernel = new Kernel();
  const server = new VirtualServer(50, 1, 1, kernel);
  const ask = () => server.answer(new Request("http://s/")).then((answer) => answer.status);
  const ended: (number | string)[] = [];
  const note = (what: number | Error) => ended.push(what instanceof Error ? what.message : what);
  ask().then(note, note);
  ask().then(note, note);
  await kernel.run(1);
  server.behave({ do: "killed" });
  ask().then(note, note);
  await kernel.run(10_000);
  expect(ended).toEqual(["reset", "reset", "refused"]);
  server.behave(serving({ failRatio: 1 }));
  ask().then(note, note);
  await kernel.run(10_000);
  server.behave(SERVING);
  ask().then(note, note);
  await kernel.run(10_000);
  expect(ended.slice(3)).toEqual([503, 200]);
});
