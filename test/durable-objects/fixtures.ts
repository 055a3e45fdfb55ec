/// <reference types="@cloudflare/vitest-plugin/types" />
/** Small makers of messages and of waiting, for the tests that run inside workerd. */
import { env } from "cloudflare:workers";
import { expect, inject, vi } from "vitest";
import type { ProbeTarget, Push } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { Monitor } from "../../routing/model.ts";
import { seal } from "../../routing/snapshot.ts";
import type { EndpointId, TableVersion } from "../../routing/units.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import type { Behaviour, Seen } from "./origins.ts";
import { monitorOf } from "./plain/messages.ts";
import type { Directory, RegionState } from "./worker.ts";

interface Bindings {
  readonly REGION_STATE: DurableObjectNamespace<RegionState>;
  /** Typed by its interface: the platform's stub type turns the `unknown` of a document into `never`. */
  readonly CONFIG_STORE: { getByName(name: string): ConfigObject & DurableObjectStub };
  readonly DIRECTORY: DurableObjectNamespace<Directory>;
  readonly SNAPSHOTS: KVNamespace;
}

export { reportOf } from "./plain/messages.ts";

export const bindings = env as unknown as Bindings;

let made = 0;
/** A region's object that no other test has. */
export const freshRegion = () => {
  made += 1;
  return bindings.REGION_STATE.getByName(`v1:region:weur:cell:${made}`);
};
export const freshName = (prefix: string) => {
  made += 1;
  return `${prefix}${made}`;
};

export const idOf = (name: string) =>
  Array.from(name.padEnd(16, "-").slice(-16), (letter) =>
    letter.charCodeAt(0).toString(16).padStart(2, "0"),
  ).join("") as EndpointId;

/** An endpoint on the test's server; `name` is also its path there. */
export const targetOf = (
  name: string,
  monitor: Partial<Monitor> = {},
  place: Partial<Pick<ProbeTarget, "address" | "port">> = {},
): ProbeTarget => ({
  endpoint: idOf(name),
  pool: "pool",
  name,
  address: "127.0.0.1",
  port: inject("httpPort"),
  scheme: "http",
  ...place,
  monitor: monitorOf({ path: `/${name}/health?a=1`, ...monitor }),
});

export function pushOf(version: number, targets: readonly ProbeTarget[]): Push {
  const hosts = {};
  const manifest = { schema: SCHEMA, account: "default", version: version as TableVersion, hosts };
  const { account } = manifest;
  const sealed = seal(manifest);
  return {
    schema: SCHEMA,
    account,
    version: manifest.version,
    manifest: sealed,
    shards: {},
    targets,
  };
}

const controlUrl = (name: string) => `http://127.0.0.1:${inject("httpPort")}/_/${name}`;

export async function behave(name: string, behaviour: Behaviour): Promise<void> {
  await fetch(controlUrl(name), { method: "PUT", body: JSON.stringify(behaviour) });
}

export const seenBy = async (name: string): Promise<Seen> => (await fetch(controlUrl(name))).json();

/** Who is not there by then hangs: a machine with other work may be ten times slower. */
const HANGS_MS = 60_000;

/**
 * Waits for something that real alarms bring about. Not `expect.poll`, which belongs to one test at a time
 * and fails in tests that run side by side.
 */
export function eventually<T>(check: () => T | Promise<T>) {
  const until = (assert: (found: T) => void) =>
    vi.waitFor(async () => assert(await check()), { timeout: HANGS_MS, interval: 25 });
  return {
    toBe: (wanted: unknown) => until((found) => expect(found).toBe(wanted)),
    toEqual: (wanted: unknown) => until((found) => expect(found).toEqual(wanted)),
    toContain: (wanted: unknown) => until((found) => expect(found).toContain(wanted)),
    toBeGreaterThan: (low: number) => until((found) => expect(found).toBeGreaterThan(low)),
    toBeDefined: () => until((found) => expect(found).toBeDefined()),
    toBeNull: () => until((found) => expect(found).toBeNull()),
    not: {
      toBe: (unwanted: unknown) => until((found) => expect(found).not.toBe(unwanted)),
      toBeNull: () => until((found) => expect(found).not.toBeNull()),
    },
  };
}
