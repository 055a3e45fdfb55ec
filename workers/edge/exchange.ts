/**
 * The beat: once in a while one exchange with the region, off the path of every request.
 *
 * It never fails for a visitor. An object that does not answer is asked more and more rarely, the counters wait
 * for it, and what is held serves on.
 */
import type { Beat, Report } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, EXCHANGE_TIMEOUT_MS } from "../../routing/limits.ts";
import type { Region } from "../../routing/names.ts";
import type { Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import type { Snapshot, WaitUntil } from "./snapshot.ts";

/** Isolates that began together drift apart: each beat is up to this much shorter or longer. */
const JITTER_RATIO = 0.2;
/** An object that is gone for long is asked this rarely: with the jitter everybody has asked again within 30 s of its return. */
const BACKOFF_MS_MAX = 25_000;
/** An isolate that was idle for so long asks its colo first what it has missed. */
const IDLE_MS = 10_000;

export interface Reporter {
  report(nowMs: Ms): Report;
  acknowledge(): void;
}

export class Exchange {
  readonly #ports: EdgePorts;
  readonly #region: Region;
  readonly #snapshot: Snapshot;
  readonly #reporter: Reporter;
  #dueAtMs: Ms = 0;
  #beganAtMs: Ms = 0;
  #isRunning = false;
  #failures = 0;
  /** As the region asked for it last. */
  #beatMs: Ms = BEAT_MS_MIN;

  constructor(ports: EdgePorts, region: Region, snapshot: Snapshot, reporter: Reporter) {
    this.#ports = ports;
    this.#region = region;
    this.#snapshot = snapshot;
    this.#reporter = reporter;
  }

  isDue(nowMs: Ms): boolean {
    if (nowMs < this.#dueAtMs) return false;
    // The platform may drop the work of an ended request, so a beat that never ends is not waited for.
    return !this.#isRunning || nowMs - this.#beganAtMs > 2 * EXCHANGE_TIMEOUT_MS;
  }

  /** True when nothing was asked for so long that what is held may be old although the colo knows better. */
  wasIdle(nowMs: Ms): boolean {
    return this.#beganAtMs > 0 && nowMs - Math.max(this.#beganAtMs, this.#dueAtMs) > IDLE_MS;
  }

  async run(later: WaitUntil): Promise<void> {
    const beganAtMs = this.#ports.clock.nowMs();
    this.#beganAtMs = beganAtMs;
    this.#isRunning = true;
    try {
      const beat = await this.#ask(beganAtMs);
      if (beat === null) await this.#missed(later);
      else await this.#heard(beat, later);
    } finally {
      // A beat that was given up on may still end; it must not end the one after it.
      if (this.#beganAtMs === beganAtMs) this.#isRunning = false;
    }
  }

  async #ask(nowMs: Ms): Promise<Beat | null> {
    let stop = () => {};
    const timedOut = new Promise<null>((resolve) => {
      stop = this.#ports.timers.after(EXCHANGE_TIMEOUT_MS, () => resolve(null));
    });
    try {
      const object = this.#ports.objects.region(this.#region);
      return await Promise.race([object.exchange(this.#reporter.report(nowMs)), timedOut]);
    } catch {
      // Whatever the object or the way to it throws means one thing here: no beat this time.
      return null;
    } finally {
      stop();
    }
  }

  async #heard(beat: Beat, later: WaitUntil): Promise<void> {
    this.#failures = 0;
    this.#reporter.acknowledge();
    this.#beatMs = Math.max(BEAT_MS_MIN, beat.beatMs);
    this.#scheduleIn(this.#beatMs);
    await this.#snapshot.apply(beat, later);
  }

  async #missed(later: WaitUntil): Promise<void> {
    this.#failures += 1;
    const backoffMs = Math.min(BACKOFF_MS_MAX, BEAT_MS_MIN * 2 ** Math.min(this.#failures, 10));
    // Where so many report that each comes rarely, one that fails must not make all come more often.
    this.#scheduleIn(Math.max(this.#beatMs, backoffMs));
    await this.#snapshot.refresh(later);
  }

  #scheduleIn(ms: Ms): void {
    const jitter = 1 + JITTER_RATIO * (2 * this.#ports.chance.uniform() - 1);
    this.#dueAtMs = this.#ports.clock.nowMs() + ms * jitter;
  }
}
