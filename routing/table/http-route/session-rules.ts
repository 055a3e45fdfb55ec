/** Rules of `sessionPersistence`: a session can be kept as it is written, and belongs to one rule only. */
import { isOfTheEdge } from "../../headers.ts";
import { type Problem, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import type { Salvaged } from "../salvage.ts";
import { readDuration } from "./duration.ts";
import { hostsOf, type Placed, perRule, rulesOf } from "./places.ts";
import type { RouteRuleFields, SessionFields } from "./schema.ts";

function sessionOf({ fields, pointer }: Placed<RouteRuleFields>): Placed<SessionFields> | null {
  const session: Salvaged<SessionFields> | undefined = fields.sessionPersistence;
  return session === undefined
    ? null
    : { fields: session, pointer: pointTo(pointer, "sessionPersistence") };
}

const perSession = (
  name: string,
  check: (session: Placed<SessionFields>) => readonly Problem[],
): Rule =>
  perRule(name, (rule) => {
    const session = sessionOf(rule);
    return session === null ? [] : check(session);
  });

const permanentEnds = perSession("route-session-permanent-ends", ({ pointer, fields }) => {
  const isPermanent = fields.cookieConfig?.lifetimeType === "Permanent";
  if (!isPermanent || fields.absoluteTimeout !== undefined) return [];
  const detail =
    "A permanent cookie says how long it lives, which is the `absoluteTimeout`; it is missing.";
  return [
    { pointer: pointTo(pointer, "absoluteTimeout"), detail, range: "required with Permanent" },
  ];
});

const cookiesOnly = perSession("route-session-cookie-config-of-a-cookie", (session) => {
  const { type, cookieConfig } = session.fields;
  if (type !== "Header" || cookieConfig === undefined) return [];
  const detail = "This session travels in a header, so that there is no cookie to configure.";
  const pointer = pointTo(session.pointer, "cookieConfig");
  return [{ pointer, detail, value: cookieConfig, range: "absent with the type Header" }];
});

/** A cookie's lifetime is in whole seconds, and a session that is over at once would be stored and not obeyed. */
const SESSION_MS_MIN = 1_000;

const timeoutsLast = perSession("route-session-timeouts-last", ({ pointer, fields }) =>
  (["absoluteTimeout", "idleTimeout"] as const).flatMap((field) => {
    const value = fields[field];
    if (value === undefined || readDuration(value) >= SESSION_MS_MIN) return [];
    const detail = `A session that ends after ${value} is none; leave the field out for one that does not end.`;
    return [{ pointer: pointTo(pointer, field), detail, value, range: "1s or longer" }];
  }),
);

/** They carry what is not the session's, and would lose it. */
const CARRIERS: ReadonlySet<string> = new Set(["cookie", "set-cookie"]);

const headerNotOurs = perSession("route-session-header-not-ours", ({ pointer, fields }) => {
  const { type, sessionName: value } = fields;
  const name = value?.toLowerCase() ?? "";
  if (type !== "Header" || !(isOfTheEdge(name) || CARRIERS.has(name))) return [];
  const detail = `The header ${value} is written by the edge, or carries more than a session.`;
  const range = "a header that is neither the edge's nor for cookies";
  return [{ pointer: pointTo(pointer, "sessionName"), detail, value, range }];
});

/**
 * On one host: a session of one rule would lead requests of another to an endpoint that it was never meant for, and the
 * Gateway API forbids it.
 */
const namesOnce: Rule = {
  name: "route-session-names-once",
  check: ({ drafts }) => {
    const named = drafts.routes.flatMap((route) => {
      const sessions = rulesOf(route).flatMap((rule) => sessionOf(rule) ?? []);
      return hostsOf(route).flatMap((host) => sessions.map((session) => ({ ...session, host })));
    });
    const clashes = repeated(named, ({ host, fields }) => {
      const { type = "Cookie", sessionName = "" } = fields;
      const name = type === "Header" ? sessionName.toLowerCase() : sessionName;
      return name === "" ? "" : `${host} ${type} ${name}`;
    });
    // Two routes may have several hosts in common.
    const first = new Map(clashes.toReversed().map((clash) => [clash.item.pointer, clash]));
    return [...first.values()].map(({ item, first: other }) => ({
      pointer: pointTo(item.pointer, "sessionName"),
      detail: `The rules of ${item.host} share no session: ${other.pointer} has this name already.`,
      value: item.fields.sessionName,
      range: "a name that no other session of the host has",
    }));
  },
};

export const SESSION_RULES: readonly Rule[] = [
  permanentEnds,
  cookiesOnly,
  timeoutsLast,
  headerNotOurs,
  namesOnce,
];
