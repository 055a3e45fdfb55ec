/** Reads whether an answer is the endpoint's or the platform's in its place. Cost for an answer below 400: a comparison. */

import type { Fault } from "../../routing/health/platform-error.ts";
import { faultOf, mayBePlatforms, platformCodeOf } from "../../routing/health/platform-error.ts";

export interface Attributed {
  /** The same answer; its body may be another object. */
  readonly answer: Response;
  /** Whose fault the platform says it is; `null` = the endpoint answered. */
  readonly fault: Fault | null;
}

/** Errors: rejects when the line breaks off. */
export async function attributed(answer: Response): Promise<Attributed> {
  const { status, headers } = answer;
  if (status < 400 || !mayBePlatforms(status, (name) => headers.get(name))) {
    return { answer, fault: null };
  }
  const line = await answer.text();
  const code = platformCodeOf(line);
  return { answer: new Response(line, answer), fault: code === null ? null : faultOf(code) };
}
