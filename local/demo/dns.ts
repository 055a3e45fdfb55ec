/**
 * `npm run demo:dns`: a planet of its own that keeps a zone in step at real DNS servers of this machine. A pool is killed and comes back, the edge
 * is out and comes back; each answer that moves is told with its time.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ConfigDocument, readConfigFile } from "../document.ts";
import { type SpawnedPlanet, spawnPlanet } from "../spawn.ts";
import { type DnsServer, startServers } from "./dns/servers.ts";
import { DemoOrigins } from "./origins.ts";
import { table } from "./report.ts";

const WWW = "www.shop.test";
const API = "api.shop.test";
const HOSTS = [WWW, API];
const FRANKFURT = "127.0.1.1 127.0.1.2";
const VIRGINIA = "127.0.2.1 127.0.2.2";
const EDGE = "edge.example.net";
/** Zones look every 10 s; a machine with other work may need several looks. */
const PATIENCE_MS = 90_000;

interface Stage {
  readonly planet: SpawnedPlanet;
  readonly origins: DemoOrigins;
  readonly servers: readonly DnsServer[];
}

interface Act {
  readonly says: string;
  run(stage: Stage): Promise<unknown>;
  /** Which hostname moves, and where to. */
  readonly host: string;
  readonly to: string;
}

const ofPool = (pool: string, each: (name: string) => Promise<void>) =>
  Promise.all([`${pool}-a`, `${pool}-b`].map(each));

const ACTS: readonly Act[] = [
  { says: "the document is applied", run: publish, host: WWW, to: FRANKFURT },
  {
    says: "the pool frankfurt is killed (SIGKILL), all of it",
    run: ({ origins }) => ofPool("frankfurt", (name) => origins.stop(name)),
    host: WWW,
    to: VIRGINIA,
  },
  {
    says: "frankfurt comes back; DNS waits until it has been healthy for 5 s",
    run: ({ origins }) => ofPool("frankfurt", (name) => origins.start(name)),
    host: WWW,
    to: FRANKFURT,
  },
  {
    says: "the edge is out, everywhere; central lives",
    run: ({ planet }) => planet.fault("edge", "error"),
    host: API,
    to: FRANKFURT,
  },
  {
    says: "the edge is back",
    run: ({ planet }) => planet.fault("heal", "edge"),
    host: API,
    to: EDGE,
  },
];

/** As an operator does it: `PUT /v1/config`. */
async function publish({ planet, origins, servers }: Stage): Promise<void> {
  const file = readConfigFile(join(import.meta.dirname, "dns.yaml"));
  if (!file.ok) throw new Error(file.error);
  const document = filledIn(await origins.startAll(file.value), planet, servers);
  const answer = await planet.api("/v1/config", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(document),
  });
  if (answer.status >= 300) throw new Error(`the document was refused: ${answer.text}`);
}

function filledIn(
  document: ConfigDocument,
  planet: SpawnedPlanet,
  servers: readonly DnsServer[],
): ConfigDocument {
  const zones = document["zones"] as Readonly<Record<string, { edge: object }>>;
  const edge = { health_url: `${planet.edge}/.tw/healthz` };
  const ours = servers.map(({ zone, fields }) => {
    const entry = zones[zone];
    return [zone, { ...entry, ...fields, edge: { ...entry?.edge, ...edge } }] as const;
  });
  return { ...document, zones: Object.fromEntries(ours) };
}

/** Tells each answer that changes; the seconds until each server's is as it should be, `null` for one that never was. */
async function play(act: Act, stage: Stage): Promise<readonly (number | null)[]> {
  console.log(`\n▸ ${act.says}`);
  const startMs = performance.now();
  const seconds = () => (performance.now() - startMs) / 1_000;
  await act.run(stage);
  return Promise.all(
    stage.servers.map(async (server) => {
      const told = new Map<string, string>();
      while (performance.now() - startMs < PATIENCE_MS) {
        for (const host of HOSTS) {
          const answer = await server.answer(host);
          if (told.get(host) === answer) continue;
          const isFirst = !told.has(host);
          told.set(host, answer);
          if (isFirst) continue;
          console.log(
            `  +${seconds().toFixed(1).padStart(5)} s  ${server.label.padEnd(8)}  ${host} → ${answer}`,
          );
        }
        if (told.get(act.host) === act.to) return seconds();
        await delay(100);
      }
      console.log(`  ${server.label} still answers ${told.get(act.host)} for ${act.host}`);
      return null;
    }),
  );
}

/** Zones that are not in step; what was just written is looked at once more before it counts. */
async function astrayAtRest(planet: SpawnedPlanet): Promise<readonly string[]> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const { text } = await planet.api("/v1/zones");
    const { zones } = JSON.parse(text) as { zones: { zone: string; in_step: boolean | null }[] };
    const astray = zones.filter((zone) => zone.in_step !== true).map(({ zone }) => zone);
    if (astray.length === 0 || performance.now() > endMs) return astray;
    await delay(100);
  }
}

const started = await startServers();
if (!started.ok) {
  console.error(`Tradewind: ${started.error}`);
  process.exit(1);
}
const servers = started.value;
const origins = new DemoOrigins();
const env = Object.assign({}, ...servers.map((server) => server.env)) as Record<string, string>;
const planet = await spawnPlanet(["--edge-port", "0", "--central-port", "0", "--no-demo"], env);
try {
  console.log(
    `www leads to endpoints, api to the edge. A zone looks every 10 s, and a resolver keeps an answer for 30 s more.`,
  );
  const rows: (readonly (number | null)[])[] = [];
  for (const act of ACTS) rows.push(await play(act, { planet, origins, servers }));
  const cells = rows.map((row, at) => [
    ACTS[at]?.says ?? "",
    ...row.map((time) => (time === null ? "never" : time.toFixed(1))),
  ]);
  const head = ["seconds until the answer moved", ...servers.map(({ label }) => label)];
  console.log(`\n${table(head, cells)}`);
  const astray = await astrayAtRest(planet);
  const isPassed = astray.length === 0 && rows.flat().every((time) => time !== null);
  console.log(
    isPassed
      ? "\nPASS: every answer moved, and every zone is in step"
      : `\nFAIL: ${astray.length === 0 ? "an answer did not move" : `not in step: ${astray.join(", ")}`}`,
  );
  process.exitCode = isPassed ? 0 : 1;
} finally {
  await planet.stop();
  await origins.stopAll();
  await Promise.all(servers.map((server) => server.stop()));
}
