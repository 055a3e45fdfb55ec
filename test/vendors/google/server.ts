/**
 * A strict server of Cloud DNS and of the token endpoint of Google's OAuth on loopback.
 * https://cloud.google.com/dns/docs/reference/rest/v1
 */
import type { Calls, Faults } from "../faults.ts";
import { History, Listings } from "../history.ts";
import { type Answer, type Vendor, VendorServer } from "../server.ts";
import type { Fitting, JsonObject, Operation, Received, Refusal } from "../strict.ts";
import { bearerOf, type Grant, Tokens } from "../tokens.ts";
import { fault, forbidden, good, refused, toAnswer, unauthenticated } from "./answers.ts";
import { filterOf } from "./filter.ts";
import { OPERATIONS } from "./operations.ts";
import { isWrong, type Rrset, shownRrset } from "./rrset.ts";
import { AUDIENCE, grantToken, READ_SCOPES, type ServiceAccount, WRITE_SCOPES } from "./token.ts";
import {
  applyChange,
  keyOf,
  type ManagedZone,
  newZone,
  type State,
  shownChange,
  shownZone,
} from "./zone.ts";

export interface GoogleOptions {
  readonly project: string;
  readonly zones: readonly ManagedZone[];
  readonly accounts: readonly ServiceAccount[];
  readonly nowMs?: () => number;
  /** How long a change is pending; 0 when not said, and even then its first answer says pending. */
  readonly changeMs?: number;
}

const DEFAULT_PAGE = 100;

export class GoogleServer implements Vendor {
  readonly operations = OPERATIONS;
  readonly media = "application/json; charset=UTF-8";
  readonly tokens = new Tokens("ya29.test-", 3600);
  /** How long a change is pending from now on, in milliseconds. */
  changeMs: number;
  /** The status of a refusal for too many requests; the API is known to use both. */
  throttledStatus: 403 | 429 = 429;
  readonly #server: VendorServer;
  readonly #options: GoogleOptions;
  readonly #now: () => number;
  readonly #histories = new Map<string, History<State>>();
  readonly #listings = new Map<string, Listings<State>>();

