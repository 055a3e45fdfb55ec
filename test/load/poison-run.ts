/** Requests of 49 tenants beside a poison one, and what became of each. */
import { Agent, request as send } from "node:http";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { POISON, poisonRequest, TENANTS } from "./poison-table.ts";
import { type Latency, latencyOf } from "./summary.ts";

export interface PoisonRun {
  readonly requests: number;
  /** Status → how many; of the 49 only. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly latencyMs: Latency;
  /** Answers that the poison tenant got meanwhile, by status. */
  readonly poisoned: Readonly<Record<string, number>>;
}

/** Requests of the 49 under way at once: fewer than two cores can serve, so that what is measured is not the queue. */
const AT_ONCE = 4;

interface Asked {
  readonly host: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * `isPoisoned`: every fiftieth request is the poison tenant's, which so asks as often as any other.
 *
 * `requests` are those of the 49; the poison one's are not measured.
 */
export async function runPoison(
  planet: Pick<SpawnedPlanet, "edge">,
  colo: string,
  requests: number,
  isPoisoned: boolean,
): Promise<PoisonRun> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const statuses: Record<string, number> = {};
  const poisoned: Record<string, number> = {};
  const samples: number[] = [];
  const worst = { host: POISON, ...poisonRequest() };
  let left = requests;
  const count = (counts: Record<string, number>, status: number) => {
    counts[status] = (counts[status] ?? 0) + 1;
  };
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const at = left % TENANTS.length;
      if (isPoisoned && at === 0) count(poisoned, await statusOf(planet.edge, colo, worst, agent));
      const startedAt = performance.now();
      const asked = { host: TENANTS[at] ?? "", target: "/" };
      count(statuses, await statusOf(planet.edge, colo, asked, agent));
      samples.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  agent.destroy();
  return { requests, statuses, latencyMs: latencyOf(samples), poisoned };
}

function statusOf(
  edge: string,
  colo: string,
  { host, target, headers = {} }: Asked,
  agent: Agent,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const all = { host, "tw-colo": colo, ...headers };
    const request = send(edge + target, { agent, headers: all }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}
