/** The evacuations of an account: ordered, told and undone. Each is a version like any other, and a row that says what it changed. */
import {
  advanced,
  changesSince,
  type Evacuated,
  type Evacuation,
  evacuated,
  forbidden,
  isStanding,
  overlaps,
  restored,
} from "../../routing/guard/evacuation.ts";
import type {
  By,
  EvacuateRefusal,
  Evacuating,
  EvacuationOrder,
  EvacuationPreview,
  EvacuationState,
  UndoRefusal,
} from "../../routing/guard/orders.ts";
import type { Target } from "../../routing/guard/places.ts";
import { type Ramp, rampOf, stepped } from "../../routing/guard/ramp.ts";
import type { Pool, Table } from "../../routing/model.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";
import { stamped } from "../../routing/table/disabled-since.ts";
import type { Ms } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import { type Change, nextVersion } from "./change.ts";
import { allowed, previewed } from "./guarding.ts";
import type { VersionRow } from "./versions.ts";

const PREFIX = "evacuation:";
/** Of those that are over, the oldest go first: a year of one every week. */
const KEPT = 52;

export interface EvacuationParts {
  readonly documents: Documents;
  /** Something happened that makes no version. */
  tell(subject: string, detail: string): void;
  /** Commits a change in the turn of the call. */
  adopt(change: Change): { readonly etag: string; readonly armed: Promise<void> };
}

/** The state that an order meets. */
export interface Meeting {
  readonly before: VersionRow;
  readonly table: Table;
  readonly nowMs: Ms;
}

export class Evacuations {
  readonly #documents: Documents;
  readonly #parts: Pick<EvacuationParts, "adopt" | "tell">;
  /** Of the next step; a cache of storage. */
  #nextAtMs: Ms | null;
  /** A step that is under way, or waits for a thaw, is not due before. */
  #heldUntilMs: Ms = 0;

  constructor({ documents, ...parts }: EvacuationParts) {
    this.#documents = documents;
    this.#parts = parts;
    this.#nextAtMs = this.#next();
  }

  /** When the next step is due; `null`: none is. */
  get dueMs(): Ms | null {
    return this.#nextAtMs === null ? null : Math.max(this.#nextAtMs, this.#heldUntilMs);
  }

  /** The table as it is when what is on its way has made its last step: what a change is judged by. */
  finished(table: Table, except?: string): Table {
    let pools = table.pools;
    for (const evacuation of this.#all()) {
      const { id, ramp } = evacuation;
      if (ramp === undefined || ramp.isHalted || id === except) continue;
      pools = advanced({ pools }, evacuation, { ...ramp, share: 1 });
    }
    return { ...table, pools };
  }

  /** The next step is not due before. */
  hold(untilMs: Ms): void {
    this.#heldUntilMs = untilMs;
  }

