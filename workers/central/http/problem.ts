/** What the API says when it will not do something: RFC 9457, one shape for every refusal. */
import type { Problem } from "../../../routing/table/problem.ts";

/** Every kind of refusal, with the status it is told by. Clients may rely on the names. */
export const KINDS = {
  malformed: { status: 400, title: "The request cannot be read" },
  unauthorized: { status: 401, title: "The token is missing or wrong" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "This path does not take this method" },
  "changed-since": { status: 409, title: "Somebody changed it since" },
  guarded: { status: 409, title: "A guard objects" },
  "nothing-to-do": { status: 409, title: "Nothing is left to do" },
  "nothing-to-undo": { status: 409, title: "Nothing is as it was left" },
  overlapping: { status: 409, title: "Another order has it in hand" },
  stale: { status: 412, title: "Somebody changed it before you" },
  "too-large": { status: 413, title: "The body is too large" },
  "wrong-type": { status: 415, title: "The body is of a type that is not read here" },
  invalid: { status: 422, title: "The content breaks a rule" },
  "hostname-taken": { status: 422, title: "A hostname belongs to another account" },
  frozen: { status: 423, title: "The zone or the configuration is frozen" },
  internal: { status: 500, title: "The API failed" },
  "provider-failed": { status: 502, title: "The DNS provider did not do it" },
  "no-key": { status: 503, title: "The API has no key to seal with" },
  "no-plan": { status: 503, title: "No plan can be made now" },
  "no-token": { status: 503, title: "The API has no token to check against" },
  "too-many-streams": { status: 503, title: "Too many streams are open" },
  unreachable: { status: 503, title: "A part of the control plane did not answer" },
} as const;

export type Kind = keyof typeof KINDS;

export interface ProblemMembers {
  readonly errors?: readonly Problem[];
  readonly [member: string]: unknown;
}

/** A refusal on its way to the one `onError` that answers it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly kind: Kind;
  readonly members: ProblemMembers;
  readonly headers: Readonly<Record<string, string>>;

  /** `detail` names the thing, the reason and the next step. */
  constructor(
    kind: Kind,
    detail: string,
    more: { members?: ProblemMembers; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.kind = kind;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }
}

export function problemResponse(refusal: Refusal, requestId: string): Response {
  const { status, title } = KINDS[refusal.kind];
  const body = {
    type: `urn:tradewind:problem:${refusal.kind}`,
    title,
    status,
    detail: refusal.message,
    instance: `urn:tradewind:request:${requestId}`,
    ...refusal.members,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...refusal.headers, "content-type": "application/problem+json" },
  });
}
