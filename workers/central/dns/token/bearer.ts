/**
 * Calls that carry a bearer token, and the token itself: exchanged when it is first needed, kept until shortly before it expires, exchanged
 * once more when the other side says 401 all the same.
 */
import { z } from "zod";
import { ok, type Result } from "../../../../routing/result.ts";
import type { Ms } from "../../../../routing/units.ts";
import type { Clock } from "../../../ports.ts";
import { NEXT_STEPS } from "../failure.ts";
import type { Failure } from "../provider.ts";
import type { Http, Outgoing, Reply } from "./http.ts";

export interface Token {
  readonly text: string;
  readonly expiresAtMs: Ms;
}

export type Exchange = (signal: AbortSignal) => Promise<Result<Token, Failure>>;

export type Call = (outgoing: Outgoing, signal: AbortSignal) => Promise<Result<Reply, Failure>>;

/** A token that has less than this left is not begun with: a call and its way there fit in. */
const TOKEN_LEFT_MIN_MS = 60_000;

export function bearerCalls(http: Http, exchange: Exchange, clock: Clock): Call {
  let token: Token | null = null;

  const attempt: Call = async (outgoing, signal) => {
    if (token === null || token.expiresAtMs - clock.nowMs() < TOKEN_LEFT_MIN_MS) {
      const exchanged = await exchange(signal);
      if (!exchanged.ok) return exchanged;
      token = exchanged.value;
    }
    const headers = { ...outgoing.headers, authorization: `Bearer ${token.text}` };
    const lost = outgoing.method === "GET" ? "unreachable" : "unknown";
    return http.send({ ...outgoing, headers }, lost, signal);
  };

  return async (outgoing, signal) => {
    const first = await attempt(outgoing, signal);
    if (!first.ok || first.value.status !== 401) return first;
    // Revoked or rotated before its time. Whoever says 401 has done nothing, so asking again is safe also for a write.
    token = null;
    return attempt(outgoing, signal);
  };
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.coerce.number().positive(),
});
const errorSchema = z.object({ error: z.string(), error_description: z.string().default("") });

/** Posts a form to a token endpoint (RFC 6749, section 4.4 and RFC 7523, section 2.1) and reads the token or the error (section 5.2). */
export async function exchangeForm(
  http: Http,
  clock: Clock,
  uri: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Token, Failure>> {
  const reply = await http.send(
    {
      method: "POST",
      url: uri,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    },
    "unreachable",
    signal,
  );
  if (!reply.ok) return reply;
  const { status, body } = reply.value;
  const read = tokenSchema.safeParse(body);
  if (status === 200 && read.success) {
    http.hide(read.data.access_token);
    return ok({
      text: read.data.access_token,
      expiresAtMs: clock.nowMs() + read.data.expires_in * 1_000,
    });
  }
  const error = errorSchema.safeParse(body);
  const why = error.success ? `${error.data.error}: ${error.data.error_description}` : `${status}`;
  const text = `No token from ${new URL(uri).host}: ${why}`;
  if (status === 429) {
    return http.failure(
      "throttled",
      `${NEXT_STEPS.throttled}. ${text}`,
      http.retryAfterMs(reply.value),
    );
  }
  return status === 400 || status === 401 || status === 403
    ? http.failure("unauthorized", `check the credentials of the zone. ${text}`)
    : http.failure("unreachable", `${NEXT_STEPS.unreachable}. ${text}`);
}
