/** Where probes and traffic disagree: what the region tells, how soon, and that it is over. Over the production Region, on virtual time. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { EndpointReport, Event, ProbeTarget, Push } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf, reportOf } from "../messages.ts";

beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const IDS = [0, 1, 2].map((at) => String(at).padStart(32, "0") as EndpointId);
const [FIRST = "" as EndpointId] = IDS;

function pushOf(): Push {
  const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  const targets = IDS.map(
    (endpoint, index): ProbeTarget => ({
      endpoint,
      pool: "p",
      name: `e${index}`,
      address: `e${index}.example`,
      port: 80,
      scheme: "http",
      monitor: monitorOf({ interval: 5, consecutive_up: 2, consecutive_down: 2 }),
    }),
  );
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

interface Tried {
  readonly reads?: number;
  readonly readsFailed?: number;
  readonly writes?: number;
  readonly writesFailed?: number;
  readonly broken?: number;
  readonly refused?: number;
}

function reported(tried: Tried): EndpointReport {
  const {
    reads = 0,
    readsFailed = 0,
    writes = 0,
    writesFailed = 0,
    broken = 0,
    refused = 0,
  } = tried;
  const failure = readsFailed + writesFailed;
  const success = reads + writes - failure;
  return {
    attempts: success + failure + refused,
    outcomes: { success, failure, overload: 0, abandoned: refused },
    inFlight: 0,
    ...(writes > 0 ? { unsafe: { successes: writes - writesFailed, failures: writesFailed } } : {}),
    ...(broken > 0 ? { bodies: { successes: 0, failures: broken } } : {}),
    ...(refused > 0 ? { platform: refused } : {}),
  };
}

/** A region with three probed endpoints and one isolate that reports once a second. */
class Stage {
  readonly world: ObjectWorld;
  readonly region: Region;
  #sequence = 0;

  constructor(isUp: (host: string, nowMs: number) => boolean = () => true) {
    this.world = new ObjectWorld({
      fetch: async (input) => {
        const { host } = new URL((input as Request).url);
        return new Response("", { status: isUp(host, this.world.kernel.nowMs) ? 200 : 500 });
      },
    });
    this.region = new Region(this.world.ports(), { region: "weur", addresses: anyAddresses });
  }

  async begin(): Promise<this> {
    await this.region.push(pushOf());
    await this.live(15, () => ({ reads: 10 }));
    return this;
  }

  async live(seconds: number, of: (index: number) => Tried): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.world.run(1_000, () => this.region.alarm());
      this.#sequence += 1;
      const endpoints = Object.fromEntries(IDS.map((id, index) => [id, reported(of(index))]));
      await this.region.exchange(reportOf("isolate", this.#sequence, { endpoints }));
    }
  }

  async told(): Promise<readonly Event[]> {
    const events = await this.region.events(0, { kind: "health" });
    return events.filter(({ detail }) => detail.startsWith("disagreement"));
  }
}

const fineBut = (bad: Tried) => (index: number) => (index === 0 ? bad : { reads: 10 });

test("errors only for POST are told within a minute, once, with their numbers, and once more when they are over", async () => {
  const stage = await new Stage().begin();
  const sinceMs = stage.world.kernel.nowMs;
  await stage.live(60, fineBut({ reads: 9, writes: 1, writesFailed: 1 }));
  const [event, ...others] = await stage.told();
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    kind: "health",
    subject: "p/e0",
    evidence: { rule: "two-views-method" },
  });
  expect(event?.detail).toMatch(
    /^disagreement \(method\): \d+ % of \d+ requests that may change something failed, but 0 % of \d+ that only read$/,
  );
  expect(Number(event?.at) - sinceMs).toBeLessThan(20_000);
  expect((await stage.region.status()).disagreements?.[FIRST]).toMatchObject({ kind: "method" });
  await stage.live(120, () => ({ reads: 10 }));
  const details = (await stage.told()).map(({ detail }) => detail);
  expect(details.slice(1)).toEqual([
    "disagreement (method) is over: nothing of it was seen for 30 s",
  ]);
  expect((await stage.region.status()).disagreements).toEqual({});
});

