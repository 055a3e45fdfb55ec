/**
 * No way leads out: tables and histories by chance, sealed and read back as a cold isolate does, against a law that is said
 * in other words: `node test/routing/residency/model.ts --tables 100000 --seed 1`. Prints the first offences with their seed.
 *
 * Metamorphic besides: under a residency the decision is the one of a table that never had the endpoints outside, and no
 * residency. With nobody outside that is the decision without the residency.
 */
import { parseArgs } from "node:util";
import { explain } from "../../../routing/explain/explain.ts";
import type { Forward } from "../../../routing/match/action.ts";
import { byLoadBalancer, courseOf } from "../../../routing/match/dispatch.ts";
import { knownHostKeys } from "../../../routing/match/hosts.ts";
import { answerHeader } from "../../../routing/match/kept.ts";
import { endpointKey } from "../../../routing/match/session-value.ts";
import { buildSite, type Site } from "../../../routing/match/site.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { blockKey, readBlock } from "../../../routing/route-block.ts";
import { type Balanced, readManifest, readShard } from "../../../routing/snapshot.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type EndpointKnowledge, NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import { staticOrder } from "../../../routing/steer/static-order.ts";
import { compileTable } from "../../../routing/table/compile.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import { oneOf } from "../match/generate.ts";
import { ended, factsOf } from "../match/routes.ts";
import { asker, ejection, endpointId, measured, NOW, verdict } from "../steer/world.ts";
import { anyWorld, changed, HOSTS, isAllowed, SESSION, type World } from "./generate.ts";

const REQUESTS_PER_TABLE = 10;
const OFFENCES_MAX = 3;

export interface Summary {
  readonly tables: number;
  readonly offences: readonly object[];
  /** How often what was seen, so that a silent generator does not look like a law that holds. */
  readonly seen: Readonly<Record<string, number>>;
}

class Run {
  readonly offences: object[] = [];
  readonly seen: Record<string, number> = {};
  readonly seed: number;
  constructor(seed: number) {
    this.seed = seed;
  }
  see(what: string, count = 1): void {
    this.seen[what] = (this.seen[what] ?? 0) + count;
  }
  offend(offence: object): void {
    this.offences.push({ seed: this.seed, ...offence });
  }
}

/** The sites of every host, from the texts that an edge is given. */
function sitesIn({ table }: World): ReadonlyMap<string, readonly Site[]> {
  const { manifest, shards } = compileTable(table);
  const read = readManifest(manifest.text);
  if (!read.ok) throw new Error("the manifest is not readable");
  const { hosts } = read.value;
  const textOf = (key: string) => shards[key]?.text ?? "";
  const siteOf = (key: string) => {
    const shard = readShard(textOf(key));
    if (!shard.ok) throw new Error(`the shard ${key} is not readable`);
    const blocks = Array.from({ length: shard.value.blocks }, (_, at) => {
      const block = readBlock(textOf(blockKey(key, at)));
      if (!block.ok) throw new Error(`a block of ${key} is not readable`);
      return block.value;
    });
    return ended(buildSite(shard.value, blocks, null));
  };
  const keysOf = (host: string) => knownHostKeys(host, (key) => Object.hasOwn(hosts, key));
  return new Map(HOSTS.map((host) => [host, keysOf(host).map(siteOf)]));
}

function anyKnowledge(nowMs: Ms, rng: Rng): EndpointKnowledge {
  const phase = oneOf(["ejected", "probing"] as const, rng);
  return {
    ...UNKNOWN,
    ...measured(rng() * 300, pickIndex(12, rng)),
    ...(rng() < 0.7 ? { health: verdict(rng() < 0.35), healthAsOfMs: nowMs } : {}),
    ...(rng() < 0.4
      ? { ejection: ejection({ phase, untilMs: nowMs + oneOf([-1, 4_000], rng) }) }
      : {}),
  };
}

/** All lists that bind what a forward leads to, found in the table by name. */
function boundsOf({ table }: World, host: string, balanced: Balanced): readonly unknown[] {
  const named = (name: string) =>
    table.load_balancers.find((one) => one.name === name && one.enabled)?.residency;
  return [named(host), named(balanced.load_balancer.name)];
}

function isOutside(world: World, bounds: readonly unknown[], pool: string, id: string): boolean {
  const country = world.countries.get(id) ?? null;
  const ofPool = world.table.pools.find((one) => one.id === pool)?.residency;
  return ![...bounds, ofPool].every((residency) => isAllowed(residency, country));
}

