/**
 * DNS records of a zone on Cloudflare, through the vendor's own client; docs/dns-providers/cloudflare.md tells what it can.
 *
 * Source: https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
import { BaseRecords, type RecordBatchParams } from "cloudflare/resources/dns/records";
import { createClient } from "cloudflare/tree-shakable";
import { z } from "zod";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, changeKey } from "../../../routing/dns/change.ts";
import { isWithin } from "../../../routing/dns/name.ts";
import { RECORD_TYPES } from "../../../routing/dns/record.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { type Operations, operationsOf } from "./cloudflare/batch.ts";
import { type Circumstances, failure, failureOf, lost } from "./cloudflare/failure.ts";
import { type ListedRecord, listedRecord, setsOf } from "./cloudflare/record.ts";
import { DEFAULTS } from "./origins.ts";
import type { Failure, Listing, Provider, ProviderInput, ProviderPorts } from "./provider.ts";
import { bareName } from "./value.ts";
import { whyNotSent } from "./wellformed.ts";

/**
 * dns/manage-dns-records/how-to/batch-record-changes: "The number of records that you can operate with in one action depends on your zone plan: Free: 200, Pro: 3,500, Business: 3,500, Enterprise:
 * 3,500." The plan is not ours to read, so the least holds; two operations are the stamp's.
 */
const OPERATIONS_MAX = 198;

export const CLOUDFLARE_ABILITIES: Abilities = {
  types: RECORD_TYPES,
  policies: [],
  checks: false,
  atomic: "batch",
  fence: "provider",
  // "CNAME flattening occurs by default for all plans when your domain uses a CNAME record for its zone apex"
  apexCname: true,
  // "Value must be between 60 and 86400, with the minimum reduced to 30 for Enterprise zones."
  ttl: { min: 60, max: 86_400 },
  batch: {
    changesMax: OPERATIONS_MAX,
    // The vendor names none of a batch. "Each DNS record has a maximum wire format size of 4,096 bytes."
    charactersMax: OPERATIONS_MAX * 4_096,
    // A changed value is one patch.
    updateCountsTwice: false,
    valuesMax: OPERATIONS_MAX,
  },
  // All of a set are in one batch, with its mark and with room for neighbours.
  valuesMax: 100,
};

/** The API allows 5,000,000. So many records are about 3 MB of an isolate's 128, and few zones have more. */
const PAGE = 5_000;

export const cloudflareProvider = (
  input: ProviderInput<SettingsOf<"cloudflare">, CredentialsOf<"cloudflare">>,
  ports: ProviderPorts,
): Provider => new CloudflareProvider(input, ports);

type Records = ReadonlyMap<string, ListedRecord>;

class CloudflareProvider implements Provider {
  readonly abilities = CLOUDFLARE_ABILITIES;
  readonly #zone: string;
  readonly #zoneId: string;
  readonly #token: string;
  readonly #ports: ProviderPorts;
  readonly #client;
  /** As last listed, and since then as the answers to our batches tell; `null`: not known. */
  #records: Records | null = null;
  #calls = 0;

