import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpawnedPlanet, spawnPlanet } from "../../local/spawn.ts";
import { startPlanet } from "../e2e/planet.ts";
import { MARK, processesMarked } from "../e2e/processes.ts";
import { OriginProcess } from "../origins/process.ts";

export const HOST = "www.example";

/** Three clouds, one pool each; every pool is the nearest of some colos. */
const POOLS = {
  europe: { cloud: "gcp", region: "europe-west3" },
  america: { cloud: "aws", region: "us-east-1" },
  asia: { cloud: "azure", region: "japaneast" },
} as const;
/** Few enough that a process that is stopped can be made to take no more connections (backlog.ts), far above what waits at 500/s. */
const BACKLOG = 64;
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

export interface More {
  /** Sections of the document beside the monitor and the pools. */
  readonly document?: Readonly<Record<string, object>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What the planet knows is in a folder of its own, and `restartPlanet` can go on from there. */
  readonly keepsState?: boolean;
}

/** Real origin processes in three pools behind a planet of their own. */
export class Stage {
  readonly #origins: ReadonlyMap<PoolName, readonly OriginProcess[]>;
  readonly #folder: string;
  /** Every process of the planet inherits it. */
  readonly #env: Readonly<Record<string, string>>;
  #planet: SpawnedPlanet;

  private constructor(
    planet: SpawnedPlanet,
    origins: ReadonlyMap<PoolName, readonly OriginProcess[]>,
    folder: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#planet = planet;
    this.#origins = origins;
    this.#folder = folder;
    this.#env = env;
  }

  static async open(monitoring: Monitoring, more: More = {}): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "tradewind-load-"));
    const origins = new Map<PoolName, readonly OriginProcess[]>();
    try {
      for (const pool of POOL_NAMES) origins.set(pool, await startPool(pool, folder));
      const config = documentOf(origins, monitoring, more.document);
      const env = { ...more.env, [MARK]: randomUUID() };
      const kept = more.keepsState === true ? { state: stateIn(folder) } : {};
      const planet = await startPlanet({ config, rtt: true, env, ...kept });
      return new Stage(planet, origins, folder, env);
    } catch (error) {
      await Promise.all([...origins.values()].flat().map((origin) => origin.kill()));
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  get planet(): SpawnedPlanet {
    return this.#planet;
  }

  origins(pool: PoolName): readonly OriginProcess[] {
    return this.#origins.get(pool) ?? [];
  }

  async kill(pool: PoolName): Promise<void> {
    await Promise.all(this.origins(pool).map((origin) => origin.kill()));
  }

  /** Resolves when every origin of the pool listens again. */
  async bringBack(pool: PoolName): Promise<void> {
    await Promise.all(this.origins(pool).map((origin) => origin.start()));
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

  /** SIGKILL to every process of the planet, the runtime's too. */
  killPlanet(): void {
    for (const { id } of processesMarked(this.#env[MARK] ?? "")) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // Its parent's end has ended it meanwhile.
      }
    }
  }

  /** From the state that it kept and without a document, where the one before listened. Resolves when every colo answers. */
  async restartPlanet(): Promise<void> {
    const { edge, central } = this.#planet;
    const ports = ["--edge-port", new URL(edge).port, "--central-port", new URL(central).port];
    const flags = [...ports, "--no-demo", "--state", stateIn(this.#folder)];
    this.#planet = await spawnPlanet(flags, this.#env);
  }
}

const stateIn = (folder: string): string => join(folder, "state");

const startPool = (pool: PoolName, folder: string): Promise<readonly OriginProcess[]> =>
  Promise.all(
    Array.from({ length: ENDPOINTS_PER_POOL }, (_, index) => {
      const name = `${pool}-${index}`;
      // An address of its own each: DNS tells addresses and no ports.
      const address = `127.0.${POOL_NAMES.indexOf(pool) + 1}.${index + 1}`;
      const log = join(folder, `${name}.log`);
      return new OriginProcess({ name, pool, address, log, backlog: BACKLOG }).start();
    }),
  );

function documentOf(
  origins: ReadonlyMap<PoolName, readonly OriginProcess[]>,
  { interval, consecutiveUp }: Monitoring,
  more: Readonly<Record<string, object>> = {},
): unknown {
  const poolOf = (name: PoolName) => ({
    monitor: "web",
    origins: (origins.get(name) ?? []).map(({ options, port }) => ({
      name: options.name,
      address: options.address,
      port,
      locality: POOLS[name],
    })),
  });
  const { load_balancers, ...sections } = more;
  return {
    ...sections,
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
      ...load_balancers,
    },
  };
}