/** As far as they come: what is chosen late may fail late, and an edge then goes on with the static order. */
function taken(candidates: Iterable<Candidate>): readonly Candidate[] {
  const all: Candidate[] = [];
  try {
    for (const candidate of candidates) all.push(candidate);
  } catch {
    return all;
  }
  return all;
}

/** Takes every candidate; what is outside offends. */
function held(
  candidates: Iterable<Candidate>,
  way: string,
  bounds: readonly unknown[],
  world: World,
  run: Run,
): readonly Candidate[] {
  const all = taken(candidates);
  for (const { pool, endpoint, why } of all) {
    run.see(way);
    run.see(`why ${why}`);
    if (isOutside(world, bounds, pool.id, endpoint.id)) {
      run.offend({ way, why, pool: pool.id, endpoint: endpoint.id, bounds });
    }
  }
  return all;
}

/** The same, had nobody ever written the endpoints outside or a residency. */
function stripped(
  world: World,
  bounds: readonly unknown[],
  { residency: _, ...balanced }: Balanced,
) {
  const { residency: _own, ...load_balancer } = balanced.load_balancer;
  const pools = balanced.pools.map(({ residency: _pool, ...pool }) => ({
    ...pool,
    origins: pool.origins.filter(({ id }) => !isOutside(world, bounds, pool.id, id)),
  }));
  return { ...balanced, load_balancer, pools };
}

const wordsOf = (input: DecideInput, nowMs: Ms, seed: number) => {
  const { candidates, trace, memory } = decide(input, nowMs, seededRng(seed));
  const tries = taken(candidates).map(
    ({ pool, endpoint, why }) => `${pool.id}/${endpoint.id} ${why}`,
  );
  return JSON.stringify({ tries, kept: trace.kept, policy: trace.policy, memory });
};

/** One isolate: what it knows, and the cookies of its visitors, over two versions of a table. */
class History {
  readonly #known = new Known();
  readonly #jar = new Map<string, string>();
  readonly #rng: Rng;
  readonly #run: Run;
  #world: World;
  #nowMs = NOW;

  constructor(run: Run) {
    this.#run = run;
    this.#rng = seededRng(run.seed);
    this.#world = anyWorld(this.#rng);
  }

  play(): void {
    for (const version of [1, 2]) {
      if (version > 1) this.#world = changed(this.#world, this.#rng);
      const sites = sitesIn(this.#world);
      for (let count = 0; count < REQUESTS_PER_TABLE / 2; count += 1) {
        this.#happens();
        const host = oneOf(HOSTS, this.#rng);
        this.#request(host, sites.get(host) ?? []);
      }
    }
  }

  #happens(): void {
    const rng = this.#rng;
    this.#nowMs += oneOf([0, 10, 5_000, 40_000], rng);
    for (const id of this.#world.countries.keys()) {
      if (rng() < 0.4) this.#known.set(endpointId(id), anyKnowledge(this.#nowMs, rng));
    }
  }

  #request(host: string, sites: readonly Site[]): void {
    const rng = this.#rng;
    const country = oneOf(["DE", "US", undefined, "T1"], rng);
    const headers = this.#headers();
    const facts = factsOf(oneOf(["/", "/r"], rng), { host, headers, country });
    const visitor = asker({ country, replayable: rng() < 0.7 });
    // A fault of ours: nothing is known any more, not even how to ask.
    const isBroken = rng() < 0.1;
    const know = isBroken ? () => JSON.parse("{") : this.#known.know;
    const { know: sane } = this.#known;
    const { action } = courseOf(sites, facts, sane, this.#nowMs, rng);
    const own = byLoadBalancer(sites, host);
    if (own?.do === "forward") this.#static(host, own.forward.balanced, "fail-open dispatch");
    if (action?.do !== "forward") return;
    const { forward } = action;
    const input = this.#inputOf(forward, { asker: visitor, know });
    this.#forward(host, forward, input);
    this.#static(host, forward.balanced, "fail-open decide");
    for (const { balanced } of forward.mirrors) {
      const copy = { shard: balanced, asker: visitor, know, memory: NO_MEMORY, triesMax: 1 };
      this.#hold(host, balanced, decide(copy, this.#nowMs, rng).candidates, "mirror");
    }
    if (rng() < 0.2) this.#explain(host, forward, sites, facts, visitor);
  }

  #inputOf({ balanced, kept }: Forward, more: Pick<DecideInput, "asker" | "know">): DecideInput {
    return {
      ...{ shard: balanced, memory: NO_MEMORY, triesMax: 3, ...more },
      ...{ preferred: kept?.home?.endpoint, hold: kept?.hold },
    };
  }

