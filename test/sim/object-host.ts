/**
 * One Durable Object as the platform keeps it: at most one instance, storage and alarm that outlive it.
 *
 * `evict` ends the instance between any two steps: calls in flight reject, its timers and replies fall silent,
 * and whatever of it still runs is refused by the storage. The next call or alarm builds it anew.
 */
import { invariant } from "../../routing/result.ts";
import type { Alarm, Sql } from "../../workers/ports.ts";
import { openDatabase } from "../helpers/sqlite.ts";
import type { Kernel, Life } from "./kernel.ts";
import type { Timeline } from "./timeline.ts";

/** Source: Alarms, Cloudflare Workers documentation: from 2 s, doubled, at most 6 retries. */
const ALARM_RETRY_FIRST_MS = 2_000;
const ALARM_RETRIES_MAX = 6;

export interface Instance {
  alarm?(): Promise<void>;
}

/** What an instance is built with; the world adds the rest of its ports. */
export interface Body {
  readonly life: Life;
  readonly sql: Sql;
  readonly alarm: Alarm;
}

interface Running<T> {
  readonly life: Life;
  readonly object: T;
  readonly inFlight: Set<(reason: Error) => void>;
}

export class ObjectHost<T extends Instance> {
  readonly name: string;
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #construct: (body: Body) => T;
  readonly #database = openDatabase();
  #running: Running<T> | null = null;
  #generation = 0;
  #alarmAtMs: number | null = null;
  #alarmRetries = 0;
  #isRinging = false;
  #cancelAlarm: () => void = () => {};

  constructor(name: string, kernel: Kernel, timeline: Timeline, construct: (body: Body) => T) {
    this.name = name;
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#construct = construct;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  get isBusy(): boolean {
    return (this.#running?.inFlight.size ?? 0) > 0;
  }

  /** Counts the instances there have been. */
  get generation(): number {
    return this.#generation;
  }

  /** Runs `method` in the instance; rejects when it is evicted meanwhile. */
  call<R>(method: (object: T) => Promise<R>): Promise<R> {
    const running = this.#started();
    return new Promise<R>((resolve, reject) => {
      running.inFlight.add(reject);
      const done = (settle: () => void) => () => {
        if (running.inFlight.delete(reject)) settle();
      };
      method(running.object).then(
        (value) => done(() => resolve(value))(),
        (error: unknown) => done(() => reject(error))(),
      );
    });
  }

  evict(): void {
    const running = this.#running;
    if (running === null) return;
    this.#timeline.note(running.inFlight.size > 0 ? "eviction mid-call" : "eviction", this.name);
    this.#running = null;
    running.life.alive = false;
    for (const reject of running.inFlight) reject(new Error("The Durable Object was reset."));
    running.inFlight.clear();
  }

  /** The end of the run: nobody is told. */
  close(): void {
    if (this.#running !== null) this.#running.life.alive = false;
    this.#database.close();
  }

  #started(): Running<T> {
    if (this.#running !== null) return this.#running;
    this.#timeline.note("object start", this.name);
    this.#generation += 1;
    const life: Life = { alive: true };
    const object = this.#construct({ life, sql: this.#sql(life), alarm: this.#alarm(life) });
    this.#running = { life, object, inFlight: new Set() };
    return this.#running;
  }

  #sql(life: Life): Sql {
    return {
      run: (statement, ...parameters) => {
        this.#refuseTheDead(life);
        return this.#database.run(statement, ...parameters);
      },
      transaction: (body) => {
        this.#refuseTheDead(life);
        return this.#database.transaction(body);
      },
    };
  }

  #alarm(life: Life): Alarm {
    return {
      get: async () => {
        this.#refuseTheDead(life);
        return this.#alarmAtMs;
      },
      set: async (atMs) => {
        this.#refuseTheDead(life);
        invariant(Number.isFinite(atMs), `the alarm of ${this.name} is set to a time`);
        this.#arm(atMs);
      },
    };
  }

  #refuseTheDead(life: Life): void {
    if (!life.alive) throw new Error("This instance was superseded: its storage is closed to it.");
  }

  #arm(atMs: number): void {
    this.#cancelAlarm();
    this.#alarmAtMs = atMs;
    this.#cancelAlarm = this.#kernel.schedule(atMs - this.#kernel.nowMs, () => this.#ring());
  }

  /** At least once, never twice at a time: an alarm that falls due while the handler runs waits for its end. */
  #ring(): void {
    if (this.#isRinging) return;
    this.#isRinging = true;
    this.#alarmAtMs = null;
    this.#timeline.note("alarm", this.name);
    this.call(async (object) => object.alarm?.()).then(
      () => this.#rang(true),
      () => this.#rang(false),
    );
  }

  #rang(succeeded: boolean): void {
    this.#isRinging = false;
    if (succeeded) this.#alarmRetries = 0;
    else this.#timeline.note("alarm cut off", this.name);
    const dueMs = this.#alarmAtMs;
    if (dueMs !== null) {
      if (dueMs <= this.#kernel.nowMs) this.#arm(this.#kernel.nowMs);
      return;
    }
    if (succeeded || this.#alarmRetries >= ALARM_RETRIES_MAX) return;
    this.#arm(this.#kernel.nowMs + ALARM_RETRY_FIRST_MS * 2 ** this.#alarmRetries);
    this.#alarmRetries += 1;
  }
}
