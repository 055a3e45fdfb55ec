/** What the desk keeps, as pure data: which events somebody has taken note of. */
import type { Acknowledgement } from "../../ports.ts";

/** The bag is rewritten whole on every change: 1,000 entries are about 100 KB. */
export const ACKNOWLEDGED_MAX = 1_000;

/** The first note stays when an event is acknowledged again; the oldest notes make room for new ones. */
export function withAcknowledged(
  acknowledged: readonly Acknowledgement[],
  events: readonly string[],
  note: Omit<Acknowledgement, "event">,
): readonly Acknowledgement[] {
  const known = new Set(acknowledged.map(({ event }) => event));
  const added = [...new Set(events)].filter((event) => !known.has(event));
  return [...acknowledged, ...added.map((event) => ({ event, ...note }))].slice(-ACKNOWLEDGED_MAX);
}
