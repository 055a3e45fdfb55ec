/**
 * What one region knows, and tells its edges once a beat: health from its own probes, latency from everybody's
 * traffic, and the newest table.
 *
 * Memory is a cache. A verdict is stored in the turn in which it flips, a round when it ends, a push before
 * it is acknowledged; so an instance may vanish between any two steps. Counters alone live in memory only.
 */
import type {
  Beat,
  Event,
  ProbeTarget,
  Push,
  RegionStatus,
  Report,
} from "../../routing/exchange.ts";
import { SCHEMA, VIEW_PUBLISH_MS } from "../../routing/limits.ts";
import type { Region as RegionName } from "../../routing/names.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import type { Ms, TableVersion } from "../../routing/units.ts";
import type { ObjectPorts, RegionObject } from "../../workers/ports.ts";
import { AlarmKeeper } from "../alarm.ts";
import { whole } from "../arguments.ts";
import { type Documents, documents } from "../storage/documents.ts";
import { type Events, events } from "../storage/events.ts";
import { migrate } from "../storage/migrations.ts";
import { checkPush, checkReport } from "./check.ts";
import { Ejections } from "./ejections.ts";
import { Health } from "./health.ts";
import { readRound, reporterMemory, writeRound } from "./memory.ts";
import { regionMigrations } from "./migrations.ts";
import { Publisher } from "./publisher.ts";
import { Recordings } from "./recordings.ts";
import { Reporters } from "./reporters.ts";
import { RoundRunner } from "./round.ts";
import { type Due, Schedule } from "./schedule.ts";
import type { Result } from "./sight.ts";
import { statusOf } from "./status.ts";
import { Tables } from "./tables.ts";
import { Traffic } from "./traffic.ts";
import { Views } from "./views.ts";

export interface RegionSetting {
  readonly region: RegionName;
  readonly addresses: AddressPolicy;
}

const BLIND = "blind: no endpoint answers, so the verdicts stay as they were";

type News = Pick<Event, "subject" | "detail">;

/** Without anything due the alarm rings to publish the view, so that a lost one is noticed. */
const IDLE_MS = VIEW_PUBLISH_MS;

