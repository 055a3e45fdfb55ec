/**
 * A strict server of Azure DNS (through the Resource Manager) and of the token endpoint of Entra ID on loopback:
 * https://learn.microsoft.com/rest/api/dns/
 */
import type { Calls, Faults } from "../faults.ts";
import { History, Listings } from "../history.ts";
import { type Answer, type Vendor, VendorServer } from "../server.ts";
import type { Fitting, JsonObject, Operation, Received, Refusal } from "../strict.ts";
import { bearerOf, Tokens } from "../tokens.ts";
import { arm, dns, refused, unauthenticated } from "./answers.ts";
import { API_VERSION, OPERATIONS } from "./operations.ts";
import { isWrong, keyOf, type RecordSet, shownSet, type Wrong } from "./sets.ts";
import { type Application, grantToken, refusedToken } from "./token.ts";
import { absent, type Condition, newSets, remove, type Sets, write } from "./zone.ts";

export interface AzureOptions {
  readonly tenant: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** Names without a last dot. */
  readonly zones: readonly string[];
  readonly applications: readonly Application[];
  readonly nowMs?: () => number;
}

/** "The maximum number of record sets to return. If not specified, returns up to 100 record sets." */
const DEFAULT_PAGE = 100;
/** Bucket sizes of a subscription (azure-resource-manager/management/request-limits-and-throttling). */
const BUCKETS = { reads: 250, writes: 200, deletes: 200 };
/** The headers of what is left have no value of their own here: this server throttles only when it is told to. */
const REMAINING = Object.fromEntries(
  Object.entries(BUCKETS).map(([what, left]) => [
    `x-ms-ratelimit-remaining-subscription-${what}`,
    String(left - 1),
  ]),
);
const NONE_LEFT = Object.fromEntries(Object.keys(REMAINING).map((name) => [name, "0"]));

const toAnswer = (wrong: Wrong) => dns(wrong.status, wrong.code, wrong.message);

export class AzureServer implements Vendor {
  readonly operations = OPERATIONS;
  readonly media = "application/json; charset=utf-8";
  readonly tokens = new Tokens("entra.test-", 3599);
  readonly #server: VendorServer;
  readonly #options: AzureOptions;
  readonly #now: () => number;
  readonly #histories = new Map<string, History<Sets>>();
  readonly #listings = new Map<string, Listings<Sets>>();
  #etags = 0;

