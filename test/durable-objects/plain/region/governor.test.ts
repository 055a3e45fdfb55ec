/** What probes and traffic may take away together, and what they may not: the production Region with isolates around it. */
import { describe, expect, test } from "vitest";
import { SILENT_PATIENCE_MS } from "../../../../routing/guard/corroboration.ts";
import { VELOCITY_WINDOW_MS } from "../../../../routing/guard/velocity.ts";
import { TRY_TIMEOUT_MS } from "../../../../routing/limits.ts";
import type { EndpointId } from "../../../../routing/units.ts";
import { GovernedStage } from "./governed-stage.ts";

const A = ["a1", "a2", "a3", "a4"];
const B = ["b1", "b2", "b3", "b4"];
const C = ["c1", "c2", "c3", "c4"];
const ALL = [...A, ...B, ...C];
const THREE = { pools: { a: A, b: B, c: C } };
/** Everything goes to `a` while it is there. */
const IN_ORDER = { ...THREE, balancer: { steering_policy: "off" as const } };
const RPS = 100;

async function settled(setting: ConstructorParameters<typeof GovernedStage>[0], rps = RPS) {
  const stage = new GovernedStage(setting);
  await stage.settle();
  // As long as what traffic says is remembered.
  await stage.seconds(10, rps);
  stage.clear();
  return stage;
}

describe("velocity-limit and two-views: probes are wrong about a pool that serves", () => {
  test("one of four endpoints is taken away, the others are held and go on serving", async () => {
    const stage = await settled(THREE);
    stage.set("sick", A);
    await stage.seconds(60, RPS);
    expect(await stage.available(A)).toHaveLength(3);
    expect(await stage.held()).toHaveLength(3);
    expect(stage.lost).toBe(0);
    stage.clear();
    await stage.seconds(60, RPS);
    expect(A.filter((one) => (stage.answered.get(one) ?? 0) > 100)).toHaveLength(3);
  });

  test("status and event tell it with the numbers, once for each endpoint", async () => {
    const stage = await settled(THREE);
    stage.set("sick", A);
    await stage.seconds(30, RPS);
    const held = (await stage.details()).filter((detail) => detail.includes("held:"));
    expect(held).toHaveLength(3);
    expect(held[0]).toMatch(
      /^a\/a\d held: probes call it down \(status 503\), traffic does not: (\d+) of \1 requests of the last 10 s were answered; 25 % of the pool's capacity were taken away in the last 5 minutes; this is 25 % more, and automation may take 34 %$/,
    );
    const status = await stage.region.status();
    const [reason] = Object.values(status.held ?? {}).map((one) => one.reason);
    expect(reason).toContain("probes call it down (status 503), traffic does not");
    // Verdicts are told as they are: what is held is told beside them.
    expect(Object.values(status.health).filter(({ healthy }) => !healthy)).toHaveLength(4);
  });

  test("the window is five minutes: then one more goes, and no more than that", async () => {
    const stage = await settled(THREE);
    stage.set("sick", A);
    await stage.seconds(VELOCITY_WINDOW_MS / 1_000, RPS);
    expect(await stage.available(A)).toHaveLength(3);
    await stage.seconds(20, RPS);
    expect(await stage.available(A)).toHaveLength(2);
    expect((await stage.details()).at(-1)).toMatch(/a\/a\d taken away: the limit has room again$/);
  });

  test("capacity counts where it is declared: the small ones go, the large one is held", async () => {
    const capacityRps = { a1: 700, a2: 100, a3: 100, a4: 100 };
    const stage = await settled({ ...THREE, capacityRps });
    stage.set("sick", ["a2", "a3", "a4"]);
    await stage.seconds(10, RPS);
    expect(await stage.available(A)).toEqual(["a1"]);
    stage.set("sick", ["a1"]);
    await stage.seconds(30, RPS);
    expect(await stage.held()).toEqual(["a1"]);
  });

  test("probes that see it again release it, and it was never away: nothing is let in slowly", async () => {
    const stage = await settled(THREE);
    stage.set("sick", A);
    await stage.seconds(20, RPS);
    const held = await stage.held();
    stage.set("up", A);
    await stage.seconds(4, RPS);
    expect(await stage.held()).toEqual([]);
    const { health } = await stage.view();
    const cameBack = Object.entries(health).filter(([, { changedAtMs }]) => changedAtMs > 0);
    expect(cameBack).toHaveLength(1);
    for (const one of held) expect(health).toHaveProperty([one, "changedAtMs"], 0);
  });

  test("an endpoint that flaps goes again and again, and takes nobody else with it", async () => {
    const stage = await settled(THREE);
    const away = new Set<string>();
    for (let round = 0; round < 8; round += 1) {
      stage.set(round % 2 === 0 ? "sick" : "up", A);
      for (let part = 0; part < 5; part += 1) {
        await stage.seconds(3, RPS);
        const available = await stage.available(A);
        for (const one of A) if (!available.includes(one)) away.add(one);
      }
    }
    expect(away.size).toBe(1);
    expect(stage.lost).toBe(0);
  });
});

