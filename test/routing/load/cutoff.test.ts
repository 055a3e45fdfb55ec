import { describe, expect, test } from "vitest";
import {
  type Asked,
  cutoffFor,
  cutoffOfDefault,
  EVERYBODY,
  shareAt,
} from "../../../routing/load/cutoff.ts";
import { CRITICALITIES, type Criticality } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";

const shares = (cutoff: number) => CRITICALITIES.map((each) => shareAt(cutoff, each));
const MIXED: Asked = { critical: 10, default: 70, sheddable: 20 };

describe("of mixed requests", () => {
  test.each([
    [1, [1, 1, 1]],
    [0.9, [1, 1, 0.5]],
    [0.8, [1, 1, 0]],
    [0.45, [1, 0.5, 0]],
    [0.1, [1, 0, 0]],
    [0.05, [0.5, 0, 0]],
  ])("%d of all of them are let in as %j", (ratio, expected) => {
    const found = shares(cutoffFor(ratio, MIXED));
    for (const [at, share] of found.entries()) expect(share).toBeCloseTo(expected[at] ?? -1);
  });
});

test.each(CRITICALITIES)("where all are %s each is let in by the share of all", (only) => {
  const asked = { critical: 0, default: 0, sheddable: 0, [only]: 50 };
  expect(shareAt(cutoffFor(0.3, asked), only)).toBeCloseTo(0.3);
});

test("a share without criticalities is that of the default ones", () => {
  expect(shareAt(cutoffOfDefault(0.3), undefined)).toBeCloseTo(0.3);
  expect(cutoffOfDefault(1)).toBe(EVERYBODY);
});

test("a word of a newer writer is the default, and a cutoff that is none is nobody's refusal", () => {
  expect(shareAt(1.4, "urgent" as Criticality)).toBeCloseTo(0.4);
  expect(shareAt(Number.NaN, "critical")).toBeNaN();
});

const SEED = 2_201;

test("nobody is refused while a less critical one is let in, and the sum is what was allowed", () => {
  const rng = seededRng(SEED);
  for (let at = 0; at < 20_000; at += 1) {
    const any = () => (rng() < 0.2 ? 0 : Math.floor(10 ** (6 * rng())));
    const asked: Asked = { critical: any(), default: any(), sheddable: any() };
    const ratio = rng();
    const found = shares(cutoffFor(ratio, asked));
    const which = `seed ${SEED}, case ${at}: ${ratio} of ${JSON.stringify(asked)}`;
    const all = CRITICALITIES.reduce((sum, each) => sum + asked[each], 0);
    const letIn = CRITICALITIES.reduce((sum, each, at) => sum + asked[each] * (found[at] ?? 0), 0);
    expect(Math.abs(letIn - ratio * all), which).toBeLessThanOrEqual(1e-9 * all);
    for (const [lower, share] of found.entries()) {
      if (share > 0) for (const higher of found.slice(0, lower)) expect(higher, which).toBe(1);
    }
  }
});
