/**
 * One production Region on virtual time with isolates around it that decide, try, learn and report by production code: what
 * the governor holds and lets through is seen in where requests go.
 */
import { Region } from "../../../../durable-objects/region/region.ts";
import type { Push, RegionView } from "../../../../routing/exchange.ts";
import { SCHEMA, TRIES_MAX, TRY_TIMEOUT_MS } from "../../../../routing/limits.ts";
import type { LoadBalancer } from "../../../../routing/model.ts";
import { type Rng, seededRng } from "../../../../routing/rng.ts";
import { type Balanced, seal } from "../../../../routing/snapshot.ts";
import type { Candidate } from "../../../../routing/steer/candidates.ts";
import { decide } from "../../../../routing/steer/decide.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import { Learned } from "../../../../workers/edge/learned.ts";
import { Counters } from "../../../../workers/edge/report.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { asker, endpoint, pool, shardOf } from "../../../routing/steer/world.ts";
import { monitorOf, reportOf } from "../messages.ts";

/**
 * `sick` and `unseen`: requests are answered; probes are told 503, or nothing. `gray`: probes are answered, and six requests of ten.
 * `hole`: nothing ever comes back.
 */
export type State = "up" | "sick" | "unseen" | "gray" | "refused" | "hole";

const GRAY_RATIO = 0.4;

export interface StageSetting {
  /** Endpoints by pool, in the order of the pools. */
  readonly pools: Readonly<Record<string, readonly string[]>>;
  readonly capacityRps?: Readonly<Record<string, number>>;
  readonly balancer?: Partial<LoadBalancer>;
  readonly isolates?: number;
  readonly seed?: number;
}

const INTERVAL_SECONDS = 2;
const BEAT_MS = 1_000;
const TICK_MS = 100;

class Isolate {
  readonly id: string;
  readonly learned = new Learned();
  readonly counters = new Counters();
  /** Its own, as an isolate of production has. */
  readonly shard: Balanced;
  beatAtMs: number;

  constructor(id: string, shard: Balanced, beatAtMs: number) {
    this.id = id;
    this.shard = { ...shard };
    this.beatAtMs = beatAtMs;
  }
}

export class GovernedStage {
  readonly world: ObjectWorld;
  readonly states = new Map<string, State>();
  region: Region;
  /** Requests by the endpoint that answered, and those that nobody did, since they were last cleared. */
  readonly answered = new Map<string, number>();
  lost = 0;
  /** Tries that ended with a failure. */
  failed = 0;
  readonly #isolates: readonly Isolate[];
  readonly #rng: Rng;
  readonly #push: Push;
  #asked = 0;
  #later: { readonly atMs: number; run(): void }[] = [];

