/**
 * The ports of one Durable Object over virtual time and `node:sqlite`, with a switch that ends the instance at any
 * step: the plain classes can then be tested without a runtime, crash by crash.
 *
 * A step is one call of a port. When the instance ends at a step, the step's effect has happened or not, as the test
 * chose; whatever that instance still tries is refused.
 */
import type {
  ConnectPort,
  FetchPort,
  KeyValueStore,
  ObjectPorts,
  RegionObject,
  StateObjects,
} from "../../workers/ports.ts";
import { Kernel, type Life } from "../sim/kernel.ts";
import { chanceFrom, rngFor } from "../sim/random.ts";
import { type Database, openDatabase } from "./sqlite.ts";

export interface Crash {
  /** Counted from 1 over all instances. */
  readonly atStep: number;
  readonly after: "the effect" | "nothing";
}

export interface WorldParts {
  readonly fetch?: FetchPort;
  readonly connect?: ConnectPort;
  readonly objects?: Partial<StateObjects>;
  readonly crash?: Crash;
}

const unused = (what: string) => () => {
  throw new Error(`this test gives no ${what}`);
};

export class ObjectWorld {
  readonly kernel = new Kernel();
  readonly database: Database = openDatabase();
  readonly kv = new Map<string, string>();
  readonly kvCalls: string[] = [];
  kvDown = false;
  alarmAtMs: number | null = null;
  steps = 0;
  /** True from the crash until the next `ports`. */
  crashed = false;
  readonly #parts: WorldParts;
  #life: Life = { alive: true };
  #isRinging = false;

  constructor(parts: WorldParts = {}) {
    this.#parts = parts;
  }

  /** The ports of a new instance; the one before is dead from now on. */
  ports(): ObjectPorts {
    this.end();
    this.crashed = false;
    const life: Life = { alive: true };
    this.#life = life;
    const { fetch, connect, objects } = this.#parts;
    const later =
      <A extends unknown[], T>(call: (...given: A) => Promise<T>) =>
      (...given: A) =>
        this.#step(life, () => call(...given));
    return {
      clock: this.kernel.clock,
      timers: this.kernel.timers(life),
      chance: chanceFrom(rngFor(1, "object")),
      sql: {
        run: (statement, ...parameters) =>
          this.#step(life, () => this.database.run(statement, ...parameters)),
        transaction: (body) => this.#step(life, () => this.database.transaction(body)),
      },
      alarm: {
        get: later(async () => this.alarmAtMs),
        set: later(async (atMs: number) => {
          this.alarmAtMs = atMs;
        }),
      },
      fetch: later(fetch ?? unused("fetch")),
      connect: later(connect ?? unused("connect")),
      objects: {
        region: (region) =>
          ({
            ...objects?.region?.(region),
            push: later(async (push) => {
              const object = objects?.region?.(region);
              return object === undefined ? unused("region")() : object.push(push);
            }),
          }) as RegionObject,
        prober: objects?.prober ?? unused("prober"),
        config: objects?.config ?? unused("config"),
        directory: objects?.directory ?? unused("directory"),
      },
      kv: this.#kv(later),
    };
  }

  /** Ends the running instance between two steps. */
  end(): void {
    this.#life.alive = false;
    this.#isRinging = false;
  }

  /** Rings the alarm when its time comes, for `durationMs`; `alarm` finds the instance of the moment. */
  async run(durationMs: number, alarm: () => Promise<void>): Promise<void> {
    const untilMs = this.kernel.nowMs + durationMs;
    while (this.kernel.nowMs < untilMs) {
      const dueMs = Math.max(this.alarmAtMs ?? untilMs, this.kernel.nowMs);
      await this.kernel.run(Math.min(dueMs, untilMs) - this.kernel.nowMs);
      if (this.crashed) return;
      if (this.alarmAtMs === null || this.alarmAtMs > this.kernel.nowMs) continue;
      if (!this.#isRinging) this.#ring(alarm);
      await this.kernel.run(1);
    }
  }

  /** As on the platform, an alarm that falls due while the handler runs waits for its end. */
  #ring(alarm: () => Promise<void>): void {
    this.alarmAtMs = null;
    this.#isRinging = true;
    const ended = () => {
      this.#isRinging = false;
    };
    alarm().then(ended, ended);
  }

  #kv(
    later: <A extends unknown[], T>(
      call: (...given: A) => Promise<T>,
    ) => (...given: A) => Promise<T>,
  ): KeyValueStore {
    const check = () => {
      if (this.kvDown) throw new Error("KV is down");
    };
    return {
      get: later(async (key: string) => this.kv.get(key) ?? null),
      put: later(async (key: string, value: string) => {
        this.kvCalls.push(`put ${key}`);
        check();
        this.kv.set(key, value);
      }),
      delete: later(async (key: string) => {
        this.kvCalls.push(`delete ${key}`);
        check();
        this.kv.delete(key);
      }),
    };
  }

  #step<T>(life: Life, effect: () => T): T {
    if (!life.alive) throw new Error("This instance has ended.");
    this.steps += 1;
    const crash = this.#parts.crash;
    if (crash?.atStep !== this.steps) return effect();
    if (crash.after === "the effect") effect();
    life.alive = false;
    this.crashed = true;
    throw new Error("The instance was made to end here.");
  }
}
