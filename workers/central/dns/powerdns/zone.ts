/** A zone as PowerDNS's API has it, and the record sets that it says. */
import { z } from "zod";
import { type RecordSet, setKey } from "../../../../routing/dns/record.ts";
import { undotted, valueIn } from "./content.ts";
import { type LuaSet, readLua } from "./policy.ts";

const recordSchema = z.object({ content: z.string(), disabled: z.boolean().default(false) });

const rrsetSchema = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  /** Empty where there is only a comment. */
  records: z.array(recordSchema),
});

export const zoneSchema = z.object({
  kind: z.string(),
  rrsets: z.array(rrsetSchema),
});

export type ApiRecord = z.output<typeof recordSchema>;
export type ApiZone = z.output<typeof zoneSchema>;
export type ApiRrset = z.output<typeof rrsetSchema>;

/** Of all names and types but SOA. */
export function setsOf(rrsets: readonly ApiRrset[]): ReadonlyMap<string, RecordSet> {
  const found = new Map<string, RecordSet>();
  for (const set of rrsets.flatMap(setsOfOne)) {
    const key = setKey(set);
    const other = found.get(key);
    // A LUA record beside plain ones of its type, or two of them: who answers is PowerDNS's to say, and nobody here can.
    found.set(key, other === undefined ? set : bothOf(other, set));
  }
  return found;
}

function setsOfOne(rrset: ApiRrset): readonly RecordSet[] {
  const { name, type, ttl, records } = rrset;
  if (type === "SOA" || records.length === 0) return [];
  if (type === "LUA") return luaSetsOf(rrset);
  const set = { name: undotted(name), type, ttl };
  // A set that is replaced loses its disabled records: with one of them it is not for us to replace.
  if (records.some(({ disabled }) => disabled)) return [opaque(set, records)];
  const values = records.map(({ content }) => valueIn(type, content));
  return [{ ...set, values: [...new Set(values)].sort() }];
}

/** All that is answered by LUA records of one name, by the type of the answers. */
function luaSetsOf({ name, ttl, records }: ApiRrset): readonly RecordSet[] {
  const { ours } = sorted(records);
  const ttlOf = luaTtl(records, ttl);
  return records.map((record) => {
    const lua = ours.get(record);
    if (lua !== undefined) {
      const { type, policy } = lua;
      return { name: undotted(name), type, ttl: ttlOf(lua), values: [], policy };
    }
    return opaque({ name: undotted(name), type: record.content.split(" ")[0] ?? "", ttl }, [
      record,
    ]);
  });
}

/** Which of the LUA records of a name are ours, and what they say. */
export function sorted(records: readonly ApiRecord[]): {
  readonly ours: ReadonlyMap<ApiRecord, LuaSet>;
  readonly others: readonly ApiRecord[];
} {
  const ours = new Map<ApiRecord, LuaSet>();
  const others: ApiRecord[] = [];
  const types = new Set<string>();
  for (const record of records) {
    const read = record.disabled ? null : readLua(record.content);
    // Somebody made a copy, and it is not ours that there are two.
    if (read === null || types.has(read.type)) others.push(record);
    else {
      ours.set(record, read);
      types.add(read.type);
    }
  }
  return { ours, others };
}

/**
 * All LUA records of a name share one TTL. While they are all ours it is the shortest that was asked for, and each says its own; any other
 * has been set by somebody.
 */
function luaTtl(records: readonly ApiRecord[], ttl: number): (lua: LuaSet) => number {
  const { ours, others } = sorted(records);
  const shortest = Math.min(...[...ours.values()].map((lua) => lua.ttl));
  return (lua) => (others.length === 0 && ttl === shortest ? lua.ttl : ttl);
}

const opaque = (
  set: Pick<RecordSet, "name" | "type" | "ttl">,
  records: readonly ApiRecord[],
): RecordSet => ({
  ...set,
  values: [],
  policy: {
    kind: "opaque",
    text: JSON.stringify(records.map(({ content, disabled }) => ({ content, disabled }))),
  },
});

const bothOf = (one: RecordSet, other: RecordSet): RecordSet => ({
  name: one.name,
  type: one.type,
  ttl: Math.min(one.ttl, other.ttl),
  values: [],
  policy: {
    kind: "opaque",
    text: JSON.stringify([one, other].map(({ values, policy }) => ({ values, policy }))),
  },
});