test("30 % errors behind healthy probes are told, and the endpoint is out", async () => {
  const stage = await new Stage().begin();
  await stage.live(10, fineBut({ reads: 10, readsFailed: 3 }));
  expect((await stage.told()).map(({ subject, evidence }) => [subject, evidence?.rule])).toEqual([
    ["p/e0", "two-views-gray"],
  ]);
  expect(Object.keys((await stage.region.status()).ejected ?? {})).toEqual([FIRST]);
});

test("bodies that break off behind healthy probes are told, and the endpoint is out", async () => {
  const stage = await new Stage().begin();
  await stage.live(10, fineBut({ reads: 10, broken: 1 }));
  const [event] = await stage.told();
  expect(event?.detail).toMatch(/probes succeed, but (100 % of \d watched bodies|it is left out)/);
  expect(Object.keys((await stage.region.status()).ejected ?? {})).toEqual([FIRST]);
});

test("what the platform refuses for a reason of ours is told, and ejects nobody", async () => {
  const stage = await new Stage().begin();
  await stage.live(20, fineBut({ reads: 5, refused: 5 }));
  expect((await stage.told()).map(({ evidence }) => evidence?.rule)).toEqual([
    "two-views-platform",
  ]);
  expect((await stage.region.status()).ejected).toEqual({});
});

describe("an endpoint that probes call down", () => {
  const downFrom = (fromMs: number) => (host: string, nowMs: number) =>
    host !== "e0.example" || nowMs < fromMs;

  test("and that serves all the same has a prober with a broken way", async () => {
    const stage = await new Stage(downFrom(30_000 + new ObjectWorld().kernel.nowMs)).begin();
    await stage.live(60, () => ({ reads: 10 }));
    expect((await stage.told()).map(({ detail, evidence }) => [detail, evidence?.rule])).toEqual([
      [
        expect.stringMatching(
          /^disagreement \(blind-path\): probes fail, but \d+ of \d+ requests succeeded/,
        ),
        "two-views-blind-path",
      ],
    ]);
  });

  test("and that had served until then is no disagreement", async () => {
    const fromMs = 30_000 + new ObjectWorld().kernel.nowMs;
    const stage = await new Stage(downFrom(fromMs)).begin();
    for (let second = 0; second < 60; second += 1) {
      const isUp = stage.world.kernel.nowMs < fromMs;
      const isTried = stage.world.kernel.nowMs < fromMs + 2_000;
      await stage.live(1, fineBut(isTried ? { reads: 10, readsFailed: isUp ? 0 : 10 } : {}));
    }
    const kinds = (await stage.told()).map(({ evidence }) => evidence?.rule);
    expect(kinds).not.toContain("two-views-blind-path");
    const events = await stage.region.events(0, { kind: "health", subject: "p/e0" });
    const down = events.find(({ detail }) => detail.startsWith("unhealthy"));
    expect(down?.evidence?.rule).toBe("consecutive_down");
    expect(down?.evidence?.probes?.slice(-2).map(({ saw, reason }) => `${saw} ${reason}`)).toEqual([
      "unhealthy status 500",
      "unhealthy status 500",
    ]);
  });
});

test("of a sound service with one error in a hundred nothing is told in an hour", async () => {
  const stage = await new Stage().begin();
  let count = 0;
  await stage.live(3_600, () => {
    count += 1;
    return { reads: 8, writes: 2, readsFailed: count % 10 === 0 ? 1 : 0 };
  });
  expect(await stage.told()).toEqual([]);
});

test("what is open outlives the instance: it is not told again, and its end is", async () => {
  const stage = await new Stage().begin();
  await stage.live(30, fineBut({ reads: 9, writes: 1, writesFailed: 1 }));
  const next = new Region(stage.world.ports(), { region: "weur", addresses: anyAddresses });
  expect((await next.status()).disagreements?.[FIRST]?.kind).toBe("method");
  for (let second = 0; second < 40; second += 1) {
    await stage.world.run(1_000, () => next.alarm());
    const endpoints = Object.fromEntries(IDS.map((id) => [id, reported({ reads: 10 })]));
    await next.exchange(reportOf("other", second + 1, { endpoints }));
  }
  const details = (await next.events(0)).map(({ detail }) => detail);
  const told = details.filter((detail) => detail.startsWith("disagreement"));
  expect(told.map((detail) => detail.includes("is over"))).toEqual([false, true]);
});
