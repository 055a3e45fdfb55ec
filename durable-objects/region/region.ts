/**
 * What one region knows, and tells its edges once a beat: health from its own probes, latency from everybody's
 * traffic, and the newest table.
 *
 * Memory is a cache. A verdict is stored in the turn in which it flips, a round when it ends, a push before
 * it is acknowledged; so an instance may vanish between any two steps. Counters alone live in memory only.
 */
import type { EventFilter } from "../../routing/event-evidence.ts";
import type { Beat, Event, Push, Report } from "../../routing/exchange.ts";
import type {
  ProbeResult,
  ProberOrders,
  ProberReport,
} from "../../routing/health/prober-report.ts";
import { SCHEMA, VIEW_PUBLISH_MS } from "../../routing/limits.ts";
import type { Region as RegionName } from "../../routing/names.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import type { Ms, TableVersion } from "../../routing/units.ts";
import type { ObjectPorts, RegionObject } from "../../workers/ports.ts";
import { AlarmKeeper } from "../alarm.ts";
import { whole } from "../arguments.ts";
import { type Documents, documents } from "../storage/documents.ts";
import { type Events, events } from "../storage/events.ts";
import { migrate } from "../storage/migrations.ts";
import { checkProberReport, checkPush, checkReport } from "./check.ts";
import { Ejections } from "./ejections.ts";
import { Health } from "./health.ts";
import { readRound, reporterMemory, writeRound } from "./memory.ts";
import { regionMigrations } from "./migrations.ts";
import type { News } from "./news.ts";
import { Probing } from "./probing.ts";
import { Publisher } from "./publisher.ts";
import { Recordings } from "./recordings.ts";
import { Reporters } from "./reporters.ts";
import type { Due } from "./schedule.ts";
import { statusOf } from "./status.ts";
import { Tables } from "./tables.ts";
import { Traffic } from "./traffic.ts";
import { Views } from "./views.ts";

export interface RegionSetting {
  readonly region: RegionName;
  readonly addresses: AddressPolicy;
}

/** Without anything due the alarm rings to publish the view, so that a lost one is noticed. */
const IDLE_MS = VIEW_PUBLISH_MS;

export class Region implements RegionObject {
  readonly #ports: ObjectPorts;
  readonly #region: RegionName;
  readonly #documents: Documents;
  readonly #events: Events;
  readonly #alarm: AlarmKeeper;
  readonly #tables: Tables;
  readonly #probing: Probing;
  readonly #publisher: Publisher;
  readonly #health: Health;
  readonly #ejections: Ejections;
  readonly #traffic: Traffic;
  readonly #views: Views;
  readonly #reporters: Reporters;
  readonly #recordings: Recordings;
  /** A probe ended since the last stored row. */
  #unsaved = false;
  /** Among them an endpoint's first: the view has a member that the stored row has not. */
  #unsavedFirst = false;

