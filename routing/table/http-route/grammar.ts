/** The words of a manifest: names, header fields, paths and durations, as the type's own validation has them. */
import { z } from "zod";

const text = (pattern: RegExp, description: string) =>
  z.string().regex(pattern).describe(description);

/** RFC 1123 subdomain: what Kubernetes calls a name. */
export const objectName = text(
  /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  "1..253 lower-case letters, digits, - and .",
);
export const namespaceName = text(
  /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  "1..63 lower-case letters, digits and -",
);
export const instant = text(
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
  "an RFC 3339 time such as 2026-11-26T10:00:00Z",
);

const HOST = "a hostname of letters, digits, hyphens and dots";
/** Capitals and a trailing dot are taken, as they are for a load balancer. */
export const routeHostname = text(
  /^(?:\*\.)?(?=.{1,253}\.?$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/,
  `${HOST}, perhaps with *. in front`,
);
export const preciseHostname = text(
  /^(?=.{1,253}\.?$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/,
  HOST,
);

/** RFC 9110 token. */
export const headerName = text(
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/,
  "a name of 1..256 letters, digits and !#$%&'*+.^_`|~-",
);
/** A cookie's name is a token too (RFC 6265, 4.1.1). */
export const sessionName = text(
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
  "a name of 1..128 letters, digits and !#$%&'*+.^_`|~-",
);
/** What is written into a message has no control character but the tab, and no space at its ends (RFC 9110, 5.5). */
export const headerValue = text(
  /^(?=.{1,4096}$)[!-~](?:[\t -~]*[!-~])?$/,
  "1..4096 printable ASCII characters, without a space at either end",
);
/** What a header is compared with; a pattern may begin or end with a space. */
export const headerText = text(/^[\t -~]{1,4096}$/, "1..4096 printable ASCII characters");

/** What a path becomes. Two slashes in front would make it another host for whoever resolves it as a reference. */
export const fullPath = text(
  /^(?=.{1,1024}$)\/(?!\/)(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*$/,
  "a path from /, at most 1024 characters of a URL's path",
);
/** "" takes the prefix away. */
export const pathPrefix = text(
  /^(?=.{0,1024}$)(?:\/(?!\/)(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)?$/,
  "empty, or a path from /, at most 1024 characters of a URL's path",
);

/** GEP-2257: no fraction, no sign. */
export const duration = text(
  /^(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}$/,
  "a duration such as 10s, 1m30s or 500ms",
);
