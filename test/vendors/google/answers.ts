/**
 * Answers in Google's shapes: https://cloud.google.com/apis/design/errors, with the `errors` list of the older JSON
 * APIs, which Cloud DNS still sends and whose `reason` clients read (alreadyExists, conditionNotMet, notFound …).
 */
import type { Answer } from "../server.ts";
import type { JsonObject, Operation, Received, Refusal } from "../strict.ts";
import type { Wrong } from "./rrset.ts";

const CODES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

export const fault = (
  code: number,
  reason: string,
  message: string,
  domain = "global",
): Answer => ({
  status: code,
  body: {
    error: {
      code,
      message,
      errors: [{ message, domain, reason }],
      status: CODES[code] ?? "UNKNOWN",
    },
  },
});
export const toAnswer = (wrong: Wrong) => fault(wrong.status, wrong.reason, wrong.message);
export const good = (body: JsonObject): Answer => ({ status: 200, body });

export const forbidden = () => fault(403, "forbidden", "Forbidden");

export const unauthenticated = (reason: string, why: string): Answer => ({
  ...fault(401, reason, `Request ${why}. Expected OAuth 2 access token.`),
  headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' },
});

/** "Invalid JSON payload received. Unknown name …: Cannot find field." is Google's own sentence. */
export function refused(refusal: Refusal, received: Received, operation?: Operation): Answer {
  if (operation?.id === "token")
    return { status: 400, body: { error: "invalid_request", error_description: "Bad Request" } };
  switch (refusal.kind) {
    case "no-route":
    case "wrong-method": {
      const message = `The requested URL ${received.url.pathname} was not found on this server.`;
      return fault(404, "notFound", message);
    }
    case "path":
      return fault(400, "invalid", "Invalid value in the path.");
    case "media-type":
      return fault(400, "parseError", `Invalid content type "${refusal.found}".`);
    case "not-json":
      return fault(400, "parseError", "Invalid JSON payload received. Unexpected token.");
    case "body":
    case "query": {
      const whys = refusal.problems.map(({ at, why, keyword, field }) =>
        keyword === "additionalProperties"
          ? `Invalid JSON payload received. Unknown name "${field}" at '${at}': Cannot find field.`
          : `Invalid value at '${at}': ${why}`,
      );
      return fault(400, "badRequest", whys.join("\n"));
    }
  }
}