  constructor(options: GoogleOptions) {
    this.#options = options;
    this.#now = options.nowMs ?? Date.now;
    this.changeMs = options.changeMs ?? 0;
    this.#server = new VendorServer(this);
    for (const zone of options.zones) {
      const history = new History(newZone(zone, this.#now()));
      this.#histories.set(zone.name, history);
      this.#listings.set(zone.name, new Listings(history, this.faults));
    }
  }

  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** As `https://dns.googleapis.com` is; the paths begin with `/dns/v1`. */
  get url(): string {
    return this.#server.url;
  }

  /** As `https://oauth2.googleapis.com/token` is; either of them is the audience of an assertion. */
  get tokenUrl(): string {
    return `${this.#server.url}/token`;
  }

  get faults(): Faults {
    return this.#server.faults;
  }

  get calls(): Calls {
    return this.#server.calls;
  }

  /** The record sets of a zone as they are, with those of its apex. */
  rrsets(zone: string): readonly Rrset[] {
    return [...this.#history(zone).now.sets.values()];
  }

  /** Somebody else makes a change, which has to be one that Cloud DNS takes. */
  foreignChange(zone: string, body: JsonObject): void {
    const history = this.#history(zone);
    const next = applyChange(this.#zone(zone), history.now, body, this.#now());
    if (isWrong(next)) throw new Error(next.message);
    history.write(next);
  }

  authorize(received: Received, operation: Operation): Answer | undefined {
    if (operation.id === "token") return undefined;
    const token = bearerOf(received.headers["authorization"]);
    if (token === undefined)
      return unauthenticated("required", "is missing required authentication credential");
    const grant = this.tokens.find(token);
    if (grant === undefined || grant.expiresMs <= this.#now())
      return unauthenticated("authError", "had invalid authentication credentials");
    const scopes = operation.method === "GET" ? READ_SCOPES : WRITE_SCOPES;
    if (!grant.scopes.some((scope) => scopes.includes(scope)))
      return {
        ...fault(403, "insufficientPermissions", "Request had insufficient authentication scopes."),
        headers: {
          "www-authenticate":
            'Bearer realm="https://accounts.google.com/", error="insufficient_scope"',
        },
      };
    return this.#may(grant, operation.permission) ? undefined : forbidden();
  }

  refuse(refusal: Refusal, received: Received, operation?: Operation): Answer {
    return refused(refusal, received, operation);
  }

  /** Too many requests, without a time to come back: "implement exponential backoff" (dns/quotas). */
  throttled(): Answer {
    return fault(this.throttledStatus, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits");
  }

  failed(status: number): Answer {
    return fault(status, "backendError", "Backend Error");
  }

  handle(operation: Operation, { params, query, body }: Fitting, received: Received): Answer {
    const now = this.#now();
    if (operation.id === "token")
      return grantToken(
        body as JsonObject,
        this.#options.accounts,
        this.tokens,
        [AUDIENCE, this.tokenUrl],
        now,
      );
    const { project, zones } = this.#options;
    if (params["project"] !== project) return forbidden();
    if (operation.id === "dns.managedZones.list") return this.#listZones(query);
    const zone = zones.find(({ name, id }) => [name, id].includes(params["managedZone"] ?? ""));
    if (zone === undefined)
      return fault(
        404,
        "notFound",
        `The 'parameters.managedZone' resource named '${params["managedZone"]}' does not exist.`,
      );
    switch (operation.id) {
      case "dns.managedZones.get":
        return good(shownZone(zone));
      case "dns.resourceRecordSets.list":
        return this.#listSets(zone, query);
      case "dns.changes.list":
        return this.#listChanges(zone, query);
      case "dns.changes.get":
        return this.#getChange(zone, params["changeId"] ?? "");
      case "dns.changes.create":
        return this.#change(zone, body as JsonObject, received);
      default:
        return this.#oneSet(operation.id, zone, params, body as JsonObject);
    }
  }

  /**
   * "While `dns.changes.create` is the baseline permission required to invoke this method, additional permissions
   * are checked depending on the specific additions or deletions contained in the payload."
   */
  #change(zone: ManagedZone, body: JsonObject, received: Received): Answer {
    const grant = this.tokens.find(bearerOf(received.headers["authorization"]) ?? "");
    const keys = (field: string) =>
      ((body[field] ?? []) as readonly JsonObject[]).map((set) =>
        keyOf(String(set["name"]), String(set["type"])),
      );
    const [added, deleted] = [keys("additions"), keys("deletions")];
    const needs = [
      ...(added.some((key) => !deleted.includes(key)) ? ["create"] : []),
      ...(deleted.some((key) => !added.includes(key)) ? ["delete"] : []),
      ...(added.some((key) => deleted.includes(key)) ? ["update"] : []),
    ];
    if (grant && !needs.every((need) => this.#may(grant, `dns.resourceRecordSets.${need}`)))
      return forbidden();
    const history = this.#history(zone.name);
    const next = applyChange(zone, history.now, body, this.#now());
    if (isWrong(next)) return toAnswer(next);
    history.write(next);
    const change = next.changes.at(-1);
    if (change === undefined) throw new Error("a change was applied and is not there");
    return good({ ...shownChange(change, this.changeMs, this.#now()), status: "pending" });
  }

  #getChange(zone: ManagedZone, id: string): Answer {
    const change = this.#history(zone.name).now.changes.find((candidate) => candidate.id === id);
    return change === undefined
      ? fault(404, "notFound", `The 'parameters.changeId' resource named '${id}' does not exist.`)
      : good(shownChange(change, this.changeMs, this.#now()));
  }

  #oneSet(
    operation: string,
    zone: ManagedZone,
    params: Fitting["params"],
    body: JsonObject,
  ): Answer {
    if (operation.endsWith(".create")) return this.#replace(zone, undefined, body);
    const [name, type] = [params["name"] ?? "", params["type"] ?? ""];
    const found = this.#history(zone.name).now.sets.get(keyOf(name, type));
    if (found === undefined)
      return fault(
        404,
        "notFound",
        `The 'parameters.name' resource named '${name} (${type})' does not exist.`,
      );
    if (operation.endsWith(".get")) return good(shownRrset(found));
    return this.#replace(zone, found, operation.endsWith(".patch") ? body : undefined);
  }

  /** One record set created, patched or deleted: a change with one addition, one of both, or one deletion. */
  #replace(zone: ManagedZone, old: Rrset | undefined, body: JsonObject | undefined): Answer {
    const shown = old === undefined ? {} : shownRrset(old);
    const merged = body && { ...shown, ...body };
    const history = this.#history(zone.name);
    const change = {
      ...(old && { deletions: [shown] }),
      ...(merged && { additions: [merged] }),
    };
    const next = applyChange(zone, history.now, change, this.#now());
    if (isWrong(next)) return toAnswer(next);
    history.write(next);
    const set = next.changes.at(-1)?.additions[0];
    return good(set === undefined ? {} : shownRrset(set));
  }

  #listZones(query: JsonObject): Answer {
    const read = () =>
      this.#options.zones
        .filter((zone) => query["dnsName"] === undefined || zone.dnsName === query["dnsName"])
        .map(shownZone);
    const listings = [...this.#listings.values()][0];
    return this.#listed(listings, "dns.managedZones.list", "managedZones", read, query);
  }

  #listSets(zone: ManagedZone, query: JsonObject): Answer {
    const filter = filterOf(query);
    if (typeof filter !== "function") return toAnswer(filter);
    const read = (state: State) =>
      [...state.sets.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, set]) => set)
        .filter(filter)
        .map(shownRrset);
    return this.#listed(
      this.#listings.get(zone.name),
      "dns.resourceRecordSets.list",
      "rrsets",
      read,
      query,
    );
  }

  #listChanges(zone: ManagedZone, query: JsonObject): Answer {
    const order = query["sortOrder"] ?? "ascending";
    if (order !== "ascending" && order !== "descending")
      return fault(400, "invalid", `Invalid value for 'parameters.sortOrder': '${order}'`);
    const read = (state: State) => {
      const shown = state.changes.map((change) => shownChange(change, this.changeMs, this.#now()));
      return order === "descending" ? shown.reverse() : shown;
    };
    return this.#listed(this.#listings.get(zone.name), "dns.changes.list", "changes", read, query);
  }

  /** A page token is opaque: it says which page is next and of what size. */
  #listed(
    listings: Listings<State> | undefined,
    operation: string,
    field: string,
    read: (state: State) => readonly JsonObject[],
    query: JsonObject,
  ): Answer {
    const token = query["pageToken"];
    const size = Number(query["maxResults"] ?? DEFAULT_PAGE);
    if (size < 1)
      return fault(400, "invalid", `Invalid value for 'parameters.maxResults': '${size}'`);
    const page = token === undefined ? 1 : pageOf(String(token), size);
    if (page === undefined || listings === undefined)
      return fault(400, "invalid", `Invalid value for 'parameters.pageToken': '${token}'`);
    const shows = listings.page(operation, read, page, size);
    return good({
      kind: `dns#${field === "rrsets" ? "resourceRecordSets" : field}ListResponse`,
      [field]: shows.items,
      ...(shows.more && { nextPageToken: tokenOf(page + 1, size) }),
    });
  }

  #may(grant: Grant, permission: string): boolean {
    const account = this.#options.accounts.find(({ email }) => email === grant.subject);
    return account?.permissions === undefined || account.permissions.includes(permission);
  }

  #zone(name: string): ManagedZone {
    const found = this.#options.zones.find((zone) => zone.name === name);
    if (found === undefined) throw new Error(`no zone ${name}`);
    return found;
  }

  #history(zone: string): History<State> {
    const found = this.#histories.get(zone);
    if (found === undefined) throw new Error(`no zone ${zone}`);
    return found;
  }
}

const tokenOf = (page: number, size: number) =>
  Buffer.from(`page ${page} of ${size}`).toString("base64url");

function pageOf(token: string, size: number): number | undefined {
  const read = /^page (\d+) of (\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  return read !== null && Number(read[2]) === size ? Number(read[1]) : undefined;
}
