/** Tables for tests of the edge from operators' documents, compiled as in production: routes, their blocks, rules. */

import type { Table } from "../../../../routing/model.ts";
import { compileTable } from "../../../../routing/table/compile.ts";
import type { TableVersion } from "../../../../routing/units.ts";
import { counter, tableOf } from "../../../routing/table/fixtures.ts";
import type { Compiled } from "./table.ts";

/** A pool for every name: its one endpoint is at this port. */
export const poolsAt = (ports: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [
      name,
      { origins: [{ name, address: "http://127.0.0.1", port }] },
    ]),
  );

export const routeManifest = (
  name: string,
  hostnames: readonly string[],
  rules: readonly object[],
) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { hostnames, rules },
});

/** One rule: everything under a path to one pool. */
export const toPool = (path: string, pool: string, more: object = {}) => ({
  matches: [{ path: { type: "PathPrefix", value: path } }],
  backendRefs: [{ name: pool }],
  ...more,
});

/** Every id of every table is another one, as in production. */
const mint = counter();

export interface CompiledDocument extends Compiled {
  readonly table: Table;
}

/** `previous`: what has the same name keeps its id, so that only what differs becomes another part. */
export function compileDocument(
  version: number,
  document: object,
  previous: Table | null = null,
): CompiledDocument {
  const table = tableOf(document, { version: version as TableVersion, previous, mint });
  return { ...compileTable(table), table };
}
