/**
 * A further prober of a region that has more to probe than one object can (`routing/health/probe-shares.ts`). It probes its share and
 * tells the region's object what counts, once a round and when an endpoint's word turns; that one keeps the verdicts, and edges
 * talk to it alone.
 *
 * Only the share is stored. What a probe found is told once: a report that is lost delays a verdict by a round. While
 * nobody hears it, it probes on.
 */

import { observe, UNPROBED, type Verdict } from "../../routing/health/flip.ts";
import type { ProberReport, ProbeShare } from "../../routing/health/prober-report.ts";
import { PROBER_BEAT_MS, SCHEMA } from "../../routing/limits.ts";
import type { Region as RegionName } from "../../routing/names.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { ObjectPorts, ProberObject } from "../../workers/ports.ts";
import { AlarmKeeper } from "../alarm.ts";
import { within } from "../deadline.ts";
import { type Documents, documents } from "../storage/documents.ts";
import { migrate } from "../storage/migrations.ts";
import { checkShare } from "./check.ts";
import { regionMigrations } from "./migrations.ts";
import { Members } from "./probe-members.ts";
import { RoundRunner } from "./round.ts";
import { Schedule } from "./schedule.ts";
import type { Result } from "./sight.ts";

export interface ShareProberSetting {
  readonly region: RegionName;
  readonly prober: number;
  readonly addresses: AddressPolicy;
}

const DOCUMENT = "share";
const REPORT_TIMEOUT_MS = 5_000;
const NOTHING: ProbeShare = { schema: SCHEMA, hash: "" as ProbeShare["hash"], targets: [] };

export class ShareProber implements ProberObject {
  readonly #ports: ObjectPorts;
  readonly #setting: ShareProberSetting;
  readonly #documents: Documents;
  readonly #alarm: AlarmKeeper;
  readonly #schedule: Schedule;
  readonly #rounds: RoundRunner;
  #share: ProbeShare;
  /** By its own results, to know who is dead: the verdicts that count are the region's. */
  readonly #verdicts = new Map<EndpointId, Verdict>();
  #sent = 0;
  #succeeded = 0;
  #results: Result[] = [];
  #isReporting = false;
  #isUrgent = false;

  constructor(ports: ObjectPorts, setting: ShareProberSetting) {
    this.#ports = ports;
    this.#setting = setting;
    migrate(ports.sql, regionMigrations);
    this.#documents = documents(ports.sql);
    this.#alarm = new AlarmKeeper(ports.alarm);
    this.#schedule = new Schedule(setting.region, ports.chance.uniform);
    this.#rounds = new RoundRunner({
      prober: {
        ...{ ports, members: new Members() },
        ...{ addresses: setting.addresses, region: setting.region },
      },
      schedule: this.#schedule,
      verdictOf: (endpoint) => this.#verdicts.get(endpoint),
      settle: (ended, counted) => this.#settle(ended, counted),
      idle: () => {},
      complain: (unexpected) => this.#complain(unexpected),
    });
    this.#share = (this.#documents.read(DOCUMENT) as ProbeShare | null) ?? NOTHING;
    this.#retarget();
  }

  /** Also the outside waker of a lost alarm. */
  async assign(share: ProbeShare): Promise<void> {
    checkShare(share);
    const nowMs = this.#ports.clock.nowMs();
    this.#take(share);
    await this.#alarm.sooner(this.#wakeMs(nowMs));
    await this.#alarm.ensure(nowMs);
  }

  /** The alarm's handler: sets the next one before anything slow, and never throws. */
  async alarm(): Promise<void> {
    try {
      this.#alarm.rang();
      if (this.#share.targets.length === 0) return;
      const nowMs = this.#ports.clock.nowMs();
      const due = this.#schedule.take(nowMs);
      const nextMs = this.#wakeMs(nowMs);
      await this.#alarm.set(nextMs);
      await this.#rounds.run(due, nextMs - nowMs);
      await this.#report();
    } catch (unexpected) {
      this.#complain(unexpected);
    }
  }

  #settle(ended: Result, counted: readonly Result[]): void {
    this.#sent += 1;
    if (ended.saw === "healthy") this.#succeeded += 1;
    for (const result of counted) {
      this.#results.push(result);
      const target = this.#schedule.targets.get(result.endpoint);
      if (target === undefined) continue;
      const { consecutive_up: up, consecutive_down: down } = target.monitor;
      const before = this.#verdicts.get(result.endpoint) ?? UNPROBED;
      const { verdict, flipped } = observe(before, result.saw === "healthy", { up, down });
      this.#verdicts.set(result.endpoint, verdict);
      this.#isUrgent ||= flipped;
    }
    if (this.#isUrgent) this.#report().catch((unexpected) => this.#complain(unexpected));
  }

  /** One call at a time. Errors: throws when the region's object does not answer. */
  async #report(): Promise<void> {
    if (this.#isReporting) return;
    this.#isReporting = true;
    try {
      do {
        this.#isUrgent = false;
        const region = this.#ports.objects.region(this.#setting.region);
        const answer = region.probed(this.#news());
        const { share } = await within(this.#ports.timers, REPORT_TIMEOUT_MS, answer);
        if (share !== null) this.#take(share);
      } while (this.#isUrgent);
    } finally {
      this.#isReporting = false;
    }
  }

  #news(): ProberReport {
    const results = this.#results;
    const [sent, succeeded] = [this.#sent, this.#succeeded];
    this.#results = [];
    this.#sent = 0;
    this.#succeeded = 0;
    const { hash: share } = this.#share;
    const { prober } = this.#setting;
    const { blind } = this.#rounds;
    return { schema: SCHEMA, prober, share, blind, sent, succeeded, results };
  }

  #take(share: ProbeShare): void {
    if (share.hash === this.#share.hash) return;
    this.#ports.sql.transaction(() => this.#documents.write(DOCUMENT, share));
    this.#share = share;
    this.#results = [];
    this.#retarget();
  }

  #retarget(): void {
    this.#schedule.retarget(this.#share.targets, {}, this.#ports.clock.nowMs());
    const { targets } = this.#schedule;
    this.#rounds.retarget(targets);
    for (const endpoint of this.#verdicts.keys()) {
      if (!targets.has(endpoint)) this.#verdicts.delete(endpoint);
    }
  }

  #wakeMs(nowMs: Ms): Ms {
    const probeMs = this.#schedule.nextMs ?? Number.POSITIVE_INFINITY;
    return Math.max(nowMs + 1, Math.min(probeMs, nowMs + PROBER_BEAT_MS));
  }

  #complain(unexpected: unknown): void {
    const { region, prober } = this.#setting;
    console.error(`Prober ${prober} of region ${region}:`, unexpected);
  }
}
