/** A strict server of Cloudflare's DNS API on loopback: https://developers.cloudflare.com/api/resources/dns/ */
import type { Calls, Faults } from "../faults.ts";
import { History, Listings } from "../history.ts";
import { type Answer, type Vendor, VendorServer } from "../server.ts";
import type { Fitting, Json, JsonObject, Operation, Received, Refusal } from "../strict.ts";
import { ABSENT, type Applied, batch, create, type Maker, remove, replace } from "./changes.ts";
import { OPERATIONS } from "./operations.ts";
import { type DnsRecord, isWrong, shown, type Wrong, type Zone } from "./records.ts";
import { matching, sorted } from "./search.ts";

export interface ApiToken {
  readonly token: string;
  /** Such as `DNS Read`, `DNS Write`, `Zone Read`. */
  readonly permissions: readonly string[];
  /** Ids of zones; all when not said. */
  readonly zones?: readonly string[];
  readonly expiresMs?: number;
}

export interface CloudflareOptions {
  readonly zones: readonly Zone[];
  readonly tokens: readonly ApiToken[];
  readonly nowMs?: () => number;
}

interface State {
  readonly records: ReadonlyMap<string, DnsRecord>;
}

/** "1,200 requests per five minute period per user" (fundamentals/api/reference/limits). */
const QUOTA = 1200;
const WINDOW_S = 300;

const fault = (status: number, code: number, message: string): Answer => ({
  status,
  body: { success: false, errors: [{ code, message }], messages: [], result: null },
});
const good = (result: Json, more: JsonObject = {}): Answer => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result, ...more },
});

export class CloudflareServer implements Vendor {
  readonly operations = OPERATIONS;
  readonly media = "application/json";
  readonly #server: VendorServer;
  readonly #zones: readonly Zone[];
  readonly #tokens: ApiToken[];
  readonly #now: () => number;
  readonly #histories = new Map<string, History<State>>();
  readonly #listings = new Map<string, Listings<State>>();
  readonly #maker: Maker;

  constructor(options: CloudflareOptions) {
    this.#zones = options.zones;
    this.#tokens = [...options.tokens];
    this.#now = options.nowMs ?? Date.now;
    this.#server = new VendorServer(this);
    let made = 0;
    this.#maker = {
      id: () => {
        made += 1;
        return made.toString(16).padStart(32, "0");
      },
      now: () => new Date(this.#now()).toISOString(),
    };
    for (const zone of options.zones) {
      const history = new History<State>({ records: new Map() });
      this.#histories.set(zone.id, history);
      this.#listings.set(zone.id, new Listings(history, this.faults));
    }
  }

  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** The base of all paths of the API, as `https://api.cloudflare.com/client/v4` is. */
  get url(): string {
    return `${this.#server.url}/client/v4`;
  }

  get faults(): Faults {
    return this.#server.faults;
  }

  get calls(): Calls {
    return this.#server.calls;
  }

  grant(token: ApiToken): void {
    this.#tokens.push(token);
  }

