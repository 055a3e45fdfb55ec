/**
 * Tradewind as it is deployed: the production edge in so many isolates, which share nothing but what they exchange with
 * the product's region object, which probes the servers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { bundle } from "../../../local/build.ts";
import type { Push } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Region } from "../../../routing/names.ts";
import { compileTable, probeTargets } from "../../../routing/table/compile.ts";
import { bundleWith, tableFrom } from "../ours.ts";
import { worker } from "../subjects.ts";
import { HEALTH_PATH } from "./server.ts";
import { HOST, PATIENCE_MS, type RunningTarget, type StartOptions, type Target } from "./target.ts";

/** Where an isolate belongs that no colo was named to. */
export const REGION: Region = "enam";

export const tradewind = (isolates: number): Target => ({
  name: `tradewind×${isolates}`,
  isPeer: false,
  version: async () => `Tradewind in workerd ${workerdVersion()}, ${isolates} isolates`,
  start: (options) => start(isolates, options),
});

async function start(isolates: number, options: StartOptions): Promise<RunningTarget> {
  const runtime = new Miniflare(await planOf(isolates, documentOf(options)));
  try {
    await runtime.ready;
    const operators = await runtime.unsafeGetDirectURL("state");
    const visitors = await Promise.all(
      namesOf(isolates).map((name) => runtime.unsafeGetDirectURL(name)),
    );
    const push = pushOf(documentOf(options));
    const body = JSON.stringify({ region: REGION, push });
    const taken = await fetch(operators, { method: "POST", body });
    if (!taken.ok) throw new Error(`The region did not take the document: ${await taken.text()}`);
    const urls = visitors.map(({ origin }) => origin);
    return { urls, ended: () => null, stop: () => runtime.dispose() };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

async function planOf(isolates: number, document: unknown): Promise<MiniflareOptions> {
  const [edge, state] = await Promise.all([
    bundleWith(document),
    bundle("test/bench/tail/state-worker.ts"),
  ]);
  const objects = {
    REGION_STATE: { type: "durable-object", worker: "state", exportName: "RegionState" },
    SNAPSHOTS: { type: "kv", id: "snapshots" },
  } as const;
  return {
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    workers: [
      {
        ...worker("state", state, objects, {
          RegionState: { type: "durable-object", storage: "sqlite" },
        }),
        dev: direct,
      },
      ...namesOf(isolates).map((name) => ({ ...worker(name, edge, objects), dev: direct })),
    ],
  };
}

/** Each isolate has its own port, so that dealing the requests costs the runtime nothing. */
const namesOf = (isolates: number): readonly string[] =>
  Array.from({ length: isolates }, (_, index) => `edge-${index}`);

const direct = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };

export function pushOf(document: unknown): Push {
  const table = tableFrom(document);
  const { account, version } = table;
  return { schema: SCHEMA, account, version, ...compileTable(table), targets: probeTargets(table) };
}

/** Nothing but what a newcomer writes: policy, budget and ejection are the product's defaults. */
export const documentOf = ({ ports, tryTimeoutMs }: StartOptions) => ({
  monitors: {
    // As every peer: a probe a second, two of a kind turn a verdict.
    web: {
      type: "http",
      path: HEALTH_PATH,
      interval: 1,
      timeout: 1,
      retries: 0,
      consecutive_up: 2,
      consecutive_down: 2,
    },
  },
  pools: {
    web: {
      monitor: "web",
      origins: ports.map((port, index) => ({
        name: `s${index}`,
        address: "http://127.0.0.1",
        port,
      })),
    },
  },
  http_routes: [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "web" },
      spec: {
        hostnames: [HOST],
        rules: [
          {
            matches: [{ method: "GET" }],
            backendRefs: [{ name: "web" }],
            timeouts: { backendRequest: `${tryTimeoutMs}ms` },
          },
          // What cannot be tried again is not cut short either.
          { backendRefs: [{ name: "web" }], timeouts: { request: `${PATIENCE_MS}ms` } },
        ],
      },
    },
  ],
});

function workerdVersion(): string {
  const file = join(import.meta.dirname, "../../../node_modules/workerd/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
