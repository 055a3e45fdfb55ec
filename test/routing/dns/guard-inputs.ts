/** Plans and zones for guards, in few words. */
import type { Change, Unit } from "../../../routing/dns/change.ts";
import type { Guard, GuardInput } from "../../../routing/dns/guard.ts";
import { markSet } from "../../../routing/dns/mark.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";
import { SYNC, set } from "./fixtures.ts";

export const apex = (type: string, values: readonly string[]): RecordSet => ({
  ...set("x", type, values),
  name: "shop.test",
});
export const create = (after: RecordSet): Change => ({ kind: "create", after });
export const remove = (before: RecordSet): Change => ({ kind: "delete", before });
export const update = (before: RecordSet, after: RecordSet): Change => ({
  kind: "update",
  before,
  after,
});

export function input(
  changes: readonly (Change | readonly Change[])[],
  more: Partial<GuardInput> & { ours?: number } = {},
): GuardInput {
  const { ours = 1, ...rest } = more;
  const units = changes.map((one): Unit => {
    const own = (Array.isArray(one) ? one : [one]) as readonly Change[];
    const [first] = own as readonly [Change];
    return { subject: first.kind === "delete" ? first.before : first.after, changes: own };
  });
  return {
    plan: { units, ours, version: 1, base: null, isStampBroken: false },
    sync: SYNC,
    abilities: { atomic: "batch" },
    listing: [],
    hostnames: [],
    written: {},
    shrunkListings: 0,
    byHealth: new Set(),
    ...rest,
  };
}
export const says = (guard: Guard, given: GuardInput) =>
  guard(given).map(({ subject, confirmation }) => [subject, confirmation]);

export const www = set("www", "A", ["192.0.2.1"]);
export const marked = (one: RecordSet) =>
  markSet("shop.test", one, { owner: "tw", resource: "tradewind/record" });