  constructor(setting: StageSetting) {
    const { pools, capacityRps = {}, balancer = {}, isolates = 8, seed = 1 } = setting;
    this.#rng = seededRng(seed);
    this.world = new ObjectWorld({ fetch: (request) => this.#probed(request) });
    this.region = this.#open();
    const shard = shardOf(
      Object.entries(pools).map(([name, origins]) =>
        pool(
          name,
          origins.map((one) => endpoint(one)),
        ),
      ),
      { steering_policy: "random", ...balancer },
    );
    this.#isolates = Array.from(
      { length: isolates },
      (_, at) =>
        new Isolate(`i${at}`, shard, this.world.kernel.nowMs + Math.floor(this.#rng() * BEAT_MS)),
    );
    const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
    const monitor = monitorOf({ interval: INTERVAL_SECONDS, timeout: 1 });
    const targets = Object.entries(pools).flatMap(([name, origins]) =>
      origins.map((one) => ({
        endpoint: one as EndpointId,
        pool: name,
        name: one,
        address: `${one}.example`,
        port: 443,
        scheme: "https" as const,
        monitor,
        ...(capacityRps[one] === undefined ? {} : { capacityRps: capacityRps[one] }),
      })),
    );
    this.#push = { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
  }

  /** Pushed, probed and quiet. */
  async settle(): Promise<void> {
    await this.region.push(this.#push);
    await this.seconds(5, 0);
  }

  /** `rps`: over all isolates. */
  async seconds(count: number, rps: number): Promise<void> {
    for (let tick = 0; tick < (count * 1_000) / TICK_MS; tick += 1) {
      for (let at = 0; at < (rps * TICK_MS) / 1_000; at += 1) this.#request();
      await this.world.run(TICK_MS, () => this.region.alarm());
      this.#endThoseDue();
      await this.#beats();
    }
  }

  /** The instance ends, and the next one starts from storage. */
  restart(): void {
    this.region = this.#open();
  }

  set(state: State, endpoints: readonly string[]): void {
    for (const one of endpoints) this.states.set(one, state);
  }

  /** Which of these an isolate that has seen nothing itself would still be sent to. */
  async available(endpoints: readonly string[]): Promise<readonly string[]> {
    const view = await this.view();
    const nowMs = this.world.kernel.nowMs;
    return endpoints.filter((one) => {
      const isOut = (view.ejected?.[one as EndpointId]?.untilMs ?? 0) > nowMs;
      return view.health[one as EndpointId]?.healthy !== false && !isOut;
    });
  }

  async view(): Promise<RegionView> {
    this.#asked += 1;
    return (await this.region.exchange(reportOf("newcomer", this.#asked))).view;
  }

  async held(): Promise<readonly string[]> {
    return Object.keys((await this.region.status()).held ?? {});
  }

  async details(): Promise<readonly string[]> {
    return (await this.region.events(0)).map(({ subject, detail }) => `${subject} ${detail}`);
  }

  clear(): void {
    this.answered.clear();
    this.lost = 0;
    this.failed = 0;
  }

  #open(): Region {
    return new Region(this.world.ports(), { region: "weur", addresses: anyAddresses });
  }

  async #probed(request: Request): Promise<Response> {
    const name = new URL(request.url).hostname.split(".")[0] ?? "";
    switch (this.states.get(name) ?? "up") {
      case "up":
      case "gray":
        return new Response("");
      case "sick":
        return new Response("", { status: 503 });
      case "unseen":
      case "refused":
        throw new Error("refused");
      case "hole":
        return new Promise<never>(() => {});
    }
  }

  #request(): void {
    const isolate = this.#isolates[Math.floor(this.#rng() * this.#isolates.length)];
    if (isolate === undefined) return;
    const nowMs = this.world.kernel.nowMs;
    const { learned, shard } = isolate;
    const input = {
      shard,
      asker: asker(),
      know: learned.know,
      memory: learned.memoryOf(shard),
      loads: learned.loads(nowMs),
      triesMax: TRIES_MAX,
    };
    const { candidates, memory } = decide(input, nowMs, this.#rng);
    learned.remember(shard, memory);
    this.#try(isolate, candidates[Symbol.iterator]());
  }

  #try(isolate: Isolate, left: Iterator<Candidate>): void {
    const { value: candidate, done } = left.next();
    if (done === true) {
      this.lost += 1;
      return;
    }
    const { learned, counters } = isolate;
    const { id, name } = candidate.endpoint;
    const startedAtMs = this.world.kernel.nowMs;
    learned.tryStarted(candidate, startedAtMs);
    const state = this.states.get(name) ?? "up";
    const end = (outcome: "success" | "failure") => {
      const nowMs = this.world.kernel.nowMs;
      const settlement = { outcome, latencyMs: nowMs - startedAtMs };
      learned.tryEnded(candidate, settlement, startedAtMs, nowMs);
      counters.tried(id, outcome, state !== "refused");
      if (outcome === "success") this.answered.set(name, (this.answered.get(name) ?? 0) + 1);
      else {
        this.failed += 1;
        this.#try(isolate, left);
      }
    };
    if (state === "refused" || (state === "gray" && this.#rng() < GRAY_RATIO)) end("failure");
    else if (state === "hole") this.#after(TRY_TIMEOUT_MS, () => end("failure"));
    else end("success");
  }

  #after(ms: number, run: () => void): void {
    this.#later.push({ atMs: this.world.kernel.nowMs + ms, run });
  }

  #endThoseDue(): void {
    const due = this.#later.filter(({ atMs }) => atMs <= this.world.kernel.nowMs);
    this.#later = this.#later.filter((one) => !due.includes(one));
    for (const { run } of due) run();
  }

  async #beats(): Promise<void> {
    const nowMs = this.world.kernel.nowMs;
    for (const isolate of this.#isolates) {
      if (isolate.beatAtMs > nowMs) continue;
      isolate.beatAtMs += BEAT_MS;
      const { sequence, endpoints } = isolate.counters.take();
      const counted = [...endpoints].map(([id, counts]) => [
        id,
        { ...counts, ...isolate.learned.gauges(id) },
      ]);
      const report = reportOf(isolate.id, sequence, { endpoints: Object.fromEntries(counted) });
      const beat = await this.region.exchange(report);
      isolate.counters.acknowledge();
      isolate.learned.hear(beat.view, nowMs);
    }
  }
}
