import { afterEach, expect, inject, test, vi } from "vitest";
import { hashOf } from "../../routing/hash.ts";
import { FAILING_SLOTS } from "../../routing/health/probe-plan.ts";
import { PROBE_SLOTS, SCHEMA } from "../../routing/limits.ts";
import { proberObject } from "../../routing/names.ts";
import { faults } from "./faults.ts";
import { bindings, freshName, targetOf } from "./fixtures.ts";
import type { ManySeen } from "./many-origins.ts";

const INTERVAL_SECONDS = 4;
const ROUNDS = 3;
const PATIENCE_MS = 90_000;

const seen = async (): Promise<ManySeen> =>
  (await fetch(`http://127.0.0.1:${inject("manyControl")}/`)).json();

const until = (isOver: (seen: ManySeen) => boolean) =>
  vi.waitFor(
    async () => {
      const now = await seen();
      expect(isOver(now)).toBe(true);
      return now;
    },
    { timeout: PATIENCE_MS, interval: 100 },
  );

afterEach(() => {
  faults.regionsDown.clear();
  faults.opened = () => {};
});

test(
  "of 500 endpoints on one object a third are black holes: five slots, and the living are probed every interval",
  async () => {
    const [living, holes] = [inject("manyLiving"), inject("manyHoles")];
    const ofHole = new Set(holes.map(String));
    const most = { open: 0, holes: 0 };
    faults.opened = (urls) => {
      most.open = Math.max(most.open, urls.length);
      most.holes = Math.max(most.holes, urls.filter((url) => ofHole.has(new URL(url).port)).length);
    };
    // A prober is given more than a region would give it, by a region that it cannot reach, so that it keeps it.
    faults.regionsDown.add("apac");
    const prober = bindings.REGION_STATE.getByName(proberObject("apac", 1));
    const targetAt = (port: number, timeout: number) =>
      targetOf(freshName("many"), { interval: INTERVAL_SECONDS, timeout }, { port });
    // What is slow on a busy machine is no black hole; those are given up soon, so that the test is short.
    const targets = living.map((port) => targetAt(port, INTERVAL_SECONDS));
    targets.splice(20, 0, ...holes.map((port) => targetAt(port, 0.25)));
    await prober.assign({ schema: SCHEMA, hash: hashOf("all of them"), targets });

    const asked = ({ requests }: ManySeen, ports: readonly number[]) =>
      ports.map((port) => requests[port] ?? 0);
    const before = await until((now) =>
      [...asked(now, living), ...asked(now, holes)].every((count) => count > 0),
    );
    expect(most.open).toBe(PROBE_SLOTS);
    // From here on it is known who is a black hole.
    most.holes = 0;
    const gainedBy = (now: ManySeen, ports: readonly number[]) => {
      const counts = asked(before, ports);
      return asked(now, ports).map((count, at) => count - (counts[at] ?? 0));
    };
    const after = await until((now) => Math.max(...gainedBy(now, living)) > ROUNDS);
    // Nobody is behind the one who was probed most often, but for the round that is under way.
    expect(Math.min(...gainedBy(after, living))).toBeGreaterThanOrEqual(ROUNDS);
    expect(most).toEqual({ open: PROBE_SLOTS, holes: FAILING_SLOTS });
    expect(Math.max(...gainedBy(after, holes))).toBeGreaterThan(0);
    // As the servers see it, a connection that was given up may close a moment after the next has opened.
    expect(after.openMax).toBeLessThanOrEqual(PROBE_SLOTS + 1);
  },
  PATIENCE_MS,
);
