/** The ledgers of a planet in memory: the product's own, before models of providers. */
import type { Intent } from "../../../routing/dns/intent.ts";
import type { ZoneSync } from "../../../routing/dns/zone.ts";
import { ok } from "../../../routing/result.ts";
import type { CentralPorts, ZoneObject } from "../../../workers/central/ports.ts";
import { credentialRows } from "../../../workers/central/sync/credential-rows.ts";
import { Credentials, credentialsOpener } from "../../../workers/central/sync/credentials.ts";
import { Ledger } from "../../../workers/central/sync/ledger.ts";
import { type Database, openDatabase } from "../../helpers/sqlite.ts";
import { ModelZone, modelProvider } from "./dns/model-zone.ts";

export interface LedgerWorld {
  /** Called before each use of the configuration object, the signer and a ledger. */
  beforeConfig: () => Promise<void>;
  /** What the document's zones are synced with. */
  readonly synced: Map<string, ZoneSync>;
  /** Of the script. */
  readonly variables: Record<string, string>;
  /** By zone. */
  readonly models: Map<string, ModelZone>;
  readonly databases: Map<string, Database>;
  /** By zone; nobody rings them but a test. */
  readonly alarms: Map<string, number>;
}

export function ledgers(world: LedgerWorld, ports: CentralPorts) {
  const objects = new Map<string, ZoneObject>();
  return (account: string, zone: string): ZoneObject => {
    const object = objects.get(zone) ?? behindTheDoor(world, made(world, ports, account, zone));
    objects.set(zone, object);
    return object;
  };
}

export const modelOf = ({ models }: LedgerWorld, zone: string): ModelZone => {
  const model = models.get(zone) ?? new ModelZone();
  models.set(zone, model);
  return model;
};

function made(
  world: LedgerWorld,
  { clock, timers, chance, objects }: CentralPorts,
  account: string,
  zone: string,
): ZoneObject {
  const sql = openDatabase();
  world.databases.set(zone, sql);
  const rows = credentialRows(sql);
  const parts = { account, zone, rows, variables: world.variables };
  const alarm = {
    get: async () => world.alarms.get(zone) ?? null,
    set: async (atMs: number) => {
      world.alarms.set(zone, atMs);
    },
  };
  const ledger = new Ledger(
    {
      clock,
      timers,
      chance,
      sql,
      alarm,
      fetch: () => Promise.reject(new Error("this test fetches nothing")),
      dial: () => Promise.reject(new Error("this test dials nobody")),
      objects,
      credentials: credentialsOpener(parts),
      isFrozen: () => world.variables["TW_FREEZE"] !== undefined,
    },
    { account, zone, makeProvider: ({ name }: Intent) => ok(modelProvider(modelOf(world, name))) },
  );
  const credentials = new Credentials({ clock, chance }, parts);
  return {
    poke: () => ledger.poke(),
    status: () => ledger.status(),
    look: () => ledger.look(),
    apply: (order) => ledger.apply(order),
    undo: (sequence, order) => ledger.undo(sequence, order),
    freeze: (frozen, actor) => ledger.freeze(frozen, actor),
    history: (sequence) => ledger.history(sequence),
    events: (after) => ledger.events(after),
    sealCredentials: (...given) => credentials.sealCredentials(...given),
    listCredentials: () => credentials.listCredentials(),
    removeCredentials: (id) => credentials.removeCredentials(id),
    rotateCredentials: () => credentials.rotateCredentials(),
  };
}

/** Every call waits for `beforeConfig` first. */
function behindTheDoor(world: LedgerWorld, object: ZoneObject): ZoneObject {
  const entries = Object.entries(object).map(([name, method]) => [
    name,
    async (...given: never[]) => {
      await world.beforeConfig();
      return (method as (...given: never[]) => unknown)(...given);
    },
  ]);
  return Object.fromEntries(entries) as ZoneObject;
}
