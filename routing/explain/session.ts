/** The session of a request, and what became of its endpoint: why that was kept, or why it was left. */
import type { Kept } from "../match/kept.ts";
import type { AffinityFailover } from "../model.ts";
import type { Balanced } from "../snapshot.ts";
import type { Trace } from "../steer/decide.ts";
import { KEPT_VERDICTS, type KeptVerdict } from "../steer/preferred.ts";
import type { EndpointId } from "../units.ts";

/**
 * `none`: the request brings no session that holds, and the policy decides. `by-key`: it brings none, and a hash of its
 * headers or of its address decides. The others are of the endpoint that the session is with.
 */
export const SESSION_VERDICTS = ["none", "by-key", ...KEPT_VERDICTS] as const;

export interface SessionWords {
  readonly by: Kept["by"];
  readonly failover: AffinityFailover;
  /** `pool/endpoint`; `null`: it is with none that the load balancer still has. */
  readonly endpoint: string | null;
  readonly verdict: KeptVerdict | "none" | "by-key";
}

export function sessionWords(
  { by, home, hold }: Kept,
  { kept }: Pick<Trace, "kept">,
  balanced: Balanced,
): SessionWords {
  return {
    by,
    failover: hold.failover,
    endpoint: home === null ? null : nameOf(home.endpoint, balanced),
    verdict: kept ?? (hold.key === "" ? "none" : "by-key"),
  };
}

function nameOf(id: EndpointId, { pools }: Balanced): string | null {
  for (const pool of pools) {
    const found = pool.origins.find((endpoint) => endpoint.id === id);
    if (found !== undefined) return `${pool.name}/${found.name}`;
  }
  return null;
}
