/** What a zone may say and DNS cannot do, or does not do yet. */
import { readAddress, whyNotEverybody } from "../address.ts";
import type { Draft, EndpointDraft } from "../draft.ts";
import { type Problem, pointTo } from "../problem.ts";
import type { RuleInput } from "../rule.ts";
import { ZONE_DEFAULTS } from "./schema.ts";
import type { Published, SyncedZone } from "./synced.ts";

/** Every zone has passed every rule when this is asked. */
export const zoneWarnings = (input: RuleInput): readonly Problem[] =>
  input.syncedZones.flatMap((zone) => [
    ...onlyObserved(zone),
    ...notPublished(zone),
    ...apexAtEdge(zone),
    ...edgeInside(zone),
    ...zone.published.flatMap((one) => [...disabled(one, zone, input), ...asked(one, input)]),
  ]);

const NAMES_SHOWN_MAX = 10;

function list(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN_MAX;
  return names.slice(0, NAMES_SHOWN_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function onlyObserved({ pointer, fields, domain }: SyncedZone): readonly Problem[] {
  const mode = fields.mode ?? ZONE_DEFAULTS.mode;
  if (mode !== "observe") return [];
  const detail = `Nothing is ever written to ${domain}: differences are told, and that is all. Write propose or apply when they are what you expect.`;
  return [{ pointer: pointTo(pointer, "mode"), detail, value: mode }];
}

function notPublished({ pointer, fields, balancers, published }: SyncedZone): readonly Problem[] {
  const hosts = new Set(published.map(({ host }) => host));
  const left = balancers.map(({ name }) => name).filter((name) => !hosts.has(name));
  if (left.length === 0) return [];
  const detail = `${left.length} of ${balancers.length} load balancers of the zone are not published: ${list(left)}.`;
  return [{ pointer: pointTo(pointer, "publish"), detail, value: fields.publish }];
}

function apexAtEdge({ pointer, fields, domain, published }: SyncedZone): readonly Problem[] {
  const isLed = published.some(({ host, mode }) => host === domain && mode !== "direct");
  if (!isLed || (fields.edge?.addresses ?? []).length > 0) return [];
  const detail = `${domain} is the apex, which cannot be a CNAME: without addresses of the edge only a provider that flattens it can publish it.`;
  return [{ pointer: pointTo(pointer, "edge", "addresses"), detail }];
}

function edgeInside({ pointer, fields }: SyncedZone): readonly Problem[] {
  return (fields.edge?.addresses ?? []).flatMap((value, at) => {
    const read = readAddress(value);
    const why = read.ok ? whyNotEverybody(read.value) : null;
    const place = pointTo(pointer, "edge", "addresses", at);
    return why === null ? [] : [{ pointer: place, detail: `"${value}" ${why} ${INSIDE}`, value }];
  });
}

const INSIDE = "It is published as it is, and nobody outside reaches it.";

function disabled(
  { host, mode, pointer }: Published,
  { fields }: SyncedZone,
  { loadBalancers }: RuleInput,
): readonly Problem[] {
  if (fields.publish === undefined || loadBalancers.find(host)?.fields.enabled !== false) return [];
  const detail = `${host} is disabled, so it is not published, and its records are removed.`;
  return [{ pointer, detail, value: mode }];
}

/** Where DNS alone leads visitors. */
function asked({ host, mode, pointer }: Published, input: RuleInput): readonly Problem[] {
  const balancer = input.loadBalancers.find(host);
  if (balancer === null || balancer.fields.enabled === false || mode === "edge") return [];
  const warn = (detail: string): Problem => ({ pointer, detail, value: mode });
  const endpoints = endpointsOf(balancer, input);
  const ported = endpoints.filter(({ fields: { port = 0 } }) => ![0, 80, 443].includes(port));
  const inside = endpoints.filter(({ fields: { address = "" } }) => {
    const read = readAddress(address);
    return read.ok && whyNotEverybody(read.value) !== null;
  });
  const when = mode === "direct" ? "" : "while the edge does not answer, ";
  return [
    ...(ported.length === 0
      ? []
      : [
          warn(
            `DNS carries no port: ${when}visitors of ${host} ask these endpoints at 80 or 443: ${shown(ported)}.`,
          ),
        ]),
    ...(inside.length === 0
      ? []
      : [warn(`Visitors of ${host} cannot reach the private addresses of ${shown(inside)}.`)]),
  ];
}

const shown = (endpoints: readonly EndpointDraft[]): string =>
  list(
    endpoints.map(({ fields: { name = "", address = "", port = 0 } }) =>
      port === 0 ? `${name} (${address})` : `${name} (${address}, ${port})`,
    ),
  );

/** Each once, of every pool that DNS leads to: it knows neither colos nor rules. */
function endpointsOf(
  { fields }: Draft<"load_balancer">,
  { pools }: RuleInput,
): readonly EndpointDraft[] {
  const byPlace = [fields.region_pools, fields.country_pools].flatMap((map) =>
    Object.values(map ?? {}).flat(),
  );
  const references = [...(fields.default_pools ?? []), fields.fallback_pool, ...byPlace];
  const named = references.map((reference) => pools.find(reference ?? ""));
  return [...new Set(named)].flatMap((pool) => pool?.endpoints ?? []);
}
