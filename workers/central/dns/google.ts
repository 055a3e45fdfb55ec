/**
 * Google Cloud DNS, by its REST API v1.
 *
 * One change writes all: additions and deletions "applied atomically", and a deletion "must match existing data exactly". So the stamp goes as
 * deletion of the one that was read and addition of the next, in the same change as the sets, and Google compares: a batch of an older plan
 * meets another stamp and is refused whole (`fence: "provider"`).
 *
 * Policies. Only `weighted` (WRR) is claimed.
 * - `geo` is not: an item's location is a Google Cloud region ("The geo-location granularity is a GCP region") and a visitor gets the nearest
 *   one. Continents, countries and "everywhere else" cannot be said.
 * - `latency` is not: its regions would fit, but the nearest is "a nearest match for the source location" on the map, and no measurement.
 * - `failover` and `checks` are not: `primaryBackup` needs "the fully qualified URL of the HealthCheck", an object of the Compute API, which
 *   would have to be made, paid and cleaned up there with rights on Compute; and a primary is an address, never a name.
 * What others made of these is listed as opaque. Source: the discovery document of dns v1 (RRSetRoutingPolicy…) and
 * docs.cloud.google.com/dns/docs/routing-policies-overview.
 */
import { z } from "zod";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import type { Batch, Change } from "../../../routing/dns/change.ts";
import { type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok, type Result } from "../../../routing/result.ts";
import { classified } from "./google/failure.ts";
import { type Rrset, rrsetOf, rrsetSchema, setOf } from "./google/rrset.ts";
import { DEFAULTS } from "./origins.ts";
import type { Failure, Listing, Provider, ProviderInput, ProviderPorts } from "./provider.ts";
import { bearerCalls } from "./token/bearer.ts";
import { googleExchange } from "./token/google.ts";
import { Http, type Reply } from "./token/http.ts";
import { whyNotSent } from "./wellformed.ts";

export const GOOGLE_ABILITIES: Abilities = {
  types: ["A", "AAAA", "CNAME", "TXT", "MX", "SRV", "CAA", "HTTPS", "SVCB"],
  policies: ["weighted"],
  checks: false,
  atomic: "batch",
  fence: "provider",
  // An ALIAS set would do it, which is a type of Google's own and answers A and AAAA only.
  apexCname: false,
  // "The TTL must be a non-negative integer", and the schema's format is int32.
  ttl: { min: 0, max: 2_147_483_647 },
  batch: {
    // "Additions per change: 1,000" and "Deletions per change: 1,000" (cloud.google.com/dns/quotas). The stamp is one of each.
    changesMax: 999,
    // "Resource record data size per change: 100,000 bytes". An update has both its sides in the change, a zone file's backslashes at most
    // double a value, and its quotes and last dots add a few bytes to each: 2 × (2 × 20,000 + 3 × 3,000 + …) and the stamp.
    charactersMax: 20_000,
    valuesMax: 3_000,
    updateCountsTwice: false,
  },
  // "Records per RR set: 100".
  valuesMax: 100,
};

/** A change is mostly done within seconds: asked soon, then less often. */
const POLL_FIRST_MS = 250;
const POLL_MAX_MS = 5_000;
/** Two minutes, when no signal ends it sooner. */
const POLLS_MAX = 28;

const pageSchema = z.object({
  rrsets: z.array(rrsetSchema).default([]),
  nextPageToken: z.string().optional(),
});
const changeSchema = z.object({ id: z.string(), status: z.enum(["pending", "done"]) });

export function googleProvider(
  input: ProviderInput<SettingsOf<"google">, CredentialsOf<"google">>,
  ports: ProviderPorts,
): Provider {
  return new GoogleProvider(input, ports);
}

class GoogleProvider implements Provider {
  readonly abilities = GOOGLE_ABILITIES;
  readonly #zone: string;
  readonly #url: string;
  readonly #timers: ProviderPorts["timers"];
  readonly #http: Http;
  readonly #call: ReturnType<typeof bearerCalls>;
  /** The sets of the last listing in Google's spelling, which a deletion must match. */
  #listed = new Map<string, Rrset>();

