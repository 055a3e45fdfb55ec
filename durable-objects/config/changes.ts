/**
 * Every way to a new version: a document, an old version, a key, an evacuation and its undo.
 *
 * Changes take turns, because a change waits for the freeze switch and the Directory between its check and its commit. The commit
 * itself (compare, version, audit row, event) is one synchronous transaction.
 */

import { STEP_INTERVAL_MS } from "../../routing/guard/governor.ts";
import type { By, EvacuationOrder, EvacuationState } from "../../routing/guard/orders.ts";
import type { Table } from "../../routing/model.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import { stamped } from "../../routing/table/disabled-since.ts";
import { asFetched } from "../../routing/table/endpoint-names.ts";
import { type Parsed, parseDocument } from "../../routing/table/parse.ts";
import type { Ms } from "../../routing/units.ts";
import type {
  Accepted,
  ConfigObject,
  Proposal,
  ProposeRefusal,
  Trusted,
} from "../../workers/config-object.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";
import type { Documents } from "../storage/documents.ts";
import { Turns } from "../turns.ts";
import type { Book } from "./book.ts";
import { type Change, hostnamesOf, nextVersion, staleness } from "./change.ts";
import type { Delivery } from "./delivery.ts";
import { Evacuations, type Meeting } from "./evacuations.ts";
import type { Freeze } from "./freeze.ts";
import { allowed, previewed } from "./guarding.ts";

const DIRECTORY_TIMEOUT_MS = 5_000;
/** A step that was begun and did not come to an end is tried again then. */
const STEP_GUARANTEE_MS = 15_000;

export interface ChangesParts {
  readonly ports: ObjectPorts;
  readonly account: string;
  readonly addresses: AddressPolicy;
  readonly documents: Documents;
  readonly book: Book;
  readonly delivery: Delivery;
  readonly freeze: Freeze;
  /** The alarm shall ring then. */
  wakeAt(atMs: Ms): Promise<void>;
  complain(unexpected: unknown): void;
}

