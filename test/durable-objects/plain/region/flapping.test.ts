/** An endpoint that comes and goes, over the production Region on virtual time (outage museum O17, reliability R17). */
import { beforeAll, expect, test, vi } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { Push } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf } from "../messages.ts";

beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

function pushOf(): Push {
  const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  const targets = ["e0", "e1"].map((name, index) => ({
    endpoint: String(index).padStart(32, "0") as EndpointId,
    pool: "p",
    name,
    address: `${name}.example`,
    port: 80,
    scheme: "http" as const,
    monitor: monitorOf({ interval: 5, consecutive_up: 2, consecutive_down: 2 }),
  }));
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

/** Runs an hour in which the first endpoint answers as `isUp` says, by the time since the beginning. */
async function hour(isUp: (sinceMs: number) => boolean) {
  const startMs = new ObjectWorld().kernel.nowMs;
  const world: ObjectWorld = new ObjectWorld({
    fetch: async (input) => {
      const isFirst = new URL((input as Request).url).host === "e0.example";
      if (isFirst && !isUp(world.kernel.nowMs - startMs)) throw new TypeError("cut off");
      return new Response("");
    },
  });
  let region = new Region(world.ports(), { region: "weur", addresses: anyAddresses });
  await region.push(pushOf());
  for (let part = 0; part < 4; part += 1) {
    await world.run(900_000, () => region.alarm());
    // What is held must not be forgotten with the instance.
    region = new Region(world.ports(), { region: "weur", addresses: anyAddresses });
    await region.alarm();
  }
  return region.events(0, { kind: "health", subject: "p/e0" });
}

test("a square wave of 43 s fails over twice an hour at most, across instances, and says why it does not come back", async () => {
  const events = await hour((sinceMs) => Math.floor(sinceMs / 43_000) % 2 === 0);
  const rules = events.map(({ evidence }) => evidence?.rule);
  expect(rules).toEqual(["consecutive_down", "consecutive_up", "consecutive_down", "flap-damping"]);
  expect(events.at(-1)?.detail).toMatch(
    /^held down for \d+ s more although probes succeed: it fell 2 times, each within 10 minutes of coming back$/,
  );
  expect(events.at(-1)?.evidence?.numbers).toMatchObject({ falls_in_a_row: 2, hold_ms: 60_000 });
});

test("cuts of 4 s, in which no two probes fit, cause nothing", async () => {
  expect(await hour((sinceMs) => sinceMs % 60_000 >= 4_000 || sinceMs < 60_000)).toEqual([]);
});

test("one cut of a minute is over as soon as the monitor says so", async () => {
  const events = await hour((sinceMs) => sinceMs < 600_000 || sinceMs >= 660_000);
  expect(events.map(({ detail }) => detail)).toEqual(["unhealthy: connection failed", "healthy"]);
  const [down, up] = events;
  expect(Number(up?.at) - Number(down?.at)).toBeLessThanOrEqual(65_000);
});
