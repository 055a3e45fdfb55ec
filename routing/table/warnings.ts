/** What is allowed and still worth a word to the operator. */
import { closest } from "./closest.ts";
import { cloudRegions, pointOfCloudRegion } from "./cloud-regions.ts";
import type { Draft, PoolDraft } from "./draft.ts";
import { routeWarnings } from "./http-route/warnings.ts";
import { type Problem, pointTo } from "./problem.ts";
import { residencyWarnings } from "./residency-warnings.ts";
import type { RuleInput } from "./rule.ts";
import { zoneWarnings } from "./zone/warnings.ts";

export function warningsOf(input: RuleInput): readonly Problem[] {
  const { pools, loadBalancers } = input.drafts;
  return [
    ...residencyWarnings(input),
    ...unknownPlaces(pools),
    ...loadBalancers.flatMap(notProxied),
    ...loadBalancers.flatMap(ttlOfRules),
    ...loadBalancers.flatMap(placesOfResolvers),
    ...pools.flatMap(connectionsOfPool),
    ...loadBalancers.flatMap(connectionsOfBalancer),
    ...routeWarnings(input),
    ...zoneWarnings(input),
  ];
}

/** One for each cloud region, at the first endpoint that is in it: a thousand alike would hide the rest. */
function unknownPlaces(pools: readonly PoolDraft[]): readonly Problem[] {
  const places = new Map<string, Problem>();
  for (const { pointer, fields } of pools.flatMap((pool) => pool.endpoints)) {
    const { cloud = "", region = "", latitude } = fields.locality ?? {};
    const place = `${cloud} ${region}`;
    const isKnown = latitude !== undefined || pointOfCloudRegion(cloud, region) !== null;
    if (fields.locality === undefined || isKnown || places.has(place)) continue;
    places.set(place, {
      pointer: pointTo(pointer, "locality"),
      detail: `It is not known where ${place} is${closest(place, cloudRegions())} Write latitude and longitude here; without, its latency is unknown until it is measured.`,
      value: fields.locality,
      range: "a region of aws, azure, gcp or ibm, or one with latitude and longitude",
    });
  }
  return [...places.values()];
}

function notProxied({ pointer, fields }: Draft<"load_balancer">): readonly Problem[] {
  if (fields.proxied !== false) return [];
  return [
    {
      pointer: pointTo(pointer, "proxied"),
      detail:
        "This version answers no DNS: requests that reach the edge are served as if proxied were true.",
      value: false,
    },
  ];
}

const VENDOR_PLACE = { mode: "pop", prefer_ecs: "proximity" };

function placesOfResolvers({ pointer, fields }: Draft<"load_balancer">): readonly Problem[] {
  const found = [
    { at: pointTo(pointer, "location_strategy"), value: fields.location_strategy },
    ...(fields.rules ?? []).map(({ overrides }, at) => ({
      at: pointTo(pointer, "rules", at, "overrides", "location_strategy"),
      value: overrides?.location_strategy,
    })),
  ];
  return found.flatMap(({ at, value }) => {
    const { mode, prefer_ecs } = { ...VENDOR_PLACE, ...value };
    if (mode === VENDOR_PLACE.mode && prefer_ecs === VENDOR_PLACE.prefer_ecs) return [];
    const detail =
      "It is for answers of DNS, as at the vendor: a visitor whose request is served here is where it came in.";
    return [{ pointer: at, detail, value }];
  });
}

const CONNECTIONS =
  "A Worker sees requests and no connections: obeyed as least_outstanding_requests.";

function connectionsOfPool({ pointer, fields }: PoolDraft): readonly Problem[] {
  if (fields.origin_steering?.policy !== "least_connections") return [];
  const at = pointTo(pointer, "origin_steering", "policy");
  return [{ pointer: at, detail: CONNECTIONS, value: "least_connections" }];
}

function connectionsOfBalancer({ pointer, fields }: Draft<"load_balancer">): readonly Problem[] {
  const found = [
    { at: pointTo(pointer, "steering_policy"), value: fields.steering_policy },
    ...(fields.rules ?? []).map(({ overrides }, at) => ({
      at: pointTo(pointer, "rules", at, "overrides", "steering_policy"),
      value: overrides?.steering_policy,
    })),
  ];
  return found.flatMap(({ at, value }) =>
    value === "least_connections" ? [{ pointer: at, detail: CONNECTIONS, value }] : [],
  );
}

function ttlOfRules({ pointer, fields }: Draft<"load_balancer">): readonly Problem[] {
  return (fields.rules ?? []).flatMap(({ overrides }, at) => {
    if (overrides?.ttl === undefined) return [];
    const place = pointTo(pointer, "rules", at, "overrides", "ttl");
    const detail = "This version answers no DNS, so the ttl of an override has no effect.";
    return [{ pointer: place, detail, value: overrides.ttl }];
  });
}
