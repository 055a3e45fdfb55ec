/**
 * When the rounds of an interval are due: on a grid of the interval, each region at its own place in it.
 *
 * The places are spread evenly, so that an origin hears from the regions one after the other and not from all at once, and each
 * round comes a little later than its place, by chance, so that nothing else on the clock stays in step with it.
 */
import { REGIONS, type Region } from "../names.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";

/** Half of what lies between two regions: they keep their order, and the other half between them. */
const JITTER = 1 / (2 * REGIONS.length);

/** The place of a region's rounds: 0 up to 1 intervals after the grid's beginning. */
export const placeOfRegion = (region: Region): number => REGIONS.indexOf(region) / REGIONS.length;

/**
 * The round after one that began at `nowMs`: half an interval from now at the soonest, 1.5 intervals and the jitter at the latest; one interval, give or
 * take the jitter, when that one was in time. What a pause left out is not made up for.
 */
export function nextRoundMs(nowMs: Ms, intervalMs: Ms, place: number, rng: Rng): Ms {
  const placeMs = Math.floor(place * intervalMs);
  const soonestMs = nowMs + intervalMs / 2;
  const gridMs = Math.ceil((soonestMs - placeMs) / intervalMs) * intervalMs + placeMs;
  return gridMs + Math.floor(rng() * JITTER * intervalMs);
}
