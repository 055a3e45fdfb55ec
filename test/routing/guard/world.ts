/** Tables as an operator writes them, and demand, for the tests of the guards. */
import {
  type HostDemand,
  type Measured,
  NOTHING_MEASURED,
} from "../../../routing/guard/measured.ts";
import type { Table } from "../../../routing/model.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { NOW } from "../steer/world.ts";

export const HOST = "shop.example";

export interface Origin {
  readonly capacity_rps?: number;
  readonly enabled?: boolean;
  readonly weight?: number;
  readonly priority?: number;
  readonly region?: string;
}

/** Pools of endpoints `a`, `b` …; a number is one endpoint of that capacity. */
export function poolsFrom(pools: Readonly<Record<string, number | readonly Origin[]>>) {
  const origins = (name: string, given: number | readonly Origin[]) =>
    (typeof given === "number" ? [{ capacity_rps: given }] : given).map(
      ({ region, ...more }: Origin, at) => ({
        name: "abcdefgh"[at],
        address: `${"abcdefgh"[at]}.${name}.example`,
        ...(region === undefined ? {} : { locality: { cloud: "aws", region } }),
        ...more,
      }),
    );
  return Object.fromEntries(
    Object.entries(pools).map(([name, given]) => [name, { origins: origins(name, given) }]),
  );
}

export function tableOf(document: unknown, previous: Table | null = null): Table {
  let minted = 0;
  const parsed = parseDocument(document, {
    account: "default",
    version: ((previous?.version ?? 0) + 1) as TableVersion,
    previous,
    mint: () => String(++minted).padStart(32, "0"),
    addresses: anyAddresses,
    nowMs: NOW,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.table;
}

export const balanced = (pools: readonly string[], more: object = {}) => ({
  default_pools: pools,
  fallback_pool: pools.at(-1),
  steering_policy: "off",
  ...more,
});

export const demand = (rps: number, more: Partial<HostDemand> = {}): HostDemand => ({
  ...{ host: HOST, colo: "FRA", rps, pools: {} },
  ...more,
});

export const measured = (hosts: readonly HostDemand[], more: Partial<Measured> = {}): Measured => ({
  ...NOTHING_MEASURED,
  hosts,
  ...more,
});

/** Colos of two different steering regions. */
export const [EUROPE, AMERICA] = ["FRA", "IAD"] as const;
