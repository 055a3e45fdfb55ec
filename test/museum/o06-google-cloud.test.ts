/**
 * O6, Google Cloud, 12 June 2025: a quota policy with blank fields was stored and copied to the whole world in seconds, and every binary that read it
 * crashed on a null; when they were restarted together they stampeded the store that they all read from.
 * Source: shared/outages.md 6, from Google's incident report ow5i3PPK96RduMcb1SsW.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Region } from "../../durable-objects/region/region.ts";
import { Schedule } from "../../durable-objects/region/schedule.ts";
import { readable } from "../../durable-objects/region/target.ts";
import { documents } from "../../durable-objects/storage/documents.ts";
import type { Push } from "../../routing/exchange.ts";
import { pickIndex, seededRng } from "../../routing/rng.ts";
import { type Sealed, seal } from "../../routing/snapshot.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import { ObjectWorld } from "../helpers/object-ports.ts";
import { BenchZone } from "../workers/central/sync/bench-zone.ts";
import {
  compileDocument,
  poolsAt,
  routeManifest,
  toPool,
} from "../workers/edge/harness/document.ts";
import { startNodeEdge } from "../workers/edge/harness/node-edge.ts";
import type { Compiled } from "../workers/edge/harness/table.ts";
import { pushOf, tell } from "./plane.ts";
import { RefreshingFleet } from "./refreshing-fleet.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SEED = 6;
const PAIRS = 10_000;
/** Poisoned hosts of one version. */
const HOSTS = 250;

type Json = null | string | number | boolean | readonly Json[] | { readonly [name: string]: Json };
type Path = readonly (string | number)[];

/** How a writer breaks a field. */
const DAMAGES = ["blank", "null", "removed"] as const;
type Damage = (typeof DAMAGES)[number];

/** Every member of an object and every element of a list, the deep ones too. */
function pathsOf(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((one: Json, at: number) => [at, one] as const)
    : Object.entries(value);
  return entries.flatMap(([name, one]) => [[...path, name], ...pathsOf(one, [...path, name])]);
}

const blankOf = (value: unknown): Json => {
  if (Array.isArray(value)) return [];
  if (typeof value === "object" && value !== null) return {};
  return typeof value === "number" ? 0 : typeof value === "boolean" ? false : "";
};

/** The same with one field broken; a path that an earlier damage has cut off changes nothing. */
function damaged(value: Json, path: Path, damage: Damage): Json {
  const [name, ...rest] = path;
  if (name === undefined || typeof value !== "object" || value === null) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, Json>;
  if (!(name in copy)) return value;
  if (rest.length > 0) copy[name] = damaged(copy[name] ?? null, rest, damage);
  else if (damage === "blank") copy[name] = blankOf(copy[name]);
  else if (damage === "null") copy[name] = null;
  else if (Array.isArray(copy)) copy.splice(Number(name), 1);
  else delete copy[name];
  return copy as Json;
}

type Change = readonly (readonly [Path, Damage])[];
const changed = (value: Json, change: Change): Json =>
  change.reduce<Json>((now, [path, damage]) => damaged(now, path, damage), value);

const singles = (paths: readonly Path[]): readonly Change[] =>
  paths.flatMap((path) => DAMAGES.map((damage): Change => [[path, damage]]));

function pairs(paths: readonly Path[], count: number, seed: number): readonly Change[] {
  const rng = seededRng(seed);
  const one = () =>
    [paths[pickIndex(paths.length, rng)] ?? [], DAMAGES[pickIndex(3, rng)] ?? "null"] as const;
  return Array.from({ length: count }, (): Change => [one(), one()]);
}

const sealedAs = (value: Json): Sealed => seal(value as unknown as Parameters<typeof seal>[0]);

const GOOD = "good.example";
const poisonAt = (at: number) => `p${at}.example`;
const balancer = {
  default_pools: ["p", "q"],
  fallback_pool: "q",
  rules: [{ condition: 'http.request.uri.path eq "/gone"', fixed_response: { status_code: 410 } }],
};
const named = { name: "x-one", value: "1" };
const changes = { set: [named], add: [{ ...named, name: "x-two" }], remove: ["x-three"] };
const ROUTED = [
  toPool("/r", "p", {
    filters: [
      { type: "RequestHeaderModifier", requestHeaderModifier: changes },
      { type: "ResponseHeaderModifier", responseHeaderModifier: changes },
    ],
    timeouts: { request: "5s" },
  }),
  {
    matches: [{ path: { type: "Exact", value: "/away" } }],
    filters: [{ type: "RequestRedirect", requestRedirect: { hostname: GOOD, statusCode: 302 } }],
  },
];
const document = {
  pools: poolsAt({ p: 9_001, q: 9_002 }),
  load_balancers: Object.fromEntries(
    [GOOD, ...Array.from({ length: HOSTS }, (_, at) => poisonAt(at))].map((host) => [
      host,
      balancer,
    ]),
  ),
  http_routes: Array.from({ length: Math.ceil(HOSTS / 16) }, (_, at) =>
    routeManifest(
      `r${at}`,
      Array.from({ length: Math.min(16, HOSTS - 16 * at) }, (_one, of) => poisonAt(16 * at + of)),
      ROUTED,
    ),
  ),
};

