/**
 * One zone's ledger: looks at it on its alarm, writes what its mode allows, remembers what it wrote, and tells what it may not do.
 *
 * Looks and orders take turns. The next alarm is set before anything that can fail, so that no look is the last.
 */
import { AlarmKeeper } from "../../../durable-objects/alarm.ts";
import { type Documents, documents } from "../../../durable-objects/storage/documents.ts";
import { type Events, events } from "../../../durable-objects/storage/events.ts";
import { migrate } from "../../../durable-objects/storage/migrations.ts";
import { Turns } from "../../../durable-objects/turns.ts";
import { type Change, inverseOf, subjectOf, type Unit } from "../../../routing/dns/change.ts";
import { GUARDS, type Guard, type Objection } from "../../../routing/dns/guards.ts";
import type { Event } from "../../../routing/exchange.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import { type History, history, OURSELVES } from "./history.ts";
import { type Lease, lease } from "./lease.ts";
import { lookAt, NOT_KEPT, type Ready, type Sighting } from "./look.ts";
import { type Memory, readMemory, writeMemory } from "./memory.ts";
import { ledgerMigrations } from "./migrations.ts";
import type {
  HistoryEntry,
  LedgerObject,
  LedgerPorts,
  Look,
  Order,
  OrderRefusal,
  ProviderMaker,
  ZoneStatus,
} from "./ports.ts";
import { reliefOf, wordOf } from "./words.ts";
import { write } from "./writing.ts";

/** Between two looks when nobody can say what is wanted, and when nobody wants anything: a zone that comes back is poked. */
const BLIND_INTERVAL_MS = 60_000;
const IDLE_INTERVAL_MS = 3_600_000;
/** After a failure: twice as long each time, from a tenth of the interval to eight times it. */
const BACKOFF_MAX = 8;
/** The next look comes this much sooner or later, so that the zones of an account do not knock together. */
const JITTER_RATIO = 0.1;
/** For this long nobody may know what is wanted without being called. */
const BLIND_TOLD_MS = 600_000;

export interface LedgerSetting {
  readonly account: string;
  readonly zone: string;
  readonly makeProvider: ProviderMaker;
  /** What a test takes guards away by; absent = all of them. */
  readonly guards?: readonly Guard[];
}

export class Ledger implements LedgerObject {
  readonly #ports: LedgerPorts;
  readonly #setting: LedgerSetting;
  readonly #documents: Documents;
  readonly #events: Events;
  readonly #history: History;
  readonly #lease: Lease;
  readonly #alarm: AlarmKeeper;
  readonly #turns = new Turns();
  #last: Sighting | null = null;

  constructor(ports: LedgerPorts, setting: LedgerSetting) {
    this.#ports = ports;
    this.#setting = setting;
    migrate(ports.sql, ledgerMigrations);
    this.#documents = documents(ports.sql);
    this.#events = events(ports.sql, `zone:${setting.zone}`);
    this.#history = history(ports.sql);
    this.#lease = lease(ports.sql);
    this.#alarm = new AlarmKeeper(ports.alarm);
  }

  async poke(): Promise<void> {
    await this.#alarm.sooner(this.#ports.clock.nowMs());
  }

