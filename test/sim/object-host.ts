/**
 * One Durable Object as the platform keeps it: at most one instance, storage and alarm that outlive it.
 *
 * `evict` ends the instance between any two steps: calls in flight reject, its timers and replies fall silent,
 * and whatever of it still runs is refused by the storage. The next call or alarm builds it anew. `supersede` builds the next one
 * while the last goes on with what it had begun: the platform stops that one only where it touches storage.
 */
import { invariant } from "../../routing/result.ts";
import type { Alarm, Clock, Sql } from "../../workers/ports.ts";
import { type Database, openDatabase } from "../helpers/sqlite.ts";
import type { Kernel, Life } from "./kernel.ts";
import type { Timeline } from "./timeline.ts";

/** Source: Alarms, Cloudflare Workers documentation: from 2 s, doubled, at most 6 retries. */
const ALARM_RETRY_FIRST_MS = 2_000;
const ALARM_RETRIES_MAX = 6;

export interface Instance {
  alarm?(): Promise<void>;
}

/** What the platform does to an alarm; `lateMs` = 0: nothing. */
export interface AlarmFate {
  readonly does: "ring" | "ring twice" | "never ring";
  readonly lateMs: number;
}

/** The machine that an object lives on. */
export interface Machine {
  /** How far its clock is ahead; alarms go by it too. */
  readonly skewMs: number;
  alarmFate(): AlarmFate;
}

const SOUND: Machine = { skewMs: 0, alarmFate: () => ({ does: "ring", lateMs: 0 }) };

/** What an instance is built with; the world adds the rest of its ports. */
export interface Body {
  readonly life: Life;
  readonly clock: Clock;
  readonly sql: Sql;
  readonly alarm: Alarm;
}

interface Running<T> {
  readonly life: Life;
  /** No other instance has taken its place. */
  readonly storage: Life;
  readonly generation: number;
  readonly object: T;
  readonly inFlight: Set<(reason: Error) => void>;
}

export class ObjectHost<T extends Instance> {
  readonly name: string;
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  readonly #construct: (body: Body) => T;
  #opened: Database | null = null;
  #running: Running<T> | null = null;
  #generation = 0;
  #alarmAtMs: number | null = null;
  #alarmRetries = 0;
  /** Which ring is being handled; 0 = none is. */
  #ringing = 0;
  #rings = 0;
  #cancelAlarm: () => void = () => {};
  #transactions = 0;
  #crash: "before" | "after" | null = null;
  readonly #machine: Machine;
  /** Nobody reaches it. */
  isGone = false;

