/** Which stages a request may still use when a region lets only a share of the requests into its pools. */
import type { Rng } from "../rng.ts";
import type { Ms, PoolId } from "../units.ts";
import type { Stage } from "./stages.ts";

/** The share of a pool's requests that is let in, 0..1. */
export type AdmissionOf = (pool: PoolId, nowMs: Ms) => number;

/**
 * The first pool that lets the request in, and what comes after it; the pools that refused it are in none of its stages. Empty:
 * all refused it that it may use. Shape: `stages` in order. One number of chance for each pool that is asked and not open.
 *
 * Only a sound pool takes what another refused: pushing more requests into one that is in trouble helps nobody.
 */
export function admittedStages(
  stages: readonly Stage[],
  admissionOf: AdmissionOf | undefined,
  mayLeave: boolean,
  nowMs: Ms,
  rng: Rng,
): readonly Stage[] {
  const [first] = stages;
  if (first === undefined || admissionOf === undefined) return stages;
  const isOpen = ({ planned: { pool } }: Stage): boolean => {
    const ratio = admissionOf(pool.id, nowMs);
    // Written so that a broken ratio (NaN) lets everything in.
    return ratio >= 1 || !(rng() >= ratio);
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
