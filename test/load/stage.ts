import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { startPlanet } from "../e2e/planet.ts";
import { OriginProcess } from "../origins/process.ts";

export const HOST = "www.example";

/** Three clouds, one pool each; every pool is the nearest of some colos. */
const POOLS = {
  europe: { cloud: "gcp", region: "europe-west3" },
  america: { cloud: "aws", region: "us-east-1" },
  asia: { cloud: "azure", region: "japaneast" },
} as const;
export type PoolName = keyof typeof POOLS;
export const POOL_NAMES = Object.keys(POOLS) as PoolName[];
export const ENDPOINTS_PER_POOL = 2;

export interface Monitoring {
  /** Seconds. */
  readonly interval: number;
  readonly consecutiveUp: number;
}

export interface Executed {
  readonly posts: number;
  /** Executions beyond the first of one id, over all origins. */
  readonly duplicates: number;
}

/** Real origin processes in three pools behind a planet of their own. */
export class Stage {
  readonly planet: SpawnedPlanet;
  readonly #origins: ReadonlyMap<PoolName, readonly OriginProcess[]>;
  readonly #folder: string;

  private constructor(
    planet: SpawnedPlanet,
    origins: ReadonlyMap<PoolName, readonly OriginProcess[]>,
    folder: string,
  ) {
    this.planet = planet;
    this.#origins = origins;
    this.#folder = folder;
  }

  static async open(monitoring: Monitoring): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "tradewind-load-"));
    const origins = new Map<PoolName, readonly OriginProcess[]>();
    try {
      for (const pool of POOL_NAMES) origins.set(pool, await startPool(pool, folder));
      const config = documentOf(origins, monitoring);
      return new Stage(await startPlanet({ config, rtt: true }), origins, folder);
    } catch (error) {
      await Promise.all([...origins.values()].flat().map((origin) => origin.kill()));
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  async kill(pool: PoolName): Promise<void> {
    await Promise.all(this.#of(pool).map((origin) => origin.kill()));
  }

  /** Resolves when every origin of the pool listens again. */
  async bringBack(pool: PoolName): Promise<void> {
    await Promise.all(this.#of(pool).map((origin) => origin.start()));
  }

  /** From the origins' logs, which outlive them. */
  executed(): Executed {
    const ids = [...this.#origins.values()].flat().flatMap(({ options }) =>
      readFileSync(options.log ?? "", "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    );
    return { posts: ids.length, duplicates: ids.length - new Set(ids).size };
  }

  async close(): Promise<void> {
    await this.planet.stop();
    await Promise.all([...this.#origins.values()].flat().map((origin) => origin.kill()));
    rmSync(this.#folder, { recursive: true });
  }

  #of(pool: PoolName): readonly OriginProcess[] {
    return this.#origins.get(pool) ?? [];
  }
}

const startPool = (pool: PoolName, folder: string): Promise<readonly OriginProcess[]> =>
  Promise.all(
    Array.from({ length: ENDPOINTS_PER_POOL }, (_, index) => {
      const name = `${pool}-${index}`;
      return new OriginProcess({ name, pool, log: join(folder, `${name}.log`) }).start();
    }),
  );

function documentOf(
  origins: ReadonlyMap<PoolName, readonly OriginProcess[]>,
  { interval, consecutiveUp }: Monitoring,
): unknown {
  const poolOf = (name: PoolName) => ({
    monitor: "web",
    origins: (origins.get(name) ?? []).map(({ options, port }) => ({
      name: options.name,
      address: "http://127.0.0.1",
      port,
      locality: POOLS[name],
    })),
  });
  return {
    monitors: {
      web: {
        type: "http",
        path: "/healthz",
        interval,
        timeout: 1,
        retries: 0,
        consecutive_up: consecutiveUp,
        consecutive_down: 2,
      },
    },
    pools: Object.fromEntries(POOL_NAMES.map((name) => [name, poolOf(name)])),
    load_balancers: {
      [HOST]: {
        default_pools: POOL_NAMES,
        fallback_pool: POOL_NAMES[0],
        steering_policy: "dynamic_latency",
      },
    },
  };
}
