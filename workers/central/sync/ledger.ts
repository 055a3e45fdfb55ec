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
import type { Unit } from "../../../routing/dns/change.ts";
import type { Guard, Objection } from "../../../routing/dns/guard.ts";
import { GUARDS, unobjected } from "../../../routing/dns/guards.ts";
import { undoChecksum, undoOf, undoWords } from "../../../routing/dns/undo.ts";
import type { EventFilter } from "../../../routing/event-evidence.ts";
import type { Event } from "../../../routing/exchange.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import { type History, history, OURSELVES } from "./history.ts";
import { type Lease, lease } from "./lease.ts";
import { lookAt, type Ready, type Sighting } from "./look.ts";
import { type Memory, readMemory, writeMemory } from "./memory.ts";
import { ledgerMigrations } from "./migrations.ts";
import { askedMs, pauseMs } from "./pace.ts";
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
import { isSameState, reliefOf, wordOf } from "./words.ts";
import { write } from "./writing.ts";

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
    this.#history.endAbandoned();
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

  async history(sequence?: number): Promise<readonly HistoryEntry[]> {
    if (sequence === undefined) return this.#history.list();
    const entry = this.#history.whole(sequence);
    return entry === null ? [] : [entry];
  }

  async events(after: number, filter?: EventFilter): Promise<readonly Event[]> {
    return this.#events.after(after, filter);
  }

  /** Never throws, and sets the next alarm first: the platform gives up after six failures. */
  async alarm(): Promise<void> {
    try {
      this.#alarm.rang();
      await this.#alarm.set(this.#ports.clock.nowMs() + this.#pauseMs());
      if (askedMs(this.#last, this.#ports.clock.nowMs()) > 0) return;
      await this.#turns.take(() => this.#run());
      await this.#alarm.sooner(this.#ports.clock.nowMs() + this.#pauseMs());
    } catch (unexpected) {
      console.error(`SyncLedger ${this.#setting.zone}:`, unexpected);
      this.#unforeseen();
    }
  }

  /** A look, and what may be written without anybody: units that wait for a word keep the others out no more than they must. */
  async #run(): Promise<void> {
    const epoch = this.#lease.take();
    const { look, ready } = await this.#look(epoch);
    if (ready === null || ready.intent.sync.mode !== "apply" || look.frozen.length > 0) return;
    const units = unobjected({ ...ready.facts, plan: ready.plan }, this.#setting.guards);
    if (units.length === 0) return;
    const { failure } = await this.#write(epoch, ready, units, OURSELVES);
    if (failure === null) await this.#verify(epoch);
    else this.#failed();
  }

  async #apply(order: Order): Promise<Result<HistoryEntry, OrderRefusal>> {
    const epoch = this.#lease.take();
    const { look, ready } = await this.#look(epoch);
    if (look.plan === null || ready === null) return refuse({ reason: "no-plan", look });
    if (look.plan.checksum !== order.checksum) {
      return refuse({ reason: "stale-plan", checksum: look.plan.checksum });
    }
    if (!order.includeRespected) {
      return this.#ordered(epoch, { look, ready }, look.plan.units, order);
    }
    const units = [...look.plan.units, ...look.plan.respected];
    const plan = { ...look.plan, units };
    const whole = { ...look, plan, objections: this.#objections(plan, ready) };
    return this.#ordered(epoch, { look: whole, ready: { ...ready, plan } }, units, order);
  }

  async #undo(
    sequence: number,
    order: Pick<Order, "actor" | "confirmations">,
  ): Promise<Result<HistoryEntry, OrderRefusal>> {
    if (this.#history.get(sequence) === null) return refuse({ reason: "unknown-entry" });
    const epoch = this.#lease.take();
    const { look, ready } = await this.#look(epoch);
    if (ready === null) return refuse({ reason: "no-plan", look });
    const { facts, intent } = ready;
    const undo = undoOf(this.#history.units(sequence), facts.listing, intent.sync);
    const { units } = undo;
    const words = undoWords(sequence, undo);
    if (units.length === 0) return refuse({ reason: "nothing-to-undo", detail: words });
    const plan = { ...ready.plan, units, checksum: undoChecksum(undo) };
    const seen = {
      look: { ...look, plan, objections: this.#objections(plan, ready) },
      ready: { ...ready, plan },
    };
    return this.#ordered(epoch, seen, units, order, words);
  }

  async #ordered(
    epoch: number,
    { look, ready }: { readonly look: Look; readonly ready: Ready },
    units: readonly Unit[],
    { actor, confirmations }: Pick<Order, "actor" | "confirmations">,
    undo?: string,
  ): Promise<Result<HistoryEntry, OrderRefusal>> {
    const by = look.frozen.filter((one) => one !== "ledger" || undo === undefined);
    if (by.length > 0) return refuse({ reason: "frozen", by });
    const objections = look.objections.filter(
      ({ confirmation }) => confirmation === null || !confirmations.includes(confirmation),
    );
    if (objections.length > 0) return refuse({ reason: "guarded", objections });
    // Before the first batch, or automation would undo what is half done.
    if (undo !== undefined) this.#remember({ frozen: true }, `frozen by ${actor}. ${undo}`);
    const { sequence, failure } = await this.#write(epoch, ready, units, actor, undo);
    const entry = this.#history.get(sequence) as HistoryEntry;
    if (failure !== null) return refuse({ reason: "failed", failure, entry });
    await this.#verify(epoch);
    return ok(entry);
  }

  #objections(plan: Ready["plan"], { facts }: Ready): readonly Objection[] {
    const guards = this.#setting.guards ?? GUARDS;
    return guards.flatMap((guard) => guard({ ...facts, plan }));
  }

  async #look(epoch: number): Promise<Sighting> {
    const sighting = await lookAt(
      { ports: this.#ports, history: this.#history, ...this.#setting },
      readMemory(this.#documents),
    );
    this.#last = sighting;
    const word = wordOf(sighting, this.#ports.clock.nowMs(), BLIND_TOLD_MS);
    this.#ports.sql.transaction(() => {
      // Who was superseded meanwhile has seen an older zone.
      if (!this.#lease.holds(epoch)) return;
      const { frozen, told } = readMemory(this.#documents);
      if (!isSameState(word, told)) this.#tell(word === "" ? reliefOf(sighting) : word);
      // The freeze may have been turned while the look was out.
      writeMemory(this.#documents, { ...sighting.memory, frozen, told: word });
    });
    return sighting;
  }

  /** What was written is looked at again: what the provider took is not what it answers until it lists it. */
  async #verify(epoch: number): Promise<void> {
    const { look } = await this.#look(epoch);
    const left = look.plan?.units.length ?? 0;
    if (look.plan === null) return this.#tell("written, but the listing after it failed");
    this.#tell(
      left > 0 ? `written, but ${left} wait` : `in step with version ${look.plan.version}`,
    );
  }

  #write(epoch: number, ready: Ready, units: readonly Unit[], actor: string, undo?: string) {
    const parts = {
      ports: this.#ports,
      lease: this.#lease,
      history: this.#history,
      documents: this.#documents,
      tell: (detail: string) => this.#tell(detail),
    };
    const writer = { actor, ...(undo === undefined ? {} : { undo }) };
    return write(parts, epoch, ready, units, writer);
  }

  /** The next look comes later each time; `detail` is for the owner, once. */
  #failed(detail?: string): void {
    const memory = readMemory(this.#documents);
    const change = { failures: memory.failures + 1, told: detail ?? memory.told };
    if (change.told === memory.told) writeMemory(this.#documents, { ...memory, ...change });
    else this.#remember(change, change.told);
  }

  #unforeseen(): void {
    try {
      this.#failed("the look failed in a way nobody foresaw; the logs of central say how");
    } catch (closed) {
      // Whoever was superseded has nothing to tell.
      console.error(`SyncLedger ${this.#setting.zone}:`, closed);
    }
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

  #pauseMs(): Ms {
    const { failures } = readMemory(this.#documents);
    const { clock, chance } = this.#ports;
    return pauseMs(this.#last, failures, clock.nowMs(), chance.uniform());
  }
}
