/**
 * `npm run bench:edge-rules [-- --rounds 7 --seconds 3]`: requests per second of our production edge with one route on
 * its host and with 1,000, each alone in a workerd of its own, in interleaved rounds against one origin process. Ends
 * with 1 when the many cost more than 3 %.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stop as stopEsbuild } from "esbuild";
import { closedLoop } from "./client.ts";
import { productionEdge } from "./ours.ts";
import { HOST, type Subject } from "./subjects.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
  },
});
const WANTED = 0.97;
const WARM_UP_MS = 3_000;
const MANY = 1_000;

const origin = spawn(process.execPath, [join(import.meta.dirname, "origin.ts")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(origin.stdout, "data");
const port = Number(/(\d+)/.exec(String(line))?.[1]);

/** The client asks for /api/items/42; of the others each has a path of its own, beside it and below it. */
const pathOf = (index: number): string =>
  index === 0 ? "/api" : `/api/${index % 2 === 0 ? "items" : "users"}/${index}/part`;

const documentWith = (routes: number) => ({
  pools: {
    web: {
      origins: ["a", "b", "c"].map((name) => ({ name, address: "http://127.0.0.1", port })),
    },
  },
  http_routes: Array.from({ length: routes }, (_, index) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: `route-${index}` },
    spec: {
      hostnames: [HOST],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: pathOf(index) } }],
          backendRefs: [{ name: "web" }],
        },
      ],
    },
  })),
});

const subjects: Subject[] = [];
try {
  subjects.push(await productionEdge(documentWith(1)), await productionEdge(documentWith(MANY)));
  await stopEsbuild();
  const connections = Number(values.connections);
  for (const subject of subjects) await closedLoop(subject.port, connections, WARM_UP_MS);
  const ratios: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const rates = new Map<Subject, number>();
    // Which of the two comes first changes every round: a machine that slows down slows the second.
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const ms = Number(values.seconds) * 1_000;
      rates.set(subject, (await closedLoop(subject.port, connections, ms)).perSecond);
    }
    const [one = 0, many = 0] = subjects.map((subject) => rates.get(subject));
    ratios.push(many / one);
    console.log(
      `round ${round + 1}: 1 route ${one.toFixed(0)}  ${MANY} routes ${many.toFixed(0)} requests/s`,
    );
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  console.log(
    `${MANY} routes / 1 route: median ${median.toFixed(3)}, range ${sorted[0]?.toFixed(3)} … ${sorted.at(-1)?.toFixed(3)}, ${sorted.length} pairs`,
  );
  if (median < WANTED) {
    console.log(`MISSED: ${median.toFixed(3)}, wanted ${WANTED}`);
    process.exitCode = 1;
  }
} finally {
  await Promise.all(subjects.map((subject) => subject.stop()));
  origin.kill();
}
