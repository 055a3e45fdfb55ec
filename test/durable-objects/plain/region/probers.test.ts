import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ProbeTarget, Push } from "../../../../routing/exchange.ts";
import { probersFor } from "../../../../routing/health/probe-shares.ts";
import type { ProbeShare } from "../../../../routing/health/prober-report.ts";
import { HEALTH_TRUST_MS, PROBE_SLOTS, SCHEMA } from "../../../../routing/limits.ts";
import { seal } from "../../../../routing/snapshot.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { RegionWorld } from "../../../helpers/region-world.ts";
import { monitorOf, reportOf } from "../messages.ts";

const NAMES = Array.from({ length: 300 }, (_, index) => `e${index}`);
const MINUTE = 60_000;

function pushOf(version: number, names: readonly string[]): Push {
  const at = { schema: SCHEMA, account: "acme", version: version as TableVersion };
  const targets = names.map((name): ProbeTarget => {
    const monitor = monitorOf({ type: "https", interval: 60, timeout: 5, consecutive_down: 2 });
    const place = { address: `${name}.example.net`, port: 443, scheme: "https" as const };
    return { endpoint: name as EndpointId, pool: "pool", name, ...place, monitor };
  });
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

/** A region with 300 endpoints, which is more than one object may probe. */
class Story {
  readonly asked = new Map<string, number>();
  readonly down = new Set<string>();
  /** Nothing that is asked comes back. */
  isCut = false;
  readonly world = new RegionWorld("weur", (kernel) => async (request) => {
    const name = new URL(request.url).hostname.split(".")[0] ?? "";
    this.asked.set(name, (this.asked.get(name) ?? 0) + 1);
    await kernel.timers({ alive: true }).wait(50);
    if (this.isCut) throw new TypeError("unreachable");
    return new Response("", { status: this.down.has(name) ? 503 : 200 });
  });

  push(version: number, names: readonly string[]) {
    return this.world.region.call((region) => region.push(pushOf(version, names)));
  }

  status() {
    return this.world.region.call((region) => region.status());
  }

  async told(): Promise<readonly string[]> {
    const events = await this.world.region.call((region) => region.events(0));
    return events.map(({ subject, detail }) => `${subject} ${detail}`);
  }

  pass(ms: number): Promise<void> {
    return this.world.kernel.run(ms);
  }

  /** The endpoints of one prober, as the region's object divided them. */
  async endpointsOf(prober: number): Promise<readonly string[]> {
    const { health } = await this.status();
    this.world.cut.add(prober);
    await this.pass(HEALTH_TRUST_MS + MINUTE);
    const left = (await this.status()).health;
    return Object.keys(health).filter((endpoint) => !Object.hasOwn(left, endpoint));
  }
}

const stories: Story[] = [];
async function begun(): Promise<Story> {
  const story = new Story();
  stories.push(story);
  await story.push(1, NAMES);
  await story.pass(3 * MINUTE);
  return story;
}

beforeAll(() => {
  // A prober that nobody hears complains.
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  for (const story of stories.splice(0)) story.world.close();
});

test("what is too much for one object is divided, and each endpoint is probed once an interval by one of them", async () => {
  const story = await begun();
  const { probers = [], health, probes } = await story.status();
  expect(probers.length).toBe(probersFor(pushOf(1, NAMES).targets) - 1);
  expect(probers.map(({ isSilent, blind }) => isSilent || blind)).not.toContain(true);
  expect(Object.keys(health).length).toBe(NAMES.length);
  const before = probes.sent;
  story.asked.clear();
  await story.pass(10 * MINUTE);
  for (const name of NAMES)
    expect(Math.abs((story.asked.get(name) ?? 0) - 10)).toBeLessThanOrEqual(1);
  expect((await story.status()).probes.sent - before).toBeGreaterThan(9 * NAMES.length);
  expect(PROBE_SLOTS * (probers.length + 1)).toBeLessThan(NAMES.length);
});

test("whoever probes it, a verdict is the region's, flips both ways and is an event with its reason", async () => {
  const story = await begun();
  for (const name of NAMES.slice(0, 40)) story.down.add(name);
  await story.pass(3 * MINUTE);
  const { health } = await story.status();
  for (const name of NAMES) {
    expect(health[name as EndpointId]?.healthy).toBe(!story.down.has(name));
  }
  story.down.clear();
  await story.pass(3 * MINUTE);
  const told = await story.told();
  for (const name of NAMES.slice(0, 40)) {
    expect(told.filter((line) => line.startsWith(`pool/${name} `))).toEqual([
      `pool/${name} unhealthy: status 503`,
      `pool/${name} healthy`,
    ]);
  }
});

test("for the endpoints of a prober that is silent nobody vouches, which is told; the others are as before", async () => {
  const story = await begun();
  const lost = await story.endpointsOf(2);
  expect(lost.length).toBeGreaterThan(40);
  const { probers = [], health } = await story.status();
  expect(probers.filter(({ isSilent }) => isSilent).map(({ prober }) => prober)).toEqual([2]);
  expect(Object.keys(health).length).toBe(NAMES.length - lost.length);
  const { view } = await story.world.region.call((region) => region.exchange(reportOf("a", 1)));
  expect(Object.keys(view.health).toSorted()).toEqual(Object.keys(health).toSorted());
  const silent = `prober 2 silent: its ${lost.length} endpoints go on as if nobody had probed them`;
  expect(await story.told()).toContain(silent);
});

test("a prober that is heard again goes on with the verdicts that were kept", async () => {
  const story = await begun();
  const [first = ""] = await story.endpointsOf(1);
  story.world.cut.clear();
  await story.pass(2 * MINUTE);
  expect((await story.told()).at(-1)).toBe("prober 1 heard again");
  expect((await story.status()).health[first as EndpointId]).toMatchObject({
    healthy: true,
    changedAtMs: 0,
  });
});

test("when no prober sees anything the region is blind, says so, and keeps every verdict", async () => {
  const story = await begun();
  story.isCut = true;
  await story.pass(5 * MINUTE);
  const { probers = [], blind } = await story.status();
  expect(blind).toBe(true);
  expect(probers.map((one) => one.blind)).toEqual(probers.map(() => true));
  const { endpoints = 0 } = probers[0] ?? {};
  expect(await story.told()).toContain(
    `prober 1 blind: none of its ${endpoints} endpoints answers, so the verdicts stay as they were`,
  );
  story.isCut = false;
  await story.pass(2 * MINUTE);
  expect((await story.status()).blind).toBe(false);
  expect((await story.told()).filter((line) => line.startsWith("pool/"))).toEqual([]);
});

test("instances may end at any time: shares and verdicts are as they were, and every endpoint is probed on", async () => {
  const story = await begun();
  story.down.add("e7");
  await story.pass(3 * MINUTE);
  story.world.region.evict();
  for (const prober of story.world.probers.values()) prober.evict();
  await story.pass(MINUTE);
  story.asked.clear();
  await story.pass(5 * MINUTE);
  for (const name of NAMES) expect(story.asked.get(name) ?? 0).toBeGreaterThanOrEqual(4);
  const { health } = await story.status();
  expect(Object.keys(health).length).toBe(NAMES.length);
  expect(health["e7" as EndpointId]).toMatchObject({ healthy: false, reason: "status 503" });
  expect((await story.told()).filter((line) => line.startsWith("pool/"))).toEqual([
    "pool/e7 unhealthy: status 503",
  ]);
});

test("a prober that lost its alarm is missed by the region's object and woken", async () => {
  const story = await begun();
  story.world.alarmless.add(1);
  await story.pass(HEALTH_TRUST_MS);
  story.world.alarmless.clear();
  // Only who is asked sets an alarm again.
  await story.pass(2 * MINUTE);
  const nowMs = story.world.kernel.nowMs;
  const [one] = (await story.status()).probers ?? [];
  expect(one).toMatchObject({ prober: 1, isSilent: false });
  expect(nowMs - (one?.heardAtMs ?? 0)).toBeLessThanOrEqual(MINUTE);
});

test("when less is to be probed, a prober that is not needed stops, and nothing is probed twice", async () => {
  const story = await begun();
  const few = NAMES.slice(0, 30);
  await story.push(2, few);
  await story.pass(2 * MINUTE);
  expect((await story.status()).probers).toEqual([]);
  story.asked.clear();
  await story.pass(10 * MINUTE);
  expect(story.asked.size).toBe(few.length);
  for (const name of few)
    expect(Math.abs((story.asked.get(name) ?? 0) - 10)).toBeLessThanOrEqual(1);
});

test("a report about another share than the prober should have changes nothing but its orders", async () => {
  const story = await begun();
  const ask = (prober: number, share: string, endpoint: string) => {
    const result = {
      endpoint: endpoint as EndpointId,
      round: 1,
      saw: "unhealthy",
      reason: "x",
    } as const;
    const report = {
      schema: SCHEMA,
      blind: false,
      sent: 2,
      succeeded: 0,
      results: [result, result],
    };
    return story.world.region.call((region) =>
      region.probed({ ...report, prober, share: share as ProbeShare["hash"] }),
    );
  };
  const { share } = await ask(1, "other", "e1");
  const [{ endpoint } = { endpoint: "" }] = share?.targets ?? [];
  await ask(1, "other", endpoint);
  expect((await ask(99, share?.hash ?? "", endpoint)).share?.targets).toEqual([]);
  expect((await story.status()).health[endpoint as EndpointId]?.healthy).toBe(true);
  // The same about its own share counts.
  expect((await ask(1, share?.hash ?? "", endpoint)).share).toBeNull();
  expect((await story.status()).health[endpoint as EndpointId]?.healthy).toBe(false);
});
