/** Which operation of Route 53 or STS a request names, by its method and path. API reference, "Request syntax" of each. */

const VERSION = "/2013-04-01";
const ROUTES: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ["POST", /^\/hostedzone\/?$/, "CreateHostedZone"],
  ["GET", /^\/hostedzone\/?$/, "ListHostedZones"],
  ["GET", /^\/hostedzonesbyname$/, "ListHostedZonesByName"],
  ["GET", /^\/hostedzonecount$/, "GetHostedZoneCount"],
  ["GET", /^\/hostedzone\/([^/]+)$/, "GetHostedZone"],
  ["POST", /^\/hostedzone\/([^/]+)$/, "UpdateHostedZoneComment"],
  ["DELETE", /^\/hostedzone\/([^/]+)$/, "DeleteHostedZone"],
  ["POST", /^\/hostedzone\/([^/]+)\/rrset\/?$/, "ChangeResourceRecordSets"],
  ["GET", /^\/hostedzone\/([^/]+)\/rrset$/, "ListResourceRecordSets"],
  ["GET", /^\/change\/([^/]+)$/, "GetChange"],
  ["POST", /^\/healthcheck$/, "CreateHealthCheck"],
  ["GET", /^\/healthcheck$/, "ListHealthChecks"],
  ["GET", /^\/healthcheck\/([^/]+)$/, "GetHealthCheck"],
  ["GET", /^\/healthcheck\/([^/]+)\/status$/, "GetHealthCheckStatus"],
  ["POST", /^\/healthcheck\/([^/]+)$/, "UpdateHealthCheck"],
  ["DELETE", /^\/healthcheck\/([^/]+)$/, "DeleteHealthCheck"],
  ["GET", /^\/tags\/([^/]+\/[^/]+)$/, "ListTagsForResource"],
  ["POST", /^\/tags\/[^/]+$/, "ListTagsForResources"],
  ["POST", /^\/tags\/([^/]+\/[^/]+)$/, "ChangeTagsForResource"],
];

export interface Named {
  /** `-` when no operation is known by that method and path. */
  readonly operation: string;
  readonly service: "route53" | "sts";
  /** The ID in the path, of a zone, change or health check. */
  readonly id: string;
}

export function operationOf(method: string, path: string, body: string): Named {
  const action = path === "/" ? (new URLSearchParams(body).get("Action") ?? "-") : null;
  if (action !== null) return { operation: action, service: "sts", id: "" };
  const rest = path.startsWith(VERSION) ? path.slice(VERSION.length) : "";
  for (const [wanted, pattern, operation] of ROUTES) {
    const match = wanted === method ? pattern.exec(rest) : null;
    if (match !== null) return { operation, service: "route53", id: match[1] ?? "" };
  }
  return { operation: "-", service: "route53", id: "" };
}
