/** What is known of the session that a request belongs to, whoever keeps it: a route's rule or a load balancer. */
import type { Backend } from "../http-route.ts";
import type { Affinity } from "../model.ts";
import type { Hold } from "../steer/hold.ts";
import { isStillWanted, type KeptVerdict } from "../steer/preferred.ts";
import type { EndpointId, Ms } from "../units.ts";
import { type SessionHeader, type SessionTerms, sessionHeader } from "./session.ts";
import type { Session } from "./session-value.ts";

export interface Kept {
  readonly by: "route" | Exclude<Affinity, "none">;
  /** `null`: nothing travels with the visitor. */
  readonly terms: SessionTerms | null;
  /** `null`: the visitor has none that still holds. */
  readonly session: Session | null;
  /** `null`: without a session, or a route's rule has no use for its endpoint any more. */
  readonly home: Home | null;
  readonly hold: Hold;
}

export interface Home {
  /** Of the route's rule; `null` = a load balancer's own session. */
  readonly backend: Backend | null;
  readonly endpoint: EndpointId;
}

/**
 * What the answer of `endpoint` must carry. `verdict`: what the decision made of the endpoint that the session is with.
 *
 * A session that only fails over for a time stays where it is as long as its endpoint is wanted.
 */
export function answerHeader(
  { terms, session, hold }: Kept,
  verdict: KeptVerdict | null,
  endpoint: EndpointId,
  isHttps: boolean,
  nowMs: Ms,
): SessionHeader | null {
  if (terms === null) return null;
  const stays = hold.failover === "temporary" && verdict !== null && isStillWanted(verdict);
  return session !== null && stays ? null : sessionHeader(terms, session, endpoint, isHttps, nowMs);
}