/** The next version, in which the stored part `key` of some hosts is what the changes make of it. */
function poisoned(table: Compiled, keys: ReadonlyMap<string, Change>): Compiled {
  const { manifest, shards } = table;
  const broken = new Map<string, Sealed>();
  for (const [key, change] of keys) {
    broken.set(key, sealedAs(changed(JSON.parse(shards[key]?.text ?? "{}") as Json, change)));
  }
  const { hosts, ...rest } = JSON.parse(manifest.text) as { hosts: Record<string, string> };
  const named = Object.fromEntries([...broken].map(([key, { hash }]) => [key, hash]));
  return {
    manifest: sealedAs({ ...rest, hosts: { ...hosts, ...named } }),
    shards: { ...shards, ...Object.fromEntries(broken) },
  };
}

const TARGETS = ["/", "/gone", "/r/x", "/away"];

interface Fuzzed {
  readonly cases: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly goodFailed: number;
}

/** Each change as the stored shard of a host of its own, `HOSTS` at a time; good ones are asked in between. `keyOf` of the part that is broken. */
async function fuzzEdge(
  changes: readonly Change[],
  keyOf: (host: string) => string,
): Promise<Fuzzed> {
  const statuses: Record<string, number> = {};
  let goodFailed = 0;
  let version = 1;
  for (let from = 0; from < changes.length; from += HOSTS) {
    const some = changes.slice(from, from + HOSTS);
    version += 1;
    const edge = startNodeEdge();
    edge.write(
      poisoned(
        compileDocument(version, document),
        new Map(some.map((change, at) => [keyOf(poisonAt(at)), change])),
      ),
    );
    for (const at of some.keys()) {
      const target = TARGETS[at % TARGETS.length] ?? "/";
      const status = await edge.ask(poisonAt(at), target).then(
        ({ status }) => `${status}`,
        () => "threw",
      );
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (at % 10 === 0 && (await edge.ask(GOOD, "/")).status !== 200) goodFailed += 1;
    }
  }
  return { cases: changes.length, statuses, goodFailed };
}

const partOf = (key: string) =>
  JSON.parse(compileDocument(1, document).shards[key]?.text ?? "{}") as Json;

describe("O6: stored configuration with blank, null and missing fields", () => {
  test.each([
    ["shard", "", PAIRS],
    ["block of routes", "#0", PAIRS / 4],
  ] as const)(
    "every field of a host's %s by itself, and pairs: the edge throws nothing, and the others serve",
    async (what, suffix, count) => {
      const paths = pathsOf(partOf(`${poisonAt(1)}${suffix}`));
      const keyOf = (host: string) => `${host}${suffix}`;
      const one = await fuzzEdge(singles(paths), keyOf);
      const two = await fuzzEdge(pairs(paths, count, SEED), keyOf);
      tell(`O6 ${what}`, SEED, { fields: paths.length, one, two });
      for (const { statuses, goodFailed } of [one, two]) {
        expect(goodFailed).toBe(0);
        expect(statuses["threw"] ?? 0).toBe(0);
      }
    },
  );

  test("every field of the manifest by itself: a new isolate that cannot read it goes to the next source, and one that has another keeps it", async () => {
    const good = compileDocument(1, document);
    const manifest = JSON.parse(good.manifest.text) as { hosts: Record<string, string> } & Record<
      string,
      Json
    >;
    const few = {
      ...manifest,
      hosts: Object.fromEntries(Object.entries(manifest.hosts).slice(0, 3)),
    };
    let failed = 0;
    const changes = singles(pathsOf(few as Json));
    for (const change of changes) {
      const edge = startNodeEdge();
      edge.write(good);
      expect((await edge.ask(GOOD, "/")).status).toBe(200);
      const next = { ...manifest, version: 2 } as Json;
      edge.region = { manifest: sealedAs(changed(next, change)), shards: good.shards };
      await vi.advanceTimersByTimeAsync(2_000);
      await edge.ask(GOOD, "/");
      await vi.advanceTimersByTimeAsync(2_000);
      const { status } = await edge.ask(GOOD, "/");
      // Who is removed from it by name is gone; nobody else.
      const isNamed = change.some(
        ([path]) => path[0] === "hosts" && (path.length === 1 || path[1] === GOOD),
      );
      if (status !== 200 && !isNamed) failed += 1;
    }
    tell("O6 manifest", SEED, { cases: changes.length, failed });
    expect(failed).toBe(0);
  });

  test("every field of what a region has stored by itself, and pairs: the object begins, answers and goes on probing", async () => {
    const push = pushOf(probed, 1);
    const stored = { ...push, shards: {} } as unknown as Json;
    const paths = pathsOf(stored);
    const changes = [...singles(paths), ...pairs(paths, 2_000, SEED)];
    const crashed: string[] = [];
    for (const change of changes) {
      const said = crashOf(changed(stored, change));
      if (said !== null) crashed.push(`${JSON.stringify(change)}: ${said}`);
    }
    tell("O6 region", SEED, {
      fields: paths.length,
      cases: changes.length,
      crashed: crashed.length,
    });
    expect(crashed).toEqual([]);
  });
});

