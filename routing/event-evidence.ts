/** What an event rests on, and which events are asked for. */
import type { Event } from "./exchange.ts";
import type { Ms } from "./units.ts";

/** Bounded where it is made and where it is stored (`durable-objects/storage/events.ts`). */
export interface EventEvidence {
  /** The rule that decided, by the name that docs/health.md gives it. */
  readonly rule: string;
  /** Their units are in their names. */
  readonly numbers: Readonly<Record<string, number>>;
  /** The last results that counted, the newest last. */
  readonly probes?: readonly ProbeEvidence[];
}

export interface ProbeEvidence {
  readonly atMs: Ms;
  readonly saw: string;
  /** Empty when healthy. */
  readonly reason: string;
}

/** Which events are asked for; absent members ask for all. */
export interface EventFilter {
  readonly kind?: Event["kind"];
  /** The subject itself, or what comes before its slash: a pool stands for its endpoints. */
  readonly subject?: string;
}