export class Region implements RegionObject {
  readonly #ports: ObjectPorts;
  readonly #region: RegionName;
  readonly #documents: Documents;
  readonly #events: Events;
  readonly #alarm: AlarmKeeper;
  readonly #tables: Tables;
  readonly #schedule = new Schedule();
  readonly #rounds: RoundRunner;
  readonly #publisher: Publisher;
  readonly #health: Health;
  readonly #ejections: Ejections;
  readonly #traffic: Traffic;
  readonly #views: Views;
  readonly #reporters: Reporters;
  readonly #recordings: Recordings;
  #probes: RegionStatus["probes"];
  #lastRoundAtMs: Ms | null;
  #blind = false;
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
    this.#ejections = new Ejections(this.#documents, this.#health);
    this.#reporters = new Reporters(reporterMemory(this.#documents, ports.sql));
    this.#probes = last.probes;
    this.#lastRoundAtMs = last.atMs;
    this.#traffic = new Traffic(this.#documents);
    this.#views = new Views({
      region,
      tables: this.#tables,
      health: this.#health,
      ejections: this.#ejections,
      traffic: this.#traffic,
    });
    this.#publisher = new Publisher(ports, region, () =>
      this.#views.published(ports.clock.nowMs()),
    );
    this.#rounds = new RoundRunner({
      prober: { ports, addresses, region },
      schedule: this.#schedule,
      settle: (ended, counted) => this.#settle(ended, counted),
    });
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
    await this.#alarm.sooner(this.#wakeMs(nowMs));
    await this.#alarm.ensure(nowMs);
    return { version: push.version };
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
        lastRoundAtMs: this.#lastRoundAtMs,
        blind: this.#rounds.blind,
        probes: this.#probes,
        ...this.#views.verdicts(nowMs),
        ...this.#traffic.shown(this.#reporters.beatMs, nowMs),
      },
      { reporters: this.#reporters, counters: this.#traffic.counters },
      nowMs,
    );
  }

  async events(after: number): Promise<readonly Event[]> {
    whole("after", after);
    return this.#events.after(after);
  }

  async decisions(host: string): Promise<readonly string[]> {
    return this.#recordings.of(host);
  }

  /** The alarm's handler: sets the next one before anything slow, and never throws. */
  async alarm(): Promise<void> {
    try {
      const nowMs = this.#ports.clock.nowMs();
      const due = this.#schedule.take(nowMs);
      const nextMs = this.#wakeMs(nowMs);
      await this.#alarm.set(nextMs);
      this.#publisher.poke(nowMs);
      await this.#roundUntil(due, nextMs - nowMs);
    } catch (unexpected) {
      this.#complain(unexpected);
    }
  }

  /** A probe slower than `ms` goes on by itself: the next round does not wait for it. */
  async #roundUntil(due: readonly ProbeTarget[], ms: Ms): Promise<void> {
    const over = new AbortController();
    const round = this.#rounds.run(due).then(() => this.#saveIfNew());
    const settled = round
      .catch((unexpected) => this.#complain(unexpected))
      .finally(() => over.abort());
    const late = this.#ports.timers.wait(ms, over.signal).catch(() => {
      // Called off, because the round is over.
    });
    await Promise.race([settled, late]);
    this.#saveIfNew();
  }

  #settle(ended: Result, counted: readonly Result[]): void {
    const nowMs = this.#ports.clock.nowMs();
    const succeeded = this.#probes.succeeded + (ended.saw === "healthy" ? 1 : 0);
    const sent = this.#probes.sent + 1;
    this.#probes = { sent, succeeded, failed: sent - succeeded };
    this.#lastRoundAtMs = nowMs;
    this.#unsaved = true;
    const news = counted.flatMap((result) => this.#foldVerdict(result, nowMs));
    if (news.length > 0) news.push(...this.#ejections.relieve(nowMs));
    this.#publisher.note(news.length > 0);
    if (this.#blind !== this.#rounds.blind) {
      this.#blind = this.#rounds.blind;
      news.push({ subject: "prober", detail: this.#blind ? BLIND : "sees again" });
    }
    if (news.length === 0) return;
    this.#save(nowMs, news);
    this.#publisher.poke(nowMs);
  }

  #foldVerdict(result: Result, nowMs: Ms): News[] {
    const target = this.#schedule.targets.get(result.endpoint);
    if (!this.#health.has(result.endpoint)) this.#unsavedFirst = true;
    if (target === undefined || !this.#health.fold(result, target, nowMs)) return [];
    const detail = result.saw === "healthy" ? "healthy" : `unhealthy: ${result.reason}`;
    return [{ subject: `${target.pool}/${target.name}`, detail }];
  }

  #fold(report: Report, nowMs: Ms): void {
    this.#traffic.fold(report, this.#reporters.beatMs, nowMs);
    this.#recordings.keep(report.decisions ?? [], nowMs);
    if (this.#traffic.isNew) this.#publisher.note(false);
    const news = this.#ejections.fold(report, nowMs);
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
    const probeMs = this.#schedule.nextMs ?? Number.POSITIVE_INFINITY;
    return Math.max(nowMs + 1, Math.min(probeMs, publishMs, nowMs + IDLE_MS));
  }

  #retarget(due: Due): void {
    const nowMs = this.#ports.clock.nowMs();
    this.#schedule.retarget(this.#tables.targets(), due, nowMs, this.#ports.chance.uniform);
    this.#rounds.retarget(this.#schedule.targets.keys());
    this.#health.retarget(this.#schedule.targets);
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
        atMs: this.#lastRoundAtMs,
        due: this.#schedule.stored(),
        health: this.#health.stored(),
        probes: this.#probes,
      });
      if (news.length > 0) this.#ejections.store();
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
