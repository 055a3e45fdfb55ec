/**
 * `node test/bench/platform/growth.ts [--seconds 1]`: what grows with an account and what with the hosts of an isolate. Bytes
 * as the platform sends them, and CPU time of making and of reading them, at 10, 1,000 and 10,000 endpoints.
 *
 * A host has two pools of five endpoints; five colos have measured every endpoint.
 */
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import type { PublishedView, RegionView, Report } from "../../../routing/exchange.ts";
import { viewKey } from "../../../routing/names.ts";
import { readManifest } from "../../../routing/snapshot.ts";
import { compileTable } from "../../../routing/table/compile.ts";
import { publishedFor } from "../../../workers/edge/host-views.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import { reportOf } from "../../durable-objects/plain/messages.ts";
import { tableFrom } from "../ours.ts";
import { LiveRegion } from "./region.ts";

const PER_HOST = 10;
const COLOS = ["FRA", "AMS", "CDG", "LHR", "MAD"];
const PROBE_INTERVAL_S = 60;
const { values } = parseArgs({ options: { seconds: { type: "string", default: "1" } } });

/** CPU ms of one call, the mean over about so many seconds. */
async function cpuMs(work: () => unknown): Promise<number> {
  await work();
  const began = process.cpuUsage();
  const untilMs = performance.now() + Number(values.seconds) * 1_000;
  let calls = 0;
  for (; calls < 3 || performance.now() < untilMs; calls += 1) await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000 / calls;
}

function tableOf(endpoints: number) {
  const hosts = Array.from({ length: endpoints / PER_HOST }, (_, at) => `h${at}.example`);
  const originsOf = (pool: string) =>
    Array.from({ length: PER_HOST / 2 }, (_, at) => ({
      name: `e${at}`,
      address: `e${at}.${pool}.origin.example`,
    }));
  const pools = hosts.flatMap((host) => [`${host}-a`, `${host}-b`]);
  const ids = new Map(pools.map((name) => [name, name.replaceAll(".", "-")]));
  return tableFrom({
    pools: Object.fromEntries(
      [...ids.values()].map((name) => [name, { origins: originsOf(name) }]),
    ),
    load_balancers: Object.fromEntries(
      hosts.map((host) => {
        const [a, b] = [ids.get(`${host}-a`), ids.get(`${host}-b`)];
        return [host, { default_pools: [a, b], fallback_pool: b }];
      }),
    ),
  });
}

const row = (...cells: readonly (string | number)[]): void => {
  const shown = cells.map((cell) =>
    typeof cell === "string" ? cell : cell.toLocaleString("en-US", { maximumFractionDigits: 3 }),
  );
  console.log(`| ${shown.join(" | ")} |`);
};

async function measure(endpoints: number): Promise<void> {
  const table = tableOf(endpoints);
  const compiled = compileTable(table);
  const region = await LiveRegion.start(compiled, table.pools, PROBE_INTERVAL_S);
  await region.run(3 * PROBE_INTERVAL_S * 1_000);
  let sequence = 0;
  const outcomes = { success: 5, failure: 0, overload: 0, abandoned: 0 };
  const used = (count: number): Report["endpoints"] => {
    const ids = table.pools.flatMap(({ origins }) => origins.map(({ id }) => id)).slice(0, count);
    return Object.fromEntries(
      ids.map((id) => [
        id,
        { attempts: 5, outcomes, latencyMs: 23.4567, meanMs: 23.4567, inFlight: 0 },
      ]),
    );
  };
  for (const colo of COLOS) {
    sequence += 1;
    await region.exchange(reportOf("isolate", sequence, { colo, endpoints: used(endpoints) }));
  }
  const hashes = Object.entries(compiled.shards).map(([host, { hash }]) => [host, hash] as const);
  const shardsOf = (hosts: number) => Object.fromEntries(hashes.slice(0, hosts));
  const exchange = async (what: string, more: Partial<Report>) => {
    const ask = () => {
      sequence += 1;
      const { hash } = compiled.manifest;
      return region.exchange(reportOf("isolate", sequence, { manifest: hash, ...more }));
    };
    const message = serialize(await ask());
    const made = await cpuMs(ask);
    const sent = await cpuMs(async () => serialize(await ask()));
    const learned = new Learned();
    const read = await cpuMs(() => {
      const { view } = deserialize(message) as { view: RegionView };
      learned.hear(view, view.asOfMs);
    });
    const report = serialize(reportOf("isolate", sequence, more)).length;
    row(endpoints, what, message.length, made, sent, read, report);
  };
  const hosts = hashes.length;
  await exchange("whole", { shards: shardsOf(1) });
  await exchange("1 host", { shards: shardsOf(1), scoped: true });
  if (hosts > 1)
    await exchange(`${Math.min(100, hosts)} hosts`, { shards: shardsOf(100), scoped: true });
  if (hosts > 100) await exchange(`${hosts} hosts`, { shards: shardsOf(hosts), scoped: true });
  await exchange(`1 host, ${endpoints} endpoints used`, {
    shards: shardsOf(1),
    scoped: true,
    endpoints: used(endpoints),
  });

  await region.run(60_000);
  const text = region.published(viewKey("weur"));
  const published = JSON.parse(text) as PublishedView;
  row(
    endpoints,
    `published view, ${Object.keys(published.latencyMs).length} colos`,
    text.length,
    await cpuMs(() => JSON.stringify(published)),
    "",
    await cpuMs(() => publishedFor(text, "FRA")),
    "",
  );
  const { manifest } = compiled;
  row(
    endpoints,
    "manifest",
    manifest.text.length,
    "",
    "",
    await cpuMs(() => readManifest(manifest.text)),
    "",
  );
}

row(
  "endpoints",
  "what",
  "bytes",
  "CPU ms to make",
  "CPU ms to make and send",
  "CPU ms to read",
  "report bytes",
);
row(..."-------".split(""));
for (const endpoints of [10, 1_000, 10_000]) await measure(endpoints);
