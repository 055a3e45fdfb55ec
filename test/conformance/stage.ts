/** The running planet of the conformance tests: backends in processes of their own, one document per case. */
import { randomUUID } from "node:crypto";
import { type Answer, ask } from "../../local/ask.ts";
import { COLO_NAMES } from "../../local/colos.ts";
import type { SpawnedPlanet, Visit } from "../../local/spawn.ts";
import { startPlanet } from "../e2e/planet.ts";
import { OriginProcess } from "../origins/process.ts";
import { until } from "../workers/edge/harness/until.ts";
import type { Backend, ConformanceCase } from "./case.ts";

const BACKENDS: readonly Backend[] = ["v1", "v2", "v3"];

/** What a backend said of the request that reached it. */
export interface Echo {
  readonly backend: Backend;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One case on its planet. */
export interface Stage {
  /** The hostname that stands for the case's gateway. */
  readonly gateway: string;
  readonly planet: SpawnedPlanet;
  /** Where its visitors enter. */
  readonly colo: string;
  get(host: string, target: string, visit?: Visit): Promise<Answer>;
  /** Requests with `?id=ID` that reached a backend, copies among them. */
  seen(backend: Backend, id: string): Promise<readonly Omit<Echo, "backend">[]>;
}

/** An operators' document. */
export interface Document {
  readonly pools: Readonly<Record<string, object>>;
  readonly load_balancers?: Readonly<Record<string, object>>;
  readonly http_routes?: readonly object[];
}

export const echoOf = (answer: Answer): Echo => JSON.parse(answer.text) as Echo;
export const newId = (): string => randomUUID();

export class Theatre {
  readonly planet: SpawnedPlanet;
  readonly #origins: ReadonlyMap<Backend, OriginProcess>;
  #cases = 0;

  private constructor(planet: SpawnedPlanet, origins: ReadonlyMap<Backend, OriginProcess>) {
    this.planet = planet;
    this.#origins = origins;
  }

  static async open(): Promise<Theatre> {
    const started = BACKENDS.map((name) =>
      new OriginProcess({ name, pool: name, script: "echo.ts" }).start(),
    );
    const [planet, ...origins] = await Promise.all([startPlanet(), ...started]);
    return new Theatre(planet, new Map(BACKENDS.map((name, at) => [name, origins[at] as never])));
  }

  async close(): Promise<void> {
    await this.planet.stop();
    await Promise.all([...this.#origins.values()].map((origin) => origin.kill()));
  }

  /** Pools by the names of the backends. */
  pools(): Record<string, object> {
    const pools = [...this.#origins].map(([name, { port }]) => {
      const origins = [{ name, address: "http://127.0.0.1", port }];
      return [name, { origins }] as const;
    });
    return Object.fromEntries(pools);
  }

  /** Applies the case's manifests and waits until the edge obeys them. */
  async set({ name, routes }: Pick<ConformanceCase, "name" | "routes">): Promise<Stage> {
    const gateway = `${name.toLowerCase()}.example`;
    const manifests = routes.map((route) => manifestOf(route, gateway));
    return this.apply(gateway, { pools: this.pools(), http_routes: manifests });
  }

  /** Applies a document and waits until the colo that the stage's visitors enter at, and the others, obey it. */
  async apply(gateway: string, document: Document, others: readonly string[] = []): Promise<Stage> {
    // A colo that was not asked for some seconds looks into KV itself instead of waiting for its region's beat.
    const colo = COLO_NAMES[this.#cases % COLO_NAMES.length] ?? "";
    this.#cases += 1;
    const mark = `version-${this.#cases}.example`;
    const http_routes = [...(document.http_routes ?? []), markOf(mark)];
    const put = await this.planet.api("/v1/config", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...document, http_routes }),
    });
    if (put.status >= 300) throw new Error(`The document was refused: ${put.text}`);
    const get = (host: string, target: string, visit: Visit = {}) =>
      this.planet.get(host, target, { colo, ...visit });
    for (const at of [colo, ...others]) {
      await until(async () => (await get(mark, "/", { colo: at })).status === 308, SOON_MS);
    }
    const seen = async (backend: Backend, id: string) =>
      JSON.parse((await ask(`${this.#origins.get(backend)?.url}/seen/${id}`)).text);
    return { gateway, planet: this.planet, colo, get, seen };
  }
}

/** Long enough for the beat of a busy machine. */
const SOON_MS = 15_000;

const manifestOf = (
  { name, hostnames, rules }: ConformanceCase["routes"][number],
  gateway: string,
) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, namespace: "infra" },
  spec: { parentRefs: [{ name: "same-namespace" }], hostnames: hostnames ?? [gateway], rules },
});

/** A host of its own version: who answers for it has that version. It touches no backend. */
const markOf = (hostname: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "version", namespace: "test" },
  spec: {
    hostnames: [hostname],
    rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { statusCode: 308 } }] }],
  },
});
