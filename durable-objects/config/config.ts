/**
 * One account's configuration: every version, who made it and why, and its way to the regions and to KV.
 *
 * Changes take turns, because a change waits for the Directory between its check and its commit. The commit
 * itself (compare, version, audit row, event) is one synchronous transaction.
 */
import { type Intent, intentOf, syncedZones } from "../../routing/dns/intent.ts";
import type { EventFilter } from "../../routing/event-evidence.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { Table } from "../../routing/model.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import { stamped } from "../../routing/table/disabled-since.ts";
import { countOf, toDocument } from "../../routing/table/document.ts";
import { asFetched } from "../../routing/table/endpoint-names.ts";
import { parseDocument } from "../../routing/table/parse.ts";
import type { Ms, TableVersion } from "../../routing/units.ts";
import type {
  Accepted,
  AuditRow,
  ConfigObject,
  HostSnapshot,
  ObjectPorts,
  Proposal,
  ProposeRefusal,
  VersionSummary,
} from "../../workers/ports.ts";
import { AlarmKeeper } from "../alarm.ts";
import { text, whole } from "../arguments.ts";
import { within } from "../deadline.ts";
import { documents } from "../storage/documents.ts";
import { type Events, events } from "../storage/events.ts";
import { migrate } from "../storage/migrations.ts";
import { Turns } from "../turns.ts";
import { type Audit, audit } from "./audit.ts";
import { type Change, hostnamesOf, nextVersion, staleness } from "./change.ts";
import { checkBy, checkKey } from "./check.ts";
import { Delivery } from "./delivery.ts";
import { type ExplainKeys, explainKeys } from "./explain-keys.ts";
import { configMigrations } from "./migrations.ts";
import { type Objects, objects } from "./objects.ts";
import { type VersionRow, type Versions, versions } from "./versions.ts";

export interface ConfigSetting {
  readonly account: string;
  readonly addresses: AddressPolicy;
}

const DIRECTORY_TIMEOUT_MS = 5_000;

export class Config implements ConfigObject {
  readonly #ports: ObjectPorts;
  readonly #account: string;
  readonly #addresses: AddressPolicy;
  readonly #alarm: AlarmKeeper;
  readonly #objects: Objects;
  readonly #versions: Versions;
  readonly #audit: Audit;
  readonly #events: Events;
  readonly #delivery: Delivery;
  readonly #explainKeys: ExplainKeys;
  readonly #turns = new Turns();
  /** The newest version's table; a cache of storage. */
  #table: Table | null = null;