test("velocity-limit: twelve of twenty endpoints alternate every 15 s, and never more than six are taken away in five minutes", async () => {
  const twenty = Array.from({ length: 20 }, (_, at) => `e${at}`);
  const stage = await settled({ pools: { p: twenty } }, 40);
  const taken: { readonly atMs: number; readonly name: string }[] = [];
  let before = new Set<string>(twenty);
  for (let phase = 0; phase < 40; phase += 1) {
    stage.set(phase % 2 === 0 ? "sick" : "up", twenty.slice(0, 12));
    for (let part = 0; part < 3; part += 1) {
      await stage.seconds(5, 40);
      const atMs = stage.world.kernel.nowMs;
      const available = new Set(await stage.available(twenty));
      for (const name of before) if (!available.has(name)) taken.push({ atMs, name });
      before = available;
      const lately = taken.filter((one) => atMs - one.atMs < VELOCITY_WINDOW_MS);
      expect(new Set(lately.map(({ name }) => name)).size).toBeLessThanOrEqual(0.34 * 20);
    }
  }
  expect(taken.length).toBeGreaterThan(0);
  expect(stage.lost).toBe(0);
});

describe("what really dies is left at once", () => {
  test.each(["refused", "hole"] as const)(
    "the kill of a whole pool (%s) under traffic: no request is lost, and the pool is out as soon as nobody was answered for two beats",
    async (state) => {
      const stage = await settled(THREE);
      stage.set(state, B);
      await stage.seconds(12, RPS);
      expect(stage.lost).toBe(0);
      expect(await stage.available(B)).toEqual([]);
      expect(await stage.held()).toEqual([]);
      expect(await stage.available([...A, ...C])).toHaveLength(8);
      // A try that waits goes on to another endpoint of it, and waits there.
      await stage.seconds((2 * TRY_TIMEOUT_MS) / 1_000, RPS);
      stage.clear();
      await stage.seconds(60, RPS);
      // Nobody tests what the region calls down.
      expect(stage.failed).toBe(0);
      expect(
        (await stage.details()).filter((one) => one.includes("beyond the limit")),
      ).toHaveLength(3);
    },
  );

  test.each(["refused", "hole"] as const)(
    "it (%s) is out within five seconds: before isolates try again what refused them",
    async (state) => {
      const stage = await settled(THREE);
      stage.set(state, B);
      await stage.seconds(5, RPS);
      expect(await stage.available(B)).toEqual([]);
    },
  );

  test("an idle pool that dies is held for half a minute and then out: nobody was asked meanwhile", async () => {
    const stage = await settled(IN_ORDER);
    stage.set("hole", C);
    await stage.seconds(20, RPS);
    expect(await stage.held()).toHaveLength(3);
    await stage.seconds(SILENT_PATIENCE_MS / 1_000 - 10, RPS);
    expect(await stage.available(C)).toEqual([]);
    expect(stage.failed).toBe(0);
  });

  test("an idle pool that is dead and held is left within a beat of the first requests that come to it", async () => {
    const stage = await settled(IN_ORDER);
    stage.set("refused", B);
    await stage.seconds(20, RPS);
    expect(await stage.held()).toHaveLength(3);
    // The first pool dies too, within the half minute: what was idle is the next.
    stage.set("refused", A);
    await stage.seconds(2, RPS);
    const { lost } = stage;
    expect(lost).toBeLessThan(0.15 * 2 * RPS);
    await stage.seconds(5, RPS);
    expect(await stage.available([...A, ...B])).toEqual([]);
    expect(stage.lost).toBe(lost);
  });

  test("a pool that comes back is let in as before: slowly, and all of it", async () => {
    const stage = await settled(THREE);
    stage.set("refused", B);
    await stage.seconds(20, RPS);
    stage.set("up", B);
    await stage.seconds(20, RPS);
    stage.clear();
    await stage.seconds(20, RPS);
    const share = B.reduce((sum, one) => sum + (stage.answered.get(one) ?? 0), 0) / (20 * RPS);
    expect(share).toBeGreaterThan(0.28);
    expect(stage.lost).toBe(0);
  });
});