  constructor(
    {
      zone,
      endpoint = DEFAULTS.google.endpoint,
      settings,
      credentials,
    }: ProviderInput<SettingsOf<"google">, CredentialsOf<"google">>,
    ports: ProviderPorts,
  ) {
    const { project, managed_zone, token_uri } = settings;
    this.#zone = zone;
    this.#url = `${endpoint.replace(/\/+$/, "")}/dns/v1/projects/${encodeURIComponent(project)}/managedZones/${encodeURIComponent(managed_zone)}`;
    this.#timers = ports.timers;
    this.#http = new Http(`Google Cloud DNS, zone ${zone} (${project}/${managed_zone})`, ports, [
      credentials.private_key,
    ]);
    const exchange = googleExchange(this.#http, ports.clock, credentials, token_uri);
    this.#call = bearerCalls(this.#http, exchange, ports.clock);
  }

  get calls(): number {
    return this.#http.calls;
  }

  async populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const rrsets: Rrset[] = [];
    let next: string | undefined;
    do {
      const query = next === undefined ? "" : `?pageToken=${encodeURIComponent(next)}`;
      const reply = await this.#call({ method: "GET", url: `${this.#url}/rrsets${query}` }, signal);
      if (!reply.ok) return reply;
      if (reply.value.status !== 200) return this.#refused(reply.value, "unreachable");
      const page = pageSchema.safeParse(reply.value.body);
      if (!page.success || (next !== undefined && page.data.nextPageToken === next)) {
        return this.#http.failure("unreachable", "a page of the listing is not understood.");
      }
      rrsets.push(...page.data.rrsets);
      next = page.data.nextPageToken;
    } while (next !== undefined);

    const apex = rrsets.find(({ type }) => type === "SOA");
    // Every zone has one. A listing without it is not whole, whatever else is in it.
    if (apex === undefined) {
      return this.#http.failure("unreachable", "the listing has no SOA, so it is not whole.");
    }
    if (apex.name !== `${this.#zone}.`) {
      return this.#http.failure("no-zone", `it is the zone ${apex.name} Check \`managed_zone\`.`);
    }
    const sets = new Map<string, RecordSet>();
    this.#listed = new Map();
    for (const rrset of rrsets.filter(({ type }) => type !== "SOA")) {
      const set = setOf(rrset);
      sets.set(setKey(set), set);
      this.#listed.set(setKey(set), rrset);
    }
    return ok({ sets: [...sets.values()], complete: true });
  }

  async write({ fence, changes }: Batch, signal: AbortSignal): Promise<Result<null, Failure>> {
    const all = [fence, ...changes];
    const flaw = whyNotSent(all, this.#zone, this.abilities);
    if (flaw !== null) return this.#http.failure("rejected", flaw);

    const before = all.flatMap((change) => (change.kind === "create" ? [] : [change.before]));
    const after = all.flatMap((change: Change) => (change.kind === "delete" ? [] : [change.after]));
    const reply = await this.#call(
      {
        method: "POST",
        url: `${this.#url}/changes`,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          deletions: before.map((set) => this.#asListed(set)),
          additions: after.map(sent),
        }),
      },
      signal,
    );
    if (!reply.ok) return reply;
    if (reply.value.status !== 200) {
      return this.#refused(reply.value, "unknown", (list, at) => {
        const set = (list === "deletions" ? before : after)[at];
        return set === undefined ? undefined : setKey(set);
      });
    }
    const change = changeSchema.safeParse(reply.value.body);
    if (!change.success) {
      return this.#http.failure(
        "unknown",
        "the change was taken and the answer is not understood: list the zone again.",
      );
    }
    return change.data.status === "done" ? ok(null) : this.#done(change.data.id, signal);
  }

  /** Waits until the change is done: "the request to update the authoritative servers has been sent". */
  async #done(id: string, signal: AbortSignal): Promise<Result<null, Failure>> {
    let waitMs = POLL_FIRST_MS;
    for (let poll = 0; poll < POLLS_MAX; poll += 1) {
      try {
        await this.#timers.wait(waitMs, signal);
      } catch {
        break;
      }
      waitMs = Math.min(waitMs * 2, POLL_MAX_MS);
      const url = `${this.#url}/changes/${encodeURIComponent(id)}`;
      const reply = await this.#call({ method: "GET", url }, signal);
      // The change was taken: an answer that fails to come, or is a refusal, says nothing of it.
      const change = reply.ok ? changeSchema.safeParse(reply.value.body) : undefined;
      if (change?.data?.status === "done") return ok(null);
    }
    return this.#http.failure(
      "unknown",
      `the change ${id} was taken and is not known to be done: list the zone again.`,
    );
  }

  /** The set as Google spelt it, when it still says the same. */
  #asListed(set: RecordSet): ReturnType<typeof sent> {
    const rrset = this.#listed.get(setKey(set));
    return rrset !== undefined && setText(setOf(rrset)) === setText(set) ? spelt(rrset) : sent(set);
  }

  #refused(
    reply: Reply,
    lost: "unreachable" | "unknown",
    recordOf?: (list: string, at: number) => string | undefined,
  ) {
    const { kind, text } = classified(reply, lost, recordOf);
    return this.#http.failure(kind, text, this.#http.retryAfterMs(reply));
  }
}

const sent = (set: RecordSet) => spelt(rrsetOf(set));

/** "A valid ResourceRecordSet contains only rrdata [...] or a routing_policy." */
const spelt = ({ name, type, ttl, rrdatas, routingPolicy }: Rrset) =>
  routingPolicy === undefined ? { name, type, ttl, rrdatas } : { name, type, ttl, routingPolicy };
