import { describe, expect, test } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import {
  RECORD_CHARACTERS_MAX,
  RECORDS_KEPT,
  RECORDS_PER_MINUTE_MAX,
  RECORDS_STORED_PER_MINUTE_MAX,
} from "../../../../routing/limits.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { reportOf } from "../messages.ts";

const regionOf = (world: ObjectWorld) =>
  new Region(world.ports(), { region: "weur", addresses: anyAddresses });

const line = (at: number, host = "a.example") =>
  JSON.stringify({ schema: 1, at, host, shard: "0", of: {}, answer: {}, reads: "" });

const linesOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => line(from + at));

describe("what isolates have recorded", () => {
  test("is kept by host, newest first, and outlives the instance", async () => {
    const world = new ObjectWorld();
    const region = regionOf(world);
    await region.exchange(reportOf("one", 1, { decisions: [line(1), line(2, "b.example")] }));
    await region.exchange(reportOf("two", 1, { decisions: [line(3)] }));
    expect(await region.decisions("a.example")).toEqual([line(3), line(1)]);
    expect(await region.decisions("c.example")).toEqual([]);
    expect(await regionOf(world).decisions("b.example")).toEqual([line(2, "b.example")]);
  });

  test("is kept once, however often its report comes", async () => {
    const region = regionOf(new ObjectWorld());
    const report = reportOf("one", 1, { decisions: [line(1)] });
    await region.exchange(report);
    await region.exchange(report);
    expect(await region.decisions("a.example")).toEqual([line(1)]);
  });

  test("is no more than so many a minute and so many in all", async () => {
    const world = new ObjectWorld();
    const region = regionOf(world);
    const minutes = Math.ceil(RECORDS_KEPT / RECORDS_STORED_PER_MINUTE_MAX) + 1;
    let sequence = 0;
    for (let minute = 0; minute < minutes; minute += 1) {
      const reports = RECORDS_STORED_PER_MINUTE_MAX / RECORDS_PER_MINUTE_MAX + 1;
      for (let count = 0; count < reports; count += 1) {
        sequence += 1;
        const decisions = linesOf(sequence * 100, RECORDS_PER_MINUTE_MAX);
        await region.exchange(reportOf("one", sequence, { decisions }));
      }
      if (minute === 0) {
        expect(world.database.run("SELECT COUNT(*) AS n FROM decisions")).toEqual([
          { n: RECORDS_STORED_PER_MINUTE_MAX },
        ]);
      }
      await world.kernel.run(60_000);
    }
    expect(world.database.run("SELECT COUNT(*) AS n FROM decisions")).toEqual([
      { n: RECORDS_KEPT },
    ]);
  });

  test("is dropped where it cannot be read, and costs the report nothing else", async () => {
    const region = regionOf(new ObjectWorld());
    const decisions = ["{", "[]", "null", line(5)];
    const beat = await region.exchange(reportOf("one", 1, { decisions }));
    expect(beat.view.region).toBe("weur");
    expect(await region.decisions("a.example")).toEqual([line(5)]);
  });
});

test.each([
  ["too many", linesOf(1, RECORDS_PER_MINUTE_MAX + 1)],
  ["one that is too long", ["x".repeat(RECORD_CHARACTERS_MAX + 1)]],
  ["no texts", [7 as unknown as string]],
])("a report with %s is refused", async (_name, decisions) => {
  const region = regionOf(new ObjectWorld());
  await expect(region.exchange(reportOf("one", 1, { decisions }))).rejects.toThrow("decisions");
});
