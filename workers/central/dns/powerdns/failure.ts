/** What an answer of the API that is not a success means, classified once (https://doc.powerdns.com/authoritative/http-api/#errors). */
import type { FailureKind } from "../provider.ts";

export interface Answer {
  readonly status: number;
  /** As it came: JSON with the server's sentence in `error`, or whatever something in between says. */
  readonly body: string;
}

export interface Meaning {
  readonly kind: FailureKind;
  readonly nextStep: string;
}

/** The server's own sentence, where it has one. */
export function saidIn({ body }: Answer): string {
  try {
    const read: unknown = JSON.parse(body);
    const isError = typeof read === "object" && read !== null && "error" in read;
    return isError ? String(read.error) : body;
  } catch {
    return body;
  }
}

export function meaningOf(answer: Answer, isWrite: boolean): Meaning {
  const { status } = answer;
  if (status === 401 || status === 403) {
    return {
      kind: "unauthorized",
      nextStep: "Check api_key, and webserver-allow-from of the server.",
    };
  }
  if (status === 404 || (status === 422 && /could not find domain/i.test(answer.body))) {
    return { kind: "no-zone", nextStep: "Check server_id and the zone's name on the server." };
  }
  if (status === 429) return { kind: "throttled", nextStep: "It is asked again later." };
  if (status < 400) {
    return { kind: "unreachable", nextStep: "Give the endpoint that answers by itself." };
  }
  if (status < 500) {
    // 4xx is told before anything is kept: "Input validation failed", and the transaction is undone (pdns/ws-auth.cc, patchZone).
    return { kind: "rejected", nextStep: "Correct what it names." };
  }
  return isWrite
    ? { kind: "unknown", nextStep: "The zone is listed before anything else is written." }
    : { kind: "unreachable", nextStep: "Look at the server's log." };
}
