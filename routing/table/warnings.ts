/** What is allowed and still worth a word to the operator. */
import { closest } from "./closest.ts";
import { cloudRegions, pointOfCloudRegion } from "./cloud-regions.ts";
import type { Draft, DraftTable, PoolDraft } from "./draft.ts";
import { type Problem, pointTo } from "./problem.ts";

export function warningsOf(drafts: DraftTable): readonly Problem[] {
  return [...drafts.pools.flatMap(poolWarnings), ...drafts.loadBalancers.flatMap(notProxied)];
}

function poolWarnings({ pointer, fields, endpoints }: PoolDraft): readonly Problem[] {
  const residency: readonly Problem[] =
    fields.residency === undefined
      ? []
      : [
          {
            pointer: pointTo(pointer, "residency"),
            detail:
              "The residency of a pool is recorded; steering does not obey it in this version.",
            value: fields.residency,
          },
        ];
  return [...residency, ...endpoints.flatMap((endpoint) => unknownPlace(endpoint))];
}

function unknownPlace({
  pointer,
  fields: { locality },
}: PoolDraft["endpoints"][number]): readonly Problem[] {
  if (locality === undefined || locality.latitude !== undefined) return [];
  const { cloud, region } = locality;
  if (pointOfCloudRegion(cloud, region) !== null) return [];
  const suggestion = closest(`${cloud} ${region}`, cloudRegions()) || ".";
  return [
    {
      pointer: pointTo(pointer, "locality"),
      detail: `The place of ${cloud} ${region} is not known, so latency starts from a guess of 0${suggestion} Write latitude and longitude here.`,
      value: locality,
      range: "a region of aws, azure, gcp or ibm, or one with latitude and longitude",
    },
  ];
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
