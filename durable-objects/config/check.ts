/** The entry checks of a ConfigStore's messages. The document itself is for the parser to judge. */
import { isPublicKey } from "../../routing/explain/ticket.ts";
import type { Proposal } from "../../workers/ports.ts";
import { BadArgument, record, text } from "../arguments.ts";

const NOTE_CHARACTERS_MAX = 2_000;

type By = Pick<Proposal, "actor" | "note" | "expected">;

export function checkBy(by: By): void {
  record("by", by, 16);
  text("actor", by.actor);
  text("note", by.note, NOTE_CHARACTERS_MAX);
  if (by.expected !== undefined) text("expected", by.expected);
}

export function checkKey(key: unknown): void {
  if (!isPublicKey(key)) throw new BadArgument("key", "43 characters of base64url", key);
}