  constructor(
    input: ProviderInput<SettingsOf<"cloudflare">, CredentialsOf<"cloudflare">>,
    ports: ProviderPorts,
  ) {
    this.#zone = input.zone;
    this.#zoneId = input.settings.zone_id;
    this.#token = input.credentials.api_token;
    this.#ports = ports;
    this.#client = createClient({
      resources: [BaseRecords],
      baseURL: input.endpoint ?? DEFAULTS.cloudflare.endpoint,
      apiToken: this.#token,
      // What is left out the client takes from the environment of the process.
      apiKey: null,
      apiEmail: null,
      userServiceKey: null,
      logLevel: "off",
      // Who waits and asks again is the ledger.
      maxRetries: 0,
      fetch: (url, init) => {
        this.#calls += 1;
        return ports.fetch(new Request(url, { ...init, redirect: "manual" }));
      },
    });
  }

  get calls(): number {
    return this.#calls;
  }

  async populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const listed = await this.#list(signal);
    if (!listed.ok) return listed;
    const { records, complete } = listed.value;
    this.#records = records;
    return ok({ sets: [...setsOf(records.values()).values()].map(({ set }) => set), complete });
  }

  async write(batch: Batch, signal: AbortSignal): Promise<Result<null, Failure>> {
    const about = namesOf(batch);
    const why = whyNotSent([batch.fence, ...batch.changes], this.#zone, CLOUDFLARE_ABILITIES);
    if (why !== null) return this.#refuse("rejected", why, "write");
    const before = await this.#before(batch, signal);
    if (!before.ok) return before;
    const operations = operationsOf(batch, setsOf(before.value.values()));
    if (!operations.ok) return this.#refuse("fenced", operations.error, "write", about);
    const answer = await this.#post(operations.value, signal, about);
    if (!answer.ok) return answer;
    this.#records = after(before.value, answer.value);
    return ok(null);
  }

  /** What is known is good for one batch: only when that is written is it known again. */
  async #before({ fence }: Batch, signal: AbortSignal): Promise<Result<Records, Failure>> {
    const known = this.#records;
    this.#records = null;
    // The first stamp has no id that a second writer would miss, so for this one batch the zone is read right before.
    if (known !== null && fence.kind !== "create") return ok(known);
    const listed = await this.#list(signal);
    return listed.ok ? ok(listed.value.records) : listed;
  }

  async #post(
    operations: Operations,
    signal: AbortSignal,
    about: string,
  ): Promise<Result<unknown, Failure>> {
    // The client's types have one interface per type of record; here the type is a value.
    const body = operations as unknown as Omit<RecordBatchParams, "zone_id">;
    try {
      const answer: unknown = await this.#client.dns.records.batch(
        { zone_id: this.#zoneId, ...body },
        { signal },
      );
      if (typeof answer === "object" && answer !== null) return ok(answer);
    } catch (thrown) {
      return refuse(failureOf(thrown, this.#circumstances("write", about)));
    }
    return this.#refuse(lost({ call: "write" }), "the answer has no result", "write", about);
  }

  async #list(
    signal: AbortSignal,
  ): Promise<Result<{ readonly records: Records; readonly complete: boolean }, Failure>> {
    // Whether all is there only the total tells: Cloudflare lists no SOA of its own.
    const records = new Map<string, ListedRecord>();
    for (let page = 1; ; page += 1) {
      const answer = await this.#page(page, signal);
      if (!answer.ok) return answer;
      const { result, result_info: info } = answer.value;
      const before = records.size;
      for (const record of result) records.set(record.id, record);
      // A page that brings nothing new is the last, whatever the total says: what is then missing was cut off or moved while we read.
      const isLast = records.size >= info.total_count || records.size === before;
      if (isLast) return ok({ records, complete: records.size === info.total_count });
    }
  }

  async #page(page: number, signal: AbortSignal): Promise<Result<Page, Failure>> {
    let answer: unknown;
    try {
      answer = await this.#client.dns.records.list(
        { zone_id: this.#zoneId, page, per_page: PAGE },
        { signal },
      );
    } catch (thrown) {
      return refuse(failureOf(thrown, this.#circumstances("list")));
    }
    const read = pageSchema.safeParse(answer);
    if (!read.success)
      return this.#refuse("unreachable", `the answer is no listing: ${read.error.message}`, "list");
    const stray = read.data.result.find(({ name }) => !isWithin(bareName(name), this.#zone));
    if (stray === undefined) return ok(read.data);
    return this.#refuse("no-zone", `zone_id is another zone's, which has ${stray.name}`, "list");
  }

  #refuse(
    kind: Failure["kind"],
    reason: string,
    call: Circumstances["call"],
    about?: string,
  ): { readonly ok: false; readonly error: Failure } {
    return refuse(failure(kind, reason, this.#circumstances(call, about)));
  }

  #circumstances(call: Circumstances["call"], about?: string): Circumstances {
    return {
      zone: this.#zone,
      call,
      ...(about === undefined ? {} : { about }),
      secrets: [this.#token],
      nowMs: this.#ports.clock.nowMs(),
    };
  }
}

/** As many as fit a line: the vendor's errors name none. */
function namesOf({ fence, changes }: Batch): string {
  const names = [...changes, fence].map(changeKey);
  return names.length <= NAMED
    ? names.join(", ")
    : `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`;
}

const NAMED = 5;

/** The client makes an empty list of an answer without a result; such an answer has no total. */
const pageSchema = z.object({
  result: z.array(listedRecord),
  result_info: z.object({ total_count: z.number() }),
});
type Page = z.output<typeof pageSchema>;

const written = z.object({
  deletes: z.array(z.object({ id: z.string() })).nullish(),
  patches: z.array(listedRecord).nullish(),
  posts: z.array(listedRecord).nullish(),
});

/** The records after a batch that was written; `null` when the answer does not tell. */
function after(records: Records, answer: unknown): Records | null {
  const read = written.safeParse(answer);
  if (!read.success) return null;
  const next = new Map(records);
  for (const { id } of read.data.deletes ?? []) next.delete(id);
  for (const record of [...(read.data.patches ?? []), ...(read.data.posts ?? [])])
    next.set(record.id, record);
  return next;
}
