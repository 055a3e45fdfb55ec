import { expect, test } from "vitest";
import { pendingIn } from "../../../routing/steer/in-flight.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { endpoint, knowing, measured, pool, shardOf } from "./world.ts";

const P = pool("p", ["a", "b", endpoint("drained", { weight: 0 })]);
const [planned] = planOf(shardOf([P])).defaults;

test("without a tally every endpoint of the pool is asked, the drained ones too", () => {
  const know = knowing({ a: measured(20, 2), drained: measured(20, 1), elsewhere: measured(9, 9) });
  expect(planned && pendingIn(planned, know)).toBe(3);
});

test("with one nobody is asked", () => {
  const known = new Known();
  known.set(endpoint("a").id, { ...UNKNOWN, ...measured(20, 2) });
  known.pendingChanged(P.id, 1);
  expect(planned && pendingIn(planned, known.know)).toBe(1);
});
