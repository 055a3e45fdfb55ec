/** The whole edge in Node, on time that the test moves: call `vi.useFakeTimers()` first. */

import { vi } from "vitest";
import type { Beat, RegionView, Report } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { manifestKey, shardKey } from "../../../../routing/names.ts";
import { toStored } from "../../../../routing/snapshot.ts";
import { createEdge } from "../../../../workers/edge/edge.ts";
import type { BakedSnapshot, EdgePorts, FetchPort } from "../../../../workers/ports.ts";
import { sending } from "../../../helpers/sending.ts";
import { fakePorts } from "./ports.ts";
import type { Compiled } from "./table.ts";

export interface NodeEdge {
  /** Answered with the time that it needs; the host is the Host header. */
  ask(host: string, target: string, init?: RequestInit): Promise<Response>;
  /** Requests that endpoints have got, in order. */
  readonly sent: Request[];
  readonly reports: Report[];
  readonly kv: Map<string, string>;
  /** What the region has; `null` = it does not answer. */
  region: Compiled | null;
  /** What it knows of loads, after how long answers are late, and what may be in flight. */
  told: Pick<RegionView, "loads" | "lateMs" | "limits">;
  write(table: Compiled): void;
}

export interface NodeEdgeOptions {
  readonly fetch?: FetchPort;
  readonly baked?: BakedSnapshot | null;
  readonly ports?: Partial<EdgePorts>;
}

export function startNodeEdge(options: NodeEdgeOptions = {}): NodeEdge {
  const fake = fakePorts();
  const sent: Request[] = [];
  const answer = options.fetch ?? (async () => new Response("ok"));
  const ports = {
    ...fake.ports,
    baked: options.baked ?? null,
    send: sending((request) => {
      sent.push(request);
      return answer(request);
    }),
    ...options.ports,
  };
  const edge = createEdge(ports);
  const started: NodeEdge = {
    sent,
    reports: [],
    kv: fake.kv,
    region: null,
    told: {},
    write: (table) => {
      for (const shard of Object.values(table.shards)) {
        fake.kv.set(shardKey(shard.hash), toStored(shard));
      }
      fake.kv.set(manifestKey("default"), toStored(table.manifest));
    },
    ask: async (host, target, init = {}) => {
      const headers = { host, ...(init.headers as Record<string, string>) };
      const request = new Request(`http://${host}${target}`, { ...init, headers });
      return settled(edge.fetch(request, (work) => void work.catch(() => {})));
    },
  };
  fake.exchange = async (report) => {
    started.reports.push(report);
    if (started.region === null) throw new Error("no region");
    const beat = beatOf(started.region, report);
    return { ...beat, view: { ...beat.view, ...started.told } };
  };
  return started;
}

/** Moves the time until it has ended. */
export async function settled<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  while (!isOver) await vi.advanceTimersByTimeAsync(1);
  return work;
}

/** What a region answers: the manifest when it is another, and of what the reporter wants what differs. */
function beatOf({ manifest, shards }: Compiled, report: Report): Beat {
  const changed = Object.entries(shards).filter(
    ([key, { hash }]) => key in report.shards && report.shards[key] !== hash,
  );
  return {
    schema: SCHEMA,
    beatMs: 1_000,
    manifestHash: manifest.hash,
    ...(manifest.hash === report.manifest ? {} : { manifest }),
    shards: Object.fromEntries(changed),
    view: { schema: SCHEMA, region: "enam", asOfMs: Date.now(), health: {}, latencyMs: {} },
  };
}
