import type { Backend, RouteRule } from "../http-route.ts";

/**
 * Where a rule sends a request: each of its targets gets the share that its weight is of the sum, an unknown one too.
 *
 * `null`: there is none, or all weigh 0. Range: `uniform` in [0, 1); a weight that is no number above 0 counts as 0.
 */
export function chooseBackend(rule: Pick<RouteRule, "backends">, uniform: number): Backend | null {
  const total = rule.backends.reduce((sum, one) => sum + weightOf(one), 0);
  let left = uniform * total;
  let last: Backend | null = null;
  for (const one of rule.backends) {
    const weight = weightOf(one);
    if (weight === 0) continue;
    last = one;
    left -= weight;
    if (left < 0) return one;
  }
  // Rounding, or a number out of range, may leave a rest: it is the last one's.
  return last;
}

const weightOf = ({ weight }: Backend): number =>
  Number.isFinite(weight) ? Math.max(0, weight) : 0;
