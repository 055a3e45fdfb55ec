/**
 * A zone on PowerDNS Authoritative, over its HTTP API (https://doc.powerdns.com/authoritative/http-api/); docs/dns-providers/powerdns.md tells
 * what it can.
 *
 * One PATCH is one transaction of the server's database: `patchZone` of pdns/ws-auth.cc starts one before the first RRset and undoes it on
 * every error. The API compares nothing, so the zone is read right before: its stamp, and every set that the batch is about.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, changeKey } from "../../../routing/dns/change.ts";
import { RECORD_TYPES } from "../../../routing/dns/record.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import { reasonOf, retryAfterMs, sentenceOf } from "./failure.ts";
import { meaningOf, saidIn } from "./powerdns/failure.ts";
import { patchOf } from "./powerdns/patch.ts";
import { CHECKED_MEMBERS_MAX, LUA_POLICIES } from "./powerdns/policy.ts";
import { type ApiZone, setsOf, zoneSchema } from "./powerdns/zone.ts";
import type {
  Failure,
  FailureKind,
  Listing,
  Provider,
  ProviderInput,
  ProviderPorts,
} from "./provider.ts";
import { whyNotSent } from "./sendable.ts";

type Settings = SettingsOf<"powerdns">;
type Credentials = CredentialsOf<"powerdns">;

export const powerdnsAbilities = ({
  lua_records: hasLua,
}: Pick<Settings, "lua_records">): Abilities => ({
  types: RECORD_TYPES,
  policies: hasLua ? LUA_POLICIES : [],
  // Its code answers addresses; a name that it would have to look up is none.
  policyTypes: ["A", "AAAA"],
  checks: hasLua,
  // A URL's host has one colon at most there: that before its port.
  checksIpv6ByTcp: true,
  checkedMembersMax: CHECKED_MEMBERS_MAX,
  atomic: "batch",
  fence: "reader",
  // It has ALIAS for that, a type of its own.
  apexCname: false,
  // "a TTL value is an unsigned number, with a minimum value of 0, and a maximum value of 2147483647" (RFC 2181, section 8).
  ttl: { min: 0, max: 2_147_483_647 },
  /**
   * webserver-max-bodysize: "Maximum request/response body size in megabytes. Default: 2". A value takes 33 bytes of JSON around it and a public address has
   * 6 characters at least, so 200,000 characters are 1.3 MB at most; 500 changes with the longest names and policies are 0.6 MB.
   */
  batch: { changesMax: 500, charactersMax: 200_000, updateCountsTwice: false },
  // What code of `powerdns/policy.ts` can have within the server's limit of instructions.
  valuesMax: 100,
});

export const powerdnsProvider = (
  input: ProviderInput<Settings, Credentials>,
  ports: ProviderPorts,
): Provider => new PowerDnsProvider(input, ports);

interface Call {
  readonly method: "GET" | "PATCH";
  readonly body?: unknown;
  /** The sets that it is about, where they are known. */
  readonly about?: string;
}

class PowerDnsProvider implements Provider {
  readonly abilities: Abilities;
  readonly #zone: string;
  readonly #url: string | null;
  readonly #apiKey: string;
  readonly #ports: ProviderPorts;
  #calls = 0;

  constructor(input: ProviderInput<Settings, Credentials>, ports: ProviderPorts) {
    this.abilities = powerdnsAbilities(input.settings);
    this.#zone = input.zone;
    this.#url = urlOf(input);
    this.#apiKey = input.credentials.api_key;
    this.#ports = ports;
  }

  get calls(): number {
    return this.#calls;
  }

