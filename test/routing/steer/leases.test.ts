import { describe, expect, test } from "vitest";
import type { RegionLimits } from "../../../routing/exchange.ts";
import { counted, openRate, perSecond } from "../../../routing/load/rate.ts";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import { HeldLeases } from "../../../routing/steer/leases.ts";
import { endpointId, NOW, poolId } from "./world.ts";

const A = endpointId("a");
const P = poolId("p");
const UNTIL = NOW + 4_000;
const told = (inFlight: number, asked: number, more: Partial<RegionLimits> = {}): RegionLimits => ({
  untilMs: UNTIL,
  inFlight: { [A]: inFlight },
  asked: { [P]: asked },
  ...more,
});
const asked = (count: number) => ({ [P]: { asked: count } });

/** An isolate and what it has in flight. */
function isolate(perBeat: number) {
  const leases = new HeldLeases();
  let pending = 0;
  const pendingOf = () => pending;
  leases.asked(1, asked(perBeat), NOW);
  return {
    leases,
    hear: (limits: unknown, nowMs = NOW) =>
      leases.hear(limits as RegionLimits | undefined, pendingOf, nowMs),
    hasRoom: (nowMs = NOW) => leases.at(pendingOf, nowMs)?.hasRoom(A, P) ?? true,
    isLimited: (nowMs = NOW) => leases.at(pendingOf, nowMs) !== null,
    change: (by: 1 | -1, nowMs = NOW) => {
      leases.pendingChanges(A, P, pending, nowMs);
      pending += by;
    },
    get pending() {
      return pending;
    },
    fill(nowMs = NOW): number {
      while (this.hasRoom(nowMs) && pending < 1_000) this.change(1, nowMs);
      return pending;
    },
  };
}

describe("an isolate has in flight", () => {
  test("its part of the limit, by its part of what the pool is asked", () => {
    const one = isolate(25);
    one.hear(told(7.5, 100));
    expect(one.fill()).toBe(2);
  });

  test("at least one, also where the region has not said what the pool is asked", () => {
    const one = isolate(0);
    one.hear(told(8, 100, { asked: {} }));
    expect(one.fill()).toBe(1);
  });

  test("as much as it likes of an endpoint without a limit", () => {
    const one = isolate(25);
    one.hear(told(8, 100, { inFlight: {} }));
    expect(one.fill()).toBe(1_000);
  });

  test("another part from the next view on; what it had over it is worked off", () => {
    const one = isolate(50);
    one.hear(told(1, 100));
    one.change(1);
    one.change(-1, NOW + 500);
    one.hear(told(2, 100), NOW + 600);
    // 500 ms at about a half over it, and 100 ms under it.
    expect(one.hasRoom(NOW + 600 + 100)).toBe(false);
    expect(one.hasRoom(NOW + 600 + 400)).toBe(true);
  });

  test("no part of a report that is sent again", () => {
    const one = isolate(25);
    one.leases.asked(1, asked(75), NOW);
    one.hear(told(7.5, 100));
    expect(one.fill()).toBe(2);
  });
});

test.each([1_000, 5_000, 20_000])(
  "parts are all of the limit together where isolates report every %d ms",
  (beatMs) => {
    const [count, limit] = [10, 1_000];
    let region = openRate(NOW);
    const isolates = Array.from({ length: count }, () => new HeldLeases());
    let parts: number[] = [];
    for (let beat = 0; beat < 20; beat += 1) {
      parts = isolates.map((leases, at) => {
        const nowMs = NOW + beat * beatMs + (at * beatMs) / count;
        leases.asked(beat + 1, asked(100), nowMs);
        region = counted(region, 100, nowMs);
        leases.hear(told(limit, perSecond(region, nowMs), { untilMs: nowMs }), () => 0, nowMs);
        let pending = 0;
        while (leases.at(() => pending, nowMs)?.hasRoom(A, P) === true) pending += 1;
        return pending;
      });
    }
    const sum = parts.reduce((all, part) => all + part, 0);
    expect(sum).toBeGreaterThan(0.7 * limit);
    expect(sum).toBeLessThan(1.1 * limit + count);
  },
);

describe("it fails open", () => {
  test("a region that is gone limits nobody: what it said is over when its time is", () => {
    const one = isolate(25);
    one.hear(told(8, 100));
    one.fill();
    expect(one.hasRoom(UNTIL)).toBe(false);
    expect(one.isLimited(UNTIL + 1)).toBe(false);
  });

  test("a view without limits ends them", () => {
    const one = isolate(25);
    one.hear(told(8, 100));
    one.fill();
    one.hear(undefined);
    expect(one.isLimited()).toBe(false);
  });

  test.each([
    ["no endpoints", told(8, 100, { inFlight: null as never })],
    ["no pools", told(8, 100, { asked: null as never })],
    ["no time", told(8, 100, { untilMs: "soon" as never })],
    ["no number", told(Number.NaN, 100)],
    ["a negative number", told(-1, 100)],
    ["nothing", null],
  ])("limits with %s limit nobody", (_, limits) => {
    const one = isolate(25);
    one.hear(limits);
    expect(one.fill()).toBe(1_000);
  });
});

test("property: all isolates together have no more in flight than the limit and one each, and over time no more than the limit", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const rng = seededRng(seed);
    const count = 1 + pickIndex(30, rng);
    const perBeat = Array.from({ length: count }, () => 1 + pickIndex(200, rng));
    const all = perBeat.reduce((sum, one) => sum + one, 0);
    const limit = 1 + 60 * rng();
    const isolates = perBeat.map(isolate);
    for (const one of isolates) one.hear(told(limit, all, { untilMs: NOW + 1e9 }));
    const ends: { atMs: number; of: (typeof isolates)[number] }[] = [];
    let inFlightMs = 0;
    const [stepMs, untilMs] = [20, 15_000];
    for (let ms = 0; ms < untilMs; ms += stepMs) {
      for (let at = ends.length - 1; at >= 0; at -= 1) {
        const end = ends[at];
        if (end === undefined || end.atMs > ms) continue;
        end.of.change(-1, NOW + ms);
        ends.splice(at, 1);
      }
      for (const of of isolates) {
        if (rng() < 0.5 || !of.hasRoom(NOW + ms)) continue;
        of.change(1, NOW + ms);
        ends.push({ atMs: ms + 20 + pickIndex(300, rng), of });
      }
      expect(ends.length, `seed ${seed}`).toBeLessThanOrEqual(limit + count);
      inFlightMs += stepMs * ends.length;
    }
    // What each had saved, and its last try.
    const more = limit * 3_000 + (limit + count) * (320 + stepMs);
    expect(inFlightMs, `seed ${seed}`).toBeLessThanOrEqual(limit * untilMs + more);
  }
});
