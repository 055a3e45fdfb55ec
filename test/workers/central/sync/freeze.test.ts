import { describe, expect, test } from "vitest";
import { BenchZone } from "./bench-zone.ts";

/** As sets and their marks three batches of the model provider. */
const RECORDS = Array.from({ length: 120 }, (_, at) => ({
  name: `n${at}.shop.test`,
  type: "A" as const,
  ttl: 60,
  values: ["192.0.2.1"],
}));

describe("a freeze while a plan is written", () => {
  test.each([
    ["of the ledger", (bench: BenchZone) => void bench.ledger.freeze(true, "operator")],
    [
      "of the script",
      (bench: BenchZone) => {
        bench.scriptFrozen = true;
      },
    ],
  ])("%s stops it before the next batch, and a thaw goes on", async (_where, freeze) => {
    const bench = new BenchZone({ sync: { records: RECORDS } });
    const once = () => {
      if (bench.zone.writes === 1) freeze(bench);
    };
    bench.zone.watchers.push(once);
    await bench.ledger.poke();
    await bench.run(600);
    expect(bench.zone.writes).toBe(1);
    const [entry] = await bench.ledger.history();
    expect([entry?.outcome, entry?.written, entry?.batches]).toEqual(["stopped", 1, 3]);
    expect(entry?.detail).toContain("frozen while it was written");
    bench.zone.watchers.length = 0;
    bench.scriptFrozen = false;
    await bench.ledger.freeze(false, "operator");
    await bench.run(120);
    expect(bench.values("n119.shop.test", "A")).toEqual(["192.0.2.1"]);
  });
});
