import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Failure } from "../../../../workers/central/dns/provider.ts";
import { BenchZone } from "./bench-zone.ts";

/** As vendors say it: no two answers are the same text. */
const denied = (): Failure => ({
  kind: "unauthorized",
  detail: `the token may read only. Trace ID: ${randomUUID()} Timestamp: ${new Date().toISOString()}`,
});

test("a provider that lists and does not let us write is told of once, and pushes nothing out of the history", async () => {
  const bench = new BenchZone();
  await bench.ledger.poke();
  await bench.run(5);
  const [published] = await bench.ledger.history();
  bench.pools = { ...bench.pools, main: ["192.0.2.7"] };
  const told = (await bench.told()).length;
  bench.zone.refusal = denied;
  await bench.run(24 * 3_600);
  const said = (await bench.told()).slice(told).map((one) => one.replace(/ Trace ID.*/, ""));
  expect(said).toEqual([
    "tradewind writes 1 sets of version 1",
    "not written: unauthorized: the token may read only.",
  ]);
  expect(await bench.ledger.history()).toHaveLength(2);
  expect((await bench.ledger.history()).at(-1)).toEqual(published);
  bench.zone.refusal = null;
  await bench.run(600);
  expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.7"]);
  expect((await bench.told()).at(-1)).toBe("in step with version 1");
});