  constructor(ports: ObjectPorts, { region, addresses }: RegionSetting) {
    this.#ports = ports;
    this.#region = region;
    migrate(ports.sql, regionMigrations);
    this.#documents = documents(ports.sql);
    this.#events = events(ports.sql, region);
    this.#recordings = new Recordings(ports.sql);
    this.#alarm = new AlarmKeeper(ports.alarm);
    this.#tables = new Tables(this.#documents);
    const last = readRound(this.#documents);
    this.#health = new Health(last.health);
    this.#ejections = new Ejections(this.#documents, this.#health, { ports, region });
    this.#reporters = new Reporters(reporterMemory(this.#documents, ports.sql));
    this.#traffic = new Traffic(this.#documents);
    this.#probing = new Probing({
      ...{ ports, region, addresses, last },
      verdictOf: (endpoint) => this.#health.verdict(endpoint),
      settle: ({ saw }, counted) =>
        this.#settle({ sent: 1, succeeded: saw === "healthy" ? 1 : 0 }, counted),
      idle: () => this.#saveIfNew(),
      complain: (unexpected) => this.#complain(unexpected),
    });
    this.#views = new Views({
      region,
      documents: this.#documents,
      tables: this.#tables,
      health: this.#health,
      probers: this.#probing.probers,
      ejections: this.#ejections,
      traffic: this.#traffic,
    });
    this.#publisher = new Publisher(ports, region, () =>
      this.#views.published(ports.clock.nowMs()),
    );
    this.#retarget(last.due);
  }

  async exchange(report: Report): Promise<Beat> {
    checkReport(report);
    const nowMs = this.#ports.clock.nowMs();
    if (this.#reporters.hear(report, nowMs)) this.#fold(report, nowMs);
    this.#watch(nowMs);
    this.#publisher.poke(nowMs);
    // What an edge has been told must outlive this instance, also in the middle of a round.
    if (this.#unsavedFirst) this.#save(nowMs);
    return {
      schema: SCHEMA,
      beatMs: this.#reporters.beatMs,
      ...this.#tables.changesFor(report),
      view: this.#views.for(report, this.#reporters.beatMs, nowMs),
    };
  }

  async push(push: Push): Promise<{ readonly version: TableVersion }> {
    checkPush(push);
    const nowMs = this.#ports.clock.nowMs();
    const known = this.#tables.version(push.account);
    if (known !== null && push.version <= known) {
      this.#watch(nowMs);
      return { version: known };
    }
    this.#ports.sql.transaction(() => {
      this.#tables.store(push);
      const subject = `version ${push.version}`;
      this.#events.add({ kind: "push", subject, detail: "taken" }, nowMs);
    });
    this.#tables.hold(push);
    this.#retarget({});
    this.#save(nowMs);
    this.#publisher.note(false);
    this.#probing.probers.poke(nowMs);
    await this.#alarm.sooner(this.#wakeMs(nowMs));
    await this.#alarm.ensure(nowMs);
    return { version: push.version };
  }

  async probed(report: ProberReport): Promise<ProberOrders> {
    checkProberReport(report);
    const nowMs = this.#ports.clock.nowMs();
    const { orders, results, news } = this.#probing.probers.hear(report, nowMs);
    if (report.sent > 0) this.#settle(report, results);
    this.#tell(news, nowMs);
    this.#watch(nowMs);
    return orders;
  }

  async status(): Promise<RegionStatus> {
    const nowMs = this.#ports.clock.nowMs();
    this.#watch(nowMs);
    return statusOf(
      {
        region: this.#region,
        version: this.#tables.version(),
        beatMs: this.#reporters.beatMs,
        nextAlarmAtMs: this.#alarm.dueMs,
        alarmsLost: this.#alarm.lost,
        ...this.#probing.status(),
        ...this.#views.verdicts(nowMs),
        disagreements: this.#ejections.disagreements(),
        ...this.#traffic.shown(this.#reporters.beatMs, nowMs),
      },
      { reporters: this.#reporters, counters: this.#traffic.counters },
      nowMs,
    );
  }

  async events(after: number, filter?: EventFilter): Promise<readonly Event[]> {
    whole("after", after);
    return this.#events.after(after, filter);
  }

  async decisions(host: string): Promise<readonly string[]> {
    return this.#recordings.of(host);
  }

  /** The alarm's handler: sets the next one before anything slow, and never throws. */
  async alarm(): Promise<void> {
    try {
      const nowMs = this.#ports.clock.nowMs();
      const due = this.#probing.schedule.take(nowMs);
      const nextMs = this.#wakeMs(nowMs);
      await this.#alarm.set(nextMs);
      this.#publisher.poke(nowMs);
      this.#tell(this.#probing.probers.poke(nowMs), nowMs);
      await this.#probing.rounds.run(due, nextMs - nowMs);
      this.#saveIfNew();
    } catch (unexpected) {
      this.#complain(unexpected);
    }
  }

  /** Folds what probes saw, its own or those of another prober. */
  #settle(ended: Pick<ProberReport, "sent" | "succeeded">, counted: readonly ProbeResult[]): void {
    const nowMs = this.#ports.clock.nowMs();
    this.#probing.count(ended, nowMs);
    this.#unsaved = true;
    const news = counted.flatMap((result) => this.#foldVerdict(result, nowMs));
    news.push(...this.#ejections.probed(news.length > 0, this.#probing.rounds.blind, nowMs));
    const looked = counted.map(({ endpoint }) => endpoint);
    news.push(...this.#views.governor.settle(looked, nowMs));
    this.#publisher.note(false);
    this.#tell([...news, ...this.#probing.news()], nowMs);
  }

  #tell(news: readonly News[], nowMs: Ms): void {
    if (news.length === 0) return;
    this.#publisher.note(true);
    this.#save(nowMs, news);
    this.#publisher.poke(nowMs);
  }

  #foldVerdict(result: ProbeResult, nowMs: Ms): readonly News[] {
    const target = this.#probing.probers.targets.get(result.endpoint);
    if (!this.#health.has(result.endpoint)) this.#unsavedFirst = true;
    return target === undefined ? [] : this.#health.fold(result, target, nowMs);
  }

  #fold(report: Report, nowMs: Ms): void {
    this.#traffic.fold(report, this.#reporters.beatMs, nowMs);
    this.#recordings.keep(report.decisions ?? [], nowMs);
    if (this.#traffic.isNew) this.#publisher.note(false);
    const told = { beatMs: this.#reporters.beatMs, isBlind: this.#probing.rounds.blind };
    const ejected = this.#ejections.fold(report, told, nowMs);
    const news = [...ejected, ...this.#views.governor.fold(report, nowMs)];
    if (news.length === 0) return;
    this.#save(nowMs, news);
    this.#publisher.note(true);
  }

  /** Every call from outside looks after the alarm; nobody waits for it. */
  #watch(nowMs: Ms): void {
    if (this.#tables.version() === null) return;
    this.#alarm.ensure(nowMs).catch((unexpected) => this.#complain(unexpected));
  }

  #wakeMs(nowMs: Ms): Ms {
    const publishMs = this.#publisher.dueMs ?? Number.POSITIVE_INFINITY;
    const probeMs = this.#probing.schedule.nextMs ?? Number.POSITIVE_INFINITY;
    return Math.max(nowMs + 1, Math.min(probeMs, publishMs, nowMs + IDLE_MS));
  }

  #retarget(due: Due): void {
    const nowMs = this.#ports.clock.nowMs();
    this.#probing.retarget(this.#tables.targets(), due, nowMs);
    this.#health.retarget(this.#probing.probers.targets);
    this.#ejections.retarget(this.#tables);
    this.#views.retarget();
    this.#traffic.retarget(this.#tables);
  }

  #saveIfNew(): void {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#unsaved || this.#traffic.isDue(nowMs)) this.#save(nowMs);
  }

  #save(nowMs: Ms, news: readonly News[] = []): void {
    this.#ports.sql.transaction(() => {
      writeRound(this.#documents, {
        ...this.#probing.stored(),
        health: this.#health.stored(),
      });
      if (news.length > 0) this.#ejections.store();
      if (news.length > 0) this.#views.governor.store();
      for (const event of news) this.#events.add({ kind: "health", ...event }, nowMs);
      if (this.#traffic.isDue(nowMs)) this.#traffic.store(nowMs);
    });
    this.#unsaved = false;
    this.#unsavedFirst = false;
  }

  #complain(unexpected: unknown): void {
    console.error(`Region ${this.#region}:`, unexpected);
  }
}
