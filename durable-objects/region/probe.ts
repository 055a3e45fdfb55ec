/** One probe of one endpoint: up to 1 + `retries` tries, each with its own clock, which starts when the try does. */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { isLate, REASONS } from "./probe-reasons.ts";
import { type CheckView, type Prober, tryOnce } from "./probe-try.ts";

export type { Prober } from "./probe-try.ts";

/** What it saw of the endpoint; see `CheckView`. */
export interface ProbeView {
  readonly saw: CheckView["saw"];
  /** Empty when healthy. */
  readonly reason: string;
  readonly status?: number;
  readonly ms?: number;
}

/** Retries follow a timeout at once, as the vendor's monitors do. Errors: none; a failure is a view. */
export async function probe(target: ProbeTarget, prober: Prober): Promise<ProbeView> {
  const refusal = prober.addresses(target.address, "");
  if (refusal !== null) return { saw: "unhealthy", reason: REASONS.address };
  for (let left = target.monitor.retries; ; left--) {
    const view = await tryOnce(target, prober);
    if (!isLate(view.reason) || left <= 0) return view;
  }
}
