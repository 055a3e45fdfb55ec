/**
 * Cloud DNS routing policies: https://cloud.google.com/dns/docs/routing-policies-overview and …/configure-routing-policies.
 * The descriptions in quotes are those of the discovery document.
 */
import type { JsonObject } from "../strict.ts";
import { checkRrdatas, invalid, type Wrong } from "./rrset.ts";

const KINDS = ["wrr", "geo", "primaryBackup"];
/** "Routing policy items per resource record set: 100" (quotas). */
const MAX_ITEMS = 100;
/** "This location string should correspond to a GCP region. e.g. "us-east1"". */
const REGION = /^(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+\d{1,2}$/;
const HEALTH_CHECK =
  /^https:\/\/www\.googleapis\.com\/compute\/v1\/projects\/[\w.:-]+\/global\/healthChecks\/[a-z][-a-z0-9]*$/;

export function checkPolicy(type: string, policy: JsonObject, at: string): Wrong | undefined {
  // "Apply only one routing policy type to a resource record set at a time."
  const kinds = KINDS.filter((kind) => policy[kind] !== undefined);
  const [kind] = kinds;
  if (kinds.length !== 1 || kind === undefined) return invalid(at, kinds.join(", ") || "no policy");
  const { healthCheck } = policy;
  if (healthCheck !== undefined && !HEALTH_CHECK.test(String(healthCheck)))
    return invalid(`${at}.healthCheck`, healthCheck);
  const of = policy[kind] as JsonObject;
  const checked = healthCheck !== undefined;
  if (kind === "wrr") return checkItems(type, of, `${at}.wrr`, checked, checkWeight);
  if (kind === "geo") return checkGeo(type, of, `${at}.geo`, checked);
  return checkPrimaryBackup(type, of, `${at}.primaryBackup`, checked);
}

/** "Configures a RRSetRoutingPolicy such that all queries are responded with the primary_targets if they are healthy." */
function checkPrimaryBackup(
  type: string,
  of: JsonObject,
  at: string,
  checked: boolean,
): Wrong | undefined {
  const { primaryTargets, backupGeoTargets, trickleTraffic } = of;
  if (primaryTargets === undefined) return invalid(`${at}.primaryTargets`, "none");
  if (backupGeoTargets === undefined) return invalid(`${at}.backupGeoTargets`, "none");
  const trickle = Number(trickleTraffic ?? 0);
  if (!(trickle >= 0 && trickle <= 1)) return invalid(`${at}.trickleTraffic`, trickleTraffic);
  return (
    checkTargets(type, primaryTargets as JsonObject, `${at}.primaryTargets`, checked) ??
    checkGeo(type, backupGeoTargets as JsonObject, `${at}.backupGeoTargets`, checked)
  );
}

/** "If there are multiple items with the same location, an error is returned instead." */
function checkGeo(type: string, geo: JsonObject, at: string, checked: boolean): Wrong | undefined {
  const seen = new Set<unknown>();
  return checkItems(type, geo, at, checked, (item, where) => {
    const { location } = item;
    if (!REGION.test(String(location)) || seen.has(location))
      return invalid(`${where}.location`, location);
    seen.add(location);
    return undefined;
  });
}

/** "This weight must be non-negative." */
function checkWeight(item: JsonObject, where: string): Wrong | undefined {
  return Number(item["weight"]) >= 0 ? undefined : invalid(`${where}.weight`, item["weight"]);
}

function checkItems(
  type: string,
  policy: JsonObject,
  at: string,
  checked: boolean,
  check: (item: JsonObject, where: string) => Wrong | undefined,
): Wrong | undefined {
  const items = (policy["items"] ?? []) as readonly JsonObject[];
  if (items.length === 0 || items.length > MAX_ITEMS)
    return invalid(`${at}.item`, `${items.length} items`);
  for (const [i, item] of items.entries()) {
    const where = `${at}.item[${i}]`;
    const datas = (item["rrdatas"] ?? []) as readonly string[];
    const targets = item["healthCheckedTargets"] as JsonObject | undefined;
    if (datas.length === 0 && targets === undefined) return invalid(`${where}.rrdata`, "none");
    const bad =
      check(item, where) ??
      checkRrdatas(type, datas, `${where}.rrdata`) ??
      (targets && checkTargets(type, targets, `${where}.healthCheckedTargets`, checked));
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/**
 * "For A and AAAA types only." "Set either internal_load_balancer or external_endpoints. Do not set both." The zones
 * here are public, where only external endpoints are checked, by the health check that the policy names.
 */
function checkTargets(
  type: string,
  targets: JsonObject,
  at: string,
  checked: boolean,
): Wrong | undefined {
  if (!["A", "AAAA"].includes(type)) return invalid(at, type);
  if (targets["internalLoadBalancers"] !== undefined)
    return invalid(`${at}.internalLoadBalancer`, "not in a public zone");
  const endpoints = (targets["externalEndpoints"] ?? []) as readonly string[];
  if (endpoints.length === 0) return invalid(`${at}.externalEndpoint`, "none");
  if (!checked) return invalid(`${at}.externalEndpoint`, "no health check in the policy");
  return checkRrdatas(type, endpoints, `${at}.externalEndpoint`);
}
