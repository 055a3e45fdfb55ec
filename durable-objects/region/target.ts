import type { ProbeTarget, Unprobed } from "../../routing/exchange.ts";

/** Where probes go: what is learnt about one place says nothing about another. */
export const placeOf = ({ scheme, address, port }: ProbeTarget): string =>
  `${scheme}://${address}:${port}`;

export const isSamePlace = (one: ProbeTarget | undefined, other: ProbeTarget): boolean =>
  one !== undefined && placeOf(one) === placeOf(other);

/**
 * Of what is stored, what can be probed: a row that a broken writer left must not end the object that reads it, again and again.
 */
export const readable = (targets: unknown): readonly ProbeTarget[] =>
  Array.isArray(targets) ? targets.filter(isReadable) : [];

function isReadable(target: unknown): target is ProbeTarget {
  if (!isRecord(target) || !NAMES.every((name) => isWord(target[name]))) return false;
  const { address, port, scheme, monitor } = target;
  const isPlace = isWord(address) && typeof port === "number";
  if (!isPlace || (scheme !== "http" && scheme !== "https") || !isRecord(monitor)) return false;
  const isText = TEXTS.every((name) => typeof monitor[name] === "string");
  return (
    isText && NUMBERS.every((name) => Number.isFinite(monitor[name])) && isRecord(monitor["header"])
  );
}

/** As of `Unprobed`. */
export const isNamed = (value: unknown): value is Unprobed =>
  isRecord(value) && NAMES.every((name) => isWord(value[name]));

const NAMES = ["endpoint", "pool", "name"] as const;
const TEXTS = ["type", "method", "path", "expected_codes", "expected_body"] as const;
const NUMBERS = [
  "port",
  "interval",
  "timeout",
  "retries",
  "consecutive_up",
  "consecutive_down",
] as const;

const isWord = (value: unknown): value is string => typeof value === "string" && value !== "";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