  constructor(ports: ObjectPorts, { account, addresses }: ConfigSetting) {
    this.#ports = ports;
    this.#account = account;
    this.#addresses = addresses;
    migrate(ports.sql, configMigrations);
    const stored = documents(ports.sql);
    this.#alarm = new AlarmKeeper(ports.alarm);
    this.#objects = objects(ports.sql, stored);
    this.#versions = versions(ports.sql);
    this.#audit = audit(ports.sql);
    this.#events = events(ports.sql, "config");
    this.#explainKeys = explainKeys(stored);
    this.#delivery = new Delivery({
      ports,
      account,
      documents: stored,
      events: this.#events,
      wakeBy: (atMs) => this.#alarm.sooner(atMs),
    });
    const newest = this.#versions.newest();
    if (newest !== null) this.#hold(this.#load(newest));
  }

  async current(): Promise<{ document: unknown; version: TableVersion; etag: string } | null> {
    this.#watch();
    const newest = this.#versions.newest();
    if (newest === null || this.#table === null) return null;
    const { version, etag } = newest;
    return { document: toDocument(this.#table), version, etag };
  }

  async propose(proposal: Proposal): Promise<Result<Accepted, ProposeRefusal>> {
    checkBy(proposal);
    return await this.#turns.take(() => this.#propose(proposal));
  }

  async versions(): Promise<readonly VersionSummary[]> {
    return this.#versions.list().map(({ manifest: _, ...summary }) => summary);
  }

  async version(version: number): Promise<{ document: unknown; etag: string } | null> {
    whole("version", version);
    const row = this.#versions.get(version);
    return row && { document: toDocument(this.#load(row)), etag: row.etag };
  }

  async restore(
    version: number,
    by: Pick<Proposal, "actor" | "note" | "expected">,
  ): Promise<Result<Accepted, ProposeRefusal | { readonly reason: "unknown-version" }>> {
    whole("version", version);
    checkBy(by);
    return await this.#turns.take(() => this.#restore(version, by));
  }

  async snapshot(host: string): Promise<HostSnapshot | null> {
    text("host", host);
    this.#watch();
    return this.#delivery.snapshot(host);
  }

  async trust(
    key: string,
    by: Pick<Proposal, "actor" | "note">,
  ): Promise<{ readonly version: TableVersion } | null> {
    checkKey(key);
    checkBy(by);
    return await this.#turns.take(() => this.#trust(key, by));
  }

  async audit(after: number): Promise<readonly AuditRow[]> {
    whole("after", after);
    return this.#audit.after(after);
  }

  async intent(zone: string): Promise<Intent | null> {
    text("zone", zone);
    return this.#table && intentOf(this.#table, zone);
  }

  async syncedZones(): Promise<readonly string[]> {
    return this.#table === null ? [] : syncedZones(this.#table);
  }

  async pushes(): ReturnType<ConfigObject["pushes"]> {
    this.#watch();
    return Object.fromEntries(
      this.#delivery.regions().map(([name, { acked, failures }]) => [name, { acked, failures }]),
    );
  }

  async events(after: number, filter?: EventFilter): ReturnType<ConfigObject["events"]> {
    whole("after", after);
    return this.#events.after(after, filter);
  }

  /** Goes on with what is owed. Begins the calls and sets the next alarm in one turn, and never throws. */
  async alarm(): Promise<void> {
    try {
      this.#alarm.rang();
      const nowMs = this.#ports.clock.nowMs();
      this.#delivery.poke(nowMs);
      const dueMs = this.#delivery.dueMs(nowMs);
      if (dueMs !== null) await this.#alarm.set(dueMs);
    } catch (unexpected) {
      this.#complain(unexpected);
    }
  }

  async #propose(proposal: Proposal): Promise<Result<Accepted, ProposeRefusal>> {
    const before = this.#versions.newest();
    const stale = staleness(proposal.expected, before);
    if (stale !== null) return refuse(stale);
    const parsed = parseDocument(proposal.document, {
      account: this.#account,
      version: nextVersion(before),
      previous: this.#table,
      mint: () => this.#ports.chance.id(),
      addresses: this.#addresses,
      nowMs: this.#ports.clock.nowMs(),
    });
    if (!parsed.ok) return refuse({ reason: "invalid", problems: parsed.error });
    const { table, warnings } = parsed.value;
    const accepted = await this.#accept({ table, before, action: "propose", by: proposal });
    return accepted.ok ? ok({ ...accepted.value, warnings }) : accepted;
  }

  async #restore(
    version: number,
    by: Pick<Proposal, "actor" | "note" | "expected">,
  ): Promise<Result<Accepted, ProposeRefusal | { readonly reason: "unknown-version" }>> {
    const row = this.#versions.get(version);
    if (row === null) return refuse({ reason: "unknown-version" });
    const before = this.#versions.newest();
    const stale = staleness(by.expected, before);
    if (stale !== null) return refuse(stale);
    const old = this.#load(row);
    const pools = stamped(old.pools, this.#table?.pools ?? [], this.#ports.clock.nowMs());
    const table = { ...old, pools, version: nextVersion(before) };
    return await this.#accept({ table, before, action: "restore", by });
  }

  /** Hostnames stay as they are claimed, so nobody else is asked. */
  async #trust(key: string, by: Change["by"]): Promise<{ readonly version: TableVersion } | null> {
    const before = this.#versions.newest();
    if (before === null) return null;
    if (this.#explainKeys.list().includes(key)) return { version: before.version };
    const table = { ...this.#load(before), version: nextVersion(before) };
    await this.#adopt({ table, before, action: "trust", by, key }).armed;
    return { version: table.version };
  }

  /** Claims the hostnames, then commits. A crash in between leaves a claim without use, which the next change frees. */
  async #accept(change: Change): Promise<Result<Accepted, ProposeRefusal>> {
    const directory = this.#ports.objects.directory();
    const hostnames = hostnamesOf(change.table);
    const claim = directory.claim(this.#account, hostnames);
    const claimed = await within(this.#ports.timers, DIRECTORY_TIMEOUT_MS, claim);
    if (!claimed.ok) return refuse({ reason: "hostname-taken", hostnames: claimed.error.taken });
    // From here to the end of the commit nothing waits: what is compared is what is replaced.
    const newest = this.#versions.newest();
    if (newest?.version !== change.before?.version) {
      const [expected, current] = [change.before?.etag ?? "", newest?.etag ?? ""];
      return refuse({ reason: "stale", expected, current });
    }
    const { etag, armed } = this.#adopt(change);
    this.#release();
    await armed;
    return ok({ version: change.table.version, etag, warnings: [] });
  }

  /** Commits and begins to bring it out, in one turn. `armed`: the alarm guarantees the rest. */
  #adopt(change: Change): { readonly etag: string; readonly armed: Promise<void> } {
    const nowMs = this.#ports.clock.nowMs();
    const etag = this.#commit(change, nowMs);
    this.#hold(change.table);
    this.#delivery.poke(nowMs);
    return { etag, armed: this.#alarm.set(this.#delivery.dueMs(nowMs) ?? nowMs) };
  }

  #commit({ table, action, by, key }: Change, nowMs: Ms): string {
    const { version } = table;
    const { actor, note } = by;
    return this.#ports.sql.transaction(() => {
      const manifest = this.#objects.store(table);
      const etag = `${version}-${manifest.slice(0, 16)}`;
      const counts = countOf(table);
      this.#versions.add({ version, etag, at: nowMs, actor, note, counts, manifest });
      this.#audit.add({ at: nowMs, actor, action, version, note });
      if (key !== undefined) this.#explainKeys.add(key);
      const subject = `version ${version}`;
      this.#events.add({ kind: "config", subject, detail: `${action} by ${actor}` }, nowMs);
      if (this.#versions.compact(nowMs)) {
        this.#objects.sweep(new Set(this.#versions.list().map((row) => row.manifest)));
      }
      return etag;
    });
  }

  /** In its own turn, so that no claim of a change in progress is freed. What fails is freed after the next change. */
  #release(): void {
    const release = async () => {
      const kept = this.#table === null ? [] : hostnamesOf(this.#table);
      const call = this.#ports.objects.directory().release(this.#account, kept);
      await within(this.#ports.timers, DIRECTORY_TIMEOUT_MS, call);
    };
    this.#turns.take(release).catch((failure) => this.#complain(failure));
  }

  #hold(table: Table): void {
    this.#table = table;
    this.#delivery.offer(asFetched(table, this.#addresses), this.#explainKeys.list());
  }

  #load(row: VersionRow): Table {
    const { version, manifest } = row;
    return {
      schema: SCHEMA,
      account: this.#account,
      version,
      ...this.#objects.load(manifest),
    };
  }

  /** Looks after the alarm, when somebody is still owed a version. */
  #watch(): void {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#delivery.dueMs(nowMs) === null) return;
    this.#alarm.ensure(nowMs).catch((unexpected) => this.#complain(unexpected));
  }

  #complain(unexpected: unknown): void {
    console.error(`ConfigStore ${this.#account}:`, unexpected);
  }
}
