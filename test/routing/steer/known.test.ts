import { describe, expect, test } from "vitest";
import { ADMITTING } from "../../../routing/health/ejection.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import { down, ejected, endpointId, measured, poolId, verdict } from "./world.ts";

const A = endpointId("a");
const P = poolId("p");

test("what nobody has told is unknown, and what was told last is known", () => {
  const known = new Known();
  expect(known.know(A)).toBe(UNKNOWN);
  known.set(A, { ...UNKNOWN, ...down });
  expect(known.know(A)).toMatchObject(down);
  expect([...known.endpoints]).toEqual([A]);
  known.forget(A);
  expect(known.know(A)).toBe(UNKNOWN);
  expect([...known.endpoints]).toEqual([]);
});

describe("changes are counted", () => {
  const countOf = (known: Known) => known.know.tally?.standings ?? 0;

  test("when one makes a pool look different, and only then", () => {
    const known = new Known();
    const before = countOf(known);
    known.set(A, { ...UNKNOWN, ...measured(20, 3) });
    known.set(A, { ...UNKNOWN, ...measured(400, 0) });
    expect(countOf(known)).toBe(before);
    known.set(A, { ...UNKNOWN, health: verdict(true) });
    const told = countOf(known);
    expect(told).toBeGreaterThan(before);
    known.set(A, { ...UNKNOWN, health: verdict(true), ...ejected });
    expect(countOf(known)).toBeGreaterThan(told);
  });

  test("when a record that somebody may hold is forgotten", () => {
    const known = new Known();
    const live = known.know.tally?.liveOf(A);
    const before = countOf(known);
    known.forget(A);
    expect(countOf(known)).toBeGreaterThan(before);
    known.set(A, { ...UNKNOWN, ...measured(20) });
    expect(known.know.tally?.liveOf(A)).not.toBe(live);
  });
});

test("the row of a forgotten endpoint is the next one's", () => {
  const known = new Known();
  const slot = known.know.tally?.liveOf(A).slot;
  known.forget(A);
  expect(known.know.tally?.liveOf(endpointId("b")).slot).toBe(slot);
});

test("a live record tells what is known now", () => {
  const known = new Known();
  const live = known.know.tally?.liveOf(A);
  known.set(A, { ...UNKNOWN, ...measured(20, 2) });
  expect(live?.now.load.pending).toBe(2);
  expect(known.know.tally?.liveOf(A)).toBe(live);
});

test("what changes in a pool is counted once an endpoint is looked at in it, standings are not", () => {
  const known = new Known();
  known.set(A, { ...UNKNOWN, ...measured(20) });
  const tally = known.know.tally;
  const changes = tally?.changesIn(P);
  expect(changes?.count).toBe(0);
  tally?.liveOf(A, P);
  known.set(A, { ...known.know(A), ...measured(30) });
  known.set(A, { ...known.know(A), shared: { ms: 25, atMs: 1 } });
  expect(changes?.count).toBe(2);
  known.set(A, { ...known.know(A), health: verdict(true) });
  expect(changes?.count).toBe(2);
  expect(tally?.changesIn(P)).toBe(changes);
});

test("that an endpoint fails, and no more does, is counted in its pool alone", () => {
  const known = new Known();
  const { tally } = known.know;
  tally?.liveOf(A, P);
  const counts = () => [tally?.standings, tally?.changesIn(P).failing];
  const [standings = 0] = counts();
  const failed = (failures: number) =>
    known.set(A, { ...known.know(A), ejection: { ...ADMITTING, failures } });
  for (const failures of [1, 2]) failed(failures);
  expect(counts()).toEqual([standings, 1]);
  failed(0);
  expect(counts()).toEqual([standings, 2]);
  expect(tally?.changesIn(poolId("other")).failing).toBe(0);
});

test("tries in flight are counted by pool, and never below 0", () => {
  const known = new Known();
  const pending = () => known.know.tally?.pendingOf(P);
  expect(pending()).toBe(0);
  known.pendingChanged(P, 1);
  known.pendingChanged(P, 1);
  known.pendingChanged(poolId("other"), 1);
  expect(pending()).toBe(2);
  for (let count = 0; count < 3; count += 1) known.pendingChanged(P, -1);
  expect(pending()).toBe(0);
});
