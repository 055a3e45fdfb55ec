/**
 * Keeps the one alarm of an object alive.
 *
 * The platform's alarm may be late or, after six failures, gone. So the object remembers when it should
 * ring, and every call from outside looks whether that time has passed (`ensure`).
 */
import type { Ms } from "../routing/units.ts";
import type { Alarm } from "../workers/ports.ts";

/** An alarm is usually milliseconds late; one this late is set again, which costs one row. */
export const ALARM_LATE_MS = 3_000;

/** Whether an alarm due at `dueMs` (`null`: none) must be set again at `nowMs`. */
export const isLost = (dueMs: Ms | null, nowMs: Ms): boolean =>
  dueMs === null || nowMs > dueMs + ALARM_LATE_MS;

export class AlarmKeeper {
  readonly #alarm: Alarm;
  /** `undefined`: not asked since this instance was loaded. */
  #dueMs: Ms | null | undefined;
  #asking: Promise<void> | undefined;
  #lost = 0;

  constructor(alarm: Alarm) {
    this.#alarm = alarm;
  }

  get dueMs(): Ms | null {
    return this.#dueMs ?? null;
  }

  /** How often since this instance was loaded one that should have rung was set again from outside. */
  get lost(): number {
    return this.#lost;
  }

  /** The handler runs: what was set is spent. */
  rang(): void {
    this.#dueMs = null;
  }

  /** Takes effect together with the writes of the same turn: call it before the first `await`. */
  async set(atMs: Ms): Promise<void> {
    this.#dueMs = atMs;
    try {
      await this.#alarm.set(atMs);
    } catch (refused) {
      this.#dueMs = undefined;
      this.#asking = undefined;
      throw refused;
    }
  }

  /** Sets the alarm when a sooner time is wanted than the one it has. */
  async sooner(atMs: Ms): Promise<void> {
    const dueMs = await this.#known();
    if (dueMs === null || dueMs > atMs) await this.set(atMs);
  }

  /** The waker from outside: sets an alarm that was lost to ring now. */
  async ensure(nowMs: Ms): Promise<void> {
    await this.#known();
    // Of several that wait for the storage's answer the first sets it.
    if (!isLost(this.dueMs, nowMs)) return;
    this.#lost += 1;
    await this.set(nowMs);
  }

  async #known(): Promise<Ms | null> {
    if (this.#dueMs === undefined) {
      this.#asking ??= this.#ask();
      await this.#asking;
    }
    return this.dueMs;
  }

  async #ask(): Promise<void> {
    const stored = await this.#alarm.get();
    // Set meanwhile by the handler: its word is newer than the storage's answer.
    if (this.#dueMs === undefined) this.#dueMs = stored;
  }
}
