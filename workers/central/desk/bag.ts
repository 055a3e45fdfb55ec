/** What the desk keeps, as pure data: which events somebody has taken note of. */
import type { Acknowledgement } from "../../ports.ts";

/** The bag is rewritten whole on every change: 1,000 entries are about 100 KB. */
export const ACKNOWLEDGED_MAX = 1_000;

/** The first note stays when an event is acknowledged again; the oldest notes make room for new ones. */
export function withAcknowledgement(
  acknowledged: readonly Acknowledgement[],
  added: Acknowledgement,
): readonly Acknowledgement[] {
  if (acknowledged.some(({ event }) => event === added.event)) return acknowledged;
  return [...acknowledged, added].slice(-ACKNOWLEDGED_MAX);
}
