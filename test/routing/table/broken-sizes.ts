/** Broken documents that are too large: each a little above one limit. */
import {
  ENDPOINTS_MAX,
  ENDPOINTS_PER_POOL_MAX,
  LOAD_BALANCERS_MAX,
  MONITORS_MAX,
  POOLS_MAX,
  POOLS_PER_LOAD_BALANCER_MAX,
  ROUTES_MAX,
  ZONES_MAX,
} from "../../../routing/limits.ts";
import { SHARD_CHARACTERS_MAX } from "../../../routing/table/compile.ts";
import type { BrokenDocument } from "./broken-documents.ts";

const numbered = (count: number, body: (at: number) => object) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, body(at)]));
const origins = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `e${at}`, address: `e${at}.example.net` }));

/** These documents are large, each a little above its limit. */
export const brokenSizes = (): readonly BrokenDocument[] => {
  const counted = {
    monitors: MONITORS_MAX,
    pools: POOLS_MAX,
    load_balancers: LOAD_BALANCERS_MAX,
    zones: ZONES_MAX,
  };

  const tooManyPools = POOLS_PER_LOAD_BALANCER_MAX + 1;
  const wide = Math.ceil(ENDPOINTS_MAX / ENDPOINTS_PER_POOL_MAX) + 1;
  const half = (from: number) => Array.from({ length: 33 }, (_, at) => `n${from + at}`);
  const heavy = numbered(20, () => ({ origins: origins(ENDPOINTS_PER_POOL_MAX) }));
  return [
    ...Object.entries(counted).map(([section, max]) => ({
      name: `document.${section}:count`,
      document: { [section]: numbered(max + 1, () => ({})) },
      pointer: `/${section}`,
      value: max + 1,
      range: `0..${max}`,
    })),
    {
      name: "document.http_routes:count",
      document: { http_routes: Array.from({ length: ROUTES_MAX + 1 }, () => ({})) },
      pointer: "/http_routes",
      value: ROUTES_MAX + 1,
      range: `0..${ROUTES_MAX}`,
    },
    {
      name: "rule:endpoints-in-all",
      document: { pools: numbered(wide, () => ({ origins: origins(ENDPOINTS_PER_POOL_MAX) })) },
      pointer: "/pools",
      value: wide * ENDPOINTS_PER_POOL_MAX,
      range: `0..${ENDPOINTS_MAX}`,
    },
    {
      name: "rule:pools-per-load-balancer",
      document: {
        pools: numbered(66, () => ({ origins: origins(1) })),
        load_balancers: {
          a: { default_pools: half(0), fallback_pool: "n0", region_pools: { WEU: half(32) } },
        },
      },
      pointer: "/load_balancers/a",
      value: tooManyPools,
      range: `1..${POOLS_PER_LOAD_BALANCER_MAX}`,
    },
    {
      name: "shard:size",
      document: {
        pools: heavy,
        load_balancers: { a: { default_pools: Object.keys(heavy), fallback_pool: "n0" } },
      },
      pointer: "/load_balancers/a",
      range: `0..${SHARD_CHARACTERS_MAX}`,
    },
  ];
};
