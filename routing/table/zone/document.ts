/** The way back: a zone as an operator writes it, every field written, TXT records as the text that they are. */
import { writtenValue } from "../../dns/values.ts";
import type { Zone } from "../../model.ts";

export function zoneDocument({ sync, ...fields }: Omit<Zone, "name">) {
  if (sync === undefined) return fields;
  const records = sync.records.map(({ values, ...record }) => ({
    ...record,
    values: values.map((value) => writtenValue(record.type, value)),
  }));
  return { ...fields, ...sync, records };
}
