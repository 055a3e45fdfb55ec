/** Which workers the planet is made of and what each may reach: the shape miniflare takes. */
import type { MiniflareOptions, Request, Response } from "miniflare";
import type { RttData } from "./rtt/places.ts";

type WorkerOptions = MiniflareOptions["workers"][number];
type Bindings = NonNullable<Extract<WorkerOptions["config"], { env?: unknown }>["env"]>;

export interface Bundles {
  readonly host: string;
  readonly edge: string;
  readonly state: string;
  readonly central: string;
}

export interface PlanetParts {
  readonly bundles: Bundles;
  readonly rtt: { readonly data: RttData; readonly on: boolean };
  readonly token: string;
  /** Variables of central beside those of the planet: keys and credentials of DNS providers. */
  readonly variables: Readonly<Record<string, string>>;
  readonly edgePort: number;
  readonly centralPort: number;
  /** Starts and stops demo origins: `POST http://origins/NAME/stop`. */
  readonly origins: (request: Request) => Promise<Response>;
}

/** As in the wrangler.toml of each script. */
const COMPATIBILITY = {
  compatibilityDate: "2026-11-01",
  compatibilityFlags: ["enable_request_signal"],
};

const object = (exportName: string, worker = "state") =>
  ({ type: "durable-object", worker, exportName }) as const;
const service = (worker: string, exportName: string) =>
  ({ type: "worker", worker, exportName }) as const;
const sqlite = { type: "durable-object", storage: "sqlite" } as const;
const keys = { type: "kv", id: "snapshots" } as const;

/** The workers under `host`, `state` and `central`; visitors arrive at `host`, operators at `central`. */
export function planetWorkers(parts: PlanetParts): WorkerOptions[] {
  const { bundles, rtt, token } = parts;
  const objects = {
    REGION_STATE: object("RegionState"),
    CONFIG_STORE: object("ConfigStore"),
    DIRECTORY: object("Directory"),
  };
  const network = service("host", "Control");
  const host = worker("host", bundles.host, {
    ...objects,
    SNAPSHOTS: keys,
    LOADER: { type: "worker-loader" },
    INTERNET: { type: "network", allow: ["public", "private"] },
    EDGE_SOURCE: { type: "text", value: bundles.edge },
    RTT_DATA: { type: "text", value: JSON.stringify(rtt.data) },
    RTT_ON: { type: "json", value: rtt.on },
  });
  const state = worker("state", bundles.state, { ...objects, SNAPSHOTS: keys, NETWORK: network }, [
    "RegionState",
    "ConfigStore",
    "Directory",
  ]);
  const central = worker(
    "central",
    bundles.central,
    {
      ...objects,
      OPERATOR_DESK: object("OperatorDesk", "central"),
      TICKET_SIGNER: object("TicketSigner", "central"),
      SYNC_LEDGER: object("SyncLedger", "central"),
      WATCHDOG: object("Watchdog", "central"),
      ...texts(parts.variables),
      TRADEWIND_API_TOKEN: { type: "text", value: token },
      NETWORK: network,
      STATE: service("state", "Gate"),
      ORIGINS: { type: "fetcher", handler: parts.origins },
    },
    ["OperatorDesk", "TicketSigner", "SyncLedger", "Watchdog"],
  );
  return [
    { ...host, dev: { unsafeDirectSockets: [loopback(parts.edgePort)] } },
    state,
    { ...central, dev: { unsafeDirectSockets: [loopback(parts.centralPort)] } },
  ];
}

const texts = (variables: Readonly<Record<string, string>>): Bindings =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, { type: "text", value } as const]),
  );

const loopback = (port: number) => ({ host: "127.0.0.1", port });

function worker(
  name: string,
  source: string,
  env: Bindings,
  classes: readonly string[] = [],
): WorkerOptions {
  return {
    config: {
      name,
      ...COMPATIBILITY,
      manifest: {
        mainModule: "main.js",
        modules: { "main.js": { type: "esm", contents: source } },
      },
      env,
      exports: Object.fromEntries(classes.map((className) => [className, sqlite])),
    },
  };
}
