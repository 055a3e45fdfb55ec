/**
 * A batch as operations of `POST /zones/{zone_id}/dns_records/batch`, made against the sets as they were listed.
 *
 * An id is never given twice, so an operation on an id that is gone says that somebody else wrote: "If any of the individual action fails, no
 * changes are applied and the API returns the first error it encountered" (dns/manage-dns-records/how-to/batch-record-changes). The stamp is
 * therefore deleted by its id and posted anew in each batch: of two writers that read the same stamp, the second fails whole.
 */
import type { Batch, Change } from "../../../../routing/dns/change.ts";
import { changeKey } from "../../../../routing/dns/change.ts";
import type { RecordSet, RecordType } from "../../../../routing/dns/record.ts";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { whyMoved } from "../precondition.ts";
import { type Content, contentOf, type ListedSet } from "./record.ts";

export type Fields = Content & {
  readonly name: string;
  readonly type: RecordType;
  readonly ttl: number;
};

/** Executed in this order, "deletes, patches, puts, posts", in one transaction. */
export interface Operations {
  readonly deletes: { readonly id: string }[];
  readonly patches: (Fields & { readonly id: string })[];
  readonly posts: Fields[];
}

/** Refusal: a set that is not as the batch expects it, as a sentence. The sets to be written have passed `whyNotSent`. */
export function operationsOf(
  { fence, changes }: Batch,
  listed: ReadonlyMap<string, ListedSet>,
): Result<Operations, string> {
  const operations: Operations = { deletes: [], patches: [], posts: [] };
  for (const change of [fence, ...changes]) {
    const found = listed.get(changeKey(change));
    const moved = whyMoved(change, found?.set);
    if (moved !== null) return refuse(`${changeKey(change)} ${moved}`);
    if (change === fence || change.kind !== "update") replace(operations, change, found);
    else update(operations, change.after, found);
  }
  return ok(operations);
}

const fieldsOf = ({ name, type, ttl }: RecordSet, value: string): Fields => ({
  name,
  type: type as RecordType,
  ttl,
  ...contentOf(type as RecordType, value),
});

/** Every record by its id away, every value anew. */
function replace(operations: Operations, change: Change, found: ListedSet | undefined): void {
  operations.deletes.push(...(found?.records ?? []).map(({ id }) => ({ id })));
  if (change.kind === "delete") return;
  operations.posts.push(...change.after.values.map((value) => fieldsOf(change.after, value)));
}

/** By value: what stays is only touched for its TTL, and a value that takes the place of another keeps the record's comment and tags. */
function update(operations: Operations, after: RecordSet, found: ListedSet | undefined): void {
  const wanted = new Set(after.values);
  const free: string[] = [];
  for (const { id, value, ttl } of found?.records ?? []) {
    if (!wanted.delete(value)) free.push(id);
    else if (ttl !== after.ttl) operations.patches.push({ id, ...fieldsOf(after, value) });
  }
  for (const value of wanted) {
    const id = free.shift();
    if (id === undefined) operations.posts.push(fieldsOf(after, value));
    else operations.patches.push({ id, ...fieldsOf(after, value) });
  }
  operations.deletes.push(...free.map((id) => ({ id })));
}
