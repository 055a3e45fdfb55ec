/**
 * Ordinary life on the planet: users ask, operators propose, endpoints die and return, the platform evicts and
 * recycles. After `noisyMs` it all stops but the users, so that everything has to come right.
 */
import { BEAT_MS_MIN } from "../../routing/limits.ts";
import { configObject, DEFAULT_ACCOUNT, REGIONS } from "../../routing/names.ts";
import type { Rng } from "../../routing/rng.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import type { Objects } from "../../workers/ports.ts";
import { Author, type Document, HOSTS } from "./documents.ts";
import { Fleet } from "./fleet.ts";
import { Planet, visitPath, type World } from "./planet.ts";
import { between, pick, rngFor, untilNext } from "./random.ts";
import type { Visit } from "./watcher.ts";

/** Means of Poisson streams. Each is short enough to happen several times in a run of a minute. */
const MEANS_MS = {
  visit: 500,
  proposal: 5_000,
  kill: 5_000,
  outage: 8_000,
  eviction: 2_500,
  recycle: 5_000,
} as const;
/** Of the evictions, those that wait for an object in the middle of a call. */
const MID_CALL_RATIO = 0.5;
/** Of the proposals, those after which ConfigStore vanishes while it brings the version out. */
const CUT_OFF_RATIO = 0.2;
const CUT_OFF_MS_MAX = 300;
/** Of the proposals, those by an operator who has not seen the newest version. */
const STALE_RATIO = 0.2;
/** At the end every isolate is asked once a beat for so long: an exchange needs a request to ride on. */
const ROLL_CALL_MS = 10_000;
/** Until then only the first version is accepted, and nothing is lost: a planet without any has nothing to check. */
const CALM_MS = 1_000;

export class Scenario {
  readonly #world: World;
  readonly #planet: Planet;
  readonly #fleet: Fleet;
  readonly #author: Author;
  readonly #operators: Objects;
  #document: Document;
  #visits = 0;

  constructor(world: World, colos: readonly string[]) {
    const { seed, timeline } = world;
    this.#world = world;
    this.#planet = new Planet(world, colos);
    this.#fleet = new Fleet(this.#planet, timeline, colos, rngFor(seed, "fleet"));
    this.#author = new Author(rngFor(seed, "author"));
    this.#document = this.#author.first();
    this.#operators = this.#planet.objectsFor({ name: "operator", life: { alive: true } });
  }

  get planet(): Planet {
    return this.#planet;
  }

