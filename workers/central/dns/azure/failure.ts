/**
 * What an error of the Azure Resource Manager or of Azure DNS means: by its code where that says more than the status.
 *
 * Source: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors and …/management/request-limits-and-throttling.
 * Azure DNS itself answers without the `error` around code and message (kubernetes-sigs/external-dns #4855, #5358).
 */
import { z } from "zod";
import { NEXT_STEPS } from "../failure.ts";
import type { FailureKind } from "../provider.ts";
import type { Reply } from "../token/http.ts";

const inner = z.object({ code: z.string(), message: z.string().default("") });
const errorSchema = z.union([z.object({ error: inner }).transform(({ error }) => error), inner]);

const KIND_OF_CODE: Readonly<Record<string, FailureKind>> = {
  // 409: a lock, or a subscription that is switched off. An operator's, and not the record's.
  ScopeLocked: "unauthorized",
  ReadOnlyDisabledSubscription: "unauthorized",
};

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  400: "rejected",
  401: "unauthorized",
  403: "unauthorized",
  404: "no-zone",
  // "The CNAME record could not be created because another record with the same name already exists in this zone."
  409: "rejected",
  412: "fenced",
  413: "rejected",
  429: "throttled",
  500: "unreachable",
  503: "unreachable",
};

/** What was written before is told by who writes: these are about one call. */
const NEXT: Readonly<Record<FailureKind, string>> = {
  ...NEXT_STEPS,
  rejected: "correct the record",
  unreachable: "it is asked again later",
  unauthorized:
    "give the application the actions in docs/dns-providers/azure.md on the zone, and see that nothing locks it",
  "no-zone": "check subscription_id, resource_group and the name of the zone",
};

/** `lost` is what it means when nothing here says. */
export function classified(
  { status, body }: Reply,
  lost: "unreachable" | "unknown",
): { readonly kind: FailureKind; readonly text: string } {
  const read = errorSchema.safeParse(body);
  const { code, message } = read.success ? read.data : { code: "", message: "" };
  const kind = KIND_OF_CODE[code] ?? KIND_OF_STATUS[status] ?? lost;
  return { kind, text: `${NEXT[kind]}. Answer: ${[status, code, message].join(" ")}` };
}

/** A record set that is asked for and is not there; of a zone that is not there, the code names a parent or a resource. */
export function isAbsent({ status, body }: Reply): boolean {
  const read = errorSchema.safeParse(body);
  return status === 404 && read.success && read.data.code === "NotFound";
}
