/** A zone's records as far as they could be read. */
import { canonicalName, isWithin } from "../../dns/name.ts";
import type { RecordType } from "../../dns/record.ts";
import { canonicalValue } from "../../dns/values.ts";
import type { Result } from "../../result.ts";
import type { Draft } from "../draft.ts";
import { pointTo } from "../problem.ts";

export interface RecordDraft {
  readonly pointer: string;
  /** Canonical; `null`: it is not a name of the zone. */
  readonly name: string | null;
  readonly type: RecordType | undefined;
  readonly values: readonly ValueDraft[];
}

export interface ValueDraft {
  readonly pointer: string;
  readonly written: string;
  /** Canonical, or why not, as the second half of a sentence; `null` where there is no type. */
  readonly read: Result<string, string> | null;
}

export const recordsOf = (
  { pointer, fields }: Pick<Draft<"zone">, "pointer" | "fields">,
  domain: string,
): readonly RecordDraft[] =>
  (fields.records ?? []).map(({ name = "", type, values = [] }, at) => {
    const place = pointTo(pointer, "records", at);
    return {
      pointer: place,
      name: recordNameIn(domain, name),
      type,
      values: values.map((written, index) => ({
        pointer: pointTo(place, "values", index),
        written,
        read: type === undefined ? null : canonicalValue(type, written),
      })),
    };
  });

/** A record's name as it is stored; `null`: it is not a name of the zone. */
export function recordNameIn(domain: string, written: string): string | null {
  if (written === "@") return domain;
  const name = canonicalName(written);
  return name.ok && isWithin(name.value, domain) ? name.value : null;
}
