/** One region's broken path is not a dead endpoint: what a region tells after it has asked the others. On virtual time. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { Push } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { REGIONS } from "../../../../routing/names.ts";
import type { RegionStatus } from "../../../../routing/region-status.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import type { RegionObject, StateObjects } from "../../../../workers/ports.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf } from "../messages.ts";

beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const [FIRST, SECOND, THIRD] = ["0", "1", "2"].map((at) => at.padStart(32, "0") as EndpointId) as [
  EndpointId,
  EndpointId,
  EndpointId,
];

function pushOf(): Push {
  const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  const targets = [FIRST, SECOND, THIRD].map((endpoint, index) => ({
    endpoint,
    pool: index < 2 ? "p" : "q",
    name: `e${index}`,
    address: `e${index}.example`,
    port: 80,
    scheme: "http" as const,
    monitor: monitorOf({ interval: 5, consecutive_up: 2, consecutive_down: 2 }),
  }));
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

const OTHERS = REGIONS.filter((region) => region !== "weur");
type Answer = "up" | "down" | "blind" | "silent" | "gone";

/** Two minutes in which the first endpoint, or all that are named, is down here; the others say what they are told to. */
async function told(answers: readonly Answer[], down: readonly string[] = ["e0.example"]) {
  const world = new ObjectWorld({
    fetch: async (input) => {
      if (down.includes(new URL((input as Request).url).host)) throw new TypeError("cut off");
      return new Response("");
    },
  });
  let asked = 0;
  const status = async (region: string): Promise<RegionStatus> => {
    asked += 1;
    const answer = answers[OTHERS.indexOf(region as (typeof OTHERS)[number])];
    if (answer === "silent") return new Promise<never>(() => {});
    if (answer === "gone") throw new Error("gone");
    const health = { healthy: answer === "up", changedAtMs: 0, observedAtMs: 0, reason: "" };
    const sight = { region, blind: answer === "blind", lastRoundAtMs: world.kernel.nowMs };
    return { ...sight, health: { [FIRST]: health, [SECOND]: health } } as unknown as RegionStatus;
  };
  const ports = world.ports();
  const objects: StateObjects = {
    ...ports.objects,
    region: (region) => ({ status: () => status(region) }) as RegionObject,
  };
  const setting = { region: "weur", addresses: anyAddresses } as const;
  const region = new Region({ ...ports, objects }, setting);
  await region.push(pushOf());
  await world.run(120_000, () => region.alarm());
  const [fell, ...others] = await region.events(0, { kind: "health", subject: "p/e0" });
  expect(fell?.evidence?.rule).toBe("consecutive_down");
  return { asked, others, held: Object.keys((await region.status()).held ?? {}) };
}

const all = (answer: Answer, ...first: readonly Answer[]): readonly Answer[] =>
  OTHERS.map((_, at) => first[at] ?? answer);

describe("an endpoint that is down here for half a minute", () => {
  test("and that the others reach has a broken way from here, told once", async () => {
    const { asked, others } = await told(all("up"));
    expect(others.map(({ detail, evidence }) => [detail, evidence])).toEqual([
      [
        "unhealthy from here, but 7 of 8 regions that see reach it: the way from here is broken",
        { rule: "quorum", numbers: { healthy: 7, unhealthy: 1, regions: 8 } },
      ],
    ]);
    expect(asked).toBe(OTHERS.length);
  });

  test("and for most others is down", async () => {
    const { others } = await told(all("down", "up", "up"));
    expect(others.map(({ detail }) => detail)).toEqual([
      "unhealthy in 6 of 8 regions that see: the endpoint is down",
    ]);
  });

  test.each<Answer>(["blind", "silent", "gone"])(
    "is nobody's word when the others are %s: they have no vote",
    async (answer) => {
      expect((await told(all(answer))).others).toEqual([]);
    },
  );

  test("is judged by those that see, while they are half of all", async () => {
    const { others } = await told(all("up", "blind", "silent", "gone"));
    expect(others.map(({ detail }) => detail)).toEqual([
      "unhealthy from here, but 4 of 5 regions that see reach it: the way from here is broken",
    ]);
  });
});

describe("a whole pool that nobody asks for, and that is down here", () => {
  const pool = ["e0.example", "e1.example"];

  test("goes beyond the limit when others call it down too, or say nothing", async () => {
    expect((await told(all("down"), pool)).held).toEqual([]);
    expect((await told(all("gone"), pool)).held).toEqual([]);
  });

  test("is held where the limit has no room for it while as many others reach it as do not", async () => {
    expect((await told(all("up"), pool)).held.length).toBe(1);
    expect((await told(all("gone", "up"), pool)).held.length).toBe(1);
  });
});
