/** Small makers of messages for the tests of the plain classes. */
import type { Report } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Monitor } from "../../../routing/model.ts";

export const reportOf = (
  isolate: string,
  sequence: number,
  more: Partial<Report> = {},
): Report => ({
  schema: SCHEMA,
  account: "default",
  colo: "FRA",
  isolate,
  sequence,
  manifest: null,
  snapshotAgeMs: 0,
  version: null,
  shards: {},
  endpoints: {},
  hosts: {},
  budgets: {},
  ...more,
});

export const monitorOf = (more: Partial<Monitor> = {}): Monitor => ({
  id: "0".repeat(32),
  name: "monitor",
  description: "",
  type: "http",
  method: "GET",
  path: "/",
  port: 0,
  interval: 1,
  timeout: 1,
  retries: 0,
  consecutive_up: 1,
  consecutive_down: 1,
  expected_codes: "2xx",
  expected_body: "",
  header: {},
  follow_redirects: false,
  ...more,
});