  constructor(options: AzureOptions) {
    this.#options = options;
    this.#now = options.nowMs ?? Date.now;
    this.#server = new VendorServer(this);
    for (const zone of options.zones) {
      const history = new History<Sets>(newSets(() => this.#etag()));
      this.#histories.set(zone, history);
      this.#listings.set(zone, new Listings(history, this.faults));
    }
  }

  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** As `https://management.azure.com` is. */
  get url(): string {
    return this.#server.url;
  }

  /** As `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token` is; either of them is the audience of an assertion. */
  get tokenUrl(): string {
    return `${this.#server.url}/${this.#options.tenant}/oauth2/v2.0/token`;
  }

  get #audiences(): readonly string[] {
    const path = `/${this.#options.tenant}/oauth2/v2.0/token`;
    return [this.tokenUrl, `https://login.microsoftonline.com${path}`];
  }

  get faults(): Faults {
    return this.#server.faults;
  }

  get calls(): Calls {
    return this.#server.calls;
  }

  /** The record sets of a zone as they are, with those of its apex. */
  recordSets(zone: string): readonly RecordSet[] {
    return [...this.#history(zone).now.values()];
  }

  /** Somebody else sets a record set, over the one that was there; its etag is a new one. */
  foreignSet(zone: string, name: string, type: string, properties: JsonObject): void {
    const history = this.#history(zone);
    const anyway = { ifMatch: undefined, ifNoneMatch: undefined };
    const written = write(
      zone,
      history.now,
      name,
      type,
      { properties },
      anyway,
      this.#etag(),
      false,
    );
    if (isWrong(written)) throw new Error(written.message);
    history.write(written.sets);
  }

  foreignDelete(zone: string, name: string, type: string): void {
    const history = this.#history(zone);
    const sets = new Map(history.now);
    if (!sets.delete(keyOf(name, type))) throw new Error(`no ${name} ${type}`);
    history.write(sets);
  }

  headers(): Readonly<Record<string, string>> {
    return REMAINING;
  }

  authorize(received: Received, operation: Operation, permission: string): Answer | undefined {
    if (operation.id === "token") return undefined;
    const { authorization } = received.headers;
    if (!authorization)
      return unauthenticated(
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
      );
    const grant = this.tokens.find(bearerOf(authorization) ?? "");
    if (grant === undefined)
      return unauthenticated("InvalidAuthenticationToken", "The access token is invalid.");
    if (grant.expiresMs <= this.#now())
      return unauthenticated(
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time is earlier than current UTC time.",
      );
    const application = this.#options.applications.find(
      ({ clientId }) => clientId === grant.subject,
    );
    if (application?.permissions?.includes(permission) === false)
      return arm(
        403,
        "AuthorizationFailed",
        `The client '${grant.subject}' does not have authorization to perform action '${permission}' over scope '${received.url.pathname}' or the scope is invalid.`,
      );
    return undefined;
  }

  refuse(refusal: Refusal, received: Received, operation?: Operation): Answer {
    return refused(refusal, received, this.#now(), operation);
  }

  /** "The response includes a Retry-After value, which specifies the number of seconds your application should wait". */
  throttled(retryAfterS: number): Answer {
    return {
      ...arm(
        429,
        "TooManyRequests",
        "The request is being throttled as the limit has been reached for operation type.",
      ),
      headers: { "retry-after": String(retryAfterS), ...NONE_LEFT },
    };
  }

  failed(status: number): Answer {
    return arm(status, "InternalServerError", "An error occurred.");
  }

  handle(operation: Operation, { params, query, body }: Fitting, received: Received): Answer {
    const { tenant, subscription, resourceGroup, zones, applications } = this.#options;
    if (operation.id === "token")
      return params["tenant"] === tenant
        ? grantToken(body as JsonObject, applications, this.tokens, this.#audiences, this.#now())
        : refusedToken(
            400,
            "invalid_request",
            90_002,
            `Tenant '${params["tenant"]}' not found.`,
            this.#now(),
          );
    if (params["subscriptionId"] !== subscription)
      return arm(
        404,
        "SubscriptionNotFound",
        `The subscription '${params["subscriptionId"]}' could not be found.`,
      );
    if (query["api-version"] !== API_VERSION)
      return arm(
        400,
        "InvalidResourceType",
        `The resource type 'dnszones' could not be found in the namespace 'Microsoft.Network' for api version '${query["api-version"]}'. The supported api-versions are '${API_VERSION}'.`,
      );
    const group = params["resourceGroupName"];
    if (group !== undefined && group.toLowerCase() !== resourceGroup.toLowerCase())
      return arm(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
    if (operation.id.startsWith("Zones_List")) return this.#listZones(operation, query, received);
    const zone = zones.find((name) => name === params["zoneName"]?.toLowerCase());
    if (zone === undefined) {
      const message = `The Resource 'Microsoft.Network/dnszones/${params["zoneName"]}' under resource group '${group}' was not found.`;
      return arm(
        404,
        operation.id === "Zones_Get" ? "ResourceNotFound" : "ParentResourceNotFound",
        message,
      );
    }
    if (operation.id === "Zones_Get") return { status: 200, body: this.#shownZone(zone) };
    if (operation.lists === true)
      return this.#listSets(operation, zone, params["recordType"], query, received);
    return this.#one(operation, zone, params, body as JsonObject, received);
  }

  #one(
    operation: Operation,
    zone: string,
    params: Fitting["params"],
    body: JsonObject,
    received: Received,
  ): Answer {
    const [name, type] = [params["relativeRecordSetName"] ?? "", params["recordType"] ?? ""];
    const condition: Condition = {
      ifMatch: received.headers["if-match"],
      ifNoneMatch: received.headers["if-none-match"],
    };
    const history = this.#history(zone);
    if (operation.id === "RecordSets_Get") {
      const found = history.now.get(keyOf(name, type));
      return found === undefined ? toAnswer(absent(name)) : this.#shown(200, found, zone);
    }
    if (operation.id === "RecordSets_Delete") {
      const next = remove(history.now, name, type, condition);
      if (next === undefined) return { status: 204 };
      if (isWrong(next)) return toAnswer(next);
      history.write(next);
      return { status: 200 };
    }
    const keep = operation.id === "RecordSets_Update";
    const written = write(zone, history.now, name, type, body, condition, this.#etag(), keep);
    if (isWrong(written)) return toAnswer(written);
    history.write(written.sets);
    return this.#shown(written.made ? 201 : 200, written.set, zone);
  }

  #listSets(
    operation: Operation,
    zone: string,
    type: string | undefined,
    query: JsonObject,
    received: Received,
  ): Answer {
    const suffix = String(query["$recordsetnamesuffix"] ?? "").toLowerCase();
    const read = (sets: Sets) =>
      [...sets.values()]
        .filter(
          (set) =>
            (type === undefined || set.type === type) && set.name.toLowerCase().endsWith(suffix),
        )
        .sort((a, b) => (keyOf(a.name, a.type) < keyOf(b.name, b.type) ? -1 : 1))
        .map((set) => shownSet(set, this.#zoneId(zone), zone));
    return this.#listed(this.#listings.get(zone), operation, read, query, received);
  }

  #listZones(operation: Operation, query: JsonObject, received: Received): Answer {
    const read = () => this.#options.zones.map((zone) => this.#shownZone(zone));
    return this.#listed([...this.#listings.values()][0], operation, read, query, received);
  }

  #listed(
    listings: Listings<Sets> | undefined,
    operation: Operation,
    read: (sets: Sets) => readonly JsonObject[],
    query: JsonObject,
    received: Received,
  ): Answer {
    const size = Number(query["$top"] ?? DEFAULT_PAGE);
    const page = Number(/^page-(\d+)$/.exec(String(query["$skipToken"] ?? "page-1"))?.[1]);
    if (!(size >= 1 && page >= 1) || listings === undefined)
      return dns(400, "BadRequest", "The value of $top or of $skipToken is invalid.");
    const shows = listings.page(operation.id, read, page, size);
    // Written as Azure does, with `$` and not `%24`: clients that merge their own query compare names as they are.
    const link = `${this.url}${received.url.pathname}?api-version=${API_VERSION}&$top=${size}`;
    const suffix = query["$recordsetnamesuffix"];
    const filter =
      suffix === undefined ? "" : `&$recordsetnamesuffix=${encodeURIComponent(String(suffix))}`;
    return {
      status: 200,
      body: {
        value: shows.items,
        ...(shows.more && { nextLink: `${link}${filter}&$skipToken=page-${page + 1}` }),
      },
    };
  }

  #shown(status: number, set: RecordSet, zone: string): Answer {
    return { status, body: shownSet(set, this.#zoneId(zone), zone), headers: { etag: set.etag } };
  }

  #zoneId(zone: string): string {
    const { subscription, resourceGroup } = this.#options;
    return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/dnszones/${zone}`;
  }

  #shownZone(zone: string): JsonObject {
    return {
      id: this.#zoneId(zone),
      name: zone,
      type: "Microsoft.Network/dnszones",
      location: "global",
      tags: {},
      properties: {
        maxNumberOfRecordSets: 10_000,
        numberOfRecordSets: this.#history(zone).now.size,
        nameServers: [1, 2, 3, 4].map((n) => `ns${n}-01.azure-dns.test.`),
        zoneType: "Public",
      },
    };
  }

  #history(zone: string): History<Sets> {
    const found = this.#histories.get(zone);
    if (found === undefined) throw new Error(`no zone ${zone}`);
    return found;
  }

  #etag(): string {
    this.#etags += 1;
    return `00000000-0000-0000-0000-${String(this.#etags).padStart(12, "0")}`;
  }
}
