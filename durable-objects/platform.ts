/** Builds a Durable Object's ports from what the platform hands to its constructor. */
import { connect } from "cloudflare:sockets";
import {
  configObject,
  directoryObject,
  isRegion,
  proberObject,
  regionObject,
} from "../routing/names.ts";
import { invariant } from "../routing/result.ts";
import type { ConfigObject } from "../workers/config-object.ts";
import { chance, clock, fetchPort, keyValue, timers } from "../workers/platform.ts";
import type {
  ConnectPort,
  DirectoryObject,
  KeyValueStore,
  ObjectPorts,
  ProberObject,
  RegionObject,
  StateObjects,
} from "../workers/ports.ts";
import { alarmOf, sqlOf } from "./storage/platform.ts";

/** What `wrangler.toml` beside this file binds to the state script: no secret, because it fetches operators' URLs. */
export interface StateBindings {
  readonly REGION_STATE: DurableObjectNamespace;
  readonly CONFIG_STORE: DurableObjectNamespace;
  readonly DIRECTORY: DurableObjectNamespace;
  readonly SNAPSHOTS: KVNamespace;
  /** The freeze switch that needs no object: anything but nothing, `0` and `false` stops every change of a table. */
  readonly TW_FREEZE?: string;
}

export const objectPorts = (
  { storage }: Pick<DurableObjectState, "storage">,
  bindings: StateBindings,
): ObjectPorts => ({
  clock,
  timers,
  chance,
  sql: sqlOf(storage),
  alarm: alarmOf(storage),
  fetch: fetchPort,
  connect: connectPort,
  objects: objectsOf(bindings),
  kv: keyValueStore(bindings.SNAPSHOTS),
});

const keyValueStore = (namespace: KVNamespace): KeyValueStore => ({
  ...keyValue(namespace),
  delete: (key) => namespace.delete(key),
});

const connectPort: ConnectPort = async (target, signal) => {
  const socket = connect(target);
  const close = () => {
    socket.close().catch(() => {
      // It was never open, or is closed already.
    });
  };
  // The promise of the closing rejects too when the opening fails; it says nothing that `opened` does not.
  socket.closed.catch(() => {});
  signal.addEventListener("abort", close, { once: true });
  try {
    await socket.opened;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
};

/** A stub's methods are the object's own. The hint counts only for the first caller ever. */
const objectsOf = (bindings: StateBindings): StateObjects => ({
  region(region) {
    invariant(isRegion(region), `${region} is one of the regions that host objects`);
    const name = regionObject(region);
    return bindings.REGION_STATE.getByName(name, {
      locationHint: region,
    }) as unknown as RegionObject;
  },
  prober(region, prober) {
    invariant(isRegion(region), `${region} is one of the regions that host objects`);
    return bindings.REGION_STATE.getByName(proberObject(region, prober), {
      locationHint: region,
    }) as unknown as ProberObject;
  },
  config: (account) =>
    bindings.CONFIG_STORE.getByName(configObject(account)) as unknown as ConfigObject,
  directory: () => bindings.DIRECTORY.getByName(directoryObject) as unknown as DirectoryObject,
});
