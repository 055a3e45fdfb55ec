/**
 * Fields of the vendor's model that this version does not obey. A rule that is stored but not obeyed
 * misleads, so only values that ask for nothing are accepted, silently; anything else is refused.
 */
import { cut, type Problem, pointTo } from "./problem.ts";

type Body = Readonly<Record<string, unknown>>;

export interface Unobeyed {
  readonly accepts: (value: unknown, body: Body) => boolean;
  /** What is accepted, in words. */
  readonly range: string;
  /** What the field would ask for and who does not do it. */
  readonly reason: string;
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === "" ||
  (typeof value === "object" && value !== null && Object.keys(value).length === 0);

const onlyEmpty = (reason: string): Unobeyed => ({
  accepts: isEmpty,
  range: "empty or absent",
  reason,
});

const only = (value: boolean | string, reason: string): Unobeyed => ({
  accepts: (found) => found === value || isEmpty(found),
  range: `${JSON.stringify(value)} or absent`,
  reason,
});

const networks: Unobeyed = {
  accepts: (found) =>
    isEmpty(found) || (Array.isArray(found) && found.every((name) => name === "cloudflare")),
  range: '["cloudflare"] or absent',
  reason: "traffic reaches every load balancer over Cloudflare's network",
};

const regionChoice: Unobeyed = {
  accepts: (found) =>
    isEmpty(found) || (Array.isArray(found) && found.every((code) => code === "ALL_REGIONS")),
  range: '["ALL_REGIONS"] or absent',
  reason: "every region probes every endpoint",
};

/** Fetch sends the URL's host, so a `Host` that repeats the address changes nothing. */
const ownHost: Unobeyed = {
  accepts: (found, body) =>
    isEmpty(found) ||
    (typeof found === "object" &&
      found !== null &&
      Object.entries(found).every(
        ([name, values]) =>
          name.toLowerCase() === "host" &&
          (isEmpty(values) ||
            (Array.isArray(values) && values.length === 1 && values[0] === body["address"])),
      )),
  range: "absent, or a Host equal to `address`",
  reason: "the Host that an endpoint sees is its address; X-Forwarded-Host carries the visitor's",
};

const virtualNetwork = onlyEmpty("endpoints are reached over the public internet");

export const UNOBEYED: Readonly<
  Record<
    "monitor" | "pool" | "endpoint" | "load_balancer" | "zone" | "route_filter",
    Readonly<Record<string, Unobeyed>>
  >
> = {
  monitor: {
    allow_insecure: only(
      false,
      "fetch checks every certificate and has no switch for it: give the endpoint one of a public authority, or use type tcp",
    ),
    probe_zone: onlyEmpty("probes do not take a zone's rules into account"),
  },
  pool: {
    check_regions: regionChoice,
    notification_email: onlyEmpty("no mail is sent"),
    notification_filter: onlyEmpty("no notification is sent"),
    health_sources: onlyEmpty("health comes from every region's probes and from traffic"),
    networks,
  },
  endpoint: {
    header: ownHost,
    virtual_network_id: virtualNetwork,
    flatten_cname: only(true, "no DNS record is made of an endpoint"),
  },
  load_balancer: {
    pool_sets: onlyEmpty("no pool set is evaluated"),
    networks,
  },
  zone: {},
  route_filter: {
    extensionRef: onlyEmpty("there is no extension to refer to"),
    externalAuth: onlyEmpty("no other service is asked about a request"),
  },
};

/** Values that somebody else has, of fields that are obeyed: why this version has not, and what to use instead. */
export const REFUSED_VALUES: ReadonlyMap<unknown, string> = new Map([
  ["icmp_ping", "a Worker cannot send ICMP: use tcp to a port that the endpoint serves, or https"],
  ["udp_icmp", "a Worker can neither send UDP nor hear ICMP: use tcp or https on the same host"],
  ["smtp", "a Worker may not connect to port 25: use tcp to port 587 or 465 of the same server"],
  [
    "grpc",
    "fetch shows a Worker no trailers, where gRPC has its status: use https to a health path, or tcp",
  ],
  ["ExtensionRef", "there is no extension to refer to"],
  ["ExternalAuth", "no other service is asked about a request"],
]);

/** One problem per field of `body` that asks for something this version does not do. */
export function unobeyedProblems(
  kind: keyof typeof UNOBEYED,
  body: Body,
  pointer: string,
): readonly Problem[] {
  return Object.entries(UNOBEYED[kind]).flatMap(([field, { accepts, range, reason }]) => {
    const value = Object.hasOwn(body, field) ? body[field] : undefined;
    if (value === undefined || accepts(value, body)) return [];
    const detail = `\`${field}\` is not obeyed by this version (${reason}); remove it.`;
    return [{ pointer: pointTo(pointer, field), detail, value: cut(value), range }];
  });
}
