/**
 * `npm run bench:overhead [-- --rounds 7 --seconds 3]`: requests per second of our edge, of the reference worker and of
 * a bare pass-through, each alone in a workerd of its own, in interleaved rounds against one origin process.
 * Only the ratios of neighbouring rounds mean something: machines drift, neighbours drift together.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stop as stopEsbuild } from "esbuild";
import { closedLoop } from "./client.ts";
import { productionEdge } from "./ours.ts";
import { HOST, passThrough, reference, type Subject } from "./subjects.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seconds: { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
  },
});
/** Throughput, ours ÷ the reference's. */
const WANTED = 0.92;
/** Processor time per request, ours − the bare pass-through's. */
const ADDED_US_MAX = 60;
const WARM_UP_MS = 3_000;

const origin = spawn(process.execPath, [join(import.meta.dirname, "origin.ts")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(origin.stdout, "data");
const port = Number(/(\d+)/.exec(String(line))?.[1]);
const url = `http://127.0.0.1:${port}`;
/** Three endpoints that are one process: as many choices as the reference has, one origin for all. */
const document = {
  pools: {
    web: {
      origins: ["a", "b", "c"].map((name) => ({ name, address: "http://127.0.0.1", port })),
    },
  },
  load_balancers: {
    [HOST]: { default_pools: ["web"], fallback_pool: "web", steering_policy: "dynamic_latency" },
  },
};

const subjects: Subject[] = [];
try {
  subjects.push(await productionEdge(document), await reference(url), await passThrough(url));
  await stopEsbuild();
  const connections = Number(values.connections);
  const alone = await closedLoop(port, connections, 1_000);
  console.log(`the origin alone: ${alone.perSecond.toFixed(0)} requests/s`);
  for (const subject of subjects) await closedLoop(subject.port, connections, WARM_UP_MS);
  const rounds = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  const cpuUs = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const { name, port: at, cpuMs } of subjects) {
      const before = cpuMs();
      const ran = await closedLoop(at, connections, Number(values.seconds) * 1_000);
      const after = cpuMs();
      rounds.get(name)?.push(ran.perSecond);
      if (after > before) cpuUs.get(name)?.push(((after - before) * 1_000) / ran.requests);
    }
    const said = [...rounds].map(([name, rates]) => `${name} ${rates.at(-1)?.toFixed(0)}`);
    console.log(`round ${round + 1}: ${said.join("  ")} requests/s`);
  }
  const of = (name: string) => rounds.get(name) ?? [];
  const judged = tell("ours / reference", of("ours"), of("reference"));
  tell("ours / pass-through", of("ours"), of("pass-through"));
  tell("reference / pass-through", of("reference"), of("pass-through"));
  const added = tellAdded(cpuUs.get("ours") ?? [], cpuUs.get("pass-through") ?? []);
  tellAdded(cpuUs.get("reference") ?? [], cpuUs.get("pass-through") ?? [], "reference");
  if (added !== null && added > ADDED_US_MAX) {
    console.log(`MISSED: ${added.toFixed(0)} µs of CPU added per request, at most ${ADDED_US_MAX}`);
    process.exitCode = 1;
  }
  if (judged < WANTED) {
    console.log(`MISSED: ours / reference is ${judged.toFixed(3)}, wanted ${WANTED}`);
    process.exitCode = 1;
  }
} finally {
  await Promise.all(subjects.map((subject) => subject.stop()));
  origin.kill();
}

/** Prints the processor time per request that is added to the pass-through's, and answers its median; `null` without any. */
function tellAdded(
  ours: readonly number[],
  others: readonly number[],
  name = "ours",
): number | null {
  if (ours.length === 0) {
    console.log("CPU per request: this system does not tell it");
    return null;
  }
  const added = ours.map((us, round) => us - (others[round] ?? Number.NaN));
  const sorted = added.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const range = `${sorted[0]?.toFixed(0)} … ${sorted.at(-1)?.toFixed(0)}`;
  const own = ours.toSorted((a, b) => a - b)[Math.floor(ours.length / 2)]?.toFixed(0);
  console.log(
    `CPU per request, ${name}: median ${own} µs; over pass-through ${median.toFixed(0)} µs (${range})`,
  );
  return median;
}

/** Prints the ratios pair by pair and answers their median. */
function tell(title: string, ours: readonly number[], others: readonly number[]): number {
  const ratios = ours.map((rate, round) => rate / (others[round] ?? Number.NaN));
  const sorted = ratios.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const range = `${sorted[0]?.toFixed(3)} … ${sorted.at(-1)?.toFixed(3)}`;
  console.log(`${title}: median ${median.toFixed(3)}, range ${range}, ${sorted.length} pairs`);
  return median;
}
