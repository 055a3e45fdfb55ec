import { expect, test } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { ProbeTarget, Push } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf, reportOf } from "../messages.ts";

const idOf = (name: string) => name.padEnd(32, "0") as EndpointId;
const target = (name: string): ProbeTarget => ({
  endpoint: idOf(name),
  pool: "pool",
  name,
  address: `${name}.example.net`,
  port: 443,
  scheme: "https",
  monitor: monitorOf({ type: "https", interval: 60 }),
});

// Seed 470 of the simulator: the row of a round is stored at its end, and its first verdicts were told before.
test("a verdict that an edge was told in the middle of a round outlives the instance", async () => {
  const world = new ObjectWorld({
    fetch: (request) =>
      request.url.includes("slow")
        ? new Promise(() => {})
        : Promise.resolve(new Response("", { status: 200 })),
  });
  const open = () => new Region(world.ports(), { region: "weur", addresses: anyAddresses });
  const region = open();
  const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  const push: Push = {
    ...at,
    manifest: seal({ ...at, hosts: {} }),
    shards: {},
    targets: [target("fast"), target("slow")],
  };
  const pushed = region.push(push);
  const beat = async (of: Region, sequence: number) => {
    const answer = of.exchange(reportOf("isolate", sequence));
    await world.kernel.run(1);
    return (await answer).view.health[idOf("fast")]?.healthy;
  };
  let told: boolean | undefined;
  for (let times = 1; told === undefined && times < 700; times += 1) {
    await world.run(100, () => region.alarm());
    told = await beat(region, times);
  }
  await pushed;
  expect(told).toBe(true);
  world.end();
  expect(await beat(open(), 1_000)).toBe(true);
});
