/** Central over objects in memory: what the routes are tested against when no object's own behaviour matters. */

// Before any schema is made: the library gives only later ones their methods for OpenAPI.
import { intentOf, syncedZones } from "../../../routing/dns/intent.ts";
import "@hono/zod-openapi";
import { previewTargets } from "../../../durable-objects/config/preview-targets.ts";
import type { Event } from "../../../routing/exchange.ts";
import { type FreezePlace, isFreeze } from "../../../routing/guard/freeze.ts";
import { knownHostKeys } from "../../../routing/match/hosts.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { Preview, Previewed } from "../../../routing/preview.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import { ok, refuse } from "../../../routing/result.ts";
import { partKeys } from "../../../routing/route-block.ts";
import type { Sealed } from "../../../routing/snapshot.ts";
import { compileTable } from "../../../routing/table/compile.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { createCentral } from "../../../workers/central/app.ts";
import { withAcknowledged } from "../../../workers/central/desk/bag.ts";
import { Signer, type StoredKey } from "../../../workers/central/explain/signer.ts";
import type { CentralPorts } from "../../../workers/central/ports.ts";
import { Watchdog, type WatchState } from "../../../workers/central/watch/watch.ts";
import type {
  Accepted,
  AuditRow,
  ConfigObject,
  Proposal,
  ProposeRefusal,
} from "../../../workers/config-object.ts";
import type {
  Acknowledgement,
  DeskObject,
  DirectoryObject,
  FetchPort,
  PreviewObject,
  RegionObject,
  SignerObject,
} from "../../../workers/ports.ts";
import { guardsOf, refusalOf, tableOf } from "./guards.ts";
import { type LedgerWorld, ledgers } from "./ledgers.ts";

export const TOKEN = "tw_test_0123456789";
export const START_MS = Date.UTC(2026, 10, 23, 10);

/** Only what a test turns on happens; time moves when a test says so, except that waits end at once. */
export interface Planet extends LedgerWorld {
  nowMs: number;
  /** Waits shorter than this end at once; longer ones last until called off. */
  endsBelowMs: number;
  refusal: ProposeRefusal | null;
  /** Where the configuration store finds the freeze switch turned. */
  readonly frozen: Set<FreezePlace>;
  /** By name, what the store keeps beside its versions. */
  readonly stored: Map<string, unknown>;
  /** Called before each use of the configuration object. */
  beforeConfig: () => Promise<void>;
  readonly silentRegions: Set<string>;
  readonly brokenRegions: Set<string>;
  readonly statuses: Map<string, Partial<RegionStatus>>;
  readonly events: Map<string, Event[]>;
  /** By region and host. */
  readonly decisions: Map<string, string[]>;
  readonly documents: unknown[];
  /** What the regions' previews were asked, and what they see by the name of the endpoint. */
  readonly previews: { readonly region: string; readonly preview: Preview }[];
  readonly previewed: Map<string, Omit<Previewed, "endpoint">>;
  watchdogAlarmAtMs: number | null;
  readonly deadManUrl: string;
  /** What answers the dead-man switch. */
  outside: FetchPort;
}

