/**
 * From what an operator wants to the record sets that one provider is to have: every set with the reason it is there.
 *
 * What the provider cannot say is said in the nearest way that it can, by the rules here and in `answer.ts`, each with a note. What cannot be said at
 * all is left as it stands and told: a name that answers is never emptied because we do not know how to answer it better.
 */
import type { Endpoint, LoadBalancer } from "../model.ts";
import type { PoolId } from "../units.ts";
import type { Abilities } from "./abilities.ts";
import { type Answer, type AnswerContext, addressOf, type Kind, kindOf } from "./answer.ts";
import { poolsAnswer } from "./answerers.ts";
import { type Supply, servingPool, together } from "./direct.ts";
import { edgeAnswer, joinedAddresses, joinedNames, type Reach } from "./edge.ts";
import type { Intent, Publication } from "./intent.ts";
import { placedAnswer } from "./placed.ts";
import type { RecordSet } from "./record.ts";

export interface World {
  readonly isOut: (endpoint: Endpoint) => boolean;
  /** Whether the edge answers for this hostname; asked only where the provider has no checks. */
  readonly isEdgeUp: (hostname: string) => boolean;
}

export interface Wanted {
  readonly set: RecordSet;
  /** For the mark: `tradewind/load-balancer/www.shop.test`, or `record`, `endpoint`. */
  readonly resource: string;
}

export interface Note {
  readonly name: string;
  /** Absent = everything at the name. */
  readonly type?: string;
  readonly detail: string;
}

export interface Desired {
  readonly wanted: readonly Wanted[];
  /** What was degraded, and how. */
  readonly notes: readonly Note[];
  /** Names, or sets, that have no answer we could publish: whatever is there stays. */
  readonly kept: readonly Note[];
  /**
   * Types that a published name, which has an answer, must not have now: they lead to what the answer no longer leads to, such as the AAAA of a pool
   * that was failed over from.
   */
  readonly gone: readonly Pick<RecordSet, "name" | "type">[];
}

/** What a hostname leads to when the edge does not answer, where its own name may hold a CNAME only. */
export const directName = (hostname: string): string =>
  `tw-direct.${hostname.replace(/^\*\./, "")}`;
/** The stable name of an endpoint that is given as an address. */
export const endpointName = ({ id }: Pick<Endpoint, "id">, domain: string): string =>
  `tw-ep-${id.slice(0, 12)}.${domain}`;

export function desiredOf(intent: Intent, abilities: Abilities, world: World): Desired {
  const { sync, pools, monitors, publications } = intent;
  const poolById = new Map(pools.map((pool) => [pool.id, pool]));
  const monitorById = new Map(monitors.map((monitor) => [monitor.id, monitor]));
  const scope: Scope = {
    intent,
    world,
    supply: { poolOf: (id) => poolById.get(id), isOut: world.isOut },
    context: {
      abilities,
      monitorOf: ({ monitor }) => monitorById.get(monitor ?? ""),
      nameOf: (endpoint) => (sync.endpoint_names ? endpointName(endpoint, sync.domain) : null),
    },
  };
  const parts = [
    ...(sync.endpoint_names ? [stableNames(scope)] : []),
    ...publications.map((publication) => published(publication, scope)),
    statics(scope),
  ];
  return {
    wanted: parts.flatMap(({ wanted }) => wanted),
    notes: parts.flatMap(({ notes }) => notes),
    kept: parts.flatMap(({ kept }) => kept),
    gone: parts.flatMap(({ gone }) => gone),
  };
}

interface Scope {
  readonly intent: Intent;
  readonly world: World;
  readonly supply: Supply;
  readonly context: AnswerContext;
}

const NOTHING: Desired = { wanted: [], notes: [], kept: [], gone: [] };

function published({ balancer, mode }: Publication, scope: Scope): Desired {
  const { sync } = scope.intent;
  const { name } = balancer;
  if (mode === "direct") return atName(name, balancer, directAnswer(balancer, scope), scope);
  const direct = directAnswer(balancer, scope);
  const hasAddresses = direct?.sets.every(({ type }) => type !== "CNAME") ?? false;
  const wantsFailover = mode === "edge_with_fallback" && hasAddresses;
  const edge = edgeAnswer(name, sync, scope.context.abilities, wantsFailover);
  if (edge === null) {
    const detail = `${name} is the apex of the zone, and the edge has no addresses to put there: give edge.addresses, or publish it directly.`;
    return { ...NOTHING, kept: [{ name, detail }] };
  }
  if (mode === "edge") return atName(name, balancer, edge, scope);
  if (direct === null) return noAnswer(name);
  const aside = directName(name);
  const isCname = edge.sets.some(({ type }) => type === "CNAME");
  const fallback = atName(aside, balancer, direct, scope);
  const reach: Reach = {
    abilities: scope.context.abilities,
    isUp: () => scope.world.isEdgeUp(name),
    edge: sync.edge,
  };
  const joined = isCname
    ? joinedNames(name, aside, edge, reach)
    : joinedAddresses(name, edge, direct, reach);
  const main = atName(name, balancer, joined, scope);
  // Only a CNAME leads to the name aside.
  const parts = isCname ? [main, fallback] : [main];
  return {
    wanted: parts.flatMap(({ wanted }) => wanted),
    notes: parts.flatMap(({ notes }) => notes),
    kept: parts.flatMap(({ kept }) => kept),
    gone: parts.flatMap(({ gone }) => gone),
  };
}

