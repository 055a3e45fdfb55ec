/**
 * One account's configuration: every version, who made it and why, and its way to the regions and to KV.
 *
 * How a change comes about is in `changes.ts`.
 */
import { type Intent, intentOf, syncedZones } from "../../routing/dns/intent.ts";
import type { EventFilter } from "../../routing/event-evidence.ts";
import type { Event } from "../../routing/exchange.ts";
import { type Drain, drainsOf } from "../../routing/guard/drains.ts";
import { stageOf } from "../../routing/guard/forecast.ts";
import type { Measured } from "../../routing/guard/measured.ts";
import { type Capacity, nMinusOne } from "../../routing/guard/n-minus-one.ts";
import type {
  By,
  EvacuationOrder,
  EvacuationState,
  FreezeState,
} from "../../routing/guard/orders.ts";
import type { PreviewQuestion } from "../../routing/preview.ts";
import type { Result } from "../../routing/result.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import { toDocument } from "../../routing/table/document.ts";
import { asFetched } from "../../routing/table/endpoint-names.ts";
import type { TableVersion } from "../../routing/units.ts";
import type {
  Accepted,
  AuditRow,
  ConfigObject,
  HostSnapshot,
  Proposal,
  ProposeRefusal,
  Trusted,
  VersionSummary,
} from "../../workers/config-object.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { AlarmKeeper } from "../alarm.ts";
import { text, whole } from "../arguments.ts";
import { documents } from "../storage/documents.ts";
import { migrate } from "../storage/migrations.ts";
import { Book } from "./book.ts";
import { Changes } from "./changes.ts";
import { checkBy, checkKey, checkMeasured, checkOrder } from "./check.ts";
import { Delivery } from "./delivery.ts";
import { Freeze } from "./freeze.ts";
import { configMigrations } from "./migrations.ts";
import { previewTargets } from "./preview-targets.ts";

export interface ConfigSetting {
  readonly account: string;
  readonly addresses: AddressPolicy;
  /** The freeze switch of the script; absent = it has none. */
  readonly isFrozen?: () => boolean;
}

export class Config implements ConfigObject {
  readonly #ports: ObjectPorts;
  readonly #account: string;
  readonly #addresses: AddressPolicy;
  readonly #alarm: AlarmKeeper;
  readonly #book: Book;
  readonly #delivery: Delivery;
  readonly #changes: Changes;
  readonly #freeze: Freeze;

