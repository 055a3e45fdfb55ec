import { describe, expect, test } from "vitest";
import { answerHeader, type Kept } from "../../../routing/match/kept.ts";
import { sealOf } from "../../../routing/match/seal.ts";
import type { AffinityFailover } from "../../../routing/model.ts";
import { KEPT_VERDICTS, type KeptVerdict } from "../../../routing/steer/preferred.ts";
import { endpointId, NOW, pool } from "../steer/world.ts";

const seal = sealOf("f".repeat(32), [pool("p", ["a", "b"])]);
const terms = { type: "Cookie", name: "S", absoluteMs: 9e6, isPermanent: true, seal } as const;
const session = { endpoint: seal.nameOf(endpointId("a")), startedAtMs: NOW, usedAtMs: NOW };

const kept = (failover: AffinityFailover, more: Partial<Kept> = {}): Kept => ({
  by: "cookie",
  terms,
  session,
  home: { backend: null, endpoint: endpointId("a") },
  hold: { key: "", isRemembered: true, failover, drainMs: 0 },
  ...more,
});
const isSet = (one: Kept, verdict: KeptVerdict | null, answeredBy = "b") =>
  answerHeader(one, verdict, endpointId(answeredBy), true, NOW + 5) !== null;

describe("when another endpoint than the session's has answered", () => {
  test.each(["none", "sticky"] as const)("%s: the session moves, whatever the reason", (mode) => {
    for (const verdict of KEPT_VERDICTS)
      expect([verdict, isSet(kept(mode), verdict)][1]).toBe(true);
  });

  test("temporary: it stays with an endpoint that may come back", () => {
    const moved = KEPT_VERDICTS.filter((verdict) => isSet(kept("temporary"), verdict));
    expect(moved).toEqual(["drained", "shed", "elsewhere"]);
  });

  test("temporary: it moves when the decision failed, or its endpoint is not one of these", () => {
    expect(isSet(kept("temporary"), null)).toBe(true);
  });
});

test("nothing is written when its own endpoint has answered", () => {
  for (const mode of ["none", "temporary", "sticky"] as const) {
    expect(isSet(kept(mode), "kept", "a")).toBe(false);
  }
});

test("a first answer begins one in every mode", () => {
  for (const mode of ["none", "temporary", "sticky"] as const) {
    expect(isSet(kept(mode, { session: null, home: null }), null)).toBe(true);
  }
});

test("without something to travel in nothing is written", () => {
  expect(isSet(kept("sticky", { terms: null, session: null, home: null }), null)).toBe(false);
});