  /** Schedules the whole run. */
  begin(noisyMs: number, quietMs: number): void {
    const { kernel, network, origins, timeline, watcher } = this.#world;
    const over = noisyMs + quietMs;
    this.#until(noisyMs, "proposals", MEANS_MS.proposal, (rng) => this.#propose(rng), 0);
    this.#until(over, "visits", MEANS_MS.visit, (rng) => this.#visitSomebody(rng), CALM_MS);
    this.#until(noisyMs, "kills", MEANS_MS.kill, (rng) => this.#kill(rng), MEANS_MS.kill);
    this.#until(noisyMs, "evictions", MEANS_MS.eviction, (rng) => this.#evict(rng), 1_000);
    this.#until(noisyMs, "recycles", MEANS_MS.recycle, (rng) => this.#fleet.recycle(rng), 3_000);
    network.quiet = true;
    kernel.schedule(CALM_MS, () => {
      network.quiet = false;
    });
    kernel.schedule(noisyMs, () => {
      timeline.note("quiet", "from here on nothing is lost, killed or changed");
      network.quiet = true;
      origins.restoreAll();
      watcher.quiet();
    });
    for (let ms = over - ROLL_CALL_MS; ms < over; ms += BEAT_MS_MIN) {
      kernel.schedule(ms, () => this.#rollCall());
    }
    kernel.schedule(over - 1_000, () => this.#inspect());
  }

  #until(
    endMs: number,
    name: string,
    meanMs: number,
    work: (rng: Rng) => void,
    firstMs: number,
  ): void {
    const { kernel, seed } = this.#world;
    const rng = rngFor(seed, name);
    const beginMs = kernel.nowMs;
    const again = () => {
      if (kernel.nowMs - beginMs >= endMs) return;
      work(rng);
      kernel.schedule(untilNext(meanMs, rng), again);
    };
    kernel.schedule(firstMs, again);
  }

  #propose(rng: Rng): void {
    const config = this.#operators.config(DEFAULT_ACCOUNT);
    const isStale = rng() < STALE_RATIO && !this.#world.network.quiet;
    const cutOffMs = rng() < CUT_OFF_RATIO ? between(1, CUT_OFF_MS_MAX, rng) : null;
    this.#work("propose", async () => {
      const current = await config.current();
      if (cutOffMs !== null) this.#cutOff(configObject(DEFAULT_ACCOUNT), cutOffMs);
      const next = current === null ? this.#document : this.#author.next(this.#document);
      await this.#send(config, next, isStale ? "0-stale" : (current?.etag ?? ""));
    });
  }

  #cutOff(object: string, inMs: number): void {
    const { kernel, network } = this.#world;
    kernel.schedule(inMs, () => {
      if (!network.quiet) this.#planet.objects.get(object)?.evict();
    });
  }

  async #send(config: ConfigObject, document: Document, expected: string): Promise<void> {
    const answer = await config.propose({ document, expected, actor: "operator", note: "" });
    const { timeline } = this.#world;
    if (!answer.ok) return timeline.note("proposal refused", JSON.stringify(answer.error));
    this.#document = document;
    timeline.note("version accepted", `${answer.value.version}`);
  }

  #kill(rng: Rng): void {
    const { kernel, origins } = this.#world;
    const all = Object.values(this.#document.pools).flatMap((pool) => pool.origins);
    const { address } = pick(all, rng);
    origins.kill(address);
    kernel.schedule(untilNext(MEANS_MS.outage, rng), () => origins.restore(address));
  }

  #evict(rng: Rng): void {
    const running = [...this.#planet.objects.values()].filter((host) => host.isRunning);
    const busy = running.filter((host) => host.isBusy);
    const chosen = busy.length > 0 && rng() < MID_CALL_RATIO ? busy : running;
    if (chosen.length > 0) pick(chosen, rng).evict();
  }

  #visitSomebody(rng: Rng): void {
    const member = pick(this.#fleet.members, rng);
    this.#visit(member, pick(HOSTS, rng));
  }

  #rollCall(): void {
    for (const member of this.#fleet.members) {
      for (const host of HOSTS) this.#visit(member, host);
    }
  }

  #visit({ colo, current }: Fleet["members"][number], host: string): void {
    const { kernel, timeline, watcher } = this.#world;
    this.#visits += 1;
    const visit: Visit = {
      number: this.#visits,
      host,
      colo,
      isolate: current.name,
      arrivedMs: kernel.nowMs,
    };
    timeline.note("visit", `${visit.number} ${host} at ${visit.isolate}`);
    watcher.arrived(visit);
    this.#work(`visit ${visit.number}`, async () => {
      const answer = await current.edge.fetch(requestOf(visit), (work) =>
        this.#work(`background of ${visit.isolate}`, () => work),
      );
      const contentType = answer.headers.get("Content-Type") ?? "";
      const body = await answer.text();
      timeline.note("answer", `${visit.number} ${answer.status} ${body.trim()}`);
      watcher.answered(visit, { status: answer.status, contentType, body });
    });
  }

  /** The operators look at everything once more. */
  #inspect(): void {
    for (const region of REGIONS) {
      this.#work(`status of ${region}`, () => this.#operators.region(region).status());
    }
    this.#work("pushes", () => this.#operators.config(DEFAULT_ACCOUNT).pushes());
  }

  #work(what: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.#world.watcher.failed(what, error));
  }
}

function requestOf({ number, host, colo }: Visit): Request {
  const headers = { host, "cf-connecting-ip": `203.0.113.${number % 256}` };
  const request = new Request(`https://${host}${visitPath(number)}`, { headers });
  Object.defineProperty(request, "cf", { value: { colo } });
  return request;
}
