import { expect, test } from "vitest";
import type { EndpointId } from "../../routing/units.ts";
import type { Bench } from "./bench.ts";
import { CheckVelocity } from "./check-velocity.ts";
import type { Watcher } from "./watcher.ts";

const OBJECT = "v1:region:weur:cell:0";
const MEMBERS = ["a", "b", "c"] as EndpointId[];

/** A pool of three; `sick`: what is wrong in truth. */
function watching(sick: readonly string[]) {
  const said: string[] = [];
  const bench = {
    kernel: { nowMs: 1_000_000 },
    history: { member: (endpoint: string) => ({ address: endpoint, pool: "amber" }) },
    origins: {
      ailmentOf: (address: string) => (sick.includes(address) ? "dead" : null),
      wasSick: () => false,
    },
    violated: (sentence: string) => said.push(sentence),
  } as unknown as Bench;
  const checker: Watcher = new CheckVelocity(bench);
  const call = { caller: "x", object: OBJECT, generation: 1 };
  const targets = MEMBERS.map((endpoint) => ({ endpoint, pool: "amber" }));
  checker.served?.({ ...call, method: "push", args: [{ targets }], result: null });
  const down = (...endpoints: readonly string[]) => {
    const health = Object.fromEntries(endpoints.map((one) => [one, { healthy: false }]));
    checker.served?.({ ...call, method: "status", args: [], result: { asOfMs: 0, health } });
  };
  return { said, down, checker };
}

test("one sound endpoint of three may go, two may not", () => {
  const { said, down } = watching([]);
  down("a");
  expect(said).toEqual([]);
  down("a", "b");
  expect(said).toEqual([`${OBJECT} removed 2 of 3 sound endpoints of amber in five minutes`]);
});

test("what is wrong in truth, or what traffic has complained of, may go as well", () => {
  const { said, down, checker } = watching(["b"]);
  checker.lost?.({ from: "FRA#1", to: "c", what: "GET /visit/7" });
  down("a", "b", "c");
  expect(said).toEqual([]);
  checker.lost?.({ from: OBJECT, to: "a", what: "GET /healthz" });
  down("a", "b", "c");
  expect(said).toEqual([]);
});

test("a lost probe is no word of traffic's, and one after the other within five minutes is as bad as both at once", () => {
  const { said, down, checker } = watching([]);
  checker.lost?.({ from: OBJECT, to: "b", what: "GET /healthz" });
  down("a");
  down("b");
  expect(said.length).toBe(1);
});
