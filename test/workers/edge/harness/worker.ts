/** The product's edge in a real workerd, with stores and a region that live in the test's own process. */
import type { Beat, Report } from "../../../../routing/exchange.ts";
import { createEdge, type Edge } from "../../../../workers/edge/edge.ts";
import { chance, channel, clock, hash, sendPort, timers } from "../../../../workers/platform.ts";
import type { ColoCache, EdgePorts, KeyValue, RegionObject } from "../../../../workers/ports.ts";

interface TestEnv {
  /** Where the test listens. */
  readonly WORLD: string;
  readonly BAKED: string;
}

let edge: Edge | null = null;

export default {
  fetch(request: Request, env: TestEnv, ctx: ExecutionContext): Promise<Response> {
    edge ??= createEdge(ports(env));
    return edge.fetch(request, (work) => ctx.waitUntil(work));
  },
};

function ports(env: TestEnv): EdgePorts {
  const exchange = async (report: Report): Promise<Beat> => {
    const body = JSON.stringify(report);
    const answer = await fetch(`${env.WORLD}/exchange`, { method: "POST", body });
    if (!answer.ok) throw new Error(`The region answered ${answer.status}`);
    return answer.json();
  };
  return {
    clock,
    timers,
    chance,
    send: sendPort,
    hash,
    objects: { region: () => ({ exchange }) as RegionObject },
    kv: store(`${env.WORLD}/kv`),
    cache: store(`${env.WORLD}/cache`),
    channel,
    baked: JSON.parse(env.BAKED),
  };
}

function store(url: string): KeyValue & ColoCache {
  const at = (key: string) => `${url}?key=${encodeURIComponent(key)}`;
  return {
    async get(key: string) {
      const answer = await fetch(at(key));
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`The store answered ${answer.status}`);
      return answer.text();
    },
    async put(key: string, value: string) {
      await fetch(at(key), { method: "PUT", body: value });
    },
  };
}
