/** Why a probe did not succeed: one short phrase per cause, which stays as it is. `docs/monitors.md` says what to do about each. */

/** Hops a probe follows when the monitor says so; each is checked like a configured address. */
export const REDIRECTS_MAX = 3;

export const REASONS = {
  address: "address not allowed",
  connection: "connection failed",
  timeout: "timeout",
  body: "body without the expected text",
  bodyStart: "expected text not in the first 64 KiB",
  bodyBroken: "body broke off",
  bodyTimeout: "body not in time",
  redirects: `more than ${REDIRECTS_MAX} redirects`,
  redirectLoop: "redirect loop",
  redirectAddress: "redirect to an address that is not allowed",
  redirectNowhere: "redirect without a usable location",
  redirectConnection: "connection failed after a redirect",
  redirectTimeout: "timeout after a redirect",
} as const;
export type Reason = (typeof REASONS)[keyof typeof REASONS] | `status ${number}`;

/** Another try may have more luck with these. */
export const isLate = (reason: string): boolean =>
  reason === REASONS.timeout ||
  reason === REASONS.bodyTimeout ||
  reason === REASONS.redirectTimeout;
