/** A zone's records as far as they could be read. */
import type { RecordType } from "../../dns/record.ts";
import { canonicalValue } from "../../dns/values.ts";
import { pointTo } from "../problem.ts";
import type { Salvaged } from "../salvage.ts";
import type { RecordFields } from "./schema.ts";
import { recordNameIn, type SyncedZone } from "./synced.ts";

export interface RecordDraft {
  readonly pointer: string;
  readonly fields: Salvaged<RecordFields>;
  /** Canonical; `null`: it is not a name of the zone. */
  readonly name: string | null;
  readonly type: RecordType | undefined;
  /** Canonical, each where it was written; `null`: it is none of its type. */
  readonly values: readonly (string | null)[];
}

export const recordsOf = ({ pointer, domain, fields }: SyncedZone): readonly RecordDraft[] =>
  (fields.records ?? []).map((record, at) => ({
    pointer: pointTo(pointer, "records", at),
    fields: record,
    name: recordNameIn(domain, record.name ?? ""),
    type: record.type,
    values: (record.values ?? []).map((value) => {
      const read = record.type === undefined ? null : canonicalValue(record.type, value);
      return read?.ok === true ? read.value : null;
    }),
  }));
