/** The stage of one bad day: a planet, real servers, a zone at a DNS server where there is one; and what can be done to them. */
import { setTimeout as delay } from "node:timers/promises";
import { HOST, type Monitoring, POOL_NAMES, type PoolName, Stage } from "../stage.ts";
import type { Act } from "./days.ts";
import { auditOf, keptOf, newestVersion } from "./kept.ts";
import { swallow, tell, triesOf } from "./servers.ts";
import { type DnsWrite, dnsWrites, startZone, type Zone } from "./zone.ts";

export const MONITORING: Monitoring = { interval: 2, consecutiveUp: 2 };
/** A pool that is far from most colos: an operator's mistake that everybody notices. */
export const MISTAKEN: PoolName = "asia";
const MISTAKE = { default_pools: [MISTAKEN], fallback_pool: MISTAKEN, steering_policy: "off" };
/** No visitor notices it. */
const HARMLESS = { fallback_pool: "america" };
/** A change takes some tens of milliseconds from its sending to its answer. */
const MIDDLE_MS = 15;

export class Scene {
  readonly stage: Stage;
  readonly #zone: Zone | null;
  /** Ends the black hole that is open. */
  #thaw = () => {};
  /** Tries that servers counted before they were killed. */
  #counted = 0;
  /** The change under which the planet was killed. */
  #changing: Promise<unknown> = Promise.resolve();
  /** The version before the last change. */
  #before = 0;

  private constructor(stage: Stage, zone: Zone | null) {
    this.stage = stage;
    this.#zone = zone;
  }

  static async open(): Promise<Scene> {
    const zone = await startZone();
    try {
      const stage = await Stage.open(MONITORING, { ...zone?.more, keepsState: true });
      return new Scene(stage, zone);
    } catch (error) {
      await zone?.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#thaw();
    try {
      await this.stage.close();
    } finally {
      await this.#zone?.stop();
    }
  }

  /** Resolves when it is done: of what was killed, when it listens again. */
  async perform(act: Act): Promise<void> {
    const { stage } = this;
    switch (act.do) {
      case "kill":
        this.#counted += await triesOf(stage.origins(act.pool));
        await stage.kill(act.pool);
        return;
      case "bring-back":
        await stage.kill(act.pool);
        await stage.bringBack(act.pool);
        return;
      case "black-hole":
        this.#thaw = await swallow(stage.origins(act.pool));
        return;
      case "thaw":
        this.#thaw();
        return;
      case "behave": {
        const pools = act.pool === "all" ? POOL_NAMES : [act.pool];
        const among = act.firstOnly === true ? 1 : Number.POSITIVE_INFINITY;
        const told = pools.flatMap((pool) => stage.origins(pool).slice(0, among));
        await Promise.all(told.map((origin) => tell(origin, act)));
        return;
      }
      case "fault":
        await stage.planet.fault(...act.words);
        return;
      case "kill-planet":
        // Not awaited: the planet is killed before it has answered.
        this.#changing = (await this.#change(HARMLESS))().catch(() => {});
        await delay(MIDDLE_MS);
        stage.killPlanet();
        return;
      case "restart-planet":
        await this.#changing;
        await stage.restartPlanet();
        return;
      case "mistake":
        await (await this.#change(MISTAKE))();
        return;
      case "restore":
        await this.#restore();
        return;
    }
  }

  /** Of visitors' requests, at all servers, since they were started. */
  async tries(): Promise<number> {
    const origins = POOL_NAMES.flatMap((pool) => this.stage.origins(pool));
    return this.#counted + (await triesOf(origins));
  }

  /** What the restarted planet says of the change under which it was killed. */
  async kept(): Promise<string> {
    const { planet } = this.stage;
    return keptOf(this.#before, await newestVersion(planet), await auditOf(planet));
  }

  /** `null` where there is no zone. */
  async dnsWrites(): Promise<readonly DnsWrite[] | null> {
    return this.#zone === null ? null : dnsWrites(this.stage.planet);
  }

  /** Remembers the version before; the answer sends the change. */
  async #change(how: Readonly<Record<string, unknown>>): Promise<() => Promise<void>> {
    const { planet } = this.stage;
    this.#before = await newestVersion(planet);
    const document = JSON.parse((await planet.api("/v1/config")).text) as {
      load_balancers: Record<string, object>;
    };
    document.load_balancers[HOST] = { ...document.load_balancers[HOST], ...how };
    const body = JSON.stringify(document);
    const headers = { "content-type": "application/json" };
    return () => accepted(planet.api("/v1/config", { method: "PUT", headers, body }));
  }

  async #restore(): Promise<void> {
    const path = `/v1/versions/${this.#before}/restore`;
    await accepted(this.stage.planet.api(path, { method: "POST" }));
  }
}

async function accepted(asked: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await asked;
  if (status >= 300) throw new Error(`the change was refused: ${status} ${text}`);
}