describe("O6: everything begins anew at once", () => {
  test("300 isolates and a region: none reads the ConfigStore, exchanges stay below three times the steady rate", async () => {
    vi.useRealTimers();
    const fleet = new RefreshingFleet({ seed: SEED, isolates: 300, bornWithinMs: 1_000 });
    await fleet.publish(1, true);
    await fleet.run(60);
    const steady = mean(fleet.last(30));
    fleet.restart();
    await fleet.run(40);
    const after = fleet.last(40);
    const reads = fleet.last(40, fleet.reads);
    // KV is asked by every cold isolate for what its region has published: the claim's three times a steady rate of next to nothing is missed there.
    tell("O6 restart", SEED, {
      exchangesPerS: steady,
      peak: Math.max(...after) / steady,
      kvReadsPerS: [Math.max(...reads), mean(reads)],
      empty: fleet.empty,
    });
    fleet.close();
    expect(Math.max(...after)).toBeLessThanOrEqual(3 * steady);
  });

  test("50 ledgers, which read the ConfigStore: they look when their alarms ring, over more than half a minute", async () => {
    vi.useRealTimers();
    const tens = await looksAfterRestart((bench) => bench.restart());
    const steady = (LEDGERS * 10) / 60;
    tell("O6 ledgers", SEED, { tens, steady });
    expect(Math.max(...tens)).toBeLessThanOrEqual(3 * steady);
    expect(tens.filter((count) => count > 0).length).toBeGreaterThanOrEqual(3);
  });
});

describe("without its guard", () => {
  test("a region that takes over what is stored as it is: a null ends it, whenever it begins", () => {
    const { targets } = pushOf(probed, 1);
    const due = (given: unknown) =>
      new Schedule("weur", () => 0.5).retarget(given as Push["targets"], {}, 0);
    expect(() => due([targets[0], null])).toThrow(TypeError);
    expect(() => due(readable([targets[0], null]))).not.toThrow();
  });

  test("ledgers that look as soon as they begin: all read in the same moment", async () => {
    vi.useRealTimers();
    const tens = await looksAfterRestart((bench) => {
      bench.restart();
      bench.world.alarmAtMs = bench.world.kernel.nowMs;
    });
    tell("O6 without alarms", SEED, { tens });
    expect(tens[0]).toBe(LEDGERS);
  });
});

const LEDGERS = 50;
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How many ledgers looked in each ten seconds of the minute after all of them began anew. Each had begun at a time of its own. */
async function looksAfterRestart(restart: (bench: BenchZone) => void): Promise<readonly number[]> {
  const tens = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < LEDGERS; at += 1) {
    const bench = new BenchZone({ sync: { records: [] } });
    await bench.ledger.poke();
    await bench.run(70 + (60 * at) / LEDGERS);
    restart(bench);
    for (const ten of tens.keys()) {
      const before = bench.zone.calls;
      await bench.run(10);
      if (bench.zone.calls > before) tens[ten] = (tens[ten] ?? 0) + 1;
    }
  }
  return tens;
}

const probed = {
  monitors: { web: { type: "http", path: "/healthz", interval: 10, timeout: 2 } },
  pools: {
    p: {
      monitor: "web",
      origins: [1, 2].map((at) => ({ name: `p${at}`, address: `p${at}.example` })),
    },
    q: { origins: [{ name: "q", address: "q.example" }] },
  },
  load_balancers: { [GOOD]: { default_pools: ["p", "q"], fallback_pool: "q" } },
};

/** What a region says that begins with this as its stored row; `null` = it begins. */
function crashOf(row: Json): string | null {
  const world = new ObjectWorld({ fetch: async () => new Response("ok") });
  // Makes the tables.
  void new Region(world.ports(), { region: "weur", addresses: anyAddresses });
  world.database.transaction(() => documents(world.database).write("table:default", row));
  try {
    void new Region(world.ports(), { region: "weur", addresses: anyAddresses });
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