  constructor(
    name: string,
    kernel: Kernel,
    timeline: Timeline,
    construct: (body: Body) => T,
    machine: Machine = SOUND,
  ) {
    this.name = name;
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#construct = construct;
    this.#machine = machine;
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
  call<R>(method: (object: T, generation: number) => Promise<R>): Promise<R> {
    if (this.isGone) return Promise.reject(new Error("Network connection lost."));
    const running = this.#started();
    return new Promise<R>((resolve, reject) => {
      running.inFlight.add(reject);
      const done = (settle: () => void) => () => {
        if (running.inFlight.delete(reject)) settle();
      };
      method(running.object, running.generation).then(
        (value) => done(() => resolve(value))(),
        (error: unknown) => done(() => reject(error))(),
      );
    });
  }

  evict(why = "eviction"): void {
    const running = this.#running;
    if (running === null) return;
    this.#timeline.note(running.inFlight.size > 0 ? `${why} mid-call` : why, this.name);
    this.#running = null;
    running.life.alive = false;
    running.storage.alive = false;
    for (const reject of running.inFlight) reject(new Error("The Durable Object was reset."));
    running.inFlight.clear();
  }

  /** The next instance takes over; the last is not told, and its calls go on until they touch storage. */
  supersede(): void {
    const running = this.#running;
    if (running === null) return;
    this.#timeline.note("superseded", this.name);
    running.storage.alive = false;
    this.#running = null;
    // Nobody knows whether its alarm was handled, so it is rung again.
    if (this.#ringing > 0) this.#rang(false);
    this.#started();
  }

  /** The instance ends where it next commits: right before, with nothing stored, or right after, with nobody told; `null`: it does not. */
  crashAtCommit(when: "before" | "after" | null): void {
    this.#crash = when;
  }

  /** What is stored, as the next instance would find it; nothing of it can be changed. */
  read(): Sql {
    return { run: (...of) => this.#database.run(...of), transaction: (body) => body() };
  }

  /** The end of the run: nobody is told. */
  close(): void {
    if (this.#running !== null) this.#running.life.alive = false;
    this.#opened?.close();
  }

  /** Opened by the first who stores anything: most hosts of a short run never do. */
  get #database(): Database {
    this.#opened ??= openDatabase();
    return this.#opened;
  }

  #started(): Running<T> {
    if (this.#running !== null) return this.#running;
    this.#timeline.note("object start", this.name);
    this.#generation += 1;
    const life: Life = { alive: true };
    const storage: Life = { alive: true };
    const { skewMs } = this.#machine;
    const clock: Clock = skewMs === 0 ? this.#kernel.clock : this.#kernel.clockAhead(skewMs);
    const [sql, alarm] = [this.#sql(storage), this.#alarm(storage)];
    const object = this.#construct({ life, clock, sql, alarm });
    const generation = this.#generation;
    this.#running = { life, storage, generation, object, inFlight: new Set() };
    return this.#running;
  }

  #sql(storage: Life): Sql {
    return {
      run: (statement, ...parameters) => {
        this.#refuseTheDead(storage);
        return this.#database.run(statement, ...parameters);
      },
      transaction: (body) => {
        this.#refuseTheDead(storage);
        return this.#transactions > 0 ? this.#database.transaction(body) : this.#commit(body);
      },
    };
  }

  #commit<R>(body: () => R): R {
    const crash = this.#running === null ? null : this.#crash;
    if (crash !== null) this.#crash = null;
    if (crash === "before") this.#crashed("crash before commit");
    this.#transactions += 1;
    try {
      const value = this.#database.transaction(body);
      if (crash !== "after") return value;
    } finally {
      this.#transactions -= 1;
    }
    return this.#crashed("crash after commit");
  }

  #crashed(when: string): never {
    this.#timeline.note(when, this.name);
    this.evict();
    throw new Error("The Durable Object was reset.");
  }

  #alarm(storage: Life): Alarm {
    return {
      get: async () => {
        this.#refuseTheDead(storage);
        return this.#alarmAtMs;
      },
      set: async (atMs) => {
        this.#refuseTheDead(storage);
        invariant(Number.isFinite(atMs), `the alarm of ${this.name} is set to a time`);
        this.#arm(atMs);
      },
    };
  }

  #refuseTheDead(storage: Life): void {
    if (!storage.alive)
      throw new Error("This instance was superseded: its storage is closed to it.");
  }

  /** By the object's own clock. */
  get #nowMs(): number {
    return this.#kernel.nowMs + this.#machine.skewMs;
  }

  #arm(atMs: number): void {
    this.#cancelAlarm();
    this.#alarmAtMs = atMs;
    const { does, lateMs } = this.#machine.alarmFate();
    if (does === "never ring") this.#timeline.note("alarm lost", this.name);
    if (does === "ring twice") this.#timeline.note("alarm doubled", this.name);
    if (lateMs > 0) this.#timeline.note("alarm late", `${this.name} by ${lateMs} ms`);
    const due = () => (does === "never ring" ? this.#lose() : this.#ring(does === "ring twice"));
    this.#cancelAlarm = this.#kernel.schedule(atMs - this.#nowMs + lateMs, due);
  }

  #lose(): void {
    this.#alarmAtMs = null;
  }

  /** At least once, never twice at a time: an alarm that falls due while the handler runs waits for its end. */
  #ring(again = false): void {
    if (this.#ringing > 0) return;
    this.#rings += 1;
    const ring = this.#rings;
    this.#ringing = ring;
    this.#alarmAtMs = null;
    this.#timeline.note("alarm", this.name);
    const end = (succeeded: boolean) => {
      if (this.#ringing !== ring) return;
      this.#rang(succeeded);
      if (succeeded && again) this.#ring();
    };
    this.call(async (object) => object.alarm?.()).then(
      () => end(true),
      () => end(false),
    );
  }

  #rang(succeeded: boolean): void {
    this.#ringing = 0;
    if (succeeded) this.#alarmRetries = 0;
    else this.#timeline.note("alarm cut off", this.name);
    const dueMs = this.#alarmAtMs;
    if (dueMs !== null) {
      if (dueMs <= this.#nowMs) this.#arm(this.#nowMs);
      return;
    }
    if (succeeded || this.#alarmRetries >= ALARM_RETRIES_MAX) return;
    this.#arm(this.#nowMs + ALARM_RETRY_FIRST_MS * 2 ** this.#alarmRetries);
    this.#alarmRetries += 1;
  }
}
