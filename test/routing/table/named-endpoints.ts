/** A site of which the endpoints are given as addresses, and the zones that keep names for them. */
import { zone } from "./zone/zone.ts";

/** Addresses of example.com: nobody's endpoint in a test, and in no block that is refused. */
export const ADDRESS_4 = "93.184.215.14";
export const ADDRESS_6 = "2606:2800:21f::1";

/** Ids that differ at their beginning, as minted ones do: 0101…, 0202…. */
export function ids(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return last.toString(16).padStart(2, "0").repeat(16);
  };
}

export interface Site {
  readonly origins: readonly object[];
  /** Each with what makes it keep names, and a public provider; absent: `shop.example`. */
  readonly zones?: Readonly<Record<string, object>>;
  readonly pool?: object;
  readonly monitor?: object;
}

export const site = ({ origins, zones = { "shop.example": {} }, pool, monitor }: Site) => ({
  // In an order in which the endpoints of the pool get the first ids.
  monitors: { web: { id: "a".repeat(32), type: "http", ...monitor } },
  pools: { p: { id: "b".repeat(32), monitor: "web", origins, ...pool } },
  load_balancers: {
    "www.shop.example": { id: "c".repeat(32), default_pools: ["p"], fallback_pool: "p" },
  },
  zones: Object.fromEntries(
    Object.entries(zones).map(([name, fields], at) => [
      name,
      zone({
        ...{ id: `d${at}`.repeat(16), mode: "apply", endpoint_names: true },
        ...{ endpoint: "https://pdns.example.net", ...fields },
      }),
    ]),
  ),
});
