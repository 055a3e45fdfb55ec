import { expect, test } from "vitest";
import { answerersOf } from "../../../routing/dns/answerers.ts";
import type { Pool } from "../../../routing/model.ts";
import { shop } from "./fixtures.ts";

test("the endpoints of a pool share its weight by theirs", () => {
  const { pools } = shop({
    pools: {
      main: [
        { address: "192.0.2.1", weight: 1 },
        { address: "192.0.2.2", weight: 0.25 },
      ],
    },
  });
  const [pool] = pools as readonly [Pool];
  const shares = answerersOf(
    { pool, endpoints: pool.origins, isLastResort: false, lastResorts: [] },
    0.5,
  );
  expect(shares.map(({ weight }) => weight)).toEqual([0.4, 0.1]);
});