  async status(): Promise<ZoneStatus> {
    const { zone } = this.#setting;
    const memory = readMemory(this.#documents);
    await this.#alarm.ensure(this.#ports.clock.nowMs());
    const { intent = null, look = null } = this.#last ?? {};
    return {
      zone,
      intent: intent === null ? null : { version: intent.version, sync: intent.sync },
      look,
      frozen: [
        ...(memory.frozen ? (["ledger"] as const) : []),
        ...(this.#ports.isFrozen() ? (["script"] as const) : []),
        ...(look?.frozen.filter((by) => by === "zone") ?? []),
      ],
      sets: Object.keys(memory.written).length,
      nextLookAtMs: this.#alarm.dueMs,
      failures: memory.failures,
      unwritten: memory.unwritten,
    };
  }

  look(): Promise<Look> {
    return this.#turns.take(async () => (await this.#look(this.#lease.take())).look);
  }

  apply(order: Order): Promise<Result<HistoryEntry, OrderRefusal>> {
    return this.#turns.take(() => this.#apply(order));
  }

  undo(
    sequence: number,
    order: Pick<Order, "actor" | "confirmations">,
  ): Promise<Result<HistoryEntry, OrderRefusal>> {
    return this.#turns.take(() => this.#undo(sequence, order));
  }

  async freeze(frozen: boolean, actor: string): Promise<void> {
    this.#remember({ frozen }, `${frozen ? "frozen" : "thawed"} by ${actor}`);
    if (!frozen) await this.poke();
  }

  async history(): Promise<readonly HistoryEntry[]> {
    return this.#history.list();
  }

  async events(after: number): Promise<readonly Event[]> {
    return this.#events.after(after);
  }

  /** Never throws, and sets the next alarm first: the platform gives up after six failures. */
  async alarm(): Promise<void> {
    try {
      this.#alarm.rang();
      await this.#alarm.set(this.#ports.clock.nowMs() + this.#pauseMs());
      if (this.#askedMs() > 0) return;
      await this.#turns.take(() => this.#run());
      await this.#alarm.sooner(this.#ports.clock.nowMs() + this.#pauseMs());
    } catch (unexpected) {
      console.error(`SyncLedger ${this.#setting.zone}:`, unexpected);
    }
  }

  /** A look, and what may be written without anybody. */
  async #run(): Promise<void> {
    const epoch = this.#lease.take();
    const { look, ready } = await this.#look(epoch);
    if (ready === null || ready.intent.sync.mode !== "apply") return;
    if (look.plan === null || look.plan.units.length === 0) return;
    if (look.frozen.length > 0 || look.objections.length > 0) return;
    const { failure } = await this.#write(epoch, ready, look.plan.units, OURSELVES);
    if (failure === null) await this.#verify(epoch);
  }

  async #apply(order: Order): Promise<Result<HistoryEntry, OrderRefusal>> {
    const epoch = this.#lease.take();
    const { look, ready } = await this.#look(epoch);
    if (look.plan === null || ready === null) return refuse({ reason: "no-plan", look });
    if (look.plan.checksum !== order.checksum) {
      return refuse({ reason: "stale-plan", checksum: look.plan.checksum });
    }
    const units = order.includeRespected
      ? [...look.plan.units, ...look.plan.respected]
      : look.plan.units;
    return this.#ordered(epoch, { look, ready }, units, order);
  }

  async #undo(
    sequence: number,
    order: Pick<Order, "actor" | "confirmations">,
  ): Promise<Result<HistoryEntry, OrderRefusal>> {
    if (this.#history.get(sequence) === null) return refuse({ reason: "unknown-entry" });
    const epoch = this.#lease.take();
    const { look, ready } = await this.#look(epoch);
    if (ready === null) return refuse({ reason: "no-plan", look });
    const changes = this.#history.changes(sequence).toReversed().map(inverseOf);
    // What happens at one name happens together.
    const units: readonly Unit[] = [
      ...Map.groupBy(changes, (one) => subjectOf(one).name).values(),
    ].map((own) => ({ subject: subjectOf(own[0] as Change), changes: own }));
    const plan = { ...ready.plan, units };
    const objections = this.#objections(plan, ready);
    const done = await this.#ordered(
      epoch,
      { look: { ...look, plan, objections }, ready: { ...ready, plan } },
      units,
      order,
    );
    if (done.ok) this.#remember({ frozen: true }, `frozen: ${order.actor} undid entry ${sequence}`);
    return done;
  }