export class Changes {
  readonly #parts: ChangesParts;
  readonly #evacuations: Evacuations;
  readonly #turns = new Turns();
  /** The newest version's table; a cache of storage. */
  #table: Table | null = null;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
    const { documents, book } = parts;
    this.#evacuations = new Evacuations({
      documents,
      adopt: (change) => this.#adopt(change),
      tell: (subject, detail) =>
        book.events.add({ kind: "config", subject, detail }, parts.ports.clock.nowMs()),
    });
    const newest = book.versions.newest();
    if (newest !== null) this.#hold(book.table(newest));
  }

  get table(): Table | null {
    return this.#table;
  }

  /** When the alarm should ring: a version is owed to somebody, or an evacuation goes on. `null`: nothing is due. */
  dueMs(nowMs: Ms): Ms | null {
    const due = [this.#parts.delivery.dueMs(nowMs), this.#evacuations.dueMs];
    const times = due.filter((atMs) => atMs !== null);
    return times.length === 0 ? null : Math.max(nowMs + 1, Math.min(...times));
  }

  /** Makes the steps of evacuations that are due; while anything is frozen they wait. Call `dueMs` after the turn in which it began. */
  async advance(nowMs: Ms): Promise<void> {
    const dueMs = this.#evacuations.dueMs;
    if (dueMs === null || dueMs > nowMs) return;
    this.#evacuations.hold(nowMs + STEP_GUARANTEE_MS);
    await this.#turns.take(async () => {
      const frozen = await this.#frozen();
      if (frozen === null) await this.#evacuations.advance(() => this.#meeting());
      else this.#evacuations.hold(nowMs + STEP_INTERVAL_MS);
    });
  }

  propose(proposal: Proposal): Promise<Result<Accepted, ProposeRefusal>> {
    return this.#turns.take(() => this.#propose(proposal));
  }

  restore(version: number, by: Omit<Proposal, "document">): ReturnType<ConfigObject["restore"]> {
    return this.#turns.take(() => this.#restore(version, by));
  }

  trust(key: string, by: Change["by"]): ReturnType<ConfigObject["trust"]> {
    return this.#turns.take(() => this.#trust(key, by));
  }

  async preview(proposal: Proposal): ReturnType<ConfigObject["preview"]> {
    const parsed = this.#parse(proposal);
    if (!parsed.ok) return parsed;
    const { table, warnings } = parsed.value;
    const preview = previewed(...this.#judged(table), proposal);
    return ok({ ...preview, warnings, frozen: await this.#parts.freeze.places() });
  }

  evacuate(order: EvacuationOrder): ReturnType<ConfigObject["evacuate"]> {
    return this.#turns.take(async () => {
      const frozen = await this.#frozen();
      if (frozen !== null) return frozen;
      const meeting = this.#meeting();
      if (meeting === null) return refuse({ reason: "no-configuration" });
      return await this.#evacuations.order(meeting, order, this.#parts.ports.chance.id());
    });
  }

  async previewEvacuation(order: EvacuationOrder): ReturnType<ConfigObject["previewEvacuation"]> {
    const meeting = this.#meeting();
    if (meeting === null) return refuse({ reason: "no-configuration" });
    const preview = this.#evacuations.preview(meeting, order);
    if (!preview.ok) return preview;
    return ok({ ...preview.value, frozen: await this.#parts.freeze.places() });
  }

  evacuations(): readonly EvacuationState[] {
    return this.#evacuations.list(this.#table);
  }

  undoEvacuation(id: string, by: By): ReturnType<ConfigObject["undoEvacuation"]> {
    return this.#turns.take(async () => {
      const frozen = await this.#frozen();
      if (frozen !== null) return frozen;
      const meeting = this.#meeting();
      if (meeting === null) return refuse({ reason: "unknown-evacuation" });
      return await this.#evacuations.undo(meeting, id, by);
    });
  }

  async #propose(proposal: Proposal): Promise<Result<Accepted, ProposeRefusal>> {
    const frozen = await this.#frozen();
    if (frozen !== null) return frozen;
    const before = this.#parts.book.versions.newest();
    const stale = staleness(proposal.expected, before);
    if (stale !== null) return refuse(stale);
    const parsed = this.#parse(proposal);
    if (!parsed.ok) return parsed;
    const { table, warnings } = parsed.value;
    const allowance = allowed(...this.#judged(table), proposal);
    if (!allowance.ok) return allowance;
    const by = { actor: proposal.actor, note: allowance.value };
    const accepted = await this.#accept({ table, before, action: "propose", by });
    return accepted.ok ? ok({ ...accepted.value, warnings }) : accepted;
  }

  #parse({ document }: Proposal): Result<Parsed, Extract<ProposeRefusal, { reason: "invalid" }>> {
    const parsed = parseDocument(document, {
      account: this.#parts.account,
      version: nextVersion(this.#parts.book.versions.newest()),
      previous: this.#table,
      mint: () => this.#parts.ports.chance.id(),
      addresses: this.#parts.addresses,
      nowMs: this.#parts.ports.clock.nowMs(),
    });
    return parsed.ok ? parsed : refuse({ reason: "invalid", problems: parsed.error });
  }

  /** The newest version with every evacuation that is on its way at its end; `null` before the first. */
  finished(): Table | null {
    return this.#table && this.#evacuations.finished(this.#table);
  }

  /** Before and after, as the guards are to see them: with every evacuation that is on its way at its end. */
  #judged(after: Table): readonly [Table | null, Table] {
    return [this.finished(), this.#evacuations.finished(after)];
  }

  /** The refusal of every change while any switch is turned. */
  async #frozen() {
    const by = await this.#parts.freeze.places();
    return by.length === 0 ? null : refuse({ reason: "frozen" as const, by });
  }

  /** What an order meets; `null` before the first version. */
  #meeting(): Meeting | null {
    const before = this.#parts.book.versions.newest();
    if (before === null || this.#table === null) return null;
    return { before, table: this.#table, nowMs: this.#parts.ports.clock.nowMs() };
  }

  async #restore(
    version: number,
    by: Omit<Proposal, "document">,
  ): Promise<Result<Accepted, ProposeRefusal | { readonly reason: "unknown-version" }>> {
    const frozen = await this.#frozen();
    if (frozen !== null) return frozen;
    const row = this.#parts.book.versions.get(version);
    if (row === null) return refuse({ reason: "unknown-version" });
    const before = this.#parts.book.versions.newest();
    const stale = staleness(by.expected, before);
    if (stale !== null) return refuse(stale);
    const old = this.#parts.book.table(row);
    const pools = stamped(old.pools, this.#table?.pools ?? [], this.#parts.ports.clock.nowMs());
    const table = { ...old, pools, version: nextVersion(before) };
    const allowance = allowed(...this.#judged(table), by);
    if (!allowance.ok) return allowance;
    const { actor } = by;
    const forced = { actor, note: allowance.value };
    return await this.#accept({ table, before, action: "restore", by: forced });
  }

  /** Hostnames stay as they are claimed, so nobody else is asked. */
  async #trust(key: string, by: Change["by"]): Promise<Trusted | null> {
    const frozen = await this.#parts.freeze.places();
    const before = this.#parts.book.versions.newest();
    if (before === null) return null;
    if (this.#parts.book.explainKeys.list().includes(key)) return { version: before.version };
    if (frozen.length > 0) return { frozen };
    const table = { ...this.#parts.book.table(before), version: nextVersion(before) };
    await this.#adopt({ table, before, action: "trust", by, key }).armed;
    return { version: table.version };
  }

  /** Claims the hostnames, then commits. A crash in between leaves a claim without use, which the next change frees. */
  async #accept(change: Change): Promise<Result<Accepted, ProposeRefusal>> {
    const directory = this.#parts.ports.objects.directory();
    const hostnames = hostnamesOf(change.table);
    const claim = directory.claim(this.#parts.account, hostnames);
    const claimed = await within(this.#parts.ports.timers, DIRECTORY_TIMEOUT_MS, claim);
    if (!claimed.ok) return refuse({ reason: "hostname-taken", hostnames: claimed.error.taken });
    // From here to the end of the commit nothing waits: what is compared is what is replaced.
    const by = this.#parts.freeze.atHand();
    if (by.length > 0) return refuse({ reason: "frozen", by });
    const newest = this.#parts.book.versions.newest();
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
    const nowMs = this.#parts.ports.clock.nowMs();
    const etag = this.#parts.book.commit(change, nowMs);
    this.#hold(change.table);
    this.#parts.delivery.poke(nowMs);
    return { etag, armed: this.#parts.wakeAt(this.dueMs(nowMs) ?? nowMs) };
  }

  /** In its own turn, so that no claim of a change in progress is freed. What fails is freed after the next change. */
  #release(): void {
    const release = async () => {
      const kept = this.#table === null ? [] : hostnamesOf(this.#table);
      const call = this.#parts.ports.objects.directory().release(this.#parts.account, kept);
      await within(this.#parts.ports.timers, DIRECTORY_TIMEOUT_MS, call);
    };
    this.#turns.take(release).catch((failure) => this.#parts.complain(failure));
  }

  #hold(table: Table): void {
    this.#table = table;
    this.#parts.delivery.offer(
      asFetched(table, this.#parts.addresses),
      this.#parts.book.explainKeys.list(),
    );
  }
}
