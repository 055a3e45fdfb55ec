/**
 * Life on the planet: users ask, operators propose, and things go wrong as the mix and the seed say. After `noisyMs` it all stops
 * but the users, so that everything has to come right.
 */
import { configObject, DEFAULT_ACCOUNT, type Region } from "../../routing/names.ts";
import type { Rng } from "../../routing/rng.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import type { Objects } from "../../workers/ports.ts";
import { Author, addressesFor, type Document, HOSTS } from "./documents.ts";
import { Faults } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import type { Act, Mix } from "./mixes.ts";
import { Planet, visitPath, type World } from "./planet.ts";
import { between, pick, rngFor, untilNext } from "./random.ts";
import type { Visit } from "./watcher.ts";

const RECYCLED_EVERY_MS = 5_000;
/** Of the proposals, those after which ConfigStore vanishes while it brings the version out. */
const CUT_OFF_RATIO = 0.2;
const CUT_OFF_MS_MAX = 300;
/** Of the proposals, those by an operator who has not seen the newest version, and those that two make at once. */
const STALE_RATIO = 0.2;
const RACE_RATIO = 0.4;
const RACE_MS_MAX = 150;
/** So long before the end every isolate is asked: an exchange needs a request to ride on. */
const ROLL_CALLS_MS = [8_000, 5_000, 3_000, 2_000, 1_000];
/** Visits of the quiet phase have less to find. */
const QUIET_VISITS_RATIO = 4;
/** Until then only the first version is accepted, and nothing is lost: a planet without any has nothing to check. */
const CALM_MS = 1_000;
/** Somebody looks at every region so often in the quiet phase: the waker from outside of those without edges. */
const LOOK_EVERY_MS = 5_000;
/** Late proposals have arrived by then. */
const LEFT_DEAD_AFTER_MS = 1_500;

export class Scenario {
  readonly #world: World;
  readonly #mix: Mix;
  readonly #planet: Planet;
  readonly #fleet: Fleet;
  readonly #faults: Faults;
  readonly #author: Author;
  readonly #operators: Objects;
  readonly #newest: () => Document | null;
  #document: Document;
  #visits = 0;
  #calls = 0;

  constructor(
    world: World,
    mix: Mix,
    place: { readonly colos: readonly string[]; readonly regions: readonly Region[] },
    newest: () => Document | null,
  ) {
    const { seed, timeline } = world;
    this.#world = world;
    this.#mix = mix;
    this.#newest = newest;
    this.#planet = new Planet(world, place.colos, place.regions);
    this.#fleet = new Fleet(this.#planet, timeline, place.colos, rngFor(seed, "fleet"));
    this.#author = new Author(rngFor(seed, "author"), mix.monitor, mix.endpoints);
    this.#document = this.#author.first();
    this.#faults = new Faults(world, this.#planet, () => addressesIn(this.#document));
    this.#operators = this.#planet.objectsFor({ name: "operator", life: { alive: true } });
  }

  get planet(): Planet {
    return this.#planet;
  }