  async #ordered(
    epoch: number,
    { look, ready }: { readonly look: Look; readonly ready: Ready },
    units: readonly Unit[],
    { actor, confirmations }: Pick<Order, "actor" | "confirmations">,
  ): Promise<Result<HistoryEntry, OrderRefusal>> {
    if (look.frozen.length > 0) return refuse({ reason: "frozen", by: look.frozen });
    const objections = look.objections.filter(
      ({ confirmation }) => confirmation === null || !confirmations.includes(confirmation),
    );
    if (objections.length > 0) return refuse({ reason: "guarded", objections });
    const { sequence, failure } = await this.#write(epoch, ready, units, actor);
    const entry = this.#history.get(sequence) as HistoryEntry;
    if (failure !== null) return refuse({ reason: "failed", failure, entry });
    await this.#verify(epoch);
    return ok(entry);
  }

  #objections(plan: Ready["plan"], { intent, provider, listing }: Ready): readonly Objection[] {
    const memory = readMemory(this.#documents);
    const guards = this.#setting.guards ?? GUARDS;
    return guards.flatMap((guard) =>
      guard({
        plan,
        sync: intent.sync,
        abilities: provider.abilities,
        listing,
        hostnames: intent.publications.map(({ balancer }) => balancer.name),
        written: memory.written,
        shrunkListings: memory.shrunkListings,
      }),
    );
  }

  async #look(epoch: number): Promise<Sighting> {
    const sighting = await lookAt(
      { ports: this.#ports, ...this.#setting },
      readMemory(this.#documents),
    );
    this.#last = sighting;
    const word = wordOf(sighting, this.#ports.clock.nowMs(), BLIND_TOLD_MS);
    this.#ports.sql.transaction(() => {
      // Who was superseded meanwhile has seen an older zone.
      if (!this.#lease.holds(epoch)) return;
      const { frozen, told } = readMemory(this.#documents);
      if (word !== told) {
        this.#tell(word === "" ? reliefOf(sighting) : word);
      }
      // The freeze may have been turned while the look was out.
      writeMemory(this.#documents, { ...sighting.memory, frozen, told: word });
    });
    return sighting;
  }

  /** What was written is looked at again: what the provider took is not what it answers until it lists it. */
  async #verify(epoch: number): Promise<void> {
    const { look } = await this.#look(epoch);
    const left = look.plan?.units.length ?? 0;
    if (look.plan === null) this.#tell("written, but the listing after it failed");
    else if (left > 0) this.#tell(`written, but ${left} sets are not yet as wanted`);
    else this.#tell(`in step with version ${look.plan.version}`);
  }

  #write(epoch: number, ready: Ready, units: readonly Unit[], actor: string) {
    const parts = {
      ports: this.#ports,
      lease: this.#lease,
      history: this.#history,
      documents: this.#documents,
      tell: (detail: string) => this.#tell(detail),
    };
    return write(parts, epoch, ready, units, actor);
  }

  #tell(detail: string): void {
    const { zone } = this.#setting;
    this.#events.add({ kind: "dns", subject: zone, detail }, this.#ports.clock.nowMs());
  }

  #remember(change: Partial<Memory>, detail: string): void {
    this.#ports.sql.transaction(() => {
      writeMemory(this.#documents, { ...readMemory(this.#documents), ...change });
      this.#tell(detail);
    });
  }

  /** Until the next look: the zone's interval, longer after failures, never quite the same. */
  #pauseMs(): Ms {
    const { failures } = readMemory(this.#documents);
    const factor = failures === 0 ? 1 : Math.min(BACKOFF_MAX, 0.1 * 2 ** failures);
    const jitter = 1 + JITTER_RATIO * (2 * this.#ports.chance.uniform() - 1);
    return Math.max(this.#askedMs(), this.#intervalMs() * factor * jitter);
  }

  #intervalMs(): Ms {
    const { intent = null, look } = this.#last ?? {};
    if (intent !== null) return intent.sync.interval * 1_000;
    return look !== undefined && look.blind === NOT_KEPT ? IDLE_INTERVAL_MS : BLIND_INTERVAL_MS;
  }

  /** For how long the provider still wants to be left alone. */
  #askedMs(): Ms {
    const { failure = null, atMs = 0 } = this.#last?.look ?? {};
    return Math.max(0, atMs + (failure?.retryAfterMs ?? 0) - this.#ports.clock.nowMs());
  }
}
