/**
 * Our checks as Route 53's health checks.
 *
 * A health check is found again by its CallerReference, which says whose it is, for which zone and for which check; it cannot be changed
 * afterwards, and a request that repeats it makes no second one. What does not carry our mark is never touched.
 */
import type { HealthCheck, HealthCheckConfig } from "@aws-sdk/client-route-53";
import { type Check, checkText } from "../../../../routing/dns/record.ts";
import { hashOf } from "../../../../routing/hash.ts";
import { nameFromWire, valueFromWire } from "./wire.ts";

const PROTOCOLS = { http: "HTTP", https: "HTTPS", tcp: "TCP" } as const;
const PORTS = { http: 80, https: 443, tcp: undefined } as const;

/** Vendor, ResourcePath: "Length Constraints: Maximum length of 255." */
const PATH_CHARACTERS_MAX = 255;

/** A CallerReference has at most 64 characters: of each hash 64 bits are kept, far more than an account's few hundred checks need. */
const HASH_CHARACTERS = 16;

/** What all references of one owner in one zone begin with. */
export const markOf = (owner: string, zone: string, zoneId: string): string =>
  `tradewind-${short(JSON.stringify([owner, zone, zoneId]))}-`;

/**
 * Vendor: "If you send a CreateHealthCheck request with the same CallerReference as a deleted health check, regardless of the settings, Route 53
 * returns a HealthCheckAlreadyExists error." So it also names the batch, by the stamp's sequence, and `again` tells apart what is left.
 */
export const referenceOf = (mark: string, check: Check, sequence: number, again: number): string =>
  `${mark}${short(checkText(check))}-${sequence}${again === 0 ? "" : `-${again}`}`;

const short = (text: string): string => hashOf(text).slice(0, HASH_CHARACTERS);

const isAddress = (target: string): boolean =>
  target.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(target);

/** As the second half of a sentence; `null`: Route 53 can ask it, for a set of that name. */
export function whyNotCheck(check: Check, name: string): string | null {
  const { target, host = target } = check;
  // Vendor: "if you create a health check for which the value of FullyQualifiedDomainName matches the name of the resource record sets and you
  // then associate the health check with those resource record sets, health check results will be unpredictable."
  if (target === name) {
    return `asks ${target}, the name that it decides about: give it the name or the address of what answers there`;
  }
  if (host !== target && (isAddress(host) || !isAddress(target))) {
    return `asks ${target} for ${host}, and Route 53 asks a name for itself only: give it an address as target and a name as host, or no host`;
  }
  if ((check.path?.length ?? 0) > PATH_CHARACTERS_MAX) {
    return `has a path of ${check.path?.length} characters, and Route 53 takes ${PATH_CHARACTERS_MAX}`;
  }
  return null;
}

export function configOf(check: Check): HealthCheckConfig {
  const host = check.host ?? check.target;
  return {
    Type: PROTOCOLS[check.protocol],
    ...(isAddress(check.target) ? { IPAddress: check.target } : {}),
    ...(isAddress(host) ? {} : { FullyQualifiedDomainName: host }),
    Port: check.port,
    ...(check.path === undefined ? {} : { ResourcePath: check.path }),
    RequestInterval: check.interval,
    FailureThreshold: check.failures,
    ...(check.protocol === "https" ? { EnableSNI: true } : {}),
  };
}

/** `null`: it is of another kind, or asks in a way that `Check` cannot say. Defaults are the vendor's. */
export function checkOf(config: HealthCheckConfig | undefined): Check | null {
  const protocol = (["http", "https", "tcp"] as const).find((p) => PROTOCOLS[p] === config?.Type);
  if (config === undefined || protocol === undefined) return null;
  const isOdd = config.Inverted === true || config.Disabled === true || config.SearchString;
  const address = config.IPAddress && valueFromWire("AAAA", config.IPAddress);
  const name = config.FullyQualifiedDomainName && nameFromWire(config.FullyQualifiedDomainName);
  const target = address || name;
  const port = config.Port ?? PORTS[protocol];
  const interval = config.RequestInterval ?? 30;
  if (isOdd || !target || port === undefined || (interval !== 10 && interval !== 30)) return null;
  if (protocol === "https" && config.EnableSNI === false) return null;
  return {
    protocol,
    target,
    ...(name && name !== target ? { host: name } : {}),
    port,
    ...(config.ResourcePath ? { path: config.ResourcePath } : {}),
    interval,
    failures: config.FailureThreshold ?? 3,
  };
}

/** The checks that `Check` can say, by id. */
export function readChecks(found: readonly HealthCheck[]): ReadonlyMap<string, Check> {
  const checks = new Map<string, Check>();
  for (const { Id, HealthCheckConfig } of found) {
    const check = checkOf(HealthCheckConfig);
    if (Id !== undefined && check !== null) checks.set(Id, check);
  }
  return checks;
}
