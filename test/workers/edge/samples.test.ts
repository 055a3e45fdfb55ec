import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RECORD_ONE_IN, RECORDS_PER_MINUTE_MAX } from "../../../routing/limits.ts";
import { plainSite } from "../../../routing/match/site.ts";
import { readRecord } from "../../../routing/replay/record.ts";
import { replay } from "../../../routing/replay/replay.ts";
import { seededRng } from "../../../routing/rng.ts";
import { seal } from "../../../routing/snapshot.ts";
import { decide } from "../../../routing/steer/decide.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { openIsolate } from "../../../workers/edge/isolate.ts";
import { Samples } from "../../../workers/edge/samples.ts";
import { inputOf } from "../../routing/replay/recordings.ts";
import { NOW, pool, shardOf } from "../../routing/steer/world.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

/** An isolate that holds the shard as its beat has brought it. */
function isolateWith(isHeld = true) {
  const { ports } = fakePorts();
  const isolate = openIsolate(ports, "FRA", {});
  const sealed = seal(shardOf([pool("a", ["a0", "a1"]), pool("b", ["b0"])]));
  const { held } = isolate.snapshot;
  const manifest = { schema: 1, account: "default", version: 7 as TableVersion };
  held.takeManifest(seal({ ...manifest, hosts: { "www.example": sealed.hash } }));
  if (isHeld) held.takePart("www.example", sealed, NOW);
  const site = held.site("www.example", NOW) ?? plainSite(shardOf([pool("a", ["a0"])]));
  const { shard } = site;
  if (shard.load_balancer === null) throw new Error("the shard has a load balancer");
  const input = inputOf({ ...shard, load_balancer: shard.load_balancer });
  return { isolate, site, sealed, input };
}

describe("which decisions are recorded", () => {
  test("about one in so many, at random", () => {
    const samples = new Samples(seededRng(1));
    const asked = 200_000;
    let [next, gap] = [0, 0];
    const gaps: number[] = [];
    const { isolate, site, input } = isolateWith();
    for (let count = 0; count < asked; count += 1) {
      gap += 1;
      if (!samples.isNext()) continue;
      next += 1;
      gaps.push(gap);
      gap = 0;
      samples.decide(input, NOW, [site], isolate);
    }
    expect(next / asked).toBeCloseTo(1 / RECORD_ONE_IN, 3);
    expect(new Set(gaps).size).toBeGreaterThan(RECORD_ONE_IN / 2);
  });

  test("at most so many a minute, and none that the next report has no room for", () => {
    const { isolate, site, input } = isolateWith();
    const { samples } = isolate;
    const record = (nowMs: number) => void samples.decide(input, nowMs, [site], isolate);
    for (let count = 0; count < 20; count += 1) record(NOW + count);
    expect(samples.take()).toHaveLength(RECORDS_PER_MINUTE_MAX);
    samples.acknowledge();
    record(NOW + 59_999);
    expect(samples.take()).toEqual([]);
    for (let count = 0; count < 20; count += 1) record(NOW + 60_000 + count);
    for (let count = 0; count < 20; count += 1) record(NOW + 120_000 + count);
    samples.acknowledge();
    expect(samples.take()).toHaveLength(RECORDS_PER_MINUTE_MAX);
  });
});

test("what is reported can be replayed from the shard that it names", () => {
  const { isolate, site, sealed, input } = isolateWith();
  isolate.samples.decide(input, NOW, [site], isolate);
  const [text = ""] = isolate.samples.take();
  const record = readRecord(JSON.parse(text));
  expect(record).toMatchObject({
    ok: true,
    value: {
      host: "www.example",
      colo: "FRA",
      version: 7,
      shard: sealed.hash.slice(0, 16),
      of: {},
    },
  });
  expect(record.ok && replay(record.value, input.shard)).toMatchObject({
    ok: true,
    value: { agrees: true, unrecorded: [] },
  });
});

test("a report that nobody acknowledged goes again as it was", () => {
  const { isolate, site, input } = isolateWith();
  const { samples } = isolate;
  samples.decide(input, NOW, [site], isolate);
  const first = samples.take();
  samples.decide(input, NOW, [site], isolate);
  expect(samples.take()).toBe(first);
  samples.acknowledge();
  expect(samples.take()).toHaveLength(1);
});

describe("what cannot be recorded is decided all the same", () => {
  const idsOf = ({ candidates }: ReturnType<typeof decide>) =>
    [...candidates].map(({ endpoint }) => endpoint.id);

  test("by a shard that is not held", () => {
    const { isolate, site, input } = isolateWith(false);
    const decision = isolate.samples.decide(input, NOW, [site], isolate);
    expect(idsOf(decision)).toEqual(idsOf(decide(input, NOW, () => 0.5)));
    expect(isolate.samples.take()).toEqual([]);
  });

  test("when something that is read is no plain data", () => {
    const { isolate, site, input } = isolateWith();
    const load = { pending: 0, peakMs: (() => 1) as unknown as number };
    const odd = { ...input, know: () => ({ ...input.know("a0" as never), load }) as never };
    const decision = isolate.samples.decide(odd, NOW, [site], isolate);
    expect(idsOf(decision)).toHaveLength(3);
    expect(isolate.samples.take()).toEqual([]);
  });
});

test("a report has them beside everything else, and none when there are none", async () => {
  const { ports } = fakePorts();
  const reports: unknown[] = [];
  const fake = fakePorts();
  fake.exchange = async (report) => {
    reports.push(report);
    throw new Error("lost");
  };
  const isolate = openIsolate({ ...ports, objects: fake.ports.objects }, "FRA", {});
  await isolate.exchange.run(() => {});
  expect(reports[0]).not.toHaveProperty("decisions");
});
