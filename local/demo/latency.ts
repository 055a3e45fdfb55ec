/**
 * `npm run demo:latency`: a planet of its own, 20 requests from every colo to learn, 100 to measure, and a table of
 * who is served from where. Passes when every colo gets at least 95 % from the pool with the lowest round trip.
 */
import { COLO_NAMES } from "../colos.ts";
import type { RttRow } from "../rtt/places.ts";
import { type SpawnedPlanet, spawnPlanet } from "../spawn.ts";
import { DEMO_HOST, quantile, table } from "./report.ts";

const LEARNING = 20;
const MEASURED = 100;
const SHARE_WANTED = 0.95;

interface Measured {
  readonly colo: string;
  readonly nearest: RttRow;
  readonly share: number;
  readonly p50Ms: number;
}

async function measure(
  planet: SpawnedPlanet,
  colo: string,
  rows: readonly RttRow[],
): Promise<Measured> {
  const [nearest] = rows.filter((row) => row.colo === colo).sort((a, b) => a.ms - b.ms);
  if (nearest === undefined) throw new Error(`No endpoint has a known distance from ${colo}`);
  const served: { readonly origin: string; readonly ms: number }[] = [];
  for (let sent = 0; sent < LEARNING + MEASURED; sent += 1) {
    const startMs = performance.now();
    const { headers } = await planet.get(DEMO_HOST, "/", { colo });
    served.push({ origin: String(headers["x-origin"]), ms: performance.now() - startMs });
  }
  const measured = served.slice(LEARNING);
  const fromNearest = measured.filter(({ origin }) => nearest.endpoint.endsWith(`/${origin}`));
  return {
    colo,
    nearest,
    share: fromNearest.length / MEASURED,
    p50Ms: quantile(
      measured.map(({ ms }) => ms),
      0.5,
    ),
  };
}

/** Colos measured at once: all of them at once would measure this machine's processors. */
const AT_ONCE = 3;

async function measureAll(planet: SpawnedPlanet, rows: readonly RttRow[]): Promise<Measured[]> {
  const results = new Map<string, Measured>();
  const waiting = [...COLO_NAMES];
  const takeTurns = async () => {
    for (let colo = waiting.pop(); colo !== undefined; colo = waiting.pop()) {
      results.set(colo, await measure(planet, colo, rows));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
  return COLO_NAMES.flatMap((colo) => results.get(colo) ?? []);
}

function print(rows: readonly RttRow[], results: readonly Measured[]): void {
  const endpoints = [...new Set(rows.map(({ endpoint }) => endpoint))];
  const distance = (colo: string, endpoint: string) => {
    const row = rows.find(
      (candidate) => candidate.colo === colo && candidate.endpoint === endpoint,
    );
    return row === undefined
      ? ""
      : `${row.ms.toFixed(0)} = ${row.measuredMs}+${row.derivedMs.toFixed(0)}`;
  };
  console.log(
    "\nRound trip in ms = measured between cloud regions + derived for the rest of the way",
  );
  console.log(
    table(
      ["colo", ...endpoints.map((endpoint) => endpoint.split("/")[1] ?? endpoint)],
      COLO_NAMES.map((colo) => [colo, ...endpoints.map((endpoint) => distance(colo, endpoint))]),
    ),
  );
  console.log(`\nAfter ${LEARNING} requests from each colo, of the next ${MEASURED}`);
  console.log(
    table(
      ["colo", "nearest pool", "round trip ms", "served from it", "p50 ms"],
      results.map(({ colo, nearest, share, p50Ms }) => [
        colo,
        nearest.endpoint.split("/")[0] ?? "",
        nearest.ms.toFixed(1),
        `${(share * 100).toFixed(0)} %`,
        p50Ms.toFixed(1),
      ]),
    ),
  );
}

const planet = await spawnPlanet(["--edge-port", "0", "--central-port", "0"]);
try {
  const { round_trips } = JSON.parse((await planet.api("/v1/rtt")).text) as {
    round_trips: RttRow[];
  };
  const results = await measureAll(planet, round_trips);
  print(round_trips, results);
  const short = results.filter(({ share }) => share < SHARE_WANTED);
  const names = short.map(({ colo }) => colo).join(", ");
  console.log(
    short.length === 0
      ? `\nPASS: every colo gets at least ${SHARE_WANTED * 100} % from its nearest pool`
      : `\nFAIL: less than ${SHARE_WANTED * 100} % from the nearest pool in ${names}`,
  );
  process.exitCode = short.length === 0 ? 0 : 1;
} finally {
  await planet.stop();
}