  /** Makes the steps that are due. `meet` tells the state that each meets. */
  async advance(meet: () => Meeting | null): Promise<void> {
    this.#heldUntilMs = 0;
    for (const { id } of this.#all()) {
      const [meeting, evacuation] = [meet(), this.#read(id)];
      if (meeting === null || evacuation?.ramp === undefined) continue;
      if (evacuation.ramp.isHalted || evacuation.ramp.nextAtMs > meeting.nowMs) continue;
      const changes = changesSince(meeting.table, evacuation);
      if (changes.size > 0) this.#halt(evacuation, evacuation.ramp, changes);
      else
        await this.#step(meeting, evacuation, stepped(evacuation.ramp, id, meeting.nowMs, false));
    }
  }

  list(table: Table | null): readonly EvacuationState[] {
    return this.#all().map((evacuation) => ({
      evacuation,
      isStanding: table !== null && isStanding(table, evacuation),
      changes:
        table === null || evacuation.undone !== null
          ? []
          : [...changesSince(table, evacuation).values()],
    }));
  }

  /** `id` is of the new one. */
  async order(
    { before, table, nowMs }: Meeting,
    order: EvacuationOrder,
    id: string,
  ): Promise<Result<Evacuating, EvacuateRefusal>> {
    const same = this.#standing(table, order.target);
    if (same !== null) {
      const { ramp } = same;
      if (ramp === undefined || ramp.isHalted || order.isAtOnce !== true) {
        return ok({ evacuation: same, unchanged: true, etag: before.etag });
      }
      const rest = stepped(ramp, same.id, nowMs, true);
      return ok(await this.#step({ before, table, nowMs }, same, rest));
    }
    const found = this.#found(table, order.target);
    if (!found.ok) return found;
    const { pools, ...rest } = found.value;
    const next = nextTable(table, before, pools, nowMs);
    const allowance = allowed(this.finished(table), this.finished(next), order);
    if (!allowance.ok) return allowance;
    const { actor, note: reason, guard, isAtOnce = false } = order;
    const evacuation: Evacuation = {
      ...{ id, ...rest, reason, actor, atMs: nowMs, version: next.version },
      rpsBefore: guard === undefined ? null : rpsOf(guard.measured.endpoints, rest.endpoints),
      undone: null,
    };
    const ramp = rampOf(table.pools, rest.changed, nowMs);
    const isIdle = Object.keys({ ...ramp.sheddings, ...ramp.weights }).length === 0;
    const first = stepped(ramp, id, nowMs, isAtOnce || isIdle);
    return ok(await this.#step({ before, table, nowMs }, evacuation, first, allowance.value));
  }

  async #step(
    { before, table, nowMs }: Meeting,
    evacuation: Evacuation,
    ramp: Ramp,
    reason = evacuation.reason,
  ): Promise<Evacuating> {
    const next = nextTable(table, before, advanced(table, evacuation, ramp), nowMs);
    const { ramp: _, ...rest } = evacuation;
    const stepMade: Evacuation = {
      ...rest,
      version: next.version,
      ...(ramp.share < 1 ? { ramp } : { disabledAtMs: nowMs }),
    };
    const { target, actor } = evacuation;
    const how = ramp.share < 1 ? `, ${Math.round(100 * ramp.share)} %` : "";
    const note = `evacuate ${target.kind} ${target.name}${how}: ${reason}`;
    const { etag, armed } = this.#parts.adopt({
      ...{ table: next, before, action: "evacuate", by: { actor, note } },
      also: () => this.#write(stepMade),
    });
    await armed;
    return { evacuation: stepMade, unchanged: false, etag };
  }

  /** Somebody has changed what it moves: that is his word, and it goes no further. */
  #halt(evacuation: Evacuation, ramp: Ramp, changes: ReadonlyMap<string, string>): void {
    this.#write({ ...evacuation, ramp: { ...ramp, isHalted: true } });
    const { kind, name } = evacuation.target;
    const why = [...changes.values()].slice(0, 5).join("; ");
    this.#parts.tell(
      `evacuation of ${kind} ${name}`,
      `halted at ${Math.round(100 * ramp.share)} %: ${why}`,
    );
  }

  preview(
    { before, table, nowMs }: Meeting,
    order: EvacuationOrder,
  ): Result<Omit<EvacuationPreview, "frozen">, EvacuateRefusal> {
    const found = this.#found(table, order.target);
    if (!found.ok) return found;
    const { target, pools, changed } = found.value;
    const after = this.finished(nextTable(table, before, pools, nowMs));
    const preview = previewed(this.finished(table), after, order);
    const stranded = preview.objections.flatMap((one) =>
      one.guard === "no-endpoint" ? [one.hostname] : [],
    );
    const next = { ...table, pools };
    const off = new Set<string>([...changed.pools, ...changed.endpoints]);
    const disables = table.pools.flatMap(({ id, name, origins }) => [
      ...(off.has(id) ? [name] : []),
      ...origins.filter((one) => off.has(one.id)).map((one) => `${name}/${one.name}`),
    ]);
    return ok({ ...preview, target, disables, forbidden: forbidden(next, stranded), warnings: [] });
  }

  /** With force what somebody changed since stays as it is. */
  async undo(
    { before, table, nowMs }: Meeting,
    id: string,
    by: By,
  ): Promise<Result<Evacuating, UndoRefusal>> {
    const evacuation = this.#read(id);
    if (evacuation === null) return refuse({ reason: "unknown-evacuation" });
    if (evacuation.undone !== null) return ok({ evacuation, unchanged: true, etag: before.etag });
    const back = restored(table, evacuation, by.guard?.force ?? false);
    if (!back.ok) return back;
    const next = nextTable(table, before, back.value, nowMs);
    const allowance = allowed(this.finished(table), this.finished(next, id), by);
    if (!allowance.ok) return allowance;
    const { kind, name } = evacuation.target;
    const { ramp: _, ...rest } = evacuation;
    const undone: Evacuation = {
      ...rest,
      undone: { atMs: nowMs, actor: by.actor, version: next.version },
    };
    const note = `undo the evacuation of ${kind} ${name}: ${allowance.value}`;
    const { etag, armed } = this.#parts.adopt({
      ...{ table: next, before, action: "undo", by: { actor: by.actor, note } },
      also: () => this.#write(undone),
    });
    await armed;
    return ok({ evacuation: undone, unchanged: false, etag });
  }

  #found(table: Table, target: Target): Result<Evacuated, EvacuateRefusal> {
    const found = evacuated(table, target);
    if (!found.ok) return found;
    const other = this.#all().find((one) => isStanding(table, one) && overlaps(one, found.value));
    if (other === undefined) return found;
    return refuse({ reason: "overlap", id: other.id, target: other.target });
  }

  /** The one that an order asks for again; `null`: none stands. */
  #standing(table: Table, { kind, name }: Target): Evacuation | null {
    const isSame = ({ target }: Evacuation) =>
      target.kind === kind &&
      (target.name === name || (kind === "region" && target.name.endsWith(` ${name}`)));
    return this.#all().find((one) => isSame(one) && isStanding(table, one)) ?? null;
  }

  #all(): readonly Evacuation[] {
    return this.#documents
      .names(PREFIX)
      .flatMap((name) => this.#read(name.slice(PREFIX.length)) ?? [])
      .sort((a, b) => b.version - a.version);
  }

  #read(id: string): Evacuation | null {
    return this.#documents.read(`${PREFIX}${id}`) as Evacuation | null;
  }

  #write(evacuation: Evacuation): void {
    this.#documents.write(`${PREFIX}${evacuation.id}`, evacuation);
    const over = this.#all().filter(({ undone }) => undone !== null);
    for (const { id } of over.slice(KEPT)) this.#documents.remove(`${PREFIX}${id}`);
    this.#nextAtMs = this.#next();
  }

  #next(): Ms | null {
    const ramps = this.#all().flatMap(({ ramp }) => (ramp === undefined ? [] : [ramp]));
    const times = ramps.filter(({ isHalted }) => !isHalted).map(({ nextAtMs }) => nextAtMs);
    return times.length === 0 ? null : Math.min(...times);
  }
}

const nextTable = (table: Table, before: VersionRow, pools: readonly Pool[], nowMs: Ms): Table => ({
  ...table,
  pools: stamped(pools, table.pools, nowMs),
  version: nextVersion(before),
});

const rpsOf = (measured: Readonly<Record<string, number>>, endpoints: readonly string[]): number =>
  endpoints.reduce((sum, id) => sum + (measured[id] ?? 0), 0);
