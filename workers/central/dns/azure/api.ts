/**
 * The calls to the record sets of one zone, API version 2018-05-01: what each needs, and what each answer means.
 *
 * Source: learn.microsoft.com/rest/api/dns/record-sets; for the tags learn.microsoft.com/azure/dns/dns-zones-records, "Etags".
 */
import { z } from "zod";
import type { CredentialsOf, SettingsOf } from "../../../../routing/dns/settings.ts";
import { ok, type Result } from "../../../../routing/result.ts";
import { DEFAULTS } from "../origins.ts";
import type { Failure, FailureKind, ProviderInput, ProviderPorts } from "../provider.ts";
import { azureExchange } from "../token/azure.ts";
import { bearerCalls, type Call } from "../token/bearer.ts";
import { Http, type Reply } from "../token/http.ts";
import { classified, isAbsent } from "./failure.ts";
import { type Recordset, recordsetSchema } from "./recordset.ts";

const VERSION = "api-version=2018-05-01";

/** Where a set is: its type, and its name without the zone's. Neither has a `/` or a `?` in it. */
export interface Place {
  readonly type: string;
  readonly relative: string;
}

/** "PUT only succeeds if resource exists and Etag matches", or "only [...] if resource doesn't exist". */
export type Condition = { readonly "if-match": string } | { readonly "if-none-match": "*" };

const pageSchema = z.object({ value: z.array(recordsetSchema), nextLink: z.string().optional() });

export class AzureRecordsets {
  readonly #url: string;
  readonly #http: Http;
  readonly #call: Call;

  constructor(
    {
      zone,
      endpoint = DEFAULTS.azure.endpoint,
      settings,
      credentials,
    }: ProviderInput<SettingsOf<"azure">, CredentialsOf<"azure">>,
    { clock, fetch }: Pick<ProviderPorts, "clock" | "fetch">,
  ) {
    const { subscription_id, resource_group } = settings;
    const { client_secret } = credentials;
    this.#url =
      `${endpoint.replace(/\/+$/, "")}/subscriptions/${subscription_id}/resourceGroups/` +
      `${encodeURIComponent(resource_group)}/providers/Microsoft.Network/dnsZones/${zone}`;
    const subject = `Azure DNS, zone ${zone} (resource group ${resource_group})`;
    this.#http = new Http(subject, { clock, fetch }, [client_secret]);
    const exchange = azureExchange(this.#http, clock, settings, client_secret);
    this.#call = bearerCalls(this.#http, exchange, clock);
  }

  get calls(): number {
    return this.#http.calls;
  }

  failure(kind: FailureKind, text: string) {
    return this.#http.failure(kind, text);
  }

  /** Every page. */
  async list(signal: AbortSignal): Promise<Result<readonly Recordset[], Failure>> {
    const recordsets: Recordset[] = [];
    const seen = new Set<string>();
    let next: string | undefined = `${this.#url}/recordsets?${VERSION}`;
    while (next !== undefined) {
      // The token goes where the link says: only back to where it came from, and never in a circle.
      const isOwn = URL.canParse(next) && new URL(next).origin === new URL(this.#url).origin;
      if (!isOwn || seen.has(next)) {
        return this.failure("unreachable", "the listing leads to a page that is not its own.");
      }
      seen.add(next);
      const reply = await this.#call({ method: "GET", url: next }, signal);
      if (!reply.ok) return reply;
      if (reply.value.status !== 200) return this.#refused(reply.value, "unreachable");
      const page = pageSchema.safeParse(reply.value.body);
      if (!page.success) {
        return this.failure("unreachable", "a page of the listing is not understood.");
      }
      recordsets.push(...page.data.value);
      next = page.data.nextLink;
    }
    return ok(recordsets);
  }

  /** `null`: it is not there, or its answer is not understood. */
  async read(place: Place, signal: AbortSignal): Promise<Result<Recordset | null, Failure>> {
    const reply = await this.#call({ method: "GET", url: this.#urlOf(place) }, signal);
    if (!reply.ok) return reply;
    if (isAbsent(reply.value)) return ok(null);
    return reply.value.status === 200
      ? ok(recordsetIn(reply.value))
      : this.#refused(reply.value, "unreachable", place);
  }

  /** The set as it is now; `null` when the answer is not understood. */
  async put(
    place: Place,
    properties: object,
    condition: Condition,
    signal: AbortSignal,
  ): Promise<Result<Recordset | null, Failure>> {
    const reply = await this.#call(
      {
        method: "PUT",
        url: this.#urlOf(place),
        headers: { "content-type": "application/json", ...condition },
        body: JSON.stringify({ properties }),
      },
      signal,
    );
    if (!reply.ok) return reply;
    return [200, 201].includes(reply.value.status)
      ? ok(recordsetIn(reply.value))
      : this.#refused(reply.value, "unknown", place);
  }

  async delete(place: Place, etag: string, signal: AbortSignal): Promise<Result<null, Failure>> {
    const headers = { "if-match": etag };
    const reply = await this.#call({ method: "DELETE", url: this.#urlOf(place), headers }, signal);
    if (!reply.ok) return reply;
    // 204: it was not there.
    return [200, 204].includes(reply.value.status)
      ? ok(null)
      : this.#refused(reply.value, "unknown", place);
  }

  #urlOf({ type, relative }: Place): string {
    return `${this.#url}/${type}/${encodeURIComponent(relative)}?${VERSION}`;
  }

  #refused(reply: Reply, lost: "unreachable" | "unknown", place?: Place) {
    const { kind, text } = classified(reply, lost);
    const about = place === undefined ? "" : `${place.relative} ${place.type}: `;
    return this.#http.failure(kind, `${about}${text}`, this.#http.retryAfterMs(reply));
  }
}

function recordsetIn({ body }: Reply): Recordset | null {
  const read = recordsetSchema.safeParse(body);
  return read.success ? read.data : null;
}