describe("velocity-limit: probes and traffic together", () => {
  test("an endpoint that fails every other request is held when probes have taken their part already", async () => {
    const stage = await settled(THREE);
    stage.set("sick", ["a1"]);
    await stage.seconds(10, RPS);
    stage.set("gray", ["a2"]);
    await stage.seconds(20, RPS);
    expect(await stage.available(A)).toEqual(["a2", "a3", "a4"]);
    const status = await stage.region.status();
    expect(status.held?.["a2" as EndpointId]?.who).toBe("passive");
    // It is told as traffic sees it, and beside it that it is held.
    expect(status.ejected?.["a2" as EndpointId]?.untilMs).toBeGreaterThan(0);
    expect((await stage.details()).find((one) => one.startsWith("a/a2 held:"))).toMatch(
      /^a\/a2 held: traffic speaks against it \(\d+ % of \d+ requests failed\), but \d+ of \d+ requests of the last 10 s were answered; 25 % of the pool's capacity/,
    );
  });

  test("one that traffic took may be called down by probes too: it is the same one", async () => {
    const stage = await settled(THREE);
    stage.set("gray", ["a2"]);
    const isAway = async () => !(await stage.available(A)).includes("a2");
    for (let second = 0; second < 20 && !(await isAway()); second += 1) await stage.seconds(1, RPS);
    expect(await isAway()).toBe(true);
    stage.set("sick", ["a2"]);
    await stage.seconds(6, RPS);
    expect(await stage.available(A)).not.toContain("a2");
    expect(await stage.held()).toEqual([]);
  });
});

describe("what was ruled outlives the instance", () => {
  test("an instance that is gone holds what it held, and has out what was out", async () => {
    const stage = await settled(THREE);
    stage.set("sick", A);
    // For longer than silence is taken for a word: what traffic said is forgotten, and nothing is heard at first.
    await stage.seconds(SILENT_PATIENCE_MS / 1_000 + 10, RPS);
    const [available, held] = [await stage.available(A), await stage.held()];
    expect(held).toHaveLength(3);
    stage.restart();
    expect(await stage.available(A)).toEqual(available);
    expect(await stage.held()).toEqual(held);
    await stage.seconds(5, 0);
    await stage.seconds(10, RPS);
    expect(await stage.available(A)).toEqual(available);
  });

  test("what a release without a governor had told stays out", async () => {
    const stage = await settled(THREE);
    stage.set("refused", B);
    await stage.seconds(10, RPS);
    stage.world.database.run("DELETE FROM documents WHERE name LIKE 'governor%'");
    stage.restart();
    expect(await stage.available(B)).toEqual([]);
    await stage.seconds(10, RPS);
    expect(await stage.available(B)).toEqual([]);
  });
});

describe("fail-static and last-resort-all hold with the governor", () => {
  test("fail-static: a prober that sees nothing at all takes nothing away and holds nothing", async () => {
    const stage = await settled(THREE);
    stage.set("unseen", ALL);
    await stage.seconds(10, RPS);
    expect(await stage.available(ALL)).toEqual(ALL);
    expect(await stage.held()).toEqual([]);
  });

  test("last-resort-all: when everything is called down and traffic gets no answer, all of it is used", async () => {
    const stage = await settled(THREE);
    stage.set("refused", ALL);
    await stage.seconds(20, RPS);
    stage.set("up", ALL);
    stage.clear();
    // Before any probe can have seen it again.
    await stage.seconds(1, RPS);
    expect(stage.answered.size).toBeGreaterThan(0);
  });
});
