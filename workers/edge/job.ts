/** One visitor's request, made ready to be sent: what the rules change of it, and whether it may be sent again. */
import { isReplayable } from "../../routing/attempt/retry.ts";
import { DEFAULT_TERMS, type Terms } from "../../routing/attempt/terms.ts";
import { criticalityOf, type Forward } from "../../routing/match/action.ts";
import { changeHeaders } from "../../routing/match/header-changes.ts";
import { withoutSession } from "../../routing/match/session.ts";
import type { Criticality } from "../../routing/model.ts";
import type { Hold } from "../../routing/steer/hold.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import { isSmall, NO_UPLOAD, type Upload, uploadOf, waitMs } from "./body.ts";
import type { Asked } from "./facts.ts";
import type { Notes } from "./notes.ts";
import type { Inbound } from "./request-headers.ts";

export interface Job {
  readonly request: Request;
  readonly inbound: Inbound;
  /** What it is counted under. */
  readonly hostKey: string;
  /** Path and query, from the first slash on. */
  readonly target: string;
  readonly arrivedAtMs: Ms;
  /** Its answer must have begun by then. */
  readonly deadlineMs: Ms;
  readonly hasBody: boolean;
  /** It may be sent a second time, so its body is kept. */
  readonly replayable: boolean;
  readonly upload: Upload;
  readonly terms: Terms;
  /** What stands for its route: requests of one take about equally long. */
  readonly route: object;
  readonly criticality: Criticality | undefined;
  /** `null`: nobody is told. */
  readonly notes: Notes | null;
  /** That of the visitor's session. */
  readonly preferred: EndpointId | undefined;
  /** How the request is held to it. */
  readonly hold: Hold | undefined;
}

/** `null` when the body broke off while it was read. `inbound` has ours already, so that rules are applied last. */
export async function jobOf(
  request: Request,
  asked: Asked,
  inbound: Inbound,
  forward: Forward,
  arrivedAtMs: Ms,
  notes: Notes | null,
): Promise<Job | null> {
  const hasBody = request.body !== null;
  const isSmallBody = hasBody && isSmall(inbound.contentLength);
  const body = !hasBody ? "none" : isSmallBody ? "kept" : "streamed";
  const hasIdempotencyKey = "idempotency-key" in inbound.kept;
  const replayable = isReplayable({ method: request.method, hasIdempotencyKey, body });
  const isKept = replayable || (isSmallBody && forward.mirrors.length > 0);
  const upload = hasBody ? await uploadOf(request, inbound.contentLength, isKept) : NO_UPLOAD;
  if (upload === null) return null;
  const { terms } = forward;
  const requestMs = terms.requestMs ?? waitMs(hasBody, inbound.contentLength);
  return {
    request,
    inbound: changed(inbound, forward),
    hostKey: asked.hostKey,
    target: targetOf(asked.target, forward.path),
    arrivedAtMs,
    deadlineMs: arrivedAtMs + requestMs,
    hasBody,
    replayable,
    upload,
    terms,
    route: terms === DEFAULT_TERMS ? forward.balanced : terms,
    criticality: criticalityOf(forward),
    notes,
    preferred: forward.kept?.home?.endpoint,
    hold: forward.kept?.hold,
  };
}

function changed(inbound: Inbound, forward: Forward): Inbound {
  const { requestHeaders, hostname } = forward;
  const session = forward.kept?.terms ?? null;
  if (requestHeaders.length === 0 && hostname === null && session === null) return inbound;
  let kept = session === null ? inbound.kept : withoutSession(session, inbound.kept);
  for (const changes of requestHeaders) kept = changeHeaders(kept, changes);
  // fetch sends the URL's host whatever is set, so this is how an endpoint learns of the rewrite.
  if (hostname !== null) kept = { ...kept, "x-forwarded-host": hostname };
  return { ...inbound, kept };
}

/** The query stays as it came. */
function targetOf(target: string, path: string | null): string {
  if (path === null) return target;
  const query = target.indexOf("?");
  return query < 0 ? path : path + target.slice(query);
}
