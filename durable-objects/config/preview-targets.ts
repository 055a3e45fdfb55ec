/** Whom a preview asks: the very targets that the probers would be given, of the monitor in question. */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { ENDPOINTS_PER_POOL_MAX, PREVIEW_ENDPOINTS_MAX } from "../../routing/limits.ts";
import type { Monitor, Pool, Table } from "../../routing/model.ts";
import type { PreviewPlan, PreviewQuestion, PreviewRefusal } from "../../routing/preview.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import { isObject } from "../../routing/table/entries.ts";
import { parseDocument } from "../../routing/table/parse.ts";
import { probeTargets } from "../../routing/table/probe-targets.ts";
import { list, record, text } from "../arguments.ts";

/** `table` as it is fetched. Disabled endpoints and pools are asked too: that is when one wants to know. */
export function previewTargets(
  table: Table,
  question: PreviewQuestion,
): Result<PreviewPlan, PreviewRefusal> {
  checkQuestion(question);
  const monitor = monitorOf(table, question);
  if (!monitor.ok) return monitor;
  const pools = poolsOf(table, question, monitor.value);
  if (!pools.ok) return pools;
  const chosen = chosenOf(pools.value, question.endpoints);
  if (!chosen.ok) return chosen;
  const targets = targetsOf(table, chosen.value, monitor.value);
  const { length: count } = targets;
  if (count === 0) return refuse({ reason: "no-monitor" });
  if (count > PREVIEW_ENDPOINTS_MAX) return refuse({ reason: "too-many", count });
  const portless = withoutPort(chosen.value, monitor.value);
  if (portless !== null) return refuse({ reason: "no-port", endpoint: portless });
  return ok({ version: table.version, targets });
}

function checkQuestion(question: PreviewQuestion): void {
  record("question", question, 8);
  const { pool, monitor, endpoints = [] } = question;
  for (const name of list("question.endpoints", endpoints, ENDPOINTS_PER_POOL_MAX)) {
    text("question.endpoints", name);
  }
  if (pool !== undefined) text("question.pool", pool);
  if (monitor !== undefined) text("question.monitor", monitor);
}

/** A name wins over an id, as in a document. */
const named = <T extends { readonly name: string; readonly id: string }>(
  all: readonly T[],
  reference: string,
): T | undefined =>
  all.find(({ name }) => name === reference) ?? all.find(({ id }) => id === reference);

/** `null`: what the pool has. */
function monitorOf(
  { account, version, monitors }: Table,
  { monitor: reference, draft }: PreviewQuestion,
): Result<Monitor | null, PreviewRefusal> {
  if (draft === undefined) {
    if (reference === undefined) return ok(null);
    const monitor = named(monitors, reference);
    return monitor === undefined
      ? refuse({ reason: "unknown", what: "monitor", name: reference })
      : ok(monitor);
  }
  const entry = isObject(draft) ? { name: "draft", ...draft } : draft;
  const parsed = parseDocument(
    { monitors: [entry] },
    {
      ...{ account, version, previous: null, nowMs: 0 },
      ...{ mint: () => DRAFT_ID, addresses: anyAddresses },
    },
  );
  if (parsed.ok) return ok(parsed.value.table.monitors[0] ?? null);
  const problems = parsed.error.map((problem) => ({
    ...problem,
    pointer: problem.pointer.replace("/monitors/0", ""),
  }));
  return refuse({ reason: "invalid", problems });
}

/** No object of a table has it: ids are drawn. */
const DRAFT_ID = "0".repeat(32);

function poolsOf(
  { pools, monitor_groups }: Table,
  { pool: reference }: PreviewQuestion,
  monitor: Monitor | null,
): Result<readonly Pool[], PreviewRefusal> {
  if (reference !== undefined) {
    const pool = named(pools, reference);
    return pool === undefined
      ? refuse({ reason: "unknown", what: "pool", name: reference })
      : ok([pool]);
  }
  const groups = new Set(
    monitor_groups
      .filter(({ members }) => members.some(({ monitor_id }) => monitor_id === monitor?.id))
      .map(({ id }) => id),
  );
  const users = pools.filter(
    (pool) =>
      (pool.monitor !== undefined && pool.monitor === monitor?.id) ||
      groups.has(pool.monitor_group ?? ""),
  );
  return users.length === 0 ? refuse({ reason: "no-pool" }) : ok(users);
}

/** The pools with those of their endpoints that are asked for. */
function chosenOf(
  pools: readonly Pool[],
  references: readonly string[] | undefined,
): Result<readonly Pool[], PreviewRefusal> {
  if (references === undefined) return ok(pools);
  const wanted = new Set(references);
  const chosen = pools.map((pool) => ({
    ...pool,
    origins: pool.origins.filter(({ id, name }) => wanted.has(name) || wanted.has(id)),
  }));
  const found = new Set<string>(
    chosen.flatMap(({ origins }) => origins.flatMap((o) => [o.id, o.name])),
  );
  const missing = references.find((reference) => !found.has(reference));
  return missing === undefined
    ? ok(chosen)
    : refuse({ reason: "unknown", what: "endpoint", name: missing });
}

/** The monitor takes the place of what the pools have. */
function targetsOf(
  table: Table,
  chosen: readonly Pool[],
  monitor: Monitor | null,
): readonly ProbeTarget[] {
  const pools = chosen.map((pool) => ({
    ...pool,
    ...(monitor === null ? {} : { monitor: monitor.id }),
    enabled: true,
    origins: pool.origins.map((endpoint) => ({ ...endpoint, enabled: true })),
  }));
  const monitors = monitor === null ? table.monitors : [monitor];
  return probeTargets({ ...table, monitors, pools });
}

/** The name of an endpoint to whose port nobody could open a connection, because nobody says which it is. */
function withoutPort(pools: readonly Pool[], monitor: Monitor | null): string | null {
  if (monitor?.type !== "tcp" || monitor.port !== 0) return null;
  const endpoints = pools.flatMap(({ origins }) => origins);
  return endpoints.find(({ port }) => port === 0)?.name ?? null;
}
