import { beforeEach, expect, test } from "vitest";
import { type Result, Sight } from "../../../../durable-objects/region/sight.ts";
import type { EndpointId } from "../../../../routing/units.ts";

const dead = new Set<string>();
const sightOf = (...endpoints: string[]) => {
  const sight = new Sight((endpoint) => dead.has(endpoint));
  sight.retarget(endpoints as EndpointId[]);
  return sight;
};
const result = (endpoint: string, round: number, saw: Result["saw"]): Result => ({
  endpoint: endpoint as EndpointId,
  round,
  saw,
  reason: saw,
});
const countedBy = (sight: Sight, ...given: Parameters<typeof result>) =>
  sight.look(result(...given)).map(({ endpoint, round, saw }) => `${endpoint}${round} ${saw}`);

beforeEach(() => dead.clear());

test("an endpoint that is alone cannot be compared: its silence counts", () => {
  expect(countedBy(sightOf("a"), "a", 1, "nothing")).toEqual(["a1 nothing"]);
});

test("silence waits until another endpoint answered in the same round", () => {
  const sight = sightOf("a", "b");
  expect(countedBy(sight, "a", 1, "nothing")).toEqual([]);
  expect(countedBy(sight, "b", 1, "healthy")).toEqual(["a1 nothing", "b1 healthy"]);
  expect(sight.blind).toBe(false);
});

test("an answer of an earlier round proves nothing about this one", () => {
  const sight = sightOf("a", "b");
  countedBy(sight, "a", 1, "healthy");
  countedBy(sight, "b", 1, "healthy");
  expect(countedBy(sight, "a", 2, "nothing")).toEqual([]);
  expect(sight.blind).toBe(false);
  expect(countedBy(sight, "b", 2, "nothing")).toEqual([]);
  expect(sight.blind).toBe(true);
});

test("one's own answer is no proof for oneself, the second newest is", () => {
  const sight = sightOf("a", "b", "c");
  countedBy(sight, "a", 1, "healthy");
  countedBy(sight, "b", 2, "healthy");
  countedBy(sight, "a", 3, "healthy");
  expect(countedBy(sight, "a", 2, "nothing")).toEqual(["a2 nothing"]);
  expect(countedBy(sight, "a", 3, "nothing")).toEqual([]);
});

test("a wrong answer is an answer: it counts at once, and proves that the prober sees", () => {
  const sight = sightOf("a", "b");
  expect(countedBy(sight, "a", 1, "unhealthy")).toEqual(["a1 unhealthy"]);
  expect(countedBy(sight, "b", 1, "nothing")).toEqual(["b1 nothing"]);
});

test("what was dropped while blind never counts, and the next answer ends the blindness", () => {
  const sight = sightOf("a", "b", "c");
  for (const endpoint of ["a", "b", "c"])
    expect(countedBy(sight, endpoint, 1, "nothing")).toEqual([]);
  expect(sight.blind).toBe(true);
  expect(countedBy(sight, "a", 2, "healthy")).toEqual(["a2 healthy"]);
  expect(sight.blind).toBe(false);
  expect(countedBy(sight, "b", 2, "nothing")).toEqual(["b2 nothing"]);
});

test("what still waits when the blindness ends was not seen in it, and never counts", () => {
  const sight = sightOf("a", "b", "c");
  for (const endpoint of ["a", "b", "c"]) countedBy(sight, endpoint, 1, "nothing");
  expect(countedBy(sight, "a", 2, "nothing")).toEqual([]);
  expect(countedBy(sight, "b", 2, "healthy")).toEqual(["b2 healthy"]);
  expect(countedBy(sight, "a", 3, "nothing")).toEqual([]);
  expect(countedBy(sight, "c", 3, "healthy")).toEqual(["a3 nothing", "c3 healthy"]);
});

test("a new endpoint that was not probed yet keeps the question open", () => {
  const sight = sightOf("a", "b");
  sight.retarget(["a", "b", "c"] as EndpointId[]);
  countedBy(sight, "a", 1, "nothing");
  countedBy(sight, "b", 1, "nothing");
  expect(sight.blind).toBe(false);
  expect(countedBy(sight, "c", 1, "healthy")).toEqual(["a1 nothing", "b1 nothing", "c1 healthy"]);
});

test("the dead whose turn has not come are not waited for: the silence of all others is blindness", () => {
  const sight = sightOf("a", "b", "gone");
  dead.add("gone");
  countedBy(sight, "a", 1, "nothing");
  expect(sight.blind).toBe(false);
  countedBy(sight, "b", 1, "nothing");
  expect(sight.blind).toBe(true);
});

test("a dead one whose turn it is may still prove that the prober sees", () => {
  const sight = sightOf("a", "b", "wrong");
  dead.add("wrong");
  sight.begin("wrong" as EndpointId, 1);
  countedBy(sight, "a", 1, "nothing");
  countedBy(sight, "b", 1, "nothing");
  expect(sight.blind).toBe(false);
  expect(countedBy(sight, "wrong", 1, "unhealthy")).toEqual([
    "a1 nothing",
    "b1 nothing",
    "wrong1 unhealthy",
  ]);
});

test("a dead one that waits for the next round holds up no word about this one", () => {
  const sight = sightOf("a", "b", "gone");
  dead.add("gone");
  countedBy(sight, "a", 1, "nothing");
  sight.begin("gone" as EndpointId, 2);
  countedBy(sight, "b", 1, "nothing");
  expect(sight.blind).toBe(true);
  expect(countedBy(sight, "a", 2, "healthy")).toEqual(["a2 healthy"]);
});

test("silence of the dead is no blindness", () => {
  const sight = sightOf("gone", "away");
  dead.add("gone").add("away");
  expect(countedBy(sight, "gone", 1, "nothing")).toEqual([]);
  expect(sight.blind).toBe(false);
});
