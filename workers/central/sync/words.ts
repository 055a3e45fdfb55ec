/** What a zone's owner should hear of a look: one sentence per state, so that a state that lasts is told once. */
import type { Ms } from "../../../routing/units.ts";
import type { Sighting } from "./look.ts";

/** Empty: nothing that anybody must know. */
export function wordOf({ look, memory }: Sighting, nowMs: Ms, blindToldMs: Ms): string {
  if (look.blind !== "") {
    const isLong = memory.blindSinceMs !== null && nowMs - memory.blindSinceMs >= blindToldMs;
    return isLong ? `blind: ${look.blind}` : "";
  }
  if (look.failure !== null) return `${look.failure.kind}: ${look.failure.detail}`;
  const parts = [
    ...look.objections.map(({ rule, detail }) => `${rule}: ${detail}`),
    ...look.held.map(({ rule, detail }) => `${rule}: ${detail}`),
    ...(look.plan?.conflicts ?? []).map(({ name, detail }) => `conflict: ${name}: ${detail}`),
    ...driftWords(look.plan?.drift ?? []),
    ...(look.frozen.length > 0 && (look.plan?.units.length ?? 0) > 0
      ? [`frozen by ${look.frozen.join(", ")}, with changes waiting`]
      : []),
  ];
  const [first] = parts;
  if (first === undefined) return "";
  return parts.length === 1 ? first : `${first} (and ${parts.length - 1} more)`;
}

/**
 * What changes from one answer of a vendor to the next while the reason stays: ids of requests (Entra's `Trace ID`), and times, as Unix
 * seconds too (a server's clock that is wrong).
 */
const PASSING =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?|\d{8}T\d{6}Z|\b\d{10,}\b/gi;

/** Whether two words are of one state, which is told once. */
export const isSameState = (one: string, other: string): boolean =>
  one.replace(PASSING, "…") === other.replace(PASSING, "…");

/** What follows a state that was told, when there is nothing that anybody must know. */
export function reliefOf({ look }: Sighting): string {
  const left = look.plan?.units.length ?? 0;
  return left === 0 ? "in step again" : `nothing is in the way any more; sets to write: ${left}`;
}

const driftWords = (drift: readonly { readonly key: string; readonly found: string | null }[]) =>
  drift.length === 0
    ? []
    : [
        `drift: ${drift.length} sets of ours are not as we wrote them, the first is ${drift[0]?.key}${drift[0]?.found === null ? ", which is gone" : ""}`,
      ];
