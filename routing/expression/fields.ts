/**
 * What a rule can see of a request, under the vendor's names. A value that the platform does not tell is missing, and
 * a comparison with it is false; a header that has a field of its own and was not sent is "", as with the vendor.
 */
import type { RequestFacts } from "../match/facts.ts";
import { parseAddress } from "./address.ts";
import { bounded, urlDecode } from "./text.ts";
import type { Address, Keyed, Many, One, Read, Term } from "./value.ts";
import { DECODE, spend } from "./work.ts";

/** Elements of an array: no browser sends more headers (`HEADERS_MAX` is 100) or cookies (RFC 6265: 50 per domain). */
const ELEMENTS_MAX = 128;

const text = (read: Read<string>): One<"String"> => ({
  shape: "one",
  type: "String",
  read: (facts) => {
    const value = read(facts);
    return value === undefined ? undefined : bounded(value);
  },
});

const integer = (read: Read<number>): One<"Integer"> => ({ shape: "one", type: "Integer", read });

const header = (name: string): One<"String"> => text((facts) => headerOf(facts, name) ?? "");

const texts = (read: (facts: RequestFacts) => readonly string[]): Many<"String"> => ({
  shape: "many",
  type: "String",
  read: (facts) => read(facts).slice(0, ELEMENTS_MAX).map(bounded),
});

/** Names come from visitors: one such as `__proto__` must be a name like any other. */
const headerOf = ({ headers }: RequestFacts, name: string): string | undefined =>
  Object.hasOwn(headers, name) ? headers[name] : undefined;

const uriOf = ({ path, query }: RequestFacts): string => (query === "" ? path : `${path}?${query}`);

/** The platform joins fields of one name, and a comma inside a value cannot be told from a joint: one element. */
const HEADERS: Keyed = {
  shape: "keyed",
  type: "String",
  find: (facts, key) => {
    const value = headerOf(facts, key);
    return value === undefined ? undefined : [bounded(value)];
  },
};

/** Names are URL-decoded, values are not, and cookies of one name are elements in their order, as with the vendor. */
const COOKIES: Keyed = {
  shape: "keyed",
  type: "String",
  find: (facts, key) => {
    const cookie = bounded(headerOf(facts, "cookie") ?? "");
    spend(DECODE * cookie.length);
    const pairs = cookie.split(";", ELEMENTS_MAX);
    const found = pairs.flatMap((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 0) return [];
      const name = urlDecode(pair.slice(0, equals).trim(), { recursive: false, unicode: false });
      return name === key ? [pair.slice(equals + 1).trim()] : [];
    });
    return found.length === 0 ? undefined : found;
  },
};

const CLIENT: One<"IP address"> = {
  shape: "one",
  type: "IP address",
  read: ({ clientIp }): Address | undefined => {
    const digits = parseAddress(clientIp);
    return digits === undefined ? undefined : { text: clientIp, digits };
  },
};

const country = text((facts) => facts.country);
const continent = text((facts) => facts.continent);
const asnum = integer((facts) => facts.asn);

/** Strings, as the vendor has them: `ip.src.lat eq "52.5"`. Ordering them would order letters, see the docs. */
const degrees = (read: Read<number>): One<"String"> => text((facts) => read(facts)?.toString());

export const FIELDS: ReadonlyMap<string, Term> = new Map<string, Term>([
  ["http.host", text((facts) => facts.host)],
  ["http.request.method", text((facts) => facts.method)],
  ["http.request.uri", text(uriOf)],
  ["http.request.uri.path", text((facts) => facts.path)],
  ["http.request.uri.query", text((facts) => facts.query)],
  ["http.request.full_uri", text((facts) => `${facts.scheme}://${facts.host}${uriOf(facts)}`)],
  ["http.request.headers", HEADERS],
  ["http.request.headers.names", texts((facts) => Object.keys(facts.headers))],
  ["http.request.headers.values", texts((facts) => Object.values(facts.headers))],
  ["http.request.cookies", COOKIES],
  ["http.cookie", header("cookie")],
  ["http.user_agent", header("user-agent")],
  ["http.referer", header("referer")],
  ["ip.src", CLIENT],
  ["ip.src.country", country],
  ["ip.src.continent", continent],
  ["ip.src.asnum", asnum],
  ["ip.src.lat", degrees((facts) => facts.latitude)],
  ["ip.src.lon", degrees((facts) => facts.longitude)],
  ["ip.geoip.country", country],
  ["ip.geoip.continent", continent],
  ["ip.geoip.asnum", asnum],
  ["cf.colo.name", text((facts) => facts.colo)],
  ["cf.colo.region", text((facts) => facts.coloRegion)],
  ["ssl", { shape: "one", type: "Boolean", read: (facts) => facts.scheme === "https" }],
]);

/** Fields the vendor's load balancer rules have and ours have not, with the reason and the next step. */
export const REFUSED_FIELDS: ReadonlyMap<string, string> = new Map([
  ["http.x_forwarded_for", "any visitor can write it; use ip.src, which the platform vouches for"],
  ["http.request.timestamp.sec", "a decision must not depend on when it is asked"],
  ["http.request.version", "the platform speaks it with the visitor, and no origin sees it"],
  ["http.request.uri.args", "only the whole query is seen; use http.request.uri.query"],
  ["http.request.uri.args.names", "only the whole query is seen; use http.request.uri.query"],
  ["http.request.uri.args.values", "only the whole query is seen; use http.request.uri.query"],
  ["cf.load_balancer.name", "a rule belongs to one load balancer; use http.host"],
  ["cf.load_balancer.region", "use cf.colo.region, or the load balancer's region_pools"],
]);