  /** The records of a zone as they are, whatever listings show. */
  records(zone: string): readonly DnsRecord[] {
    return [...this.#history(zone).now.records.values()];
  }

  /** Somebody else adds a record; returns its id. It has to be one that Cloudflare takes. */
  foreignCreate(zone: string, body: JsonObject): string {
    const applied = create(this.#zone(zone), this.#copy(zone), body, this.#maker);
    if (isWrong(applied)) throw new Error(applied.message);
    this.#history(zone).write({ records: applied.records });
    return String(applied.shows["id"]);
  }

  /** Somebody else changes fields of a record. */
  foreignEdit(zone: string, id: string, fields: JsonObject): void {
    const applied = replace(this.#zone(zone), this.#copy(zone), id, fields, true, this.#maker);
    if (isWrong(applied)) throw new Error(applied.message);
    this.#history(zone).write({ records: applied.records });
  }

  foreignDelete(zone: string, id: string): void {
    const records = this.#copy(zone);
    if (!records.delete(id)) throw new Error(`no record ${id}`);
    this.#history(zone).write({ records });
  }

  headers(): Readonly<Record<string, string>> {
    const left = Math.max(0, QUOTA - this.calls.all.length);
    return {
      ratelimit: `"default";r=${left};t=${WINDOW_S}`,
      "ratelimit-policy": `"default";q=${QUOTA};w=${WINDOW_S}`,
    };
  }

  authorize(received: Received, operation: Operation): Answer | undefined {
    const { authorization } = received.headers;
    if (authorization === undefined)
      return fault(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
    const bearer = /^Bearer (\S+)$/.exec(authorization)?.[1];
    if (bearer === undefined) return fault(400, 6003, "Invalid request headers");
    const token = this.#tokens.find((candidate) => candidate.token === bearer);
    if (token === undefined) return fault(403, 9109, "Invalid access token");
    if (token.expiresMs !== undefined && token.expiresMs <= this.#now())
      return fault(403, 9109, "Invalid access token");
    const zone = /\/zones\/([^/]+)/.exec(received.url.pathname)?.[1];
    const allowed = token.permissions.includes(operation.permission);
    if (!allowed || (zone !== undefined && token.zones?.includes(zone) === false))
      return fault(403, 10_000, "Authentication error");
    return undefined;
  }

  refuse(refusal: Refusal, received: Received): Answer {
    switch (refusal.kind) {
      case "no-route":
        return fault(400, 7000, "No route for that URI");
      case "wrong-method":
        return fault(405, 7001, `Method ${received.method} not available for that URI.`);
      case "path":
        return fault(
          404,
          7003,
          `Could not route to ${received.url.pathname}, perhaps your object identifier is invalid?`,
        );
      case "media-type":
      case "not-json":
        return fault(400, 9207, "Request body is invalid.");
      case "body":
      case "query": {
        const what = refusal.kind === "body" ? "Request body" : "Request query";
        const why = refusal.problems
          .map((p) => `${p.at} ${p.why} ${p.field ?? ""}`.trim())
          .join("; ");
        return fault(400, 9207, `${what} is invalid. ${why}`);
      }
    }
  }

  /** "retry-after: The number of seconds, rounded up, until more capacity is available." */
  throttled(retryAfterS: number): Answer {
    return {
      ...fault(429, 971, "Please wait and consider throttling your request speed"),
      headers: { "retry-after": String(retryAfterS), ratelimit: `"default";r=0;t=${retryAfterS}` },
    };
  }

  failed(status: number): Answer {
    return fault(
      status,
      1000 + (status % 100),
      "An internal error prevented the form from submitting.",
    );
  }

  handle(operation: Operation, { params, query, body }: Fitting): Answer {
    if (operation.id === "zones.list") return this.#listZones(query);
    const zone = this.#zones.find((candidate) => candidate.id === params["zone_id"]);
    if (zone === undefined)
      return fault(
        404,
        7003,
        `Could not route to /zones/${params["zone_id"]}, perhaps your object identifier is invalid?`,
      );
    if (operation.id === "zones.get") return good(shownZone(zone));
    if (operation.id === "dns.records.list") return this.#list(zone, query);

    const id = params["dns_record_id"] ?? "";
    const records = this.#copy(zone.id);
    if (operation.id === "dns.records.get") {
      const record = records.get(id);
      return record === undefined ? toAnswer(ABSENT) : good(shown(record));
    }
    return this.#write(zone, this.#applied(operation.id, zone, records, id, body as JsonObject));
  }

  #applied(
    operation: string,
    zone: Zone,
    records: Map<string, DnsRecord>,
    id: string,
    body: JsonObject,
  ): Applied {
    switch (operation) {
      case "dns.records.create":
        return create(zone, records, body, this.#maker);
      case "dns.records.update":
        return replace(zone, records, id, body, false, this.#maker);
      case "dns.records.edit":
        return replace(zone, records, id, body, true, this.#maker);
      case "dns.records.delete":
        return remove(records, id);
      default:
        return batch(zone, records, body, this.#maker);
    }
  }

  /** A change is seen as a whole or not at all. */
  #write(zone: Zone, applied: Applied): Answer {
    if (isWrong(applied)) return toAnswer(applied);
    this.#history(zone.id).write({ records: applied.records });
    return good(applied.shows);
  }

  #list(zone: Zone, query: JsonObject): Answer {
    const read = (state: State) =>
      sorted(matching([...state.records.values()], query), query).map(shown);
    return listed(this.#listings.get(zone.id), "dns.records.list", read, query, 100);
  }

  #listZones(query: JsonObject): Answer {
    const read = () =>
      this.#zones
        .filter((zone) => query["name"] === undefined || zone.name === query["name"])
        .map(shownZone);
    const listings = new Listings(new History<State>({ records: new Map() }), this.faults);
    return listed(listings, "zones.list", read, query, 20);
  }

  #zone(id: string): Zone {
    const found = this.#zones.find((zone) => zone.id === id);
    if (found === undefined) throw new Error(`no zone ${id}`);
    return found;
  }

  #history(zone: string): History<State> {
    const found = this.#histories.get(zone);
    if (found === undefined) throw new Error(`no zone ${zone}`);
    return found;
  }

  #copy(zone: string): Map<string, DnsRecord> {
    return new Map(this.#history(zone).now.records);
  }
}

const toAnswer = (wrong: Wrong) => fault(wrong.status, wrong.code, wrong.message);

function listed(
  listings: Listings<State> | undefined,
  operation: string,
  read: (state: State) => readonly JsonObject[],
  query: JsonObject,
  usual: number,
): Answer {
  const page = Number(query["page"] ?? 1);
  const size = Number(query["per_page"] ?? usual);
  const shows = listings?.page(operation, read, page, size) ?? { items: [], more: false, total: 0 };
  return good(shows.items, {
    result_info: {
      page,
      per_page: size,
      count: shows.items.length,
      total_count: shows.total,
      total_pages: shows.more
        ? Math.ceil(shows.total / size)
        : Math.min(page, Math.ceil(shows.total / size)),
    },
  });
}

function shownZone(zone: Zone): JsonObject {
  const made = "2026-01-01T00:00:00.000Z";
  return {
    id: zone.id,
    name: zone.name,
    status: "active",
    type: "full",
    paused: false,
    account: { id: "0".repeat(32), name: "test" },
    owner: { type: "user" },
    plan: { id: "0".repeat(32), legacy_id: zone.plan, name: zone.plan },
    meta: { step: 2 },
    name_servers: ["a.ns.cloudflare.test", "b.ns.cloudflare.test"],
    original_dnshost: null,
    original_name_servers: null,
    original_registrar: null,
    development_mode: 0,
    activated_on: made,
    created_on: made,
    modified_on: made,
    permissions: ["#dns_records:read", "#dns_records:edit", "#zone:read"],
  };
}
