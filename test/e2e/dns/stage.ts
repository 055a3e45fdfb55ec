/** Servers of two pools as real processes, DNS servers, and a planet between them. */
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "../../../local/ask.ts";
import type { SpawnedPlanet } from "../../../local/spawn.ts";
import { OriginProcess } from "../../origins/process.ts";
import { startPlanet } from "../planet.ts";
import { type DnsPlace, DOMAIN } from "./servers.ts";

export const POOLS = {
  frankfurt: ["127.0.1.1", "127.0.1.2"],
  virginia: ["127.0.2.1", "127.0.2.2"],
} as const;
export type PoolName = keyof typeof POOLS;
export const POOL_NAMES = Object.keys(POOLS) as PoolName[];

/** Seconds: the shortest that a zone may have. */
const INTERVAL = 10;
/** What waits for it has to be wrong: a machine with other work may take ten times as long as a free one. */
const PATIENCE_MS = 100_000;

export interface StageOptions<P extends string> {
  readonly places: Readonly<Record<P, DnsPlace>>;
  /** Of every zone's entry; a place's own come before. */
  readonly zone: Readonly<Record<string, unknown>>;
  readonly zones?: Readonly<Partial<Record<P, Readonly<Record<string, unknown>>>>>;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class DnsStage<P extends string = string> {
  readonly planet: SpawnedPlanet;
  readonly places: Readonly<Record<P, DnsPlace>>;
  /** Every text that the API answered. */
  readonly answered: string[] = [];
  readonly #options: StageOptions<P>;
  readonly #origins: ReadonlyMap<PoolName, readonly OriginProcess[]>;

  private constructor(
    planet: SpawnedPlanet,
    options: StageOptions<P>,
    origins: ReadonlyMap<PoolName, readonly OriginProcess[]>,
  ) {
    this.planet = planet;
    this.places = options.places;
    this.#options = options;
    this.#origins = origins;
  }

  /** Nothing is applied yet. */
  static async open<P extends string>(options: StageOptions<P>): Promise<DnsStage<P>> {
    const origins = new Map<PoolName, readonly OriginProcess[]>();
    try {
      for (const pool of POOL_NAMES) origins.set(pool, await startPool(pool));
      const variables = Object.values<DnsPlace>(options.places).map(({ entry }) => entry.variable);
      const env = Object.assign({ ...options.env }, ...variables) as Record<string, string>;
      return new DnsStage(await startPlanet({ env }), options, origins);
    } catch (error) {
      await Promise.all([...origins.values()].flat().map((origin) => origin.kill()));
      throw error;
    }
  }

  /** The document, with more of every zone's entry if need be. */
  document(more: Readonly<Record<string, unknown>> = {}) {
    const { places, zone, zones } = this.#options;
    return {
      monitors: {
        web: {
          type: "http",
          path: "/healthz",
          interval: 1,
          timeout: 1,
          retries: 0,
          consecutive_down: 2,
        },
      },
      pools: Object.fromEntries(
        POOL_NAMES.map((pool) => [
          pool,
          {
            monitor: "web",
            origins: this.#of(pool).map(({ options, port }) => ({
              name: options.name,
              address: options.address,
              port,
            })),
          },
        ]),
      ),
      load_balancers: Object.fromEntries(
        [`www.${DOMAIN}`, `api.${DOMAIN}`].map((name) => [
          name,
          { default_pools: POOL_NAMES, fallback_pool: POOL_NAMES.at(-1), steering_policy: "off" },
        ]),
      ),
      zones: Object.fromEntries(
        (Object.keys(places) as P[]).map((place) => [
          zoneName(place),
          {
            domain: DOMAIN,
            mode: "apply",
            interval: INTERVAL,
            ...zone,
            ...places[place].entry.zone,
            ...zones?.[place],
            ...more,
          },
        ]),
      ),
    };
  }

  /** Errors: rejects with the refusal. */
  async apply(document: unknown): Promise<void> {
    const answer = await this.api("PUT", "/v1/config", document);
    if (answer.status >= 300) throw new Error(`PUT /v1/config: ${answer.status} ${answer.text}`);
  }

  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.planet.api(path, {
      method,
      timeoutMs: PATIENCE_MS,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    this.answered.push(`${JSON.stringify(answer.headers)}\n${answer.text}`);
    return answer;
  }

  async read<T>(path: string): Promise<T> {
    return JSON.parse((await this.api("GET", path)).text) as T;
  }

  async kill(pool: PoolName): Promise<void> {
    await Promise.all(this.#of(pool).map((origin) => origin.kill()));
  }

  async bringBack(pool: PoolName): Promise<void> {
    await Promise.all(this.#of(pool).map((origin) => origin.start()));
  }

  /** Until every place answers these; ms from the call, by place. Errors: rejects with what they answer instead. */
  async answersAre(
    name: string,
    wanted: readonly string[],
    among: readonly P[] = Object.keys(this.places) as P[],
  ): Promise<Readonly<Record<P, number>>> {
    const startMs = performance.now();
    const times = await Promise.all(
      among.map(async (place) => {
        let found: readonly string[] = [];
        const is = async () => {
          found = await this.places[place].addresses(name);
          return found.join() === wanted.join();
        };
        if (await until(is)) return [place, performance.now() - startMs] as const;
        const { text: zone } = await this.api("GET", `/v1/zones/${zoneName(place)}`);
        throw new Error(
          `${place} answers ${found.join()} for ${name}, not ${wanted.join()}: ${zone}`,
        );
      }),
    );
    return Object.fromEntries(times) as Record<P, number>;
  }

  /** Both streams of the planet, and everything that its API answered. */
  said(): string {
    return [this.planet.output(), this.planet.complaints(), ...this.answered].join("\n");
  }

  async close(): Promise<void> {
    await this.planet.stop();
    await Promise.all([...this.#origins.values()].flat().map((origin) => origin.kill()));
    await Promise.all(Object.values<DnsPlace>(this.places).map((place) => place.stop()));
  }

  #of(pool: PoolName): readonly OriginProcess[] {
    return this.#origins.get(pool) ?? [];
  }
}

export const zoneName = (place: string): string => `${place}.${DOMAIN}`;

/** Whether it came true within `PATIENCE_MS`. */
export async function until(is: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    if (await is()) return true;
    if (performance.now() > endMs) return false;
    await delay(100);
  }
}

/** For people: no bar is set by the time of a busy machine. */
export const told = (times: Readonly<Record<string, number>>): string =>
  Object.entries(times)
    .map(([place, ms]) => `${place} ${(ms / 1_000).toFixed(1)} s`)
    .join(", ");

const startPool = (pool: PoolName): Promise<readonly OriginProcess[]> =>
  Promise.all(
    POOLS[pool].map((address, at) =>
      new OriginProcess({ name: `${pool}-${at}`, pool, address }).start(),
    ),
  );
