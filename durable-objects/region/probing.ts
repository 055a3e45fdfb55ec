/** The probing of a region's object: its own share by its own rounds, the rest by further probers, and the counts of both. */
import type { ProbeTarget } from "../../routing/exchange.ts";
import type { ProberReport } from "../../routing/health/prober-report.ts";
import type { Region } from "../../routing/names.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import type { Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import type { RoundRow } from "./memory.ts";
import { blindNews, type News } from "./news.ts";
import { Members } from "./probe-members.ts";
import { Probers } from "./probers.ts";
import { RoundRunner, type Rounds } from "./round.ts";
import { type Due, Schedule } from "./schedule.ts";

export interface ProbingParts extends Pick<Rounds, "verdictOf" | "settle" | "idle" | "complain"> {
  readonly ports: ObjectPorts;
  readonly region: Region;
  readonly addresses: AddressPolicy;
  readonly last: RoundRow;
}

export class Probing {
  readonly schedule: Schedule;
  readonly rounds: RoundRunner;
  readonly probers: Probers;
  readonly #members = new Members();
  #probes: RegionStatus["probes"];
  #lastRoundAtMs: Ms | null;
  #saidBlind = false;

  constructor({ ports, region, addresses, last, ...rounds }: ProbingParts) {
    this.schedule = new Schedule(region, ports.chance.uniform);
    this.probers = new Probers(ports, region);
    const prober = { ports, addresses, region, members: this.#members };
    this.rounds = new RoundRunner({ ...rounds, prober, schedule: this.schedule });
    this.#probes = last.probes;
    this.#lastRoundAtMs = last.atMs;
  }

  retarget(targets: readonly ProbeTarget[], due: Due, nowMs: Ms): void {
    this.schedule.retarget(this.probers.retarget(targets, nowMs), due, nowMs);
    this.rounds.retarget(this.schedule.targets);
  }

  count({ sent, succeeded }: Pick<ProberReport, "sent" | "succeeded">, nowMs: Ms): void {
    if (sent > 0) this.#lastRoundAtMs = nowMs;
    const sum = { sent: this.#probes.sent + sent, succeeded: this.#probes.succeeded + succeeded };
    this.#probes = { ...sum, failed: sum.sent - sum.succeeded };
  }

  /** When its own prober became blind, or sees again. */
  news(): readonly News[] {
    const { blind } = this.rounds;
    if (blind === this.#saidBlind) return [];
    this.#saidBlind = blind;
    return [blindNews(blind, this.schedule.targets.size)];
  }

  status() {
    return {
      probes: this.#probes,
      lastRoundAtMs: this.#lastRoundAtMs,
      blind: this.probers.isBlind(this.rounds.blind),
      probers: this.probers.status(),
      ...this.#members.shown(this.schedule.targets.values()),
    };
  }

  stored(): Omit<RoundRow, "health"> {
    return { atMs: this.#lastRoundAtMs, due: this.schedule.stored(), probes: this.#probes };
  }
}
