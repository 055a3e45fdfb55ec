/**
 * One of the three that keep a zone in step: a ledger with its own storage, which crashes, is superseded, and is told of new versions late.
 *
 * A superseded instance goes on beside its successor, on the same storage: the platform says that it may until it next touches storage, and
 * here it may touch it as well, so that the product's own lease and stamp must do.
 */

import { documents } from "../../../durable-objects/storage/documents.ts";
import type { Guard } from "../../../routing/dns/guard.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import type { Sight } from "../../../routing/health/quorum.ts";
import { REGIONS } from "../../../routing/names.ts";
import { ok } from "../../../routing/result.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { EndpointId } from "../../../routing/units.ts";
import type { Provider } from "../../../workers/central/dns/provider.ts";
import { Ledger } from "../../../workers/central/sync/ledger.ts";
import { readMemory } from "../../../workers/central/sync/memory.ts";
import type { Sql } from "../../../workers/ports.ts";
import { type Database, openDatabase } from "../../helpers/sqlite.ts";
import type { Kernel, Life } from "../kernel.ts";
import { chanceFrom } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import { HealthChecker } from "./check-health.ts";
import { UNDOER } from "./operator.ts";

export interface SyncerWorld {
  readonly kernel: Kernel;
  readonly timeline: Timeline;
  readonly guards?: readonly Guard[];
  /** `actorOf` says who is writing, as the history has it. */
  provider(who: string, actorOf: () => string): Provider;
  /** What the configuration store tells this one; throws when it does not answer. */
  intent(who: string): Intent;
  /** What a region says; throws when it does not answer. */
  sight(region: string): Sight;
  /** The truth of it, for the checker. */
  calledDown(): ReadonlySet<EndpointId>;
  sql(shipped: Sql): Sql;
  violated(sentence: string): void;
}

export class Syncer {
  readonly name: string;
  readonly #world: SyncerWorld;
  readonly #rng: Rng;
  readonly #database: Database = openDatabase();
  readonly #health: HealthChecker;
  /** Somebody was told that it is. */
  shouldBeFrozen = false;
  #life: Life = { alive: true };
  #ledger: Ledger;
  #cancelAlarm: () => void = () => {};
  #alarmAtMs: number | null = null;

  constructor(name: string, world: SyncerWorld, rng: Rng) {
    this.name = name;
    this.#world = world;
    this.#rng = rng;
    this.#health = new HealthChecker(name, this.#database, world.violated);
    this.#ledger = this.#start();
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** Ends the instance between any two steps; the next begins with what is stored, and its alarm rings. */
  crash(): void {
    this.#world.timeline.note("crash", this.name);
    this.#life.alive = false;
    this.#ledger = this.#start();
  }

  /** A second instance, while the first does not know of it. */
  supersede(): void {
    this.#world.timeline.note("superseded", this.name);
    this.#ledger = this.#start();
  }

  close(): void {
    this.#life.alive = false;
    this.#cancelAlarm();
  }

  #start(): Ledger {
    const life: Life = { alive: true };
    this.#life = life;
    const { kernel, guards } = this.#world;
    let wanted: Intent | null = null;
    const alive = () => {
      if (!life.alive) throw new Error("This instance has ended: its storage is closed to it.");
    };
    const ledger = new Ledger(
      {
        clock: kernel.clock,
        timers: kernel.timers(life),
        chance: chanceFrom(this.#rng),
        sql: this.#world.sql({
          run: (statement, ...parameters) => {
            alive();
            return this.#database.run(statement, ...parameters);
          },
          transaction: (body) => {
            alive();
            return this.#database.transaction(body);
          },
        }),
        alarm: {
          get: async () => this.#alarmAtMs,
          set: async (atMs) => {
            alive();
            this.#arm(atMs);
          },
        },
        fetch: () => Promise.reject(new Error("nobody asks the edge here")),
        dial: () => Promise.reject(new Error("nobody dials here")),
        objects: {
          region: (region) =>
            ({
              status: async () => {
                if (region === REGIONS[0]) this.#looks(wanted);
                return this.#world.sight(region);
              },
            }) as never,
          config: () =>
            ({
              intent: async () => {
                wanted = this.#world.intent(this.name);
                return wanted;
              },
            }) as never,
        },
        credentials: async () => ok(null),
        isFrozen: () => false,
      },
      {
        account: "default",
        zone: "shop.test",
        makeProvider: () => ok(this.#dyingWith(life)),
        ...(guards === undefined ? {} : { guards }),
      },
    );
    this.#arm(kernel.nowMs);
    return ledger;
  }

  /** An instance that has ended hears no answer. */
  #dyingWith(life: Life): Provider {
    const provider = this.#world.provider(this.name, () => this.#actor());
    const heard = <T>(answer: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        answer.then(
          (value) => life.alive && resolve(value),
          (error: unknown) => life.alive && reject(error),
        );
      });
    return {
      ...provider,
      populate: (signal) => heard(provider.populate(signal)),
      write: (batch, signal) => {
        const isUndo = this.#actor() === UNDOER;
        if ((this.isFrozen || this.shouldBeFrozen) !== isUndo) {
          this.#world.violated(
            isUndo ? `${this.name} undoes and is not frozen` : `${this.name} is frozen and wrote`,
          );
        }
        return heard(provider.write(batch, signal));
      },
    };
  }

  get isFrozen(): boolean {
    return readMemory(documents(this.#database)).frozen;
  }

  /** There is never more than one writer, and his entry is the newest. */
  #actor(): string {
    const [newest] = this.#database.run("SELECT actor FROM history ORDER BY sequence DESC LIMIT 1");
    return String(newest?.["actor"]);
  }

  #looks(wanted: Intent | null): void {
    const { kernel } = this.#world;
    const down = this.#world.calledDown();
    this.#health.look({ atMs: kernel.nowMs, down, pools: wanted?.pools ?? [] });
  }

  #arm(atMs: number): void {
    const { kernel } = this.#world;
    this.#cancelAlarm();
    this.#alarmAtMs = atMs;
    this.#cancelAlarm = kernel.schedule(atMs - kernel.nowMs, () => {
      this.#alarmAtMs = null;
      this.#ledger.alarm();
    });
  }
}
