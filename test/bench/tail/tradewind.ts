/**
 * Tradewind as it is deployed: the production edge in so many isolates, which share nothing but what they exchange with
 * the product's region object, which probes the servers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../../local/build.ts";
import type { Push } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Region } from "../../../routing/names.ts";
import { compileTable } from "../../../routing/table/compile.ts";
import { probeTargets } from "../../../routing/table/probe-targets.ts";
import { bundleWith, tableFrom } from "../ours.ts";
import { type BenchWorker, startWorkerd } from "../workerd.ts";
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
  const document = documentOf(options);
  const running = await startWorkerd(await workersFor(isolates, document));
  const urlOf = (name: string) => `http://127.0.0.1:${running.ports.get(name)}`;
  try {
    const body = JSON.stringify({ region: REGION, push: pushOf(document) });
    const taken = await fetch(urlOf("state"), { method: "POST", body });
    if (!taken.ok) throw new Error(`The region did not take the document: ${await taken.text()}`);
    return { urls: namesOf(isolates).map(urlOf), ended: () => null, stop: running.stop };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function workersFor(isolates: number, document: unknown): Promise<readonly BenchWorker[]> {
  const [edge, state] = await Promise.all([
    bundleWith(document),
    bundle("test/bench/tail/state-worker.ts"),
  ]);
  const env = {
    REGION_STATE: { objects: "RegionState", worker: "state" },
    SNAPSHOTS: "kv",
  } as const;
  return [
    { name: "state", source: state, env, classes: ["RegionState"], listens: true },
    ...namesOf(isolates).map((name) => ({ name, source: edge, env, listens: true })),
  ];
}

/** Each isolate has its own port, so that dealing the requests costs the runtime nothing. */
const namesOf = (isolates: number): readonly string[] =>
  Array.from({ length: isolates }, (_, index) => `edge-${index}`);

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