  async populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const zone = await this.#read(signal);
    return zone.ok ? ok({ sets: [...setsOf(zone.value.rrsets).values()], complete: true }) : zone;
  }

  async write(batch: Batch, signal: AbortSignal): Promise<Result<null, Failure>> {
    const why = whyNotSent(batch, this.#zone, this.abilities, LUA_POLICIES);
    if (why !== null) {
      return this.#refuse("rejected", `nothing was sent: ${why}. Correct the record.`);
    }
    const zone = await this.#read(signal);
    if (!zone.ok) return zone;
    const { kind, rrsets } = zone.value;
    // The API's words for what follows a primary begin with S and C, for the others with N, M and P.
    if (/^[sc]/i.test(kind)) {
      return this.#refuse(
        "rejected",
        `nothing was sent: the zone is a ${kind} here, and its primary overwrites what is written. Give the primary's endpoint.`,
      );
    }
    const patch = patchOf(batch, rrsets);
    if (!patch.ok) {
      return this.#refuse(patch.error.kind, `nothing was sent: ${patch.error.reason}.`);
    }
    const about = aboutOf(batch);
    const written = await this.#call(
      { method: "PATCH", body: { rrsets: patch.value }, about },
      signal,
    );
    return written.ok ? ok(null) : written;
  }

  /** The whole zone, disabled records too. */
  async #read(signal: AbortSignal): Promise<Result<ApiZone, Failure>> {
    const answer = await this.#call({ method: "GET" }, signal);
    if (!answer.ok) return answer;
    const read = zoneSchema.safeParse(answer.value);
    if (!read.success) {
      return this.#refuse(
        "unreachable",
        "the answer is no zone of PowerDNS's API. Check the endpoint.",
      );
    }
    // Every zone has one. A listing without it is not whole, whatever else is in it.
    if (!read.data.rrsets.some(({ type }) => type === "SOA")) {
      return this.#refuse("unreachable", "the zone has no SOA here, so the listing is not whole.");
    }
    return ok(read.data);
  }

  async #call(call: Call, signal: AbortSignal): Promise<Result<unknown, Failure>> {
    const isWrite = call.method === "PATCH";
    if (this.#url === null) {
      return this.#refuse("rejected", "the zone needs an endpoint, which is where the API is.");
    }
    const headers = { "x-api-key": this.#apiKey, accept: "application/json" };
    this.#calls += 1;
    let status: number;
    let body: string;
    let retryAfter: string | null;
    try {
      signal.throwIfAborted();
      const answer = await this.#ports.fetch(
        new Request(this.#url, {
          method: call.method,
          headers: isWrite ? { ...headers, "content-type": "application/json" } : headers,
          ...(isWrite && { body: JSON.stringify(call.body) }),
          // A redirect would take the key to whoever it names.
          redirect: "manual",
          signal,
        }),
      );
      status = answer.status;
      retryAfter = answer.headers.get("retry-after");
      body = await answer.text();
    } catch (thrown) {
      const step = isWrite
        ? "The zone is listed before anything else is written."
        : "Check the endpoint.";
      return this.#refuse(
        isWrite ? "unknown" : "unreachable",
        `no answer: ${reasonOf(thrown)}. ${step}`,
        call.about,
      );
    }
    if (status >= 200 && status < 300) return ok(isWrite ? null : parsed(body));
    const { kind, nextStep } = meaningOf({ status, body }, isWrite);
    const said = saidIn({ status, body });
    const wait = retryAfterMs(retryAfter, this.#ports.clock.nowMs());
    return this.#refuse(kind, `HTTP ${status}: ${said}. ${nextStep}`, call.about, wait);
  }

  #refuse(
    kind: FailureKind,
    reason: string,
    about?: string,
    wait?: Ms,
  ): { readonly ok: false; readonly error: Failure } {
    return refuse(this.#failure(kind, reason, about, wait));
  }

  #failure(kind: FailureKind, reason: string, about?: string, wait?: Ms): Failure {
    const sets = about === undefined ? "" : `, ${about}`;
    const detail = sentenceOf(`powerdns, zone ${this.#zone}${sets}: ${reason}`, [this.#apiKey]);
    return { kind, detail, ...(wait !== undefined && { retryAfterMs: wait }) };
  }
}

/** Not JSON is no zone: the schema says so. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** As many as fit a line; the server's sentence names the one that it refuses. */
const NAMED_MAX = 3;

function aboutOf({ changes }: Batch): string {
  const names = changes.slice(0, NAMED_MAX).map(changeKey);
  const more = changes.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ") || "its stamp";
}

/** `null`: there is no endpoint. In the id of a zone what is no letter, digit, dot or hyphen is `=5F` (pdns/ws-api.cc). */
function urlOf({ endpoint, zone, settings }: ProviderInput<Settings, Credentials>): string | null {
  if (endpoint === undefined || !URL.canParse(endpoint)) return null;
  const id = `${zone}.`.replace(
    /[^a-z0-9.-]/g,
    (character) => `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  const base = endpoint.replace(/\/+$/, "");
  return `${base}/api/v1/servers/${encodeURIComponent(settings.server_id)}/zones/${id}`;
}
