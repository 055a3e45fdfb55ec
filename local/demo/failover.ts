/**
 * `npm run demo:failover`: a planet of its own with visitors in five colos. An origin is killed, a region is cut off, every
 * isolate is replaced, then all is restored; what each colo saw is told at the end.
 */
import { type SpawnedPlanet, spawnPlanet } from "../spawn.ts";
import { DEMO_HOST, quantile, table } from "./report.ts";
import { Visitors } from "./visitors.ts";

const COLOS = ["FRA", "LHR", "WAW", "IAD", "SIN"];
const KILLED = "gcp-europe-west3";
const CUT_OFF = "weur";

interface Step {
  readonly says: string;
  readonly seconds: number;
  run(planet: SpawnedPlanet): Promise<void>;
}

const STEPS: readonly Step[] = [
  { says: "all is well", seconds: 6, run: async () => {} },
  {
    says: `the origin ${KILLED} is killed (SIGKILL)`,
    seconds: 8,
    run: (planet) => planet.fault("origin", KILLED, "stop"),
  },
  {
    says: `the region ${CUT_OFF} is cut off: its object is stopped`,
    seconds: 6,
    run: (planet) => planet.fault("region", CUT_OFF, "stop"),
  },
  {
    says: "every edge isolate is replaced by a new one with an empty colo cache",
    seconds: 6,
    run: (planet) => planet.fault("isolate", "all", "recycle"),
  },
  {
    says: "the origin and the region come back",
    seconds: 12,
    run: (planet) => planet.fault("heal"),
  },
];

async function tell(step: Step, visitors: Visitors, planet: SpawnedPlanet): Promise<void> {
  console.log(`\n▸ ${step.says}`);
  await step.run(planet);
  for (let second = 1; second <= step.seconds; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { sent, lost } = visitors.totals();
    const from = COLOS.map((colo) => `${colo}←${visitors.lastOrigin(colo)}`).join("  ");
    progress(`  ${second}/${step.seconds} s  ${sent} requests, ${lost} lost  ${from}`);
  }
}

/** One line that is written over on a terminal, and a line a second elsewhere. */
function progress(line: string): void {
  process.stdout.write(process.stdout.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
}

const planet = await spawnPlanet(["--edge-port", "0", "--central-port", "0"]);
try {
  const visitors = new Visitors(planet, DEMO_HOST, COLOS);
  for (const step of STEPS) await tell(step, visitors, planet);
  await visitors.stop();
  console.log("\n\nWhat each colo saw: requests served by each origin, step by step");
  const rows = COLOS.map((colo) => {
    const seen = visitors.seenBy(colo);
    const ms = seen.map((visit) => visit.ms);
    return [
      colo,
      String(seen.length),
      String(seen.filter((visit) => visit.origin === null).length),
      quantile(ms, 0.5).toFixed(0),
      quantile(ms, 0.99).toFixed(0),
      visitors.story(colo),
    ];
  });
  console.log(table(["colo", "requests", "lost", "p50 ms", "p99 ms", "served from"], rows));
  const { sent, lost } = visitors.totals();
  console.log(`\nlost: ${lost} of ${sent} requests`);
  process.exitCode = lost === 0 ? 0 : 1;
} finally {
  await planet.stop();
}
