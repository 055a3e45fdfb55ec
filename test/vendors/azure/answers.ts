/**
 * Answers in Azure's shapes. What Azure Resource Manager refuses has its error in `error`
 * (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors); what Azure DNS
 * itself refuses has `code` and `message` at the top, as clients report (external-dns#4855, #5358), although its
 * description says otherwise.
 */
import type { Answer } from "../server.ts";
import type { Operation, Received, Refusal } from "../strict.ts";
import { refusedToken } from "./token.ts";

/** A refusal of the Resource Manager. */
export const arm = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

/** A refusal of the provider of DNS. */
export const dns = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});

export const unauthenticated = (code: string, message: string): Answer => ({
  ...arm(401, code, message),
  headers: {
    "www-authenticate":
      'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"',
  },
});

export function refused(
  refusal: Refusal,
  received: Received,
  nowMs: number,
  operation?: Operation,
): Answer {
  if (operation?.id === "token") {
    const problem = "problems" in refusal ? refusal.problems[0] : undefined;
    const missing = problem?.keyword === "required";
    const why = missing
      ? `The request body must contain the following parameter: '${problem?.field}'.`
      : "The request is malformed.";
    return refusedToken(400, "invalid_request", missing ? 900_144 : 9_002_014, why, nowMs);
  }
  switch (refusal.kind) {
    case "no-route":
      return arm(
        404,
        "InvalidResourceType",
        `The resource type could not be found for ${received.url.pathname}.`,
      );
    case "wrong-method":
      return {
        ...arm(
          405,
          "MethodNotAllowed",
          `The requested resource does not support http method '${received.method}'.`,
        ),
        headers: { allow: refusal.allowed.join(", ") },
      };
    case "media-type":
      return arm(
        415,
        "UnsupportedMediaType",
        `The content media type '${refusal.found}' is not supported. Only 'application/json' is supported.`,
      );
    case "not-json":
      return arm(
        400,
        "InvalidRequestContent",
        `The request content was invalid and could not be deserialized: '${refusal.why}'.`,
      );
    case "path":
      return arm(
        404,
        "InvalidResourceType",
        `The resource type could not be found in the namespace 'Microsoft.Network'.`,
      );
    case "query": {
      const missing = refusal.problems.some(({ field }) => field === "api-version");
      const whys = refusal.problems.map((p) => `${p.at} ${p.why} ${p.field ?? ""}`.trim());
      return missing
        ? arm(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
          )
        : arm(400, "InvalidQueryParameter", whys.join("; "));
    }
    case "body": {
      const whys = refusal.problems.map((p) =>
        p.keyword === "additionalProperties"
          ? `Could not find member '${p.field}' on object at '${p.at}'`
          : `${p.at} ${p.why}`,
      );
      return arm(
        400,
        "InvalidRequestContent",
        `The request content was invalid and could not be deserialized: '${whys.join("; ")}'.`,
      );
    }
  }
}