/** `null`: the operator wants no endpoint of any pool. */
function directAnswer(balancer: LoadBalancer, scope: Scope): Answer | null {
  const placed = placedAnswer(balancer, scope.supply, scope.context);
  if (placed?.ok) return placed.value;
  if (balancer.steering_policy === "random") return sharedAnswer(balancer, scope);
  const ordered = orderedAnswer(balancer, scope);
  if (ordered === null || placed === null) return ordered;
  return { ...ordered, notes: [placed.error, ...ordered.notes] };
}

function orderedAnswer(balancer: LoadBalancer, { supply, context }: Scope): Answer | null {
  const serving = servingPool(balancer, balancer.default_pools, supply);
  return serving === null ? null : poolsAnswer([{ serving, weight: 1 }], context);
}

/** `random`: every pool that can serve, by its weight. */
function sharedAnswer(balancer: LoadBalancer, scope: Scope): Answer | null {
  const { pool_weights, default_weight } = balancer.random_steering;
  const weightOf = (id: PoolId) => pool_weights[id] ?? default_weight;
  const servings = balancer.default_pools.flatMap((id) => {
    const serving = servingPool({ ...balancer, fallback_pool: id }, [id], scope.supply);
    return serving === null || serving.isLastResort || weightOf(id) === 0 ? [] : [serving];
  });
  if (servings.length === 0) return orderedAnswer(balancer, scope);
  return poolsAnswer(
    together(servings).map((serving) => ({ serving, weight: weightOf(serving.pool.id) })),
    scope.context,
  );
}

function atName(
  name: string,
  balancer: LoadBalancer,
  answer: Answer | null,
  { intent, context }: Scope,
): Desired {
  if (answer === null) return noAnswer(name);
  const isCname = answer.sets.some(({ type }) => type === "CNAME");
  if (isCname && name === intent.sync.domain && !context.abilities.apexCname) {
    const detail =
      "The apex of a zone cannot be a CNAME, and the endpoints are given as names: give addresses, or publish it under another name.";
    return { ...NOTHING, kept: [{ name, detail }] };
  }
  const resource = `tradewind/load-balancer/${balancer.name}`;
  const ttl = within(balancer.ttl, context.abilities.ttl);
  return {
    wanted: answer.sets.map((set) => ({ set: { name, ttl, ...set }, resource })),
    notes: [
      ...answer.notes.map((detail) => ({ name, detail })),
      ...(ttl === balancer.ttl
        ? []
        : [{ name, detail: `The provider takes no TTL of ${balancer.ttl} s; it gets ${ttl} s.` }]),
    ],
    kept: [],
    gone: LEADING.filter((type) => answer.sets.every((set) => set.type !== type)).map((type) => ({
      name,
      type,
    })),
  };
}

/** The types that a published name leads somewhere by. */
const LEADING: readonly Kind[] = ["A", "AAAA", "CNAME"];

/** What is aside stays as well: the name may lead there. */
const noAnswer = (name: string): Desired => ({
  ...NOTHING,
  kept: [name, directName(name)].map((one) => ({
    name: one,
    detail: "No pool has an endpoint that its operator wants, so what is there stays.",
  })),
});

function stableNames({ intent, context }: Scope): Desired {
  const { domain } = intent.sync;
  const ttl = within(60, context.abilities.ttl);
  const wanted = intent.pools.flatMap(({ origins }) =>
    origins.flatMap((endpoint): readonly Wanted[] => {
      const type = kindOf(endpoint);
      if (type === "CNAME") return [];
      const set = {
        name: endpointName(endpoint, domain),
        type,
        ttl,
        values: [addressOf(endpoint)],
      };
      return [{ set, resource: `tradewind/endpoint/${endpoint.id}` }];
    }),
  );
  return { ...NOTHING, wanted };
}

function statics({ intent, context }: Scope): Desired {
  const { abilities } = context;
  const records = intent.sync.records.map((record) => ({
    record,
    can: abilities.types.includes(record.type),
  }));
  return {
    ...NOTHING,
    kept: records
      .filter(({ can }) => !can)
      .map(({ record: { name, type } }) => ({
        name,
        type,
        detail: `The provider ${intent.sync.provider} has no ${type} records: publish it at another, or remove it.`,
      })),
    wanted: records
      .filter(({ can }) => can)
      .map(({ record }) => ({
        set: {
          name: record.name,
          type: record.type,
          ttl: within(record.ttl, abilities.ttl),
          values: record.values,
        },
        resource: "tradewind/record",
      })),
  };
}

const within = (ttl: number, { min, max }: Abilities["ttl"]): number =>
  Math.min(max, Math.max(min, ttl));
