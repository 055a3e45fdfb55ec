/** The production bundles of central and state in workerd. */
import { Miniflare, type MiniflareOptions, Response as OutsideResponse } from "miniflare";
import { bundle } from "../../../local/build.ts";
import { TOKEN } from "./planet.ts";

const objects = {
  REGION_STATE: { type: "durable-object", worker: "tradewind-state", exportName: "RegionState" },
  CONFIG_STORE: { type: "durable-object", worker: "tradewind-state", exportName: "ConfigStore" },
  DIRECTORY: { type: "durable-object", worker: "tradewind-state", exportName: "Directory" },
} as const;

type WorkerOptions = MiniflareOptions["workers"][number];
type Bindings = NonNullable<Extract<WorkerOptions["config"], { env?: unknown }>["env"]>;

const worker = (
  name: string,
  code: string,
  env: Bindings,
  classes: readonly string[],
): WorkerOptions => ({
  config: {
    name,
    compatibilityDate: "2026-11-01",
    compatibilityFlags: ["enable_request_signal"],
    manifest: {
      mainModule: "main.js",
      modules: { "main.js": { type: "esm" as const, contents: code } },
    },
    env,
    exports: Object.fromEntries(
      classes.map((each) => [each, { type: "durable-object", storage: "sqlite" }] as const),
    ),
  },
});

type Outside = Extract<
  NonNullable<NonNullable<WorkerOptions["dev"]>["outboundService"]>,
  { type: "fetcher" }
>["handler"];

/** `variables` are central's, beside the operators' token; `world` answers what it fetches. Dispose of it. */
export async function startProduction(
  variables: Readonly<Record<string, string>> = {},
  world: Outside = async () => new OutsideResponse("this test answers nobody", { status: 500 }),
) {
  const [central, state] = [
    await bundle("workers/central/index.ts"),
    await bundle("durable-objects/index.ts"),
  ];
  const own = ["OperatorDesk", "TicketSigner", "SyncLedger", "Watchdog"] as const;
  const ownObject = (exportName: (typeof own)[number]) =>
    ({ type: "durable-object", worker: "tradewind-central", exportName }) as const;
  const texts = Object.entries({ TRADEWIND_API_TOKEN: TOKEN, ...variables }).map(
    ([name, value]) => [name, { type: "text", value } as const],
  );
  const planet = new Miniflare({
    cf: false,
    workers: [
      {
        ...worker(
          "tradewind-central",
          central,
          {
            ...objects,
            OPERATOR_DESK: ownObject("OperatorDesk"),
            TICKET_SIGNER: ownObject("TicketSigner"),
            SYNC_LEDGER: ownObject("SyncLedger"),
            WATCHDOG: ownObject("Watchdog"),
            ...Object.fromEntries(texts),
          },
          own,
        ),
        dev: { outboundService: { type: "fetcher", handler: world } },
      },
      worker("tradewind-state", state, { ...objects, SNAPSHOTS: { type: "kv", id: "snapshots" } }, [
        "RegionState",
        "ConfigStore",
        "Directory",
      ]),
    ],
  });
  const address = await planet.ready;
  const ask = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${TOKEN}`);
    return fetch(new URL(path, address), { ...init, headers });
  };
  return { planet, ask };
}
