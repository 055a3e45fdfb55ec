/** What is written down of one request while it is served, because its visitor holds a ticket. Others have none. */
import { ATTEMPTS_TOLD_MAX, type Attempt, headerText } from "../../routing/explain/header.ts";
import { TICKET_HEADER } from "../../routing/explain/ticket.ts";
import type { Course } from "../../routing/match/dispatch.ts";
import type { Trace } from "../../routing/steer/decide.ts";
import type { Colo, TableVersion } from "../../routing/units.ts";

export interface Notes {
  readonly version: TableVersion | null;
  readonly colo: Colo;
  readonly host: string;
  course: Course | null;
  trace: Trace | null;
  readonly attempts: Attempt[];
}

export const openNotes = (about: Pick<Notes, "version" | "colo" | "host">): Notes => ({
  ...about,
  course: null,
  trace: null,
  attempts: [],
});

/** A route may allow many tries; the last ones are those that were answered. */
export function noteAttempt({ attempts }: Notes, attempt: Attempt): void {
  if (attempts.length >= ATTEMPTS_TOLD_MAX) attempts.shift();
  attempts.push(attempt);
}

/** The answer with one header more. */
export function withNotes(answer: Response, notes: Notes): Response {
  // A WebSocket's answer is the connection itself, and cannot be copied.
  if (answer.webSocket !== null && answer.webSocket !== undefined) return answer;
  const told = new Response(answer.body, answer);
  told.headers.set(TICKET_HEADER, headerText({ ...notes, status: answer.status }));
  return told;
}