  /** Schedules the whole run. */
  begin(): void {
    const { kernel, luck, network, origins } = this.#world;
    const { noisyMs, quietMs, visitEveryMs, proposalEveryMs } = this.#mix;
    const over = noisyMs + quietMs;
    network.weather = this.#faults;
    network.quiet = true;
    origins.noiseRatio = this.#mix.noiseRatio;
    this.#propose(rngFor(this.#world.seed, "first proposal"));
    const visit = (rng: Rng) => this.#visitSomebody(rng);
    const quietEveryMs = QUIET_VISITS_RATIO * visitEveryMs;
    this.#until(noisyMs, "visits", visitEveryMs, visit, CALM_MS);
    this.#until(over, "quiet visits", quietEveryMs, visit, noisyMs);
    if (proposalEveryMs !== null) {
      this.#until(noisyMs, "proposals", proposalEveryMs, (rng) => this.#propose(rng), CALM_MS);
    } else this.#untilAccepted();
    if (luck.has("isolates recycled")) {
      this.#until(noisyMs, "recycles", RECYCLED_EVERY_MS, (rng) => this.#fleet.recycle(rng), 3_000);
    }
    kernel.schedule(CALM_MS, () => {
      network.quiet = false;
      this.#faults.begin();
    });
    for (const act of this.#mix.acts) kernel.schedule(act.atMs, () => this.#act(act));
    kernel.schedule(noisyMs, () => this.#calmDown());
    for (const ms of ROLL_CALLS_MS) kernel.schedule(over - ms, () => this.#rollCall(ms));
    for (let ms = noisyMs + LOOK_EVERY_MS; ms < over; ms += LOOK_EVERY_MS) {
      kernel.schedule(ms, () => this.#look());
    }
    kernel.schedule(over - 1_000, () => this.#inspect());
  }

  #calmDown(): void {
    const { kernel, network, timeline, watcher } = this.#world;
    timeline.note("quiet", "from here on nothing is lost, killed or changed");
    network.quiet = true;
    this.#faults.end();
    watcher.quiet();
    if (this.#mix.leavesOneDead) {
      kernel.schedule(LEFT_DEAD_AFTER_MS, () => this.#leaveOneDead());
    }
  }

  /** One endpoint stays dead, where every host has another: by the end everybody must know it, and no visitor feel it. */
  #leaveOneDead(): void {
    const document = this.#newest();
    if (document === null) return;
    const { origins, seed, timeline } = this.#world;
    const hosts = Object.keys(document.load_balancers).map((host) => addressesFor(document, host));
    const spare = [...new Set(hosts.flatMap((addresses) => [...addresses]))].filter((address) =>
      hosts.every((addresses) => addresses.size > 1 || !addresses.has(address)),
    );
    if (spare.length === 0) return;
    const address = pick(spare, rngFor(seed, "left dead"));
    timeline.note("left dead", address);
    origins.strike(address, "dead");
  }

  #act(act: Act): void {
    const { kernel, luck } = this.#world;
    const rng = rngFor(this.#world.seed, act.does);
    if (luck.isOver) return;
    if (act.does === "strike")
      this.#faults.strike(pick(addressesIn(this.#document), rng), act.ailment);
    if (act.does === "take objects") kernel.schedule(act.forMs, this.#faults.takeObjects());
    if (act.does === "kill all at step") this.#killAllAtStep();
  }

  /** One more change, and so many steps into it every object ends. */
  #killAllAtStep(): void {
    const { kernel, seed, timeline } = this.#world;
    this.#propose(rngFor(seed, "killed"));
    const first = kernel.steps;
    const atStep = 1 + (seed % STEPS_OF_A_CHANGE);
    kernel.afterEachStep(() => {
      if (kernel.steps !== first + atStep) return;
      timeline.note("all objects end", `${atStep} steps into a change`);
      for (const host of this.#planet.objects.values()) host.evict("object gone");
    });
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

  #untilAccepted(): void {
    const { kernel, seed } = this.#world;
    kernel.schedule(CALM_MS, () => {
      if (this.#newest() !== null) return;
      this.#propose(rngFor(seed, "first proposal"));
      this.#untilAccepted();
    });
  }

  #propose(rng: Rng): void {
    const { kernel, luck, network, timeline } = this.#world;
    const config = this.#operators.config(DEFAULT_ACCOUNT);
    const isStale = rng() < STALE_RATIO && !network.quiet;
    const cutOffMs =
      luck.has("objects evicted") && rng() < CUT_OFF_RATIO ? between(1, CUT_OFF_MS_MAX, rng) : null;
    const raceMs =
      luck.has("operators race") && rng() < RACE_RATIO ? between(0, RACE_MS_MAX, rng) : null;
    this.#work("propose", async () => {
      const current = await config.current();
      if (cutOffMs !== null) this.#cutOff(configObject(DEFAULT_ACCOUNT), cutOffMs);
      const expected = isStale ? "0-stale" : (current?.etag ?? "");
      const next = () => (current === null ? this.#document : this.#author.next(this.#document));
      if (raceMs !== null && current !== null) {
        timeline.note("operators race", expected);
        kernel.schedule(raceMs, () =>
          this.#work("propose", () => this.#send(config, next(), expected)),
        );
      }
      await this.#send(config, next(), expected);
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

  #visitSomebody(rng: Rng): void {
    const member = pick(this.#fleet.members, rng);
    this.#visit(member, pick(HOSTS, rng));
  }

  /** Every isolate serves some host, and towards the end all of them. */
  #rollCall(beforeEndMs: number): void {
    this.#calls += 1;
    for (const member of this.#fleet.members) {
      const isLast = beforeEndMs === ROLL_CALLS_MS.at(-2);
      const hosts = isLast ? HOSTS : [HOSTS[this.#calls % HOSTS.length] ?? HOSTS[0]];
      for (const host of hosts) this.#visit(member, host);
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

  #look(): void {
    for (const region of this.#planet.regions) {
      this.#work(`status of ${region}`, () => this.#operators.region(region).status());
    }
    this.#work("pushes", () => this.#operators.config(DEFAULT_ACCOUNT).pushes());
  }

  /** The operators look at everything once more. */
  #inspect(): void {
    const config = this.#operators.config(DEFAULT_ACCOUNT);
    this.#look();
    this.#work("audit", () => config.audit(0));
    this.#work("versions", () => config.versions());
  }

  #work(what: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.#world.watcher.failed(what, error));
  }
}

/** About as many as a change takes until everybody has it. */
const STEPS_OF_A_CHANGE = 80;

const addressesIn = (document: Document): readonly string[] =>
  Object.values(document.pools).flatMap(({ origins }) => origins.map(({ address }) => address));

function requestOf({ number, host, colo }: Visit): Request {
  const headers = { host, "cf-connecting-ip": `203.0.113.${number % 256}` };
  const request = new Request(`https://${host}${visitPath(number)}`, { headers });
  Object.defineProperty(request, "cf", { value: { colo } });
  return request;
}
