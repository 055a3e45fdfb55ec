/** The evacuations of an account: ordered, told and undone. Each is a version like any other, and a row that says what it changed. */
import {
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
  readonly #adopt: EvacuationParts["adopt"];

  constructor({ documents, adopt }: EvacuationParts) {
    this.#documents = documents;
    this.#adopt = adopt;
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
    if (same !== null) return ok({ evacuation: same, unchanged: true, etag: before.etag });
    const found = this.#found(table, order.target);
    if (!found.ok) return found;
    const { pools, ...rest } = found.value;
    const next = nextTable(table, before, pools, nowMs);
    const allowance = allowed(table, next, order);
    if (!allowance.ok) return allowance;
    const { actor, note: reason, guard } = order;
    const evacuation: Evacuation = {
      ...{ id, ...rest, reason, actor, atMs: nowMs, version: next.version },
      rpsBefore: guard === undefined ? null : rpsOf(guard.measured.endpoints, rest.endpoints),
      undone: null,
    };
    const { target } = rest;
    const note = `evacuate ${target.kind} ${target.name}: ${allowance.value}`;
    const { etag, armed } = this.#adopt({
      ...{ table: next, before, action: "evacuate", by: { actor, note } },
      also: () => this.#write(evacuation),
    });
    await armed;
    return ok({ evacuation, unchanged: false, etag });
  }

  preview(
    { before, table, nowMs }: Meeting,
    order: EvacuationOrder,
  ): Result<Omit<EvacuationPreview, "frozen">, EvacuateRefusal> {
    const found = this.#found(table, order.target);
    if (!found.ok) return found;
    const { target, pools, changed } = found.value;
    const preview = previewed(table, nextTable(table, before, pools, nowMs), order);
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
    const allowance = allowed(table, next, by);
    if (!allowance.ok) return allowance;
    const { kind, name } = evacuation.target;
    const undone: Evacuation = {
      ...evacuation,
      undone: { atMs: nowMs, actor: by.actor, version: next.version },
    };
    const note = `undo the evacuation of ${kind} ${name}: ${allowance.value}`;
    const { etag, armed } = this.#adopt({
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
  }
}

const nextTable = (table: Table, before: VersionRow, pools: readonly Pool[], nowMs: Ms): Table => ({
  ...table,
  pools: stamped(pools, table.pools, nowMs),
  version: nextVersion(before),
});

const rpsOf = (measured: Readonly<Record<string, number>>, endpoints: readonly string[]): number =>
  endpoints.reduce((sum, id) => sum + (measured[id] ?? 0), 0);