export function planet({ deadManUrl = "" } = {}) {
  const world: Planet = {
    nowMs: START_MS,
    endsBelowMs: 2_000,
    refusal: null,
    frozen: new Set(),
    stored: new Map(),
    beforeConfig: async () => undefined,
    silentRegions: new Set(),
    brokenRegions: new Set(),
    statuses: new Map(),
    events: new Map(),
    decisions: new Map(),
    documents: [],
    previews: [],
    previewed: new Map(),
    watchdogAlarmAtMs: null,
    deadManUrl,
    outside: () => Promise.reject(new Error("this test gives no outside")),
    synced: new Map(),
    variables: { TW_KEK_1: btoa("k".repeat(32)) },
    models: new Map(),
    databases: new Map(),
    alarms: new Map(),
  };
  const desk = deskOf(world);
  const config = configOf(world);
  const signer = signerOf(world);
  let drawn = 0;
  const background: Promise<void>[] = [];
  const ports: CentralPorts = {
    clock: { nowMs: () => world.nowMs },
    timers: {
      wait: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal?.throwIfAborted();
          if (ms < world.endsBelowMs) setImmediate(resolve);
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
      deadline: () => new AbortController().signal,
    },
    chance: {
      uniform: () => 0.5,
      id: () => {
        drawn += 1;
        return drawn.toString(16).padStart(32, "0");
      },
    },
    token: TOKEN,
    isFrozen: () => isFreeze(world.variables["TW_FREEZE"]),
    later: (work) => {
      background.push(work);
    },
    objects: {
      region: (region) => regionOf(world, region),
      config: () => config,
      directory: () => ({}) as DirectoryObject,
      previewer: (region) => previewerOf(world, region),
      desk: () => desk,
      signer: () => signer,
      ledger: (account, zone) => ledger(account, zone),
      watchdog: () => watchdog,
    },
  };
  const ledger = ledgers(world, ports);
  const watchdog = watchdogOf(world, ports);
  const app = createCentral(ports);
  const ask = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${TOKEN}`);
    return app.request(path, { ...init, headers });
  };
  /** Until nothing goes on any more that an answer did not wait for. */
  const settled = async () => {
    for (let work = background.pop(); work !== undefined; work = background.pop()) await work;
  };
  return { world, ports, app, ask, settled };
}

export const putJson = (document: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "PUT",
  headers: { "content-type": "application/json", ...headers },
  body: typeof document === "string" ? document : JSON.stringify(document),
});

function configOf(world: Planet): ConfigObject {
  const audit: AuditRow[] = [];
  const keys: string[] = [];
  const etagOf = (version: number) => (version === 0 ? "" : `v${version}`);
  const store = (
    document: unknown,
    by: Pick<Proposal, "actor" | "note" | "expected">,
    action: AuditRow["action"],
  ) => {
    const current = etagOf(world.documents.length);
    if (world.refusal !== null) return refuse(world.refusal);
    if (by.expected !== undefined && by.expected !== current) {
      return refuse({ reason: "stale" as const, expected: by.expected, current });
    }
    const version = world.documents.push(document) as TableVersion;
    const { actor, note } = by;
    const chain = { prev_hash: "0".repeat(64), hash: "1".repeat(64) };
    audit.push({ sequence: version, at: world.nowMs, actor, action, version, note, ...chain });
    return ok<Accepted>({ version, etag: etagOf(version), warnings: [] });
  };
  return {
    async current() {
      await world.beforeConfig();
      const version = world.documents.length as TableVersion;
      if (version === 0) return null;
      return { document: world.documents[version - 1], version, etag: etagOf(version) };
    },
    async propose(proposal) {
      await world.beforeConfig();
      const refusal = refusalOf(world, proposal);
      if (refusal !== null) return refuse(refusal);
      return store(proposal.document, proposal, "propose");
    },
    versions: async () =>
      world.documents
        .map((_, at) => ({
          version: (at + 1) as TableVersion,
          etag: etagOf(at + 1),
          at: world.nowMs,
          actor: "operator",
          note: "",
          counts: { monitors: 0, pools: 0, load_balancers: 0, zones: 0, http_routes: 0 },
        }))
        .reverse(),
    version: async (version) => {
      const document = world.documents[version - 1];
      return document === undefined ? null : { document, etag: etagOf(version) };
    },
    async restore(version, by) {
      const document = world.documents[version - 1];
      if (document === undefined) return refuse({ reason: "unknown-version" as const });
      const refusal = refusalOf(world, { document, ...by });
      if (refusal !== null) return refuse(refusal);
      return store(document, by, "restore");
    },
    async snapshot(host) {
      await world.beforeConfig();
      if (world.documents.length === 0) return null;
      const { manifest, shards } = compiledOf(world, keys);
      const isNamed = (key: string) => key in shards;
      const named = knownHostKeys(host, isNamed).flatMap((key) => partKeys(key, isNamed));
      return {
        manifest,
        parts: Object.fromEntries(named.map((key) => [key, shards[key] as Sealed])),
      };
    },
    async trust(key) {
      await world.beforeConfig();
      const document = world.documents.at(-1);
      if (document === undefined) return null;
      if (!keys.includes(key)) {
        keys.unshift(key);
        world.documents.push(document);
      }
      return { version: world.documents.length as TableVersion };
    },
    audit: async (after) => audit.filter(({ sequence }) => sequence > after),
    previewTargets: async (question) => {
      await world.beforeConfig();
      if (world.documents.length === 0) return null;
      return previewTargets(compiledOf(world, keys).table, question);
    },
    intent: async (zone) => {
      await world.beforeConfig();
      return world.documents.length === 0 ? null : intentOf(syncedTable(world, keys), zone);
    },
    syncedZones: async () => {
      await world.beforeConfig();
      // Who tests no zones writes documents that no ConfigStore would take.
      if (world.documents.length === 0 || world.synced.size === 0) return [];
      return syncedZones(syncedTable(world, keys));
    },
    ...guardsOf(world, store),
    pushes: async () => {
      await world.beforeConfig();
      const acked = (world.documents.length || null) as TableVersion | null;
      return Object.fromEntries(REGIONS.map((region) => [region, { acked, failures: 0 }]));
    },
    events: async (after) => {
      await world.beforeConfig();
      return eventsAfter(world, "config", after);
    },
  };
}

/** With what the test says of zones, whatever the document's provider is. */
function syncedTable(world: Planet, keys: readonly string[]) {
  const { table } = compiledOf(world, keys);
  const zones = table.zones.map((zone) => {
    const sync = world.synced.get(zone.name);
    return sync === undefined ? zone : { ...zone, sync };
  });
  return { ...table, zones };
}

/** The newest document as ConfigStore compiles it; ids are the same each time. */
export function compiledOf(world: Planet, keys: readonly string[] = []) {
  const parsed = tableOf(world, world.documents.at(-1));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return { ...compileTable(parsed.value.table, keys), table: parsed.value.table };
}

function signerOf(world: Planet): SignerObject {
  let stored: StoredKey | undefined;
  return new Signer({
    clock: { nowMs: () => world.nowMs },
    read: async () => {
      await world.beforeConfig();
      return stored;
    },
    write: async (key) => {
      stored = key;
    },
  });
}

function watchdogOf(world: Planet, { clock, timers, objects }: CentralPorts): Watchdog {
  let stored: WatchState | null = null;
  return new Watchdog({
    clock,
    timers,
    region: (name) => objects.region(name),
    alarm: {
      get: async () => world.watchdogAlarmAtMs,
      set: async (atMs) => {
        world.watchdogAlarmAtMs = atMs;
      },
    },
    fetch: (request) => world.outside(request),
    read: async () => stored,
    write: async (state) => {
      stored = state;
    },
    deadManUrl: world.deadManUrl,
  });
}

const eventsAfter = (world: Planet, source: string, after: number) =>
  (world.events.get(source) ?? []).filter(({ sequence }) => sequence > after).slice(-200);

function regionOf(world: Planet, region: string): RegionObject {
  const reach = async () => {
    if (world.brokenRegions.has(region)) throw new Error(`${region} is broken: secret detail`);
    if (world.silentRegions.has(region)) await new Promise(() => undefined);
  };
  return {
    exchange: () => Promise.reject(new Error("central never exchanges")),
    push: () => Promise.reject(new Error("central never pushes")),
    probed: () => Promise.reject(new Error("central never probes")),
    status: async () => {
      await reach();
      return { ...emptyStatus(region, world.nowMs), ...world.statuses.get(region) };
    },
    events: async (after) => {
      await reach();
      return eventsAfter(world, region, after);
    },
    decisions: async (host) => {
      await reach();
      return world.decisions.get(`${region} ${host}`) ?? [];
    },
  };
}

const previewerOf = (world: Planet, region: string): PreviewObject => ({
  preview: async (preview) => {
    if (world.brokenRegions.has(region)) throw new Error(`${region} is broken: secret detail`);
    if (world.silentRegions.has(region)) await new Promise(() => undefined);
    world.previews.push({ region, preview });
    const healthy = { saw: "healthy", reason: "", status: 200, ms: 12 } as const;
    return preview.targets.map(({ endpoint, name }) => ({
      endpoint,
      ...(world.previewed.get(name) ?? healthy),
    }));
  },
});

const emptyStatus = (region: string, nowMs: number): RegionStatus => ({
  schema: 1,
  region,
  version: null,
  asOfMs: nowMs,
  beatMs: 1_000,
  nextAlarmAtMs: nowMs + 500,
  lastRoundAtMs: null,
  blind: false,
  probes: { sent: 0, succeeded: 0, failed: 0 },
  health: {},
  latencyMs: {},
  reporters: [],
  hosts: {},
  endpoints: {},
});

function deskOf(world: Planet): DeskObject {
  let acknowledged: readonly Acknowledgement[] = [];
  return {
    read: async () => ({ acknowledged }),
    acknowledge: async (events, by) => {
      acknowledged = withAcknowledged(acknowledged, events, { by, at: world.nowMs });
      return { acknowledged };
    },
  };
}
