/** The endpoints of a pool that answers, with their shares. */
import type { Answerer } from "./answer.ts";
import type { Serving } from "./direct.ts";

/** Together they have `weight`. */
export function answerersOf({ pool, endpoints }: Serving, weight: number): readonly Answerer[] {
  const total = endpoints.reduce((sum, endpoint) => sum + endpoint.weight, 0);
  return endpoints.map((endpoint) => ({
    endpoint,
    pool,
    weight: (weight * endpoint.weight) / total,
  }));
}
