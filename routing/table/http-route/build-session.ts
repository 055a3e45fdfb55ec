/** A rule's `sessionPersistence`, to the model and back. */
import { hashOf } from "../../hash.ts";
import type { RouteSession } from "../../http-route.ts";
import { readDuration, writeDuration } from "./duration.ts";
import type { SessionFields } from "./schema.ts";

/**
 * `place`: the rule's own among all rules. A session without a name has one made of it, so that the same manifest makes
 * the same name everywhere and no two rules share a session.
 */
export function buildSession(fields: SessionFields, place: string): RouteSession {
  const { type, absoluteTimeout, idleTimeout, cookieConfig } = fields;
  const name = fields.sessionName ?? nameFor(place);
  return {
    type,
    name: type === "Header" ? name.toLowerCase() : name,
    ...(absoluteTimeout === undefined ? {} : { absoluteMs: readDuration(absoluteTimeout) }),
    ...(idleTimeout === undefined ? {} : { idleMs: readDuration(idleTimeout) }),
    isPermanent: cookieConfig?.lifetimeType === "Permanent",
  };
}

/** A name of Kubernetes may be longer than a session's, and has a slash. */
const nameFor = (place: string): string => `tw-${hashOf(place).slice(0, NAME_CHARACTERS)}`;

/** 64 bits: no two of an account's 160,000 rules have the same. */
const NAME_CHARACTERS = 16;

/** The name is written also where it was made: a rule that is put in front must not end the sessions of those behind. */
export function sessionDocument({ type, name, absoluteMs, idleMs, isPermanent }: RouteSession) {
  return {
    sessionName: name,
    type,
    ...(absoluteMs === undefined ? {} : { absoluteTimeout: writeDuration(absoluteMs) }),
    ...(idleMs === undefined ? {} : { idleTimeout: writeDuration(idleMs) }),
    ...(isPermanent ? { cookieConfig: { lifetimeType: "Permanent" } } : {}),
  };
}
