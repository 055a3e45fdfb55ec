/** What a write of one route wants to meet: a version of the document, or the route being there or not. */
import { assertNever } from "../../../routing/result.ts";
import { type Precondition, quoted } from "../http/preconditions.ts";
import { Refusal } from "../http/problem.ts";
import { staleRefusal, tagOrNone } from "./write.ts";

/** Errors: throws `Refusal` 412. */
export function checkPrecondition(
  precondition: Precondition,
  { etag, isThere }: { readonly etag: string; readonly isThere: boolean },
): void {
  switch (precondition.wants) {
    case "anything":
      return;
    case "one-of":
      if (precondition.tags.includes(etag)) return;
      throw staleRefusal(precondition.tags.map(quoted).join(", "), tagOrNone(etag));
    case "nothing":
      if (isThere) throw unmet("is already there, and If-None-Match: * only creates", etag);
      return;
    case "something":
      if (!isThere) throw unmet("is not there, and If-Match: * only replaces", etag);
      return;
    default:
      assertNever(precondition);
  }
}

const unmet = (why: string, etag: string): Refusal =>
  new Refusal("stale", `The route ${why}; nothing was stored.`, {
    members: { current: tagOrNone(etag) },
  });
