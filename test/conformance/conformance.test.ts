/**
 * The Gateway API's HTTPRoute conformance suite, restated as tables, against the running planet. The names of cases and
 * what they claim are upstream's.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BACKEND_CASES } from "./backend-cases.ts";
import { CORS_CASES } from "./cors-cases.ts";
import { perform } from "./exchange.ts";
import { HEADER_CASES } from "./header-cases.ts";
import { HOSTNAME_CASES } from "./hostname-cases.ts";
import { CASES, type CaseName, type Level } from "./list.ts";
import { MATCHING_CASES } from "./matching-cases.ts";
import { MIRROR_CASES } from "./mirror-cases.ts";
import { REDIRECT_CASES } from "./redirect-cases.ts";
import { REWRITE_CASES } from "./rewrite-cases.ts";
import { Theatre } from "./stage.ts";
import { TIME_CASES } from "./time-cases.ts";

const cases = [
  ...MATCHING_CASES,
  ...HOSTNAME_CASES,
  ...BACKEND_CASES,
  ...HEADER_CASES,
  ...REDIRECT_CASES,
  ...REWRITE_CASES,
  ...CORS_CASES,
  ...MIRROR_CASES,
  ...TIME_CASES,
];
const names = Object.keys(CASES) as CaseName[];
const applicable = names.filter((name) => CASES[name][1] !== "no");
const passed = new Set<CaseName>();

let theatre: Theatre;
beforeAll(async () => {
  theatre = await Theatre.open();
});
afterAll(async () => {
  await theatre?.close();
  console.log(`conformance: ${LEVELS.map(countOf).join(", ")}`);
});

const LEVELS: readonly Level[] = ["core", "extended", "provisional", "experimental"];

function countOf(level: Level): string {
  const ofLevel = applicable.filter((name) => CASES[name][0] === level);
  return `${level} ${ofLevel.filter((name) => passed.has(name)).length} of ${ofLevel.length}`;
}

test("every case that applies to an edge has its test, and no other has", () => {
  expect(cases.map(({ name }) => name).toSorted()).toEqual(applicable.toSorted());
});

const rows = cases.map((one) => ({ ...one, level: CASES[one.name][0] }));

describe("HTTPRoute", () => {
  test.each(rows)("$name ($level)", async (one) => {
    const stage = await theatre.set(one);
    for (const exchange of one.exchanges) await perform(exchange, stage);
    await one.check?.(stage);
    passed.add(one.name);
  });
});
