/** Broken documents for the sessions of rules. */
import type { BrokenDocument } from "./broken-documents.ts";
import { manifest } from "./broken-routes.ts";
import { broken } from "./broken-rules.ts";

type Answer = { readonly value?: unknown; readonly range: string };

const session = (name: string, one: object, pointer: string, answer: Answer): BrokenDocument =>
  broken(
    name,
    (document) => {
      const rules = [{ sessionPersistence: one }];
      document.http_routes = [manifest("a", { rules })] as never;
    },
    `/http_routes/0/spec/rules/0/sessionPersistence${pointer}`,
    answer,
  );

const LONGER = "1s or longer";
const OTHERS = "a header that is neither the edge's nor for cookies";
const ONCE = "a name that no other session of the host has";

export const brokenSessions = (): readonly BrokenDocument[] => [
  session(
    "rule:route-session-permanent-ends",
    { cookieConfig: { lifetimeType: "Permanent" }, idleTimeout: "1h" },
    "/absoluteTimeout",
    { range: "required with Permanent" },
  ),
  session(
    "rule:route-session-cookie-config-of-a-cookie",
    { type: "Header", cookieConfig: {} },
    "/cookieConfig",
    { value: { lifetimeType: "Session" }, range: "absent with the type Header" },
  ),
  ...[
    ["absoluteTimeout", "0s"],
    ["absoluteTimeout", "999ms"],
    ["idleTimeout", "0h0m"],
  ].map(([field = "", value = ""], at) =>
    session(
      at === 0 ? "rule:route-session-timeouts-last" : `${field} ${value}:timeouts-last`,
      { [field]: value },
      `/${field}`,
      { value, range: LONGER },
    ),
  ),
  ...["X-Request-Id", "Host", "x_forwarded_for", "Cookie", "SET-COOKIE"].map((sessionName, at) =>
    session(
      at === 0 ? "rule:route-session-header-not-ours" : `${sessionName}:header-not-ours`,
      { type: "Header", sessionName },
      "/sessionName",
      { value: sessionName, range: OTHERS },
    ),
  ),
  clash("rule:route-session-names-once", { sessionName: "S" }, { sessionName: "S" }),
  clash(
    "headers in another spelling:names-once",
    { type: "Header", sessionName: "X-S" },
    { type: "Header", sessionName: "x-s" },
  ),
];

/** In two routes, because the rules of a host are those of all its routes. */
function clash(
  name: string,
  one: object,
  two: { readonly sessionName: string; readonly type?: string },
): BrokenDocument {
  const hostnames = ["a.example", "b.example"];
  const route = (of: string, sessionPersistence: object) =>
    manifest(of, { hostnames, rules: [{ sessionPersistence }] });
  return broken(
    name,
    (document) => {
      document.http_routes = [route("a", one), route("b", two)] as never;
    },
    "/http_routes/1/spec/rules/0/sessionPersistence/sessionName",
    { value: two.sessionName, range: ONCE },
  );
}
