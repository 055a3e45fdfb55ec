/**
 * Any DNS vendor that external-dns has a webhook for: we are the client in external-dns's place; docs/dns-providers/external_dns_webhook.md
 * tells what it can.
 *
 * Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/webhook-provider/
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import {
  type Batch,
  type Change,
  changeKey,
  inverseOf,
  subjectOf,
} from "../../../routing/dns/change.ts";
import { isWithin } from "../../../routing/dns/name.ts";
import { isSameSet, setKey, setText } from "../../../routing/dns/record.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { stampName } from "../../../routing/dns/stamp.ts";
import { invariant, ok, type Result, refuse } from "../../../routing/result.ts";
import { type Changes, WebhookClient } from "./external_dns_webhook/client.ts";
import {
  endpointOf,
  joined,
  type ListedEndpoint,
  type ListedSet,
  setsOf,
} from "./external_dns_webhook/endpoint.ts";
import type { Serves } from "./external_dns_webhook/filter.ts";
import { DEFAULTS } from "./origins.ts";
import { whyMoved } from "./precondition.ts";
import type {
  Failure,
  Listing,
  Provider,
  ProviderInput,
  ProviderPorts,
  Refusals,
} from "./provider.ts";
import { bareName } from "./value.ts";
import { whyNotSent } from "./wellformed.ts";

export const EXTERNAL_DNS_WEBHOOK_ABILITIES: Abilities = {
  // Those of external-dns's own types that are ours too; CAA, HTTPS and SVCB it does not know.
  types: ["A", "AAAA", "CNAME", "TXT", "MX", "SRV"],
  policies: [],
  checks: false,
  // "Handle abrupt connection drops gracefully — do not treat a cancelled request as a reason to roll back partially applied changes"
  atomic: "set",
  fence: "reader",
  apexCname: false,
  // "TTL value … must be between [1, 2147483647]" (its source, source/annotations/processors.go)
  ttl: { min: 1, max: 2_147_483_647 },
  batch: {
    // Ours: the server may write its vendor's records one by one within the call. 1,000 are half a MiB of the 32 MiB that a body may have,
    // "roughly 60,000 records".
    changesMax: 1_000,
    charactersMax: 1_024 * 1_024,
    // The old endpoint goes with the new one.
    updateCountsTwice: true,
  },
  // The protocol names none.
  valuesMax: 100,
};

const RECORDS = { method: "POST", path: "/records" } as const;

export const externalDnsWebhookProvider = (
  input: ProviderInput<SettingsOf<"external_dns_webhook">, CredentialsOf<"external_dns_webhook">>,
  ports: ProviderPorts,
): Provider => new WebhookProvider(input, ports);

class WebhookProvider implements Provider {
  readonly abilities = EXTERNAL_DNS_WEBHOOK_ABILITIES;
  readonly #zone: string;
  readonly #owner: string;
  readonly #client: WebhookClient;
  /** Negotiated once; a server that changes its filter is asked again by the next object. */
  #serves: Serves | null = null;

  constructor(
    {
      zone,
      owner,
      endpoint = DEFAULTS.external_dns_webhook.endpoint,
      credentials,
    }: Parameters<typeof externalDnsWebhookProvider>[0],
    ports: ProviderPorts,
  ) {
    this.#zone = zone;
    this.#owner = owner;
    this.#client = new WebhookClient(zone, endpoint, credentials.bearer_token, ports);
  }

  get calls(): number {
    return this.#client.calls;
  }

  async populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const listed = await this.#listed(signal);
    if (!listed.ok) return listed;
    return ok({ sets: [...listed.value.values()].map(({ set }) => set), complete: true });
  }

  async write(batch: Batch, signal: AbortSignal): Promise<Result<Refusals | null, Failure>> {
    const all = [batch.fence, ...batch.changes];
    const why = whyNotSent(all, this.#zone, this.abilities);
    if (why !== null) return this.#refuse("rejected", why);
    const serves = await this.#negotiated(signal);
    if (!serves.ok) return serves;
    const outside = all.find((change) => !serves.value(subjectOf(change).name));
    if (outside !== undefined) {
      return this.#refuse("rejected", `${changeKey(outside)} is left out by the domain filter`);
    }
    const listed = await this.#listed(signal);
    if (!listed.ok) return listed;
    for (const change of all) {
      const moved = whyMoved(change, listed.value.get(changeKey(change))?.set);
      if (moved !== null) return this.#refuse("fenced", `${changeKey(change)} ${moved}`);
    }
    const adjusted = await this.#adjusted(all, listed.value, signal);
    if (!adjusted.ok) return adjusted;
    const applied = await this.#client.apply(changesOf(all, listed.value, adjusted.value), signal);
    if (applied.ok || applied.error.kind !== "rejected") return applied;
    return this.#refused(batch, applied.error, signal);
  }

  /** What the webhook refuses it may have written in part, and whether it did only the records tell. */
  async #refused(
    { fence, changes }: Batch,
    failure: Failure,
    signal: AbortSignal,
  ): Promise<Result<Refusals | null, Failure>> {
    const listed = await this.#listed(signal);
    const unknown = { ...failure, kind: "unknown" } as const;
    if (!listed.ok) return refuse(unknown);
    const isOf = (change: Change) =>
      whyMoved(change, listed.value.get(changeKey(change))?.set) === null;
    if ([fence, ...changes].every(isOf)) return refuse(failure);
    const isWritten = (change: Change) => isOf(inverseOf(change));
    if (!isWritten(fence)) return refuse(unknown);
    const missing = changes.filter((change) => !isWritten(change)).map(changeKey);
    if (missing.length === 0) return ok(null);
    return ok({ refused: missing.map((key) => ({ key, detail: failure.detail })) });
  }

  async #negotiated(signal: AbortSignal): Promise<Result<Serves, Failure>> {
    if (this.#serves !== null) return ok(this.#serves);
    const serves = await this.#client.negotiate(signal);
    if (!serves.ok) return serves;
    // A name of ours, not the zone's: `.shop.test` serves what is below.
    if (!serves.value(stampName(this.#zone, this.#owner))) {
      const reason = "the domain filter leaves the zone out";
      return this.#client.refuse("no-zone", reason, { method: "GET", path: "/" });
    }
    this.#serves = serves.value;
    return serves;
  }

  /**
   * A webhook lists all zones that it serves; those of the zone here, by `setKey`. The protocol has no SOA and no total, so an answer that is short
   * looks whole.
   */
  async #listed(signal: AbortSignal): Promise<Result<ReadonlyMap<string, ListedSet>, Failure>> {
    const serves = await this.#negotiated(signal);
    if (!serves.ok) return serves;
    const records = await this.#client.records(signal);
    if (!records.ok) return records;
    return ok(
      setsOf(records.value.filter(({ dnsName }) => isWithin(bareName(dnsName), this.#zone))),
    );
  }

  /**
   * What the server makes of the sets to be written, by `setKey`. It may add what is its own to an endpoint; of a set that it would write as another
   * the listing would never be what was asked for, so that is refused.
   */
  async #adjusted(
    changes: readonly Change[],
    listed: ReadonlyMap<string, ListedSet>,
    signal: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, ListedEndpoint>, Failure>> {
    const wanted = changes.flatMap((change) => (change.kind === "delete" ? [] : [change.after]));
    const answer = await this.#client.adjust(
      wanted.map((set) => endpointOf(set, listed.get(setKey(set))?.endpoints)),
      signal,
    );
    if (!answer.ok) return answer;
    const sets = setsOf(answer.value);
    const adjusted = new Map<string, ListedEndpoint>();
    for (const after of wanted) {
      const key = setKey(after);
      const made = sets.get(key);
      if (made === undefined || !isSameSet(made.set, after)) {
        const instead = made === undefined ? "nothing" : setText(made.set);
        const reason = `${key}: the webhook would write ${instead} in place of ${setText(after)}`;
        return this.#client.refuse("rejected", reason, {
          method: "POST",
          path: "/adjustendpoints",
        });
      }
      adjusted.set(key, joined(made.endpoints));
    }
    return ok(adjusted);
  }

  #refuse(kind: Failure["kind"], reason: string) {
    return this.#client.refuse(kind, reason, RECORDS);
  }
}

/** `adjusted` has every set that is written, and `listed` every one that is there before. */
function changesOf(
  changes: readonly Change[],
  listed: ReadonlyMap<string, ListedSet>,
  adjusted: ReadonlyMap<string, ListedEndpoint>,
): Changes {
  const of = (kind: Change["kind"]) =>
    changes.filter((change) => change.kind === kind).map(changeKey);
  const before = (key: string) => joined(listed.get(key)?.endpoints ?? []);
  const after = (key: string) => {
    const endpoint = adjusted.get(key);
    invariant(endpoint !== undefined, "every set that is written was adjusted");
    return endpoint;
  };
  return {
    create: of("create").map(after),
    updateOld: of("update").map(before),
    updateNew: of("update").map(after),
    delete: of("delete").map(before),
  };
}
