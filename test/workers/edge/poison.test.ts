/**
 * Outages O5 and O10 where they can be made worse than the API lets anybody: the newest version of one host of fifty is
 * what a broken writer left, and the others never notice.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { seal } from "../../../routing/snapshot.ts";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";
import type { Compiled } from "./harness/table.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const POISON = "poison.example";
const OTHERS = Array.from({ length: 49 }, (_, at) => `t${at}.example`);
const balancer = { default_pools: ["p"], fallback_pool: "p" };
const rule = { condition: "ssl", fixed_response: { status_code: 410 } };
const document = {
  pools: poolsAt({ p: 9001 }),
  load_balancers: {
    ...Object.fromEntries(OTHERS.map((host) => [host, balancer])),
    [POISON]: { ...balancer, rules: [rule] },
  },
  http_routes: [routeManifest("r", [POISON], [toPool("/r", "p")])],
};

type Json = Record<string, unknown>;

/** The next version, in which one part of the poison host is what `change` makes of it. */
function poisoned(version: number, key: string, change: (part: Json) => Json): Compiled {
  const { manifest, shards } = compileDocument(version, document);
  const part = change(JSON.parse(shards[key]?.text ?? "{}") as Json);
  const broken = seal(part as unknown as Parameters<typeof seal>[0]);
  const { hosts, ...rest } = JSON.parse(manifest.text) as { hosts: Json };
  const named = { ...rest, hosts: { ...hosts, [key]: broken.hash } };
  return {
    manifest: seal(named as unknown as Parameters<typeof seal>[0]),
    shards: { ...shards, [key]: broken },
  };
}
const rules = (value: unknown) => (shard: Json) => ({
  ...shard,
  load_balancer: { ...(shard["load_balancer"] as Json), rules: value },
});
const one = (more: Json) => [
  {
    name: "",
    condition: "",
    disabled: false,
    priority: 0,
    terminates: false,
    overrides: {},
    ...more,
  },
];

const POISONS: readonly (readonly [string, string, (part: Json) => Json])[] = [
  ["rules that are none", POISON, rules(null)],
  ["rules of nothing", POISON, rules([null])],
  ["a condition that is no text", POISON, rules(one({ condition: 7 }))],
  ["a condition that does not compile", POISON, rules(one({ condition: "(((" }))],
  ["a condition of a newer language", POISON, rules(one({ condition: "http.newer eq 1" }))],
  ["a policy that nobody knows", POISON, rules(one({ overrides: { steering_policy: "magic" } }))],
  ["pools that are no list", POISON, rules(one({ overrides: { default_pools: 7 } }))],
  ["pools that are gone", POISON, rules(one({ overrides: { default_pools: ["gone"] } }))],
  ["a load balancer that is empty", POISON, (shard) => ({ ...shard, load_balancer: {} })],
  ["a schema of the future", POISON, (shard) => ({ ...shard, schema: 99 })],
  ["routes that are none", `${POISON}#0`, (block) => ({ ...block, routes: [null] })],
  ["a route of blank fields", `${POISON}#0`, (block) => ({ ...block, routes: [{ name: "" }] })],
  ["100,000 routes", `${POISON}#0`, (block) => ({ ...block, routes: Array(100_000).fill({}) })],
];

test.each(POISONS)(
  "%s: 49 others are served, and so is the poisoned host itself",
  async (_what, key, change) => {
    const edge = startNodeEdge();
    edge.write(compileDocument(1, document));
    for (const host of [...OTHERS, POISON]) expect((await edge.ask(host, "/")).status).toBe(200);
    edge.region = poisoned(2, key, change);
    const statuses: Record<number, number> = {};
    for (let round = 0; round < 6; round += 1) {
      for (const host of OTHERS) {
        const { status } = await edge.ask(host, "/");
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
      for (const path of ["/", "/r"]) expect((await edge.ask(POISON, path)).status).toBe(200);
      await vi.advanceTimersByTimeAsync(1_500);
    }
    expect(statuses).toEqual({ 200: 6 * OTHERS.length });
    expect(edge.reports.at(-1)?.version).toBe(2);
  },
);

test.each(POISONS)(
  "%s: a cold isolate serves 49 others, and has an answer for the poisoned host",
  async (_what, key, change) => {
    const edge = startNodeEdge();
    edge.write(poisoned(2, key, change));
    for (const host of OTHERS.slice(0, 5)) expect((await edge.ask(host, "/")).status).toBe(200);
    // What cannot be read is as if it had not come; what can be is decided from.
    expect([200, 503]).toContain((await edge.ask(POISON, "/")).status);
    expect((await edge.ask(OTHERS[48] ?? "", "/")).status).toBe(200);
  },
);
