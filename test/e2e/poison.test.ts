/** Outage O10: one tenant's rules, however bad, change no answer of another's. What they cost is measured by `test/load/poison.ts`. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Theatre } from "../conformance/stage.ts";
import { runPoison } from "../load/poison-run.ts";
import { POISON, poisonDocument, RULES } from "../load/poison-table.ts";

let theatre: Theatre;
beforeAll(async () => {
  theatre = await Theatre.open();
});
afterAll(() => theatre?.close());

test(`10,000 routes, ${RULES} rules and slow patterns of one host change no status of 49 others`, async () => {
  const REQUESTS = 2_000;
  const stage = await theatre.apply(POISON, poisonDocument(theatre.pools(), true));
  const run = await runPoison(stage.planet, stage.colo, REQUESTS, true);
  expect(run.statuses).toEqual({ 200: REQUESTS });
  // And it was asked. It has more text than its rules may look at, which is its own trouble and nobody else's.
  expect(Object.keys(run.poisoned)).toEqual(["431"]);
});
