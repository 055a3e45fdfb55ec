/** The only maker of object names and stored keys. They carry a version, so that a new layout can live beside the old. */
import { invariant } from "./result.ts";
import type { Hash } from "./snapshot.ts";

/** The hints that host objects; a RegionState lives in each (`sam`, `afr` and `me` host none). */
export const REGIONS = [
  "wnam",
  "enam",
  "weur",
  "eeur",
  "apac",
  "apac-ne",
  "apac-se",
  "oc",
] as const;
export type Region = (typeof REGIONS)[number];

export const isRegion = (text: string): text is Region =>
  (REGIONS as readonly string[]).includes(text);

/** The account of a single-tenant installation, which every local planet is. */
export const DEFAULT_ACCOUNT = "default";

/** Cells split a region that would outgrow one object; today each region has cell 0. */
export const regionObject = (region: Region, cell = 0): string =>
  `v1:region:${region}:cell:${cell}`;
/** It probes for previews and nothing else: no cell's slots are taken from what lives. */
export const previewObject = (region: Region): string => `v1:region:${region}:preview`;
/** A further prober of a region, from 1: an object that probes a share and holds nothing else. */
export const proberObject = (region: Region, prober: number): string =>
  `v1:region:${region}:prober:${prober}`;
/** The number of a further prober; `null`: the name is that of a region's own object. */
export function proberOfObject(name: string): number | null {
  const [, , , kind, number] = name.split(":");
  return kind === "prober" ? Number(number) : null;
}
/** The way back from the name of a region's object. */
export function regionOfObject(name: string): Region {
  const region = name.split(":")[2] ?? "";
  invariant(
    isRegion(region),
    `a region's object is named v1:region:<region>:cell:<n> or …:preview, not ${name}`,
  );
  return region;
}
export const configObject = (account: string): string => `v1:config:${account}`;
export function accountOfObject(name: string): string {
  invariant(
    name.startsWith("v1:config:"),
    `a ConfigStore is named v1:config:<account>, not ${name}`,
  );
  return name.slice("v1:config:".length);
}
export const directoryObject = "v1:directory";
export const deskObject = (account: string): string => `v1:desk:${account}`;
export const signerObject = (account: string): string => `v1:signer:${account}`;
export const watchdogObject = "v1:watchdog";
/** `zone` as the operator's document names it: a hostname, so without a colon. */
export const ledgerObject = (account: string, zone: string): string =>
  `v1:ledger:${account}:${zone}`;
/** The way back from the name of a ledger's object. */
export function ledgerOfObject(name: string): { readonly account: string; readonly zone: string } {
  const [, account = "", zone = ""] = /^v1:ledger:(.+):([^:]+)$/.exec(name) ?? [];
  invariant(zone !== "", `a ledger is named v1:ledger:<account>:<zone>, not ${name}`);
  return { account, zone };
}

export const manifestKey = (account: string): string => `v1:manifest:${account}`;
export const shardKey = (hash: Hash): string => `v1:shard:${hash}`;
export const viewKey = (region: Region): string => `v1:view:${region}`;
/** What a colo keeps of it for one shard: that of another version may have other endpoints in the same pools. */
export const shardViewKey = (region: Region, hash: Hash): string => `${viewKey(region)}:${hash}`;

/** In a colo's cache: which isolate asks KV for this key. */
export const claimKey = (key: string): string => `v1:claim:${key}`;
