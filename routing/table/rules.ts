/**
 * What no single field can say: the rules between fields and between objects, each with its name so that a
 * test can show a broken document for every one of them.
 */
import { ENDPOINTS_MAX } from "../limits.ts";
import { AFFINITY_RULES } from "./affinity-rules.ts";
import { BALANCER_RULE_RULES } from "./balancer-rule/rules.ts";
import type { Draft, DraftTable } from "./draft.ts";
import { ENDPOINT_NAME_RULES } from "./endpoint-name-rules.ts";
import { GROUP_RULES } from "./group-rules.ts";
import { HOPELESS_MONITOR_RULES } from "./hopeless-monitor-rules.ts";
import { FILTER_RULES } from "./http-route/filter-rules.ts";
import { HOST_RULES } from "./http-route/host-rules.ts";
import { MATCH_RULES } from "./http-route/match-rules.ts";
import { ROUTE_RULES } from "./http-route/route-rules.ts";
import { SESSION_RULES } from "./http-route/session-rules.ts";
import { MONITOR_RULES } from "./monitor-rules.ts";
import { POOL_RULES } from "./pool-rules.ts";
import { pointTo } from "./problem.ts";
import { RESIDENCY_RULES } from "./residency-rules.ts";
import { type Rule, repeated } from "./rule.ts";
import type { Kind } from "./schema.ts";
import { STEERING_RULES } from "./steering-rules.ts";
import { ZONE_RULES } from "./zone/rules.ts";

const sectionsOf = (drafts: DraftTable): readonly (readonly Draft<Kind>[])[] => [
  drafts.monitors,
  drafts.monitorGroups,
  drafts.pools,
  drafts.loadBalancers,
  drafts.zones,
  drafts.routes,
];

const uniqueNames: Rule = {
  name: "unique-names",
  check: ({ drafts }) =>
    sectionsOf(drafts).flatMap((section) =>
      repeated(section, (draft) => draft.name).map(({ item, first }) => ({
        pointer: item.namePointer,
        detail: `The name "${item.name}" is already at ${first.namePointer}.`,
        value: item.name,
        range: "a name that no other object of the kind has",
      })),
    ),
};

const uniqueIds: Rule = {
  name: "unique-ids",
  check: ({ drafts }) => {
    const brought = sectionsOf(drafts).map((section) =>
      section.map(({ id = "", idPointer, pointer }) => ({ id, idPointer, pointer })),
    );
    const endpoints = drafts.pools
      .flatMap((pool) => pool.endpoints)
      .map(({ pointer, fields }) => ({
        id: fields.id ?? "",
        idPointer: pointTo(pointer, "id"),
        pointer,
      }));
    return [...brought, endpoints].flatMap((section) =>
      repeated(section, ({ id }) => id).map(({ item, first }) => ({
        pointer: item.idPointer,
        detail: `The id is already at ${first.pointer}; remove it here to get a new one.`,
        value: item.id,
        range: "an id that no other object of the kind has, or absent",
      })),
    );
  },
};

const endpointsInAll: Rule = {
  name: "endpoints-in-all",
  check: ({ drafts }) => {
    const count = drafts.pools.reduce((sum, pool) => sum + pool.endpoints.length, 0);
    if (count <= ENDPOINTS_MAX) return [];
    const detail = `The pools have ${count} endpoints; one account may have ${ENDPOINTS_MAX}.`;
    return [{ pointer: "/pools", detail, value: count, range: `0..${ENDPOINTS_MAX}` }];
  },
};

export const RULES: readonly Rule[] = [
  uniqueNames,
  uniqueIds,
  endpointsInAll,
  ...MONITOR_RULES,
  ...HOPELESS_MONITOR_RULES,
  ...GROUP_RULES,
  ...ENDPOINT_NAME_RULES,
  ...POOL_RULES,
  ...RESIDENCY_RULES,
  ...STEERING_RULES,
  ...AFFINITY_RULES,
  ...BALANCER_RULE_RULES,
  ...ROUTE_RULES,
  ...MATCH_RULES,
  ...FILTER_RULES,
  ...SESSION_RULES,
  ...HOST_RULES,
  ...ZONE_RULES,
];
