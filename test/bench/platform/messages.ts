/**
 * How large the messages between an isolate and its region are, and what a region needs to live, by the real code: a
 * table is compiled, a region probes its endpoints, an isolate starts cold from KV, serves, and exchanges.
 */
import { serialize } from "node:v8";
import type { Beat, Report } from "../../../routing/exchange.ts";
import type { Pool } from "../../../routing/model.ts";
import { manifestKey, shardKey } from "../../../routing/names.ts";
import { toStored } from "../../../routing/snapshot.ts";
import { type Compiled, compileTable } from "../../../routing/table/compile.ts";
import { openIsolate } from "../../../workers/edge/isolate.ts";
import { rngFor } from "../../sim/random.ts";
import { tableFrom } from "../ours.ts";
import { Counts, countingPorts } from "./ports.ts";
import { LiveRegion, type Upkeep } from "./region.ts";

const HOST = "www.example";
const PER_POOL = 25;
/** Endpoints that one isolate has used since its last report: all that its host has. */
export const USED = 2 * PER_POOL;
const PROBE_INTERVAL_S = 5;

export interface MessageBytes {
  readonly endpoints: number;
  readonly report: number;
  readonly beat: number;
  /** To a reporter that reads no view but a whole one. */
  readonly wholeBeat: number;
}

/** As the platform's RPC writes them: a structured clone. */
const bytesOf = (message: Report | Beat): number => serialize(message).length;

function tableWith(endpoints: number) {
  const names = Array.from({ length: Math.ceil(endpoints / PER_POOL) }, (_, at) => `pool-${at}`);
  const origins = (name: string, at: number) =>
    Array.from({ length: Math.min(PER_POOL, endpoints - at * PER_POOL) }, (_, one) => ({
      name: `${name}-${one}`,
      address: `${name}-${one}.origin.example`,
    }));
  const pools = names.map((name, at) => [name, { origins: origins(name, at) }]);
  return tableFrom({
    pools: Object.fromEntries(pools),
    load_balancers: { [HOST]: { default_pools: names.slice(0, 2), fallback_pool: names[0] } },
  });
}

function storedIn({ manifest, shards }: Compiled): Map<string, string> {
  const kv = new Map([[manifestKey("default"), toStored(manifest)]]);
  for (const sealed of Object.values(shards)) kv.set(shardKey(sealed.hash), toStored(sealed));
  return kv;
}

interface Met {
  readonly region: LiveRegion;
  /** What a cold isolate read before it could answer. */
  readonly cold: Counts;
  /** Ends with the next report of the isolate, after it has served a request by each of so many endpoints. */
  exchangeAfter(used: number): Promise<{ readonly report: Report; readonly beat: Beat }>;
}

async function meet(endpoints: number): Promise<Met> {
  const table = tableWith(endpoints);
  const compiled = compileTable(table);
  const region = await LiveRegion.start(compiled, table.pools, PROBE_INTERVAL_S);
  const counts = new Counts();
  const stores = { kv: storedIn(compiled), cache: new Map<string, string>() };
  const { kernel } = region.world;
  let last: { report: Report; beat: Promise<Beat> } | null = null;
  const ports = countingPorts({
    clock: {
      get nowMs() {
        return kernel.nowMs;
      },
    },
    counts,
    stores,
    rng: rngFor(1, "isolate"),
    exchange: () => {
      throw new Error("asked below");
    },
  });
  const asked = {
    exchange: (report: Report) => {
      last = { report, beat: region.exchange(report) };
      return last.beat;
    },
  };
  const isolate = openIsolate({ ...ports, objects: { region: () => asked as never } }, "FRA", {});
  const works: Promise<unknown>[] = [];
  const later = (work: Promise<unknown>) => void works.push(work);
  await isolate.snapshot.find(HOST, later);
  for (const work of works) await work;
  const cold = { ...counts };
  return {
    region,
    cold,
    async exchangeAfter(used) {
      serve(isolate, table.pools, used, kernel.nowMs);
      await isolate.exchange.run(later);
      for (const work of works.splice(0)) await work;
      if (last === null) throw new Error("the isolate did not exchange");
      return { report: last.report, beat: await last.beat };
    },
  };
}

function serve(
  { counters, learned }: ReturnType<typeof openIsolate>,
  pools: readonly Pool[],
  used: number,
  nowMs: number,
): void {
  const all = pools.flatMap((pool) => pool.origins.map((endpoint) => ({ pool, endpoint })));
  for (const { pool, endpoint } of all.slice(0, used)) {
    const candidate = { pool, endpoint, why: "sound" } as const;
    learned.deposit(pool, nowMs);
    learned.tryStarted(candidate, nowMs);
    learned.tryEnded(candidate, { outcome: "success", latencyMs: 23.4 }, nowMs, nowMs);
    counters.tried(endpoint.id, "success", true);
    counters.answered(HOST, 200, pool.name);
  }
}

/** In the steady state: every endpoint probed, and measured from this colo. */
export async function messageBytes(endpoints: number): Promise<MessageBytes> {
  const met = await meet(endpoints);
  await met.region.run(2 * PROBE_INTERVAL_S * 1_000);
  await met.exchangeAfter(endpoints);
  const { report, beat } = await met.exchangeAfter(Math.min(endpoints, USED));
  const { scoped: _, ...older } = report;
  const whole = await met.region.exchange({ ...older, sequence: report.sequence + 1 });
  const sizes = { report: bytesOf(report), beat: bytesOf(beat), wholeBeat: bytesOf(whole) };
  return { endpoints, ...sizes };
}

/** A month of a region with this many endpoints, from `minutes` of it; one exchange a second. */
export async function monthOfUpkeep(endpoints: number, minutes: number): Promise<Upkeep> {
  const met = await meet(endpoints);
  await met.region.run(60_000);
  const before = met.region.upkeep;
  for (let second = 0; second < minutes * 60; second += 1) {
    await met.exchangeAfter(Math.min(endpoints, USED));
    await met.region.run(1_000);
  }
  const after = met.region.upkeep;
  const months = (30 * 24 * 60) / minutes;
  return {
    alarms: (after.alarms - before.alarms) * months,
    rowsWritten: (after.rowsWritten - before.rowsWritten) * months,
    kvWrites: (after.kvWrites - before.kvWrites) * months,
  };
}

export const coldReads = async (): Promise<Counts> => (await meet(12)).cold;
