/** Answers that rules make themselves, and what rules change in those of endpoints. */
import type { Cors, HeaderChanges } from "../../routing/http-route.ts";
import type { Answer, Forward } from "../../routing/match/action.ts";
import { corsHeaders } from "../../routing/match/cors.ts";
import type { SessionHeader } from "../../routing/match/session.ts";

/** Statuses that a response with a body cannot have. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** `null`: it cannot be written, because what is stored is not what the API would have taken. */
export function answerBy({ status, headers, body }: Answer, requestId: string): Response | null {
  const content = body === "" || WITHOUT_BODY.has(status) ? null : body;
  try {
    return new Response(content, { status, headers: { ...headers, "x-request-id": requestId } });
  } catch {
    return null;
  }
}

/**
 * Most answers go on as the object that came. `origin` is the visitor's header, `session` what brings him back to the
 * endpoint.
 */
export function changedAnswer(
  answer: Response,
  { cors, responseHeaders }: Forward,
  session: SessionHeader | null,
  origin: string | undefined,
): Response {
  const isChanged = cors !== null || session !== null || responseHeaders.length > 0;
  // A WebSocket's answer is the connection itself, and cannot be copied.
  if (!isChanged || answer.status === 101) return answer;
  const changed = new Response(answer.body, answer);
  for (const changes of responseHeaders) change(changed.headers, changes);
  if (cors !== null) allow(changed.headers, cors, origin);
  if (session !== null) remember(changed.headers, session);
  return changed;
}

/** On the platform's own headers, because several `Set-Cookie` cannot be one text. */
function change(headers: Headers, { set, add, remove }: HeaderChanges): void {
  for (const { name, value } of set) headers.set(name, value);
  for (const { name, value } of add) headers.append(name, value);
  for (const name of remove) headers.delete(name);
}

/** Beside the cookies of the endpoint; of a header there is one. */
function remember(headers: Headers, { name, value }: SessionHeader): void {
  if (name === "set-cookie") headers.append(name, value);
  else headers.set(name, value);
}

/** The route's word counts and not the endpoint's, which may allow more. */
function allow(headers: Headers, cors: Cors, origin: string | undefined): void {
  for (const name of OWN) headers.delete(name);
  for (const [name, value] of Object.entries(corsHeaders(cors, origin))) {
    if (name === "vary") headers.append(name, value);
    else headers.set(name, value);
  }
}

const OWN = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
];
