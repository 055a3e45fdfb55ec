/**
 * What an error of Cloud DNS means: by the reason where it has a known one, else by the status.
 *
 * Source: cloud.google.com/dns/docs/error-messages. Messages quoted here were seen in the issues of clients: kubernetes-sigs/external-dns
 * #467, #1028, #1710, #3885, hashicorp/terraform-provider-google #9112.
 */
import { z } from "zod";
import { NEXT_STEPS } from "../failure.ts";
import type { FailureKind } from "../provider.ts";
import type { Reply } from "../token/http.ts";

const errorSchema = z.object({
  error: z.object({
    message: z.string().default(""),
    errors: z.array(z.object({ reason: z.string().default("") })).default([]),
  }),
});

const KIND_OF_REASON: Readonly<Record<string, FailureKind>> = {
  // "Precondition not met for 'entity.change.deletions[0]'", 412: the set is there and is another by now.
  conditionNotMet: "fenced",
  preconditionFailed: "fenced",
  // "The resource 'entity.change.additions[0]' named 'a.shop.test. (A)' already exists", 409.
  alreadyExists: "fenced",
  rateLimitExceeded: "throttled",
  userRateLimitExceeded: "throttled",
  dailyLimitExceeded: "throttled",
  // "The change would exceed quota for additions per change.", 403: it would again.
  quotaExceeded: "rejected",
  // A CNAME beside another set; 400, and 409 by some accounts, so the reason goes before the status.
  cnameResourceRecordSetConflict: "rejected",
};

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  400: "rejected",
  401: "unauthorized",
  403: "unauthorized",
  404: "no-zone",
  409: "fenced",
  412: "fenced",
  413: "rejected",
  429: "throttled",
  500: "unreachable",
  503: "unreachable",
};

const NEXT: Readonly<Record<FailureKind, string>> = {
  ...NEXT_STEPS,
  unauthorized:
    "give the service account the permissions in docs/dns-providers/google.md, and see that Cloud DNS and billing are on in the project",
  "no-zone": "check project and managed_zone",
};

/** `lost` is what it means when nothing here says; `recordOf` names the record of a place such as `deletions[3]` of a change. */
export function classified(
  { status, body }: Reply,
  lost: "unreachable" | "unknown",
  recordOf: (list: string, at: number) => string | undefined = () => undefined,
): { readonly kind: FailureKind; readonly text: string } {
  const read = errorSchema.safeParse(body);
  const message = read.success ? read.data.error.message : "";
  const reasons = read.success ? read.data.error.errors.map(({ reason }) => reason) : [];
  const known = reasons.find((reason) => reason in KIND_OF_REASON) ?? "";
  const kind = isOfDeletion(status, message)
    ? "fenced"
    : (KIND_OF_REASON[known] ?? KIND_OF_STATUS[status] ?? lost);

  const [, list = "", at] = /\b(additions|deletions)\[(\d+)\]/.exec(message) ?? [];
  const record = at === undefined ? undefined : recordOf(list, Number(at));
  const about = record === undefined ? "" : `${record}: `;
  return {
    kind,
    text: `${about}${NEXT[kind]}. Answer: ${[status, ...reasons, message].join(" ")}`,
  };
}

/** A 404 is of the project or the zone, but for a set that is to be deleted and is gone. */
const isOfDeletion = (status: number, message: string): boolean =>
  status === 404 && message.includes("entity.change.deletions");
