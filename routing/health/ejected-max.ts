import { EJECTED_RATIO_MAX } from "../limits.ts";

/** How many of `total` endpoints traffic alone may leave out at once. */
export const ejectedMax = (total: number): number =>
  Math.max(1, Math.floor(EJECTED_RATIO_MAX * total));
