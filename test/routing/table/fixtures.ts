import type { Table } from "../../../routing/model.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import { draftTable } from "../../../routing/table/draft.ts";
import { readEntries } from "../../../routing/table/entries.ts";
import { identify } from "../../../routing/table/identity.ts";
import { type ParseOptions, parseDocument } from "../../../routing/table/parse.ts";
import type { Problem } from "../../../routing/table/problem.ts";
import { type RuleInput, ruleInput } from "../../../routing/table/rule.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { wholeAttributes, wholeRoutes, wholeRules } from "./whole-routes.ts";
import { wholeZone } from "./whole-zone.ts";

/** Ids that count from 1, so that a test can tell kept from new. */
export function counter(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return last.toString(16).padStart(32, "0");
  };
}

export const NOW_MS = Date.parse("2026-11-26T10:00:00.125Z");

export const options = (changes: Partial<ParseOptions> = {}): ParseOptions => ({
  account: "default",
  version: 1 as TableVersion,
  previous: null,
  mint: counter(),
  addresses: anyAddresses,
  nowMs: NOW_MS,
  ...changes,
});

export function tableOf(document: unknown, changes: Partial<ParseOptions> = {}): Table {
  const parsed = parseDocument(document, options(changes));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error, null, 2));
  return parsed.value.table;
}

export function problemsIn(
  document: unknown,
  changes: Partial<ParseOptions> = {},
): readonly Problem[] {
  const parsed = parseDocument(document, options(changes));
  return parsed.ok ? [] : parsed.error;
}

/** What rules and warnings look at. */
export function inputOf(document: unknown): RuleInput {
  const { drafts } = draftTable(readEntries(document).entries);
  return ruleInput(drafts, identify(drafts, null), anyAddresses, "default");
}

type Json = Record<string, unknown>;

/** Every optional object and list is there, so that each can be broken in its place. */
export const wholeDocument = () => ({
  monitors: {
    web: { interval: 60, timeout: 5, header: { "X-Probe": ["1"] } } as Json,
    sql: { type: "tcp", port: 5432 } as Json,
  },
  monitor_groups: {
    both: {
      members: [{ monitor_id: "web", must_be_healthy: true }, { monitor_id: "sql" }] as Json[],
    } as Json & { members: Json[] },
  },
  pools: {
    eu: {
      monitor: "web",
      latitude: 50.1,
      longitude: 8.7,
      origin_steering: { policy: "hash" },
      residency: ["DE"],
      stream_drain_seconds: 30,
      load_shedding: { default_percent: 20 },
      admission_control: false,
      origins: [
        {
          name: "eu-1",
          address: "eu-1.example.net",
          locality: {
            ...{ cloud: "aws", region: "eu-central-1", country: "DE" },
            ...{ latitude: 50.1, longitude: 8.7 },
          },
        },
        { name: "eu-2", address: "eu-2.example.net", port: 8443 },
      ] as Json[],
    } as Json & { origins: Json[] },
    us: {
      monitor: "sql",
      origins: [{ name: "us-1", address: "us-1.example.net", port: 5432 }] as Json[],
    } as Json & { origins: Json[] },
  } as Record<string, Json & { origins: Json[] }>,
  load_balancers: {
    "shop.example": {
      default_pools: ["eu", "us"],
      fallback_pool: "us",
      region_pools: { WEU: ["eu"] },
      country_pools: { DE: ["eu"] },
      pop_pools: { FRA: ["eu"] },
      random_steering: { default_weight: 0.5, pool_weights: { eu: 0.5 } },
      adaptive_routing: { failover_across_pools: true },
      location_strategy: { mode: "pop", prefer_ecs: "proximity" },
      session_affinity: "cookie",
      session_affinity_ttl: 3_600,
      session_affinity_attributes: wholeAttributes(),
      residency: ["EU"],
      criticality: "critical",
      rules: wholeRules() as Json[],
    } as Json,
  } as Record<string, Json>,
  zones: { example: wholeZone() as Json } as Record<string, Json>,
  http_routes: wholeRoutes(),
});
