/**
 * The watchdog: once a minute it looks from outside whether every region does what it should do by itself.
 *
 * A look is a question, and a region that is asked sets a lost alarm again (`alarm.ts`); so looking is the cure, and what is
 * written down here is that it was needed. The clock of the script asks for a look every minute; the watchdog's own alarm
 * stands in for that clock, and each sets the other's tasks going. That both stopped is for others to see: `GET /v1/watchdog`
 * tells when it last looked, and the dead-man switch is no longer told.
 */

import { missedBeat } from "../../../routing/guard/beats.ts";
import { REGIONS, type Region } from "../../../routing/names.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Alarm, Clock, FetchPort, Objects, Timers } from "../../ports.ts";
import { ask } from "../http/ask.ts";
import { readDeadManUrl, type Told, tellDeadMan } from "./dead-man.ts";

/** Twice as long as a page waits: nobody waits for this one. */
const LOOK_TIMEOUT_MS = 5_000;
export const LOOK_INTERVAL_MS = 60_000;
/** The own alarm rings when the script's clock is this late. */
export const STAND_IN_MS = 75_000;
/** Two looks in a row are one. */
const LOOK_AGAIN_MS = 30_000;

export interface Watched {
  readonly region: Region;
  /** Why it misses its beat now, as the second half of a sentence; `null` = it does not. */
  readonly missed: string | null;
  /** Looks that found it missing its beat, ever. */
  readonly missedTotal: number;
  readonly lastMissedAtMs: Ms | null;
  readonly lastReason: string | null;
}

export interface WatchState {
  readonly lookedAtMs: Ms | null;
  readonly looks: number;
  readonly regions: readonly (Watched & { readonly alarmsLost: number })[];
  /** `null`: nobody is to be told, or was yet. */
  readonly deadMan: Told | null;
}

export interface WatchdogPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly alarm: Alarm;
  readonly fetch: FetchPort;
  readonly region: Objects["region"];
  /** `null` before the first look. */
  read(): Promise<WatchState | null>;
  write(state: WatchState): Promise<void>;
  /** "" = nobody is to be told. */
  readonly deadManUrl: string;
}

export interface WatchReport {
  readonly lookedAtMs: Ms | null;
  readonly looks: number;
  readonly regions: readonly Watched[];
  readonly deadMan: Told | null;
  /** Why nobody is told although somebody should be. */
  readonly deadManProblem: string | null;
}

/** What central asks of it. */
export interface WatchdogObject {
  /** Never fails. One within half a minute of another costs nothing. */
  look(): Promise<void>;
  report(): Promise<WatchReport>;
}

export class Watchdog implements WatchdogObject {
  readonly #ports: WatchdogPorts;
  #looking: Promise<void> | null = null;

  constructor(ports: WatchdogPorts) {
    this.#ports = ports;
  }

  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((unexpected) => console.error("Watchdog:", unexpected))
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  async report(): Promise<WatchReport> {
    const { clock, alarm, deadManUrl } = this.#ports;
    // Whoever asks is the outside waker of its own alarm.
    if ((await alarm.get()) === null) await alarm.set(clock.nowMs());
    const state = await this.#ports.read();
    const url = deadManUrl === "" ? null : readDeadManUrl(deadManUrl);
    return {
      lookedAtMs: state?.lookedAtMs ?? null,
      looks: state?.looks ?? 0,
      regions: (state?.regions ?? []).map(({ alarmsLost: _, ...watched }) => watched),
      deadMan: state?.deadMan ?? null,
      deadManProblem: url === null || url.ok ? null : url.error,
    };
  }

  async #look(): Promise<void> {
    const { clock, alarm } = this.#ports;
    const nowMs = clock.nowMs();
    await alarm.set(nowMs + STAND_IN_MS);
    const before = await this.#ports.read();
    const sinceMs = nowMs - (before?.lookedAtMs ?? Number.NEGATIVE_INFINITY);
    if (sinceMs >= 0 && sinceMs < LOOK_AGAIN_MS) return;
    const regions = await Promise.all(
      REGIONS.map((region) =>
        this.#lookAt(
          region,
          before?.regions.find((one) => one.region === region),
          nowMs,
        ),
      ),
    );
    const state = { lookedAtMs: nowMs, looks: (before?.looks ?? 0) + 1, regions };
    await this.#ports.write({ ...state, deadMan: before?.deadMan ?? null });
    const missed = regions.filter((one) => one.missed !== null);
    for (const { region, missed: reason } of missed) {
      const entry = { level: "error", event: "beat-missed", region, reason };
      console.error(JSON.stringify(entry));
    }
    const told = await this.#tell({ looks: state.looks, missed: missed.map((one) => one.region) });
    if (told !== null) await this.#ports.write({ ...state, deadMan: told });
  }

  async #lookAt(
    region: Region,
    before: WatchState["regions"][number] | undefined,
    nowMs: Ms,
  ): Promise<WatchState["regions"][number]> {
    const object = async () => this.#ports.region(region).status();
    const first = await ask(this.#ports, object, LOOK_TIMEOUT_MS);
    // An instance that has just been loaded learns of its alarm by the first question, and tells with the second.
    const isUnsure = first.ok && first.value.version !== null && !isArmed(first.value);
    const answer = isUnsure ? await ask(this.#ports, object, LOOK_TIMEOUT_MS) : first;
    const lostBefore = before?.alarmsLost ?? 0;
    const missed = answer.ok
      ? missedBeat(answer.value, lostBefore)
      : answer.error.reason === "silent"
        ? `did not answer within ${LOOK_TIMEOUT_MS / 1_000} s`
        : "failed when it was asked";
    return {
      region,
      missed,
      missedTotal: (before?.missedTotal ?? 0) + (missed === null ? 0 : 1),
      lastMissedAtMs: missed === null ? (before?.lastMissedAtMs ?? null) : nowMs,
      lastReason: missed ?? before?.lastReason ?? null,
      alarmsLost: answer.ok ? (answer.value.alarmsLost ?? 0) : lostBefore,
    };
  }

  async #tell(body: Readonly<Record<string, unknown>>): Promise<Told | null> {
    const { deadManUrl, clock } = this.#ports;
    if (deadManUrl === "") return null;
    const url = readDeadManUrl(deadManUrl);
    if (!url.ok) return null;
    return await tellDeadMan(url.value, { from: "tradewind", ...body }, this.#ports, clock.nowMs());
  }
}

const isArmed = ({ nextAlarmAtMs, asOfMs }: RegionStatus): boolean =>
  nextAlarmAtMs !== null && nextAlarmAtMs >= asOfMs;
