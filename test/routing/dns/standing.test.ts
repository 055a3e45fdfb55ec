import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOut, type Standings, settle } from "../../../routing/dns/standing.ts";
import { VELOCITY_WINDOW_MS } from "../../../routing/guard/velocity.ts";
import type { Verdict } from "../../../routing/health/quorum.ts";
import type { Pool } from "../../../routing/model.ts";
import { shop } from "./fixtures.ts";

const pools = (...sizes: readonly number[]): readonly Pool[] =>
  shop({
    pools: Object.fromEntries(
      sizes.map((size, at) => [
        `p${at}`,
        Array.from({ length: size }, (_, one) => `192.0.${at}.${one + 1}`),
      ]),
    ),
  }).pools;

const down =
  (all: readonly Pool[], ...names: readonly string[]) =>
  (id: string): Verdict =>
    all.some(({ origins }) => origins.some((one) => one.id === id && names.includes(one.name)))
      ? "unhealthy"
      : "healthy";

const outNames = (all: readonly Pool[], standings: Standings) =>
  all.flatMap(({ origins }) =>
    origins.filter(({ id }) => isOut(standings, id)).map(({ name }) => name),
  );

const at = (nowMs: number, failbackHoldMs = 0) => ({ nowMs, failbackHoldMs });

describe("an endpoint is left out", () => {
  test("when it is down", () => {
    const all = pools(4, 1);
    const { standings } = settle({}, all, down(all, "p0-1"), at(0));
    expect(outNames(all, standings)).toEqual(["p0-1"]);
  });

  test("as one of a third of its pool in five minutes, and the next only after that", () => {
    const all = pools(6, 1);
    const failing = down(all, "p0-0", "p0-1", "p0-2", "p0-3");
    const first = settle({}, all, failing, at(0));
    expect(outNames(all, first.standings)).toEqual(["p0-0", "p0-1"]);
    expect(first.held.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      "velocity-limit p0/p0-2",
      "velocity-limit p0/p0-3",
    ]);
    const soon = settle(first.standings, all, failing, at(VELOCITY_WINDOW_MS - 1));
    expect(outNames(all, soon.standings)).toEqual(["p0-0", "p0-1"]);
    const later = settle(first.standings, all, failing, at(VELOCITY_WINDOW_MS));
    expect(outNames(all, later.standings)).toEqual(["p0-0", "p0-1", "p0-2", "p0-3"]);
  });

  test("as one at least, however small its pool", () => {
    const all = pools(2, 1);
    const { standings } = settle({}, all, down(all, "p0-0"), at(0));
    expect(outNames(all, standings)).toEqual(["p0-0"]);
  });

  test("together with its whole pool when that is down, one pool at a time", () => {
    const all = pools(3, 3, 3);
    const failing = down(all, "p0-0", "p0-1", "p0-2", "p1-0", "p1-1", "p1-2");
    const { standings, held } = settle({}, all, failing, at(0));
    expect(outNames(all, standings)).toEqual(["p0-0", "p0-1", "p0-2"]);
    expect(held.map(({ subject }) => subject)).toEqual(["p1"]);
    const later = settle(standings, all, failing, at(VELOCITY_WINDOW_MS));
    expect(outNames(all, later.standings).length).toBe(6);
  });
});

describe("nothing moves", () => {
  test("when everything is down at once (fail-static)", () => {
    const all = pools(3, 2);
    const { standings, held } = settle({}, all, () => "unhealthy", at(0));
    expect(outNames(all, standings)).toEqual([]);
    expect(held.map(({ rule }) => rule)).toEqual(["fail-static"]);
  });

  test("when nobody knows", () => {
    const all = pools(3, 2);
    const before = settle({}, all, down(all, "p0-0"), at(0)).standings;
    const { standings, held } = settle(before, all, () => "unknown", at(900_000));
    expect([outNames(all, standings), held]).toEqual([["p0-0"], []]);
  });
});

describe("an endpoint comes back", () => {
  const all = pools(3, 1);
  const out = settle({}, all, down(all, "p0-0"), at(0, 300_000)).standings;

  test("after it was healthy for the hold, not before", () => {
    const seen = settle(out, all, down(all), at(10_000, 300_000)).standings;
    expect(outNames(all, seen)).toEqual(["p0-0"]);
    const early = settle(seen, all, down(all), at(309_999, 300_000)).standings;
    expect(outNames(all, early)).toEqual(["p0-0"]);
    const late = settle(seen, all, down(all), at(310_000, 300_000)).standings;
    expect(outNames(all, late)).toEqual([]);
  });

  test("and a failure in between begins the hold anew", () => {
    const seen = settle(out, all, down(all), at(10_000, 300_000)).standings;
    const failed = settle(seen, all, down(all, "p0-0"), at(200_000, 300_000)).standings;
    const again = settle(failed, all, down(all), at(310_000, 300_000)).standings;
    expect(outNames(all, again)).toEqual(["p0-0"]);
  });
});

test("whatever regions say, an endpoint leaves only within a third of its pool in five minutes, or as the only one, or with the whole pool", () => {
  const steps = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 1_000, max: 200_000 }),
      verdicts: fc.array(fc.constantFrom<Verdict>("healthy", "unhealthy", "unknown"), {
        minLength: 12,
        maxLength: 12,
      }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  const all = pools(7, 4, 1);
  const ids = all.flatMap(({ origins }) => origins.map(({ id }) => id));
  fc.assert(
    fc.property(steps, (moves) => {
      let standings: Standings = {};
      let nowMs = 0;
      for (const { waitMs, verdicts } of moves) {
        nowMs += waitMs;
        const says = (id: string) => verdicts[ids.indexOf(id as never)] ?? "unknown";
        const before = standings;
        standings = settle(before, all, says, at(nowMs, 60_000)).standings;
        for (const { origins } of all) {
          const left = origins.filter(({ id }) => isOut(standings, id) && !isOut(before, id));
          if (left.length === 0) continue;
          const gone = origins.filter(({ id }) => {
            const standing = standings[id];
            return standing?.isOut === true && standing.sinceMs > nowMs - VELOCITY_WINDOW_MS;
          }).length;
          const isWhole = origins.every(({ id }) => isOut(standings, id));
          expect(isWhole || gone <= Math.max(1, Math.floor(0.34 * origins.length))).toBe(true);
        }
      }
    }),
  );
});