  constructor(ports: ObjectPorts, { account, addresses, isFrozen = () => false }: ConfigSetting) {
    this.#ports = ports;
    this.#account = account;
    this.#addresses = addresses;
    migrate(ports.sql, configMigrations);
    const stored = documents(ports.sql);
    this.#alarm = new AlarmKeeper(ports.alarm);
    this.#book = new Book(ports.sql, stored, account);
    this.#freeze = new Freeze({ ports, documents: stored, account, isFrozen });
    this.#delivery = new Delivery({
      ports,
      account,
      documents: stored,
      events: this.#book.events,
      wakeBy: (atMs) => this.#alarm.sooner(atMs),
    });
    this.#changes = new Changes({
      ...{ ports, account, addresses, documents: stored },
      ...{ book: this.#book, delivery: this.#delivery, freeze: this.#freeze },
      wakeAt: (atMs) => this.#alarm.set(atMs),
      complain: (unexpected) => this.#complain(unexpected),
    });
  }

  async current(): Promise<{ document: unknown; version: TableVersion; etag: string } | null> {
    this.#watch();
    const newest = this.#book.versions.newest();
    if (newest === null || this.#changes.table === null) return null;
    const { version, etag } = newest;
    return { document: toDocument(this.#changes.table), version, etag };
  }

  async propose(proposal: Proposal): Promise<Result<Accepted, ProposeRefusal>> {
    checkBy(proposal);
    return await this.#changes.propose(proposal);
  }

  async versions(): Promise<readonly VersionSummary[]> {
    return this.#book.versions.list().map(({ manifest: _, ...summary }) => summary);
  }

  async version(version: number): Promise<{ document: unknown; etag: string } | null> {
    whole("version", version);
    const row = this.#book.versions.get(version);
    return row && { document: toDocument(this.#book.table(row)), etag: row.etag };
  }

  async restore(
    version: number,
    by: Omit<Proposal, "document">,
  ): Promise<Result<Accepted, ProposeRefusal | { readonly reason: "unknown-version" }>> {
    whole("version", version);
    checkBy(by);
    return await this.#changes.restore(version, by);
  }

  async snapshot(host: string): Promise<HostSnapshot | null> {
    text("host", host);
    this.#watch();
    return this.#delivery.snapshot(host);
  }

  async trust(key: string, by: Pick<Proposal, "actor" | "note">): Promise<Trusted | null> {
    checkKey(key);
    checkBy(by);
    return await this.#changes.trust(key, by);
  }

  async audit(after: number): Promise<readonly AuditRow[]> {
    whole("after", after);
    return this.#book.audit.after(after);
  }

  async previewTargets(question: PreviewQuestion): ReturnType<ConfigObject["previewTargets"]> {
    const { table } = this.#changes;
    return table && previewTargets(asFetched(table, this.#addresses), question);
  }

  async intent(zone: string): Promise<Intent | null> {
    text("zone", zone);
    return this.#changes.table && intentOf(this.#changes.table, zone);
  }

  async syncedZones(): Promise<readonly string[]> {
    return this.#changes.table === null ? [] : syncedZones(this.#changes.table);
  }

  async pushes(): ReturnType<ConfigObject["pushes"]> {
    this.#watch();
    return Object.fromEntries(
      this.#delivery.regions().map(([name, { acked, failures }]) => [name, { acked, failures }]),
    );
  }

  async preview(proposal: Proposal): ReturnType<ConfigObject["preview"]> {
    checkBy(proposal);
    return await this.#changes.preview(proposal);
  }

  async capacity(measured: Measured): Promise<Capacity | null> {
    checkMeasured(measured);
    const table = this.#changes.finished();
    return table && nMinusOne(stageOf(table, measured));
  }

  async drains(): Promise<readonly Drain[]> {
    return this.#changes.table === null ? [] : drainsOf(this.#changes.table);
  }

  async freezes(): Promise<FreezeState> {
    return await this.#freeze.read();
  }

  async freeze(reason: string | null, actor: string): Promise<FreezeState> {
    checkBy({ actor, note: reason ?? "" });
    const nowMs = this.#ports.clock.nowMs();
    const action = reason === null ? "thaw" : "freeze";
    this.#book.note(action, { actor, note: reason ?? "" }, nowMs, () =>
      this.#freeze.turn(reason, actor, nowMs),
    );
    return await this.#freeze.read();
  }

  async evacuate(order: EvacuationOrder): ReturnType<ConfigObject["evacuate"]> {
    checkOrder(order);
    return await this.#changes.evacuate(order);
  }

  async previewEvacuation(order: EvacuationOrder): ReturnType<ConfigObject["previewEvacuation"]> {
    checkOrder(order);
    return await this.#changes.previewEvacuation(order);
  }

  async evacuations(): Promise<readonly EvacuationState[]> {
    return this.#changes.evacuations();
  }

  async undoEvacuation(id: string, by: By): ReturnType<ConfigObject["undoEvacuation"]> {
    text("id", id);
    checkBy(by);
    return await this.#changes.undoEvacuation(id, by);
  }

  async events(after: number, filter?: EventFilter): Promise<readonly Event[]> {
    whole("after", after);
    return this.#book.events.after(after, filter);
  }

  /** Goes on with what is owed. Begins the calls and sets the next alarm in one turn, and never throws. */
  async alarm(): Promise<void> {
    try {
      this.#alarm.rang();
      const nowMs = this.#ports.clock.nowMs();
      this.#delivery.poke(nowMs);
      const steps = this.#changes.advance(nowMs).catch((failed) => this.#complain(failed));
      const dueMs = this.#changes.dueMs(nowMs);
      if (dueMs !== null) await this.#alarm.set(dueMs);
      await steps;
    } catch (unexpected) {
      this.#complain(unexpected);
    }
  }

  /** Looks after the alarm, when anything is still due. */
  #watch(): void {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#changes.dueMs(nowMs) === null) return;
    this.#alarm.ensure(nowMs).catch((unexpected) => this.#complain(unexpected));
  }

  #complain(unexpected: unknown): void {
    console.error(`ConfigStore ${this.#account}:`, unexpected);
  }
}
