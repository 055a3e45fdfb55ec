/**
 * An isolate that is told of its hosts' pools alone decides as one that is told everything: `CASES` accounts by chance, three
 * beats each, in which both try, fail and learn the same.
 */
import { expect, test } from "vitest";
import type { RegionView } from "../../../routing/exchange.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import type { Ms } from "../../../routing/units.ts";
import { joined, restricted, scopeOf } from "../../../routing/view-scope.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import { anyHosts, anyPools, anyView, type Host } from "../../routing/any-account.ts";
import { asker, NOW } from "../../routing/steer/world.ts";

const CASES = 4_000;
const BEATS = 3;

/** One request to one host: what is decided, what it does, and how the first try ends. */
function ask(learned: Learned, shard: Host, seed: number, nowMs: Ms): string {
  const input = {
    shard,
    asker: asker({ clientKey: `192.0.2.${seed % 256}`, replayable: seed % 4 > 0 }),
    know: learned.know,
    loads: learned.loads(nowMs),
    memory: NO_MEMORY,
    triesMax: 3,
  };
  const { candidates, trace } = decide(input, nowMs, seededRng(seed));
  const tries = [...candidates];
  const [first] = tries;
  if (first !== undefined) {
    const outcome = seed % 3 === 0 ? "failure" : "success";
    learned.tryStarted(first, nowMs);
    learned.tryEnded(first, { outcome, latencyMs: seed % 100 }, nowMs, nowMs + 1);
  }
  const { spill, refusedBy, stages, fault } = trace;
  return JSON.stringify({
    tries: tries.map(({ endpoint, why }) => [endpoint.id, why]),
    stages: stages.map(({ planned, kind }) => [planned.pool.id, kind]),
    spill: spill && [spill.utilization, spill.wanted, spill.shares.map(({ share }) => share)],
    refusedBy: refusedBy?.pool.id,
    fault,
  });
}

interface Told {
  readonly whole: RegionView;
  readonly scoped: RegionView;
}

/** Half of the time the last host is new: the others are told by the beat, and it by what KV has. */
function toldOf(hosts: readonly Host[], whole: RegionView, rng: Rng): Told {
  const pools = (some: readonly Host[]) => some.flatMap((host) => host.pools);
  const before = rng() < 0.5 ? hosts.slice(0, -1) : hosts;
  const beat = restricted(whole, scopeOf(pools(before)));
  return { whole, scoped: joined(beat, whole, pools(hosts)) };
}

test("it decides the same, request by request", () => {
  const seen = { decisions: 0, spilled: 0, refused: 0, down: 0, smaller: 0 };
  for (let seed = 1; seed <= CASES; seed += 1) {
    const rng = seededRng(seed);
    const pools = anyPools(rng);
    const hosts = anyHosts(pools, rng);
    const [all, some] = [new Learned(), new Learned()];
    for (let beat = 0; beat < BEATS; beat += 1) {
      const nowMs = NOW + beat * 1_500;
      const { whole, scoped } = toldOf(hosts, anyView(pools, nowMs, rng), rng);
      all.hear(whole, nowMs);
      some.hear(scoped, nowMs);
      if (Object.keys(scoped.health).length < Object.keys(whole.health).length) seen.smaller += 1;
      const host = hosts[pickIndex(hosts.length, rng)] as Host;
      const chance = seed * 7 + beat;
      const [one, other] = [ask(all, host, chance, nowMs), ask(some, host, chance, nowMs)];
      expect(other, `seed ${seed}, beat ${beat}`).toBe(one);
      seen.decisions += 1;
      if (!one.includes('"spill":null')) seen.spilled += 1;
      if (one.includes("refusedBy")) seen.refused += 1;
      if (Object.values(scoped.health).some(({ healthy }) => !healthy)) seen.down += 1;
    }
  }
  // What must have happened for the rest to mean something.
  expect(seen.decisions).toBe(CASES * BEATS);
  expect(seen.spilled).toBeGreaterThan(CASES / 10);
  expect(seen.refused).toBeGreaterThan(CASES / 10);
  expect(seen.down).toBeGreaterThan(CASES / 2);
  expect(seen.smaller).toBeGreaterThan(CASES / 2);
});
