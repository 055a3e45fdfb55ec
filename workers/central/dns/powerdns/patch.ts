/** A batch as the RRsets of one PATCH. */
import { type Batch, type Change, changeKey, subjectOf } from "../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { whyMoved } from "../precondition.ts";
import type { FailureKind } from "../provider.ts";
import { contentOf, dotted, undotted } from "./content.ts";
import { type LuaSet, luaOf } from "./policy.ts";
import { type ApiRecord, type ApiRrset, setsOf, sorted } from "./zone.ts";

export interface RrsetChange {
  readonly name: string;
  readonly type: string;
  readonly changetype: "REPLACE" | "DELETE";
  readonly ttl?: number;
  readonly records?: readonly ApiRecord[];
}

/** Why it cannot be made, as the second half of a sentence about the set. */
export interface Unmade {
  readonly kind: Extract<FailureKind, "fenced" | "rejected">;
  readonly reason: string;
}

const sidesOf = (change: Change) => ({
  before: change.kind === "create" ? undefined : change.before,
  after: change.kind === "delete" ? undefined : change.after,
});

/** `rrsets` is the zone as it is now; every set of the batch must still be as the plan met it. */
export function patchOf(
  batch: Batch,
  rrsets: readonly ApiRrset[],
): Result<readonly RrsetChange[], Unmade> {
  const moved = firstMoved(batch, setsOf(rrsets));
  if (moved !== null) return refuse(moved);
  const made: RrsetChange[] = [];
  const luaNames = new Set<string>();
  for (const change of [batch.fence, ...batch.changes]) {
    const { before, after } = sidesOf(change);
    const { name, type } = subjectOf(change);
    if (before?.policy !== undefined || after?.policy !== undefined) luaNames.add(name);
    if (after !== undefined && after.policy === undefined) made.push(replacing(after));
    else if (before !== undefined && before.policy === undefined) {
      made.push({ name: dotted(name), type, changetype: "DELETE" });
    }
  }
  // A set with a policy shares its RRset with those of the name's other types.
  for (const name of luaNames) {
    const existing = rrsets.find((each) => each.type === "LUA" && undotted(each.name) === name);
    const rrset = luaRrset(name, batch.changes, existing);
    if (!rrset.ok) return rrset;
    made.push(rrset.value);
  }
  // Each is checked against what is there by then: a CNAME stands where nothing else is.
  const isGone = ({ changetype }: RrsetChange) => changetype === "DELETE";
  return ok([...made.filter(isGone), ...made.filter((each) => !isGone(each))]);
}

function firstMoved(
  { fence, changes }: Batch,
  sets: ReadonlyMap<string, RecordSet>,
): Unmade | null {
  for (const change of [fence, ...changes]) {
    const why = whyMoved(change, sets.get(changeKey(change)));
    if (why !== null) {
      return { kind: "fenced", reason: `${changeKey(change)} ${why}. List the zone again` };
    }
  }
  return null;
}

const replacing = ({ name, type, ttl, values }: RecordSet): RrsetChange => ({
  name: dotted(name),
  type,
  ttl,
  changetype: "REPLACE",
  records: values.map((value) => ({ content: contentOf(type, value), disabled: false })),
});

/** All LUA records of a name: ours as the changes leave them, and those of others as they are. */
function luaRrset(
  name: string,
  changes: readonly Change[],
  existing: ApiRrset | undefined,
): Result<RrsetChange, Unmade> {
  const { ours, others } = sorted(existing?.records ?? []);
  const left = new Map<string, LuaSet>([...ours.values()].map((lua) => [lua.type, lua]));
  for (const change of changes) {
    const { before, after } = sidesOf(change);
    if (subjectOf(change).name !== name) continue;
    if (before?.policy !== undefined) left.delete(before.type);
    const policy = after?.policy;
    if (after === undefined || (policy?.kind !== "failover" && policy?.kind !== "weighted"))
      continue;
    left.set(after.type, { type: after.type, ttl: after.ttl, policy });
  }
  const records: ApiRecord[] = [...others];
  for (const lua of left.values()) {
    const content = luaOf(lua);
    if (!content.ok)
      return refuse({ kind: "rejected", reason: `${name} ${lua.type} ${content.error}` });
    records.push({ content: content.value, disabled: false });
  }
  const rrset = { name: dotted(name), type: "LUA" };
  if (records.length === 0) return ok({ ...rrset, changetype: "DELETE" });
  const wanted = [...left.values()];
  if (others.length === 0 || existing === undefined) {
    const ttl = Math.min(...wanted.map((lua) => lua.ttl));
    return ok({ ...rrset, ttl, changetype: "REPLACE", records });
  }
  const { ttl } = existing;
  const other = wanted.find((lua) => lua.ttl !== ttl);
  if (other === undefined) return ok({ ...rrset, ttl, changetype: "REPLACE", records });
  const reason = `${name} ${other.type} wants a TTL of ${other.ttl}, and LUA records of somebody else at that name, which share it, have ${ttl}`;
  return refuse({ kind: "rejected", reason });
}