  #forward(host: string, forward: Forward, input: DecideInput): void {
    const run = this.#run;
    const { balanced, kept } = forward;
    const bounds = boundsOf(this.#world, host, balanced);
    const decision = decide(input, this.#nowMs, this.#rng);
    const [first] = this.#hold(host, balanced, decision.candidates, "decide");
    const { outside, fault, kept: verdict } = decision.trace;
    run.see(fault === null ? "sane" : "fault");
    if (outside > 0) run.see("some left out");
    if (outside > 0 && first === undefined) run.see("nobody left");
    const home = kept?.home?.endpoint;
    const homePool = balanced.pools.find(({ origins }) => origins.some(({ id }) => id === home));
    if (home !== undefined && isOutside(this.#world, bounds, homePool?.id ?? "", home)) {
      run.see("session outside");
      if (kept?.by === "route") run.offend({ way: "home of a route's session", home });
    }
    if (kept !== null && first !== undefined) {
      const header = answerHeader(kept, verdict, first.endpoint.id, true, this.#nowMs);
      const [pair = ""] = header?.value.split(";") ?? [];
      const [name = "", value = ""] = pair.split("=");
      if (header !== null) this.#jar.set(name, value);
    }
    const plain = { ...input, shard: stripped(this.#world, bounds, balanced) };
    const [bound, without] = [input, plain].map((one) => wordsOf(one, this.#nowMs, run.seed));
    run.see("compared");
    // In a fault the static order names other pools' endpoints too: that is compared by who may serve alone.
    if (fault === null && bound !== without) run.offend({ way: "metamorphic", bound, without });
  }

  #static(host: string, balanced: Balanced, way: string): void {
    this.#hold(host, balanced, staticOrder(balanced), way);
  }

  #explain(
    host: string,
    { balanced }: Forward,
    sites: readonly Site[],
    facts: ReturnType<typeof factsOf>,
    visitor: ReturnType<typeof asker>,
  ): void {
    const { table } = this.#world;
    const question = {
      version: table.version,
      sites,
      facts,
      asker: visitor,
      know: this.#known.know,
    };
    const told = explain(question, this.#nowMs, this.#rng);
    // A rule's weights may lead it to another target than the request before.
    if (told.target?.name !== balanced.load_balancer.name) return;
    const bounds = boundsOf(this.#world, host, balanced);
    for (const { pool, endpoint, outside } of told.candidates) {
      this.#run.see("explain");
      if (outside || isOutside(this.#world, bounds, pool, endpoint)) {
        this.#run.offend({ way: "explain", pool, endpoint });
      }
    }
    for (const { pool, endpoints } of told.pools) {
      for (const { endpoint, outside } of endpoints) {
        if (outside === isOutside(this.#world, bounds, pool, endpoint)) continue;
        this.#run.offend({ way: "explain tells", pool, endpoint, outside });
      }
    }
  }

  #hold(host: string, balanced: Balanced, candidates: Iterable<Candidate>, way: string) {
    return held(candidates, way, boundsOf(this.#world, host, balanced), this.#world, this.#run);
  }

  /** Cookies that answers have set, or one that the visitor has made up for any endpoint that there is. */
  #headers(): Readonly<Record<string, string>> {
    const rng = this.#rng;
    const ids = [...this.#world.countries.keys()];
    const forged: EndpointId = endpointId(ids[pickIndex(ids.length, rng)] ?? "");
    const time = this.#nowMs.toString(36);
    const jar = new Map(this.#jar);
    if (rng() < 0.5) jar.set(SESSION, `1.${endpointKey(forged)}.${time}.${time}`);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    return { ...(cookie === "" ? {} : { cookie }), ...(rng() < 0.5 ? { "x-user": "7" } : {}) };
  }
}

export function runModel({ tables, seed }: { tables: number; seed: number }): Summary {
  const offences: object[] = [];
  const seen: Record<string, number> = {};
  let done = 0;
  for (; done < tables && offences.length < OFFENCES_MAX; done += 1) {
    const run = new Run(seed + done);
    new History(run).play();
    offences.push(...run.offences.slice(0, 1));
    for (const [what, count] of Object.entries(run.seen)) seen[what] = (seen[what] ?? 0) + count;
  }
  return { tables: done, offences, seen };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      tables: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
    },
  });
  const seed = Number(values.seed);
  const { tables, offences, seen } = runModel({ tables: Number(values.tables), seed });
  for (const offence of offences) console.log(JSON.stringify(offence, null, 2));
  const said = Object.entries(seen).map(([what, count]) => `${what} ${count}`);
  console.log(
    `${tables} tables from seed ${seed}: ${offences.length} offences; ${said.join(", ")}`,
  );
  if (offences.length > 0) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) main();
