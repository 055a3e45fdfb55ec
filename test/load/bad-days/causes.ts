/** Why a bar's right column is missed, as far as somebody has looked: written by hand, beside the figures that a run finds. */

const POOL_IS_GRAY =
  "all servers of the pool fail alike: outliers are judged against their pool (routing/health/outlier.ts), probes are fine, so nobody is taken out and retries pay";

const CAUSES: Readonly<{ [barAndDay: string]: string }> = {
  "R2 gray": POOL_IS_GRAY,
  "R3 gray": POOL_IS_GRAY,
  "R3 half": POOL_IS_GRAY,
};

const UNKNOWN = "nobody has looked for it yet";

export const causeOf = (bar: string, day: string): string => CAUSES[`${bar} ${day}`] ?? UNKNOWN;
