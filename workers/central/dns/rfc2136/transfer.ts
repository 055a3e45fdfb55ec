/** A zone as a transfer tells it (AXFR, RFC 5936): everything between two copies of its SOA. */
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { setKey } from "../../../../routing/dns/record.ts";
import type { Message, ResourceRecord } from "./message.ts";
import { textOf } from "./rdata.ts";
import { CLASS_IN, TYPE_SOA, typeName } from "./types.ts";

export class Transfer {
  readonly #zone: string;
  readonly #sets = new Map<string, { name: string; type: string; ttl: number; values: string[] }>();
  #openingSoa: string | undefined;
  /** The closing SOA came: nothing is missing, and nothing may follow. */
  isComplete = false;

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** What is wrong with it, as the second half of a sentence; `null` = nothing. */
  add({ answers }: Message): string | null {
    for (const record of answers) {
      const why = this.#addRecord(record);
      if (why !== null) return why;
    }
    return null;
  }

  #addRecord(record: ResourceRecord): string | null {
    if (this.isComplete) return "goes on after the closing SOA";
    if (record.class !== CLASS_IN) return `has a record of class ${record.class}`;
    if (record.type === TYPE_SOA) return this.#addSoa(record);
    if (this.#openingSoa === undefined) return "does not begin with the SOA";
    const { name } = record;
    const type = typeName(record.type);
    const known = this.#sets.get(setKey({ name, type }));
    const value = textOf(record.type, record.rdata);
    if (known === undefined) {
      this.#sets.set(setKey({ name, type }), { name, type, ttl: record.ttl, values: [value] });
    } else {
      // Within a set they are all the same (RFC 2181, section 5.2) but for signatures, whose sets are by what they sign.
      known.ttl = Math.min(known.ttl, record.ttl);
      known.values.push(value);
    }
    return null;
  }

  #addSoa({ name, rdata }: ResourceRecord): string | null {
    if (name !== this.#zone) return `has an SOA of ${name}`;
    const soa = rdata.join();
    if (this.#openingSoa === undefined) {
      this.#openingSoa = soa;
      return null;
    }
    // Both are of one version of the zone (RFC 5936, section 2.2).
    if (soa !== this.#openingSoa) return "closes with another SOA than it began with";
    this.isComplete = true;
    return null;
  }

  sets(): readonly RecordSet[] {
    return Array.from(this.#sets.values(), (set) => ({
      ...set,
      values: [...new Set(set.values)].sort(),
    }));
  }
}
