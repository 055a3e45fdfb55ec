/** What a checker has at hand, and when what it asks for is due. */
import type { Beat, RegionView } from "../../routing/exchange.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { History } from "./history.ts";
import type { Kernel } from "./kernel.ts";
import type { Luck } from "./luck.ts";
import type { Mix } from "./mixes.ts";
import type { Origins } from "./origins.ts";
import type { Planet } from "./planet.ts";
import type { Timeline } from "./timeline.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export interface Bench {
  readonly kernel: Kernel;
  readonly timeline: Timeline;
  readonly origins: Origins;
  readonly history: History;
  readonly luck: Luck;
  readonly mix: Mix;
  /** Not before the run begins. */
  planet(): Planet;
  violated(sentence: string): void;
}

/** What a region says of endpoints, to its edges and to operators. */
export interface Said {
  readonly asOfMs: number;
  readonly health: RegionView["health"];
  readonly ejected?: RegionView["ejected"] | undefined;
  readonly scope?: RegionView["scope"] | undefined;
}

/** `null`: the call was about something else. */
export function saidIn({ method, result }: Pick<ServedCall, "method" | "result">): Said | null {
  if (method === "exchange") return (result as Beat).view;
  return method === "status" ? (result as RegionStatus) : null;
}

export type Checker = new (bench: Bench) => Watcher;

/** After this much of the quiet phase nothing excuses an answer that is not from the newest version. */
export const CONVERGED_WITHIN_MS = 25_000;
