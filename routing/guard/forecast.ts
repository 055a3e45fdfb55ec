/**
 * What each pool would be asked if a table were in force now: the measured demand, led by that table's own rules.
 *
 * It is a forecast and no measurement, so it says what it cannot know. Full pools give away what is above 80 % when it happens
 * (`steer/headroom.ts`); here they do not, because a guard asks whether they would have to.
 */
import type { Pool, Table } from "../model.ts";
import { headsOf } from "../table/heads.ts";
import type { EndpointId } from "../units.ts";
import { flowsOf, type Host, hasEndpoint, hostOf, isByPlace, isMeasuredBy } from "./host-flow.ts";
import { type IsUp, intakeOf } from "./intake.ts";
import type { HostDemand, Measured } from "./measured.ts";

export interface PoolForecast {
  readonly pool: string;
  /** Requests per second. */
  readonly rps: number;
  /** Of all that the table serves, 0..1. */
  readonly share: number;
  /** Declared by the endpoints that take part; `null` when one of them declares none. */
  readonly capacityRps: number | null;
  /** Of the level that is fullest; `null` when nothing is declared. */
  readonly utilization: number | null;
}

export interface Forecast {
  /** Every pool of the table, by name. */
  readonly pools: readonly PoolForecast[];
  /** Hostnames that an endpoint is left for, in alphabetical order. */
  readonly served: readonly string[];
  /** The others. */
  readonly stranded: readonly string[];
  /** Requests per second for which no pool is left. */
  readonly unservedRps: number;
  /** What the numbers do not tell, in sentences. */
  readonly unknown: readonly string[];
}

/** A table whose hosts are ready to be asked, with what is asked of them. */
export interface Stage {
  readonly table: Table;
  readonly measured: Measured;
  readonly hosts: readonly (readonly [host: Host, demands: readonly HostDemand[]])[];
  readonly down: ReadonlySet<EndpointId>;
}

export function stageOf(table: Table, measured: Measured): Stage {
  const demands = Map.groupBy(measured.hosts, ({ host }) => host);
  const hosts = headsOf(table).map((head) => {
    const host = hostOf(head, table.account);
    const asked = demands.get(head.host) ?? [];
    return [host, isByPlace(host) ? asked : summed(asked)] as const;
  });
  return { table, measured, hosts, down: new Set(measured.down) };
}

/** Where it does not count from where requests come, all colos are one. */
function summed(demands: readonly HostDemand[]): readonly HostDemand[] {
  const [first] = demands;
  if (first === undefined) return [];
  const pools: Record<string, number> = {};
  for (const [name, rps] of demands.flatMap((demand) => Object.entries(demand.pools))) {
    pools[name] = (pools[name] ?? 0) + rps;
  }
  return [{ ...first, rps: sumOf(demands.map(({ rps }) => rps)), pools }];
}

/** Requests per second to each endpoint. */
export type Asked = ReadonlyMap<EndpointId, number>;

/** Adds what one host asks to `asked`; answers what nobody can take. */
export function askOf(
  [host, demands]: Stage["hosts"][number],
  isUp: IsUp,
  asked: Map<EndpointId, number>,
): number {
  let unserved = 0;
  for (const demand of demands) {
    let left = demand.rps;
    for (const [pool, rps] of flowsOf(host, demand, isUp)) {
      for (const { planned, share } of intakeOf(pool, isUp)) {
        const { id } = planned.endpoint;
        asked.set(id, (asked.get(id) ?? 0) + rps * share);
        left -= rps * share;
      }
    }
    // What the edge answers by itself, such as a redirect, is asked of nobody.
    if (!host.isMixed) unserved += Math.max(0, left);
  }
  return unserved;
}

export function forecastOf(stage: Stage): Forecast {
  const isUp = (id: EndpointId) => !stage.down.has(id);
  const asked = new Map<EndpointId, number>();
  const unserved = stage.hosts.map((host) => askOf(host, isUp, asked));
  const isServed = ([host]: Stage["hosts"][number]) => hasEndpoint(host, isUp);
  const namesOf = (hosts: Stage["hosts"]) => hosts.map(([{ name }]) => name);
  return {
    pools: poolsOf(stage.table.pools, asked, isUp, sumOf([...asked.values()])),
    served: namesOf(stage.hosts.filter(isServed)),
    stranded: namesOf(stage.hosts.filter((host) => !isServed(host))),
    unservedRps: short(sumOf(unserved.filter((rps) => rps > ROUNDING))),
    unknown: unknownsOf(stage),
  };
}

const ROUNDING = 1e-6;

/** By name; `allRps` is what the whole table serves. */
export function poolsOf(
  pools: readonly Pool[],
  asked: Asked,
  isUp: IsUp,
  allRps: number,
): readonly PoolForecast[] {
  return pools
    .map(({ name, enabled, origins }): PoolForecast => {
      const taking = origins.filter((one) => asked.has(one.id));
      const ready = origins.filter(
        (one) => enabled && one.enabled && one.weight > 0 && isUp(one.id),
      );
      const first = Math.min(...ready.map(({ priority }) => priority));
      const counted =
        taking.length > 0 ? taking : ready.filter(({ priority }) => priority === first);
      const rps = sumOf(taking.map(({ id }) => asked.get(id) ?? 0));
      const levels = [...Map.groupBy(counted, ({ priority }) => priority).values()];
      const full = levels.map((level) => {
        const capacityRps = sumOf(level.map(({ capacity_rps }) => capacity_rps ?? Number.NaN));
        return [sumOf(level.map(({ id }) => asked.get(id) ?? 0)), capacityRps] as const;
      });
      const capacityRps = sumOf(full.map(([, capacity]) => capacity));
      const isKnown = counted.length > 0 && !Number.isNaN(capacityRps);
      const utilization = Math.max(...full.map(([used, capacity]) => used / capacity));
      return {
        pool: name,
        rps: short(rps),
        share: allRps > 0 ? short(rps / allRps) : 0,
        capacityRps: isKnown ? capacityRps : null,
        utilization: isKnown ? short(utilization) : null,
      };
    })
    .sort((a, b) => (a.pool < b.pool ? -1 : 1));
}

function unknownsOf({ hosts, measured }: Stage): readonly string[] {
  const asked = hosts.filter(([, demands]) => demands.length > 0).map(([host]) => host);
  const named = (chosen: readonly Host[]) => {
    const names = chosen.map(({ name }) => name);
    const rest = names.length - NAMED_MAX;
    return names.slice(0, NAMED_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  };
  const byMeasure = asked.filter(
    ({ own, isMixed }) => !isMixed && own !== null && isMeasuredBy(own.policy),
  );
  const geo = asked.filter(({ own, isMixed }) => !isMixed && own?.policy === "geo");
  const mixed = asked.filter(({ isMixed }) => isMixed);
  return [
    ...(measured.missing.length > 0
      ? [`Regions that did not answer, whose demand is missing: ${measured.missing.join(", ")}.`]
      : []),
    ...(asked.length === 0 ? ["No region has measured any request in the last seconds."] : []),
    ...(byMeasure.length > 0
      ? [
          `Steered by what is measured at each request, and so kept as it is shared now: ${named(byMeasure)}.`,
        ]
      : []),
    ...(geo.length > 0
      ? [`Visitors are taken to be in the country of their colo: ${named(geo)}.`]
      : []),
    ...(mixed.length > 0
      ? [`Rules or routes choose, and are taken to choose as now: ${named(mixed)}.`]
      : []),
  ];
}

const NAMED_MAX = 5;

/** The fifth digit of a measurement says nothing. */
const short = (value: number): number => Math.round(value * 1_000) / 1_000;

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
