/**
 * Azure DNS, by the Resource Manager's REST API.
 *
 * There is no batch: each record set is a call (`atomic: "set"`), and each call says by ETag what it replaces: `If-Match` with the tag of the
 * set as it was read, `If-None-Match: *` for a new one, so 412 means that somebody else wrote.
 *
 * The stamp goes first, with its tag. That makes it a fence where a batch begins: of two writers that read the same stamp one gets 412, and
 * has then written nothing. It is none for the rest of the batch. A writer that was held up in the middle still writes its last sets after
 * the next writer's stamp. Then tags decide set by set: what both change, the second one is refused; a set that only the slow one changes
 * is written as of the older plan, and the next listing shows it. The caller's signal bounds how long that can be.
 *
 * What can be refused without a write is refused before the stamp is written. A set that the service refuses after that keeps only its mark
 * out: the stamp is another by then, so the batch cannot be told as one of which nothing was written. A batch that ends in the middle by
 * anything else is told as `unknown` or by the reason that ended it, with how far it came; the next listing shows what is missing.
 *
 * Policies: none. Traffic Manager is a service of its own with names of its own; sets that lead to it or to other resources
 * (`targetResource`) are listed as opaque. The field `metadata` holds nothing of ours, and what others put there stays.
 */
import { withDeadline } from "../../../durable-objects/deadline.ts";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, type Change, changeKey, subjectOf } from "../../../routing/dns/change.ts";
import { type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { AzureRecordsets, type Condition, type Place } from "./azure/api.ts";
import {
  propertiesOf,
  type Recordset,
  relativeName,
  setOf,
  TXT_CHARACTERS_MAX,
  typeOf,
} from "./azure/recordset.ts";
import { companionOf, refusedWhole, type Stage, stagesOf } from "./azure/stages.ts";
import type {
  Failure,
  Listing,
  Provider,
  ProviderInput,
  ProviderPorts,
  Refusals,
  Refused,
} from "./provider.ts";
import { whyNotSent } from "./wellformed.ts";

/** Below the 200 of a minute, so that a batch is not throttled in its middle, with room for whoever else writes. */
const CHANGES_MAX = 100;

export const AZURE_ABILITIES: Abilities = {
  types: ["A", "AAAA", "CNAME", "TXT", "MX", "SRV", "CAA"],
  policies: [],
  checks: false,
  atomic: "set",
  fence: "provider",
  // "you can't create a CNAME record set at the zone apex".
  apexCname: false,
  asciiTxt: true,
  // "You can specify any TTL value between 1 and 2,147,483,647 seconds."
  ttl: { min: 1, max: 2_147_483_647 },
  batch: {
    // Not of a batch but of a minute, per zone: "Create 200/min, Delete 200/min, Update 200/min" (MicrosoftDocs/azure-docs, dns-limits.md).
    changesMax: CHANGES_MAX,
    // Each set is a call: the most that this many sets can have.
    charactersMax: CHANGES_MAX * TXT_CHARACTERS_MAX,
    updateCountsTwice: false,
  },
  // "Records per record set in public DNS zone: 20".
  valuesMax: 20,
};

/** How long each call may take that fills a name which lost its CNAME, whatever time the caller has left. */
const FILL_MS = 10_000;

export function azureProvider(
  input: ProviderInput<SettingsOf<"azure">, CredentialsOf<"azure">>,
  ports: ProviderPorts,
): Provider {
  return new AzureProvider(input, ports);
}

class AzureProvider implements Provider {
  readonly abilities = AZURE_ABILITIES;
  readonly #zone: string;
  readonly #timers: ProviderPorts["timers"];
  readonly #api: AzureRecordsets;
  /** The sets as they were read or written last, with their tags. */
  readonly #known = new Map<string, Recordset>();

  constructor(
    input: ProviderInput<SettingsOf<"azure">, CredentialsOf<"azure">>,
    ports: ProviderPorts,
  ) {
    this.#zone = input.zone;
    this.#timers = ports.timers;
    this.#api = new AzureRecordsets(input, ports);
  }

  get calls(): number {
    return this.#api.calls;
  }

  async populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const listed = await this.#api.list(signal);
    if (!listed.ok) return listed;
    // "Record sets of type SOA cannot be deleted (they are deleted when the DNS zone is deleted)."
    if (!listed.value.some((one) => typeOf(one) === "SOA")) {
      return this.#api.failure("unreachable", "a listing without the zone's SOA is not whole");
    }
    this.#known.clear();
    // Every zone has one. A listing without it is not whole, whatever else is in it.
    if (!listed.value.some((one) => typeOf(one) === "SOA")) {
      return this.#api.failure("unreachable", "the listing has no SOA, so it is not whole.");
    }
    const sets = new Map<string, RecordSet>();
    for (const recordset of listed.value.filter((one) => typeOf(one) !== "SOA")) {
      const set = setOf(recordset, this.#zone);
      sets.set(setKey(set), set);
      this.#known.set(setKey(set), recordset);
    }
    return ok({ sets: [...sets.values()], complete: true });
  }

  async write(
    { fence, changes }: Batch,
    signal: AbortSignal,
  ): Promise<Result<Refusals | null, Failure>> {
    const all = [fence, ...changes];
    const flaw =
      whyNotSent(all, this.#zone, this.abilities) ?? whyNotTaken(all) ?? this.#inTheWay(changes);
    if (flaw !== null) return this.#api.failure("rejected", flaw);
    for (const change of all) {
      const read = change.kind === "create" ? ok(null) : await this.#isAs(change.before, signal);
      if (!read.ok) return read;
    }
    const stamped = await this.#apply(fence, signal);
    if (!stamped.ok) return stamped;
    const refused: Refused[] = [];
    let done = 0;
    for (const stage of stagesOf(changes)) {
      const cause = companionOf(stage, refused, this.#zone);
      const written =
        cause === undefined
          ? await this.#stage(stage, signal)
          : ok(refusedWhole(stage, `waits for ${cause}, which was refused.`));
      if (!written.ok) return interrupted(written.error, done, refused, changes.length);
      refused.push(...written.value);
      done += stage.deletes.length + stage.puts.length - written.value.length;
    }
    return ok(refused.length === 0 ? null : { refused });
  }

  /** A CNAME that would be made beside another set, or the other way round, as far as the last listing tells: refused before a DELETE. */
  #inTheWay(changes: readonly Change[]): string | null {
    const goes = new Set(changes.filter(({ kind }) => kind === "delete").map(changeKey));
    const stays = [...this.#known.values()]
      .map((recordset) => setOf(recordset, this.#zone))
      .filter((set) => !goes.has(setKey(set)));
    for (const set of changes.filter(({ kind }) => kind === "create").map(subjectOf)) {
      const beside = stays.find(
        ({ name, type }) =>
          name === set.name && type !== set.type && (type === "CNAME" || set.type === "CNAME"),
      );
      if (beside !== undefined) {
        return `${setKey(set)} cannot be beside ${setKey(beside)}. Nothing was sent: take one of them away.`;
      }
    }
    return null;
  }

  /** Sees that a set is as the plan was made from, by what is known of it or by asking; its tag is known from then on. */
  async #isAs(set: RecordSet, signal: AbortSignal): Promise<Result<null, Failure>> {
    const isSame = (recordset: Recordset | null | undefined): boolean =>
      recordset != null && setText(setOf(recordset, this.#zone)) === setText(set);
    if (isSame(this.#known.get(setKey(set)))) return ok(null);
    const read = await this.#api.read(this.#placeOf(set), signal);
    if (!read.ok) return read;
    this.#learn(set, read.value);
    if (isSame(read.value)) return ok(null);
    return this.#api.failure(
      "fenced",
      `${setKey(set)} is not as it was listed. Nothing was written: list the zone again.`,
    );
  }

  /** What of the stage was refused. */
  async #stage(stage: Stage, signal: AbortSignal): Promise<Result<readonly Refused[], Failure>> {
    const gone: Recordset[] = [];
    for (const change of stage.deletes) {
      const old = this.#known.get(changeKey(change));
      const deleted = await this.#apply(change, signal);
      const isMaybeGone = deleted.ok || deleted.error.kind === "unknown";
      if (isMaybeGone && old !== undefined) gone.push(old);
      if (!deleted.ok) return this.#givenUp(stage, gone, deleted.error);
    }
    const refused: Refused[] = [];
    for (const [at, change] of stage.puts.entries()) {
      // With something gone the name is empty: what fills it is not given up because the caller's time is up.
      const put =
        gone.length === 0
          ? await this.#apply(change, signal)
          : await withDeadline(this.#timers, FILL_MS, (within) => this.#apply(change, within));
      if (put.ok) continue;
      if (at === 0) return this.#givenUp(stage, gone, put.error);
      if (put.error.kind !== "rejected") return put;
      refused.push({ key: changeKey(change), detail: put.error.detail });
    }
    return ok(refused);
  }

  /** Nothing of the stage came; what went to make room is put back. 412 says that it is there. */
  async #givenUp(
    { deletes, puts }: Stage,
    gone: readonly Recordset[],
    failure: Failure,
  ): Promise<Result<readonly Refused[], Failure>> {
    let { kind, detail } = failure;
    // A set that only went, or may have, leaves no room to fill.
    for (const { name: relative, type, properties } of puts.length === 0 ? [] : gone) {
      const { fqdn: _, provisioningState: __, ...own } = properties;
      const place = { relative, type: typeOf({ type }) };
      const put = await withDeadline(this.#timers, FILL_MS, (within) =>
        this.#api.put(place, own, { "if-none-match": "*" }, within),
      );
      const isThere = put.ok || put.error.kind === "fenced";
      if (!isThere && kind === "rejected") kind = "unknown";
      detail += `; ${relative} ${place.type} ${isThere ? "is there as before" : "MAY BE MISSING: see to it"}`;
    }
    return kind === "rejected"
      ? ok(refusedWhole({ deletes, puts }, detail))
      : refuse({ ...failure, kind, detail });
  }

  async #apply(change: Change, signal: AbortSignal): Promise<Result<null, Failure>> {
    const set = subjectOf(change);
    const known = this.#known.get(setKey(set));
    const etag = known?.etag ?? "";
    if (change.kind === "delete") {
      const deleted = await this.#api.delete(this.#placeOf(set), etag, signal);
      if (deleted.ok) this.#learn(set, null);
      return deleted;
    }
    const properties = propertiesOf(set);
    if (!properties.ok) return this.#api.failure("rejected", `${setKey(set)} ${properties.error}`);
    const metadata = change.kind === "update" ? known?.properties["metadata"] : undefined;
    const condition: Condition =
      change.kind === "create" ? { "if-none-match": "*" } : { "if-match": etag };
    const put = await this.#api.put(
      this.#placeOf(set),
      { ...(metadata === undefined ? {} : { metadata }), ...properties.value },
      condition,
      signal,
    );
    if (!put.ok) return put;
    this.#learn(set, put.value);
    return ok(null);
  }

  #learn(set: RecordSet, recordset: Recordset | null): void {
    if (recordset === null) this.#known.delete(setKey(set));
    else this.#known.set(setKey(set), recordset);
  }

  #placeOf({ name, type }: RecordSet): Place {
    return { type, relative: relativeName(name, this.#zone) };
  }
}

function whyNotTaken(changes: readonly Change[]): string | null {
  for (const change of changes.filter(({ kind }) => kind !== "delete")) {
    const taken = propertiesOf(subjectOf(change));
    if (!taken.ok) {
      return `${changeKey(change)} ${taken.error}. Nothing was sent: correct the record.`;
    }
  }
  return null;
}

/** A part of the batch is written, and these kinds say that nothing is. */
function interrupted(
  failure: Failure,
  done: number,
  refused: readonly Refused[],
  of: number,
): Result<never, Failure> {
  const isOver = failure.kind === "fenced" || failure.kind === "unreachable";
  const without =
    refused.length === 0 ? "" : ` without ${refused.map(({ key }) => key).join(", ")}, refused`;
  return refuse({
    ...failure,
    kind: isOver ? "unknown" : failure.kind,
    detail: `${failure.detail}; before that the stamp and ${done} of ${of} changes were written${without}, and the next listing shows what is missing`,
  });
}
