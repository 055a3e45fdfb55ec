/** Which stages a request may still use when a region lets only a share of the requests into its pools, the critical ones first. */
import type { RegionAdmission } from "../exchange.ts";
import { cutoffOfDefault, EVERYBODY, shareAt } from "../load/cutoff.ts";
import type { Criticality } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { Ms, PoolId } from "../units.ts";
import type { Stage } from "./stages.ts";

/** Whom a pool lets in, as of `cutoffFor`. */
export type CutoffOf = (pool: PoolId, nowMs: Ms) => number;

/** As a region told it. Whoever has not heard of it lately lets everything in: a region that is gone refuses nobody. */
export function toldCutoff(
  admission: RegionAdmission | null | undefined,
  pool: PoolId,
  nowMs: Ms,
): number {
  // Written so that a broken time (NaN) is over.
  if (!(nowMs <= (admission?.untilMs ?? 0))) return EVERYBODY;
  return admission?.cutoffs?.[pool] ?? cutoffOfDefault(admission?.ratios?.[pool] ?? 1);
}

/**
 * The first pool that lets the request in, and what comes after it; the pools that refused it are in none of its stages. Empty:
 * all refused it that it may use. Shape: `stages` in order. One number of chance for each pool that is asked and not open.
 *
 * Only a sound pool takes what another refused: pushing more requests into one that is in trouble helps nobody.
 */
export function admittedStages(
  stages: readonly Stage[],
  cutoffOf: CutoffOf | undefined,
  request: { readonly criticality?: Criticality | undefined },
  mayLeave: boolean,
  nowMs: Ms,
  rng: Rng,
): readonly Stage[] {
  const [first] = stages;
  if (first === undefined || cutoffOf === undefined) return stages;
  const isOpen = ({ planned: { pool } }: Stage): boolean => {
    if (pool.admission_control === false) return true;
    const cutoff = cutoffOf(pool.id, nowMs);
    // Both written so that a broken cutoff (NaN) lets everything in.
    if (!(cutoff < EVERYBODY)) return true;
    const share = shareAt(cutoff, request.criticality);
    return share >= 1 || !(rng() >= share);
  };
  if (isOpen(first)) return stages;
  const refused = new Set([first.planned]);
  for (const stage of mayLeave ? stages : []) {
    if (stage.kind !== "sound" || refused.has(stage.planned)) continue;
    if (isOpen(stage)) return stages.filter(({ planned }) => !refused.has(planned));
    refused.add(stage.planned);
  }
  return [];
}
