/** The guards of a ConfigStore over documents in memory: the production code, without storage and turns. */

import type { Change } from "../../../durable-objects/config/change.ts";
import { Evacuations, type Meeting } from "../../../durable-objects/config/evacuations.ts";
import { allowed, previewed } from "../../../durable-objects/config/guarding.ts";
import type { VersionRow } from "../../../durable-objects/config/versions.ts";
import type { Documents } from "../../../durable-objects/storage/documents.ts";
import { drainsOf } from "../../../routing/guard/drains.ts";
import { stageOf } from "../../../routing/guard/forecast.ts";
import { nMinusOne } from "../../../routing/guard/n-minus-one.ts";
import type { ChangeRefusal, FreezeState } from "../../../routing/guard/orders.ts";
import type { Table } from "../../../routing/model.ts";
import { ok, refuse } from "../../../routing/result.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import { toDocument } from "../../../routing/table/document.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import type { TableVersion } from "../../../routing/units.ts";
import type { Accepted, AuditRow, ConfigObject, Proposal } from "../../../workers/config-object.ts";
import type { Planet } from "./planet.ts";

type Guards = Pick<
  ConfigObject,
  | "preview"
  | "capacity"
  | "drains"
  | "freezes"
  | "freeze"
  | "evacuate"
  | "previewEvacuation"
  | "evacuations"
  | "undoEvacuation"
>;

/** Ids are the same each time. */
export function tableOf(world: Planet, document: unknown) {
  let minted = 0;
  return parseDocument(document, {
    account: "default",
    version: Math.max(1, world.documents.length) as TableVersion,
    previous: null,
    mint: () => String(++minted).padStart(32, "0"),
    addresses: anyAddresses,
    nowMs: world.nowMs,
  });
}

/** `null`: nothing speaks against it. Documents that no ConfigStore would take are not judged. */
export function refusalOf(world: Planet, proposal: Proposal): ChangeRefusal | null {
  if (world.frozen.size > 0) return { reason: "frozen", by: [...world.frozen] };
  const after = tableOf(world, proposal.document);
  if (!after.ok) return null;
  const allowance = allowed(currentOf(world), after.value.table, proposal);
  return allowance.ok ? null : (allowance.error as ChangeRefusal);
}

function currentOf(world: Planet): Table | null {
  const parsed = tableOf(world, world.documents.at(-1));
  return world.documents.length > 0 && parsed.ok ? parsed.value.table : null;
}

export function guardsOf(
  world: Planet,
  store: (
    document: unknown,
    by: Change["by"],
    action: AuditRow["action"],
  ) => {
    ok: boolean;
    value?: Accepted;
  },
): Guards {
  const documents: Documents = {
    read: (name) => world.stored.get(name) ?? null,
    write: (name, value) => world.stored.set(name, value),
    remove: (name) => world.stored.delete(name),
    names: (prefix) => [...world.stored.keys()].filter((name) => name.startsWith(prefix)).sort(),
  };
  const evacuations = new Evacuations({
    documents,
    tell: () => undefined,
    adopt({ table, by, action, also }) {
      const { value } = store(toDocument(table), by, action);
      also?.();
      return { etag: value?.etag ?? "", armed: Promise.resolve() };
    },
  });
  const meeting = (): Meeting | null => {
    const table = currentOf(world);
    const version = world.documents.length as TableVersion;
    const before = { version, etag: `v${version}` } as VersionRow;
    return table === null ? null : { before, table, nowMs: world.nowMs };
  };
  const frozen = () => [...world.frozen];
  const state = (): FreezeState => ({
    by: frozen(),
    store: world.frozen.has("store")
      ? { reason: "why", actor: "operator", atMs: world.nowMs }
      : null,
    isKvSilent: false,
  });
  let minted = 0xe0;
  return {
    async preview(proposal) {
      await world.beforeConfig();
      const after = tableOf(world, proposal.document);
      if (!after.ok) return refuse({ reason: "invalid", problems: after.error });
      const preview = previewed(currentOf(world), after.value.table, proposal);
      return ok({ ...preview, warnings: [], frozen: frozen() });
    },
    async capacity(measured) {
      await world.beforeConfig();
      const table = currentOf(world);
      return table && nMinusOne(stageOf(table, measured));
    },
    async drains() {
      await world.beforeConfig();
      const table = currentOf(world);
      return table === null ? [] : drainsOf(table);
    },
    async freezes() {
      await world.beforeConfig();
      return state();
    },
    async freeze(reason) {
      await world.beforeConfig();
      if (reason === null) world.frozen.delete("store");
      else world.frozen.add("store");
      return state();
    },
    async evacuate(order) {
      await world.beforeConfig();
      const met = meeting();
      if (world.frozen.size > 0) return refuse({ reason: "frozen", by: frozen() });
      if (met === null) return refuse({ reason: "no-configuration" });
      minted += 1;
      return await evacuations.order(met, order, minted.toString(16).padStart(32, "0"));
    },
    async previewEvacuation(order) {
      await world.beforeConfig();
      const met = meeting();
      if (met === null) return refuse({ reason: "no-configuration" });
      const preview = evacuations.preview(met, order);
      return preview.ok ? ok({ ...preview.value, frozen: frozen() }) : preview;
    },
    async evacuations() {
      await world.beforeConfig();
      return evacuations.list(currentOf(world));
    },
    async undoEvacuation(id, by) {
      await world.beforeConfig();
      const met = meeting();
      if (world.frozen.size > 0) return refuse({ reason: "frozen", by: frozen() });
      if (met === null) return refuse({ reason: "unknown-evacuation" });
      return await evacuations.undo(met, id, by);
    },
  };
}
