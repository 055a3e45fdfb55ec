import { describe, expect, test } from "vitest";
import { type EndpointKnowledge, type Know, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import { type PlannedPool, planOf } from "../../../routing/steer/plan.ts";
import { viewOf } from "../../../routing/steer/pool-view.ts";
import {
  down,
  ejected,
  endpointId,
  knowing,
  measured,
  NOW,
  pool,
  shardOf,
  verdict,
} from "./world.ts";

function plannedPool(): PlannedPool {
  const [planned] = planOf(shardOf([pool("p", ["e1", "e2", "e3", "e4"])])).defaults;
  if (planned === undefined) throw new Error("the shard has one pool");
  return planned;
}

function isolate() {
  const planned = plannedPool();
  const known = new Known();
  const tell = (id: string, more: Partial<EndpointKnowledge>) =>
    known.set(endpointId(id), { ...known.know(endpointId(id)), ...more });
  const see = (nowMs = NOW, replayable = true) => viewOf(planned, known.know, replayable, nowMs);
  return { planned, known, tell, see };
}

describe("a view is kept", () => {
  test("while nothing but loads changes, however late it is", () => {
    const { tell, see } = isolate();
    tell("e1", { health: verdict(true) });
    const before = see();
    tell("e1", measured(20, 3));
    tell("e2", measured(400, 1));
    expect(see(NOW + 3_600_000)).toBe(before);
    expect(before.available[0]?.live.now.load.pending).toBe(3);
  });

  test("for requests that can be sent again and for others by itself", () => {
    const { see } = isolate();
    const [again, once] = [see(NOW, true), see(NOW, false)];
    expect(see(NOW, true)).toBe(again);
    expect(see(NOW, false)).toBe(once);
  });
});

describe("a view is made anew", () => {
  test("after a verdict and after an ejection", () => {
    const { tell, see } = isolate();
    const before = see();
    tell("e1", down);
    const after = see();
    expect([before, after].map(({ available }) => available.length)).toEqual([4, 3]);
    tell("e2", ejected);
    expect(see().available.length).toBe(2);
  });

  test("when time alone changes it: the end of an ejection, a verdict too old, each step of a slow start", () => {
    const { tell, see } = isolate();
    tell("e1", ejected);
    tell("e2", down);
    tell("e3", { health: verdict(true, 0, 5_000) });
    expect(see().available.map(({ weight }) => weight)).toEqual([0.5, 1]);
    expect(see(NOW + 150).available.map(({ weight }) => weight)).toEqual([0.51, 1]);
    expect(see(NOW + 4_000).available.map(({ ripe }) => ripe)).toEqual([true, false, false]);
    expect(see(NOW + 90_000).available.length).toBe(4);
    expect(see().available.map(({ weight }) => weight)).toEqual([0.5, 1]);
  });

  test("for another isolate", () => {
    const { planned, see } = isolate();
    const other = new Known();
    other.set(endpointId("e1"), { ...UNKNOWN, ...down });
    expect(see().available.length).toBe(4);
    expect(viewOf(planned, other.know, true, NOW).available.length).toBe(3);
    expect(see().available.length).toBe(4);
  });

  test("always where nobody counts changes", () => {
    const planned = plannedPool();
    const know: Know = knowing({});
    expect(viewOf(planned, know, true, NOW)).not.toBe(viewOf(planned, know, true, NOW));
  });
});
